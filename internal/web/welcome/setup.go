package welcome

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/refusal"
	"cordee/internal/web/page"
)

func (h *Handlers) setUpForm(w http.ResponseWriter, r *http.Request, v *page.View) error {
	c, err := h.setUpPage(r.Context(), v, r.PathValue("token"))
	if err != nil {
		return err
	}
	return page.Render(w, r, v, c)
}

func (h *Handlers) setUpPage(ctx context.Context, v *page.View, token string) (templ.Component, error) {
	if err := h.Server.CheckSetUp(ctx, token); err != nil {
		return nil, err
	}
	waiting, err := h.Circles.Unclaimed(ctx, h.DB.Read)
	if err != nil {
		return nil, err
	}
	return setUpPage(v, token, waiting), nil
}

func (h *Handlers) setUp(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		newcomer
		Circle   string `form:"circle"`
		Purpose  string `form:"purpose"`
		Charter  string `form:"charter"`
		Form     string `form:"form"`
		Slug     string `form:"slug"`
		Claim    string `form:"claim"`
		Speaking string `form:"circle_language"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	token := r.PathValue("token")
	who := in.person(v)
	tag, ok := lang.Parse(in.Speaking)
	if !ok {
		tag = who.Languages[0]
	}
	set := circle.SetUp{
		Token: token, Newcomer: who,
		Founding: circle.Founding{Name: in.Circle, Slug: in.Slug, Purpose: in.Purpose, Charter: in.Charter, Language: tag, Form: circle.Form(in.Form)},
	}
	if in.Claim != "" {
		claimed, err := h.unclaimed(r.Context(), in.Claim)
		if err != nil {
			return err
		}
		set.Claim = claimed
	}
	var made circle.Made
	entered, err := h.SignIns.Enter(r.Context(), v.ByGuest("set-up"), page.Key(r), r.UserAgent(), func(ctx context.Context, tx *journal.Tx) (_ id.Person, err error) {
		made, err = h.Circles.SetUpBy(ctx, tx, set)
		return made.Person, err
	})
	if err != nil {
		return page.Refuse(w, r, v, circleFields(err), func(v *page.View) (templ.Component, error) { return h.setUpPage(r.Context(), v, token) })
	}
	if made.Slug == "" { // a repeat: the circle is where Today leads
		return enter(w, r, v, entered, "/", "")
	}
	return enter(w, r, v, entered, "/circles/"+made.Slug, "circle.founded")
}

// unclaimed finds a circle that waits for somebody by its slug.
func (h *Handlers) unclaimed(ctx context.Context, slug string) (id.Circle, error) {
	waiting, err := h.Circles.Unclaimed(ctx, h.DB.Read)
	if err != nil {
		return id.Circle{}, err
	}
	for _, c := range waiting {
		if c.Slug == slug {
			return c.ID, nil
		}
	}
	return id.Circle{}, nil
}

// circleFields gives refusals about the circle the names that its fields have in
// this form, where the person has a name and a language too.
func circleFields(err error) error {
	no, ok := refusal.As(err)
	if !ok || !strings.HasPrefix(no.Code, "circle.") {
		return err
	}
	switch no.Field {
	case "name":
		return no.On("circle")
	case "language":
		return no.On("circle_language")
	}
	return err
}

func setUpTitle(v *page.View, waiting []circle.Circle) string {
	if len(waiting) > 0 {
		return v.T("setup.claim.title")
	}
	return v.T("setup.title")
}

func setUpSubmit(v *page.View, waiting []circle.Circle) string {
	if len(waiting) > 0 {
		return v.T("setup.claim.submit")
	}
	return v.T("setup.submit")
}

func claimedName(waiting []circle.Circle) string {
	if len(waiting) == 0 {
		return ""
	}
	return waiting[0].Name
}

// claims are the circles that an import made, and the choice to leave them.
func claims(v *page.View, waiting []circle.Circle) []page.Option {
	var all []page.Option
	for _, c := range waiting {
		all = append(all, page.Option{Value: c.Slug, Words: c.Name})
	}
	return append(all, page.Option{Value: "", Words: v.T("setup.claim.new")})
}

// formOptions are how a circle's people speak to each other.
func formOptions(v *page.View) []page.Option {
	return []page.Option{
		{Value: string(circle.Vous), Words: v.T("found.form.says_vous")},
		{Value: string(circle.Tu), Words: v.T("found.form.says_tu")},
	}
}
