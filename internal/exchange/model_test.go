package exchange_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
	"cordee/internal/thread/threadtest"
)

func TestMain(m *testing.M) {
	// Each check of the model is dozens of transactions on two databases; ask for
	// more with -rapid.checks.
	for name, value := range map[string]string{"rapid.checks": "6", "rapid.steps": "120", "rapid.nofailfile": "true", "rapid.shrinktime": "20s"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// TestModel lets twenty people make random moves, and compares what is kept with
// what a few lines written from PRODUCT.md alone say should be.
func TestModel(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := exchangetest.Open(t, db)
		names := make([]string, 20)
		for i := range names {
			names[i] = fmt.Sprintf("Personne %c", 'A'+i)
		}
		people := exchangetest.People(t, h, names...)
		circles := []id.Circle{
			exchangetest.Circle(t, h, "Est", people[0], people[1:12]...),
			exchangetest.Circle(t, h, "Ouest", people[8], people[9:]...),
		}
		rapid.Check(t, func(rt *rapid.T) {
			m := &model{t: t, h: h, people: people, circles: circles, rt: rt, lines: map[exchange.ID]map[id.Person]*line{}}
			actions := []func(*rapid.T){
				m.post, m.propose, m.propose, m.propose, m.propose, m.anyMove, m.anyMove,
				m.rightMove, m.rightMove, m.rightMove, m.rightMove, m.rightMove, m.rightMove,
				m.answer, m.thankMessage, m.elsewhere, m.pleasure, m.repeat, m.time, m.close,
			}
			rt.Repeat(map[string]func(*rapid.T){
				"step": func(rt *rapid.T) { pick(rt, "action", actions...)(rt) },
				"":     m.check,
			})
		})
		exchangetest.Check(t, h)
	})
}

// pick is one of several, each as likely: rapid's own generators prefer what is
// small and comes first, which is rarely what people do.
func pick[T any](rt *rapid.T, label string, of ...T) T {
	return of[rapid.Custom(func(rt *rapid.T) int {
		n := 0
		for range 12 {
			if n *= 2; rapid.Bool().Draw(rt, "bit") {
				n++
			}
		}
		return n % len(of)
	}).Draw(rt, label)]
}

func (m *model) who(rt *rapid.T) id.Person { return pick(rt, "who", m.people...) }

func (m *model) now() time.Time { return m.h.Clock.Now() }

// tells runs a use case and checks how many acts it tells; a refusal tells none.
func (m *model) tells(rt *rapid.T, acts int64, f func(journal.Key) error) error {
	k, before := threadtest.Key(), threadtest.Seq(m.t, m.h.House.House)
	err := f(k)
	got := threadtest.Seq(m.t, m.h.House.House) - before
	switch {
	case err != nil:
		if _, ok := refusal.As(err); !ok {
			rt.Fatalf("not a refusal: %v", err)
		}
		acts = 0
	default:
		m.again = func() error { return f(k) }
	}
	if acts >= 0 && got != acts {
		rt.Fatalf("%d acts, want %d (%v)", got, acts, err)
	}
	return err
}

func (m *model) repeat(rt *rapid.T) {
	if m.again == nil {
		m.post(rt)
		return
	}
	before := threadtest.Seq(m.t, m.h.House.House)
	if err := m.again(); err != nil {
		rt.Fatalf("a repeat: %v", err)
	}
	if got := threadtest.Seq(m.t, m.h.House.House) - before; got != 0 {
		rt.Fatalf("a repeat told %d acts", got)
	}
}

func (m *model) post(rt *rapid.T) {
	who := m.who(rt)
	in := exchange.Posting{
		Want:  pick(rt, "want", []exchange.Want{exchange.ForAsk, exchange.ForOffer}...),
		Words: "Des mots.",
		Facts: &exchange.Facts{Kind: pick(rt, "kind", exchange.Help, exchange.Company, exchange.Learning)},
	}
	ok := true
	if pick(rt, "to", true, false, false, false) {
		in.To = m.who(rt)
		ok = in.To != who && m.share(who, in.To)
	} else {
		in.Circles = pick(rt, "circles", [][]id.Circle{m.circles[:1], m.circles[1:], m.circles}...)
		if pick(rt, "own", true, true, true, false) {
			in.Circles = exchangetest.Viewer(m.t, m.h, who).Circles
		}
		for _, c := range in.Circles {
			ok = ok && m.in(who, c)
		}
	}
	var made exchange.Made[exchange.Ask]
	err := m.tells(rt, 1, func(k journal.Key) (err error) {
		made, err = m.h.Exchanges.Post(m.t.Context(), as(who), k, in)
		return err
	})
	if (err == nil) != ok {
		rt.Fatalf("post: %v, want ok=%v", err, ok)
	}
	if err == nil {
		m.asks = append(m.asks, exchangetest.Ask(m.t, m.h, made.ID))
	}
}

