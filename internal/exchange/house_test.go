package exchange_test

import (
	"slices"
	"testing"
	"time"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread/threadtest"
)

const day = 24 * time.Hour

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if r, ok := refusal.As(err); !ok || r.Code != code {
		t.Errorf("%v, want %s", err, code)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func as(p id.Person) journal.By { return persontest.As(p) }

func key() journal.Key { return threadtest.Key() }

// From an ask to thanks, as PRODUCT.md tells it.
func TestFromAskToThanks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := exchangetest.Open(t, db)
		p := exchangetest.People(t, h, "Aurore", "Malik", "Inès")
		aurore, malik, ines := p[0], p[1], p[2]
		c := exchangetest.Circle(t, h, "Planète Métiers", aurore, malik, ines)

		a := exchangetest.Asked(t, h, aurore, c, "Mon certificat expire vendredi. Quelqu’un peut regarder, en visio ?")
		if !a.First || a.Kind != exchange.Help || !a.Remote || a.By == "" || a.Zone != "Europe/Paris" || a.Title == "" {
			t.Errorf("guessed: %+v", a.Facts)
		}
		if second := exchangetest.Asked(t, h, aurore, c, "Encore une chose."); second.First {
			t.Error("a second ask is marked as the first")
		}
		x := exchangetest.Proposed(t, h, malik, a.ID)
		if got := exchangetest.Awaiting(t, h, aurore); !slices.Equal(got, []string{"exchange.agree"}) {
			t.Errorf("Aurore is awaited for %v", got)
		}
		refused(t, h.Exchanges.Move(t.Context(), as(malik), key(), exchange.Moving{Exchange: x.ID, Move: exchange.MarkDone}), "exchange.not_agreed")
		refused(t, h.Exchanges.Move(t.Context(), as(ines), key(), exchange.Moving{Exchange: x.ID, Move: exchange.Agree}), "not_found")

		exchangetest.Moved(t, h, aurore, x.ID, exchange.Agree)
		x = exchangetest.Moved(t, h, malik, x.ID, exchange.MarkDone)
		if got := exchangetest.Awaiting(t, h, aurore); !slices.Equal(got, []string{"exchange.confirm"}) {
			t.Errorf("Aurore is awaited for %v", got)
		}
		k := key()
		thank := exchange.Moving{Exchange: x.ID, Move: exchange.Confirm, Words: "Vu.", Thanks: "Une heure, et tout remarche.", Circles: []id.Circle{c}}
		must(t, h.Exchanges.Move(t.Context(), as(aurore), k, thank))
		before := threadtest.Seq(t, h.House.House)
		must(t, h.Exchanges.Move(t.Context(), as(aurore), k, thank)) // a double click
		if got := threadtest.Seq(t, h.House.House); got != before {
			t.Errorf("a repeat told %d acts", got-before)
		}
		err := h.Exchanges.Move(t.Context(), as(malik), key(), exchange.Moving{Exchange: x.ID, Move: exchange.CallOff})
		refused(t, err, "exchange.first_confirm")
		if r, _ := refusal.As(err); r.Args["Name"] != "Aurore" {
			t.Errorf("who moved first: %v", r.Args)
		}
		page, err := h.Exchanges.ExchangePage(t.Context(), h.DB.Read, exchangetest.Viewer(t, h, ines), x.Public)
		must(t, err)
		if !page.Thread.IsZero() || len(page.Thanks) != 1 || page.OfAsk == nil || len(page.Moves) != 0 || page.State() != exchange.Confirmed {
			t.Errorf("what Inès sees: %+v", page)
		}
		if got := exchangetest.Awaiting(t, h, malik); len(got) != 0 {
			t.Errorf("Malik is awaited for %v", got)
		}
		exchangetest.Check(t, h)
	})
}
