package exchange

import (
	"cmp"
	"slices"
	"time"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/thread"
)

// ID is the key of an exchange.
type ID = id.Of[Exchange]

// KindExchange is the kind of the refs that lead to an exchange.
const KindExchange = "exchange"

// MaxReceivers bounds how many people one exchange can be for.
const MaxReceivers = 20

// Origin tells how an exchange came to be.
type Origin string

// The origins.
const (
	FromAsk     Origin = "ask"       // proposed on an ask or an offer
	FromMessage Origin = "message"   // a message was the help, and was thanked
	Elsewhere   Origin = "elsewhere" // done elsewhere, thanked here, "with pleasure"
)

// Exchange is what a giver does for one or several receivers.
type Exchange struct {
	ID        ID
	Public    id.Public
	Version   int64 // the number of its acts
	Ask       AskID // zero: done elsewhere
	Origin    Origin
	Message   thread.MessageID // of FromMessage
	Kind      Kind
	Title     string    // of its ask, for lists
	Giver     id.Person // in company: who proposed it, and nobody gives
	Proposer  id.Person
	Quiet     bool // the author of the ask proposed it: told to others once agreed
	Receivers []Receiver
	Circles   []id.Circle // where the bare fact may be told
	Thread    thread.ID   // private to its people; zero where none was needed
	At        time.Time
	HeardAt   time.Time // the last words that the clock has heard in the thread
}

// Receiver is one receiver's own line.
type Receiver struct {
	Person id.Person
	State  State
	Last   Move      // the last move on the line,
	By     id.Person // who made it (zero: the clock),
	At     time.Time // and when

	ProposedAt, AgreedAt, DoneAt, ConfirmedAt time.Time

	AskedAt time.Time // when the clock asked both for news; zero after any move
}

// Ref leads to the exchange.
func (x Exchange) Ref() journal.Ref { return journal.RefTo(KindExchange, x.ID) }

// Company tells whether all are both.
func (x Exchange) Company() bool { return x.Kind == Company }

// People are all who have a part in it, the giver first.
func (x Exchange) People() []id.Person {
	out := []id.Person{x.Giver}
	for _, r := range x.Receivers {
		out = append(out, r.Person)
	}
	return out
}

// Has tells whether a person has a part in it.
func (x Exchange) Has(p id.Person) bool { return !p.IsZero() && slices.Contains(x.People(), p) }

// Of is the line of one receiver.
func (x Exchange) Of(p id.Person) (Receiver, bool) {
	i := slices.IndexFunc(x.Receivers, func(r Receiver) bool { return r.Person == p })
	if i < 0 {
		return Receiver{}, false
	}
	return x.Receivers[i], true
}

// State is where the whole stands: the least advanced line that is under way;
// once none is, confirmed if anyone confirmed.
func (x Exchange) State() State {
	for _, s := range []State{Done, Agreed, Proposed, Confirmed, CalledOff, Lapsed, Withdrawn, Declined} {
		if slices.ContainsFunc(x.Receivers, func(r Receiver) bool { return r.State == s }) {
			return s
		}
	}
	return Lapsed
}

// UnderWay tells whether anyone can still move.
func (x Exchange) UnderWay() bool { return x.State().UnderWay() }

// Confirmed are the receivers who have confirmed.
func (x Exchange) Confirmed() []id.Person { return x.in(Confirmed) }

func (x Exchange) in(s State) []id.Person {
	var out []id.Person
	for _, r := range x.Receivers {
		if r.State == s {
			out = append(out, r.Person)
		}
	}
	return out
}

// moved are the receivers whose lines differ from before.
func (x Exchange) moved(before Exchange) []id.Person {
	var out []id.Person
	for i, r := range x.Receivers {
		if i >= len(before.Receivers) || before.Receivers[i] != r {
			out = append(out, r.Person)
		}
	}
	return out
}

// Audience is who reads and writes in the thread: the giver, and every receiver
// who hasn't said no. Of two people both stay.
func (x Exchange) Audience() journal.Audience {
	if len(x.Receivers) == 1 {
		return journal.Audience{Persons: x.People()}
	}
	a := journal.Audience{Persons: []id.Person{x.Giver}}
	for _, r := range x.Receivers {
		switch r.State {
		case Proposed, Agreed, Done, Confirmed, CalledOff:
			a.Persons = append(a.Persons, r.Person)
		case Declined, Withdrawn, Lapsed:
		}
	}
	return a
}

