package person_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/refusal"
	"cordee/internal/search"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

func each(t *testing.T, f func(t *testing.T, h *persontest.House)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { f(t, persontest.Open(t, db)) })
}

func viewer(p id.Person, circles ...id.Circle) journal.Viewer {
	return journal.Viewer{Person: p, Circles: circles}
}

func circleID(n byte) id.Circle { return id.Circle{6: 0x70, 8: 0x80, 15: n} }

func get(t *testing.T, h *persontest.House, who id.Person) person.Person {
	t.Helper()
	p, err := h.People.Get(t.Context(), h.DB.Read, who)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func kinds(t *testing.T, h *persontest.House, who id.Person) []string {
	t.Helper()
	acts, err := h.Journal.ActsOn(t.Context(), person.Ref(who))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, a := range acts {
		all = append(all, a.Kind)
	}
	return all
}

func TestANewcomer(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *persontest.House) {
		p := persontest.Newcomer(t, h, person.Newcomer{
			Name: " Lucía  👩‍🚀 ", Languages: person.ParseLanguages("es-MX", "fr", "nah", "fr-CA"),
			Zone: "America/Mexico_City", Address: "Lucia@Example.org",
		})
		got := get(t, h, p.ID)
		if d := cmp.Diff(p, got); d != "" {
			t.Error("what was made isn't what was kept:", d)
		}
		if p.Name != "Lucía 👩‍🚀" || p.Lang() != lang.ES || p.State != person.Active || p.Location().String() != "America/Mexico_City" ||
			!slices.Equal(p.Languages, []lang.Tag{"es", "fr", "nah"}) {
			t.Errorf("got %+v", p)
		}
		if p.Shows(person.FieldAddress) || !p.Shows(person.FieldHelps) {
			t.Errorf("only me: %v", p.OnlyMe)
		}
		all, err := h.People.Addresses(t.Context(), h.DB.Read, p.ID)
		if err != nil || len(all) != 1 || all[0].Claim != person.Waiting || all[0].Primary || all[0].Address != "Lucia@Example.org" {
			t.Errorf("addresses: %+v, %v", all, err)
		}
		if _, ok, err := h.People.ByAddress(t.Context(), h.DB.Read, "lucia@example.org"); ok || err != nil {
			t.Errorf("a claim isn't a proof: %v, %v", ok, err)
		}
		to, err := h.People.Correspondents(t.Context(), h.DB.Read, []id.Person{p.ID})
		if err != nil || len(to) != 0 {
			t.Errorf("mail would go to an address that nobody proved: %v, %v", to, err)
		}
		if d := cmp.Diff([]string{person.ActJoined}, kinds(t, h, p.ID)); d != "" {
			t.Error(d)
		}
	})
}

