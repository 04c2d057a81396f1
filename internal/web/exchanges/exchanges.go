// Package exchanges holds the pages of what people do for each other: one page for
// each exchange, which says where it stands, who is awaited and what its reader
// may do now; the list of one's own; and the private note "I'd rather not".
//
// The buttons are those of Exchange.Moves and no other. One of them confirms: it
// comes with words of thanks and the choice of who reads them. The others share a
// form, with room for a word that goes into the thread.
//
// # What isn't here
//
// Proposing (web/asks), thanks for something done elsewhere (web/thanks), the page
// behind a button in a mail (web/moves).
package exchanges

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/web/conversation"
	"cordee/internal/web/page"
)

// Handlers are the pages' handlers with the rooms that they ask.
type Handlers struct {
	DB        *store.DB
	People    *person.Room
	Circles   *circle.Room
	Threads   *thread.Room
	Exchanges *exchange.Room
	Talk      *conversation.Handlers
}

// Routes are the pages of this folder. A move is named by the path, or by the
// button that was pressed where the path says "move".
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/exchanges", page.SignedIn, h.list),
		page.Get("/exchanges/{exchange}", page.Member, h.show),
		conversation.Takes(page.Post("/exchanges/{exchange}", page.Member, h.reply)),
		page.Post("/exchanges/{exchange}/{move}", page.Member, h.move),
		page.Post("/people/{person}/rather-not", page.Member, h.ratherNot),
	}
}

// shown is the page of an exchange as its reader gets to see it.
type shown struct {
	v        *page.View
	standing circle.Standing
	x        exchange.ExchangePage
	thread   *conversation.Shown // nil where there is none, or it isn't theirs
	cards    map[id.Person]person.Card
	other    person.Card    // whom the reader faces, if it is one person
	shared   []circle.Place // where the reader's thanks may be read
	rather   bool           // they would rather not, with the other
	message  string         // where the message stands that was the help
	late     *late
}

// late is what the page says on top of what came too late for any of its forms.
type late struct {
	words string
	typed []string
}

func (s *shown) path() string { return "/exchanges/" + string(s.x.Public) }

// part tells whether the reader has a part in it.
func (s *shown) part() bool { return s.x.Has(s.v.Person) }

// load reads the exchange of a public id for its reader.
func (h *Handlers) load(ctx context.Context, v *page.View, public string) (*shown, error) {
	p, err := id.ParsePublic(public)
	if err != nil {
		return nil, refusal.ErrNotFound()
	}
	s := &shown{}
	if s.standing, err = h.Circles.Standing(ctx, h.DB.Read, v.Person); err != nil {
		return nil, err
	}
	if s.x, err = h.Exchanges.ExchangePage(ctx, h.DB.Read, s.standing.Viewer(), p); err != nil {
		return nil, err
	}
	people := append(s.x.People(), s.x.Proposer)
	for _, t := range s.x.Thanks {
		people = append(people, t.Thanker)
	}
	if s.cards, err = h.People.Cards(ctx, h.DB.Read, people); err != nil {
		return nil, err
	}
	if err := h.between(ctx, s, v); err != nil {
		return nil, err
	}
	return s, h.words(ctx, s)
}

// between finds what the reader shares with whom they face, and so how to speak.
func (h *Handlers) between(ctx context.Context, s *shown, v *page.View) error {
	circles := s.x.Circles
	if facing := s.facing(v.Person); !facing.IsZero() {
		theirs, err := h.People.ShownIn(ctx, h.DB.Read, facing)
		if err != nil {
			return err
		}
		s.other = s.cards[facing]
		for _, at := range s.standing.Circles {
			if slices.Contains(theirs, at.Circle) {
				s.shared = append(s.shared, at)
			}
		}
		if len(circles) == 0 {
			circles = theirs
		}
		rather, err := h.Exchanges.RatherNots(ctx, h.DB.Read, v.Person)
		if err != nil {
			return err
		}
		s.rather = slices.Contains(rather, facing)
	}
	s.v = speaking(v, s.standing, circles)
	return nil
}

