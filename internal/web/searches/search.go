// Package searches holds the page that finds words in all that its reader may see.
package searches

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/search"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/web/conversation"
	"cordee/internal/web/page"
)

// Handlers are the page's handlers with the rooms that they ask.
type Handlers struct {
	DB        *store.DB
	People    *person.Room
	Threads   *thread.Room
	Exchanges *exchange.Room
	Talk      *conversation.Handlers
}

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{page.Get("/search", page.SignedIn, h.search)}
}

// found is a hit with where it leads.
type found struct {
	search.Hit
	path string
	card *person.Card
}

func (h *Handlers) search(w http.ResponseWriter, r *http.Request, v *page.View) error {
	asked := strings.TrimSpace(v.Query.Get("q"))
	if asked == "" {
		return page.Render(w, r, v, searchPage(v, "", nil, ""))
	}
	who, err := h.Talk.Viewer(r.Context(), v)
	if err != nil {
		return err
	}
	hits, next, err := search.Query(r.Context(), h.DB, who, asked, search.Cursor(v.Query.Get("after")))
	if err != nil {
		return err
	}
	all, err := h.places(r.Context(), who, hits)
	if err != nil {
		return err
	}
	older := ""
	if next != "" {
		older = "/search?" + url.Values{"q": {asked}, "after": {string(next)}}.Encode()
	}
	return page.Render(w, r, v, searchPage(v, asked, all, older))
}

// places finds where hits lead, a query a kind. A message leads to itself: where
// it stands is found when somebody goes there.
func (h *Handlers) places(ctx context.Context, who journal.Viewer, hits []search.Hit) ([]found, error) {
	var people []id.Person
	ids := map[string][]id.Any{}
	for _, hit := range hits {
		people = append(people, hit.Author)
		ids[hit.Ref.Kind] = append(ids[hit.Ref.Kind], hit.Ref.ID)
	}
	for _, p := range ids[person.Object] {
		people = append(people, id.Person(p))
	}
	cards, err := h.People.Cards(ctx, h.DB.Read, people)
	if err != nil {
		return nil, err
	}
	paths, err := h.paths(ctx, who, ids)
	if err != nil {
		return nil, err
	}
	var all []found
	for _, hit := range hits {
		f := found{Hit: hit, path: paths[hit.Ref]}
		if c, ok := cards[hit.Author]; ok && !hit.Author.IsZero() {
			f.card = &c
		}
		if hit.Ref.Kind == person.Object {
			c := cards[id.Person(hit.Ref.ID)]
			f.card, f.path = &c, page.PersonPath(c)
		}
		if f.path != "" {
			all = append(all, f)
		}
	}
	return all, nil
}

// paths are the pages of what was found.
func (h *Handlers) paths(ctx context.Context, who journal.Viewer, ids map[string][]id.Any) (map[journal.Ref]string, error) {
	paths := map[journal.Ref]string{}
	asks, err := h.Exchanges.AsksByID(ctx, h.DB.Read, as[exchange.Ask](ids[exchange.KindAsk]))
	if err != nil {
		return nil, err
	}
	for _, a := range asks {
		if a.Sees(who) {
			paths[a.Ref()] = "/asks/" + string(a.Public)
		}
	}
	thanks, err := h.Exchanges.ThanksByID(ctx, h.DB.Read, as[exchange.Thanks](ids[exchange.KindThanks]))
	if err != nil {
		return nil, err
	}
	for _, t := range thanks {
		if t.Sees(who) {
			paths[t.Ref()] = "/thanks/" + string(t.Public)
		}
	}
	messages, err := h.Threads.Publics(ctx, h.DB.Read, as[thread.Message](ids[thread.KindMessage]))
	if err != nil {
		return nil, err
	}
	for m, public := range messages {
		paths[journal.RefTo(thread.KindMessage, m)] = "/messages/" + string(public)
	}
	return paths, nil
}

func as[K any](all []id.Any) []id.Of[K] {
	out := make([]id.Of[K], len(all))
	for i, v := range all {
		out[i] = id.As[K](v)
	}
	return out
}
