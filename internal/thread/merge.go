package thread

import (
	"context"

	"cordee/internal/id"
	"cordee/internal/journal"
)

// Merge brings all messages of a past thread into another of the same circle,
// behind its own, since a mail that came later ties the two together. What is left
// of the first is a place that old acts lead to: closed, without messages, in no
// circle's list. It tells no act: what brings that mail does.
func (r *Room) Merge(ctx context.Context, tx *journal.Tx, into, from ID) (err error) {
	defer wrap(&err, "Merge")
	if into == from {
		return nil
	}
	both := map[ID]Thread{}
	first, second := into, from
	if first.String() > second.String() { // always in one order, so that two merges can't wait for each other
		first, second = second, first
	}
	for _, one := range []ID{first, second} {
		if both[one], err = lock(ctx, tx, one); err != nil {
			return err
		}
	}
	to, old := both[into], both[from]
	if !to.Past || !old.Past || to.Circle != old.Circle || to.Circle.IsZero() {
		return errNotMergeable()
	}
	if old.Messages == 0 {
		return r.leave(ctx, tx, old)
	}
	if _, err := tx.NewUpdate().Model((*messageRow)(nil)).Set("thread = ?", into).Set("number = number + ?", to.Messages).
		Where("m.thread = ?", from).Exec(ctx); err != nil {
		return err
	}
	to.Messages += old.Messages
	if old.LastAt.After(to.LastAt) || to.LastAuthor.IsZero() {
		to.LastAt, to.LastAuthor = old.LastAt, old.LastAuthor
	}
	if err := save(ctx, tx, &to); err != nil {
		return err
	}
	if err := r.leave(ctx, tx, old); err != nil {
		return err
	}
	return r.findAgain(ctx, tx, to)
}

// leave makes a thread the place that Merge leaves.
func (r *Room) leave(ctx context.Context, tx *journal.Tx, t Thread) error {
	if _, err := tx.NewDelete().Model((*muteRow)(nil)).Where("thread = ?", t.ID).Exec(ctx); err != nil {
		return err
	}
	row := rowOf(t)
	row.Circle, row.Closed, row.Messages, row.LastAuthor = id.Circle{}, true, 0, id.Person{}
	row.Version++
	return tx.Saved(tx.NewUpdate().Model(&row).Column("circle", "closed", "messages", "last_author", "version").
		Where("t.id = ?", t.ID).Where("t.version = ?", t.Version).Exec(ctx))
}