func (m *model) in(p id.Person, c id.Circle) bool {
	i := slices.Index(m.people, p)
	if c == m.circles[0] {
		return i < 12
	}
	return i >= 8
}

func (m *model) share(a, b id.Person) bool {
	return slices.ContainsFunc(m.circles, func(c id.Circle) bool { return m.in(a, c) && m.in(b, c) })
}

func (m *model) sees(p id.Person, a exchange.Ask) bool {
	return p == a.Author || p == a.To || slices.ContainsFunc(a.Circles, func(c id.Circle) bool { return m.in(p, c) })
}

// reader is most often somebody who sees the ask.
func (m *model) reader(rt *rapid.T, a exchange.Ask) id.Person {
	if pick(rt, "anybody", true, false, false, false, false) {
		return m.who(rt)
	}
	return pick(rt, "reader", slices.DeleteFunc(slices.Clone(m.people), func(p id.Person) bool { return !m.sees(p, a) })...)
}

func (m *model) anAsk(rt *rapid.T) int {
	if len(m.asks) == 0 {
		m.post(rt)
	}
	if len(m.asks) == 0 {
		rt.Skip("no ask")
	}
	var open, all []int
	for i, a := range m.asks {
		if all = append(all, i); a.State == exchange.AskOpen {
			open = append(open, i)
		}
	}
	if len(open) > 0 && pick(rt, "open", true, true, true, false) {
		return pick(rt, "ask", open...)
	}
	return pick(rt, "ask", all...)
}

func (m *model) propose(rt *rapid.T) {
	i := m.anAsk(rt)
	a, who := m.asks[i], m.reader(rt, m.asks[i])
	in := exchange.Proposing{Ask: a.ID, Words: pick(rt, "words", []string{"", "Volontiers."}...)}
	if pick(rt, "author", true, false, false) {
		who = a.Author
		for range pick(rt, "how many", 1, 1, 2, 3, 0) {
			if p := m.reader(rt, a); !slices.Contains(in.To, p) {
				in.To = append(in.To, p)
			}
		}
	}
	giver, receivers := who, []id.Person{a.Author}
	single := a.Want == exchange.ForAsk && a.Kind != exchange.Company
	switch {
	case who == a.Author && single:
		receivers = []id.Person{a.Author}
		if len(in.To) > 0 {
			giver = in.To[0]
		}
	case who == a.Author:
		receivers = in.To
	case a.Want == exchange.ForOffer && a.Kind != exchange.Company:
		giver, receivers = a.Author, []id.Person{who}
	}
	ok := a.State == exchange.AskOpen && m.sees(who, a)
	if who == a.Author {
		ok = ok && len(in.To) > 0 && !slices.Contains(in.To, who) && (!single || len(in.To) == 1)
		for _, p := range in.To {
			ok = ok && m.sees(p, a)
		}
	}
	for _, d := range m.deals {
		for p, l := range m.lines[d.id] {
			if d.ask == a.ID && l.state.UnderWay() && slices.ContainsFunc(receivers, func(r id.Person) bool {
				return p == r && d.giver == giver || p == giver && d.giver == r
			}) {
				ok = false
			}
		}
	}
	var made exchange.Made[exchange.Exchange]
	err := m.tells(rt, 1, func(k journal.Key) (err error) {
		made, err = m.h.Exchanges.Propose(m.t.Context(), as(who), k, in)
		return err
	})
	if (err == nil) != ok {
		rt.Fatalf("propose by %s on %+v to %v: %v, want ok=%v", who, a, in.To, err, ok)
	}
	if err != nil {
		return
	}
	d := deal{id: made.ID, ask: a.ID, giver: giver, company: a.Kind == exchange.Company}
	m.deals, m.lines[d.id] = append(m.deals, d), map[id.Person]*line{}
	for _, p := range receivers {
		m.lines[d.id][p] = &line{state: exchange.Proposed, spoke: who, proposed: m.now(), last: m.now(), words: map[id.Person]bool{who: true}}
	}
}

// reach is where a move takes each line that it concerns.
func (m *model) reach(d deal, by id.Person, move exchange.Move) map[id.Person]exchange.State {
	out := map[id.Person]exchange.State{}
	for p, l := range m.lines[d.id] {
		if by != d.giver && by != p {
			continue
		}
		if to := d.next(l, p, by, move); to != "" {
			out[p] = to
		}
	}
	return out
}

