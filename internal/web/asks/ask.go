package asks

import (
	"context"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/thread"
	"cordee/internal/web/conversation"
	"cordee/internal/web/page"
)

// shown is the page of an ask or an offer as its reader gets to see it.
type shown struct {
	v        *page.View
	standing circle.Standing
	ask      exchange.AskPage
	thread   *conversation.Shown
	cards    map[id.Person]person.Card
	figures  exchange.Figures
	others   []person.Card  // whom its author may ask, or offer it to
	shared   []circle.Place // where thanks may be read
	late     *late
}

// late is what the page says on top of what came too late for any of its forms.
type late struct {
	words string
	typed []string
}

func (s *shown) path() string { return "/asks/" + string(s.ask.Public) }

// mine tells whether the reader is its author.
func (s *shown) mine() bool { return s.ask.Author == s.v.Person }

func (s *shown) may(move exchange.AskMove) bool { return slices.Contains(s.ask.Moves, move) }

// answers tells whether there is a form to answer: what is past is left alone.
func (s *shown) answers() bool { return s.thread.MayPost && !s.ask.Past }

// proposes tells whether its author may put it to somebody.
func (s *shown) proposes() bool {
	return s.mine() && s.ask.State == exchange.AskOpen && len(s.others) > 0
}

// several tells whether its author may put it to several people at once.
func (s *shown) several() bool {
	return s.ask.Want == exchange.ForOffer || s.ask.Kind == exchange.Company
}

// mayThank tells whether a message can be thanked in one tap: on one's own ask,
// once a person.
func (s *shown) mayThank(m thread.Message) bool {
	if !s.mine() || s.ask.Want != exchange.ForAsk || s.ask.Past || m.Author == s.v.Person || m.Deleted() {
		return false
	}
	return !slices.ContainsFunc(s.ask.Exchanges, func(x exchange.Exchange) bool {
		return len(x.Confirmed()) > 0 && x.Has(m.Author)
	})
}

// forms are the paths of the forms that the page shows.
func (s *shown) forms() []string {
	var all []string
	if s.answers() {
		all = append(all, s.path()+"/answer")
	}
	if s.ask.MayAnswer || s.proposes() {
		all = append(all, s.path()+"/propose")
	}
	for _, m := range s.ask.Moves {
		if m != exchange.AskSettle { // a page of its own
			all = append(all, s.path()+"/"+string(m))
		}
	}
	for _, m := range s.thread.Messages {
		if s.mayThank(m) {
			all = append(all, thankPath(m))
		}
	}
	return all
}

// load reads the ask of a public id for its reader.
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
	if s.ask, err = h.Exchanges.AskPage(ctx, h.DB.Read, standing.Viewer(), p); err != nil {
		return nil, err
	}
	circles, err := h.between(ctx, s)
	if err != nil {
		return nil, err
	}
	s.v = speaking(v, standing, circles)
	for _, at := range standing.Circles {
		if slices.Contains(circles, at.Circle) {
			s.shared = append(s.shared, at)
		}
	}
	return s, h.fill(ctx, s)
}

// between are the circles in which it was asked, or that the two people share.
func (h *Handlers) between(ctx context.Context, s *shown) ([]id.Circle, error) {
	other := s.ask.To
	switch {
	case other.IsZero():
		return s.ask.Circles, nil
	case other == s.standing.Person:
		other = s.ask.Author
	}
	return h.People.ShownIn(ctx, h.DB.Read, other)
}

// fill loads the thread, the faces and what stands beside.
func (h *Handlers) fill(ctx context.Context, s *shown) error {
	t, err := h.Threads.Get(ctx, h.DB.Read, s.ask.Thread)
	if err != nil {
		return err
	}
	if s.thread, err = h.Talk.Load(ctx, s.v, s.standing.Viewer(), t, s.path()); err != nil {
		return err
	}
	if s.cards, err = h.People.Cards(ctx, h.DB.Read, s.people()); err != nil {
		return err
	}
	s.thread.Extra = s.extra
	s.thread.Thanked = s.thanked()
	if s.mine() && s.ask.State == exchange.AskOpen {
		if s.others, err = h.others(ctx, s); err != nil {
			return err
		}
	}
	if len(s.shared) == 0 || s.ask.Past || s.ask.Want != exchange.ForAsk {
		return nil
	}
	s.figures, err = h.Exchanges.Figures(ctx, h.DB.Read, s.shared[0].Circle, s.v.Now())
	return err
}

// people are all whose names the page says.
func (s *shown) people() []id.Person {
	all := []id.Person{s.ask.Author, s.ask.To}
	for _, x := range s.ask.Exchanges {
		all = append(append(all, x.Proposer), x.People()...)
	}
	for _, t := range s.ask.Thanks {
		all = append(all, t.Thanker, t.Giver)
	}
	return all
}

// others are the people who see the ask and whom its author could put it to:
// nobody with whom something is under way on it, and nobody they would rather not.
func (h *Handlers) others(ctx context.Context, s *shown) ([]person.Card, error) {
	ids := []id.Person{s.ask.To}
	for _, at := range s.shared {
		if !s.ask.To.IsZero() {
			break
		}
		members, err := h.Circles.Members(ctx, h.DB.Read, at.Circle)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			ids = append(ids, m.Person)
		}
	}
	without, err := h.Exchanges.RatherNots(ctx, h.DB.Read, s.v.Person)
	if err != nil {
		return nil, err
	}
	without = append(without, s.v.Person)
	for _, x := range s.ask.Exchanges {
		if x.UnderWay() {
			without = append(without, x.People()...)
		}
	}
	ids = slices.DeleteFunc(ids, func(p id.Person) bool { return p.IsZero() || slices.Contains(without, p) })
	cards, err := h.People.Cards(ctx, h.DB.Read, ids)
	return byName(cards), err
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request, v *page.View) error {
	s, err := h.load(r.Context(), v, r.PathValue("ask"))
	if err != nil {
		return err
	}
	return page.Render(w, r, s.v, askPage(s))
}

// refused shows the page again with what was wrong: beside the field of the form
// that was sent or, where there is no such form any more, on top.
func (h *Handlers) refused(w http.ResponseWriter, r *http.Request, v *page.View, public string, err error) error {
	return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
		s, failed := h.load(r.Context(), v, public)
		if failed != nil {
			return nil, failed
		}
		if !slices.Contains(s.forms(), r.URL.Path) {
			s.late = lateFor(s.v, r, err)
		}
		return askPage(s), nil
	})
}

func lateFor(v *page.View, r *http.Request, err error) *late {
	no, _ := refusal.As(err)
	l := &late{words: v.Refusal(no)}
	for _, name := range []string{"words", "thanks", "outcome"} {
		if text := r.PostForm.Get(name); text != "" {
			l.typed = append(l.typed, text)
		}
	}
	return l
}
