package person

import (
	"context"

	"cordee/internal/id"
	"cordee/internal/journal"
)

func (r *Room) reindex(ctx context.Context, tx *journal.Tx, who id.Person) error {
	p, err := r.Get(ctx, tx, who)
	if err != nil {
		return err
	}
	return r.index(ctx, tx, p)
}

// index keeps what search finds of a person.
func (r *Room) index(context.Context, *journal.Tx, Person) error { return nil }
