package moves

import (
	"context"
	"slices"
	"strings"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/thread"
)

// exchange is a move of an exchange.
func (h *Handlers) exchange(ctx context.Context, s *step, move exchange.Move) error {
	x, err := h.Exchanges.Get(ctx, h.DB.Read, id.As[exchange.Exchange](s.link.Ref.ID))
	if err != nil {
		return err
	}
	me := s.link.Person
	if !x.Has(me) || !slices.Contains(exchange.AllMoves(), move) {
		return refusal.ErrNotFound()
	}
	cards, err := h.People.Cards(ctx, h.DB.Read, x.People())
	if err != nil {
		return err
	}
	other := x.Giver
	if other == me {
		other = x.Receivers[0].Person
	}
	s.speaking(x.Circles)
	s.about, s.path, s.by = x.Title, "/exchanges/"+string(x.Public), cards[other]
	s.words = s.v.T("moves.exchange."+string(move), "Name", s.v.NameOf(s.by))
	s.button = s.v.T("move.exchange." + string(move))
	s.open = slices.Contains(x.Moves(me), move)
	s.now = s.stands(x, cards)
	s.said, s.args = "exchange."+string(move), []any{"Awaited", s.now, "Name", s.v.NameOf(s.by)}
	after, err := x.Apply(move, me, s.v.Now())
	switch no, refused := refusal.As(err); {
	case refused && s.link.UsedAt.IsZero():
		s.now = s.refusal(no, cards)
	case len(after.Confirmed()) > len(x.Confirmed()):
		s.asks, s.said = thanksToo, "exchange."+string(exchange.Confirm)
	}
	if move == exchange.Agree || move == exchange.Decline {
		if err := h.quote(ctx, s, x.Thread, other); err != nil {
			return err
		}
	}
	s.do = func(ctx context.Context, by journal.By, key journal.Key, in form) error {
		return h.Exchanges.Move(ctx, by, key, exchange.Moving{Exchange: x.ID, Move: move, Thanks: in.Thanks})
	}
	return nil
}

// stands says where an exchange stands, and who is awaited.
func (s *step) stands(x exchange.Exchange, cards map[id.Person]person.Card) string {
	var names []string
	key := ""
	for _, a := range x.Awaited() {
		switch {
		case a.Person.IsZero():
		case a.Person == s.link.Person:
			return s.v.T("awaited." + a.Move + ".you")
		case key == "" || key == a.Move:
			key = a.Move
			names = append(names, s.v.NameOf(cards[a.Person]))
		}
	}
	if key == "" {
		return s.v.T("moves.state." + string(x.State()))
	}
	return s.v.T("awaited."+key, "Name", s.v.Names(names, 4))
}

// refusal says why a move isn't there, with the name of whoever was faster.
func (s *step) refusal(no *refusal.Refusal, cards map[id.Person]person.Card) string {
	if who, ok := no.Args["Person"].(id.Person); ok {
		no.Args["Name"] = s.v.NameOf(cards[who])
	}
	return s.v.Refusal(no)
}

// quote shows what the other said first: what one is about to answer.
func (h *Handlers) quote(ctx context.Context, s *step, t thread.ID, other id.Person) error {
	if t.IsZero() {
		return nil
	}
	firsts, err := h.Threads.Firsts(ctx, h.DB.Read, []thread.ID{t})
	if m, ok := firsts[t]; ok && m.Author == other && !m.Deleted() {
		s.quote = m.Words
	}
	return err
}

// ask is the answer "I can help", or "I'd like that".
func (h *Handlers) ask(ctx context.Context, s *step) error {
	a, err := h.Exchanges.GetAsk(ctx, h.DB.Read, id.As[exchange.Ask](s.link.Ref.ID))
	if err != nil {
		return err
	}
	p, err := h.Exchanges.AskPage(ctx, h.DB.Read, s.standing.Viewer(), a.Public)
	if err != nil {
		return err
	}
	cards, err := h.People.Cards(ctx, h.DB.Read, []id.Person{a.Author})
	if err != nil {
		return err
	}
	s.speaking(a.Circles)
	variant := ""
	switch {
	case a.Kind == exchange.Company:
		variant = ".company"
	case a.Want == exchange.ForOffer:
		variant = ".offer"
	}
	s.about, s.path, s.by = a.Title, "/asks/"+string(a.Public), cards[a.Author]
	name := s.v.NameOf(s.by)
	s.words, s.button = s.v.T("moves.ask.propose"+variant, "Name", name), s.v.T("move.exchange.propose"+variant)
	s.open, s.asks = p.MayAnswer, wordsToo
	switch {
	case p.Mine != nil && s.link.UsedAt.IsZero():
		s.now = s.v.T("refusal.exchange.under_way", "Name", name)
	case p.Mine != nil:
		s.now = s.stands(*p.Mine, cards)
	case a.State != exchange.AskOpen:
		s.now = s.v.T("refusal.ask.is_"+string(a.State), "Name", name)
	}
	s.said, s.args = "exchange.proposed", []any{"Awaited", s.now, "Name", name}
	s.do = func(ctx context.Context, by journal.By, key journal.Key, in form) error {
		_, err := h.Exchanges.Propose(ctx, by, key, exchange.Proposing{Ask: a.ID, Words: in.Words})
		return err
	}
	return h.quote(ctx, s, a.Thread, a.Author)
}

