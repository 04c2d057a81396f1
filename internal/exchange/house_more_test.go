package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/refusal"
	"cordee/internal/thread"
)

// Two people move at the same instant: one wins, the other is told who did what,
// and there is one act.
func TestRace(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, _, _ id.Person) {
		a := exchangetest.Asked(t, h, ana, c, "Une relecture ?")
		for round := range 12 {
			x := exchangetest.Proposed(t, h, bea, a.ID)
			type mover struct {
				by   id.Person
				move exchange.Move
			}
			movers := []mover{{ana, exchange.Agree}, {bea, exchange.Withdraw}, {ana, exchange.Decline}}
			errs := make([]error, len(movers))
			start, wait := make(chan struct{}), sync.WaitGroup{}
			for i, m := range movers {
				wait.Go(func() {
					<-start
					errs[i] = h.Exchanges.Move(t.Context(), as(m.by), key(), exchange.Moving{Exchange: x.ID, Move: m.move})
				})
			}
			close(start)
			wait.Wait()
			won := 0
			for i, err := range errs {
				r, ok := refusal.As(err)
				switch {
				case err == nil:
					won++
				case !ok || r.Kind != refusal.Conflict:
					t.Errorf("round %d: %s: %v", round, movers[i].move, err)
				}
			}
			acts, err := h.Journal.ActsOn(t.Context(), x.Ref())
			must(t, err)
			if x = exchangetest.Exchange(t, h, x.ID); won != 1 || len(acts) != 2 || x.Version != 2 {
				t.Fatalf("round %d: %d won, %d acts, version %d", round, won, len(acts), x.Version)
			}
			if x.State() == exchange.Agreed {
				exchangetest.Moved(t, h, bea, x.ID, exchange.CallOff)
			}
		}
		// Two who propose the same thing to each other: one exchange comes of it.
		errs := make([]error, 2)
		var wait sync.WaitGroup
		for i, in := range []exchange.Proposing{{Ask: a.ID}, {Ask: a.ID, To: []id.Person{bea}}} {
			wait.Go(func() {
				_, errs[i] = h.Exchanges.Propose(t.Context(), as([]id.Person{bea, ana}[i]), key(), in)
			})
		}
		wait.Wait()
		if errors.Join(errs...) == nil || errs[0] != nil && errs[1] != nil {
			t.Errorf("both proposed: %v", errs)
		}
	})
}

// The asker withdraws while somebody proposes: nothing stays proposed on an ask
// that has ended.
func TestRaceWithTheEnd(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, cid, _ id.Person) {
		for range 10 {
			a := exchangetest.Asked(t, h, ana, c, "Une relecture ?")
			var wait sync.WaitGroup
			for _, p := range []id.Person{bea, cid} {
				wait.Go(func() { _, _ = h.Exchanges.Propose(t.Context(), as(p), key(), exchange.Proposing{Ask: a.ID}) })
			}
			var err error
			wait.Go(func() { err = h.Exchanges.WithdrawAsk(t.Context(), as(ana), key(), a.ID) })
			wait.Wait()
			must(t, err)
			on, err := h.Exchanges.ExchangesOn(t.Context(), h.DB.Read, exchangetest.Viewer(t, h, ana), []exchange.AskID{a.ID})
			must(t, err)
			for _, x := range on[a.ID] {
				if x.State() != exchange.Lapsed {
					t.Errorf("%s on an ask that was withdrawn", x.State())
				}
			}
		}
	})
}

func TestLapsing(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, cid, _ id.Person) {
		start := h.Clock.Now()
		on := func(d int) { h.Clock.Advance(start.Add(time.Duration(d) * day).Sub(h.Clock.Now())) }
		acts := func(want int) {
			t.Helper()
			if n, err := h.Exchanges.Lapse(t.Context()); err != nil || n != want {
				t.Errorf("day %d: %d acts, want %d (%v)", int(h.Clock.Now().Sub(start)/day), n, want, err)
			}
			if n, err := h.Exchanges.Lapse(t.Context()); err != nil || n != 0 {
				t.Errorf("again: %d acts (%v)", n, err)
			}
		}
		a := exchangetest.Asked(t, h, ana, c, "Une relecture ?")
		silent := exchangetest.Proposed(t, h, bea, a.ID)
		talk := exchangetest.Proposed(t, h, cid, a.ID)
		exchangetest.Moved(t, h, ana, silent.ID, exchange.Agree)
		exchangetest.Moved(t, h, ana, talk.ID, exchange.Agree)
		o := exchangetest.Offered(t, h, bea, c, "Une heure.")
		exchangetest.Proposed(t, h, ana, o.ID)

		on(20)
		acts(0)
		exchangetest.Replied(t, h, cid, talk.Thread, "Plutôt la semaine prochaine ?")
		on(21)
		acts(1) // both of the silent one are asked; the other two still talk
		if got := exchangetest.Awaiting(t, h, ana); !slices.Contains(got, "exchange.mark_done") {
			t.Errorf("the receiver isn't asked: %v", got)
		}
		on(26)
		acts(1) // renew or close?
		if got := exchangetest.Awaiting(t, h, ana); !slices.Contains(got, "ask.renew") {
			t.Errorf("the author isn't asked: %v", got)
		}
		must(t, h.Exchanges.Renew(t.Context(), as(ana), key(), a.ID))
		on(30)
		acts(1) // the proposal on the offer
		on(35)
		acts(1) // the silent one
		if got := exchangetest.Exchange(t, h, silent.ID); got.State() != exchange.Lapsed {
			t.Error(got.State())
		}
		on(41)
		acts(1) // three weeks after the last words of those who talked
		on(52)
		acts(1) // reminded: renewed on day 26, so until day 56
		on(54)
		acts(0)
		on(56)
		acts(2) // 35 days after the last words, and the ask
		if got := exchangetest.Ask(t, h, a.ID); got.State != exchange.AskLapsed {
			t.Error(got.State)
		}
		_, err := h.Exchanges.Propose(t.Context(), as(bea), key(), exchange.Proposing{Ask: a.ID})
		refused(t, err, "ask.is_lapsed")
		on(183)
		acts(1) // the offer, half a year on
	})
}

