// Package people holds the pages about persons: the people of one's circles, and
// each one's own page, which says what is between them and the reader.
package people

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/search"
	"cordee/internal/store"
	"cordee/internal/web/page"
)

// Handlers are the pages' handlers with the rooms that they ask.
type Handlers struct {
	DB        *store.DB
	People    *person.Room
	Circles   *circle.Room
	Exchanges *exchange.Room
}

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/people", page.SignedIn, h.list),
		page.Get("/people/{person}", page.Member, h.show),
		page.Post("/people/{person}/history", page.SignedIn, h.takeHistory),
	}
}

// listed is a person with the circles that the reader shares with them.
type listed struct {
	person  person.Person
	circles []string
}

func (h *Handlers) list(w http.ResponseWriter, r *http.Request, v *page.View) error {
	all, err := h.mine(r.Context(), v)
	if err != nil {
		return err
	}
	if asked := v.Query.Get("q"); strings.TrimSpace(asked) != "" {
		all = slices.DeleteFunc(all, func(l listed) bool { return !l.speaksOf(asked) })
	}
	return page.Render(w, r, v, listPage(v, all))
}

// speaksOf tells whether each word of a question is somewhere in what a person says.
func (l listed) speaksOf(asked string) bool {
	p := l.person
	text := search.Fold(strings.Join(slices.Concat([]string{p.Name, p.Headline, p.Place}, p.Helps, p.Learns, l.circles), " "))
	for word := range strings.FieldsSeq(search.Fold(asked)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// mine are the people of the reader's circles, by name.
func (h *Handlers) mine(ctx context.Context, v *page.View) ([]listed, error) {
	standing, err := h.Circles.Standing(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	in := map[id.Person][]string{}
	for _, at := range standing.Circles {
		members, err := h.Circles.Members(ctx, h.DB.Read, at.Circle)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			in[m.Person] = append(in[m.Person], at.Name)
		}
	}
	delete(in, v.Person)
	ids := make([]id.Person, 0, len(in))
	for p := range in {
		ids = append(ids, p)
	}
	many, err := h.People.Many(ctx, h.DB.Read, ids)
	if err != nil {
		return nil, err
	}
	viewer := standing.Viewer()
	all := make([]listed, 0, len(many))
	for _, p := range many {
		all = append(all, listed{person: p.SeenBy(viewer), circles: in[p.ID]})
	}
	order := collate.New(language.Make(string(v.Lang())), collate.Loose)
	slices.SortFunc(all, func(a, b listed) int { return order.CompareString(a.person.Name, b.person.Name) })
	return all, nil
}

// between is what a person's page says to its reader.
type between struct {
	person  person.Person
	me      person.Person
	self    bool
	shared  []circle.Place // circles that both are in
	address string
	done    []exchange.Exchange // what we did together
	more    bool
	thanks  []exchange.Thanks // that they were given and that the reader sees
	asks    []exchange.Ask
	cards   map[id.Person]person.Card
	history []person.Person // staged people whose past may be theirs
	rather  bool
	invite  []circle.Place // circles of the reader that they aren't in
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request, v *page.View) error {
	public, err := id.ParsePublic(r.PathValue("person"))
	if err != nil {
		return refusal.ErrNotFound()
	}
	b, err := h.between(r.Context(), v, public)
	if err != nil {
		return err
	}
	if len(b.shared) > 0 && !slices.ContainsFunc(b.shared, func(p circle.Place) bool { return p.Form != circle.Tu }) {
		v = v.Speaking(true)
	}
	return page.Render(w, r, v, personPage(v, b))
}

func (h *Handlers) between(ctx context.Context, v *page.View, public id.Public) (*between, error) {
	standing, err := h.Circles.Standing(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	viewer := standing.Viewer()
	b := &between{}
	if b.person, err = h.People.See(ctx, h.DB.Read, viewer, public); err != nil {
		return nil, err
	}
	p := b.person.ID
	b.self = p == v.Person
	if b.me, err = h.People.Get(ctx, h.DB.Read, v.Person); err != nil {
		return nil, err
	}
	theirs, err := h.Circles.Standing(ctx, h.DB.Read, p)
	if err != nil {
		return nil, err
	}
	for _, at := range standing.Circles {
		if theirs.In(at.Circle) {
			b.shared = append(b.shared, at)
		} else {
			b.invite = append(b.invite, at)
		}
	}
	if b.address, err = h.People.SharedAddress(ctx, h.DB.Read, viewer, b.person); err != nil {
		return nil, err
	}
	if !b.self {
		var next exchange.Cursor
		if b.done, next, err = h.Exchanges.Exchanges(ctx, h.DB.Read, viewer, exchange.ExchangeFilter{Person: p, With: v.Person}, ""); err != nil {
			return nil, err
		}
		b.more = next != ""
		rather, err := h.Exchanges.RatherNots(ctx, h.DB.Read, v.Person)
		if err != nil {
			return nil, err
		}
		b.rather = slices.Contains(rather, p)
	} else if b.history, err = h.People.StagedFor(ctx, h.DB.Read, p); err != nil {
		return nil, err
	}
	if b.thanks, _, err = h.Exchanges.ThanksList(ctx, h.DB.Read, viewer, exchange.ThanksFilter{Giver: p, Limit: 6}, ""); err != nil {
		return nil, err
	}
	if b.asks, _, err = h.Exchanges.Asks(ctx, h.DB.Read, viewer, exchange.AskFilter{Author: p, Limit: 5}, ""); err != nil {
		return nil, err
	}
	b.cards, err = h.People.Cards(ctx, h.DB.Read, b.people())
	return b, err
}

func (b *between) people() []id.Person {
	var all []id.Person
	for _, t := range b.thanks {
		all = append(all, t.Thanker)
	}
	for _, x := range b.done {
		all = append(all, x.People()...)
	}
	return all
}

// takeHistory is a person's own act: what an archive tells of their address is theirs.
func (h *Handlers) takeHistory(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	public, err := id.ParsePublic(r.PathValue("person"))
	if err != nil {
		return refusal.ErrNotFound()
	}
	if err := h.People.TakeHistory(r.Context(), v.By(), page.Key(r), public); err != nil {
		return err
	}
	return page.Done(w, r, v, page.PersonPath(v.Session.Card), "person.history_taken")
}
