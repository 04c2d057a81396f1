package page

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/a-h/templ"

	"cordee/internal/refusal"
)

// buffers are reused between pages, so that rendering allocates little.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }} //nolint:gochecknoglobals // a pool has to outlive requests

// Render answers with a whole page. It is rendered before the first byte leaves,
// so an error in it is still a page that says so.
func Render(w http.ResponseWriter, r *http.Request, v *View, c templ.Component) error {
	return render(w, r, v, http.StatusOK, c)
}

func render(w http.ResponseWriter, r *http.Request, v *View, status int, c templ.Component) error {
	b, _ := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer buffers.Put(b)
	if err := c.Render(r.Context(), b); err != nil {
		return fmt.Errorf("page: render %s: %w", r.URL.Path, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(v.Lang()))
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Cookie, Accept-Language, HX-Request")
	if whole, ok := w.(interface{ Page(status int, body []byte) }); ok {
		whole.Page(status, b.Bytes())
		return nil
	}
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader who left is nobody's error
	return nil
}

// Done answers a form that did what it was asked to: the browser goes on to path
// (RFC 9110 §15.4.4), where the page says what happened. said is a key of the
// catalogue without its "said.": "exchange.agreed"; "" says nothing. The page
// that is shown next may give names to its sentence, see Head.Said.
//
// A form sharpened by htmx gets the same when it comes back to its own page, and
// otherwise a real navigation, so that history, focus and scroll are the browser's.
func Done(w http.ResponseWriter, r *http.Request, v *View, path, said string) error {
	to := v.Link(path)
	if said != "" {
		to = withQuery(to, "said", said)
	}
	if v.hx && !comesBack(r, to) {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusOK)
		return nil
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// comesBack tells whether the page that posted is the one shown next.
func comesBack(r *http.Request, to string) bool {
	here, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil {
		return false
	}
	there, err := url.Parse(to)
	return err == nil && here.Path == there.Path
}

// trouble is what stood in the way of a form: shown beside its fields and on top.
type trouble struct {
	action string
	values url.Values
	found  []wrong
}

type wrong struct{ field, words string }

// Refuse answers a form that can't be taken. When the refusal is about what was
// typed, or about a state that has moved on, the page is shown again, by again,
// with the words beside the field and everything typed still there: Form finds
// both in the view that again is given. Whatever else it is goes back to the
// server, which shows a problem page. Several refusals may be joined by errors.Join.
//
//	return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
//		return h.askPage(r.Context(), v, id)
//	})
func Refuse(w http.ResponseWriter, r *http.Request, v *View, err error, again func(*View) (templ.Component, error)) error {
	first, ok := refusal.As(err)
	if !ok || !staysOnPage(first.Kind) {
		return err
	}
	c := *v
	c.trouble = trouble{action: r.URL.Path, values: r.PostForm}
	for _, one := range refusals(err) {
		c.trouble.found = append(c.trouble.found, wrong{one.Field, v.Refusal(one)})
	}
	shown, err := again(&c)
	if err != nil {
		return err
	}
	return render(w, r, &c, Status(first.Kind), shown)
}

func staysOnPage(k refusal.Kind) bool {
	return k == refusal.Invalid || k == refusal.Conflict || k == refusal.TooMany
}

// refusals walks a chain of errors, joined ones too.
func refusals(err error) []*refusal.Refusal {
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		var all []*refusal.Refusal
		for _, one := range many.Unwrap() {
			all = append(all, refusals(one)...)
		}
		return all
	}
	if one, ok := refusal.As(err); ok {
		return []*refusal.Refusal{one}
	}
	return nil
}

// Refusal says a refusal in the reader's language.
func (v *View) Refusal(r *refusal.Refusal) string {
	key := "refusal." + r.Code
	if !v.Has(key) {
		return v.T("problem.refused")
	}
	return v.TMap(key, r.Args)
}

// Status is the HTTP status of a kind of refusal.
func Status(k refusal.Kind) int {
	switch k {
	case refusal.Invalid:
		return http.StatusUnprocessableEntity
	case refusal.NotFound:
		return http.StatusNotFound
	case refusal.Conflict:
		return http.StatusConflict
	case refusal.Expired:
		return http.StatusGone
	case refusal.Forbidden:
		return http.StatusForbidden
	case refusal.TooMany:
		return http.StatusTooManyRequests
	case refusal.SignIn:
		return http.StatusUnauthorized
	}
	return http.StatusInternalServerError
}

// RenderProblem answers with the page for a refusal: what it means and the one
// next step.
func RenderProblem(w http.ResponseWriter, r *http.Request, v *View, no *refusal.Refusal) error {
	status := Status(no.Kind)
	return render(w, r, v, status, problemPage(v, problem{
		status: status, title: v.T("problem." + problemWord(status)), words: v.Refusal(no), typed: typed(r), back: from(r),
	}))
}

// RenderStatus answers with the page for a status that no refusal is behind, such
// as 405 or 500; the last carries the request's reference.
func RenderStatus(w http.ResponseWriter, r *http.Request, v *View, status int) error {
	word := problemWord(status)
	p := problem{status: status, title: v.T("problem." + word), words: v.T("problem." + word + ".words"), typed: typed(r)}
	if status >= http.StatusInternalServerError {
		p.reference = v.Request
	}
	return render(w, r, v, status, problemPage(v, p))
}

type problem struct {
	status                  int
	title, words, reference string
	typed                   []string // what the visitor had written, so that it isn't lost
	back                    string   // the page that they were on
}

// from is the page that a visitor looks at, or sent a form from: what a form is
// sent to is often no page.
func from(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return (&url.URL{Path: r.URL.Path, RawQuery: r.URL.RawQuery}).String()
	}
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return "/"
	}
	return Local((&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String())
}

// typed are the texts of a form that led to a problem page: nobody should have to
// write them twice because a session ended or a page was gone.
func typed(r *http.Request) []string {
	const long = 12
	var out []string
	for name, values := range r.PostForm {
		for _, value := range values {
			if name != "key" && len(value) > long && utf8.ValidString(value) {
				out = append(out, value)
			}
		}
	}
	slices.Sort(out)
	return out
}

func problemWord(status int) string {
	switch status {
	case http.StatusNotFound:
		return "not_found"
	case http.StatusMethodNotAllowed:
		return "method"
	case http.StatusConflict:
		return "conflict"
	case http.StatusGone:
		return "gone"
	case http.StatusUnprocessableEntity, http.StatusBadRequest:
		return "invalid"
	case http.StatusForbidden:
		return "forbidden"
	case http.StatusUnauthorized:
		return "sign_in"
	case http.StatusTooManyRequests:
		return "too_many"
	}
	return "internal"
}

// next is where a problem page leads: to sign-in, or home.
func (p problem) next(v *View) (href, words string) {
	if p.status == http.StatusUnauthorized {
		return v.Link(SignInPath(p.back, nil)), v.T("nav.sign_in")
	}
	if v.SignedIn() {
		return "/", v.T("problem.home")
	}
	return v.Link("/sign-in"), v.T("nav.sign_in")
}

// SignInPath is the page to sign in at, which leads back to where the visitor
// wanted to go.
func SignInPath(path string, query url.Values) string {
	back := path
	if q := query.Encode(); q != "" {
		back += "?" + q
	}
	if back == "" || back == "/" || strings.HasPrefix(back, "/sign-in") {
		return "/sign-in"
	}
	return withQuery("/sign-in", "next", back)
}
