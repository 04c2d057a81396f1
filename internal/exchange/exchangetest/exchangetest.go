// Package exchangetest builds asks, exchanges and thanks for tests, through the
// front door: what it makes could have been made by people, and nothing else.
package exchangetest

import (
	"cmp"
	"slices"
	"testing"

	"cordee/internal/await"
	"cordee/internal/circle/circletest"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/thread/threadtest"
)

// House is circletest's with exchanges.
type House struct {
	*circletest.House
	Exchanges *exchange.Room
}

// Open builds a house on a database. kinds are the acts of other rooms that the
// test writes.
func Open(tb testing.TB, db *store.DB, kinds ...[]journal.Kind) *House {
	tb.Helper()
	below := circletest.Open(tb, db, append([][]journal.Kind{exchange.Acts()}, kinds...)...)
	return &House{House: below, Exchanges: exchange.New(exchange.Config{
		Journal: below.Journal, DB: db, People: below.People, Circles: below.Circles, Threads: below.Threads,
	})}
}

// People gives active persons of these names.
func People(tb testing.TB, h *House, names ...string) []id.Person {
	tb.Helper()
	out := make([]id.Person, len(names))
	for i, name := range names {
		out[i] = persontest.New(tb, h.House.House.House, name).ID
	}
	return out
}

// Circle founds a circle; the others join it by invitation.
func Circle(tb testing.TB, h *House, name string, founder id.Person, others ...id.Person) id.Circle {
	tb.Helper()
	members := make([]person.Person, len(others))
	for i, p := range others {
		members[i] = Person(tb, h, p)
	}
	return circletest.Active(tb, h.House, name, Person(tb, h, founder), members...).ID
}

// Viewer is what a person may see now.
func Viewer(tb testing.TB, h *House, p id.Person) journal.Viewer {
	tb.Helper()
	s, err := h.Circles.Standing(tb.Context(), h.DB.Read, p)
	if err != nil {
		tb.Fatal(err)
	}
	return s.Viewer()
}

// Posted posts an ask or an offer.
func Posted(tb testing.TB, h *House, author id.Person, in exchange.Posting) exchange.Ask {
	tb.Helper()
	made, err := h.Exchanges.Post(tb.Context(), persontest.As(author), threadtest.Key(), in)
	if err != nil {
		tb.Fatal(err)
	}
	return Ask(tb, h, made.ID)
}

// Asked posts an ask for help to a circle.
func Asked(tb testing.TB, h *House, author id.Person, c id.Circle, words string) exchange.Ask {
	tb.Helper()
	return Posted(tb, h, author, exchange.Posting{Want: exchange.ForAsk, Words: words, Circles: []id.Circle{c}})
}

// Offered posts an offer to a circle.
func Offered(tb testing.TB, h *House, author id.Person, c id.Circle, words string) exchange.Ask {
	tb.Helper()
	return Posted(tb, h, author, exchange.Posting{Want: exchange.ForOffer, Words: words, Circles: []id.Circle{c}})
}

// Proposed answers an ask or an offer, or proposes one's own to others.
func Proposed(tb testing.TB, h *House, by id.Person, on exchange.AskID, to ...id.Person) exchange.Exchange {
	tb.Helper()
	made, err := h.Exchanges.Propose(tb.Context(), persontest.As(by), threadtest.Key(), exchange.Proposing{Ask: on, To: to, Words: "Volontiers."})
	if err != nil {
		tb.Fatal(err)
	}
	return Exchange(tb, h, made.ID)
}

// Moved makes a move.
func Moved(tb testing.TB, h *House, by id.Person, x exchange.ID, move exchange.Move) exchange.Exchange {
	tb.Helper()
	if err := h.Exchanges.Move(tb.Context(), persontest.As(by), threadtest.Key(), exchange.Moving{Exchange: x, Move: move}); err != nil {
		tb.Fatal(err)
	}
	return Exchange(tb, h, x)
}