func TestEdit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *persontest.House) {
		p := persontest.New(t, h, "Myriam")
		want := p.Profile
		want.Place, want.Headline = "Lyon ", "Graphiste\u202e"
		want.Helps = []string{" devis ", "Devis", "", "relire"}
		want.Learns = []string{"l’espagnol"}
		want.Means, want.Presence, want.AwayUntil = person.HourAMonth, person.Away, "2026-08-31"
		want.OnlyMe = []person.Field{person.FieldAddress, person.FieldPlace}

		key := journal.Key{Name: "form:1", Digest: "a"}
		saved, err := h.People.Edit(t.Context(), persontest.As(p.ID), key, p.Version, want)
		if err != nil {
			t.Fatal(err)
		}
		want.Place, want.Headline, want.Helps = "Lyon", "Graphiste", []string{"devis", "relire"}
		want.OnlyMe = []person.Field{person.FieldPlace, person.FieldAddress}
		if d := cmp.Diff(want, saved.Profile); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(saved, get(t, h, p.ID)); d != "" {
			t.Error("what was answered isn't what was kept:", d)
		}
		again, err := h.People.Edit(t.Context(), persontest.As(p.ID), key, p.Version, want)
		if err != nil || again.Version != saved.Version {
			t.Errorf("a double click: %+v, %v", again, err)
		}
		same, err := h.People.Edit(t.Context(), persontest.As(p.ID), journal.Key{}, p.Version, want)
		if err != nil || same.Version != saved.Version {
			t.Errorf("saying the same from a stale page: %+v, %v", same, err)
		}
		other := want
		other.Headline = "Illustratrice"
		_, err = h.People.Edit(t.Context(), persontest.As(p.ID), journal.Key{}, p.Version, other)
		r, _ := refusal.As(err)
		if r == nil || r.Code != "person.stale" || r.Args["Version"] != saved.Version || !cmp.Equal(r.Args["Fields"], []string{"headline"}) {
			t.Errorf("a stale page: %v", err)
		}
		if d := cmp.Diff([]string{person.ActJoined, person.ActEdited}, kinds(t, h, p.ID)); d != "" {
			t.Error(d)
		}
		// The days away are over: a form that still carries them doesn't fail for it.
		h.Clock.Advance(200 * 24 * time.Hour)
		other.Presence, other.AwayUntil = person.Away, "2026-08-31"
		back, err := h.People.Edit(t.Context(), persontest.As(p.ID), journal.Key{}, saved.Version, other)
		if err != nil || back.Presence != person.Available {
			t.Errorf("back from a pause: %+v, %v", back.Profile, err)
		}
	})
}

func TestWhatEditRefuses(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	h := persontest.Open(t, db)
	p := persontest.New(t, h, "Myriam")
	long := string(slices.Repeat([]byte("x"), 201))
	for _, c := range []struct {
		name, code, field string
		change            func(*person.Profile)
	}{
		{"no name", "person.name_missing", "name", func(p *person.Profile) { p.Name = "\u200b" }},
		{"no language", "person.language", "languages", func(p *person.Profile) { p.Languages = nil }},
		{"a first language that Cordée doesn't speak", "person.language", "languages", func(p *person.Profile) { p.Languages = []lang.Tag{"de"} }},
		{"no language at all", "person.language", "languages", func(p *person.Profile) { p.Languages = []lang.Tag{"fr", "<b>"} }},
		{"a zone", "person.zone", "zone", func(p *person.Profile) { p.Zone = "Mars/Olympus" }},
		{"a path for a zone", "person.zone", "zone", func(p *person.Profile) { p.Zone = "../../etc/passwd" }},
		{"Local", "person.zone", "zone", func(p *person.Profile) { p.Zone = "Local" }},
		{"place", "person.too_long", "place", func(p *person.Profile) { p.Place = long }},
		{"one help", "person.too_long", "helps", func(p *person.Profile) { p.Helps = []string{long} }},
		{"many learns", "person.too_many", "learns", func(p *person.Profile) {
			for i := range person.MaxThings + 1 {
				p.Learns = append(p.Learns, string(rune('a'+i)))
			}
		}},
		{"means", "person.choice", "means", func(p *person.Profile) { p.Means = "all" }},
		{"presence", "person.choice", "presence", func(p *person.Profile) { p.Presence = "maybe" }},
		{"field", "person.choice", "only_me", func(p *person.Profile) { p.OnlyMe = []person.Field{"name"} }},
		{"yesterday", "person.day", "away_until", func(p *person.Profile) { p.Presence, p.AwayUntil = person.Away, "2026-05-03" }},
		{"no day", "person.day", "away_until", func(p *person.Profile) { p.Presence, p.AwayUntil = person.Away, "31/08/2026" }},
		{"for ever", "person.day", "away_until", func(p *person.Profile) { p.Presence, p.AwayUntil = person.Away, "2126-01-01" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := p.Profile
			c.change(&want)
			_, err := h.People.Edit(t.Context(), persontest.As(p.ID), journal.Key{}, p.Version, want)
			r, _ := refusal.As(err)
			if r == nil || r.Code != c.code || r.Field != c.field {
				t.Errorf("got %v, want %s on %s", err, c.code, c.field)
			}
		})
	}
}