// anyMove makes a move that most often isn't open, by somebody who most often
// has a part in it.
func (m *model) anyMove(rt *rapid.T) {
	if len(m.deals) == 0 {
		m.post(rt)
		return
	}
	d := m.aDeal(rt)
	who := m.who(rt)
	if pick(rt, "part", true, true, true, false) {
		who = pick(rt, "who", m.parts(d)...)
	}
	m.move(rt, d, who, pick(rt, "move", exchange.AllMoves()...))
}

// rightMove makes a move by somebody who has a part in it, so that exchanges get
// somewhere.
func (m *model) rightMove(rt *rapid.T) {
	if len(m.deals) == 0 {
		m.post(rt)
		return
	}
	d := m.aDeal(rt)
	part := pick(rt, "part", m.parts(d)...)
	open := slices.DeleteFunc(exchange.AllMoves(), func(move exchange.Move) bool { return len(m.reach(d, part, move)) == 0 })
	if len(open) == 0 {
		open = exchange.AllMoves()
	}
	m.move(rt, d, part, pick(rt, "move", open...))
}

// aDeal is most often one under way.
func (m *model) aDeal(rt *rapid.T) deal {
	under := slices.DeleteFunc(slices.Clone(m.deals), func(d deal) bool {
		for _, l := range m.lines[d.id] {
			if l.state.UnderWay() {
				return false
			}
		}
		return true
	})
	if len(under) == 0 || pick(rt, "ended", true, false, false, false, false, false) {
		under = m.deals
	}
	return pick(rt, "exchange", under...)
}

// parts are the people of an exchange, in a fixed order.
func (m *model) parts(d deal) []id.Person {
	out := []id.Person{d.giver}
	for _, p := range m.people {
		if m.lines[d.id][p] != nil {
			out = append(out, p)
		}
	}
	return out
}

func (m *model) move(rt *rapid.T, d deal, by id.Person, move exchange.Move) {
	m.last = d.id
	to := m.reach(d, by, move)
	in := exchange.Moving{Exchange: d.id, Move: move}
	acts := int64(1)
	for _, s := range to {
		if s == exchange.Confirmed && pick(rt, "thanks", true, false) {
			in.Thanks, acts = "Merci.", 2
			break
		}
	}
	err := m.tells(rt, acts, func(k journal.Key) error {
		return m.h.Exchanges.Move(m.t.Context(), as(by), k, in)
	})
	if (err == nil) != (len(to) > 0) {
		rt.Fatalf("%s by %s: %v, want %v", move, by, err, to)
	}
	for p, s := range to {
		m.step(d, p, by, s)
	}
}

func (m *model) step(d deal, p, by id.Person, to exchange.State) {
	l := m.lines[d.id][p]
	if to == exchange.Agreed || to == exchange.Confirmed || to == exchange.Done {
		l.words[by] = true
	}
	l.state, l.spoke, l.last = to, by, m.now()
}

func (m *model) answer(rt *rapid.T) {
	i := m.anAsk(rt)
	a, who := m.asks[i], m.reader(rt, m.asks[i])
	var made exchange.Made[thread.Message]
	err := m.tells(rt, 1, func(k journal.Key) (err error) {
		made, err = m.h.Exchanges.Answer(m.t.Context(), as(who), k, exchange.Answering{Ask: a.ID, Words: "Peut-être le pare-feu."})
		return err
	})
	if ok := m.sees(who, a) && who != a.Author; (err == nil) != ok {
		rt.Fatalf("answer: %v, want ok=%v", err, ok)
	}
	if err == nil {
		m.said = append(m.said, message{ask: i, author: who, id: made})
	}
}

func (m *model) thankMessage(rt *rapid.T) {
	if len(m.said) == 0 {
		m.post(rt)
		return
	}
	s := pick(rt, "message", m.said...)
	a := m.asks[s.ask]
	who := a.Author
	if pick(rt, "another", true, false, false, false, false) {
		who = m.who(rt)
	}
	ok := who == a.Author && a.Want == exchange.ForAsk
	m.thank(rt, a, s.author, ok, func(k journal.Key) (exchange.ID, error) {
		made, err := m.h.Exchanges.ThankMessage(m.t.Context(), as(who), k, exchange.ThankingMessage{Message: s.id.ID})
		return made.ID, err
	})
}

