package exchange

import (
	"context"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/journal"
)

// lapseSome is how many things one look takes at a time.
const lapseSome = 500

// Lapse does what the clock has to do by now: reminds of asks, asks for news,
// lets lapse. It may run at any time, often, twice and beside itself. It tells
// how many acts came of it.
func (r *Room) Lapse(ctx context.Context) (int, error) {
	acts := 0
	for {
		due, err := await.Due(ctx, r.db.Read, r.journal.Now(), lapseSome)
		if err != nil {
			return acts, err
		}
		progress := 0
		looked := map[id.Any]bool{}
		for _, row := range due {
			if looked[row.ID] {
				continue
			}
			looked[row.ID] = true
			n, err := r.look(ctx, row)
			if err != nil {
				return acts, err
			}
			progress += n
		}
		if acts += progress; progress == 0 {
			return acts, nil
		}
	}
}

// look is the clock's look at one thing that has come due; it tells how many
// acts came of it.
func (r *Room) look(ctx context.Context, row await.Row) (int, error) {
	var body func(context.Context, *journal.Tx) error
	switch row.Object {
	case KindAsk:
		body = func(ctx context.Context, tx *journal.Tx) error { return r.lookAtAsk(ctx, tx, id.As[Ask](row.ID)) }
	case KindExchange:
		body = func(ctx context.Context, tx *journal.Tx) error { return r.lookAt(ctx, tx, id.As[Exchange](row.ID)) }
	default:
		return 0, nil // another room's
	}
	receipt, err := r.journal.Do(ctx, journal.BySystem(), journal.Key{}, body)
	if err != nil || receipt.Seq == 0 {
		return 0, err
	}
	return 1, nil
}

func (r *Room) lookAtAsk(ctx context.Context, tx *journal.Tx, which AskID) error {
	before, err := first(asks(ctx, tx, tx.Lock(tx.NewSelect().Where("a.id = ?", which))))
	if err != nil {
		return err
	}
	a, act := before.tick(tx.Now())
	if act == "" {
		return nil
	}
	if err := r.saveAsk(ctx, tx, before, a, act, ActFacts{}); err != nil || a.State == AskOpen {
		return err
	}
	return r.orphan(ctx, tx, a)
}

func (r *Room) lookAt(ctx context.Context, tx *journal.Tx, which ID) error {
	before, err := first(exchanges(ctx, tx, tx.Lock(tx.NewSelect().Where("x.id = ?", which))))
	if err != nil {
		return err
	}
	x := before
	if !x.Thread.IsZero() {
		t, err := r.threads.Get(ctx, tx, x.Thread)
		if err != nil {
			return err
		}
		if t.Messages > 0 && t.LastAt.After(x.HeardAt) {
			x.HeardAt = t.LastAt
		}
	}
	after, act := x.tick(tx.Now())
	switch {
	case act != "":
		return r.save(ctx, tx, before, &after, act, ActFacts{})
	case !x.HeardAt.Equal(before.HeardAt):
		return heard(ctx, tx, x)
	}
	return nil
}
