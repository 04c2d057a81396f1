package upkeep_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"sync"
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
	"cordee/internal/thread"
	"cordee/internal/upkeep"
)

// house is one that the demonstration can be played in.
type house struct {
	upkeep.House

	SignIn *signin.Room
	Blobs  string
	Clock  *upkeep.Clock
}

// empty is a house that nobody has lived in yet.
func empty(t *testing.T, db *store.DB, wall func() time.Time) *house {
	t.Helper()
	keys, err := seal.Open(t.TempDir(), "", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{Clock: upkeep.NewClock(wall), Blobs: t.TempDir()}
	blobs, err := thread.OpenBlobs(h.Blobs)
	if err != nil {
		t.Fatal(err)
	}
	j := journal.Open(journal.Config{DB: db, Clock: h.Clock.Now, Rand: rand.Reader, Kinds: upkeep.Kinds()})
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	h.DB, h.Journal = db, j
	h.Server = server.New(server.Config{Journal: j, DB: db, Keys: keys})
	h.People = person.New(person.Config{Journal: j, DB: db})
	h.SignIn = signin.New(signin.Config{Journal: j, DB: db, Keys: keys, People: h.People})
	h.Threads = thread.New(thread.Config{Journal: j, DB: db, Blobs: blobs})
	h.Circles = circle.New(circle.Config{Journal: j, DB: db, Keys: keys, People: h.People, Server: h.Server, Threads: h.Threads})
	h.Exchanges = exchange.New(exchange.Config{Journal: j, DB: db, People: h.People, Circles: h.Circles, Threads: h.Threads})
	return h
}

// played is a house where the demonstration was played until a time.
func played(t *testing.T, db *store.DB, until time.Time) (*house, upkeep.Played) {
	t.Helper()
	h := empty(t, db, func() time.Time { return until })
	out, err := upkeep.Play(t.Context(), h.House, h.Clock)
	if err != nil {
		t.Fatal(err)
	}
	return h, out
}

// lived is a house of its own on SQLite where the demonstration was played, a
// copy of one that is made once.
func lived(t *testing.T) *house {
	t.Helper()
	content := template(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, store.File), content, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Config{Dir: dir, Volatile: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h := empty(t, db, monday)
	h.Clock.Run()
	return h
}

var once struct {
	sync.Mutex
	content []byte
}

func template(t *testing.T) []byte {
	t.Helper()
	once.Lock()
	defer once.Unlock()
	if once.content != nil {
		return once.content
	}
	dir := t.TempDir()
	db, err := store.Open(t.Context(), store.Config{Dir: dir, Volatile: true})
	if err != nil {
		t.Fatal(err)
	}
	played(t, db, monday())
	if err := errors.Join(db.Truncate(t.Context()), db.Close()); err != nil {
		t.Fatal(err)
	}
	if once.content, err = os.ReadFile(filepath.Join(dir, store.File)); err != nil {
		t.Fatal(err)
	}
	return once.content
}

func monday() time.Time { return time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC) }

// healthy fails where the doctor finds anything.
func healthy(t *testing.T, p upkeep.Patient) upkeep.Report {
	t.Helper()
	r, err := upkeep.Check(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("%s: %s", f.Code, f.Words)
	}
	return r
}
