package person_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
)

func TestAPastIsOfferedAndTaken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *persontest.House) {
		c := circleID(1)
		old := persontest.Staged(t, h, "M. Díaz", "Myriam@example.org", c)
		if again := persontest.Staged(t, h, "Myriam D.", "myriam@EXAMPLE.org", circleID(2)); again.ID != old.ID || again.Name != "M. Díaz" {
			t.Errorf("one address was staged twice: %+v", again)
		}
		nameless := persontest.Staged(t, h, "", "sam@example.org", c)
		noAddress := persontest.Staged(t, h, "Uncle Bob", "bob at example", c)
		if nameless.Name != "sam" || persontest.Staged(t, h, "uncle bob", "", c).ID != noAddress.ID ||
			persontest.Staged(t, h, "Uncle Bob", "", circleID(2)).ID == noAddress.ID {
			t.Errorf("staged %+v and %+v", nameless, noAddress)
		}
		if _, ok, _ := h.People.ByAddress(t.Context(), h.DB.Read, "myriam@example.org"); ok {
			t.Error("a staged person can be found by their address")
		}
		me := persontest.New(t, h, "Myriam")
		offered, err := h.People.StagedFor(t.Context(), h.DB.Read, me.ID)
		if err != nil || len(offered) != 1 || offered[0].ID != old.ID {
			t.Fatalf("offered %+v, %v", offered, err)
		}
		thief := persontest.New(t, h, "Thief")
		if err := h.People.TakeHistory(t.Context(), persontest.As(thief.ID), journal.Key{}, old.Public); !errors.Is(err, person.ErrNotStaged()) {
			t.Errorf("somebody else's past: %v", err)
		}
		for range 2 {
			key := journal.Key{Name: "form:take", Digest: "d"}
			if err := h.People.TakeHistory(t.Context(), persontest.As(me.ID), key, old.Public); err != nil {
				t.Fatal(err)
			}
		}
		cards, err := h.People.Cards(t.Context(), h.DB.Read, []id.Person{old.ID, me.ID, noAddress.ID, {7}, {}})
		if err != nil || len(cards) != 3 || cards[old.ID] != me.Card() || cards[noAddress.ID].State != person.Staged {
			t.Errorf("cards %+v, %v", cards, err)
		}
		names, err := h.People.Names(t.Context(), h.DB.Read, []id.Person{old.ID})
		if err != nil || names[old.ID] != "Myriam" {
			t.Errorf("names %v, %v", names, err)
		}
		if p := persontest.Staged(t, h, "M. Díaz", "myriam@example.org", c); p.ID != me.ID {
			t.Errorf("imported again, the past shows %s", p.Name)
		}
		if shown, err := h.People.ShownIn(t.Context(), h.DB.Read, me.ID); err != nil || len(shown) != 0 {
			t.Errorf("a past makes nobody a member: %v, %v", shown, err)
		}
		if seen, err := h.People.See(t.Context(), h.DB.Read, viewer(me.ID), old.Public); err != nil || seen.ID != me.ID {
			t.Errorf("the old page leads to %s, %v", seen.Name, err)
		}
		counts, err := h.People.Counts(t.Context(), h.DB.Read)
		if err != nil || counts[person.Staged] != 3 || counts[person.Active] != 2 {
			t.Errorf("counts %v, %v", counts, err)
		}
		if d := cmp.Diff([]string{person.ActJoined, person.ActHistoryTaken}, kinds(t, h, me.ID)); d != "" {
			t.Error(d)
		}
	})
}

func TestTwoImportsStageOnePerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *persontest.House) {
		ids := make([]id.Person, 6)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				_, err := h.Journal.Do(t.Context(), persontest.Outside(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
					p, err := h.People.Stage(ctx, tx, person.Past{Name: "Ana", Address: "ana@example.org", Circle: circleID(1)})
					ids[i] = p.ID
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, p := range ids {
			if p != ids[0] || p.IsZero() {
				t.Fatalf("staged %v", ids)
			}
		}
	})
}
