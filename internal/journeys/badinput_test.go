package journeys

import (
	"bytes"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"cordee/internal/web/page"
)

// What people and machines type.
const (
	script   = `<script>alert("knot")</script><img src=x onerror=alert(1)>**bold** [x](javascript:alert(1))`
	faraway  = "👩🏽‍💻 שלום عليكم \u202Egnp.exe 🧗"
	override = "\u202E"
	forged   = "aaaaaaaaaaaaaaaaaaaa"
)

// found is a form that somebody gets to see.
type found struct {
	form    Form
	visitor string
	page    string
	route   string // "POST /asks/{ask}/answer"
}

// notShown are POST routes whose form stands on no page of the filled house, and why.
func notShown() map[string]string {
	return map[string]string{
		"POST /set-up/{token}":          "the house is set up: TestAYoungHouse has it",
		"POST /threads/{thread}/unmute": "only where a thread is muted",
		"POST /server/mail/test":        "only where a mail server is set: the journey presses it",
	}
}

// forms walks the pages and gives the first form for each route that posts.
func forms(t *testing.T, h *House, life Life) []found {
	t.Helper()
	routes := h.Routes()
	seen := map[string]bool{}
	var out []found
	for _, s := range sights(t, h, life) {
		a := NewVisitor(t, h, life.Cookies[s.visitor], "fr").Get(s.path)
		for _, f := range a.Forms() {
			route := routeOf(routes, f.Action)
			if route == "" {
				t.Errorf("%s has a form that posts to %s, which is no route", s.path, f.Action)
				continue
			}
			if !seen[route] {
				seen[route] = true
				out = append(out, found{f, s.visitor, s.path, route})
			}
		}
	}
	for _, r := range routes {
		name := r.Method + " " + r.Pattern
		if why := notShown()[name]; r.Method == http.MethodPost && !seen[name] && why == "" {
			t.Errorf("%s has a form on no page of the filled house: let it show one, or say why not", name)
		}
	}
	return out
}

// routeOf finds the route that a form posts to.
func routeOf(routes []page.Route, action string) string {
	mux := http.NewServeMux()
	for _, r := range routes {
		if r.Method == http.MethodPost {
			mux.HandleFunc(r.Method+" "+r.Pattern, func(http.ResponseWriter, *http.Request) {})
		}
	}
	u, err := url.Parse(action)
	if err != nil {
		return ""
	}
	_, pattern := mux.Handler(&http.Request{Method: http.MethodPost, Host: "localhost", URL: u})
	return pattern
}

// plausible is a form filled in as somebody would who means it.
func (f Form) plausible() url.Values {
	v := url.Values{}
	for name, values := range f.Values {
		v[name] = slices.Clone(values)
	}
	for _, field := range f.Fields {
		given := v.Get(field.Name) != ""
		switch field.Kind {
		case "text", "area", "search":
			if !given && field.Name != "slug" {
				v.Set(field.Name, "Quelques mots, "+field.Name)
			}
		case "email":
			if !given {
				v.Set(field.Name, "zoe@example.org")
			}
		case "number":
			if !given {
				v.Set(field.Name, "7")
			}
		case "date":
			v.Set(field.Name, "2031-05-04")
		case "radio", "select", "checkbox":
			options := slices.DeleteFunc(slices.Clone(field.Options), func(o string) bool { return o == "" })
			if !given && len(options) > 0 {
				v.Set(field.Name, options[0])
			}
		}
	}
	return v
}

// bad is one way to fill in a form that nobody would wish for. It gives nil where
// the form has no place for it.
type bad struct {
	name string
	fill func(f Form) []url.Values
	want func(Answer) bool // besides what holds of every answer
}

func bads() []bad {
	refused := func(a Answer) bool { return a.Status >= 400 && a.Status < 500 }
	each := func(fields func(Form) []string, texts ...string) func(Form) []url.Values {
		return func(f Form) []url.Values {
			var out []url.Values
			for i, name := range fields(f) {
				v := f.plausible()
				v.Set(name, texts[i%len(texts)])
				out = append(out, v)
			}
			return out
		}
	}
	all := func(text string) func(Form) []url.Values {
		return func(f Form) []url.Values {
			if len(f.Texts()) == 0 {
				return nil
			}
			v := f.plausible()
			for _, name := range f.Texts() {
				if slices.ContainsFunc(f.Fields, func(one Field) bool { return one.Name == name && one.Kind == "email" }) {
					continue
				}
				v.Set(name, text)
			}
			return []url.Values{v}
		}
	}
	ids := func(f Form) []string {
		out := f.Hidden()
		for _, field := range f.Fields {
			if field.Kind == "radio" || field.Kind == "select" || field.Kind == "checkbox" || field.Kind == "button" {
				out = append(out, field.Name)
			}
		}
		return out
	}
	return []bad{
		{"nothing at all", func(Form) []url.Values { return []url.Values{{}} }, nil},
		{"empty", all(""), nil},
		{"far too long", each(Form.Texts, strings.Repeat("x", 150_000)), refused},
		{"too long", each(Form.Texts, strings.Repeat("é ", 10_500)), nil},
		{"html", all(script), nil},
		{"far scripts", all(faraway), nil},
		{"forged", each(ids, forged, "-9223372036854775809", "../../etc/passwd"), nil},
		{"NUL", each(Form.Texts, "a\x00b"), refused},
		{"no UTF-8", each(Form.Texts, "caf\xe9 \xff\xfe"), refused},
		{"many fields", func(f Form) []url.Values {
			v := f.plausible()
			for i := range 600 {
				v.Set("x"+strconv.Itoa(i), "1")
			}
			return []url.Values{v}
		}, refused},
		{"a megabyte", func(f Form) []url.Values {
			v := f.plausible()
			v.Set("x", strings.Repeat("y", 1<<20))
			return []url.Values{v}
		}, refused},
	}
}

