package circle_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"cordee/internal/circle"
	"cordee/internal/circle/circletest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread/threadtest"
)

// Rule 8: an inviter who names somebody known here and writes an address of their
// own beside it doesn't get the mail that carries that somebody's yes.
func TestAnAddressBesideAPersonIsNotWhereTheMailGoes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		bo := h.person(t, "Bo")
		circletest.Active(t, h.House, "Taller de Datos", bo, h.ines)
		i := h.invite(t, circle.InviteInput{Way: circle.ByCordee, Person: bo.ID, Address: "evil@example.org"})
		if i.Person != bo.ID || i.Address != "" {
			t.Errorf("%s, %q", i.Person, i.Address)
		}
	})
}

// Somebody known here is invited once, like an address is.
func TestSomebodyKnownIsInvitedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		bo := h.person(t, "Bo")
		circletest.Active(t, h.House, "Taller de Datos", bo, h.ines)
		in := circle.InviteInput{Circle: h.circle.ID, Way: circle.ByCordee, Person: bo.ID, Words: "Viens."}
		for _, want := range []string{"", "circle.person_invited"} {
			if _, err := h.Circles.Invite(t.Context(), persontest.As(h.ines.ID), threadtest.Key(), in); code(err) != want {
				t.Errorf("%q, want %q", code(err), want)
			}
		}
		// To an address nothing is told of whose it is: not even that they are invited.
		in.Person, in.Address = id.Person{}, "bo@example.org"
		if _, err := h.Circles.Invite(t.Context(), persontest.As(h.ines.ID), threadtest.Key(), in); err != nil {
			t.Errorf("by the address: %v", err)
		}
	})
}

// Whoever has a mailbox now that a person known here had when they were invited
// doesn't say yes for that person.
func TestAMailboxThatIsTheirsNoMoreCarriesNoYes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		bo := h.person(t, "Bo")
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error {
			if _, err := h.People.AddAddress(ctx, tx, bo.ID, "old@example.org"); err != nil {
				return err
			}
			return h.People.VerifyAddress(ctx, tx, bo.ID, "old@example.org")
		})
		i := h.invite(t, circle.InviteInput{Way: circle.ByCordee, Address: "old@example.org"})
		mail, err := h.Circles.InvitationMail(t.Context(), db.Read, i.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.People.RemoveAddress(t.Context(), persontest.As(bo.ID), threadtest.Key(), "old@example.org"); err != nil {
			t.Fatal(err)
		}
		w, err := h.Circles.Welcome(t.Context(), db.Read, id.Person{}, circle.Arrival{Token: mail.Token})
		if err != nil || !w.Known.ID.IsZero() {
			t.Errorf("%+v, %v", w, err)
		}
		if _, got := h.accept(t, visitor(), circletest.Acceptance(t, h.House, h.circle.ID, mail.Token)); got != "person.name_missing" {
			t.Errorf("said yes for Bo: %s", got)
		}
	})
}

// Taking invitations back makes no room for more mails on the same day.
func TestACircleIsNoLoudspeaker(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		group := func(name string, n int) []circle.Line {
			var pasted strings.Builder
			for i := range n {
				fmt.Fprintf(&pasted, "%s%d@example.com\n", name, i)
			}
			lines, err := h.Circles.InviteGroup(t.Context(), persontest.As(h.ines.ID), threadtest.Key(), circle.GroupInput{
				Circle: h.circle.ID, Addresses: pasted.String(), Words: "Venez.",
			})
			if err != nil {
				t.Fatal(err)
			}
			return lines
		}
		takenBack := func() {
			if _, err := db.Write.NewRaw("UPDATE circle_invitation SET revoked_at = 1").Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		group("a", 299)
		takenBack()
		if lines := group("b", 2); lines[0].Outcome != circle.Invited || lines[1].Outcome != circle.TooManyAtOnce {
			t.Errorf("%+v", lines)
		}
		takenBack()
		invite := func(way circle.Way) string {
			_, err := h.Circles.Invite(t.Context(), persontest.As(h.ines.ID), threadtest.Key(), circle.InviteInput{
				Circle: h.circle.ID, Way: way, Address: string(way) + "@example.com", Words: "Viens.",
			})
			return code(err)
		}
		if got := invite(circle.ByCordee); got != "circle.too_many_mails" {
			t.Errorf("by mail: %q", got)
		}
		if got := invite(circle.ByLink); got != "" {
			t.Errorf("by a link, which Cordée doesn't mail: %q", got)
		}
		h.Clock.Advance(24 * time.Hour)
		if got := invite(circle.ByCordee); got != "" {
			t.Errorf("the day after: %q", got)
		}
	})
}

// Whether an address is known here can't be tried out with a form that would be
// refused anyway, and so cost nothing.
func TestAnAddressIsNoFreeQuestion(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		token := circletest.Link(t, h.House, h.circle, h.ines.ID)
		for want, change := range map[string]func(*circle.Acceptance){
			"person.name_missing": func(a *circle.Acceptance) { a.Newcomer.Name = "" },
			"person.zone":         func(a *circle.Acceptance) { a.Newcomer.Zone = "Moon/Base" },
		} {
			for _, name := range []string{"Inès", "Nobody Known"} {
				a := circletest.Acceptance(t, h.House, h.circle.ID, token)
				a.Newcomer = circletest.Newcomer(name)
				change(&a)
				if _, got := h.accept(t, visitor(), a); got != want {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
			}
		}
	})
}
