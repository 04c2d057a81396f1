package exchange_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/refusal"
	"cordee/internal/thread"
)

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

// counter counts statements.
type counter struct{ n int }

func (c *counter) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	c.n++
	return ctx
}

func (*counter) AfterQuery(context.Context, *bun.QueryEvent) {}

// No list asks the database once a row.
func TestNoQueryARow(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, _, _ id.Person) {
		ctx, v := t.Context(), exchangetest.Viewer(t, h, bea)
		var a exchange.Ask
		lists := map[string]func() (int, error){
			"asks": func() (int, error) {
				all, _, err := h.Exchanges.Asks(ctx, h.DB.Read, v, exchange.AskFilter{Circle: c}, "")
				return len(all), err
			},
			"exchanges": func() (int, error) {
				all, _, err := h.Exchanges.Exchanges(ctx, h.DB.Read, v, exchange.ExchangeFilter{Person: ana, With: bea}, "")
				return len(all), err
			},
			"thanks": func() (int, error) {
				all, _, err := h.Exchanges.ThanksList(ctx, h.DB.Read, v, exchange.ThanksFilter{Giver: ana}, "")
				return len(all), err
			},
			"page": func() (int, error) {
				p, err := h.Exchanges.AskPage(ctx, h.DB.Read, v, a.Public)
				return len(p.Exchanges), err
			},
			"figures": func() (int, error) {
				f, err := h.Exchanges.Figures(ctx, h.DB.Read, c, h.Clock.Now().Add(3*day))
				return f.Asked, err
			},
		}
		more := func() {
			exchangetest.Confirmed(t, h, ana, bea)
			m := exchangetest.Replied(t, h, ana, a.Thread, "Voilà.")
			_, err := h.Exchanges.ThankMessage(ctx, as(bea), key(), exchange.ThankingMessage{Message: m, Words: "Merci."})
			if _, ok := refusal.As(err); err != nil && !ok {
				t.Fatal(err)
			}
		}
		count := &counter{}
		db := h.DB.Read.WithQueryHook(count)
		h.DB.Read = db
		a = exchangetest.Asked(t, h, bea, c, "Une relecture ?")
		more()
		cost := func(f func() (int, error)) (int, int) {
			before := count.n
			rows, err := f()
			must(t, err)
			return count.n - before, rows
		}
		first := map[string]int{}
		for name, f := range lists {
			first[name], _ = cost(f)
		}
		for range 6 {
			more()
		}
		for name, f := range lists {
			if got, rows := cost(f); got > max(first[name], 6) || got == 0 {
				t.Errorf("%s: %d queries for %d rows, %d before", name, got, rows, first[name])
			}
		}
	})
}
