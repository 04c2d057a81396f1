package journeys

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Visitor reads pages and sends forms, as a browser without scripts does.
type Visitor struct {
	t      testing.TB
	base   *url.URL
	client *http.Client
	lang   string
}

// Answer is what came of a request.
type Answer struct {
	Status   int
	Location string // where a redirect leads, below the house
	Body     string
	Header   http.Header
}

// SignIn tells whether the answer leads to the sign-in page, by a redirect or by
// the page that says so.
func (a Answer) SignIn() bool {
	return a.Status == http.StatusUnauthorized || a.Status == http.StatusSeeOther && (strings.HasPrefix(a.Location, "/sign-in?next=") || a.Location == "/sign-in")
}

// Text is what the page says: without tags, entities told.
func (a Answer) Text() string {
	doc, err := html.Parse(strings.NewReader(a.Body))
	if err != nil {
		return a.Body
	}
	var out strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			out.WriteString(n.Data)
			out.WriteByte(' ')
		}
		for _, a := range n.Attr {
			if a.Key == "value" || a.Key == "aria-label" || a.Key == "title" {
				out.WriteString(a.Val)
				out.WriteByte(' ')
			}
		}
	}
	return flat(out.String())
}

// flat makes every kind of space one space.
func flat(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)), " ")
}

// NewVisitor gives somebody with a session's cookie, or with none.
func NewVisitor(t testing.TB, h *House, cookie, lang string) *Visitor {
	t.Helper()
	base, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if cookie != "" {
		jar.SetCookies(base, []*http.Cookie{{Name: "cordee", Value: cookie, Path: "/"}})
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	t.Cleanup(transport.CloseIdleConnections)
	return &Visitor{t: t, base: base, lang: lang, client: &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Get asks for a page; no redirect is followed.
func (v *Visitor) Get(path string) Answer {
	v.t.Helper()
	return v.send(http.MethodGet, path, "", nil, nil)
}

// Post sends a form.
func (v *Visitor) Post(path string, values url.Values) Answer {
	v.t.Helper()
	return v.send(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()), nil)
}

// send sends anything, with headers over the usual ones.
func (v *Visitor) send(method, path, kind string, body io.Reader, header http.Header) Answer {
	v.t.Helper()
	target, err := v.base.Parse(path)
	if err != nil {
		v.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, target.String(), body)
	if err != nil {
		v.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if v.lang != "" {
		r.Header.Set("Accept-Language", v.lang)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	w, err := v.client.Do(r)
	if err != nil {
		v.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = w.Body.Close() }()
	all, err := io.ReadAll(w.Body)
	if err != nil {
		v.t.Fatalf("%s %s: %v", method, path, err)
	}
	return Answer{Status: w.StatusCode, Location: v.below(w.Header.Get("Location")), Body: string(all), Header: w.Header}
}

// below is a location without the house's own address.
func (v *Visitor) below(location string) string {
	return strings.TrimPrefix(location, strings.TrimSuffix(v.base.String(), "/"))
}

// Form is one form as it stands in a page.
type Form struct {
	Action, Method string
	Files          bool
	Values         url.Values // as a browser would send it untouched, without the buttons
	Fields         []Field
}

// Field is one that somebody could change.
type Field struct {
	Name, Kind string // Kind: text, email, …, area, select, radio, checkbox, hidden, button, file
	Options    []string
}

// Texts are the fields that hold what somebody types.
func (f Form) Texts() []string {
	var out []string
	for _, field := range f.Fields {
		switch field.Kind {
		case "text", "area", "email", "search", "url", "tel", "password":
			out = append(out, field.Name)
		}
	}
	return out
}

// Hidden are the fields that nobody sees, but for the key.
func (f Form) Hidden() []string {
	var out []string
	for _, field := range f.Fields {
		if field.Kind == "hidden" && field.Name != "key" {
			out = append(out, field.Name)
		}
	}
	return out
}

// Forms are the forms of a page that post.
func (a Answer) Forms() []Form {
	doc, err := html.Parse(strings.NewReader(a.Body))
	if err != nil {
		return nil
	}
	var out []Form
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" && attr(n, "method") == "post" {
			out = append(out, readForm(n))
		}
	}
	return out
}

func readForm(n *html.Node) Form {
	f := Form{Action: attr(n, "action"), Method: "POST", Files: attr(n, "enctype") == "multipart/form-data", Values: url.Values{}}
	for e := range n.Descendants() {
		if e.Type != html.ElementNode || attr(e, "name") == "" {
			continue
		}
		name := attr(e, "name")
		switch e.Data {
		case "input":
			f.input(e, name)
		case "textarea":
			f.add(Field{Name: name, Kind: "area"})
			f.Values.Add(name, strings.TrimPrefix(inner(e), "\n"))
		case "select":
			f.choice(e, name)
		case "button":
			f.add(Field{Name: name, Kind: "button", Options: []string{attr(e, "value")}})
		}
	}
	return f
}

func (f *Form) input(e *html.Node, name string) {
	kind := attr(e, "type")
	switch kind {
	case "radio", "checkbox":
		f.add(Field{Name: name, Kind: kind, Options: []string{attr(e, "value")}})
		if has(e, "checked") {
			f.Values.Add(name, attr(e, "value"))
		}
	case "file":
		f.add(Field{Name: name, Kind: kind})
	default:
		f.add(Field{Name: name, Kind: kind})
		f.Values.Add(name, attr(e, "value"))
	}
}

func (f *Form) choice(e *html.Node, name string) {
	field := Field{Name: name, Kind: "select"}
	chosen, any := "", false
	for o := range e.Descendants() {
		if o.Type != html.ElementNode || o.Data != "option" {
			continue
		}
		field.Options = append(field.Options, attr(o, "value"))
		if has(o, "selected") || !any && len(field.Options) == 1 {
			chosen, any = attr(o, "value"), has(o, "selected")
		}
	}
	f.add(field)
	f.Values.Add(name, chosen)
}

func (f *Form) add(field Field) {
	i := slices.IndexFunc(f.Fields, func(one Field) bool { return one.Name == field.Name })
	if i < 0 {
		f.Fields = append(f.Fields, field)
		return
	}
	f.Fields[i].Options = append(f.Fields[i].Options, field.Options...)
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func inner(n *html.Node) string {
	var out strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			out.WriteString(c.Data)
		}
	}
	return out.String()
}