// The rules of seeing as Go functions and as conditions agree, for everybody.
func TestVisibleAlike(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, cid, dan id.Person) {
		other := exchangetest.Circle(t, h, "Autre", dan, exchangetest.People(t, h, "Eve")...)
		var asks []exchange.AskID
		var deals []exchange.ID
		post := func(by id.Person, in exchange.Posting) exchange.AskID {
			in.Want, in.Words = exchange.ForAsk, "Une relecture ?"
			a := exchangetest.Posted(t, h, by, in)
			asks = append(asks, a.ID)
			return a.ID
		}
		both := post(dan, exchange.Posting{Circles: []id.Circle{c, other}})
		post(dan, exchange.Posting{Circles: []id.Circle{other}})
		toBea := post(ana, exchange.Posting{To: bea})
		inC := post(ana, exchange.Posting{Circles: []id.Circle{c}})
		for i, on := range []exchange.AskID{both, toBea, inC, inC} {
			x := exchangetest.Proposed(t, h, []id.Person{bea, bea, cid, dan}[i], on)
			deals = append(deals, x.ID)
		}
		exchangetest.Moved(t, h, ana, deals[2], exchange.Decline)
		exchangetest.Moved(t, h, dan, deals[3], exchange.Withdraw)
		quiet := exchangetest.Proposed(t, h, ana, inC, bea)
		if quiet.Sees(exchangetest.Viewer(t, h, dan)) {
			t.Error("a quiet request is told before its answer")
		}
		deals = append(deals, quiet.ID, exchangetest.Confirmed(t, h, ana, bea).ID)
		var thanks []exchange.ThanksID
		for i, circles := range [][]id.Circle{nil, {c}, {c}, {c}} {
			made, err := h.Exchanges.ThankElsewhere(t.Context(), as(ana), key(), exchange.ThankingElsewhere{Giver: bea, Kind: exchange.Company, Words: "Merci.", Circles: circles})
			must(t, err)
			thanks = append(thanks, made.ID)
			if i > 1 {
				must(t, h.Exchanges.MoveThanks(t.Context(), as(bea), key(), made.ID, exchange.WithPleasure))
				deals = append(deals, exchangetest.Thanks(t, h, made.ID).Exchange)
			}
		}
		must(t, h.Exchanges.MoveThanks(t.Context(), as(bea), key(), thanks[3], exchange.Hide))

		viewers := []journal.Viewer{{}, {Circles: []id.Circle{c}}, {Person: id.Person{7: 7}, Circles: []id.Circle{other}}}
		for _, p := range []id.Person{ana, bea, cid, dan} {
			v := exchangetest.Viewer(t, h, p)
			viewers = append(viewers, v, journal.Viewer{Person: p})
		}
		ctx := t.Context()
		for n, v := range viewers {
			for _, k := range asks {
				a := exchangetest.Ask(t, h, k)
				_, err := h.Exchanges.AskPage(ctx, h.DB.Read, v, a.Public)
				alike(t, fmt.Sprintf("viewer %d, ask", n), a.Sees(v), err)
				th, err := h.Threads.Get(ctx, h.DB.Read, a.Thread)
				must(t, err)
				if th.Sees(v) != a.Sees(v) {
					t.Errorf("viewer %d sees the ask (%v) and not its thread, or so", n, a.Sees(v))
				}
			}
			for _, k := range deals {
				x := exchangetest.Exchange(t, h, k)
				_, err := h.Exchanges.ExchangePage(ctx, h.DB.Read, v, x.Public)
				alike(t, fmt.Sprintf("viewer %d, exchange %s", n, x.State()), x.Sees(v), err)
			}
			for _, k := range thanks {
				th := exchangetest.Thanks(t, h, k)
				_, err := h.Exchanges.Thanks(ctx, h.DB.Read, v, th.Public)
				alike(t, fmt.Sprintf("viewer %d, thanks %s hidden=%v", n, th.State, th.Hidden), th.Sees(v), err)
			}
		}
	})
}