func (m *model) elsewhere(rt *rapid.T) {
	who, giver := m.who(rt), m.who(rt)
	var made exchange.Made[exchange.Thanks]
	err := m.tells(rt, 1, func(k journal.Key) (err error) {
		made, err = m.h.Exchanges.ThankElsewhere(m.t.Context(), as(who), k, exchange.ThankingElsewhere{Giver: giver, Kind: exchange.Help, Words: "Merci pour jeudi."})
		return err
	})
	if ok := who != giver && m.share(who, giver); (err == nil) != ok {
		rt.Fatalf("elsewhere: %v, want ok=%v", err, ok)
	}
	if err == nil {
		m.noted = append(m.noted, exchangetest.Thanks(m.t, m.h, made.ID))
	}
}

func (m *model) pleasure(rt *rapid.T) {
	if len(m.noted) == 0 {
		m.post(rt)
		return
	}
	n := pick(rt, "thanks", m.noted...)
	i := slices.IndexFunc(m.noted, func(t exchange.Thanks) bool { return t.ID == n.ID })
	who := pick(rt, "who", []id.Person{n.Giver, n.Giver, n.Thanker, m.people[0]}...)
	err := m.tells(rt, 2, func(k journal.Key) error {
		return m.h.Exchanges.MoveThanks(m.t.Context(), as(who), k, n.ID, exchange.WithPleasure)
	})
	if ok := who == n.Giver && n.State == exchange.Noted; (err == nil) != ok {
		rt.Fatalf("with pleasure: %v, want ok=%v", err, ok)
	}
	if err == nil {
		m.noted[i].State = exchange.Welcomed
		x := exchangetest.Exchange(m.t, m.h, exchangetest.Thanks(m.t, m.h, n.ID).Exchange)
		m.deals = append(m.deals, deal{id: x.ID, giver: n.Giver})
		m.lines[x.ID] = map[id.Person]*line{n.Thanker: {state: exchange.Confirmed, words: map[id.Person]bool{n.Giver: true, n.Thanker: true}}}
	}
}

func (m *model) close(rt *rapid.T) {
	if pick(rt, "settle", true, false) {
		m.settle(rt)
		return
	}
	i := m.anAsk(rt)
	a := m.asks[i]
	who := pick(rt, "who", []id.Person{a.Author, a.Author, m.people[3]}...)
	renew := pick(rt, "renew", true, false)
	err := m.tells(rt, -1, func(k journal.Key) error {
		if renew {
			return m.h.Exchanges.Renew(m.t.Context(), as(who), k, a.ID)
		}
		return m.h.Exchanges.WithdrawAsk(m.t.Context(), as(who), k, a.ID)
	})
	if ok := who == a.Author && a.State == exchange.AskOpen; (err == nil) != ok {
		rt.Fatalf("close: %v, want ok=%v", err, ok)
	}
	switch {
	case err != nil:
	case renew:
		m.asks[i].Until = exchangetest.Ask(m.t, m.h, a.ID).Until
	default:
		m.end(i, exchange.AskWithdrawn)
	}
}

func (m *model) settle(rt *rapid.T) {
	i := m.anAsk(rt)
	a := m.asks[i]
	if a.State != exchange.AskOpen {
		m.post(rt)
		return
	}
	if err := m.tells(rt, -1, func(k journal.Key) error {
		return m.h.Exchanges.Settle(m.t.Context(), as(a.Author), k, exchange.Settling{Ask: a.ID, Outcome: "Réglé."})
	}); err != nil {
		rt.Fatalf("settle: %v", err)
	}
	m.end(i, exchange.AskSettled)
}

// end is what the end of an ask does to what was only proposed on it.
func (m *model) end(i int, state exchange.AskState) {
	m.asks[i].State = state
	for _, d := range m.deals {
		for _, l := range m.lines[d.id] {
			if d.ask == m.asks[i].ID && l.state == exchange.Proposed {
				l.state = exchange.Lapsed
			}
		}
	}
}

func (m *model) time(rt *rapid.T) {
	m.h.Clock.Advance(time.Duration(pick(rt, "days", 1, 2, 3, 5, 12)) * day)
	if _, err := m.h.Exchanges.Lapse(m.t.Context()); err != nil {
		rt.Fatalf("lapse: %v", err)
	}
	if n, err := m.h.Exchanges.Lapse(m.t.Context()); err != nil || n != 0 {
		rt.Fatalf("the clock looked again: %d acts, %v", n, err)
	}
	for i, a := range m.asks {
		if a.State == exchange.AskOpen && !m.now().Before(a.Until) {
			m.end(i, exchange.AskLapsed)
		}
	}
	for _, d := range m.deals {
		for _, l := range m.lines[d.id] {
			if l.state == exchange.Proposed && m.now().Sub(l.proposed) >= 30*day ||
				(l.state == exchange.Agreed || l.state == exchange.Done) && m.now().Sub(l.last) >= 35*day {
				l.state = exchange.Lapsed
			}
		}
	}
}
