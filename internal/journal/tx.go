package journal

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"time"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/job"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// Tx is the transaction of one act: a bun.IDB with a time, an actor and a
// source of randomness.
type Tx struct {
	j   *Journal
	by  By
	now time.Time
}

var _ bun.IDB = (*Tx)(nil)
var _ id.Source = (*Tx)(nil)

// Now is the one time of the transaction.
func (tx *Tx) Now() time.Time { return tx.now }

// By is who acts.
func (tx *Tx) By() By { return tx.by }

// Rand is the house's randomness.
func (tx *Tx) Rand() io.Reader { return tx.j.cfg.Rand }

// Answer sets the Receipt's Result, and what a repeat will get.
func (tx *Tx) Answer(v any) {}

// Job enqueues work that starts after the commit, if there is one.
func (tx *Tx) Job(args job.Args) error { return errors.ErrUnsupported }

// Act writes down what happened.
func (tx *Tx) Act(kind string, ref Ref, facts any) id.Act {
	return tx.ActIn(id.Circle{}, kind, ref, facts)
}

// ActIn writes down what happened in a circle.
func (tx *Tx) ActIn(circle id.Circle, kind string, ref Ref, facts any) id.Act { return id.Act{} }

// Await makes who all that is awaited on ref.
func (tx *Tx) Await(ref Ref, who ...await.Awaited) {}

// Lock makes a SELECT hold its rows until the commit. Moves load with it.
func (tx *Tx) Lock(q *bun.SelectQuery) *bun.SelectQuery { return q }

// Saved turns an UPDATE … WHERE id=? AND version=? that met no row into ErrVersion.
func (tx *Tx) Saved(res sql.Result, err error) error { return err }

// ExecContext runs a statement. The context's end doesn't stop it.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return nil, errors.ErrUnsupported
}

// QueryContext runs a query. The context's end doesn't stop it.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return nil, errors.ErrUnsupported
}

// QueryRowContext runs a query of one row. The context's end doesn't stop it.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row { return nil }

func (tx *Tx) bun() *bun.DB { return tx.j.cfg.DB.Write }

// Dialect is bun's.
func (tx *Tx) Dialect() schema.Dialect { return tx.bun().Dialect() }

// NewValues is bun's.
func (tx *Tx) NewValues(model any) *bun.ValuesQuery {
	return bun.NewValuesQuery(tx.bun(), model).Conn(tx)
}

// NewSelect is bun's.
func (tx *Tx) NewSelect() *bun.SelectQuery { return bun.NewSelectQuery(tx.bun()).Conn(tx) }

// NewInsert is bun's.
func (tx *Tx) NewInsert() *bun.InsertQuery { return bun.NewInsertQuery(tx.bun()).Conn(tx) }

// NewUpdate is bun's.
func (tx *Tx) NewUpdate() *bun.UpdateQuery { return bun.NewUpdateQuery(tx.bun()).Conn(tx) }

// NewDelete is bun's.
func (tx *Tx) NewDelete() *bun.DeleteQuery { return bun.NewDeleteQuery(tx.bun()).Conn(tx) }

// NewMerge is bun's.
func (tx *Tx) NewMerge() *bun.MergeQuery { return bun.NewMergeQuery(tx.bun()).Conn(tx) }

// NewRaw is bun's.
func (tx *Tx) NewRaw(query string, args ...any) *bun.RawQuery {
	return bun.NewRawQuery(tx.bun(), query, args...).Conn(tx)
}

// NewCreateTable is bun's; tables belong to the migrations.
func (tx *Tx) NewCreateTable() *bun.CreateTableQuery {
	return bun.NewCreateTableQuery(tx.bun()).Conn(tx)
}

// NewDropTable is bun's; tables belong to the migrations.
func (tx *Tx) NewDropTable() *bun.DropTableQuery { return bun.NewDropTableQuery(tx.bun()).Conn(tx) }

// NewCreateIndex is bun's; tables belong to the migrations.
func (tx *Tx) NewCreateIndex() *bun.CreateIndexQuery {
	return bun.NewCreateIndexQuery(tx.bun()).Conn(tx)
}

// NewDropIndex is bun's; tables belong to the migrations.
func (tx *Tx) NewDropIndex() *bun.DropIndexQuery { return bun.NewDropIndexQuery(tx.bun()).Conn(tx) }

// NewTruncateTable is bun's; tables belong to the migrations.
func (tx *Tx) NewTruncateTable() *bun.TruncateTableQuery {
	return bun.NewTruncateTableQuery(tx.bun()).Conn(tx)
}

// NewAddColumn is bun's; tables belong to the migrations.
func (tx *Tx) NewAddColumn() *bun.AddColumnQuery { return bun.NewAddColumnQuery(tx.bun()).Conn(tx) }

// NewDropColumn is bun's; tables belong to the migrations.
func (tx *Tx) NewDropColumn() *bun.DropColumnQuery { return bun.NewDropColumnQuery(tx.bun()).Conn(tx) }

// BeginTx fails: there is one transaction, and Do ends it.
func (tx *Tx) BeginTx(context.Context, *sql.TxOptions) (bun.Tx, error) { return bun.Tx{}, ErrNested }

// RunInTx fails: there is one transaction, and Do ends it.
func (tx *Tx) RunInTx(context.Context, *sql.TxOptions, func(context.Context, bun.Tx) error) error {
	return ErrNested
}
