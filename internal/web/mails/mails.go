// Package mails holds the pages about mail: what a person wants to hear of and
// how soon, addresses that mail doesn't reach, and the links by which a mail lets
// its reader hear no more.
//
// It is the one page folder that knows a courier: what people chose about their
// mail is notify's own, and no room stands under it.
package mails

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/journal"
	"cordee/internal/notify"
	"cordee/internal/store"
	"cordee/internal/web/page"
)

// Handlers are the pages' handlers with what they ask.
type Handlers struct {
	DB      *store.DB
	Circles *circle.Room
	Courier *notify.Courier
}

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/settings/mail", page.SignedIn, h.form),
		page.Post("/settings/mail", page.SignedIn, h.save),
		page.Get("/unsubscribe/{token}", page.Anyone, h.peek),
		page.Post("/unsubscribe/{token}", page.Anyone, h.stop),
	}
}

// chosen is what somebody reads of one circle.
type chosen struct {
	at     circle.Place
	topics map[notify.Topic]notify.Choice
}

func (h *Handlers) form(w http.ResponseWriter, r *http.Request, v *page.View) error {
	c, err := h.formPage(r.Context(), v)
	if err != nil {
		return err
	}
	return page.Render(w, r, v, c)
}

func (h *Handlers) formPage(ctx context.Context, v *page.View) (templ.Component, error) {
	standing, err := h.Circles.Standing(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	digest, err := h.Courier.Digest(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	preferences, err := h.Courier.Preferences(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	troubles, err := h.Courier.Troubles(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	var all []chosen
	for _, at := range standing.Circles {
		c := chosen{at: at, topics: map[notify.Topic]notify.Choice{}}
		for _, p := range preferences {
			if p.Circle == at.Circle {
				c.topics[p.Topic] = p.Choice
			}
		}
		all = append(all, c)
	}
	return formPage(v, digest, all, troubles), nil
}

func (h *Handlers) save(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Digest string `form:"digest"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	ctx, key := r.Context(), page.Key(r)
	err := h.prefer(ctx, v, key, r)
	if err == nil {
		key.Name += ":digest"
		err = h.Courier.SetDigest(ctx, v.By(), key, in.Digest == "daily")
	}
	if err != nil {
		return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) { return h.formPage(ctx, v) })
	}
	return page.Done(w, r, v, "/settings/mail", "settings.saved")
}

// prefer reads one choice a circle and topic: the field is "slug.topic".
func (h *Handlers) prefer(ctx context.Context, v *page.View, key journal.Key, r *http.Request) error {
	standing, err := h.Circles.Standing(ctx, h.DB.Read, v.Person)
	if err != nil {
		return err
	}
	var all []notify.Preference
	for name := range r.PostForm {
		slug, topic, ok := strings.Cut(name, ".")
		if at, in := standing.BySlug(slug); ok && in {
			all = append(all, notify.Preference{Circle: at.Circle, Topic: notify.Topic(topic), Choice: notify.Choice(r.PostForm.Get(name))})
		}
	}
	return h.Courier.Prefer(ctx, v.By(), key, all)
}

func (h *Handlers) peek(w http.ResponseWriter, r *http.Request, v *page.View) error {
	token := r.PathValue("token")
	s, err := h.Courier.PeekStop(r.Context(), token)
	if err != nil {
		return err
	}
	return page.Render(w, r, v, stopPage(v, token, s))
}

// stop serves the page's button and the one click of a mail program (RFC 8058
// §3.1), which sends neither cookie nor origin.
func (h *Handlers) stop(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := h.Courier.Unsubscribe(r.Context(), r.PathValue("token")); err != nil {
		return err
	}
	return page.Render(w, r, v, stoppedPage(v))
}

// names are the circles that a link speaks of.
func names(s notify.Stop) []string {
	all := make([]string, len(s.From))
	for i, c := range s.From {
		all[i] = c.Name
	}
	return all
}
