// Package exchangetest builds asks, exchanges and thanks for tests, through the
// front door: what it makes could have been made by people, and nothing else.
package exchangetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"testing"

	"cordee/internal/await"
	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/seal"
	"cordee/internal/server"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/thread/threadtest"
)

// House is threadtest's with circles and exchanges.
type House struct {
	*threadtest.House
	Circles   *circle.Room
	Exchanges *exchange.Room
}

// Open builds a house on a database.
func Open(t testing.TB, db *store.DB) *House {
	t.Helper()
	keys, err := seal.Open(t.TempDir(), "", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	below := threadtest.Open(t, db, server.Acts(), circle.Acts(), exchange.Acts())
	servers := server.New(server.Config{Journal: below.Journal, DB: db, Keys: keys})
	circles := circle.New(circle.Config{Journal: below.Journal, DB: db, Keys: keys, People: below.People, Server: servers, Threads: below.Threads})
	return &House{House: below, Circles: circles, Exchanges: exchange.New(exchange.Config{
		Journal: below.Journal, DB: db, People: below.People, Circles: circles, Threads: below.Threads,
	})}
}

// People gives active persons of these names.
func People(t testing.TB, h *House, names ...string) []id.Person {
	t.Helper()
	out := make([]id.Person, len(names))
	for i, name := range names {
		out[i] = persontest.New(t, h.House.House, name).ID
	}
	return out
}

// Circle founds a circle; the others join it by the founder's link.
func Circle(t testing.TB, h *House, name string, founder id.Person, others ...id.Person) id.Circle {
	t.Helper()
	var c circle.Circle
	h.Do(t, func(ctx context.Context, tx *journal.Tx) (err error) {
		c, err = h.Circles.FoundBy(ctx, tx, founder, circle.Founding{
			Name: name, Purpose: "S’entraider.", Charter: "Nous nous entraidons.", Language: lang.FR, Form: circle.Tu,
		})
		return err
	})
	if len(others) == 0 {
		return c.ID
	}
	link, err := h.Circles.GroupLink(t.Context(), persontest.As(founder), threadtest.Key(), circle.LinkInput{Circle: c.ID, Seats: len(others), Words: "Venez."})
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.Circles.Standing(t.Context(), h.DB.Read, founder)
	if err != nil {
		t.Fatal(err)
	}
	i, err := h.Circles.Invitation(t.Context(), h.DB.Read, s, link.Public)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range others {
		_, err := h.Circles.Accept(t.Context(), persontest.As(p), threadtest.Key(), circle.Acceptance{
			Arrival: circle.Arrival{Token: h.Circles.LinkToken(i)}, Charter: c.Charter, Agreed: true,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return c.ID
}

// Viewer is what a person may see now.
func Viewer(t testing.TB, h *House, p id.Person) journal.Viewer {
	t.Helper()
	s, err := h.Circles.Standing(t.Context(), h.DB.Read, p)
	if err != nil {
		t.Fatal(err)
	}
	return s.Viewer()
}

// Posted posts an ask or an offer.
func Posted(t testing.TB, h *House, author id.Person, in exchange.Posting) exchange.Ask {
	t.Helper()
	made, err := h.Exchanges.Post(t.Context(), persontest.As(author), threadtest.Key(), in)
	if err != nil {
		t.Fatal(err)
	}
	return Ask(t, h, made.ID)
}

// Asked posts an ask for help to a circle.
func Asked(t testing.TB, h *House, author id.Person, c id.Circle, words string) exchange.Ask {
	t.Helper()
	return Posted(t, h, author, exchange.Posting{Want: exchange.ForAsk, Words: words, Circles: []id.Circle{c}})
}

// Offered posts an offer to a circle.
func Offered(t testing.TB, h *House, author id.Person, c id.Circle, words string) exchange.Ask {
	t.Helper()
	return Posted(t, h, author, exchange.Posting{Want: exchange.ForOffer, Words: words, Circles: []id.Circle{c}})
}

// Proposed answers an ask or an offer, or proposes one's own to others.
func Proposed(t testing.TB, h *House, by id.Person, on exchange.AskID, to ...id.Person) exchange.Exchange {
	t.Helper()
	made, err := h.Exchanges.Propose(t.Context(), persontest.As(by), threadtest.Key(), exchange.Proposing{Ask: on, To: to, Words: "Volontiers."})
	if err != nil {
		t.Fatal(err)
	}
	return Exchange(t, h, made.ID)
}

// Moved makes a move.
func Moved(t testing.TB, h *House, by id.Person, x exchange.ID, move exchange.Move) exchange.Exchange {
	t.Helper()
	if err := h.Exchanges.Move(t.Context(), persontest.As(by), threadtest.Key(), exchange.Moving{Exchange: x, Move: move}); err != nil {
		t.Fatal(err)
	}
	return Exchange(t, h, x)
}

// Confirmed is an exchange that went all the way, with thanks kept between the
// two: the receiver asked in a circle that they share, or in a new one.
func Confirmed(t testing.TB, h *House, giver, receiver id.Person) exchange.Exchange {
	t.Helper()
	where := id.Circle{}
	for _, c := range Viewer(t, h, receiver).Circles {
		if slices.Contains(Viewer(t, h, giver).Circles, c) {
			where = c
			break
		}
	}
	if where.IsZero() {
		where = Circle(t, h, "Cercle "+receiver.String()[:8], receiver, giver)
	}
	a := Asked(t, h, receiver, where, "Quelqu’un peut relire ma page ?")
	x := Proposed(t, h, giver, a.ID)
	Moved(t, h, receiver, x.ID, exchange.Agree)
	Moved(t, h, giver, x.ID, exchange.MarkDone)
	err := h.Exchanges.Move(t.Context(), persontest.As(receiver), threadtest.Key(), exchange.Moving{
		Exchange: x.ID, Move: exchange.Confirm, Thanks: "Merci, c’est bien plus clair.",
	})
	if err != nil {
		t.Fatal(err)
	}
	return Exchange(t, h, x.ID)
}

// Ask loads an ask as it is.
func Ask(t testing.TB, h *House, which exchange.AskID) exchange.Ask {
	t.Helper()
	a, err := h.Exchanges.GetAsk(t.Context(), h.DB.Read, which)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Exchange loads an exchange as it is.
func Exchange(t testing.TB, h *House, which exchange.ID) exchange.Exchange {
	t.Helper()
	x, err := h.Exchanges.Get(t.Context(), h.DB.Read, which)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Thanks loads thanks as they are.
func Thanks(t testing.TB, h *House, which exchange.ThanksID) exchange.Thanks {
	t.Helper()
	all, err := h.Exchanges.ThanksByID(t.Context(), h.DB.Read, []exchange.ThanksID{which})
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	return all[which]
}

// Replied writes in a thread and gives the message.
func Replied(t testing.TB, h *House, by id.Person, to thread.ID, words string) thread.MessageID {
	t.Helper()
	return threadtest.Replied(t, h.House, Viewer(t, h, by), to, words).Message
}

// Check fails where what must always hold doesn't: a thing's version is the
// number of its acts; who is awaited is what is recomputed; threads are whole.
func Check(t testing.TB, h *House) {
	t.Helper()
	acts := map[journal.Ref]int64{}
	for seq := int64(0); ; {
		some, err := h.Journal.Since(t.Context(), seq, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) == 0 {
			break
		}
		for _, a := range some {
			acts[a.Ref]++
			seq = a.Seq
		}
	}
	err := h.Exchanges.Walk(t.Context(), h.DB.Read, func(k exchange.Kept) error {
		if acts[k.Ref] != k.Version {
			t.Errorf("%s: %d acts, version %d", k.Ref, acts[k.Ref], k.Version)
		}
		stored, err := await.On(t.Context(), h.DB.Read, k.Ref.Kind, k.Ref.ID)
		if err != nil {
			return err
		}
		if missing, extra := await.Diff(stored, k.Awaited); len(missing)+len(extra) > 0 {
			t.Errorf("%s: awaited and not stored %+v; stored and not awaited %+v", k.Ref, missing, extra)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	threadtest.Check(t, h.House)
}

// Awaiting lists the moves that a person is awaited for, in order.
func Awaiting(t testing.TB, h *House, p id.Person) []string {
	t.Helper()
	rows, err := await.Of(t.Context(), h.DB.Read, p, h.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, r.Move)
	}
	slices.SortFunc(out, cmp.Compare[string])
	return out
}

// Person loads somebody as they are.
func Person(t testing.TB, h *House, p id.Person) person.Person {
	t.Helper()
	out, err := h.People.Get(t.Context(), h.DB.Read, p)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
