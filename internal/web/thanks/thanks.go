// Package thanks holds the pages of thanks: saying it for something that was done
// elsewhere, and the page of one thanks with what the two may do with it.
//
// Thanks that come with a confirmation are said on the page of the exchange
// (web/exchanges), those for a message on the page of the ask (web/asks), and a
// circle's list is the circle's (web/circles).
package thanks

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/refusal"
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
		page.Get("/circles/{slug}/thank", page.Member, h.form),
		page.Post("/circles/{slug}/thank", page.Member, h.thank),
		page.Get("/people/{person}/thank", page.Member, h.form),
		page.Post("/people/{person}/thank", page.Member, h.thank),
		page.Get("/thanks/{thanks}", page.Member, h.show),
		page.Post("/thanks/{thanks}/reword", page.Member, h.reword),
		page.Post("/thanks/{thanks}/{move}", page.Member, h.move),
	}
}

// saying is the page on which thanks are said for something done elsewhere: to a
// member of a circle, or to one person.
type saying struct {
	v        *page.View
	standing circle.Standing
	path     string
	at       circle.Place   // of a circle's page
	to       person.Card    // of a person's page
	members  []person.Card  // to choose from
	shared   []circle.Place // where it may be read
}

func (h *Handlers) form(w http.ResponseWriter, r *http.Request, v *page.View) error {
	s, err := h.saying(r, v)
	if moved, ok := err.(errMoved); ok { //nolint:errorlint // our own, never wrapped
		http.Redirect(w, r, moved.to, http.StatusMovedPermanently)
		return nil
	}
	if err != nil {
		return err
	}
	return page.Render(w, r, s.v, sayPage(s))
}

// errMoved leads from a name that a circle had to the one that it has.
type errMoved struct{ to string }

func (e errMoved) Error() string { return "moved to " + e.to }

