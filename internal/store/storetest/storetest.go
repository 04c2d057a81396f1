package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"cordee/internal/store"
)

// Each runs f as two parallel subtests, "sqlite" and "postgres", each with an
// empty, migrated database that nobody else uses.
func Each(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, Postgres(t))
	})
}

// EachConfig is Each for tests that open the database themselves, once or many
// times: app, faults, two processes. On SQLite it is as durable as in service.
func EachConfig(t *testing.T, f func(t *testing.T, cfg store.Config)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, store.Config{Dir: folder(t)})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, store.Config{Dir: folder(t), Postgres: claim(t).url, Conns: conns})
	})
}

// SQLite gives an empty, migrated SQLite database, which doesn't wait for the disk.
func SQLite(tb testing.TB) *store.DB {
	tb.Helper()
	return open(tb, store.Config{Dir: folder(tb), Volatile: true})
}

// Durable gives an empty, migrated SQLite database as it is in service: an
// answer waits for the disk.
func Durable(tb testing.TB) *store.DB {
	tb.Helper()
	return open(tb, store.Config{Dir: folder(tb)})
}

func open(tb testing.TB, cfg store.Config) *store.DB {
	tb.Helper()
	db, err := store.Open(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close the database: %v", err)
		}
	})
	return db
}

// folder is a data folder with a copy of the template in it.
func folder(tb testing.TB) string {
	tb.Helper()
	content, err := template()
	if err != nil {
		tb.Fatalf("storetest: build the template: %v", err)
	}
	dir, err := os.MkdirTemp(ground(), "cordee-test-") //nolint:usetesting // in memory where that can be had, which tb.TempDir isn't
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Errorf("remove the data folder: %v", err)
		}
	})
	if err := os.WriteFile(filepath.Join(dir, store.File), content, 0o600); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// ground is where test data goes: memory, if the system shares it as files.
func ground() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return os.TempDir()
}

// template is the content of a migrated, empty SQLite file, made once a process.
var template = sync.OnceValues(func() ([]byte, error) { //nolint:gochecknoglobals // built once, then read
	dir, err := os.MkdirTemp(ground(), "cordee-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{Dir: dir, Volatile: true})
	if err != nil {
		return nil, err
	}
	if err := db.Truncate(ctx); err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, fmt.Errorf("close: %w", err)
	}
	return os.ReadFile(filepath.Join(dir, store.File))
})

// Connect opens a database of EachConfig as it is, without migrating it.
func Connect(tb testing.TB, cfg store.Config) *sql.DB {
	tb.Helper()
	driver, where := "sqlite", filepath.Join(cfg.Dir, store.File)
	if cfg.Postgres != "" {
		driver, where = "pgx", cfg.Postgres
	}
	db, err := sql.Open(driver, where)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return db
}
