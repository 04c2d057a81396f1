package exchange_test

import (
	"slices"
	"testing"
	"time"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
)

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
