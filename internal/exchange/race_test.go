package exchange_test

import (
	"errors"
	"sync"
	"testing"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/refusal"
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
