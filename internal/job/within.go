package job

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

type conn = pgx.Conn // so that the embedded field isn't called Conn, as a method is

// lent is a transaction that somebody else has begun on a connection, and will
// end, in the form that River wants: its calls go to the connection, what River
// begins are savepoints, and it can't be committed or rolled back itself.
type lent struct {
	*conn

	name  string // of the savepoint; empty for the transaction itself
	taken *int   // savepoints so far
}

var errLent = errors.New("job: the transaction is the journal's to end")

// within gives the transaction open on database/sql's connection d.
func within(d any) (pgx.Tx, error) {
	c, ok := d.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("job: a connection of %T, not of pgx", d)
	}
	if c.Conn().PgConn().TxStatus() != 'T' {
		return nil, errors.New("job: no transaction is open on the connection")
	}
	return &lent{conn: c.Conn(), taken: new(int)}, nil
}

// Begin takes a savepoint.
func (l *lent) Begin(ctx context.Context) (pgx.Tx, error) {
	*l.taken++
	inner := &lent{conn: l.conn, name: fmt.Sprintf("cordee_job_%d", *l.taken), taken: l.taken}
	_, err := l.Exec(ctx, "SAVEPOINT "+inner.name)
	return inner, err
}

// Commit lets go of the savepoint.
func (l *lent) Commit(ctx context.Context) error {
	if l.name == "" {
		return errLent
	}
	_, err := l.Exec(ctx, "RELEASE SAVEPOINT "+l.name)
	l.name = ""
	return err
}

// Rollback goes back to the savepoint; after Commit it does nothing, as pgx's.
func (l *lent) Rollback(ctx context.Context) error {
	if l.name == "" {
		return pgx.ErrTxClosed
	}
	_, err := l.Exec(ctx, "ROLLBACK TO SAVEPOINT "+l.name)
	l.name = ""
	return err
}

// LargeObjects is pgx's; River has no use for it.
func (l *lent) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Conn is the connection beneath.
func (l *lent) Conn() *pgx.Conn { return l.conn }
