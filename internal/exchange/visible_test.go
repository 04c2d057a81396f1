package exchange_test

import (
	"fmt"
	"testing"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/refusal"
)

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
