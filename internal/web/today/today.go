// Package today holds the page that answers one question: who is waiting for me?
//
// It reads the same rows that mails and reminders read (package await), then
// looks for asks that the reader could answer, and shows what was said to them.
package today

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"cordee/internal/await"
	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/search"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/web/page"
)

// Handlers are the page's handlers with the rooms that they ask.
type Handlers struct {
	DB        *store.DB
	People    *person.Room
	Circles   *circle.Room
	Threads   *thread.Room
	Exchanges *exchange.Room
}

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{page.Get("/", page.SignedIn, h.today)}
}

// few is how many asks and thanks the page shows.
const few = 5

// day is all that the page says.
type day struct {
	me       person.Person
	standing circle.Standing
	waiting  []waiting
	could    []could
	thanks   []exchange.Thanks
	underWay []exchange.Exchange
	talks    []thread.Thread
	cards    map[id.Person]person.Card
	history  []person.Person // known from archives by an address that the reader has proved
}

// waiting is one thing that awaits the reader's word: one of its fields is set.
type waiting struct {
	move       string
	exchange   *exchange.Exchange
	ask        *exchange.Ask
	thanks     *exchange.Thanks
	charter    *circle.Place
	invitation *circle.Welcome
	words      string // what the other said with it
}

// could is an ask that the reader may be able to answer, and why it is shown.
type could struct {
	ask exchange.Ask
	why string // what they gladly help with, as they wrote it; empty: nothing in common
}

func (h *Handlers) today(w http.ResponseWriter, r *http.Request, v *page.View) error {
	d, err := h.load(r.Context(), v)
	if err != nil {
		return err
	}
	if oneForm := d.standing.Circles; len(oneForm) > 0 && !slices.ContainsFunc(oneForm, func(p circle.Place) bool { return p.Form != circle.Tu }) {
		v = v.Speaking(true) // all of their circles say tu
	}
	return page.Render(w, r, v, todayPage(v, d))
}

func (h *Handlers) load(ctx context.Context, v *page.View) (*day, error) {
	d := &day{}
	var err error
	if d.me, err = h.People.Get(ctx, h.DB.Read, v.Person); err != nil {
		return nil, err
	}
	if d.standing, err = h.Circles.Standing(ctx, h.DB.Read, v.Person); err != nil {
		return nil, err
	}
	viewer := d.standing.Viewer()
	if err := h.waiting(ctx, v, viewer, d); err != nil {
		return nil, err
	}
	if err := h.could(ctx, viewer, d); err != nil {
		return nil, err
	}
	if d.history, err = h.People.StagedFor(ctx, h.DB.Read, v.Person); err != nil {
		return nil, err
	}
	if d.thanks, _, err = h.Exchanges.ThanksList(ctx, h.DB.Read, viewer, exchange.ThanksFilter{Giver: v.Person, Limit: 3}, ""); err != nil {
		return nil, err
	}
	if d.underWay, _, err = h.Exchanges.Exchanges(ctx, h.DB.Read, viewer, exchange.ExchangeFilter{Person: v.Person, UnderWay: true, Limit: few}, ""); err != nil {
		return nil, err
	}
	if d.talks, err = h.Threads.Latest(ctx, h.DB.Read, viewer, circle.KindTalk, 3); err != nil {
		return nil, err
	}
	d.cards, err = h.People.Cards(ctx, h.DB.Read, d.people())
	return d, err
}

// waiting loads what stands behind the rows of package await: a query a kind,
// however many rows there are.
func (h *Handlers) waiting(ctx context.Context, v *page.View, viewer journal.Viewer, d *day) error {
	rows, err := await.Of(ctx, h.DB.Read, v.Person, v.Now())
	if err != nil {
		return err
	}
	ids := map[string][]id.Any{}
	for _, r := range rows {
		ids[r.Object] = append(ids[r.Object], r.ID)
	}
	exchanges, err := h.Exchanges.ByID(ctx, h.DB.Read, as[exchange.Exchange](ids[exchange.KindExchange]))
	if err != nil {
		return err
	}
	asks, err := h.Exchanges.AsksByID(ctx, h.DB.Read, as[exchange.Ask](ids[exchange.KindAsk]))
	if err != nil {
		return err
	}
	thanks, err := h.Exchanges.ThanksByID(ctx, h.DB.Read, as[exchange.Thanks](ids[exchange.KindThanks]))
	if err != nil {
		return err
	}
	invited, err := h.Circles.InvitationsTo(ctx, h.DB.Read, v.Person)
	if err != nil {
		return err
	}
	said, err := h.said(ctx, exchanges)
	if err != nil {
		return err
	}
	for _, r := range rows {
		w := waiting{move: r.Move}
		switch r.Object {
		case exchange.KindExchange:
			if x, ok := exchanges[id.As[exchange.Exchange](r.ID)]; ok && len(x.Moves(v.Person)) > 0 && r.Move != exchange.KindExchange+"."+string(exchange.MarkDone) {
				w.exchange, w.words = &x, said[x.Thread]
			}
		case exchange.KindAsk:
			if a, ok := asks[id.As[exchange.Ask](r.ID)]; ok && a.Sees(viewer) {
				w.ask = &a
			}
		case exchange.KindThanks:
			if t, ok := thanks[id.As[exchange.Thanks](r.ID)]; ok {
				w.thanks = &t
			}
		case circle.KindCircle:
			if p, ok := d.standing.Place(id.Circle(r.ID)); ok {
				w.charter = &p
			}
		case circle.KindInvitation:
			for _, one := range invited {
				if id.Any(one.Invitation.ID) == r.ID {
					w.invitation = &one
				}
			}
		}
		if w.exchange != nil || w.ask != nil || w.thanks != nil || w.charter != nil || w.invitation != nil {
			d.waiting = append(d.waiting, w)
		}
	}
	return nil
}