func alike(t *testing.T, what string, sees bool, err error) {
	t.Helper()
	if r, ok := refusal.As(err); err != nil && (!ok || r.Kind != refusal.NotFound) {
		t.Errorf("%s: %v", what, err)
	}
	if sees != (err == nil) {
		t.Errorf("%s: the rule says %v, the query %v", what, sees, err == nil)
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, cid, _ id.Person) {
		var want []exchange.AskID
		for i := range 7 {
			h.Clock.Advance(time.Minute)
			a := exchangetest.Asked(t, h, []id.Person{ana, bea}[i%2], c, fmt.Sprint("Demande ", i))
			want = append(want, a.ID)
		}
		must(t, h.Exchanges.WithdrawAsk(t.Context(), as(ana), key(), want[2]))
		open := slices.Concat(want[:2], want[3:])
		slices.Reverse(open)
		v := exchangetest.Viewer(t, h, cid)
		for _, f := range []exchange.AskFilter{{Circle: c, Limit: 4}, {Limit: 4}, {Circle: c, Want: exchange.ForAsk, Kind: exchange.Help, NotBy: []id.Person{cid}, Limit: 4}} {
			var got []exchange.AskID
			for after := exchange.Cursor(""); ; {
				page, next, err := h.Exchanges.Asks(t.Context(), h.DB.Read, v, f, after)
				must(t, err)
				for _, a := range page {
					got = append(got, a.ID)
				}
				if after = next; next == "" {
					break
				}
			}
			if diff := cmp.Diff(open, got); diff != "" {
				t.Errorf("%+v: %s", f, diff)
			}
		}
		ended, _, err := h.Exchanges.Asks(t.Context(), h.DB.Read, v, exchange.AskFilter{Circle: c, Ended: true}, "")
		must(t, err)
		if len(ended) != 1 || ended[0].ID != want[2] {
			t.Errorf("%+v", ended)
		}
		var done []exchange.ID
		for range 5 {
			h.Clock.Advance(time.Minute)
			done = append(done, exchangetest.Confirmed(t, h, ana, bea).ID)
		}
		slices.Reverse(done)
		for _, f := range []exchange.ExchangeFilter{{Person: ana, With: bea, Limit: 2}, {Circle: c, Limit: 2}} {
			var got []exchange.ID
			for after := exchange.Cursor(""); ; {
				page, next, err := h.Exchanges.Exchanges(t.Context(), h.DB.Read, v, f, after)
				must(t, err)
				for _, x := range page {
					got = append(got, x.ID)
				}
				if after = next; next == "" {
					break
				}
			}
			if diff := cmp.Diff(done, got); diff != "" {
				t.Errorf("%+v: %s", f, diff)
			}
		}
		if none, _, err := h.Exchanges.ThanksList(t.Context(), h.DB.Read, v, exchange.ThanksFilter{Giver: ana}, ""); err != nil || len(none) != 0 {
			t.Errorf("thanks kept between two are listed to a third: %v %v", none, err)
		}
		h.Clock.Advance(3 * day)
		f, err := h.Exchanges.Figures(t.Context(), h.DB.Read, c, h.Clock.Now())
		must(t, err)
		if f.Asked != 12 || f.Found != 5 || f.FirstAnswer != 0 && f.FirstAnswer > day {
			t.Errorf("%+v", f)
		}
	})
}

func TestBring(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, _, _ id.Person) {
		var a exchange.Ask
		at := time.Date(2019, 4, 1, 8, 0, 0, 0, time.UTC)
		h.Do(t, func(ctx context.Context, tx *journal.Tx) (err error) {
			a, err = h.Exchanges.Bring(ctx, tx, exchange.PastAsk{Circle: c, Author: ana, Want: exchange.ForAsk, Title: "Imprimante", Words: "Elle refuse le recto verso.", At: at})
			if err == nil {
				_, err = h.Threads.PostMany(ctx, tx, a.Thread, []thread.Draft{{Author: ana, Words: "Elle refuse.", At: at, MailID: "1@x"}, {Author: bea, Words: "Le pilote.", At: at.Add(time.Hour), MailID: "2@x"}})
			}
			return err
		})
		got := exchangetest.Ask(t, h, a.ID)
		if diff := cmp.Diff(a, got); diff != "" || !got.Past || got.State != exchange.AskLapsed || got.ID.Time() != at {
			t.Errorf("%s %+v", diff, got)
		}
		if n, err := h.Exchanges.Lapse(t.Context()); n != 0 || err != nil {
			t.Errorf("the past moves: %d %v", n, err)
		}
		page, err := h.Exchanges.AskPage(t.Context(), h.DB.Read, exchangetest.Viewer(t, h, bea), a.Public)
		must(t, err)
		if page.MayAnswer || len(page.Moves) != 0 {
			t.Errorf("%+v", page)
		}
	})
}
