package circle_test

import (
	"context"
	"testing"

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
		if _, got := h.accept(t, visitor(), circletest.Acceptance(t, h.House, h.circle.ID, mail.Token)); got != "person.address" {
			t.Errorf("said yes for Bo: %s", got)
		}
	})
}