// thanks is a word about thanks.
func (h *Handlers) thanks(ctx context.Context, s *step, move exchange.ThanksMove) error {
	which := id.As[exchange.Thanks](s.link.Ref.ID)
	all, err := h.Exchanges.ThanksByID(ctx, h.DB.Read, []exchange.ThanksID{which})
	if err != nil {
		return err
	}
	t, ok := all[which]
	if !ok || !t.Sees(s.standing.Viewer()) || move == exchange.Reword {
		return refusal.ErrNotFound()
	}
	cards, err := h.People.Cards(ctx, h.DB.Read, []id.Person{t.Giver, t.Thanker})
	if err != nil {
		return err
	}
	s.speaking(t.Circles)
	s.path, s.by, s.quote = "/thanks/"+string(t.Public), cards[t.Thanker], t.Words
	name := s.v.NameOf(s.by)
	s.words, s.button = s.v.T("moves.thanks."+string(move), "Name", name), s.v.T("move.thanks."+string(move))
	s.open = slices.Contains(t.Moves(s.link.Person), move)
	s.said, s.args = "thanks."+string(move), []any{"Awaited", "", "Name", name}
	if _, err := t.Apply(move, s.link.Person, s.v.Now()); err != nil && s.link.UsedAt.IsZero() {
		if no, refused := refusal.As(err); refused {
			s.now = s.refusal(no, cards)
		}
	}
	s.do = func(ctx context.Context, by journal.By, key journal.Key, _ form) error {
		return h.Exchanges.MoveThanks(ctx, by, key, t.ID, move)
	}
	return nil
}

// charter is a yes to a charter whose meaning has changed.
func (h *Handlers) charter(ctx context.Context, s *step) error {
	c := id.Circle(s.link.Ref.ID)
	at, in := s.standing.Place(c)
	if !in {
		return refusal.ErrNotFound()
	}
	all, err := h.Circles.Charters(ctx, h.DB.Read, s.standing, c)
	if err != nil {
		return err
	}
	s.speaking([]id.Circle{c})
	s.about, s.path = at.Name, "/circles/"+at.Slug+"/charter"
	s.words, s.button = s.v.T("moves.circle.agree", "Circle", at.Name), s.v.T("move.circle.agree")
	s.open, s.said = at.Agreed < at.Charter, "circle.agreed"
	if s.open && len(all) > 0 {
		s.charter = all[0]
	} else {
		s.now = s.v.T("moves.circle.agreed", "Circle", at.Name)
	}
	s.do = func(ctx context.Context, by journal.By, key journal.Key, in form) error {
		return h.Circles.Agree(ctx, by, key, c, in.Version)
	}
	return nil
}

// invitation is a yes to an invitation: here when the charter is all there is to
// read, on its own page when there are questions.
func (h *Handlers) invitation(ctx context.Context, s *step) error {
	all, err := h.Circles.InvitationsTo(ctx, h.DB.Read, s.link.Person)
	if err != nil {
		return err
	}
	s.words, s.button, s.path = s.v.T("moves.circle.accept"), s.v.T("move.circle.accept"), "/circles"
	s.now, s.said = s.v.T("moves.circle.closed"), "moves.joined"
	i := slices.IndexFunc(all, func(w circle.Welcome) bool { return w.Invitation.ID == id.As[circle.Invitation](s.link.Ref.ID) })
	if i < 0 {
		return nil
	}
	at := circle.Arrival{Public: all[i].Invitation.Public}
	w, err := h.Circles.Welcome(ctx, h.DB.Read, s.link.Person, at)
	if err != nil {
		return err
	}
	s.v = s.v.Speaking(w.Circle.SaysTu())
	s.about, s.path, s.by, s.quote = w.Circle.Name, "/invitations/"+string(w.Invitation.Public), w.Inviter, w.Invitation.Words
	s.words = s.v.T("moves.circle.accept.by", "Name", w.Inviter.Name, "Circle", w.Circle.Name)
	s.open, s.more, s.now, s.charter = w.State == circle.Open, w.Asks, "", w.Charter
	s.do = func(ctx context.Context, by journal.By, key journal.Key, in form) error {
		_, err := h.Circles.Accept(ctx, by, key, circle.Acceptance{Arrival: at, Charter: in.Version, Agreed: true})
		return err
	}
	return nil
}

// speaking says tu where all do of those circles that the link's person is in.
func (s *step) speaking(circles []id.Circle) {
	ours, tu := 0, 0
	for _, at := range s.standing.Circles {
		if !slices.Contains(circles, at.Circle) {
			continue
		}
		if ours++; at.Form == circle.Tu {
			tu++
		}
	}
	s.v = s.v.Speaking(ours > 0 && ours == tu)
}

// became says what has become of a link that does nothing any more.
func (s *step) became() string {
	switch {
	case !s.link.UsedAt.IsZero():
		return s.v.T("moves.used", "Day", s.v.On(s.link.UsedAt))
	case !s.open:
		return s.v.T("moves.moved_on")
	case s.more:
		return s.v.T("moves.more")
	}
	return s.v.T("moves.expired", "Day", s.v.On(s.link.Expires))
}

// title is the page's heading.
func (s *step) title() string {
	if s.ready() || s.more && s.open {
		return s.words
	}
	if !s.link.UsedAt.IsZero() {
		return s.v.T("moves.title.used")
	}
	return s.v.T("moves.title.late")
}

// typed are the words that a form brought that is there no more.
func (s *step) typed(names ...string) []string {
	f := s.v.Form(movePrefix + s.token)
	var all []string
	for _, name := range names {
		if text := strings.TrimSpace(f.Value(name, "")); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// signedOut tells that the page that the link leads to will ask who is there.
func (s *step) signedOut() bool { return s.v.Person != s.link.Person }