// Awaited is who is awaited for what, and the clock's own next look.
func (x Exchange) Awaited() []await.Awaited {
	var out []await.Awaited
	for i, r := range x.Receivers {
		for _, p := range []id.Person{x.Giver, r.Person} {
			side := x.side(i, p)
			for _, a := range awaits {
				if a.state != r.State || a.role != side.Role || !a.when.fits(side) || a.asked && r.AskedAt.IsZero() {
					continue
				}
				w := await.Awaited{Person: p, Move: KindExchange + "." + string(a.move), Since: r.At}
				if r.State == Proposed {
					w.Due = r.lapses(x.HeardAt)
				}
				out = append(out, w)
			}
		}
	}
	slices.SortFunc(out, func(a, b await.Awaited) int {
		return cmp.Or(slices.Compare(a.Person[:], b.Person[:]), cmp.Compare(a.Move, b.Move), a.Since.Compare(b.Since))
	})
	// A giver awaited by several receivers for the same move is awaited once,
	// since the first of them.
	out = slices.CompactFunc(out, func(a, b await.Awaited) bool { return a.Person == b.Person && a.Move == b.Move })
	if next := x.Next(); !next.IsZero() {
		out = append(out, await.Awaited{Move: KindExchange + "." + string(Lapse), Since: x.At, Due: next})
	}
	return out
}

// AwaitedPeople are those whose word is awaited, each once, without the clock.
func (x Exchange) AwaitedPeople() []id.Person {
	var out []id.Person
	for _, a := range x.Awaited() {
		if !a.Person.IsZero() && !slices.Contains(out, a.Person) {
			out = append(out, a.Person)
		}
	}
	return out
}

// propose is the exchange that a person proposes on an ask or an offer. The
// author says to whom; anybody else answers the author.
func propose(a Ask, by id.Person, to []id.Person, at time.Time) (Exchange, error) {
	if a.State != AskOpen {
		return Exchange{}, errAskEnded(a)
	}
	x := Exchange{
		Ask: a.ID, Origin: FromAsk, Kind: a.Kind, Title: a.Title, Giver: by,
		Proposer: by, Quiet: by == a.Author, Circles: slices.Clone(a.Circles), At: at,
	}
	receivers := to
	switch {
	case by != a.Author && len(to) > 0:
		return Exchange{}, errToAuthorOnly(a.Author)
	case by != a.Author && (a.Kind == Company || a.Want == ForAsk):
		receivers = []id.Person{a.Author}
	case by != a.Author:
		x.Giver, receivers = a.Author, []id.Person{by}
	case len(to) == 0:
		return Exchange{}, errToWhom()
	case slices.Contains(to, a.Author):
		return Exchange{}, errToYourself()
	case a.Kind != Company && a.Want == ForAsk && len(to) > 1:
		return Exchange{}, errOneGiver()
	case a.Kind != Company && a.Want == ForAsk:
		x.Giver, receivers = to[0], []id.Person{by}
	}
	if len(receivers) > MaxReceivers {
		return Exchange{}, errTooManyReceivers()
	}
	for _, p := range receivers {
		if _, double := x.Of(p); double {
			continue
		}
		x.Receivers = append(x.Receivers, Receiver{
			Person: p, State: Proposed, Last: Propose, By: by, At: at, ProposedAt: at,
		})
	}
	return x, nil
}

// confirmed is an exchange that is one from the start, since both have already
// given their word elsewhere: a message that was the help, or thanks and "with
// pleasure".
func confirmed(x Exchange, giver, receiver id.Person, last Move, by id.Person, at time.Time) Exchange {
	x.Giver, x.Proposer, x.At = giver, giver, at
	x.Receivers = []Receiver{{
		Person: receiver, State: Confirmed, Last: last, By: by, At: at,
		ProposedAt: at, AgreedAt: at, DoneAt: at, ConfirmedAt: at,
	}}
	return x
}
