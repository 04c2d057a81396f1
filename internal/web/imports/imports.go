// Package imports holds the page on which a host brings an archive into a circle:
// the file is sent, a job brings it in, and the page tells how far that is. It can
// be left and come back to; it needs no scripts.
package imports

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/importer"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/web/page"
)

// Handlers are the page's handlers with what they ask.
type Handlers struct {
	DB        *store.DB
	Circles   *circle.Room
	Exchanges *exchange.Room
	Importer  *importer.Importer
}

// formRoom is what a form takes besides its file.
const formRoom = 1 << 20

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/circles/{slug}/import", page.Host, h.show),
		page.Post("/circles/{slug}/import", page.Host, h.send).Takes(importer.MaxUpload + formRoom),
	}
}

// inside is a circle as one of its hosts sees it.
type inside struct {
	v        *page.View
	standing circle.Standing
	circle   circle.Circle
}

func (in *inside) path() string { return "/circles/" + in.circle.Slug }

// in loads the circle of a URL for its host; to anybody else the page isn't there.
func (h *Handlers) in(r *http.Request, v *page.View) (*inside, error) {
	standing, err := h.Circles.Standing(r.Context(), h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	c, err := h.Circles.BySlug(r.Context(), h.DB.Read, standing, r.PathValue("slug"))
	if err != nil {
		return nil, err
	}
	if !standing.Host(c.ID) {
		return nil, refusal.ErrNotFound()
	}
	return &inside{v: v.Speaking(c.SaysTu()), standing: standing, circle: c}, nil
}

// few is how many imports the page tells of.
const few = 6

// told is what the page shows: how the latest import goes or went, and those before.
type told struct {
	latest  *importer.Run
	earlier []importer.Run
	asks    bool // some of the circle's past are asks
}

// under tells whether an import is under way.
func (t told) under() bool { return t.latest != nil && !t.latest.Over() }

func (h *Handlers) show(w http.ResponseWriter, r *http.Request, v *page.View) error {
	in, err := h.in(r, v)
	if err != nil {
		return err
	}
	if in.circle.Slug != r.PathValue("slug") { // a name that it had before
		http.Redirect(w, r, v.Link(in.path()+"/import"), http.StatusMovedPermanently) //nolint:gosec // a path of this server, made of a slug
		return nil
	}
	c, err := h.page(r.Context(), in)
	if err != nil {
		return err
	}
	return page.Render(w, r, in.v, c)
}

func (h *Handlers) page(ctx context.Context, in *inside) (templ.Component, error) {
	runs, err := h.Importer.Runs(ctx, h.DB.Read, in.circle.ID, few)
	if err != nil {
		return nil, err
	}
	var t told
	if len(runs) > 0 {
		t.latest, t.earlier = &runs[0], runs[1:]
	}
	asks, _, err := h.Exchanges.Asks(ctx, h.DB.Read, in.standing.Viewer(), exchange.AskFilter{Circle: in.circle.ID, Ended: true, Limit: 1}, "")
	if err != nil {
		return nil, err
	}
	t.asks = len(asks) > 0
	return importPage(in, t), nil
}

func (h *Handlers) send(w http.ResponseWriter, r *http.Request, v *page.View) error {
	in, err := h.in(r, v) // before anything of the file is read
	if err != nil {
		return err
	}
	upload, err := h.receive(w, r)
	if err == nil {
		_, err = h.Importer.Begin(r.Context(), v.By(), page.Key(r), in.circle.ID, upload)
	}
	if err != nil {
		return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
			in, err := h.in(r, v)
			if err != nil {
				return nil, err
			}
			return h.page(r.Context(), in)
		})
	}
	return page.Done(w, r, v, in.path()+"/import", "import.begun")
}

// receive reads the form piece by piece, so that the file goes to the disk and
// never into memory. What the form's key sums up is the file's name and size.
func (h *Handlers) receive(w http.ResponseWriter, r *http.Request) (_ importer.Upload, err error) {
	patient(w)
	parts, err := r.MultipartReader()
	if err != nil {
		return importer.Upload{}, refusal.New(refusal.Invalid, "form.unreadable")
	}
	r.PostForm = url.Values{}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return importer.Upload{}, refusal.New(refusal.Invalid, "import.no_file").On("file")
		case err != nil:
			return importer.Upload{}, tooLarge(err, "")
		}
		if part.FormName() != "file" {
			value, err := io.ReadAll(io.LimitReader(part, 1000))
			if err != nil {
				return importer.Upload{}, tooLarge(err, "")
			}
			r.PostForm.Add(part.FormName(), string(value))
			continue
		}
		if part.FileName() == "" {
			continue
		}
		counted := &counter{r: part}
		upload, err := h.Importer.Receive(r.Context(), part.FileName(), counted)
		if err != nil {
			return importer.Upload{}, tooLarge(err, part.FileName())
		}
		r.PostForm.Set("file", part.FileName()+" "+strconv.FormatInt(counted.n, 10))
		return upload, nil
	}
}

// patient takes the time limits off: half a gigabyte takes long on a slow line,
// and only hosts come here.
func patient(w http.ResponseWriter) {
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Time{}) // a server that knows no deadlines has none
	_ = c.SetWriteDeadline(time.Time{})
}

// tooLarge says so where the body is beyond what the route takes.
func tooLarge(err error, name string) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return refusal.New(refusal.Invalid, "import.too_large", "Name", name, "Max", importer.MaxUpload>>20).On("file")
	}
	if _, no := refusal.As(err); no || name != "" {
		return err
	}
	return refusal.New(refusal.Invalid, "form.unreadable")
}

// counter counts what is read.
type counter struct {
	r io.Reader
	n int64
}

// Read reads on.
func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}
