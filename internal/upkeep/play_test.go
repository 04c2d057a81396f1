package upkeep_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/seal"
	"cordee/internal/server"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
	"cordee/internal/upkeep"
)

// empty is a house that nobody has lived in yet, under a movable clock.
func empty(t *testing.T, db *store.DB, clock *upkeep.Clock) upkeep.House {
	t.Helper()
	keys, err := seal.Open(t.TempDir(), "", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := thread.OpenBlobs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	j := journal.Open(journal.Config{DB: db, Clock: clock.Now, Rand: rand.Reader, Kinds: upkeep.Kinds()})
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	h := upkeep.House{DB: db, Journal: j, Server: server.New(server.Config{Journal: j, DB: db, Keys: keys}), People: person.New(person.Config{Journal: j, DB: db})}
	h.Threads = thread.New(thread.Config{Journal: j, DB: db, Blobs: blobs})
	h.Circles = circle.New(circle.Config{Journal: j, DB: db, Keys: keys, People: h.People, Server: h.Server, Threads: h.Threads})
	h.Exchanges = exchange.New(exchange.Config{Journal: j, DB: db, People: h.People, Circles: h.Circles, Threads: h.Threads})
	return h
}

var _ = signin.Acts

func TestPlay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		began := time.Now()
		clock := upkeep.NewClock(time.Now)
		played, err := upkeep.Play(t.Context(), empty(t, db, clock), clock)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Now()
		report, err := upkeep.Check(t.Context(), upkeep.Patient{DB: db})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("checked in %s: %s", time.Since(at), strings.Join(report.Lines(), "\n"))
		t.Logf("%d acts in %s: %+v", played.Acts, time.Since(began), played.Doors)
	})
}
