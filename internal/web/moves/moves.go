// Package moves holds the page behind a button in a mail: whose link it is, the
// one move on the one thing, in a sentence, and one button that makes it.
//
// # Rules
//
//  1. Looking does nothing: mail scanners fetch links. The button spends the link
//     in the transaction of what it does (signin.SpendMove as journal.Key.Also).
//  2. No session is asked for and none is opened. Whoever is signed in meanwhile,
//     it is the link's person who acts, by the door mail.
//  3. A link that is used, has expired, or whose move isn't there any more says what
//     became of the thing and where to go on.
//  4. What needs more than one tap isn't done here: the page leads there.
package moves

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/web/page"
)

// Handlers are the pages' handlers with the rooms that they ask.
type Handlers struct {
	DB        *store.DB
	People    *person.Room
	SignIns   *signin.Room
	Circles   *circle.Room
	Threads   *thread.Room
	Exchanges *exchange.Room
}

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/moves/{token}", page.Invited, h.show),
		page.Post("/moves/{token}", page.Invited, h.make),
	}
}

// form is all that the page can send.
type form struct {
	Words   string `form:"words"`
	Thanks  string `form:"thanks"`
	Version int    `form:"version"` // of the charter that was shown
}

// step is what a link does, and what is known of the thing that it does it to.
type step struct {
	v        *page.View
	token    string
	link     signin.MoveLink
	state    signin.State
	who      person.Person
	standing circle.Standing

	words   string // the move, in a sentence: the heading
	button  string // what the button says
	about   string // the thing, by its title
	path    string // and its page
	quote   string // what the other said, in Markdown
	by      person.Card
	charter circle.Charter // to be agreed to
	asks    field          // what may be said with it

	open bool // the move exists now
	more bool // it takes more than one tap: the page leads there
	now  string
	said string // the sentence of what was done, and its names
	args []any

	do func(ctx context.Context, by journal.By, key journal.Key, in form) error
}

// field is what may be said with a move.
type field string

const (
	nothing    field = ""
	wordsToo   field = "words"
	thanksToo  field = "thanks"
	movePrefix       = "/moves/"
)

// ready tells whether the button is there.
func (s *step) ready() bool { return s.state == signin.Open && s.open && !s.more }

// load reads what a token leads to. Nothing is consumed.
func (h *Handlers) load(ctx context.Context, v *page.View, token string) (*step, error) {
	s := &step{token: token, state: signin.Open}
	var err error
	s.link, err = h.SignIns.PeekMove(ctx, token)
	switch {
	case errors.Is(err, signin.ErrLinkUsed()):
		s.state = signin.Used
	case errors.Is(err, signin.ErrLinkExpired()):
		s.state = signin.Expired
	case err != nil:
		return nil, err
	}
	if s.who, err = h.People.Get(ctx, h.DB.Read, s.link.Person); err != nil {
		return nil, err
	}
	if s.who.State != person.Active {
		return nil, signin.ErrLinkWrong()
	}
	if s.standing, err = h.Circles.Standing(ctx, h.DB.Read, s.link.Person); err != nil {
		return nil, err
	}
	s.v = theirs(v, s.who)
	return s, h.thing(ctx, s)
}

// theirs is the page as the link's person reads it: in their language and zone.
func theirs(v *page.View, who person.Person) *page.View {
	c := *v.In(who.Lang())
	if v.Person != who.ID {
		c.Printer = c.Printer.In(who.Location())
	}
	return &c
}

// thing loads what the move is made on.
func (h *Handlers) thing(ctx context.Context, s *step) error {
	room, move, _ := strings.Cut(s.link.Move, ".")
	switch {
	case s.link.Ref.Kind == exchange.KindExchange && room == exchange.KindExchange:
		return h.exchange(ctx, s, exchange.Move(move))
	case s.link.Ref.Kind == exchange.KindAsk && s.link.Move == exchange.KindAsk+"."+string(exchange.Propose):
		return h.ask(ctx, s)
	case s.link.Ref.Kind == exchange.KindThanks && room == exchange.KindThanks:
		return h.thanks(ctx, s, exchange.ThanksMove(move))
	case s.link.Ref.Kind == circle.KindCircle && s.link.Move == circle.MoveAgree:
		return h.charter(ctx, s)
	case s.link.Ref.Kind == circle.KindInvitation && s.link.Move == circle.MoveAccept:
		return h.invitation(ctx, s)
	}
	return signin.ErrLinkWrong()
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request, v *page.View) error {
	s, err := h.load(r.Context(), v, r.PathValue("token"))
	if err != nil {
		return err
	}
	return page.Render(w, r, s.v, movePage(s))
}

func (h *Handlers) make(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in form
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	token := r.PathValue("token")
	s, err := h.load(r.Context(), v, token)
	if err != nil {
		return err
	}
	if !s.ready() { // the page says what became of it
		return page.Done(w, r, v, movePrefix+token, "")
	}
	by := journal.By{Actor: journal.PersonActor(s.link.Person), Door: journal.Mail, Request: v.Request}
	key := page.Key(r)
	key.Also = h.SignIns.SpendMove(token)
	err = s.do(r.Context(), by, key, in)
	switch no, refused := refusal.As(err); {
	case refused && no.Kind == refusal.Expired: // spent by another tap meanwhile
		return page.Done(w, r, v, movePrefix+token, "")
	case err != nil:
		return h.refused(w, r, s.v, err)
	}
	return page.Done(w, r, v, movePrefix+token, s.said)
}

// refused shows the page again: with what was wrong beside its field or, where the
// move is gone, with what became of it.
func (h *Handlers) refused(w http.ResponseWriter, r *http.Request, v *page.View, err error) error {
	return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
		s, failed := h.load(r.Context(), v, r.PathValue("token"))
		if failed != nil {
			return nil, failed
		}
		return movePage(s), nil
	})
}
