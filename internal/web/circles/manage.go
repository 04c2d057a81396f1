package circles

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/lang"
	"cordee/internal/refusal"
	"cordee/internal/web/page"
)

func (h *Handlers) charter(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, func(ctx context.Context, in *inside) (templ.Component, error) {
		all, err := h.Circles.Charters(ctx, h.DB.Read, in.standing, in.page.Circle.ID)
		return charterPage(in, all), err
	})
}

func (h *Handlers) agree(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var form struct {
		Version int `form:"version"`
	}
	if err := page.Decode(r, &form); err != nil {
		return err
	}
	in, err := h.in(r, v)
	if err != nil {
		return err
	}
	if err := h.Circles.Agree(r.Context(), v.By(), page.Key(r), in.page.Circle.ID, form.Version); err != nil {
		return h.refused(w, r, v, err, func(ctx context.Context, in *inside) (templ.Component, error) {
			all, err := h.Circles.Charters(ctx, h.DB.Read, in.standing, in.page.Circle.ID)
			return charterPage(in, all), err
		})
	}
	return page.Done(w, r, v, in.path(), "circle.agreed")
}

func (h *Handlers) charterForm(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, func(_ context.Context, in *inside) (templ.Component, error) {
		return charterForm(in, false), hostsOnly(in)
	})
}

func (h *Handlers) editCharter(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var form struct {
		Words   string `form:"charter"`
		Change  string `form:"change"`
		Version int    `form:"version"`
		Edition int    `form:"edition"`
	}
	if err := page.Decode(r, &form); err != nil {
		return err
	}
	in, err := h.in(r, v)
	if err != nil {
		return err
	}
	input := circle.CharterInput{Circle: in.page.Circle.ID, Version: form.Version, Edition: form.Edition, Words: form.Words, Meaning: form.Change == "meaning"}
	if form.Change != "meaning" && form.Change != "wording" {
		err = refusal.New(refusal.Invalid, "circle.choice").On("change")
	} else {
		err = h.Circles.EditCharter(r.Context(), v.By(), page.Key(r), input)
	}
	if err != nil {
		return h.refused(w, r, v, err, func(_ context.Context, in *inside) (templ.Component, error) {
			now := in.page.Charter
			return charterForm(in, now.Version != form.Version || now.Edition != form.Edition), nil
		})
	}
	return page.Done(w, r, v, in.path()+"/charter", "circle.charter_"+form.Change)
}

// hostsOnly keeps a form from those whose sending of it would be refused anyway.
func hostsOnly(in *inside) error {
	if !in.host() {
		return refusal.New(refusal.Forbidden, "circle.hosts_only")
	}
	return nil
}

func (h *Handlers) members(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, func(_ context.Context, in *inside) (templ.Component, error) { return membersPage(in), nil })
}

func (h *Handlers) makeHost(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	in, err := h.in(r, v)
	if err != nil {
		return err
	}
	public, err := id.ParsePublic(r.PathValue("person"))
	if err != nil {
		return refusal.ErrNotFound()
	}
	for _, m := range in.page.Members {
		if m.Card.Public == public {
			if err := h.Circles.MakeHost(r.Context(), v.By(), page.Key(r), in.page.Circle.ID, m.Person); err != nil {
				return err
			}
			return page.Done(w, r, v, in.path()+"/members", "circle.host_named")
		}
	}
	return refusal.ErrNotFound()
}

func (h *Handlers) stepDown(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	in, err := h.in(r, v)
	if err != nil {
		return err
	}
	if err := h.Circles.StepDown(r.Context(), v.By(), page.Key(r), in.page.Circle.ID); err != nil {
		return err
	}
	return page.Done(w, r, v, in.path()+"/members", "circle.stepped_down")
}

func (h *Handlers) settingsForm(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, func(_ context.Context, in *inside) (templ.Component, error) {
		return settingsForm(in), hostsOnly(in)
	})
}

func (h *Handlers) saveSettings(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var form struct {
		Edition  int    `form:"edition"`
		Name     string `form:"name"`
		Slug     string `form:"slug"`
		Purpose  string `form:"purpose"`
		Form     string `form:"form"`
		Language string `form:"language"`
	}
	if err := page.Decode(r, &form); err != nil {
		return err
	}
	in, err := h.in(r, v)
	if err != nil {
		return err
	}
	input := circle.EditInput{
		Circle: in.page.Circle.ID, Edition: form.Edition, Name: form.Name, Slug: form.Slug, Purpose: form.Purpose,
		Form: circle.Form(form.Form), Language: lang.Tag(form.Language),
	}
	if err := h.Circles.Edit(r.Context(), v.By(), page.Key(r), input); err != nil {
		return h.refused(w, r, v, err, func(_ context.Context, in *inside) (templ.Component, error) { return settingsForm(in), nil })
	}
	now, err := h.Circles.Get(r.Context(), h.DB.Read, in.page.Circle.ID)
	if err != nil {
		return err
	}
	return page.Done(w, r, v, "/circles/"+now.Slug+"/settings", "circle.saved")
}
