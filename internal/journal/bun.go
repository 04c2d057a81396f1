package journal

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// What follows makes *Tx a bun.IDB. It isn't a bun.Tx, which would let a body
// commit and would stop its statements with the caller's context.

var _ bun.IDB = (*Tx)(nil)

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
