package exchange

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/store"
)

// KindRatherNot is the kind of the refs that lead to such a note.
const KindRatherNot = "rather_not"

type ratherNotID = id.Of[ratherNotRow]

// RatherNot notes, for the actor alone, that they would rather not work with
// somebody again, or takes the note back. It changes what they are shown and
// suggested, and nothing for anybody else.
func (r *Room) RatherNot(ctx context.Context, by journal.By, key journal.Key, other id.Person, on bool) error {
	_, err := r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		if other == v.Person {
			return errToYourself()
		}
		if _, err := r.people.Get(ctx, tx, other); err != nil {
			return err
		}
		var rows []ratherNotRow
		q := tx.NewSelect().Model(&rows).Where("n.person = ?", v.Person).Where("n.other = ?", other)
		if err := q.Scan(ctx); err != nil {
			return fmt.Errorf("exchange: rather not: %w", err)
		}
		if on == (len(rows) > 0) {
			return nil
		}
		if !on {
			if _, err := tx.NewDelete().Model(&rows[0]).WherePK().Exec(ctx); err != nil {
				return fmt.Errorf("exchange: rather not: %w", err)
			}
			tx.Act(ActRatherNotUnset, journal.RefTo(KindRatherNot, rows[0].ID), nil)
			return nil
		}
		row := ratherNotRow{Person: v.Person, Other: other, ID: id.New[ratherNotRow](tx), At: store.Micros(tx.Now())}
		res, err := tx.NewInsert().Model(&row).On("CONFLICT (person, other) DO NOTHING").Exec(ctx)
		if err != nil {
			return fmt.Errorf("exchange: rather not: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		tx.Act(ActRatherNotSet, journal.RefTo(KindRatherNot, row.ID), nil)
		return nil
	})
	return err
}

// RatherNots are the people whom somebody would rather not work with again. For
// that person's own view, and for what is suggested to them.
func (r *Room) RatherNots(ctx context.Context, db bun.IDB, person id.Person) ([]id.Person, error) {
	var out []id.Person
	err := db.NewSelect().Model((*ratherNotRow)(nil)).Column("other").Where("n.person = ?", person).OrderExpr("n.other").Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("exchange: rather nots: %w", err)
	}
	return out, nil
}