// TestEveryFormTakesBadInput sends all of this to every form of every page.
func TestEveryFormTakesBadInput(t *testing.T) {
	t.Parallel()
	h, life := Furnished(t, Options{NoMail: true})
	cases := 0
	all := forms(t, h, life)
	for _, f := range all {
		for _, b := range bads() {
			cases += len(b.fill(f.form))
		}
		t.Run(strings.ReplaceAll(f.route, "/", "·"), func(t *testing.T) {
			t.Parallel()
			badly(t, f)
		})
	}
	t.Logf("%d forms, %d ways to fill them in", len(all), cases)
}

// willing are routes that take what others refuse.
func willing() map[string]string {
	return map[string]string{
		"POST /circles/{slug}/invite/group": "which answers line by line",
		"POST /unsubscribe/{token}":         "which mail programs send, and which reads nothing",
	}
}

func badly(t *testing.T, f found) {
	h, life := Furnished(t, Options{NoMail: true})
	before := h.Head(t)
	for _, b := range bads() {
		for i, values := range b.fill(f.form) {
			if len(acts(t, h, before)) > 0 {
				h.Stop()
				h, life = Furnished(t, Options{NoMail: true})
				before = h.Head(t)
			}
			what := fmt.Sprintf("%s, %s", f.route, b.name)
			if changed := difference(f.form.plausible(), values); len(changed) == 1 {
				what += " (" + changed[0] + ")"
			}
			v := NewVisitor(t, h, life.Cookies[f.visitor], "fr")
			values.Set("key", b.name+strconv.Itoa(i))
			a := v.Post(f.form.Action, values)
			decent(t, what, a)
			if b.want != nil && !b.want(a) && willing()[f.route] == "" {
				t.Errorf("%s answers %d, and should refuse", what, a.Status)
			}
			kept(t, what, b, f.form, values, a)
			if a.Status == http.StatusSeeOther {
				decent(t, what+", afterwards", v.Get(a.Location))
			}
		}
	}
}

func difference(a, b url.Values) []string {
	var out []string
	for name := range maps.Keys(b) {
		if !slices.Equal(a[name], b[name]) {
			out = append(out, name)
		}
	}
	return out
}

// decent is what holds of every answer to whatever was sent.
func decent(t *testing.T, what string, a Answer) {
	t.Helper()
	sound(t, what, a)
	if a.Status < 200 || a.Status > 299 && a.Status != http.StatusSeeOther && a.Status < 400 {
		t.Errorf("%s answers %d", what, a.Status)
	}
	for _, alive := range []string{"<script>alert", "<img src=x", `href="javascript:`} {
		if strings.Contains(a.Body, alive) {
			t.Errorf("%s lets markup live: …%s…", what, around(a.Body, alive))
		}
	}
	if a.Status >= 400 && a.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%s answers %d as %q", what, a.Status, a.Header.Get("Content-Type"))
	}
	if strings.Contains(a.Location, override) {
		t.Errorf("%s leads to %q", what, a.Location)
	}
}

// kept checks that a refusal gives back what was typed.
func kept(t *testing.T, what string, b bad, f Form, sent url.Values, a Answer) {
	t.Helper()
	if a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusConflict || slices.Contains([]string{"NUL", "no UTF-8", "a megabyte", "many fields", "far too long", "white space"}, b.name) {
		return
	}
	text := " " + a.Text() + " " + flat(areas(a.Body))
	for _, name := range f.Texts() {
		typed := sent.Get(name)
		if len(typed) < 13 || name == "password" || strings.Contains(typed, override) {
			continue // short ones are kept too, but a problem page shows texts alone
		}
		if !strings.Contains(text, flat(typed)) && !strings.Contains(a.Body, html.EscapeString(typed)) {
			t.Errorf("%s answers %d and has lost what stood in %s: %.60q", what, a.Status, name, typed)
		}
	}
}

// areas are the texts of all areas of a page.
func areas(body string) string {
	var out strings.Builder
	for _, f := range (Answer{Body: body}).Forms() {
		for _, field := range f.Fields {
			if field.Kind == "area" {
				out.WriteString(f.Values.Get(field.Name) + " ")
			}
		}
	}
	return out.String()
}

