// Package welcome holds the pages of those who aren't in yet: the set-up link,
// signing in, proving an address, and invitations.
//
// Nothing here is shown to be clever about who has an account: asking for a link
// gets the same page whoever asks, and every link shows whose it is and one
// button, so that a scanner which fetches it does no harm.
package welcome

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/server"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/web/page"
)

// Handlers are the pages' handlers with the rooms that they ask.
type Handlers struct {
	DB      *store.DB
	Server  *server.Room
	People  *person.Room
	SignIns *signin.Room
	Circles *circle.Room
}

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/sign-in", page.Anyone, h.askForm),
		page.Post("/sign-in", page.Anyone, h.ask),
		page.Get("/sign-in/sent", page.Anyone, h.sent),
		page.Get("/sign-in/{token}", page.Anyone, h.signInPage),
		page.Post("/sign-in/{token}", page.Anyone, h.signIn),
		page.Get("/addresses/{token}", page.Anyone, h.proofPage),
		page.Post("/addresses/{token}", page.Anyone, h.prove),
		page.Get("/set-up/{token}", page.Anyone, h.setUpForm),
		page.Post("/set-up/{token}", page.Anyone, h.setUp),
		page.Get("/invitations/{token}", page.Invited, h.invitation),
		page.Post("/invitations/{token}", page.Invited, h.accept),
		page.Post("/invitations/{token}/decline", page.Invited, h.decline),
		page.Get("/invitations/{token}/declined", page.Invited, h.declined),
	}
}

func (h *Handlers) askForm(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if v.SignedIn() {
		http.Redirect(w, r, page.Local(v.Query.Get("next")), http.StatusSeeOther)
		return nil
	}
	c, err := h.askPage(r.Context(), v)
	if err != nil {
		return err
	}
	return page.Render(w, r, v, c)
}

func (h *Handlers) askPage(ctx context.Context, v *page.View) (templ.Component, error) {
	mail, err := h.Server.Mail(ctx)
	if err != nil {
		return nil, err
	}
	return askPage(v, mail.On()), nil
}

func (h *Handlers) ask(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Address string `form:"address"`
		Next    string `form:"next"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	err := h.SignIns.AskLink(r.Context(), v.ByGuest("sign-in"), page.Key(r),
		signin.Ask{Address: in.Address, Language: v.Lang(), From: v.Client, Next: page.Local(in.Next)})
	if err != nil {
		return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) { return h.askPage(r.Context(), v) })
	}
	return page.Done(w, r, v, "/sign-in/sent", "")
}

func (h *Handlers) sent(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return page.Render(w, r, v, sentPage(v))
}

func (h *Handlers) signInPage(w http.ResponseWriter, r *http.Request, v *page.View) error {
	token := r.PathValue("token")
	shown, err := h.SignIns.ShowSignIn(r.Context(), token)
	if no, ok := refusal.As(err); ok {
		if v.SignedIn() { // an old link, and already in: nothing to complain about
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return nil
		}
		return page.RenderProblem(w, r, v, no)
	} else if err != nil {
		return err
	}
	v = v.In(shown.Lang)
	return page.Render(w, r, v, signInPage(v, token, shown))
}

func (h *Handlers) signIn(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	in, err := h.SignIns.SignIn(r.Context(), v.ByGuest("sign-in"), page.Key(r), r.PathValue("token"), r.UserAgent())
	if err != nil {
		return err
	}
	v.KeepSession(w, in.Cookie, in.Session.Until())
	return page.Done(w, r, v, page.Local(in.Next), "")
}

func (h *Handlers) proofPage(w http.ResponseWriter, r *http.Request, v *page.View) error {
	token := r.PathValue("token")
	shown, err := h.SignIns.ShowProof(r.Context(), token)
	if err != nil {
		return err
	}
	v = v.In(shown.Lang)
	return page.Render(w, r, v, proofPage(v, token, shown))
}

func (h *Handlers) prove(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	here := id.As[signin.Session](v.Session.ID)
	if err := h.SignIns.Prove(r.Context(), v.ByGuest("proof"), page.Key(r), r.PathValue("token"), here); err != nil {
		return err
	}
	if v.SignedIn() {
		return page.Done(w, r, v, "/settings/addresses", "address.proved")
	}
	return page.Done(w, r, v, "/sign-in", "address.proved")
}

// newcomer is what the forms of set-up and invitation ask of who isn't known here.
type newcomer struct {
	Name     string `form:"name"`
	Address  string `form:"address"`
	Language string `form:"language"`
	Zone     string `form:"zone"`
}

func (n newcomer) person(v *page.View) person.Newcomer {
	tag, ok := lang.Parse(n.Language)
	if !ok {
		tag = v.Lang()
	}
	return person.Newcomer{Name: n.Name, Languages: []lang.Tag{tag}, Zone: n.Zone, Address: n.Address}
}

// enter gives the browser its session and goes on.
func enter(w http.ResponseWriter, r *http.Request, v *page.View, in signin.Entered, path, said string) error {
	v.KeepSession(w, in.Cookie, in.Session.Until())
	return page.Done(w, r, v, path, said)
}
