package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/post"
	"cordee/internal/store"
)

// sent marks a delivery, and lets go of the trouble that its address had.
func (k *Courier) sent(ctx context.Context, d Delivery, m post.Mail) error {
	_, mailbox, err := person.ParseAddress(m.To)
	known := err == nil
	return k.surely(ctx, func(ctx context.Context, tx *journal.Tx) error {
		if _, err := ended(tx.NewUpdate().Model((*deliveryRow)(nil)), d, Sent, "", tx.Now()).Exec(ctx); err != nil || !known {
			return err
		}
		_, err := tx.NewDelete().Model((*troubleRow)(nil)).Where("mailbox = ?", mailbox).Exec(ctx)
		return err
	})
}

// failed notes what a failure means for a delivery, and for the address.
func (k *Courier) failed(ctx context.Context, d Delivery, address string, f *post.Failure) error {
	switch f.Class {
	case post.Later:
		return k.later(ctx, d, f.Code)
	case post.Wrong: // the mail isn't at fault: it waits, within its three days
		return k.later(ctx, d, f.Code)
	case post.Person:
	}
	_, mailbox, unreadable := person.ParseAddress(address)
	note := unreadable == nil && !d.Person.IsZero() && f.AddressBad()
	return k.surely(ctx, func(ctx context.Context, tx *journal.Tx) error {
		_, err := ended(tx.NewUpdate().Model((*deliveryRow)(nil)), d, Failed, f.Code, tx.Now()).Exec(ctx)
		if err != nil || !note {
			return err
		}
		row := troubleRow{Person: d.Person, Mailbox: string(mailbox), Code: f.Code, At: store.Micros(tx.Now()), Times: 1}
		_, err = tx.NewInsert().Model(&row).On("CONFLICT (person, mailbox) DO UPDATE").
			Set("code = EXCLUDED.code").Set("at = EXCLUDED.at").Set("times = b.times + 1").Exec(ctx)
		return err
	})
}

// rest is how long an address is left alone after it refused mail for good. What
// its owner asks for is tried all the same, and ends it when it arrives.
const rest = 7 * 24 * time.Hour

// resting gives the trouble of an address that news isn't sent to for now.
func (k *Courier) resting(ctx context.Context, d Delivery, address string) (code string, err error) {
	_, mailbox, err := person.ParseAddress(address)
	if err != nil || d.Class == AskedFor {
		return "", nil //nolint:nilerr // Compose says what is wrong with the address
	}
	var rows []troubleRow
	if err := k.DB.Read.NewSelect().Model(&rows).Where("b.person = ?", d.Person).Where("b.mailbox = ?", mailbox).
		Where("b.at > ?", store.Micros(k.Journal.Now().Add(-rest))).Scan(ctx); err != nil {
		return "", fmt.Errorf("notify: troubles: %w", err)
	}
	if len(rows) == 0 {
		return "", nil
	}
	return rows[0].Code, nil
}

// Trouble is an address of somebody's that mail doesn't reach.
type Trouble struct {
	Mailbox person.Mailbox
	Code    string // its words: "post.failure.<code>"
	Since   time.Time
}

// Troubles are those of one person, for their page.
func (k *Courier) Troubles(ctx context.Context, db bun.IDB, who id.Person) ([]Trouble, error) {
	var rows []troubleRow
	if err := db.NewSelect().Model(&rows).Where("b.person = ?", who).OrderExpr("b.mailbox").Scan(ctx); err != nil {
		return nil, fmt.Errorf("notify: troubles: %w", err)
	}
	all := make([]Trouble, len(rows))
	for i, row := range rows {
		all[i] = Trouble{Mailbox: person.Mailbox(row.Mailbox), Code: row.Code, Since: store.Time(row.At)}
	}
	return all, nil
}

// Overview is how mail is doing, for the operator's page.
type Overview struct {
	Waiting   int       // mails that are to go out
	Oldest    time.Time // since when the oldest of them waits; zero for none
	Trouble   string    // the code of the last failure among those that wait
	Sent      int       // in the last seven days
	Failed    []Failure // for good, in the last seven days, the latest first
	Addresses int       // that mail doesn't reach
}

