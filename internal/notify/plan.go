package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/server"
	"cordee/internal/store"
)

// follow turns acts into deliveries: those of one class alone, or of all others.
func (k *Courier) follow(ctx context.Context, name string, class Class) error {
	err := k.Journal.Follow(ctx, name, 0, func(acts []journal.Act) error {
		for _, group := range moments(acts) {
			if err := k.planSurely(ctx, group, class); err != nil {
				return err
			}
		}
		return nil
	})
	if ctx.Err() != nil {
		return nil //nolint:nilerr // told to stop
	}
	return err //nolint:wrapcheck // Follow's own
}

// moments splits acts into those that came of one deed: the same person at the
// same time.
func moments(acts []journal.Act) [][]journal.Act {
	var out [][]journal.Act
	for i, a := range acts {
		if i > 0 && acts[i-1].At.Equal(a.At) && acts[i-1].Person == a.Person && acts[i-1].Request == a.Request {
			out[len(out)-1] = append(out[len(out)-1], a)
			continue
		}
		out = append(out, []journal.Act{a})
	}
	return out
}

// planSurely tries until it works: nothing that was acknowledged may be lost.
// Only what fails again and again while others don't is given up, loudly.
func (k *Courier) planSurely(ctx context.Context, group []journal.Act, class Class) error {
	for try := range 6 {
		err := k.plan(ctx, group, class)
		if err == nil || ctx.Err() != nil {
			return ctx.Err() //nolint:wrapcheck // told to stop
		}
		k.Log.LogAttrs(ctx, slog.LevelError, "can't plan who hears of an act", slog.Int("try", try),
			slog.String("kind", group[0].Kind), slog.Int64("seq", group[0].Seq), slog.Any("error", err))
		t := time.NewTimer(50 * time.Millisecond << (2 * try))
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err() //nolint:wrapcheck // told to stop
		case <-t.C:
		}
	}
	return nil
}

// plan writes the deliveries of what came of one deed.
func (k *Courier) plan(ctx context.Context, group []journal.Act, class Class) error {
	var all []Delivery
	for _, act := range group {
		d, known := k.decide[act.Kind]
		switch {
		case act.Kind == server.ActMailChanged && class == News:
			if err := k.hurry(ctx); err != nil {
				return err
			}
		case !known:
			k.Log.LogAttrs(ctx, slog.LevelError, "no decision on who hears of an act", slog.String("kind", act.Kind))
		}
		if len(d.Heard) == 0 || (d.Class == AskedFor) != (class == AskedFor) || act.Door == journal.Importer ||
			k.Journal.Now().Sub(act.At) > stale {
			continue
		}
		some, err := k.planned(ctx, act, d)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	return k.write(ctx, onceEach(all))
}

// planned are the deliveries of one act.
func (k *Courier) planned(ctx context.Context, act journal.Act, d Decision) ([]Delivery, error) {
	if d.Class != AskedFor {
		on, err := k.mailOn(ctx)
		if err != nil || !on {
			return nil, err
		}
	}
	s, err := k.load(ctx, k.DB.Read, act.Ref, act.Circle, act.Facts)
	if gone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	hears, err := k.hearers(ctx, k.DB.Read, act, s, d)
	if err != nil {
		return nil, err
	}
	all := make([]Delivery, 0, len(hears))
	for _, h := range hears {
		which := deliveryID(act.At, act.ID, h.Person)
		all = append(all, Delivery{
			ID: which, Act: act.ID, Kind: act.Kind, Ref: act.Ref, Circle: one(s.circles, act.Circle), Person: h.Person, Actor: act.Person,
			Topic: h.Topic, Daily: h.How == Daily, Class: d.Class, State: Waiting, MessageID: messageID(which, host(k.URL)),
			MadeAt: act.At, NextAt: k.Journal.Now(), root: s.root(),
		})
	}
	return all, nil
}

// one is the circle that a mail is said to come from.
func one(circles []id.Circle, filed id.Circle) id.Circle {
	if filed.IsZero() && len(circles) > 0 {
		return circles[0]
	}
	return filed
}

// onceEach leaves each person one mail about the same thing of what came of one
// deed, the one most meant for them: who is thanked needn't read apart that the
// ask is settled.
func onceEach(all []Delivery) []Delivery {
	rank := map[Topic]int{Mine: 0, Answers: 1, Asks: 2, Rest: 3}
	slices.SortStableFunc(all, func(a, b Delivery) int { return cmp.Compare(rank[a.Topic], rank[b.Topic]) })
	type about struct {
		who  id.Person
		root journal.Ref
	}
	told := map[about]bool{}
	return slices.DeleteFunc(all, func(d Delivery) bool {
		if d.Class == AskedFor || d.root.IsZero() {
			return false
		}
		of := about{d.Person, d.root}
		again := told[of]
		told[of] = true
		return again
	})
}

// mailOn tells whether news is mailed at all (rule 8).
func (k *Courier) mailOn(ctx context.Context) (bool, error) {
	if k.All {
		return true, nil
	}
	m, err := k.Server.Mail(ctx)
	return err == nil && m.On(), err
}

// write keeps deliveries, each once whatever is repeated, and the digests that
// some of them wait for.
func (k *Courier) write(ctx context.Context, all []Delivery) error {
	if len(all) == 0 {
		return nil
	}
	var waiting []id.Person
	rows := make([]deliveryRow, len(all))
	for i, d := range all {
		rows[i] = rowOf(d)
		if d.Daily {
			waiting = append(waiting, d.Person)
		}
	}
	people, err := k.People.Many(ctx, k.DB.Read, waiting)
	if err != nil {
		return err
	}
	_, err = k.Journal.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		for some := range slices.Chunk(rows, 100) {
			if _, err := tx.NewInsert().Model(&some).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
				return err
			}
		}
		for _, p := range waiting {
			row := readerRow{Person: p, Digest: true, DueAt: store.Micros(nextDigest(tx.Now(), people[p].Location()))}
			if _, err := tx.NewInsert().Model(&row).On("CONFLICT (person) DO UPDATE").
				Set("due_at = CASE WHEN g.due_at = 0 THEN EXCLUDED.due_at ELSE g.due_at END").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("notify: write deliveries: %w", err)
	}
	k.rouse()
	return nil
}

var errMoot = errors.New("notify: nothing left to say")
