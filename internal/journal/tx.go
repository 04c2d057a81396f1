package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/job"

	"github.com/uptrace/bun"
)

// Tx is the transaction of one act: a bun.IDB with one time, one actor and a
// source of randomness. It is good until the body returns.
//
// Its statements ignore their contexts: they stop at the transaction's own
// deadline alone. After one failed statement it refuses all others, and the
// body fails even if it swallowed the error.
type Tx struct {
	j    *Journal
	by   By
	now  time.Time
	ctx  context.Context //nolint:containedctx // rule 2: the transaction's, for all its statements
	conn *sql.Conn
	sql  *sql.Tx

	mu     sync.Mutex
	failed error // the first failure, or why the Tx is over
	answer json.RawMessage
	acts   []actRow
	awaits []awaiting
}

type awaiting struct {
	ref Ref
	who []await.Awaited
}

var errOver = errors.New("journal: the transaction is over")

// Now is the one time of the transaction.
func (tx *Tx) Now() time.Time { return tx.now }

// By is who acts.
func (tx *Tx) By() By { return tx.by }

// Rand is the house's randomness.
func (tx *Tx) Rand() io.Reader { return tx.j.cfg.Rand }

// Answer sets the Receipt's Result, which a repeat will get too.
func (tx *Tx) Answer(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		tx.fail(fmt.Errorf("journal: an answer that isn't JSON: %w", err))
		return
	}
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.answer = b
}

// Job enqueues work that starts after the commit, if there is one.
func (tx *Tx) Job(args job.Args) error {
	if err := tx.ready("job", args.Kind()); err != nil {
		return err
	}
	if tx.j.cfg.Jobs == nil {
		return tx.note(errors.New("journal: opened without jobs"))
	}
	return tx.note(tx.j.cfg.Jobs.Insert(tx.ctx, tx.conn, tx.sql, args))
}

// Act writes down what happened to ref. The kind must be declared; facts are
// small and JSON-able (ids, numbers, codes; never words), nil for none.
func (tx *Tx) Act(kind string, ref Ref, facts any) id.Act {
	return tx.ActIn(id.Circle{}, kind, ref, facts)
}

// ActIn writes down what happened to ref in a circle.
func (tx *Tx) ActIn(circle id.Circle, kind string, ref Ref, facts any) id.Act {
	text, err := tx.j.facts(kind, ref, facts)
	if err != nil {
		tx.fail(err)
		return id.Act{}
	}
	act := actRow{
		ID: id.Act(id.New[any](tx)), Kind: kind, Object: ref.Kind, ObjectID: ref.ID, Circle: circle,
		Actor: tx.by.Actor.Kind, Name: tx.by.Actor.Name, Person: tx.by.Person(),
		Door: tx.by.Door, Request: tx.by.Request, At: tx.now.UnixMicro(), Facts: text,
	}
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.acts = append(tx.acts, act)
	return act.ID
}

func (j *Journal) facts(kind string, ref Ref, facts any) (string, error) {
	declared, ok := j.kinds[kind]
	switch {
	case !ok:
		return "", fmt.Errorf("journal: nobody declared acts of kind %q", kind)
	case declared.Object != "" && declared.Object != ref.Kind:
		return "", fmt.Errorf("journal: an act of kind %q is on %q, not on %q", kind, declared.Object, ref.Kind)
	case ref.ID.IsZero():
		return "", fmt.Errorf("journal: an act of kind %q on nothing", kind)
	case facts == nil:
		return "{}", nil
	}
	b, err := json.Marshal(facts)
	if err != nil {
		return "", fmt.Errorf("journal: the facts of %q aren't JSON: %w", kind, err)
	}
	return string(b), nil
}

// Await makes who all that is awaited on ref, from the room's pure Awaited();
// nobody clears it. The last call for a ref counts.
func (tx *Tx) Await(ref Ref, who ...await.Awaited) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	for i := range tx.awaits {
		if tx.awaits[i].ref == ref {
			tx.awaits[i].who = who
			return
		}
	}
	tx.awaits = append(tx.awaits, awaiting{ref, who})
}

// Lock makes a SELECT hold its rows until the commit. Moves load with it.
func (tx *Tx) Lock(q *bun.SelectQuery) *bun.SelectQuery {
	if tx.j.cfg.DB.Postgres() {
		return q.For("UPDATE")
	}
	return q // SQLite has one writer
}

// Saved turns an UPDATE … WHERE id=? AND version=? that met no row into
// ErrVersion, upon which Do reruns the body on the fresh row.
func (tx *Tx) Saved(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = ErrVersion
	}
	return tx.note(err)
}

// ExecContext runs a statement. The context's end doesn't stop it.
func (tx *Tx) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	if err := tx.ready("exec", query); err != nil {
		return nil, err
	}
	res, err := tx.sql.ExecContext(tx.ctx, tx.bun().QueryGen().FormatQuery(query, args...)) //nolint:contextcheck // rule 2: the transaction's own
	return res, tx.note(err)
}

// QueryContext runs a query. The context's end doesn't stop it.
func (tx *Tx) QueryContext(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := tx.ready("query", query); err != nil {
		return nil, err
	}
	rows, err := tx.sql.QueryContext(tx.ctx, tx.bun().QueryGen().FormatQuery(query, args...)) //nolint:contextcheck // rule 2: the transaction's own
	return rows, tx.note(err)
}

// QueryRowContext runs a query of one row. The context's end doesn't stop it.
func (tx *Tx) QueryRowContext(_ context.Context, query string, args ...any) *sql.Row {
	ctx := tx.ctx
	if tx.ready("query", query) != nil {
		over, cancel := context.WithCancel(ctx)
		cancel()
		ctx = over // a Row that holds an error can't be made otherwise
	}
	row := tx.sql.QueryRowContext(ctx, tx.bun().QueryGen().FormatQuery(query, args...)) //nolint:contextcheck // rule 2: the transaction's own
	_ = tx.note(row.Err())                                                              // the Row tells it too
	return row
}

// ready refuses a statement after a failure and after the end.
func (tx *Tx) ready(step, query string) error {
	tx.mu.Lock()
	failed := tx.failed
	tx.mu.Unlock()
	if failed != nil {
		return fmt.Errorf("journal: refused after a failure: %w", failed)
	}
	if tx.j.fault != nil {
		return tx.note(tx.j.fault(tx.ctx, step, query))
	}
	return nil
}

// note remembers a statement's failure. Finding no row is none.
func (tx *Tx) note(err error) error {
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		tx.fail(err)
	}
	return err
}

func (tx *Tx) fail(err error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.failed == nil {
		tx.failed = err
	}
}

// verdict is what became of the body: its own error, unless a statement failed
// before and it told something else.
func (tx *Tx) verdict(err error) error {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	switch {
	case tx.failed == nil:
		return err
	case err != nil && errors.Is(err, tx.failed):
		return err
	default:
		return fmt.Errorf("journal: a statement of the body had failed: %w", tx.failed)
	}
}
