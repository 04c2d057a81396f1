// Package servers holds the operator's page: who may found circles, the mailbox
// that Cordée sends by, how mail is doing. To anybody else it doesn't exist.
package servers

import (
	"context"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/lang"
	"cordee/internal/notify"
	"cordee/internal/person"
	"cordee/internal/post"
	"cordee/internal/refusal"
	"cordee/internal/server"
	"cordee/internal/store"
	"cordee/internal/web/page"
)

// Handlers are the pages' handlers with what they ask.
type Handlers struct {
	DB      *store.DB
	Server  *server.Room
	People  *person.Room
	Circles *circle.Room
	Courier *notify.Courier
}

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/server", page.Operator, h.guard(h.show)),
		page.Post("/server", page.Operator, h.guard(h.save)),
		page.Post("/server/mail", page.Operator, h.guard(h.saveMail)),
		page.Post("/server/mail/test", page.Operator, h.guard(h.test)),
		page.Get("/server/claim/{slug}", page.Operator, h.guard(h.claimForm)),
		page.Post("/server/claim/{slug}", page.Operator, h.guard(h.claim)),
	}
}

// state is what the page says.
type state struct {
	server  server.Server
	mail    server.MailSettings
	news    notify.Overview
	counts  map[person.State]int
	waiting []circle.Circle // circles that nobody has claimed
	failure []string        // what a test mail met
}

// guard refuses everybody but operators as if there were no such page, before
// anything else: what is refused shows the page again, with all that it says.
func (h *Handlers) guard(then page.Handler) page.Handler {
	return func(w http.ResponseWriter, r *http.Request, v *page.View) error {
		ok, err := h.Server.Operator(r.Context(), h.DB.Read, v.Person)
		switch {
		case err != nil:
			return err
		case !ok:
			return refusal.ErrNotFound()
		}
		return then(w, r, v)
	}
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request, v *page.View) error {
	s, err := h.state(r.Context())
	if err != nil {
		return err
	}
	return page.Render(w, r, v, serverPage(v, s))
}

func (h *Handlers) state(ctx context.Context) (s state, err error) {
	if s.server, err = h.Server.Get(ctx, h.DB.Read); err != nil {
		return s, err
	}
	if s.mail, err = h.Server.Mail(ctx); err != nil {
		return s, err
	}
	if s.news, err = h.Courier.Overview(ctx, h.DB.Read); err != nil {
		return s, err
	}
	if s.counts, err = h.People.Counts(ctx, h.DB.Read); err != nil {
		return s, err
	}
	s.waiting, err = h.Circles.Unclaimed(ctx, h.DB.Read)
	return s, err
}

// again shows the page with what was refused.
func (h *Handlers) again(w http.ResponseWriter, r *http.Request, v *page.View, err error) error {
	return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
		s, err := h.state(r.Context())
		return serverPage(v, s), err
	})
}

func (h *Handlers) save(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Name     string `form:"name"`
		Founding string `form:"founding"`
		Version  string `form:"version"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	version, _ := strconv.ParseInt(in.Version, 10, 64)
	if err := h.Server.Edit(r.Context(), v.By(), page.Key(r), version, server.Edit{Name: in.Name, Founding: server.Founding(in.Founding)}); err != nil {
		return h.again(w, r, v, err)
	}
	return page.Done(w, r, v, "/server", "settings.saved")
}

func (h *Handlers) saveMail(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Version  string `form:"version"`
		Host     string `form:"host"`
		Port     int    `form:"port"`
		Security string `form:"security"`
		Username string `form:"username"`
		Password string `form:"password"`
		From     string `form:"from"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	version, _ := strconv.ParseInt(in.Version, 10, 64)
	err := h.Server.SaveMail(r.Context(), v.By(), page.Key(r), server.MailSettings{
		Version: version, Host: in.Host, Port: in.Port, Security: server.Security(in.Security),
		Username: in.Username, Password: in.Password, From: in.From,
	})
	if err != nil {
		return h.again(w, r, v, err)
	}
	return page.Done(w, r, v, "/server", "server.mail_saved")
}

// test sends a mail to the operator by the settings that are kept, and says what
// it met.
func (h *Handlers) test(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	s, err := h.state(r.Context())
	if err != nil {
		return err
	}
	if failed := h.send(r.Context(), v, s.mail); failed != nil {
		s.failure = post.AsFailure(failed).Say(v.Printer, notify.Settings(s.mail))
		return page.Render(w, r, v, serverPage(v, s))
	}
	if err := h.Server.MailTested(r.Context(), s.mail.Version); err != nil {
		return err
	}
	return page.Done(w, r, v, "/server", "server.mail_tested")
}

func (h *Handlers) send(ctx context.Context, v *page.View, m server.MailSettings) error {
	all, err := h.People.Addresses(ctx, h.DB.Read, v.Person)
	if err != nil || len(all) == 0 {
		return err
	}
	settings := notify.Settings(m)
	mail, err := post.Compose(post.TestLetter(v.Printer, settings, all[0].Address, v.FormKey()+"@"+v.Host()))
	if err != nil {
		return err
	}
	return post.Test(ctx, settings, mail)
}

func (h *Handlers) claimForm(w http.ResponseWriter, r *http.Request, v *page.View) error {
	c, err := h.unclaimed(r)
	if err != nil {
		return err
	}
	return page.Render(w, r, v, claimPage(v, c))
}

func (h *Handlers) unclaimed(r *http.Request) (circle.Circle, error) {
	all, err := h.Circles.Unclaimed(r.Context(), h.DB.Read)
	if err != nil {
		return circle.Circle{}, err
	}
	for _, c := range all {
		if c.Slug == r.PathValue("slug") {
			return c, nil
		}
	}
	return circle.Circle{}, refusal.ErrNotFound()
}

func (h *Handlers) claim(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Name     string `form:"name"`
		Purpose  string `form:"purpose"`
		Charter  string `form:"charter"`
		Form     string `form:"form"`
		Language string `form:"language"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	c, ok, err := h.Circles.WithSlug(r.Context(), h.DB.Read, r.PathValue("slug"))
	if err == nil && !ok {
		err = refusal.ErrNotFound()
	}
	if err != nil {
		return err
	}
	made, err := h.Circles.Claim(r.Context(), v.By(), page.Key(r), c.ID, circle.Founding{
		Name: in.Name, Purpose: in.Purpose, Charter: in.Charter, Form: circle.Form(in.Form), Language: lang.Tag(in.Language),
	})
	if err != nil && c.Claimed { // by somebody whose circle is nobody else's to know of
		return refusal.ErrNotFound()
	}
	if err != nil {
		return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) { return claimPage(v, c), nil })
	}
	return page.Done(w, r, v, "/circles/"+made.Slug, "circle.founded")
}
