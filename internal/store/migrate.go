package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"hash/crc32"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

// jobsVersion is the version of River's tables that this binary works with. A
// newer River brings a higher one; see rivermigrate.
const jobsVersion = 6

func source(dialect string) (fs.FS, error) { return fs.Sub(migrations, "migrations/"+dialect) }

// stamp sums up all migrations of SQLite, ours and River's. It is kept in
// user_version, so that a database that is up to date opens without a question.
func stamp() (int32, error) {
	sum := crc32.NewIEEE()
	files, err := source("sqlite")
	if err != nil {
		return 0, err
	}
	err = fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		_, _ = fmt.Fprintf(sum, "%s %d %s", path, jobsVersion, b) // a hash never fails
		return err
	})
	return int32(sum.Sum32()&0x7fffffff | 1), err //nolint:gosec // the top bit is cleared
}

func migrateSQLite(ctx context.Context, db *sql.DB, path string) error {
	want, err := stamp()
	if err != nil {
		return err
	}
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

func migratePostgres(ctx context.Context, db *sql.DB, pool *pgxpool.Pool) error {
	river, err := rivermigrate.New(riverpgxv5.New(pool), quiet())
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	if err := migrate(ctx, goose.DialectPostgres, "postgres", db, "the PostgreSQL database", goose.WithSessionLocker(locker)); err != nil {
		return err
	}
	if _, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("store: the jobs' tables: %w", err)
	}
	return nil
}

func migrate(ctx context.Context, dialect goose.Dialect, folder string, db *sql.DB, where string, opts ...goose.ProviderOption) error {
	files, err := source(folder)
	if err != nil {
		return err
	}
	opts = append(opts, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	p, err := goose.NewProvider(dialect, db, files, opts...)
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
