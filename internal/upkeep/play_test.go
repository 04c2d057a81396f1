package upkeep_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/await"
	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/journal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/upkeep"
)

// TestPlay: what the demonstration leaves, the same on both databases, and that
// the doctor finds nothing.
func TestPlay(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	lives := map[bool][]string{}
	t.Cleanup(func() {
		if diff := cmp.Diff(lives[false], lives[true]); diff != "" {
			t.Errorf("two demonstrations differ (-sqlite +postgres):\n%s", diff)
		}
	})
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		began := time.Now()
		h, out := played(t, db, monday())
		t.Logf("%d acts in %s", out.Acts, time.Since(began).Round(time.Millisecond))
		began = time.Now()
		r := healthy(t, upkeep.Patient{DB: db, Blobs: h.Blobs})
		t.Logf("examined in %s: %s", time.Since(began).Round(time.Millisecond), strings.Join(r.Lines(), "; "))
		if r.People != 24 || r.Circles != 3 || r.Acts != int(out.Acts) || r.Exchanges < 30 || r.Thanks < 30 {
			t.Errorf("%+v", r)
		}
		present(t, h, out)
		mu.Lock()
		defer mu.Unlock()
		lives[db.Postgres()] = life(t, h)
	})
}

// present looks at what is under way when the curtain rises.
func present(t *testing.T, h *house, out upkeep.Played) {
	t.Helper()
	for i, want := range []struct {
		name    string
		circles []string
		moves   []string
	}{
		{"Solène Le Goff", []string{"Atelier Ouest", "Planète Métiers"}, []string{"exchange.agree", "exchange.confirm"}},
		{"Tomás Ibarra", []string{"Planète Métiers", "Taller de Datos"}, []string{"exchange.agree"}},
		{"Inès Abadie", []string{"Planète Métiers"}, nil},
	} {
		d := out.Doors[i]
		if d.Name != want.name || !slices.Equal(d.Circles, want.circles) {
			t.Errorf("%+v", d)
		}
		rows, err := await.Of(t.Context(), h.DB.Read, d.Person, h.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		var moves []string
		for _, r := range rows {
			moves = append(moves, r.Move)
		}
		slices.Sort(moves)
		if !slices.Equal(moves, want.moves) {
			t.Errorf("%s is awaited for %v", want.name, moves)
		}
	}
	standing, err := h.Circles.Standing(t.Context(), h.DB.Read, out.Doors[1].Person)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range standing.Circles {
		if want := map[string]circle.Stage{"Planète Métiers": circle.Active, "Taller de Datos": circle.Gestation}[c.Name]; c.Stage != want {
			t.Errorf("%s: %s", c.Name, c.Stage)
		}
	}
	planete, _ := standing.BySlug("planete-metiers")
	if c, err := h.Circles.Get(t.Context(), h.DB.Read, planete.Circle); err != nil || c.Parent.IsZero() || c.Members != 16 || c.Form != circle.Tu {
		t.Errorf("%+v, %v", c, err)
	}
	var lapsed []string
	if err := h.DB.Read.NewRaw("SELECT title FROM exchange_ask WHERE state = ?", exchange.AskLapsed).Scan(t.Context(), &lapsed); err != nil || len(lapsed) != 1 {
		t.Errorf("asks that nobody answered: %v, %v", lapsed, err)
	}
}

// life is all that happened, in order, with its hour and its words.
func life(t *testing.T, h *house) []string {
	t.Helper()
	acts, err := h.Journal.Since(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	last := time.Time{}
	for _, a := range acts {
		who := ""
		if !a.Person.IsZero() {
			p, err := h.People.Get(t.Context(), h.DB.Read, a.Person)
			if err != nil {
				t.Fatal(err)
			}
			who = p.Name
			if hour := a.At.In(p.Location()).Hour(); hour < 7 || hour >= 23 {
				t.Errorf("%s does %s at %s", who, a.Kind, a.At.In(p.Location()))
			}
		}
		if a.At.Before(last) || a.At.After(h.Clock.Now()) {
			t.Errorf("%s at %s, after %s", a.Kind, a.At, last)
		}
		if a.Door != journal.Demo && a.Door != journal.Internal {
			t.Errorf("%s by the door %s", a.Kind, a.Door)
		}
		last = a.At
		all = append(all, fmt.Sprintf("%s %s %s", a.At.Format(time.DateTime), a.Kind, who))
	}
	var words []string
	if err := h.DB.Read.NewRaw("SELECT m.words FROM thread_message AS m ORDER BY m.at, m.number").Scan(t.Context(), &words); err != nil {
		t.Fatal(err)
	}
	return append(all, words...)
}

// TestPlayAtAnyHour: in the night in which clocks change, on the last day of a February.
func TestPlayAtAnyHour(t *testing.T) {
	t.Parallel()
	for _, until := range []time.Time{
		time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC),
		time.Date(2028, 2, 29, 23, 50, 0, 0, time.UTC),
	} {
		t.Run(until.Format(time.DateOnly), func(t *testing.T) {
			t.Parallel()
			if testing.Short() && until.Year() != 2028 {
				t.Skip("one night is enough when time is short")
			}
			h, out := played(t, storetest.SQLite(t), until)
			present(t, h, out)
			life(t, h)
			healthy(t, upkeep.Patient{DB: h.DB, Blobs: h.Blobs})
		})
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	wall := monday()
	c := upkeep.NewClock(func() time.Time { return wall })
	if d := wall.Sub(c.Now()); d < 730*24*time.Hour || d > 735*24*time.Hour {
		t.Errorf("it stands %s ago", d)
	}
	c.Run()
	wall = wall.Add(time.Hour)
	if !c.Now().Equal(wall) {
		t.Errorf("it doesn't run: %s", c.Now())
	}
}
