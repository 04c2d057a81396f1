package notify

import (
	"context"
	"slices"
	"time"

	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/refusal"
)

const stopPurpose = "notify.unsubscribe"

// stopToken names the delivery, so that the link stops mails of its topic in its
// circle, for its reader, and nothing else. It lasts as long as the row.
func (w *writing) stopToken() string {
	return w.Keys.Token(stopPurpose, id.As[any](w.d.ID), time.Time{})
}

// Stop is what an unsubscribe link would stop.
type Stop struct {
	Person id.Person
	Digest bool            // all digests
	Topic  Topic           // or the mails of this topic,
	From   []circle.Circle // from these circles
}

// PeekStop tells what an unsubscribe link would stop. It changes nothing.
func (k *Courier) PeekStop(ctx context.Context, token string) (Stop, error) {
	d, err := k.stopped(ctx, token)
	if err != nil {
		return Stop{}, err
	}
	s := Stop{Person: d.Person, Topic: d.Topic, Digest: d.Kind == kindDigest}
	if s.Digest {
		return s, nil
	}
	circles, err := k.circlesOf(ctx, d)
	if err != nil {
		return s, err
	}
	all, err := k.Circles.Many(ctx, k.DB.Read, circles)
	for _, c := range circles {
		s.From = append(s.From, all[c])
	}
	return s, err
}

// Unsubscribe stops what an unsubscribe link names, at once and however often it
// is asked (RFC 8058 §3.2: no confirmation, no cookie).
func (k *Courier) Unsubscribe(ctx context.Context, token string) error {
	d, err := k.stopped(ctx, token)
	if err != nil {
		return err
	}
	circles, err := k.circlesOf(ctx, d)
	if err != nil {
		return err
	}
	by := journal.By{Actor: journal.PersonActor(d.Person), Door: journal.Mail}
	_, err = k.Journal.Do(ctx, by, journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		if d.Kind == kindDigest {
			return setDigest(ctx, tx, d.Person, false)
		}
		for _, c := range circles {
			if err := prefer(ctx, tx, d.Person, Preference{Circle: c, Topic: d.Topic, Choice: Never}); err != nil {
				return err
			}
		}
		return nil
	})
	return err //nolint:wrapcheck // refusals pass as they are
}

func (k *Courier) stopped(ctx context.Context, token string) (Delivery, error) {
	row, err := k.Keys.Check(stopPurpose, token, k.Journal.Now())
	if err != nil {
		return Delivery{}, errStop()
	}
	var rows []deliveryRow
	if err := k.DB.Read.NewSelect().Model(&rows).Where("d.id = ?", row).Scan(ctx); err != nil {
		return Delivery{}, err //nolint:wrapcheck // nothing to add
	}
	if len(rows) == 0 || rows[0].Person.IsZero() {
		return Delivery{}, errStop()
	}
	return rows[0].delivery(), nil
}

// circlesOf are the circles that a delivery concerns and that its reader is in:
// an ask posted in two would go on coming from the other.
func (k *Courier) circlesOf(ctx context.Context, d Delivery) ([]id.Circle, error) {
	s, err := k.load(ctx, k.DB.Read, d.Ref, d.Circle, nil)
	if gone(err) {
		return []id.Circle{d.Circle}, nil
	}
	if err != nil {
		return nil, err
	}
	standing, err := k.Circles.Standing(ctx, k.DB.Read, d.Person)
	if err != nil {
		return nil, err
	}
	var all []id.Circle
	for _, c := range append([]id.Circle{d.Circle}, s.circles...) {
		if standing.In(c) && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all, nil
}

func errStop() error { return refusal.New(refusal.Expired, "mail.stop_wrong") }
