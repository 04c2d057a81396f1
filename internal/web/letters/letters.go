// Package letters holds the private threads between two members: the list, one
// thread, and writing to somebody.
package letters

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/web/conversation"
	"cordee/internal/web/page"
)

// Handlers are the pages' handlers with the rooms that they ask.
type Handlers struct {
	DB      *store.DB
	People  *person.Room
	Circles *circle.Room
	Threads *thread.Room
	Talk    *conversation.Handlers
}

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/letters", page.SignedIn, h.list),
		page.Get("/letters/new", page.SignedIn, h.form),
		conversation.Takes(page.Post("/letters/new", page.SignedIn, h.write)),
		page.Get("/letters/{thread}", page.Member, h.show),
		conversation.Takes(page.Post("/letters/{thread}", page.Member, h.reply)),
	}
}

// with is the other one of a letter.
func with(t thread.Thread, me id.Person) id.Person {
	for _, p := range t.Audience.Persons {
		if p != me {
			return p
		}
	}
	return me
}

func (h *Handlers) list(w http.ResponseWriter, r *http.Request, v *page.View) error {
	ctx := r.Context()
	all, next, err := h.Threads.ListWith(ctx, h.DB.Read, journal.Viewer{Person: v.Person}, circle.KindLetter, thread.Cursor(v.Query.Get("after")))
	if err != nil {
		return err
	}
	var ids []id.Person
	for _, t := range all {
		ids = append(ids, with(t, v.Person))
	}
	cards, err := h.People.Cards(ctx, h.DB.Read, ids)
	if err != nil {
		return err
	}
	older := ""
	if next != "" {
		older = "/letters?after=" + url.QueryEscape(string(next))
	}
	return page.Render(w, r, v, listPage(v, all, cards, older))
}

func (h *Handlers) form(w http.ResponseWriter, r *http.Request, v *page.View) error {
	c, err := h.formPage(r.Context(), v, v.Query.Get("to"))
	if err != nil {
		return err
	}
	return page.Render(w, r, v, c)
}

// formPage asks for the words, and for whom when nobody was chosen.
func (h *Handlers) formPage(ctx context.Context, v *page.View, to string) (templ.Component, error) {
	standing, err := h.Circles.Standing(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	if public, err := id.ParsePublic(to); err == nil {
		p, err := h.People.See(ctx, h.DB.Read, standing.Viewer(), public)
		if err != nil {
			return nil, err
		}
		card := p.Card()
		return formPage(v, &card, nil), nil
	}
	known, err := h.known(ctx, standing)
	return formPage(v, nil, known), err
}

// known are the people that the reader may write to.
func (h *Handlers) known(ctx context.Context, standing circle.Standing) ([]person.Card, error) {
	var ids []id.Person
	seen := map[id.Person]bool{standing.Person: true}
	for _, at := range standing.Circles {
		members, err := h.Circles.Members(ctx, h.DB.Read, at.Circle)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if !seen[m.Person] {
				seen[m.Person] = true
				ids = append(ids, m.Person)
			}
		}
	}
	cards, err := h.People.Cards(ctx, h.DB.Read, ids)
	if err != nil {
		return nil, err
	}
	all := make([]person.Card, 0, len(ids))
	for _, p := range ids {
		all = append(all, cards[p])
	}
	return all, nil
}

func (h *Handlers) write(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		conversation.Draft
		To    string `form:"to"`
		Title string `form:"title"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	wrote, err := h.send(r, v, in.To, in.Title, in.Draft)
	if err != nil {
		return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) { return h.formPage(r.Context(), v, in.To) })
	}
	return page.Done(w, r, v, "/letters/"+string(wrote.Public), "letter.sent")
}

func (h *Handlers) send(r *http.Request, v *page.View, to, title string, d conversation.Draft) (circle.Wrote, error) {
	ctx := r.Context()
	public, err := id.ParsePublic(to)
	if err != nil {
		return circle.Wrote{}, refusal.New(refusal.Invalid, "letter.to_whom").On("to")
	}
	who, err := h.Talk.Viewer(ctx, v)
	if err != nil {
		return circle.Wrote{}, err
	}
	p, err := h.People.See(ctx, h.DB.Read, who, public)
	if err != nil {
		return circle.Wrote{}, err
	}
	files, err := h.Talk.Attachments(ctx, d.Files)
	if err != nil {
		return circle.Wrote{}, err
	}
	return h.Circles.Letter(ctx, v.By(), page.Key(r), circle.LetterInput{To: p.ID, Title: title, Words: d.Words, Attachments: files})
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request, v *page.View) error {
	c, err := h.showPage(r, v)
	if err != nil {
		return err
	}
	return page.Render(w, r, v, c)
}

// letter loads the thread of a URL for its reader.
func (h *Handlers) letter(r *http.Request, v *page.View) (thread.Thread, journal.Viewer, error) {
	public, err := id.ParsePublic(r.PathValue("thread"))
	if err != nil {
		return thread.Thread{}, journal.Viewer{}, refusal.ErrNotFound()
	}
	who, err := h.Talk.Viewer(r.Context(), v)
	if err != nil {
		return thread.Thread{}, who, err
	}
	t, err := h.Threads.ByPublic(r.Context(), h.DB.Read, who, public)
	if err == nil && t.Subject.Kind != circle.KindLetter {
		err = refusal.ErrNotFound()
	}
	return t, who, err
}

func (h *Handlers) showPage(r *http.Request, v *page.View) (templ.Component, error) {
	t, who, err := h.letter(r, v)
	if err != nil {
		return nil, err
	}
	other := with(t, v.Person)
	cards, err := h.People.Cards(r.Context(), h.DB.Read, []id.Person{other})
	if err != nil {
		return nil, err
	}
	s, err := h.Talk.Load(r.Context(), v, who, t, "/letters/"+string(t.Public))
	return letterPage(v, s, cards[other]), err
}

func (h *Handlers) reply(w http.ResponseWriter, r *http.Request, v *page.View) error {
	t, who, err := h.letter(r, v)
	if err != nil {
		return err
	}
	posted, err := h.Talk.Answer(r, v, who, t.ID)
	if err != nil {
		return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) { return h.showPage(r, v) })
	}
	to, err := h.Talk.Landing(r.Context(), "/letters/"+string(t.Public), posted.Message)
	if err != nil {
		return err
	}
	return page.Done(w, r, v, to, "")
}
