// Package circles holds the pages of circles: what is alive in one, its charter
// and people, inviting, hosting, and its talk.
package circles

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/lang"
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

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/circles", page.SignedIn, h.list),
		page.Get("/circles/new", page.SignedIn, h.foundForm),
		page.Post("/circles/new", page.SignedIn, h.found),
		page.Get("/circles/{slug}", page.Member, h.show),
		page.Get("/circles/{slug}/asks", page.Member, h.asks),
		page.Get("/circles/{slug}/thanks", page.Member, h.thanks),
		page.Get("/circles/{slug}/charter", page.Member, h.charter),
		page.Post("/circles/{slug}/charter/agree", page.Member, h.agree),
		page.Get("/circles/{slug}/charter/edit", page.Host, h.charterForm),
		page.Post("/circles/{slug}/charter/edit", page.Host, h.editCharter),
		page.Get("/circles/{slug}/members", page.Member, h.members),
		page.Post("/circles/{slug}/members/{person}/host", page.Host, h.makeHost),
		page.Post("/circles/{slug}/step-down", page.Host, h.stepDown),
		page.Get("/circles/{slug}/settings", page.Host, h.settingsForm),
		page.Post("/circles/{slug}/settings", page.Host, h.saveSettings),
		page.Get("/circles/{slug}/invite", page.Member, h.inviteForm),
		page.Post("/circles/{slug}/invite", page.Member, h.invite),
		page.Get("/circles/{slug}/invite/group", page.Host, h.groupForm),
		page.Post("/circles/{slug}/invite/group", page.Host, h.inviteGroup),
		page.Post("/circles/{slug}/invite/link", page.Host, h.groupLink),
		page.Get("/circles/{slug}/invitations", page.Member, h.invitations),
		page.Get("/circles/{slug}/invitations/{invitation}", page.Member, h.sentInvitation),
		page.Post("/circles/{slug}/invitations/{invitation}/revoke", page.Member, h.revoke),
		page.Get("/circles/{slug}/talk", page.Member, h.talks),
		page.Get("/circles/{slug}/talk/new", page.Member, h.talkForm),
		conversation.Takes(page.Post("/circles/{slug}/talk/new", page.Member, h.talk)),
		page.Get("/talk/{thread}", page.Member, h.thread),
		conversation.Takes(page.Post("/talk/{thread}", page.Member, h.reply)),
	}
}

// inside is a circle as one of its people sees it, in the circle's own form.
type inside struct {
	v        *page.View
	standing circle.Standing
	page     circle.Page
}

// errMoved leads from a name that a circle had to the one that it has.
type errMoved struct{ to string }

func (e errMoved) Error() string { return "moved to " + e.to }

// in loads the circle of a URL for its reader.
func (h *Handlers) in(r *http.Request, v *page.View) (*inside, error) {
	standing, err := h.Circles.Standing(r.Context(), h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	slug := r.PathValue("slug")
	p, err := h.Circles.Page(r.Context(), h.DB.Read, standing, slug)
	if err != nil {
		return nil, err
	}
	if p.Circle.Slug != slug && r.Method == http.MethodGet {
		return nil, errMoved{to: "/circles/" + p.Circle.Slug + r.URL.Path[len("/circles/"+slug):]}
	}
	return &inside{v: v.Speaking(p.Circle.SaysTu()), standing: standing, page: p}, nil
}

// shown renders what make gives for the circle of the URL.
func (h *Handlers) shown(w http.ResponseWriter, r *http.Request, v *page.View, make func(context.Context, *inside) (templ.Component, error)) error {
	in, err := h.in(r, v)
	var moved errMoved
	if errors.As(err, &moved) {
		http.Redirect(w, r, moved.to, http.StatusMovedPermanently)
		return nil
	}
	if err != nil {
		return err
	}
	c, err := make(r.Context(), in)
	if err != nil {
		return err
	}
	return page.Render(w, r, in.v, c)
}

// refused shows the page of a form again, with what was wrong.
func (h *Handlers) refused(w http.ResponseWriter, r *http.Request, v *page.View, err error, make func(context.Context, *inside) (templ.Component, error)) error {
	return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
		in, err := h.in(r, v)
		if err != nil {
			return nil, err
		}
		return make(r.Context(), in)
	})
}

func (h *Handlers) list(w http.ResponseWriter, r *http.Request, v *page.View) error {
	standing, err := h.Circles.Standing(r.Context(), h.DB.Read, v.Person)
	if err != nil {
		return err
	}
	all, err := h.Circles.List(r.Context(), h.DB.Read, standing)
	if err != nil {
		return err
	}
	may, err := h.Circles.MayFound(r.Context(), standing)
	if err != nil {
		return err
	}
	invited, err := h.Circles.InvitationsTo(r.Context(), h.DB.Read, v.Person)
	if err != nil {
		return err
	}
	return page.Render(w, r, v, listPage(v, all, invited, may))
}

func (h *Handlers) foundForm(w http.ResponseWriter, r *http.Request, v *page.View) error {
	c, err := h.foundPage(r.Context(), v)
	if err != nil {
		return err
	}
	return page.Render(w, r, v, c)
}

