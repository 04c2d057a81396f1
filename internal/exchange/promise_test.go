package exchange_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordee/internal/await"
	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/thread"
)

// What PRODUCT.md promises, in a few lines that know nothing of the table: the
// model of TestModel.

// line is one receiver's line as the model has it.
type line struct {
	state          exchange.State
	spoke          id.Person
	proposed, last time.Time
	words          map[id.Person]bool // who has said yes, by proposing, agreeing or confirming
}

// deal is an exchange as the model has it.
type deal struct {
	id      exchange.ID
	ask     exchange.AskID
	giver   id.Person
	company bool
}

type model struct {
	t       *testing.T
	rt      *rapid.T
	h       *exchangetest.House
	people  []id.Person
	circles []id.Circle

	asks  []exchange.Ask // as posted; state is the model's own
	deals []deal
	lines map[exchange.ID]map[id.Person]*line
	noted []exchange.Thanks
	said  []message
	again func() error // the last use case that succeeded, with the same key
	last  exchange.ID  // that somebody tried to move
}

type message struct {
	ask    int
	author id.Person
	id     exchange.Made[thread.Message]
}

// next is what PRODUCT.md says of a move on a line: the state after, or none.
func (d deal) next(l *line, receiver, by id.Person, move exchange.Move) exchange.State {
	gives, receives := by == d.giver && !d.company, by == receiver && !d.company
	switch l.state {
	case exchange.Proposed:
		switch {
		case move == exchange.Withdraw && by == l.spoke:
			return exchange.Withdrawn
		case move == exchange.Agree && by != l.spoke:
			return exchange.Agreed
		case move == exchange.Decline && by != l.spoke:
			return exchange.Declined
		case move == exchange.MarkDone && receives && by != l.spoke:
			return exchange.Confirmed
		}
	case exchange.Agreed:
		switch {
		case move == exchange.CallOff:
			return exchange.CalledOff
		case move == exchange.MarkDone && receives:
			return exchange.Confirmed
		case move == exchange.MarkDone:
			return exchange.Done
		}
	case exchange.Done:
		if gives || d.company && by == l.spoke {
			return ""
		}
		switch move {
		case exchange.Confirm:
			return exchange.Confirmed
		case exchange.NotYet:
			return exchange.Agreed
		case exchange.DidNotHappen:
			return exchange.CalledOff
		default:
		}
	default: // has ended
	}
	return ""
}

// thank follows what thanking somebody on an ask does: it confirms what is under
// way between the two where the receiver may, else the message was it.
func (m *model) thank(rt *rapid.T, a exchange.Ask, giver id.Person, ok bool, f func(journal.Key) (exchange.ID, error)) {
	var confirms *deal
	for i, d := range m.deals {
		if d.ask != a.ID || d.giver != giver && (!d.company || d.giver != a.Author) {
			continue
		}
		p := a.Author
		if d.giver == a.Author {
			p = giver
		}
		l := m.lines[d.id][p]
		if l == nil {
			continue
		}
		if l.state == exchange.Confirmed {
			ok = false
		}
		to := ""
		for _, move := range []exchange.Move{exchange.Confirm, exchange.MarkDone} {
			if to == "" && d.next(l, p, a.Author, move) == exchange.Confirmed {
				to = string(move)
			}
		}
		if to != "" && confirms == nil {
			confirms = &m.deals[i]
		}
	}
	var made exchange.ID
	err := m.tells(rt, 1, func(k journal.Key) (err error) {
		made, err = f(k)
		return err
	})
	if (err == nil) != ok {
		rt.Fatalf("thank: %v, want ok=%v", err, ok)
	}
	if err == nil {
		m.thanked(rt, a, giver, confirms, made)
	}
}

func (m *model) thanked(rt *rapid.T, a exchange.Ask, giver id.Person, confirms *deal, made exchange.ID) {
	if confirms == nil {
		d := deal{id: made, ask: a.ID, giver: giver, company: a.Kind == exchange.Company}
		m.deals = append(m.deals, d)
		m.lines[made] = map[id.Person]*line{a.Author: {state: exchange.Confirmed, spoke: a.Author, proposed: m.now(), last: m.now(), words: map[id.Person]bool{giver: true, a.Author: true}}}
		return
	}
	if made != confirms.id {
		rt.Fatalf("another exchange was confirmed than the one under way")
	}
	if confirms.company && confirms.giver == a.Author { // the author's word concerns all lines marked by others
		for p, s := range m.reach(*confirms, a.Author, exchange.Confirm) {
			m.step(*confirms, p, a.Author, s)
		}
		return
	}
	m.step(*confirms, a.Author, a.Author, exchange.Confirmed)
}

// check compares what is kept with the model, and looks at what must hold.
func (m *model) check(rt *rapid.T) {
	ids := make([]exchange.ID, len(m.deals))
	for i, d := range m.deals {
		ids[i] = d.id
	}
	kept, err := m.h.Exchanges.ByID(m.t.Context(), m.h.DB.Read, ids)
	if err != nil {
		rt.Fatal(err)
	}
	for _, d := range m.deals {
		x := kept[d.id]
		if len(x.Receivers) != len(m.lines[d.id]) || x.Giver != d.giver {
			rt.Fatalf("%+v, want %+v", x, d)
		}
		for _, r := range x.Receivers {
			l := m.lines[d.id][r.Person]
			if l == nil || r.State != l.state {
				rt.Fatalf("%s of %s is %s, want %+v", r.Person, d.id, r.State, l)
			}
			binds := r.State == exchange.Agreed || r.State == exchange.Done || r.State == exchange.Confirmed
			if binds && (!l.words[d.giver] || !l.words[r.Person]) {
				rt.Fatalf("%s is %s without both words: %+v", d.id, r.State, l)
			}
			if r.State == exchange.Confirmed && !d.company && r.By != r.Person {
				rt.Fatalf("%s confirmed by %s, who isn't its receiver", d.id, r.By)
			}
		}
	}
	stored, err := await.On(m.t.Context(), m.h.DB.Read, exchange.KindExchange, id.As[any](m.last))
	if err != nil {
		rt.Fatal(err)
	}
	if missing, extra := await.Diff(stored, kept[m.last].Awaited()); len(missing)+len(extra) > 0 {
		rt.Fatalf("awaited and not stored %+v; stored and not awaited %+v", missing, extra)
	}
	askIDs := make([]exchange.AskID, len(m.asks))
	for i, a := range m.asks {
		askIDs[i] = a.ID
	}
	asks, err := m.h.Exchanges.AsksByID(m.t.Context(), m.h.DB.Read, askIDs)
	if err != nil {
		rt.Fatal(err)
	}
	for _, a := range m.asks {
		if asks[a.ID].State != a.State {
			rt.Fatalf("ask %s is %s, want %s", a.ID, asks[a.ID].State, a.State)
		}
	}
}