func TestAway(t *testing.T) {
	t.Parallel()
	p := person.Profile{Zone: "America/Mexico_City", Presence: person.Away, AwayUntil: "2026-05-04"}
	lastMinute := time.Date(2026, 5, 5, 5, 59, 0, 0, time.UTC) // 23:59 on the 4th in Mexico
	if !p.IsAway(lastMinute) || p.IsAway(lastMinute.Add(time.Minute)) {
		t.Error("a day away ends when it ends for the person")
	}
	p.AwayUntil = ""
	if !p.IsAway(lastMinute.AddDate(5, 0, 0)) {
		t.Error("away without an end")
	}
}

// The rule of who sees whom is written twice: as Go and as a query condition.
func TestWhoSeesWhom(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *persontest.House) {
		names := []string{"Ana", "Bela", "Chloé", "Dario"}
		memberships := [][]byte{{1, 2}, {2}, {3}, {}}
		all := make([]person.Person, len(names))
		for i, name := range names {
			all[i] = persontest.New(t, h, name)
			h.Do(t, func(ctx context.Context, tx *journal.Tx) error {
				for _, c := range memberships[i] {
					if err := h.People.ShowIn(ctx, tx, all[i].ID, circleID(c)); err != nil {
						return err
					}
				}
				return nil
			})
		}
		viewers := []journal.Viewer{{}, {Circles: []id.Circle{circleID(2)}}}
		for i, p := range all {
			v := viewer(p.ID)
			for _, c := range memberships[i] {
				v.Circles = append(v.Circles, circleID(c))
			}
			viewers = append(viewers, v)
		}
		for _, v := range viewers {
			for _, p := range all {
				circles, err := h.People.ShownIn(t.Context(), h.DB.Read, p.ID)
				if err != nil {
					t.Fatal(err)
				}
				_, err = h.People.See(t.Context(), h.DB.Read, v, p.Public)
				if err != nil && !errors.Is(err, refusal.ErrNotFound()) {
					t.Fatal(err)
				}
				if rule := person.Sees(v, p.ID, circles); rule != (err == nil) {
					t.Errorf("%v sees %s: the rule says %v, the query %v", v, p.Name, rule, err == nil)
				}
			}
		}
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error {
			return h.People.HideFrom(ctx, tx, all[0].ID, circleID(2))
		})
		if _, err := h.People.See(t.Context(), h.DB.Read, viewers[3], all[0].Public); !errors.Is(err, refusal.ErrNotFound()) {
			t.Errorf("Bela still sees Ana: %v", err)
		}
	})
}

func TestWhatOthersSee(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *persontest.House) {
		p := persontest.New(t, h, "Myriam")
		c := circleID(1)
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error { return h.People.ShowIn(ctx, tx, p.ID, c) })
		want := p.Profile
		want.Place, want.Headline, want.Helps, want.Means = "Lyon", "Graphiste", []string{"devis"}, person.Day
		want.OnlyMe = []person.Field{person.FieldPlace, person.FieldMeans, person.FieldAddress}
		if _, err := h.People.Edit(t.Context(), persontest.As(p.ID), journal.Key{}, p.Version, want); err != nil {
			t.Fatal(err)
		}
		sister := viewer(persontest.New(t, h, "Ana").ID, c)
		got, err := h.People.See(t.Context(), h.DB.Read, sister, p.Public)
		if err != nil {
			t.Fatal(err)
		}
		if got.Place != "" || got.Means != "" || got.Headline != "Graphiste" || len(got.Helps) != 1 || got.OnlyMe != nil {
			t.Errorf("a member sees %+v", got.Profile)
		}
		if a, err := h.People.SharedAddress(t.Context(), h.DB.Read, sister, got); a != "" || err != nil {
			t.Errorf("the address is hidden by default: %q, %v", a, err)
		}
		me := viewer(p.ID)
		own, err := h.People.See(t.Context(), h.DB.Read, me, p.Public)
		if err != nil || own.Place != "Lyon" || own.Means != person.Day {
			t.Errorf("I see %+v, %v", own.Profile, err)
		}
		want.OnlyMe = nil
		if _, err := h.People.Edit(t.Context(), persontest.As(p.ID), journal.Key{}, own.Version, want); err != nil {
			t.Fatal(err)
		}
		for v, shared := range map[*journal.Viewer]string{&sister: "myriam@example.org", &me: "myriam@example.org", {Person: id.Person{1}}: ""} {
			if a, err := h.People.SharedAddress(t.Context(), h.DB.Read, *v, got); a != shared || err != nil {
				t.Errorf("%v gets %q, %v", v, a, err)
			}
		}
	})
}

func TestOneProofAnAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *persontest.House) {
		owner := persontest.New(t, h, "Owner")
		squatter := persontest.Newcomer(t, h, person.Newcomer{
			Name: "Squatter", Languages: []lang.Tag{lang.EN}, Address: "shared@example.org",
		})
		const shared = person.Mailbox("shared@example.org")
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error {
			if _, err := h.People.AddAddress(ctx, tx, owner.ID, "Shared@example.org"); err != nil {
				return err
			}
			return h.People.VerifyAddress(ctx, tx, owner.ID, shared)
		})
		p, ok, err := h.People.ByAddress(t.Context(), h.DB.Read, shared)
		if !ok || err != nil || p.ID != owner.ID {
			t.Fatalf("a claim that waits blocks nobody: %v, %v", ok, err)
		}
		verify := func(who id.Person) error {
			_, err := h.Journal.Do(t.Context(), persontest.Outside(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
				return h.People.VerifyAddress(ctx, tx, who, shared)
			})
			return err
		}
		if err := verify(squatter.ID); !errors.Is(err, person.ErrAddressTaken()) {
			t.Errorf("proved twice: %v", err)
		}
		if err := verify(owner.ID); err != nil {
			t.Errorf("proving again: %v", err)
		}
		left, err := h.People.Addresses(t.Context(), h.DB.Read, squatter.ID)
		if err != nil || len(left) != 1 || left[0].Claim != person.Waiting {
			t.Errorf("the refused proof left %+v, %v", left, err)
		}
		as, key := persontest.As(owner.ID), journal.Key{}
		if err := h.People.RemoveAddress(t.Context(), as, key, "owner@example.org"); !errors.Is(err, person.ErrAddressLast()) {
			t.Errorf("the primary one: %v", err)
		}
		if err := h.People.MakePrimary(t.Context(), as, key, shared); err != nil {
			t.Fatal(err)
		}
		to, err := h.People.Correspondents(t.Context(), h.DB.Read, []id.Person{owner.ID, squatter.ID, {9}})
		if err != nil || len(to) != 1 || to[owner.ID].Address != "Shared@example.org" || to[owner.ID].Lang != lang.FR {
			t.Errorf("correspondents: %+v, %v", to, err)
		}
		if err := h.People.RemoveAddress(t.Context(), as, key, "owner@example.org"); err != nil {
			t.Error(err)
		}
		if err := h.People.RemoveAddress(t.Context(), as, key, "owner@example.org"); !errors.Is(err, refusal.ErrNotFound()) {
			t.Errorf("removed twice: %v", err)
		}
		if err := h.People.MakePrimary(t.Context(), persontest.As(squatter.ID), key, shared); !errors.Is(err, person.ErrAddressWaits()) {
			t.Errorf("mail to an address that waits: %v", err)
		}
	})
}

func TestTwoProveOneAddressAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *persontest.House) {
		const shared = person.Mailbox("shared@example.org")
		var all []id.Person
		for _, name := range []string{"A", "B", "C", "D"} {
			all = append(all, persontest.Newcomer(t, h, person.Newcomer{Name: name, Languages: []lang.Tag{lang.EN}, Address: string(shared)}).ID)
		}
		errs := make([]error, len(all))
		var wg sync.WaitGroup
		for i, who := range all {
			wg.Go(func() {
				_, errs[i] = h.Journal.Do(t.Context(), persontest.As(who), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
					return h.People.VerifyAddress(ctx, tx, who, shared)
				})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, person.ErrAddressTaken()) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d have it", won)
		}
	})
}

func TestWhoLeft(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *persontest.House) {
		p := persontest.New(t, h, "Myriam")
		c := circleID(1)
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error { return h.People.ShowIn(ctx, tx, p.ID, c) })
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error { return h.People.Leave(ctx, tx, p.ID) })
		got := get(t, h, p.ID)
		if got.State != person.Former || !got.LeftAt.Equal(h.Clock.Now()) {
			t.Errorf("got %+v", got)
		}
		if _, ok, err := h.People.ByAddress(t.Context(), h.DB.Read, "myriam@example.org"); ok || err != nil {
			t.Errorf("their address stayed: %v", err)
		}
		if _, err := h.People.See(t.Context(), h.DB.Read, viewer(id.Person{1}, c), p.Public); !errors.Is(err, refusal.ErrNotFound()) {
			t.Errorf("their page stayed: %v", err)
		}
		_, err := h.People.Edit(t.Context(), persontest.As(p.ID), journal.Key{}, got.Version, got.Profile)
		if !errors.Is(err, person.ErrNotActive()) {
			t.Errorf("a former person acts: %v", err)
		}
		persontest.New(t, h, "Myriam") // the address is free again
	})
}

// Search finds of a person what the one who looks may see of them.
func TestFoundByWhoSeesThem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *persontest.House) {
		p, c := persontest.New(t, h, "Zoé Cœur"), circleID(1)
		persontest.Staged(t, h, "Zoé d’Avant", "avant@example.org", c)
		want := p.Profile
		want.Helps, want.Place, want.OnlyMe = []string{"devis"}, "Lyon", []person.Field{person.FieldPlace}
		if _, err := h.People.Edit(t.Context(), persontest.As(p.ID), journal.Key{}, p.Version, want); err != nil {
			t.Fatal(err)
		}
		sister := viewer(id.Person{1}, c)
		finds := func(v journal.Viewer, text string) int {
			t.Helper()
			hits, _, err := search.Query(t.Context(), h.DB, v, text, "")
			if err != nil {
				t.Fatal(err)
			}
			return len(hits)
		}
		if finds(sister, "zoe") != 0 || finds(viewer(p.ID), "coeur") != 1 {
			t.Error("before they share a circle")
		}
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error { return h.People.ShowIn(ctx, tx, p.ID, c) })
		if finds(sister, "zoe") != 1 || finds(sister, "devis") != 1 || finds(sister, "lyon") != 0 {
			t.Error("in a circle")
		}
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error { return h.People.HideFrom(ctx, tx, p.ID, c) })
		if finds(sister, "zoe") != 0 {
			t.Error("after one of them left the circle")
		}
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error { return h.People.Leave(ctx, tx, p.ID) })
		if finds(viewer(p.ID), "zoe") != 0 {
			t.Error("a former person is found")
		}
	})
}

// Two who edit the same profile at once: one is saved, the other told.
func TestTwoEditsAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *persontest.House) {
		p := persontest.New(t, h, "Myriam")
		errs := make([]error, 6)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				want := p.Profile
				want.Headline = string(rune('a' + i))
				_, errs[i] = h.People.Edit(t.Context(), persontest.As(p.ID), journal.Key{}, p.Version, want)
			})
		}
		wg.Wait()
		saved := 0
		for _, err := range errs {
			if err == nil {
				saved++
			} else if r, ok := refusal.As(err); !ok || r.Code != "person.stale" {
				t.Error(err)
			}
		}
		if saved != 1 || get(t, h, p.ID).Version != p.Version+1 {
			t.Errorf("%d were saved", saved)
		}
	})
}