// said are the first words in the threads of exchanges: what a proposal said.
func (h *Handlers) said(ctx context.Context, exchanges map[exchange.ID]exchange.Exchange) (map[thread.ID]string, error) {
	var threads []thread.ID
	for _, x := range exchanges {
		if x.State() == exchange.Proposed && !x.Thread.IsZero() {
			threads = append(threads, x.Thread)
		}
	}
	firsts, err := h.Threads.Firsts(ctx, h.DB.Read, threads)
	if err != nil {
		return nil, err
	}
	words := make(map[thread.ID]string, len(firsts))
	for t, m := range firsts {
		words[t] = m.Words
	}
	return words, nil
}

// could finds open asks of others: first those that say something of what the
// reader gladly helps with, then the latest. Whoever is away is asked nothing.
func (h *Handlers) could(ctx context.Context, viewer journal.Viewer, d *day) error {
	all, _, err := h.Exchanges.Asks(ctx, h.DB.Read, viewer, exchange.AskFilter{Want: exchange.ForAsk, NotBy: []id.Person{viewer.Person}}, "")
	if err != nil {
		return err
	}
	rather, err := h.Exchanges.RatherNots(ctx, h.DB.Read, viewer.Person)
	if err != nil {
		return err
	}
	open := make([]exchange.AskID, 0, len(all))
	for _, a := range all {
		open = append(open, a.ID)
	}
	mine, err := h.Exchanges.ExchangesOn(ctx, h.DB.Read, viewer, open)
	if err != nil {
		return err
	}
	var rest []could
	for _, a := range all {
		taken := slices.ContainsFunc(mine[a.ID], func(x exchange.Exchange) bool { return x.Has(viewer.Person) })
		if taken || a.Past || slices.Contains(rather, a.Author) || !a.To.IsZero() {
			continue
		}
		if why := common(d.me.Helps, a); why != "" {
			d.could = append(d.could, could{a, why})
		} else {
			rest = append(rest, could{ask: a})
		}
	}
	d.could = append(d.could, rest...)
	d.could = d.could[:min(few, len(d.could))]
	return nil
}

// common is what somebody gladly helps with that an ask speaks of.
func common(helps []string, a exchange.Ask) string {
	text := search.Fold(a.Title + " " + strings.Join(a.Tags, " "))
	for _, h := range helps {
		for _, word := range strings.Fields(search.Fold(h)) {
			if len(word) > 3 && strings.Contains(text, strings.TrimSuffix(word, "s")) {
				return h
			}
		}
	}
	return ""
}

// as gives ids of one kind their type.
func as[K any](all []id.Any) []id.Of[K] {
	out := make([]id.Of[K], len(all))
	for i, v := range all {
		out[i] = id.As[K](v)
	}
	return out
}

// people are all whose faces the page needs.
func (d *day) people() []id.Person {
	var all []id.Person
	for _, w := range d.waiting {
		all = append(all, w.others(d.me.ID)...)
	}
	for _, c := range d.could {
		all = append(all, c.ask.Author)
	}
	for _, t := range d.thanks {
		all = append(all, t.Thanker)
	}
	for _, x := range d.underWay {
		all = append(all, x.People()...)
	}
	for _, t := range d.talks {
		all = append(all, t.LastAuthor)
	}
	return all
}

// others are those who wait.
func (w waiting) others(me id.Person) []id.Person {
	var all []id.Person
	switch {
	case w.exchange != nil:
		all = w.exchange.People()
	case w.ask != nil:
		all = []id.Person{w.ask.Author}
	case w.thanks != nil:
		all = []id.Person{w.thanks.Thanker}
	case w.invitation != nil:
		all = []id.Person{w.invitation.Invitation.Inviter}
	}
	return slices.DeleteFunc(slices.Clone(all), func(p id.Person) bool { return p == me })
}

// count is how many people wait for the reader's word.
func (d *day) count() int {
	seen := map[id.Person]bool{}
	for _, w := range d.waiting {
		for _, p := range w.others(d.me.ID) {
			seen[p] = true
		}
	}
	return len(seen)
}