func (h *Handlers) foundPage(ctx context.Context, v *page.View) (templ.Component, error) {
	standing, err := h.Circles.Standing(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	may, err := h.Circles.MayFound(ctx, standing)
	if err == nil && !may {
		err = refusal.New(refusal.Forbidden, "circle.may_not_found")
	}
	return foundPage(v, standing), err
}

func (h *Handlers) found(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Name     string `form:"name"`
		Slug     string `form:"slug"`
		Purpose  string `form:"purpose"`
		Charter  string `form:"charter"`
		Form     string `form:"form"`
		Language string `form:"language"`
		Parent   string `form:"parent"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	f := circle.Founding{Name: in.Name, Slug: in.Slug, Purpose: in.Purpose, Charter: in.Charter, Form: circle.Form(in.Form), Language: lang.Tag(in.Language)}
	if in.Parent != "" {
		standing, err := h.Circles.Standing(r.Context(), h.DB.Read, v.Person)
		if err != nil {
			return err
		}
		at, ok := standing.BySlug(in.Parent)
		if !ok {
			return refusal.ErrNotFound()
		}
		f.Parent = at.Circle
	}
	made, err := h.Circles.Found(r.Context(), v.By(), page.Key(r), f)
	if err != nil {
		return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) { return h.foundPage(r.Context(), v) })
	}
	return page.Done(w, r, v, "/circles/"+made.Slug, "circle.founded")
}

// alive is what a circle's page shows besides its people.
type alive struct {
	asks    []exchange.Ask
	talks   []thread.Thread
	thanks  []exchange.Thanks
	cards   map[id.Person]person.Card
	figures exchange.Figures
	agreed  int // members who agreed to the charter in force
}

// few is how much of anything a circle's page shows; the rest has a page of its own.
const few = 6

func (h *Handlers) show(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, func(ctx context.Context, in *inside) (templ.Component, error) {
		a, err := h.alive(ctx, in, exchange.Kind(v.Query.Get("kind")))
		return circlePage(in, a), err
	})
}

func (h *Handlers) alive(ctx context.Context, in *inside, kind exchange.Kind) (a alive, err error) {
	viewer, c := in.standing.Viewer(), in.page.Circle
	if !kind.Known() {
		kind = ""
	}
	if a.asks, _, err = h.Exchanges.Asks(ctx, h.DB.Read, viewer, exchange.AskFilter{Circle: c.ID, Kind: kind, Limit: 2 * few}, ""); err != nil {
		return a, err
	}
	if a.talks, _, err = h.Threads.ListIn(ctx, h.DB.Read, viewer, c.ID, circle.KindTalk, ""); err != nil {
		return a, err
	}
	a.talks = a.talks[:min(few, len(a.talks))]
	if a.thanks, _, err = h.Exchanges.ThanksList(ctx, h.DB.Read, viewer, exchange.ThanksFilter{Circle: c.ID, Limit: 4}, ""); err != nil {
		return a, err
	}
	if a.figures, err = h.Exchanges.Figures(ctx, h.DB.Read, c.ID, in.v.Now()); err != nil {
		return a, err
	}
	for _, m := range in.page.Members {
		if m.Agreed == c.Charter {
			a.agreed++
		}
	}
	a.cards, err = h.People.Cards(ctx, h.DB.Read, people(a.asks, a.talks, a.thanks))
	return a, err
}

// people are all whose faces a page needs.
func people(asks []exchange.Ask, talks []thread.Thread, thanks []exchange.Thanks) []id.Person {
	var all []id.Person
	for _, a := range asks {
		all = append(all, a.Author)
	}
	for _, t := range talks {
		all = append(all, t.LastAuthor)
	}
	for _, t := range thanks {
		all = append(all, t.Thanker, t.Giver)
	}
	return all
}

func (h *Handlers) asks(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, func(ctx context.Context, in *inside) (templ.Component, error) {
		ended := v.Query.Get("ended") != ""
		all, next, err := h.Exchanges.Asks(ctx, h.DB.Read, in.standing.Viewer(), exchange.AskFilter{Circle: in.page.Circle.ID, Ended: ended}, exchange.Cursor(v.Query.Get("after")))
		if err != nil {
			return nil, err
		}
		cards, err := h.People.Cards(ctx, h.DB.Read, people(all, nil, nil))
		return asksPage(in, all, cards, ended, older(in, "/asks", string(next), ended)), err
	})
}

func (h *Handlers) thanks(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, func(ctx context.Context, in *inside) (templ.Component, error) {
		all, next, err := h.Exchanges.ThanksList(ctx, h.DB.Read, in.standing.Viewer(), exchange.ThanksFilter{Circle: in.page.Circle.ID}, exchange.Cursor(v.Query.Get("after")))
		if err != nil {
			return nil, err
		}
		cards, err := h.People.Cards(ctx, h.DB.Read, people(nil, nil, all))
		return thanksPage(in, all, cards, older(in, "/thanks", string(next), false)), err
	})
}

// older is the path of the next page of a list, or "".
func older(in *inside, below, cursor string, ended bool) string {
	if cursor == "" {
		return ""
	}
	q := url.Values{"after": {cursor}}
	if ended {
		q.Set("ended", "yes")
	}
	return in.path() + below + "?" + q.Encode()
}

// path is the circle's own page.
func (in *inside) path() string { return "/circles/" + in.page.Circle.Slug }

// alone tells whether nobody else is in the circle yet: then inviting comes first.
func (in *inside) alone() bool { return in.page.Circle.Members < 2 }

// host tells whether the reader is a host.
func (in *inside) host() bool { return in.page.Mine.Role == circle.Host }
