package circles

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/refusal"
	"cordee/internal/thread"
	"cordee/internal/web/conversation"
	"cordee/internal/web/page"
)

func (h *Handlers) talks(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, func(ctx context.Context, in *inside) (templ.Component, error) {
		all, next, err := h.Threads.ListIn(ctx, h.DB.Read, in.standing.Viewer(), in.page.Circle.ID, circle.KindTalk, thread.Cursor(v.Query.Get("after")))
		if err != nil {
			return nil, err
		}
		cards, err := h.People.Cards(ctx, h.DB.Read, people(nil, all, nil))
		return talksPage(in, all, cards, older(in, "/talk", string(next), false)), err
	})
}

func (h *Handlers) talkForm(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, newTalk)
}

func newTalk(_ context.Context, in *inside) (templ.Component, error) { return talkForm(in), nil }

func (h *Handlers) talk(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var form struct {
		conversation.Draft
		Title string `form:"title"`
	}
	if err := page.Decode(r, &form); err != nil {
		return err
	}
	in, err := h.in(r, v)
	if err != nil {
		return err
	}
	files, err := h.Talk.Attachments(r.Context(), form.Files)
	var wrote circle.Wrote
	if err == nil {
		wrote, err = h.Circles.Talk(r.Context(), v.By(), page.Key(r), circle.TalkInput{Circle: in.page.Circle.ID, Title: form.Title, Words: form.Words, Attachments: files})
	}
	if err != nil {
		return h.refused(w, r, v, err, newTalk)
	}
	return page.Done(w, r, v, "/talk/"+string(wrote.Public), "talk.begun")
}

// thread shows a talk.
func (h *Handlers) thread(w http.ResponseWriter, r *http.Request, v *page.View) error {
	c, v, err := h.threadPage(r, v)
	if err != nil {
		return err
	}
	return page.Render(w, r, v, c)
}

func (h *Handlers) threadPage(r *http.Request, v *page.View) (templ.Component, *page.View, error) {
	ctx := r.Context()
	public, err := id.ParsePublic(r.PathValue("thread"))
	if err != nil {
		return nil, v, refusal.ErrNotFound()
	}
	standing, err := h.Circles.Standing(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, v, err
	}
	t, err := h.Threads.ByPublic(ctx, h.DB.Read, standing.Viewer(), public)
	if err == nil && t.Subject.Kind != circle.KindTalk {
		err = refusal.ErrNotFound()
	}
	if err != nil {
		return nil, v, err
	}
	at, _ := standing.Place(t.Circle)
	v = v.Speaking(at.Form == circle.Tu)
	s, err := h.Talk.Load(ctx, v, standing.Viewer(), t, "/talk/"+string(public))
	return threadPage(v, at, s), v, err
}

func (h *Handlers) reply(w http.ResponseWriter, r *http.Request, v *page.View) error {
	public, err := id.ParsePublic(r.PathValue("thread"))
	if err != nil {
		return refusal.ErrNotFound()
	}
	who, err := h.Talk.Viewer(r.Context(), v)
	if err != nil {
		return err
	}
	t, err := h.Threads.ByPublic(r.Context(), h.DB.Read, who, public)
	if err == nil && t.Subject.Kind != circle.KindTalk {
		err = refusal.ErrNotFound() // asks and exchanges have rules of their own about what is written there
	}
	if err != nil {
		return err
	}
	posted, err := h.Talk.Answer(r, v, who, t.ID)
	if err != nil {
		return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
			c, _, err := h.threadPage(r, v)
			return c, err
		})
	}
	to, err := h.Talk.Landing(r.Context(), "/talk/"+string(public), posted.Message)
	if err != nil {
		return err
	}
	return page.Done(w, r, v, to, "")
}