// Failure is a mail that was given up.
type Failure struct {
	Kind   string
	Person id.Person // zero: somebody who isn't here
	Code   string
	At     time.Time
}

// Overview tells how mail is doing.
func (k *Courier) Overview(ctx context.Context, db bun.IDB) (Overview, error) {
	var o Overview
	week := store.Micros(k.Journal.Now().Add(-7 * 24 * time.Hour))
	var waiting struct {
		N      int
		Oldest int64
	}
	if err := db.NewSelect().TableExpr("notify_delivery AS d").ColumnExpr("count(*) AS n, coalesce(min(d.made_at), 0) AS oldest").
		Where("d.state = ?", Waiting).Where("d.channel = ?", byMail).Scan(ctx, &waiting); err != nil {
		return o, fmt.Errorf("notify: overview: %w", err)
	}
	o.Waiting, o.Oldest = waiting.N, store.Time(waiting.Oldest)
	var last []deliveryRow
	if err := db.NewSelect().Model(&last).Where("d.state = ?", Waiting).Where("d.channel = ?", byMail).Where("d.reason <> ''").
		OrderExpr("d.next_at DESC").Limit(1).Scan(ctx); err != nil {
		return o, fmt.Errorf("notify: overview: %w", err)
	}
	if len(last) > 0 {
		o.Trouble = last[0].Reason
	}
	sent, err := db.NewSelect().Model((*deliveryRow)(nil)).Where("d.done_at > ?", week).Where("d.state = ?", Sent).
		Where("d.channel = ?", byMail).Count(ctx)
	if err != nil {
		return o, fmt.Errorf("notify: overview: %w", err)
	}
	o.Sent = int(sent)
	var rows []deliveryRow
	if err := db.NewSelect().Model(&rows).Where("d.done_at > ?", week).Where("d.state = ?", Failed).
		OrderExpr("d.done_at DESC").Limit(50).Scan(ctx); err != nil {
		return o, fmt.Errorf("notify: overview: %w", err)
	}
	for _, row := range rows {
		o.Failed = append(o.Failed, Failure{Kind: row.Kind, Person: row.Person, Code: row.Reason, At: store.Time(row.DoneAt)})
	}
	addresses, err := db.NewSelect().Model((*troubleRow)(nil)).Count(ctx)
	o.Addresses = int(addresses)
	if err != nil {
		return o, fmt.Errorf("notify: overview: %w", err)
	}
	return o, nil
}

// kept is how long a delivery is remembered after it ended: as long as an act's
// key, so that a repeat finds it.
const kept = 90 * 24 * time.Hour

// Prune forgets deliveries that are long over. For a daily timer.
func (k *Courier) Prune(ctx context.Context) error {
	before := store.Micros(k.Journal.Now().Add(-kept))
	_, err := k.Journal.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		over := func(q *bun.DeleteQuery) *bun.DeleteQuery {
			return q.Model((*deliveryRow)(nil)).Where("state <> ?", Waiting).Where("done_at < ?", before)
		}
		// What stood in a digest goes before the digest that it names.
		if _, err := over(tx.NewDelete()).Where("bundle IS NOT NULL").Exec(ctx); err != nil {
			return err
		}
		_, err := over(tx.NewDelete()).Where("NOT EXISTS (SELECT 1 FROM notify_delivery AS i WHERE i.bundle = d.id)").Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("notify: prune: %w", err)
	}
	return nil
}

// On tells what became of the mails about one thing, the latest first: an
// inviter sees here that an invitation couldn't be delivered.
func (k *Courier) On(ctx context.Context, db bun.IDB, ref journal.Ref) ([]Delivery, error) {
	var rows []deliveryRow
	if err := db.NewSelect().Model(&rows).Where("d.object_id = ?", ref.ID).Where("d.object = ?", ref.Kind).
		OrderExpr("d.made_at DESC, d.id").Limit(50).Scan(ctx); err != nil {
		return nil, fmt.Errorf("notify: mails about a %s: %w", ref.Kind, err)
	}
	return deliveries(rows), nil
}
