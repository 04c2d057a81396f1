package job

import (
	"context"
	"errors"
	"testing"

	"cordee/internal/store/storetest"

	"github.com/jackc/pgx/v5"
)

// TestALentTransactionIsNotRiversToEnd: what River begins inside is a savepoint.
func TestALentTransactionIsNotRiversToEnd(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	ctx := t.Context()
	conn, err := db.Write.DB.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw := func(f func(ctx context.Context, tx pgx.Tx) error) error {
		return conn.Raw(func(d any) error {
			tx, err := within(d)
			if err != nil {
				return err
			}
			return f(ctx, tx)
		})
	}
	if err := raw(func(context.Context, pgx.Tx) error { return nil }); err == nil {
		t.Error("no transaction is open, and it lends one")
	}
	outer, err := conn.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	insert := func(tx pgx.Tx, name string) error {
		_, err := tx.Exec(ctx, "INSERT INTO journal_cursor (name, seq, at) VALUES ($1, 1, 0)", name)
		return err
	}
	err = raw(func(ctx context.Context, tx pgx.Tx) error {
		if err := tx.Commit(ctx); !errors.Is(err, errLent) {
			t.Errorf("commit: %v", err)
		}
		if err := tx.Rollback(ctx); !errors.Is(err, pgx.ErrTxClosed) {
			t.Errorf("rollback: %v", err)
		}
		kept, err := tx.Begin(ctx)
		if err != nil {
			return err
		}
		undone, err := kept.Begin(ctx)
		if err != nil {
			return err
		}
		return errors.Join(insert(undone, "undone"), undone.Rollback(ctx), insert(kept, "kept"), kept.Commit(ctx))
	})
	if err := errors.Join(err, outer.Commit()); err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := db.Read.NewSelect().Table("journal_cursor").Column("name").Scan(ctx, &names); err != nil || len(names) != 1 || names[0] != "kept" {
		t.Errorf("names %v, %v", names, err)
	}
}
