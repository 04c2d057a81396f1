package await

import (
	"context"
	"slices"
	"strings"
	"time"

	"cordee/internal/id"
	"cordee/internal/store"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
	"github.com/uptrace/bun/schema"
)

// Awaited is one move that one person is awaited for, on an object told beside it.
type Awaited struct {
	// Person who is awaited; zero is the house itself, for a timer.
	Person id.Person
	// Move as the room names it: "exchange.confirm".
	Move string
	// Since when; until then it stays out of Of. Zero means from now on.
	Since time.Time
	// Due is when the house itself does something about it; zero means never.
	Due time.Time
}

// Row is one stored Awaited with its object.
type Row struct {
	Object string // journal.Ref's Kind
	ID     id.Any // journal.Ref's ID
	Awaited
}

type row struct {
	bun.BaseModel `bun:"table:journal_await,alias:w"`

	Object   string `bun:"object"`
	ObjectID id.Any `bun:"object_id"`
	Person   who    `bun:"person"`
	Move     string `bun:"move"`
	Since    int64  `bun:"since"`
	Due      int64  `bun:"due"`
}

// who is a person's id whose zero is sixteen zero bytes, not NULL: it is part
// of the primary key.
type who struct{ id.Person }

// AppendQuery writes the id into a statement.
func (w who) AppendQuery(gen schema.QueryGen, b []byte) ([]byte, error) {
	if !w.IsZero() {
		return w.Person.AppendQuery(gen, b)
	}
	if gen.Dialect().Name() == dialect.SQLite {
		return append(b, "zeroblob(16)"...), nil
	}
	return append(b, "'00000000-0000-0000-0000-000000000000'::uuid"...), nil
}

func (r row) row() Row {
	return Row{Object: r.Object, ID: r.ObjectID, Awaited: Awaited{
		Person: r.Person.Person, Move: r.Move, Since: store.Time(r.Since), Due: store.Time(r.Due),
	}}
}

// Replace makes awaited all that is awaited on an object. Only the journal
// calls it, in the transaction of the act; rooms call journal.Tx.Await.
func Replace(ctx context.Context, db bun.IDB, object string, objectID id.Any, now time.Time, awaited []Awaited) error {
	_, err := db.NewDelete().Model((*row)(nil)).
		Where("object_id = ?", objectID).Where("object = ?", object).Exec(ctx)
	if err != nil || len(awaited) == 0 {
		return err
	}
	rows := make([]row, 0, len(awaited))
	for _, a := range awaited {
		if a.Since.IsZero() {
			a.Since = now
		}
		rows = append(rows, row{
			Object: object, ObjectID: objectID, Person: who{a.Person}, Move: a.Move,
			Since: store.Micros(a.Since), Due: store.Micros(a.Due),
		})
	}
	_, err = db.NewInsert().Model(&rows).
		On("CONFLICT (object_id, object, person, move) DO UPDATE").Set("since = excluded.since").Set("due = excluded.due").
		Exec(ctx)
	return err
}

// Of lists what a person is awaited for at now: the nearest due first, then
// what has no due time, the oldest first.
func Of(ctx context.Context, db bun.IDB, person id.Person, now time.Time) ([]Row, error) {
	return list(ctx, db.NewSelect().
		Where("w.person = ?", who{person}).Where("w.since <= ?", store.Micros(now)).
		OrderExpr("w.due = 0, w.due, w.since, w.object_id, w.move"))
}

// On lists all that is awaited on one object, what isn't awaited yet included.
func On(ctx context.Context, db bun.IDB, object string, objectID id.Any) ([]Row, error) {
	return list(ctx, db.NewSelect().
		Where("w.object_id = ?", objectID).Where("w.object = ?", object).
		OrderExpr("w.since, w.person, w.move"))
}

// Due lists what has come due by now, the longest overdue first.
func Due(ctx context.Context, db bun.IDB, now time.Time, limit int) ([]Row, error) {
	return list(ctx, db.NewSelect().
		Where("w.due > 0").Where("w.due <= ?", store.Micros(now)).
		OrderExpr("w.due, w.object_id, w.person, w.move").Limit(int64(limit)))
}

func list(ctx context.Context, q *bun.SelectQuery) ([]Row, error) {
	var rows []row
	if err := q.Model(&rows).Scan(ctx); err != nil {
		return nil, err
	}
	out := make([]Row, len(rows))
	for i, r := range rows {
		out[i] = r.row()
	}
	return out, nil
}

// Diff compares what is stored on an object with what its room says should be
// there: missing is wanted and not stored, extra is stored and not wanted.
func Diff(stored []Row, wanted []Awaited) (missing, extra []Awaited) {
	key := func(a Awaited) string {
		return a.Person.String() + a.Move
	}
	same := func(stored, wanted Awaited) bool {
		return key(stored) == key(wanted) && stored.Due.Equal(wanted.Due) &&
			(wanted.Since.IsZero() || stored.Since.Equal(wanted.Since))
	}
	for _, w := range wanted {
		if !slices.ContainsFunc(stored, func(r Row) bool { return same(r.Awaited, w) }) {
			missing = append(missing, w)
		}
	}
	for _, r := range stored {
		if !slices.ContainsFunc(wanted, func(w Awaited) bool { return same(r.Awaited, w) }) {
			extra = append(extra, r.Awaited)
		}
	}
	byKey := func(a, b Awaited) int { return strings.Compare(key(a), key(b)) }
	slices.SortFunc(missing, byKey)
	slices.SortFunc(extra, byKey)
	return missing, extra
}
