package asks

import (
	"context"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/web/page"
)

// posting is the page on which something is asked or offered: of a circle and
// maybe others, or of one person.
type posting struct {
	v        *page.View
	standing circle.Standing
	want     exchange.Want
	path     string
	at       circle.Place  // of a circle's page
	to       person.Person // of a person's page
	figures  exchange.Figures
}

// toOne tells whether it is put to one person.
func (p *posting) toOne() bool { return !p.to.ID.IsZero() }

func (h *Handlers) form(want exchange.Want) page.Handler {
	return func(w http.ResponseWriter, r *http.Request, v *page.View) error {
		p, err := h.posting(r, v, want)
		if err != nil {
			return h.movedOn(w, r, err)
		}
		return page.Render(w, r, p.v, postPage(p))
	}
}

// posting loads what the form's page shows.
func (h *Handlers) posting(r *http.Request, v *page.View, want exchange.Want) (*posting, error) {
	standing, err := h.Circles.Standing(r.Context(), h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	p := &posting{standing: standing, want: want, path: r.URL.Path}
	if r.PathValue("person") != "" {
		shared, err := h.addressee(r, p)
		p.v = speaking(v, standing, shared)
		return p, err
	}
	at, ok := standing.BySlug(r.PathValue("slug"))
	if !ok {
		return nil, h.elsewhere(r, standing)
	}
	p.at, p.v = at, v.Speaking(at.Form == circle.Tu)
	if want == exchange.ForAsk {
		p.figures, err = h.Exchanges.Figures(r.Context(), h.DB.Read, at.Circle, v.Now())
	}
	return p, err
}

// addressee finds the one person, and the circles that the two share.
func (h *Handlers) addressee(r *http.Request, p *posting) ([]id.Circle, error) {
	public, err := id.ParsePublic(r.PathValue("person"))
	if err != nil {
		return nil, refusal.ErrNotFound()
	}
	p.to, err = h.People.See(r.Context(), h.DB.Read, p.standing.Viewer(), public)
	if err != nil {
		return nil, err
	}
	if p.to.ID == p.standing.Person || p.to.State != person.Active {
		return nil, refusal.ErrNotFound()
	}
	return h.People.ShownIn(r.Context(), h.DB.Read, p.to.ID)
}

// errMoved leads from a name that a circle had to the one that it has.
type errMoved struct{ to string }

func (e errMoved) Error() string { return "moved to " + e.to }

// elsewhere is where a slug leads that is no circle's name any more.
func (h *Handlers) elsewhere(r *http.Request, standing circle.Standing) error {
	slug := r.PathValue("slug")
	c, err := h.Circles.BySlug(r.Context(), h.DB.Read, standing, slug)
	if err == nil && (c.Slug == slug || r.Method != http.MethodGet) {
		err = refusal.ErrNotFound()
	}
	if err != nil {
		return err
	}
	return errMoved{to: "/circles/" + c.Slug + strings.TrimPrefix(r.URL.Path, "/circles/"+slug)}
}

// movedOn redirects where a circle has another name now.
func (h *Handlers) movedOn(w http.ResponseWriter, r *http.Request, err error) error {
	if moved, ok := err.(errMoved); ok { //nolint:errorlint // our own, never wrapped
		http.Redirect(w, r, moved.to, http.StatusMovedPermanently)
		return nil
	}
	return err
}

// draft is the form of posting. Words are all that it needs.
type draft struct {
	Words   string                  `form:"words"`
	Title   string                  `form:"title"`
	Kind    exchange.Kind           `form:"kind"`
	Tags    string                  `form:"tags"`
	Remote  bool                    `form:"remote"`
	Place   string                  `form:"place"`
	By      string                  `form:"by"`
	Size    exchange.Size           `form:"size"`
	ForWhom string                  `form:"for_whom"`
	Circles []string                `form:"circles"`
	Files   []*multipart.FileHeader `form:"files"`
	Version int64                   `form:"version"` // of the ask that is corrected
}

// over puts what was said over what was guessed.
func (d draft) over(f *exchange.Facts) {
	if d.Title != "" {
		f.Title = d.Title
	}
	if d.Kind != "" {
		f.Kind = d.Kind
	}
	if d.Tags != "" {
		f.Tags = person.SplitThings(d.Tags)
	}
	if d.Remote || d.Place != "" {
		f.Remote, f.Place = d.Remote, d.Place
	}
	if d.By != "" {
		f.By = d.By
	}
	if d.Size != "" {
		f.Size = d.Size
	}
}

// plain tells that only words were given.
func (d draft) plain() bool {
	return d.Words == "" || d.Title+string(d.Kind)+d.Tags+d.Place+d.By+string(d.Size) == "" && !d.Remote
}

func (h *Handlers) post(want exchange.Want) page.Handler {
	return func(w http.ResponseWriter, r *http.Request, v *page.View) error {
		var in draft
		if err := page.Decode(r, &in); err != nil {
			return err
		}
		p, err := h.posting(r, v, want)
		if err != nil {
			return err
		}
		made, err := h.posted(r, p, in)
		if err != nil {
			return page.Refuse(w, r, p.v, err, func(v *page.View) (templ.Component, error) {
				p.v = v
				return postPage(p), nil
			})
		}
		said := "posted"
		if p.toOne() {
			said = "posted_to"
		}
		return page.Done(w, r, v, "/asks/"+string(made.Public), string(want)+"."+said)
	}
}

// posted posts a draft, with what it leaves open guessed from its words.
func (h *Handlers) posted(r *http.Request, p *posting, in draft) (made exchange.Made[exchange.Ask], err error) {
	ctx := r.Context()
	what := exchange.Posting{Want: p.want, Words: in.Words, To: p.to.ID, ForWhom: in.ForWhom}
	if !p.toOne() {
		if what.Circles, err = circlesOf(p.standing, append([]string{p.at.Slug}, in.Circles...)); err != nil {
			return made, err
		}
	}
	if what.Facts, err = h.facts(ctx, p, in, what.Circles); err != nil {
		return made, err
	}
	if what.Attachments, err = h.Talk.Attachments(ctx, in.Files); err != nil {
		return made, err
	}
	return h.Exchanges.Post(ctx, p.v.By(), page.Key(r), what)
}

// facts are what was said about it and, where nothing was, what is guessed.
func (h *Handlers) facts(ctx context.Context, p *posting, in draft, circles []id.Circle) (*exchange.Facts, error) {
	if in.plain() {
		return nil, nil //nolint:nilnil // the room guesses all of them
	}
	f, err := h.Exchanges.Guess(ctx, h.DB.Read, p.standing.Viewer(), in.Words, circles)
	in.over(&f)
	return &f, err
}

// circlesOf are the circles of slugs, each once; one that isn't the reader's
// doesn't exist for them.
func circlesOf(s circle.Standing, slugs []string) ([]id.Circle, error) {
	var out []id.Circle
	for _, slug := range slugs {
		at, ok := s.BySlug(slug)
		if !ok {
			return nil, refusal.New(refusal.Invalid, "ask.not_your_circle").On("circles")
		}
		if !slices.Contains(out, at.Circle) {
			out = append(out, at.Circle)
		}
	}
	return out, nil
}

// speaking gives the view that says tu where all do of those circles that the
// reader is in.
func speaking(v *page.View, s circle.Standing, circles []id.Circle) *page.View {
	ours, tu := 0, 0
	for _, at := range s.Circles {
		if !slices.Contains(circles, at.Circle) {
			continue
		}
		if ours++; at.Form == circle.Tu {
			tu++
		}
	}
	return v.Speaking(ours > 0 && ours == tu)
}
