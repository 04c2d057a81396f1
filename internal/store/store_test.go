package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cordee/internal/store"
	"cordee/internal/store/storetest"

	"github.com/uptrace/bun"
)

func TestWhatAPersonCanMend(t *testing.T) {
	t.Parallel()
	file := func(t *testing.T, dir, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, store.File), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		prepare func(t *testing.T, dir string) store.Config
		want    error
	}{
		"no folder": {func(_ *testing.T, dir string) store.Config {
			return store.Config{Dir: filepath.Join(dir, "none")}
		}, store.ErrNoFolder},
		"a file for a folder": {func(t *testing.T, dir string) store.Config {
			t.Helper()
			file(t, dir, "")
			return store.Config{Dir: filepath.Join(dir, store.File)}
		}, store.ErrNoFolder},
		"something else of that name": {func(t *testing.T, dir string) store.Config {
			t.Helper()
			file(t, dir, strings.Repeat("a letter to Aurore. ", 500))
			return store.Config{Dir: dir}
		}, store.ErrNotDatabase},
		"a folder of that name": {func(t *testing.T, dir string) store.Config {
			t.Helper()
			if err := os.Mkdir(filepath.Join(dir, store.File), 0o700); err != nil {
				t.Fatal(err)
			}
			return store.Config{Dir: dir}
		}, store.ErrNotDatabase},
		"newer data": {func(t *testing.T, dir string) store.Config {
			t.Helper()
			newer(t, store.Config{Dir: dir})
			return store.Config{Dir: dir}
		}, store.ErrNewer},
		"no PostgreSQL": {func(_ *testing.T, dir string) store.Config {
			return store.Config{Postgres: "postgres://someone:secret@/cordee?host=" + dir}
		}, store.ErrUnreachable},
		"no URL": {func(*testing.T, string) store.Config {
			return store.Config{Postgres: "postgres://some one:secret@"}
		}, store.ErrUnreachable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := store.Open(t.Context(), tt.prepare(t, t.TempDir()))
			var p *store.Problem
			if !errors.Is(err, tt.want) || !errors.As(err, &p) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if said := p.Error(); strings.Contains(said, "\n") || strings.Contains(said, "secret") {
				t.Errorf("not one sentence for the terminal: %s", said)
			}
		})
	}
}

// newer makes the data of a version to come.
func newer(t *testing.T, cfg store.Config) {
	t.Helper()
	db, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	statements := []string{"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)"}
	if !db.Postgres() {
		statements = append(statements, "PRAGMA user_version = 7")
	}
	for _, s := range statements {
		if _, err := db.Write.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestNewerDataIsLeftAlone(t *testing.T) {
	t.Parallel()
	storetest.EachConfig(t, func(t *testing.T, cfg store.Config) {
		newer(t, cfg)
		if cfg.Postgres != "" {
			t.Cleanup(func() { older(t, cfg) })
		}
		if _, err := store.Open(t.Context(), cfg); !errors.Is(err, store.ErrNewer) {
			t.Errorf("got %v", err)
		}
	})
}

// older mends a lent PostgreSQL database.
func older(t *testing.T, cfg store.Config) {
	t.Helper()
	ctx := context.Background()
	db := storetest.Connect(t, cfg)
	if _, err := db.ExecContext(ctx, "DELETE FROM goose_db_version WHERE version_id = 99999"); err != nil {
		t.Error(err)
	}
}

func TestRightsOfTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, name := range []string{store.File, store.File + "-wal"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

func TestAPathMayHoldAnySign(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "l'été ?#%20&x=1")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, store.File)); err != nil {
		t.Error(err)
	}
}

func TestSQLiteIsSetUpToKeepWhatItAnswers(t *testing.T) {
	t.Parallel()
	db := storetest.Durable(t)
	for _, tt := range []struct {
		pool *bun.DB
		name string
		want string
	}{
		{db.Write, "journal_mode", "wal"},
		{db.Write, "synchronous", "2"}, // FULL
		{db.Write, "foreign_keys", "1"},
		{db.Write, "secure_delete", "1"},
		{db.Write, "busy_timeout", "5000"},
		{db.Read, "query_only", "1"},
	} {
		var got string
		if err := tt.pool.QueryRowContext(t.Context(), "PRAGMA "+tt.name).Scan(&got); err != nil || got != tt.want {
			t.Errorf("%s is %s, not %s; %v", tt.name, got, tt.want, err)
		}
	}
}

func TestReadersDontWrite(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if _, err := db.Read.ExecContext(t.Context(), "UPDATE journal_head SET seq = 5"); err == nil {
			t.Error("they do")
		}
	})
}

func TestSeveralProcessesMayStartAtOnce(t *testing.T) {
	t.Parallel()
	url := storetest.Empty(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			db, err := store.Open(context.Background(), store.Config{Postgres: url, Conns: 3})
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestOneProcessServesAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := store.LockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.LockDir(dir); !errors.Is(err, store.ErrServed) {
		t.Errorf("a second one: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := store.LockDir(dir)
	if err != nil {
		t.Fatalf("after it: %v", err)
	}
	_ = again.Close()
	if _, err := store.LockDir(filepath.Join(dir, "none")); !errors.Is(err, store.ErrNoFolder) {
		t.Errorf("no folder: %v", err)
	}
}

func TestTimesAreMicroseconds(t *testing.T) {
	t.Parallel()
	at := time.Date(2038, 1, 19, 3, 14, 8, 123456000, time.UTC)
	if got := store.Time(store.Micros(at.In(time.FixedZone("", 3600)))); got != at {
		t.Errorf("got %v", got)
	}
	if !store.Time(0).IsZero() || store.Micros(time.Time{}) != 0 {
		t.Error("the zero time isn't zero")
	}
}

func TestErasedWordsLeaveTheFile(t *testing.T) {
	t.Parallel()
	storetest.EachConfig(t, func(t *testing.T, cfg store.Config) {
		db, err := store.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		const words = "what Aurore wants forgotten"
		for _, s := range []string{
			"INSERT INTO journal_cursor (name, seq, at) VALUES ('" + words + "', 1, 1)",
			"DELETE FROM journal_cursor",
		} {
			if _, err := db.Write.ExecContext(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Truncate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if db.Postgres() {
			return // VACUUM is PostgreSQL's own business
		}
		files, err := filepath.Glob(filepath.Join(cfg.Dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if b, err := os.ReadFile(f); err != nil || strings.Contains(string(b), words) {
				t.Errorf("%s still holds them, %v", f, err)
			}
		}
	})
}
