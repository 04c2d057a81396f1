package notify_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/notify"
	"cordee/internal/person"
	"cordee/internal/server"
	"cordee/internal/signin"
	"cordee/internal/thread"
)

func kinds() []journal.Kind {
	return slices.Concat(server.Acts(), person.Acts(), signin.Acts(), thread.Acts(), circle.Acts(), exchange.Acts())
}

// TestDecisions: each kind of act that a room writes has one decision, and no
// decision is about nothing.
func TestDecisions(t *testing.T) {
	t.Parallel()
	decided := map[string]int{}
	for _, d := range notify.Decisions() {
		decided[d.Kind]++
		if (len(d.Heard) == 0) == (d.Why == "") {
			t.Errorf("%s: heard by %v, silent because %q", d.Kind, d.Heard, d.Why)
		}
	}
	for _, k := range kinds() {
		if decided[k.Name] != 1 {
			t.Errorf("%s has %d decisions", k.Name, decided[k.Name])
		}
		delete(decided, k.Name)
	}
	for kind := range decided {
		t.Errorf("nobody writes %s", kind)
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)
	now := made
	var waits []string
	for attempts := 1; ; attempts++ {
		next, ok := notify.Again(attempts, made, now)
		if !ok {
			break
		}
		waits = append(waits, next.Sub(now).String())
		now = next
	}
	want := []string{"1m0s", "5m0s", "15m0s", "1h0m0s", "3h0m0s", "6h0m0s", "12h0m0s", "24h0m0s", "24h0m0s", "1h39m0s"}
	if !slices.Equal(waits, want) || now.Sub(made) != 72*time.Hour {
		t.Errorf("waits %v, given up after %s", waits, now.Sub(made))
	}
}

// TestNextDigest: every day has one morning, whatever the clocks do.
func TestNextDigest(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Paris", "America/Mexico_City", "Pacific/Chatham", "UTC"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, loc)
		for range 730 {
			next := notify.NextDigest(at, loc)
			if wait := next.Sub(at); wait <= 0 || wait > 25*time.Hour || next.In(loc).Hour() != 8 {
				t.Fatalf("%s: after %s comes %s", zone, at, next)
			}
			at = next
		}
	}
}

func persons(n int) []id.Person {
	out := make([]id.Person, n)
	for i := range out {
		out[i][15], out[i][14] = byte(i+1), byte((i+1)>>8)
	}
	return out
}

// TestWhoHears is rule 4 as properties.
func TestWhoHears(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 150).Draw(t, "size")
		dueIn := time.Duration(rapid.IntRange(0, 120).Draw(t, "hours")) * time.Hour
		var members []notify.Candidate
		left, away := 0, 0
		for _, p := range persons(size - 1) {
			c := notify.Candidate{
				Person: p, Shared: rapid.IntRange(0, 3).Draw(t, "shared"), Exchanges: rapid.IntRange(0, 5).Draw(t, "exchanges"),
				Asked: rapid.IntRange(0, 20).Draw(t, "asked"), Away: rapid.IntRange(0, 9).Draw(t, "away") == 0,
				RatherNot: rapid.IntRange(0, 19).Draw(t, "rather not") == 0,
			}
			switch {
			case c.RatherNot:
				left++
			case c.Away:
				away++
			}
			members = append(members, c)
		}
		seed := id.Any(persons(1)[0])
		now, later := notify.WhoHears(members, size, dueIn, seed)
		again, _ := notify.WhoHears(members, size, dueIn, seed)
		if !slices.Equal(now, again) {
			t.Error("a repeat chooses others")
		}
		if len(now)+len(later)+left != len(members) {
			t.Errorf("%d now, %d later, %d not at all, of %d", len(now), len(later), left, len(members))
		}
		everybody := size <= 30 || dueIn > 0 && dueIn <= 72*time.Hour
		if everybody && len(later) != away || !everybody && len(now) != min(10, len(members)-left-away) {
			t.Errorf("%d of %d hear at once, %d away, due in %s", len(now), size, away, dueIn)
		}
		for _, c := range members {
			if (c.Away || c.RatherNot) && slices.Contains(now, c.Person) || c.RatherNot && slices.Contains(later, c.Person) {
				t.Errorf("%+v hears", c)
			}
		}
	})
}

// TestSeldomAsked: eight places go to the likeliest, two to people seldom asked.
func TestSeldomAsked(t *testing.T) {
	t.Parallel()
	var members []notify.Candidate
	for i, p := range persons(40) {
		c := notify.Candidate{Person: p, Asked: 5}
		if i < 12 {
			c.Shared = 2 // always the likeliest, and asked a lot
		}
		if i >= 38 {
			c.Asked = 0
		}
		members = append(members, c)
	}
	now, _ := notify.WhoHears(members, 41, 0, id.Any(persons(1)[0]))
	likely := 0
	for _, c := range members[:12] {
		if slices.Contains(now, c.Person) {
			likely++
		}
	}
	if likely != 8 || !slices.Contains(now, members[38].Person) || !slices.Contains(now, members[39].Person) {
		t.Errorf("%d of the likeliest; the two seldom asked: %v %v", likely, slices.Contains(now, members[38].Person), slices.Contains(now, members[39].Person))
	}
}

func TestShared(t *testing.T) {
	t.Parallel()
	a := exchange.Ask{Facts: exchange.Facts{Title: "Migrer un site Drupal en PHP", Tags: []string{"hébergement"}}}
	for want, helps := range map[int][]string{
		0: {"cuisine", "un café"}, 1: {"Drupal, toujours"}, 2: {"PHP", "l’Hebergement"}, 3: {"drupal", "PHP", "hébergement"},
	} {
		if got := notify.Shared(a, helps); got != want {
			t.Errorf("%v share %d, want %d", helps, got, want)
		}
	}
}
