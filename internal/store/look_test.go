package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

// TestLook reads beside whoever serves the data, and leaves no trace.
func TestLook(t *testing.T) {
	t.Parallel()
	storetest.EachConfig(t, func(t *testing.T, cfg store.Config) {
		served, err := store.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = served.Close() })
		db, err := store.Look(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		if db.Postgres() != (cfg.Postgres != "") {
			t.Error("which database it is")
		}
		if _, err := served.Write.ExecContext(t.Context(), "UPDATE journal_head SET seq = 7"); err != nil {
			t.Fatal(err)
		}
		var seq int
		if err := db.Read.NewRaw("SELECT seq FROM journal_head").Scan(t.Context(), &seq); err != nil || seq != 7 {
			t.Errorf("seq %d, %v", seq, err)
		}
		if _, err := db.Write.ExecContext(t.Context(), "UPDATE journal_head SET seq = 8"); err == nil {
			t.Error("it writes")
		}
	})
}

func TestLookAtWhatIsNotUpToDate(t *testing.T) {
	t.Parallel()
	storetest.EachConfig(t, func(t *testing.T, cfg store.Config) {
		raw := storetest.Connect(t, cfg)
		change := func(statement string, want error) {
			t.Helper()
			if _, err := raw.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Look(t.Context(), cfg); !errors.Is(err, want) {
				t.Errorf("%s: %v", statement, err)
			}
		}
		change("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, '1')", store.ErrNewer)
		change("UPDATE goose_db_version SET version_id = 88888 WHERE version_id = 9", store.ErrOlder)
		if _, err := raw.ExecContext(t.Context(), "UPDATE goose_db_version SET version_id = 9 WHERE version_id = 88888"); err != nil {
			t.Fatal(err)
		}
		if _, err := raw.ExecContext(t.Context(), "DELETE FROM goose_db_version WHERE version_id = 99999"); err != nil {
			t.Fatal(err)
		}
		db, err := store.Look(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		_ = db.Close()
	})
}

func TestLookMakesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, missing := range []string{dir, filepath.Join(dir, "none")} {
		if _, err := store.Look(t.Context(), store.Config{Dir: missing}); !errors.Is(err, store.ErrNoData) {
			t.Errorf("%s: %v", missing, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, store.File), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Look(t.Context(), store.Config{Dir: dir}); !errors.Is(err, store.ErrNoData) {
		t.Errorf("an empty file: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(dir, store.File), make([]byte, 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Look(t.Context(), store.Config{Dir: dir}); !errors.Is(err, store.ErrNotDatabase) {
		t.Errorf("zeros: %v", err)
	}
}

func TestVacant(t *testing.T) {
	t.Parallel()
	url := storetest.Empty(t)
	if _, err := store.Look(t.Context(), store.Config{Postgres: url}); !errors.Is(err, store.ErrNoData) {
		t.Errorf("nothing there: %v", err)
	}
	if vacant, err := store.Vacant(t.Context(), url); !vacant || err != nil {
		t.Errorf("%v, %v", vacant, err)
	}
	db, err := store.Open(t.Context(), store.Config{Postgres: url, Conns: 2})
	if err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	if vacant, err := store.Vacant(t.Context(), url); vacant || err != nil {
		t.Errorf("%v, %v", vacant, err)
	}
}