// TestEveryFormOnce: a form sent twice does its work once, the same key with other
// values is refused, and no other site sends our forms.
func TestEveryFormOnce(t *testing.T) {
	t.Parallel()
	h, life := Furnished(t, Options{NoMail: true})
	for _, f := range forms(t, h, life) {
		t.Run(strings.ReplaceAll(f.route, "/", "·"), func(t *testing.T) {
			t.Parallel()
			h, life := Furnished(t, Options{NoMail: true})
			v := NewVisitor(t, h, life.Cookies[f.visitor], "fr")
			elsewhere(t, h, v, f)
			values := f.form.plausible()
			values.Set("key", "once")
			before := h.Head(t)
			first := v.Post(f.form.Action, values)
			decent(t, f.route, first)
			effects := len(acts(t, h, before))
			again := NewVisitor(t, h, life.Cookies[f.visitor], "fr") // with the cookie that the first had
			second := again.Post(f.form.Action, values)
			decent(t, f.route+", twice", second)
			if n := len(acts(t, h, before)); n != effects {
				t.Errorf("%s sent twice does %d things, once %d", f.route, n, effects)
			}
			if effects > 0 && second.Status != first.Status && f.route != "POST /sign-out" && saysSo()[f.route] == "" {
				t.Errorf("%s answers %d, and %d the second time: %.300s", f.route, first.Status, second.Status, second.Text())
			}
			texts := f.form.Texts()
			if effects == 0 || len(texts) == 0 {
				return
			}
			values.Set(texts[0], "autre@example.org")
			third := again.Post(f.form.Action, values)
			decent(t, f.route+", with the same key", third)
			if third.Status < 400 && !strings.Contains(f.route, "{token}") { // a link that is used leads to what became of it
				t.Errorf("%s takes other values under the same key: %d", f.route, third.Status)
			}
			if n := len(acts(t, h, before)); n != effects {
				t.Errorf("%s with other values under the same key does %d things", f.route, n-effects)
			}
		})
	}
}

// saysSo are routes that answer a form sent twice by saying how things stand.
func saysSo() map[string]string {
	return map[string]string{
		"POST /asks/{ask}/settle": "the page says that it is settled, and by what",
	}
}

// acts are those of people and guests since then.
func acts(t *testing.T, h *House, since int64) []string {
	t.Helper()
	var out []string
	for _, a := range h.Since(t, since) {
		if a.Door == "web" || a.Door == "mail" {
			out = append(out, a.Kind)
		}
	}
	return out
}

// elsewhere sends the form as another site would.
func elsewhere(t *testing.T, h *House, v *Visitor, f found) {
	t.Helper()
	before := h.Head(t)
	for _, header := range []http.Header{{"Origin": {"https://evil.example"}}, {"Sec-Fetch-Site": {"cross-site"}}, {"Origin": {"null"}, "Sec-Fetch-Site": {"cross-site"}}} {
		values := f.form.plausible()
		a := v.send(http.MethodPost, f.form.Action, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()), header)
		decent(t, f.route+" from elsewhere", a)
		if a.Status != http.StatusForbidden {
			t.Errorf("%s from another site (%v) answers %d", f.route, header, a.Status)
		}
	}
	if did := acts(t, h, before); len(did) > 0 {
		t.Errorf("%s from another site did %v", f.route, did)
	}
}

// TestFilesAreKeptNotRun sends a file with a name and content that mean harm.
func TestFilesAreKeptNotRun(t *testing.T) {
	t.Parallel()
	h, life := Furnished(t, Options{NoMail: true})
	v := NewVisitor(t, h, life.Cookies[Member], "fr")
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"words": "Voici le plan.", "key": "file"} {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("files", `../../"><script>alert(1)</script>`+override+`.html`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(`<html><script>alert("knot")</script>`)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	a := v.send(http.MethodPost, "/talk/"+life.Params["thread"], form.FormDataContentType(), &body, nil)
	if a.Status != http.StatusSeeOther {
		t.Fatalf("the form answers %d: %s", a.Status, a.Text())
	}
	shown := v.Get(a.Location)
	decent(t, "a talk with a file", shown)
	links := fileLinks(shown.Body)
	if len(links) != 2 {
		t.Fatalf("files on the page: %v", links)
	}
	file := v.Get(links[1])
	if got := file.Header.Get("Content-Type"); got != "application/octet-stream" {
		t.Errorf("the file comes as %q", got)
	}
	if got := file.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; ") || strings.ContainsAny(got, "<>\"/") {
		t.Errorf("the file comes with %q", got)
	}
	if got := file.Header.Get("Content-Security-Policy"); !strings.Contains(got, "sandbox") {
		t.Errorf("the file comes with the policy %q", got)
	}
}

func fileLinks(body string) []string {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return nil
	}
	var out []string
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" && strings.HasPrefix(attr(n, "href"), "/files/") {
			out = append(out, attr(n, "href"))
		}
	}
	return out
}
