// Package persontest builds people for tests, through the front door, and the
// small house that a room's tests stand in: a database, a journal, a clock that
// tests move, and the room person.
package persontest

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/store"
)

// Clock is a time that tests move.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts on a Monday at noon in Paris.
func NewClock() *Clock {
	return &Clock{now: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)}
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// House is what a room's tests stand in.
type House struct {
	DB      *store.DB
	Journal *journal.Journal
	Clock   *Clock
	People  *person.Room
}

// Open builds a house on a database. kinds are the acts of other rooms that the
// test writes.
func Open(tb testing.TB, db *store.DB, kinds ...[]journal.Kind) *House {
	tb.Helper()
	all := person.Acts()
	for _, k := range kinds {
		all = append(all, k...)
	}
	clock := NewClock()
	j := journal.Open(journal.Config{DB: db, Clock: clock.Now, Rand: rand.Reader, Kinds: all})
	tb.Cleanup(func() {
		if err := j.Close(); err != nil {
			tb.Errorf("close the journal: %v", err)
		}
	})
	return &House{DB: db, Journal: j, Clock: clock, People: person.New(person.Config{Journal: j, DB: db})}
}

// Do runs a body of verbs as the house itself.
func (h *House) Do(tb testing.TB, body func(ctx context.Context, tx *journal.Tx) error) {
	tb.Helper()
	if _, err := h.Journal.Do(tb.Context(), Outside(), journal.Key{}, body); err != nil {
		tb.Fatal(err)
	}
}

// Outside is the house itself, at the door of tests.
func Outside() journal.By { return journal.By{Actor: journal.System(), Door: journal.Test} }

// As is a person at the door of tests.
func As(p id.Person) journal.By { return journal.ByPerson(p, journal.Test) }

// Address is the one that New gives to a name: "Myriam Díaz" has
// myriam.diaz@example.org.
func Address(name string) string {
	local := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r == ' ':
			return '.'
		}
		return -1
	}, strings.ToLower(strings.NewReplacer("é", "e", "è", "e", "í", "i", "ó", "o", "á", "a", "ñ", "n", "ï", "i").Replace(name)))
	if local == "" {
		local = "somebody"
	}
	return local + "@example.org"
}

// New gives an active person who writes in French, lives in Paris and has proved
// their Address.
func New(tb testing.TB, h *House, name string) person.Person {
	tb.Helper()
	return Newcomer(tb, h, person.Newcomer{
		Name: name, Languages: []lang.Tag{lang.FR}, Zone: "Europe/Paris", Address: Address(name), Proved: true,
	})
}

// Newcomer gives the person that n describes.
func Newcomer(tb testing.TB, h *House, n person.Newcomer) person.Person {
	tb.Helper()
	var p person.Person
	h.Do(tb, func(ctx context.Context, tx *journal.Tx) (err error) {
		p, err = h.People.Create(ctx, tx, n)
		return err
	})
	return p
}

// Staged gives somebody known from a circle's imported past.
func Staged(tb testing.TB, h *House, name, address string, c id.Circle) person.Person {
	tb.Helper()
	var p person.Person
	h.Do(tb, func(ctx context.Context, tx *journal.Tx) (err error) {
		p, err = h.People.Stage(ctx, tx, person.Past{Name: name, Address: address, Circle: c})
		return err
	})
	return p
}
