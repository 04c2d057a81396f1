package housetest

import (
	"crypto/rand"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Page is what a visitor got to see.
type Page struct {
	Status   int
	Path     string
	Location string
	visitor  Visitor
	doc      *html.Node
	body     string
}

func read(t *testing.T, v Visitor, path string, w *httptest.ResponseRecorder) *Page {
	t.Helper()
	body := w.Body.String()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if _, key, found := strings.Cut(body, "⟦"); found {
		t.Errorf("%s lacks words: %.60s", path, key)
	}
	return &Page{Status: w.Code, Path: path, Location: w.Header().Get("Location"), visitor: v, doc: doc, body: body}
}

// All finds the elements that a selector names: TAG, .CLASS, #ID, [ATTR] and
// [ATTR=VALUE], put together, and inside one another where a space stands between.
func (p *Page) All(selector string) []*html.Node {
	found := []*html.Node{p.doc}
	for _, one := range strings.Fields(selector) {
		var next []*html.Node
		for _, root := range found {
			for n := range root.Descendants() {
				if n.Type == html.ElementNode && fits(n, one) && !slices.Contains(next, n) {
					next = append(next, n)
				}
			}
		}
		found = next
	}
	return found
}

// fits tells whether an element is what a selector without spaces names.
func fits(n *html.Node, selector string) bool {
	for selector != "" {
		end := 1 + strings.IndexAny(selector[1:], ".#[")
		if end == 0 {
			end = len(selector)
		}
		part := selector[:end]
		selector = selector[end:]
		switch part[0] {
		case '.':
			if !slices.Contains(strings.Fields(attr(n, "class")), part[1:]) {
				return false
			}
		case '#':
			if attr(n, "id") != part[1:] {
				return false
			}
		case '[':
			name, value, has := strings.Cut(strings.Trim(part, "[]"), "=")
			if i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name }); i < 0 || has && n.Attr[i].Val != value {
				return false
			}
		default:
			if n.Data != part {
				return false
			}
		}
	}
	return true
}

// Has tells whether an element that the selector names holds the words.
func (p *Page) Has(selector, words string) bool {
	return slices.ContainsFunc(p.All(selector), func(n *html.Node) bool { return strings.Contains(text(n), words) })
}

// Must fails where Has says no.
func (p *Page) Must(t *testing.T, selector, words string) {
	t.Helper()
	if !p.Has(selector, words) {
		var is []string
		for _, n := range p.All(selector) {
			is = append(is, text(n))
		}
		t.Errorf("%s (%d): no %s with %q among %q", p.Path, p.Status, selector, words, is)
	}
}

// MustNot fails where Has says yes.
func (p *Page) MustNot(t *testing.T, selector, words string) {
	t.Helper()
	if p.Has(selector, words) {
		t.Errorf("%s: there is a %s with %q", p.Path, selector, words)
	}
}

// Is fails where the page has another status.
func (p *Page) Is(t *testing.T, status int) *Page {
	t.Helper()
	if p.Status != status {
		t.Fatalf("%s: %d, want %d: %s", p.Path, p.Status, status, text(p.doc))
	}
	return p
}

// Offers tells whether the page has a form that posts to a path.
func (p *Page) Offers(path string) bool { return p.form(path) != nil }

func (p *Page) form(path string) *html.Node {
	for _, f := range p.All("form") {
		if action, _, _ := strings.Cut(attr(f, "action"), "?"); action == path && attr(f, "method") == "post" {
			return f
		}
	}
	return nil
}

// Buttons are the values of the buttons named name in the form that posts to path.
func (p *Page) Buttons(path, name string) []string {
	var all []string
	if f := p.form(path); f != nil {
		for n := range f.Descendants() {
			if n.DataAtom == atom.Button && attr(n, "name") == name {
				all = append(all, attr(n, "value"))
			}
		}
	}
	return all
}

// Value is what stands in a field of the form that posts to path.
func (p *Page) Value(path, name string) string { return p.values(path).Get(name) }

// values are what a browser would send of the form, without any button.
func (p *Page) values(path string) url.Values {
	out := url.Values{}
	f := p.form(path)
	if f == nil {
		return out
	}
	for n := range f.Descendants() {
		name := attr(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch kind := attr(n, "type"); n.Data {
		case "input":
			if (kind != "checkbox" && kind != "radio" || has(n, "checked")) && kind != "file" {
				out.Add(name, attr(n, "value"))
			}
		case "textarea":
			out.Add(name, text(n))
		case "select":
			out.Add(name, chosen(n))
		}
	}
	return out
}

// chosen is the option that a list shows.
func chosen(n *html.Node) string {
	first, any := "", false
	for o := range n.Descendants() {
		if o.DataAtom != atom.Option {
			continue
		}
		if has(o, "selected") {
			return attr(o, "value")
		}
		if !any {
			first, any = attr(o, "value"), true
		}
	}
	return first
}

// Send fills in fields of the form that posts to path and presses its button; a
// button of several is one more pair. It fails where there is no such form.
func (p *Page) Send(t *testing.T, path string, pairs ...string) *Page {
	t.Helper()
	if !p.Offers(path) {
		t.Fatalf("%s (%d) has no form that posts to %s", p.Path, p.Status, path)
	}
	values := p.values(path)
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return p.visitor.do(t, "POST", path, values)
}

// Again is Send with another key, as a second form would have.
func (p *Page) Again(t *testing.T, path string, pairs ...string) *Page {
	t.Helper()
	return p.Send(t, path, append([]string{"key", rand.Text()}, pairs...)...)
}

// text is what an element says, white space made single.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.DataAtom != atom.Script && d.Parent.DataAtom != atom.Style {
			b.WriteString(d.Data)
		}
	}
	if n.DataAtom == atom.Textarea {
		return b.String()
	}
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(b.String())), " ")
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