// facing is whom a person faces: the giver, or for the giver the one receiver;
// the zero person when there are several, or they have no part in it.
func (s *shown) facing(p id.Person) id.Person {
	switch {
	case !s.x.Has(p):
		return id.Person{}
	case p != s.x.Giver:
		return s.x.Giver
	case len(s.x.Receivers) == 1:
		return s.x.Receivers[0].Person
	}
	return id.Person{}
}

// words loads the thread, for those who read it, and the place of the message that
// was the help.
func (h *Handlers) words(ctx context.Context, s *shown) error {
	if !s.x.Message.IsZero() && s.x.OfAsk != nil {
		to, err := h.Talk.Landing(ctx, "/asks/"+string(s.x.OfAsk.Public), s.x.Message)
		if err != nil {
			return err
		}
		s.message = to
	}
	if s.x.Thread.IsZero() {
		return nil
	}
	t, err := h.Threads.Get(ctx, h.DB.Read, s.x.Thread)
	if err != nil || !t.Sees(s.standing.Viewer()) {
		return err
	}
	s.thread, err = h.Talk.Load(ctx, s.v, s.standing.Viewer(), t, s.path())
	return err
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request, v *page.View) error {
	s, err := h.load(r.Context(), v, r.PathValue("exchange"))
	if err != nil {
		return err
	}
	return page.Render(w, r, s.v, exchangePage(s))
}

func (h *Handlers) reply(w http.ResponseWriter, r *http.Request, v *page.View) error {
	s, err := h.load(r.Context(), v, r.PathValue("exchange"))
	if err != nil {
		return err
	}
	if s.thread == nil {
		return refusal.ErrNotFound()
	}
	posted, err := h.Talk.Answer(r, v, s.standing.Viewer(), s.x.Thread)
	if err != nil {
		return h.refused(w, r, s.v, err)
	}
	to, err := h.Talk.Landing(r.Context(), s.path(), posted.Message)
	if err != nil {
		return err
	}
	return page.Done(w, r, v, to, "")
}

