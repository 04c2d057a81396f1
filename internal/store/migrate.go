package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

func source(dialect string) (fs.FS, error) { return fs.Sub(migrations, "migrations/"+dialect) }

// Schema sums up all migrations of this binary, the jobs' own included: two
// binaries with the same answer keep the same tables.
func Schema() (uint32, error) {
	river, err := rivermigrate.New(riversqlite.New(nil), quiet())
	if err != nil {
		return 0, err
	}
	sum := crc32.NewIEEE()
	_, _ = fmt.Fprint(sum, len(river.AllVersions())) // a hash never fails
	err = fs.WalkDir(migrations, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(migrations, path)
		_, _ = fmt.Fprintf(sum, "%s\n%s", path, b)
		return err
	})
	return sum.Sum32(), err
}

func migrateSQLite(ctx context.Context, db *sql.DB, path string) error {
	// Kept in user_version, so that what is up to date opens without a question.
	sum, err := Schema()
	if err != nil {
		return err
	}
	want := int32(sum&0x7fffffff | 1) // never 0, which a new file has
	var have int32
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return sqliteProblem(path, err)
	}
	if have == want {
		return nil
	}
	if err := migrate(ctx, goose.DialectSQLite3, "sqlite", db, path); err != nil {
		return sqliteProblem(path, err)
	}
	river, err := rivermigrate.New(riversqlite.New(db), quiet())
	if err != nil {
		return err
	}
	if _, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("store: the jobs' tables: %w", err)
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", want))
	return err
}

func quiet() *rivermigrate.Config {
	return &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
}

// migrationLock is the advisory lock under which PostgreSQL's tables change:
// the first of several starting processes migrates, the others find it done.
const migrationLock = 0x636f72646565 // "cordee"

func migratePostgres(ctx context.Context, db *sql.DB, pool *pgxpool.Pool) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("SELECT pg_advisory_lock(%d)", migrationLock)); err != nil {
		return fmt.Errorf("store: wait for other migrations: %w", err)
	}
	defer func() {
		_, unlock := conn.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("SELECT pg_advisory_unlock(%d)", migrationLock))
		err = errors.Join(err, unlock)
	}()
	if err := migrate(ctx, goose.DialectPostgres, "postgres", db, "the PostgreSQL database"); err != nil {
		return err
	}
	river, err := rivermigrate.New(riverpgxv5.New(pool), quiet())
	if err != nil {
		return err
	}
	if _, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("store: the jobs' tables: %w", err)
	}
	return nil
}

func migrate(ctx context.Context, dialect goose.Dialect, folder string, db *sql.DB, where string) error {
	files, err := source(folder)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, files, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("store: read the version of the data: %w", err)
	}
	if have > want {
		return &Problem{Kind: ErrNewer, Where: where}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}