// Confirmed is an exchange that went all the way, with thanks kept between the
// two: the receiver asked in a circle that they share, or in a new one.
func Confirmed(tb testing.TB, h *House, giver, receiver id.Person) exchange.Exchange {
	tb.Helper()
	where := id.Circle{}
	for _, c := range Viewer(tb, h, receiver).Circles {
		if slices.Contains(Viewer(tb, h, giver).Circles, c) {
			where = c
			break
		}
	}
	if where.IsZero() {
		where = Circle(tb, h, "Cercle "+receiver.String()[:8], receiver, giver)
	}
	a := Asked(tb, h, receiver, where, "Quelqu’un peut relire ma page ?")
	x := Proposed(tb, h, giver, a.ID)
	Moved(tb, h, receiver, x.ID, exchange.Agree)
	Moved(tb, h, giver, x.ID, exchange.MarkDone)
	err := h.Exchanges.Move(tb.Context(), persontest.As(receiver), threadtest.Key(), exchange.Moving{
		Exchange: x.ID, Move: exchange.Confirm, Thanks: "Merci, c’est bien plus clair.",
	})
	if err != nil {
		tb.Fatal(err)
	}
	return Exchange(tb, h, x.ID)
}

// Ask loads an ask as it is.
func Ask(tb testing.TB, h *House, which exchange.AskID) exchange.Ask {
	tb.Helper()
	a, err := h.Exchanges.GetAsk(tb.Context(), h.DB.Read, which)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// Exchange loads an exchange as it is.
func Exchange(tb testing.TB, h *House, which exchange.ID) exchange.Exchange {
	tb.Helper()
	x, err := h.Exchanges.Get(tb.Context(), h.DB.Read, which)
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

// Thanks loads thanks as they are.
func Thanks(tb testing.TB, h *House, which exchange.ThanksID) exchange.Thanks {
	tb.Helper()
	all, err := h.Exchanges.ThanksByID(tb.Context(), h.DB.Read, []exchange.ThanksID{which})
	if err != nil || len(all) != 1 {
		tb.Fatal(len(all), err)
	}
	return all[which]
}

// Replied writes in a thread and gives the message.
func Replied(tb testing.TB, h *House, by id.Person, to thread.ID, words string) thread.MessageID {
	tb.Helper()
	return threadtest.Replied(tb, h.House.House, Viewer(tb, h, by), to, words).Message
}

// Check fails where what must always hold doesn't: a thing's version is the
// number of its acts; who is awaited is what is recomputed; threads are whole.
func Check(tb testing.TB, h *House) {
	tb.Helper()
	acts := map[journal.Ref]int64{}
	for seq := int64(0); ; {
		some, err := h.Journal.Since(tb.Context(), seq, 1000)
		if err != nil {
			tb.Fatal(err)
		}
		if len(some) == 0 {
			break
		}
		for _, a := range some {
			acts[a.Ref]++
			seq = a.Seq
		}
	}
	err := h.Exchanges.Walk(tb.Context(), h.DB.Read, func(k exchange.Kept) error {
		if acts[k.Ref] != k.Version {
			tb.Errorf("%s: %d acts, version %d", k.Ref, acts[k.Ref], k.Version)
		}
		stored, err := await.On(tb.Context(), h.DB.Read, k.Ref.Kind, k.Ref.ID)
		if err != nil {
			return err
		}
		if missing, extra := await.Diff(stored, k.Awaited); len(missing)+len(extra) > 0 {
			tb.Errorf("%s: awaited and not stored %+v; stored and not awaited %+v", k.Ref, missing, extra)
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	threadtest.Check(tb, h.House.House)
}

// Awaiting lists the moves that a person is awaited for, in order.
func Awaiting(tb testing.TB, h *House, p id.Person) []string {
	tb.Helper()
	rows, err := await.Of(tb.Context(), h.DB.Read, p, h.Clock.Now())
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, r.Move)
	}
	slices.SortFunc(out, cmp.Compare[string])
	return out
}

// Person loads somebody as they are.
func Person(tb testing.TB, h *House, p id.Person) person.Person {
	tb.Helper()
	out, err := h.People.Get(tb.Context(), h.DB.Read, p)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}