func (h *Handlers) move(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Move    exchange.Move `form:"move"`
		Words   string        `form:"words"`
		Thanks  string        `form:"thanks"`
		Circles []string      `form:"circles"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	if path := r.PathValue("move"); path != "move" {
		in.Move = exchange.Move(path)
	}
	s, err := h.load(r.Context(), v, r.PathValue("exchange"))
	if err == nil && !slices.Contains(exchange.AllMoves(), in.Move) {
		err = refusal.ErrNotFound()
	}
	if err != nil {
		return err
	}
	circles, err := circlesOf(s.standing, in.Circles)
	if err == nil {
		err = h.Exchanges.Move(r.Context(), v.By(), page.Key(r), exchange.Moving{Exchange: s.x.ID, Move: in.Move, Words: in.Words, Thanks: in.Thanks, Circles: circles})
	}
	if err != nil {
		return h.refused(w, r, s.v, err)
	}
	return page.Done(w, r, v, s.path(), "exchange."+string(s.told(in.Move)))
}

// told is the move that the sentence of what was done speaks of: who receives and
// says that it is done has confirmed.
func (s *shown) told(m exchange.Move) exchange.Move {
	if m == s.confirming() {
		return exchange.Confirm
	}
	return m
}

// refused shows the page again with what was wrong: beside the field of the form
// that was sent or, where there is no such form any more, on top.
func (h *Handlers) refused(w http.ResponseWriter, r *http.Request, v *page.View, err error) error {
	return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
		s, failed := h.load(r.Context(), v, r.PathValue("exchange"))
		if failed != nil {
			return nil, failed
		}
		if !slices.Contains(s.forms(), r.URL.Path) {
			no, _ := refusal.As(err)
			s.late = &late{words: s.v.Refusal(no)}
			for _, name := range []string{"words", "thanks"} {
				if text := r.PostForm.Get(name); text != "" {
					s.late.typed = append(s.late.typed, text)
				}
			}
		}
		return exchangePage(s), nil
	})
}

// mine are the reader's exchanges.
type mine struct {
	v    *page.View
	now  []*shown // under way
	done []*shown // confirmed
	next string
}

func (h *Handlers) list(w http.ResponseWriter, r *http.Request, v *page.View) error {
	ctx := r.Context()
	standing, err := h.Circles.Standing(ctx, h.DB.Read, v.Person)
	if err != nil {
		return err
	}
	after := exchange.Cursor(v.Query.Get("after"))
	var now []exchange.Exchange
	if after == "" {
		if now, _, err = h.Exchanges.Exchanges(ctx, h.DB.Read, standing.Viewer(), exchange.ExchangeFilter{Person: v.Person, UnderWay: true}, ""); err != nil {
			return err
		}
	}
	done, next, err := h.Exchanges.Exchanges(ctx, h.DB.Read, standing.Viewer(), exchange.ExchangeFilter{Person: v.Person}, after)
	if err != nil {
		return err
	}
	m, err := h.mine(ctx, v, standing, now, done)
	if err != nil {
		return err
	}
	if next != "" {
		m.next = "/exchanges?after=" + url.QueryEscape(string(next))
	}
	return page.Render(w, r, m.v, listPage(m))
}

// mine loads the faces of a list, all at once.
func (h *Handlers) mine(ctx context.Context, v *page.View, standing circle.Standing, now, done []exchange.Exchange) (*mine, error) {
	var people []id.Person
	var everywhere []id.Circle
	for _, x := range append(slices.Clone(now), done...) {
		people = append(append(people, x.Proposer), x.People()...)
	}
	for _, at := range standing.Circles {
		everywhere = append(everywhere, at.Circle)
	}
	cards, err := h.People.Cards(ctx, h.DB.Read, people)
	m := &mine{v: speaking(v, standing, everywhere)}
	rows := func(all []exchange.Exchange) []*shown {
		var out []*shown
		for _, x := range all {
			out = append(out, &shown{v: m.v, standing: standing, cards: cards, x: exchange.ExchangePage{Exchange: x}})
		}
		return out
	}
	m.now, m.done = rows(now), rows(done)
	return m, err
}

func (h *Handlers) ratherNot(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		On   bool   `form:"on"`
		Back string `form:"back"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	public, err := id.ParsePublic(r.PathValue("person"))
	if err != nil {
		return refusal.ErrNotFound()
	}
	standing, err := h.Circles.Standing(r.Context(), h.DB.Read, v.Person)
	if err != nil {
		return err
	}
	other, err := h.People.See(r.Context(), h.DB.Read, standing.Viewer(), public)
	if err != nil {
		return err
	}
	if err := h.Exchanges.RatherNot(r.Context(), v.By(), page.Key(r), other.ID, in.On); err != nil {
		return err
	}
	said := "rather_not.unset"
	if in.On {
		said = "rather_not.set"
	}
	back := "/people/" + string(other.Public)
	if in.Back != "" {
		back = page.Local(in.Back)
	}
	return page.Done(w, r, v, back, said)
}

// circlesOf are the circles of slugs; one that isn't the reader's doesn't exist
// for them.
func circlesOf(s circle.Standing, slugs []string) ([]id.Circle, error) {
	var out []id.Circle
	for _, slug := range slugs {
		at, ok := s.BySlug(slug)
		if !ok {
			return nil, refusal.New(refusal.Invalid, "ask.not_your_circle").On("circles")
		}
		out = append(out, at.Circle)
	}
	return out, nil
}

// speaking gives the view that says tu where all do of those circles that the
// reader is in.
func speaking(v *page.View, s circle.Standing, circles []id.Circle) *page.View {
	ours, tu := 0, 0
	for _, at := range s.Circles {
		if !slices.Contains(circles, at.Circle) {
			continue
		}
		if ours++; at.Form == circle.Tu {
			tu++
		}
	}
	return v.Speaking(ours > 0 && ours == tu)
}
