package asks_test

import (
	"testing"

	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/web/asks"
	"cordee/internal/web/exchanges"
	"cordee/internal/web/exchanges/housetest"
)

// open serves the pages of this folder, and of the exchanges that they lead to.
func open(t *testing.T, db *store.DB) *housetest.Door {
	t.Helper()
	d := housetest.Open(t, db)
	d.Serve(t,
		(&asks.Handlers{DB: db, People: d.People, Circles: d.Circles, Threads: d.Threads, Exchanges: d.Exchanges, Talk: d.Talk}).Routes(),
		(&exchanges.Handlers{DB: db, People: d.People, Circles: d.Circles, Threads: d.Threads, Exchanges: d.Exchanges, Talk: d.Talk}).Routes(),
	)
	return d
}

// onSQLite is for what only the pages decide, onBoth for what the rooms say.
func onSQLite(t *testing.T, f func(t *testing.T, d *housetest.Door)) {
	t.Helper()
	f(t, open(t, storetest.SQLite(t)))
}

func onBoth(t *testing.T, f func(t *testing.T, d *housetest.Door)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { f(t, open(t, db)) })
}