// saying loads what the form's page shows.
func (h *Handlers) saying(r *http.Request, v *page.View) (*saying, error) {
	standing, err := h.Circles.Standing(r.Context(), h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	s := &saying{standing: standing, path: r.URL.Path}
	if r.PathValue("person") != "" {
		return s, h.toOne(r, v, s)
	}
	slug := r.PathValue("slug")
	at, ok := standing.BySlug(slug)
	if !ok {
		c, err := h.Circles.BySlug(r.Context(), h.DB.Read, standing, slug)
		if err == nil && c.Slug != slug && r.Method == http.MethodGet {
			return nil, errMoved{to: "/circles/" + c.Slug + strings.TrimPrefix(r.URL.Path, "/circles/"+slug)}
		}
		return nil, refusal.ErrNotFound()
	}
	s.at, s.shared, s.v = at, []circle.Place{at}, v.Speaking(at.Form == circle.Tu)
	return s, h.fill(r.Context(), s)
}

// toOne finds the person, and the circles that the two share.
func (h *Handlers) toOne(r *http.Request, v *page.View, s *saying) error {
	public, err := id.ParsePublic(r.PathValue("person"))
	if err != nil {
		return refusal.ErrNotFound()
	}
	to, err := h.People.See(r.Context(), h.DB.Read, s.standing.Viewer(), public)
	if err != nil {
		return err
	}
	if to.ID == v.Person || to.State != person.Active {
		return refusal.ErrNotFound()
	}
	theirs, err := h.People.ShownIn(r.Context(), h.DB.Read, to.ID)
	s.to, s.v = to.Card(), speaking(v, s.standing, theirs)
	s.shared = inBoth(s.standing, theirs)
	return err
}

// fill loads the people of the circle that may be thanked.
func (h *Handlers) fill(ctx context.Context, s *saying) error {
	members, err := h.Circles.Members(ctx, h.DB.Read, s.at.Circle)
	if err != nil {
		return err
	}
	var ids []id.Person
	for _, m := range members {
		if m.Person != s.v.Person {
			ids = append(ids, m.Person)
		}
	}
	cards, err := h.People.Cards(ctx, h.DB.Read, ids)
	s.members = byName(cards)
	return err
}

func (h *Handlers) thank(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		To      string        `form:"to"`
		Kind    exchange.Kind `form:"kind"`
		Words   string        `form:"thanks"`
		Circles []string      `form:"circles"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	s, err := h.saying(r, v)
	if err != nil {
		return err
	}
	what := exchange.ThankingElsewhere{Giver: s.to.ID, Kind: in.Kind, Words: in.Words}
	for _, c := range s.members {
		if string(c.Public) == in.To {
			what.Giver = c.ID
		}
	}
	var made exchange.Made[exchange.Thanks]
	if what.Circles, err = circlesOf(s.standing, in.Circles); err == nil {
		made, err = h.said(r, s, what)
	}
	if err != nil {
		return page.Refuse(w, r, s.v, err, func(v *page.View) (templ.Component, error) {
			s.v = v
			return sayPage(s), nil
		})
	}
	return page.Done(w, r, v, "/thanks/"+string(made.Public), "thanks.noted")
}

// said says it, once it is known to whom.
func (h *Handlers) said(r *http.Request, s *saying, what exchange.ThankingElsewhere) (exchange.Made[exchange.Thanks], error) {
	if what.Giver.IsZero() {
		return exchange.Made[exchange.Thanks]{}, refusal.New(refusal.Invalid, "exchange.to_whom").On("to")
	}
	return h.Exchanges.ThankElsewhere(r.Context(), s.v.By(), page.Key(r), what)
}

// shown is the page of one thanks.
type shown struct {
	v        *page.View
	standing circle.Standing
	t        exchange.Thanks
	cards    map[id.Person]person.Card
	of       exchange.Exchange // what for, where the reader sees it
	ask      exchange.Ask      // whose, where the reader sees it
	late     *late
}

// late is what the page says on top of what came too late for any of its forms.
type late struct{ words, typed string }

func (s *shown) path() string { return "/thanks/" + string(s.t.Public) }

func (s *shown) may(m exchange.ThanksMove) bool { return slices.Contains(s.t.Moves(s.v.Person), m) }

// load reads the thanks of a public id for their reader.
func (h *Handlers) load(ctx context.Context, v *page.View, public string) (*shown, error) {
	p, err := id.ParsePublic(public)
	if err != nil {
		return nil, refusal.ErrNotFound()
	}
	standing, err := h.Circles.Standing(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	s := &shown{standing: standing}
	if s.t, err = h.Exchanges.Thanks(ctx, h.DB.Read, standing.Viewer(), p); err != nil {
		return nil, err
	}
	if s.cards, err = h.People.Cards(ctx, h.DB.Read, []id.Person{s.t.Giver, s.t.Thanker}); err != nil {
		return nil, err
	}
	circles := s.t.Circles
	if len(circles) == 0 {
		if circles, err = h.People.ShownIn(ctx, h.DB.Read, s.other(v.Person)); err != nil {
			return nil, err
		}
	}
	s.v = speaking(v, standing, circles)
	return s, h.behind(ctx, s)
}

// other is the one of the two whom a person faces.
func (s *shown) other(p id.Person) id.Person {
	if p == s.t.Giver {
		return s.t.Thanker
	}
	return s.t.Giver
}

// behind loads what the thanks are for, as far as the reader sees it.
func (h *Handlers) behind(ctx context.Context, s *shown) error {
	viewer := s.standing.Viewer()
	if !s.t.Exchange.IsZero() {
		x, err := h.Exchanges.Get(ctx, h.DB.Read, s.t.Exchange)
		if err != nil {
			return err
		}
		if x.Sees(viewer) {
			s.of = x
		}
	}
	if !s.t.Ask.IsZero() {
		a, err := h.Exchanges.GetAsk(ctx, h.DB.Read, s.t.Ask)
		if err != nil {
			return err
		}
		if a.Sees(viewer) {
			s.ask = a
		}
	}
	return nil
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request, v *page.View) error {
	s, err := h.load(r.Context(), v, r.PathValue("thanks"))
	if err != nil {
		return err
	}
	return page.Render(w, r, s.v, thanksPage(s))
}

func (h *Handlers) move(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	move := exchange.ThanksMove(r.PathValue("move"))
	if move != exchange.WithPleasure && move != exchange.Hide && move != exchange.Show {
		return refusal.ErrNotFound()
	}
	s, err := h.load(r.Context(), v, r.PathValue("thanks"))
	if err != nil {
		return err
	}
	if err := h.Exchanges.MoveThanks(r.Context(), v.By(), page.Key(r), s.t.ID, move); err != nil {
		return h.refused(w, r, s.v, err)
	}
	return page.Done(w, r, v, s.path(), "thanks."+string(move))
}

func (h *Handlers) reword(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Words   string `form:"thanks"`
		Version int64  `form:"version"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	s, err := h.load(r.Context(), v, r.PathValue("thanks"))
	if err != nil {
		return err
	}
	err = h.Exchanges.RewordThanks(r.Context(), v.By(), page.Key(r), exchange.Rewording{Thanks: s.t.ID, Version: in.Version, Words: in.Words})
	if err != nil {
		return h.refused(w, r, s.v, err)
	}
	return page.Done(w, r, v, s.path(), "thanks.reworded")
}

// refused shows the page again with what was wrong: beside the field of the form
// that was sent or, where there is no such form any more, on top.
func (h *Handlers) refused(w http.ResponseWriter, r *http.Request, v *page.View, err error) error {
	return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
		s, failed := h.load(r.Context(), v, r.PathValue("thanks"))
		if failed != nil {
			return nil, failed
		}
		if move := strings.TrimPrefix(r.URL.Path, s.path()+"/"); !s.may(exchange.ThanksMove(move)) {
			no, _ := refusal.As(err)
			s.late = &late{words: s.v.Refusal(no), typed: r.PostForm.Get("thanks")}
		}
		return thanksPage(s), nil
	})
}
