package page_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/web/assets"
	"cordee/internal/web/page"
	"cordee/internal/web/page/pagetest"
)

func view(t *testing.T, r *http.Request, session page.Session) *page.View {
	t.Helper()
	base, err := url.Parse("https://cordee.example")
	if err != nil {
		t.Fatal(err)
	}
	settings := &page.Settings{Base: base, Rand: rand.Reader, Places: page.AllPlaces()}
	return page.NewView(r, settings, session, netip.Addr{}, "ref", time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
}

func get(t *testing.T, target string) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
}

func post(t *testing.T, target string, values url.Values) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type kind string

type draft struct {
	Words  string   `form:"words"`
	Kind   kind     `form:"kind"`
	To     []kind   `form:"to"`
	Agree  bool     `form:"agree"`
	Number int      `form:"number"`
	Many   []string `form:"many"`
	Other  string
}

func TestDecode(t *testing.T) {
	t.Parallel()
	var in draft
	err := page.Decode(post(t, "/x", url.Values{
		"words": {"  a\r\nb\rc 👩🏽‍🔧 "}, "kind": {"help"}, "to": {"x", "", "y"}, "agree": {"yes"}, "number": {"7"}, "Other": {"no"},
	}), &in)
	if err != nil {
		t.Fatal(err)
	}
	if in.Words != "a\nb\nc 👩🏽‍🔧" || in.Kind != "help" || len(in.To) != 2 || !in.Agree || in.Number != 7 || len(in.Many) > 0 || in.Other != "" {
		t.Errorf("%+v", in)
	}
}

func TestDecodeShared(t *testing.T) {
	t.Parallel()
	type Shared struct {
		Zone string `form:"zone"`
	}
	var in struct {
		Shared
		Name string `form:"name"`
	}
	if err := page.Decode(post(t, "/x", url.Values{"zone": {"UTC"}, "name": {"a"}}), &in); err != nil || in.Zone != "UTC" || in.Name != "a" {
		t.Errorf("%v %+v", err, in)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	many := url.Values{}
	for range 600 {
		many.Add("to", "x")
	}
	for code, values := range map[string]url.Values{
		"form.not_text":     {"words": {"a\xff"}},
		"form.too_long":     {"words": {strings.Repeat("x", 300_000)}},
		"form.not_a_number": {"number": {"seven"}},
		"form.too_large":    many,
	} {
		var in draft
		no, ok := refusal.As(page.Decode(post(t, "/x", values), &in))
		if !ok || no.Code != code || no.Kind != refusal.Invalid {
			t.Errorf("%s: %v", code, no)
		}
	}
	var in draft
	if no, _ := refusal.As(page.Decode(post(t, "/x", url.Values{"words": {"a\x00b"}}), &in)); no == nil || no.Code != "form.not_text" {
		t.Errorf("a zero byte: %v", no)
	}
	broken := post(t, "/x", nil)
	broken.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	if no, _ := refusal.As(page.Decode(broken, &in)); no == nil || no.Code != "form.unreadable" {
		t.Errorf("a broken form: %v", no)
	}
}

func TestDecodeFiles(t *testing.T) {
	t.Parallel()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, name := range []string{"a.txt", ""} {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if name != "" {
			_, _ = part.Write([]byte("hello"))
		}
	}
	_ = w.WriteField("words", "with a file")
	_ = w.WriteField("key", "abc")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/x", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	var in struct {
		Words string                  `form:"words"`
		One   *multipart.FileHeader   `form:"file"`
		All   []*multipart.FileHeader `form:"file"`
		None  *multipart.FileHeader   `form:"none"`
	}
	if err := page.Decode(r, &in); err != nil {
		t.Fatal(err)
	}
	if in.Words != "with a file" || in.One == nil || in.One.Filename != "a.txt" || len(in.All) != 1 || in.None != nil {
		t.Errorf("%+v", in)
	}
	if page.Key(r).Name != "form:abc" {
		t.Errorf("key %+v", page.Key(r))
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	key := func(path string, values url.Values) journal.Key {
		r := post(t, path, values)
		var in draft
		if err := page.Decode(r, &in); err != nil {
			t.Fatal(err)
		}
		return page.Key(r)
	}
	one := key("/x", url.Values{"key": {"k"}, "words": {"a"}, "to": {"b"}})
	if again := key("/x", url.Values{"to": {"b"}, "words": {"a"}, "key": {"k"}}); again.Name != one.Name || again.Digest != one.Digest {
		t.Error("the same form has another key")
	}
	for name, other := range map[string]journal.Key{
		"words": key("/x", url.Values{"key": {"k"}, "words": {"ab"}, "to": {""}}),
		"path":  key("/y", url.Values{"key": {"k"}, "words": {"a"}, "to": {"b"}}),
	} {
		if other.Digest == one.Digest || other.Name != one.Name {
			t.Errorf("other %s: %+v", name, other)
		}
	}
	if none := key("/x", url.Values{"words": {"a"}}); none.Name != "" {
		t.Errorf("a form without a key has %+v", none)
	}
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	again := func(v *page.View) (templ.Component, error) {
		f := v.Form("/x")
		other := v.Form("/y")
		if other.Refused() || !f.Refused() {
			t.Error("the wrong form was refused")
		}
		return templ.Join(f.Text(page.Field{Name: "words", Label: "Words", Value: "before"}), f.Begin()), nil
	}
	for _, c := range []struct {
		err    error
		status int
		shows  string
	}{
		{refusal.New(refusal.Invalid, "form.too_long").On("words"), 422, `id="f-x-words-wrong"`},
		{refusal.New(refusal.Conflict, "form.too_long"), 409, `<div class="wrongs"`},
		{refusal.New(refusal.TooMany, "no.such.words"), 429, "This isn’t possible just now."},
		{errors.Join(refusal.New(refusal.Invalid, "form.too_long").On("words"), refusal.New(refusal.Invalid, "form.not_text").On("to")), 422, "Two things to look at again"},
	} {
		r := post(t, "/x", url.Values{"words": {"<b>typed</b>"}})
		var in draft
		if err := page.Decode(r, &in); err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		if err := page.Refuse(w, r, view(t, r, page.Session{}), c.err, again); err != nil {
			t.Fatal(err)
		}
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(body, c.shows) || !strings.Contains(body, "&lt;b&gt;typed&lt;/b&gt;") {
			t.Errorf("%v: %d\n%s", c.err, w.Code, body)
		}
	}
	for _, err := range []error{refusal.ErrNotFound(), refusal.New(refusal.Expired, "x"), refusal.New(refusal.Forbidden, "x"), errors.New("trouble")} {
		r := post(t, "/x", nil)
		if got := page.Refuse(httptest.NewRecorder(), r, view(t, r, page.Session{}), err, again); !errors.Is(got, err) {
			t.Errorf("%v became %v", err, got)
		}
	}
}

func TestDone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		target, hx, path, said string
		status                 int
		location, redirect     string
	}{
		{"/x", "", "/circles/a?b=c", "saved", 303, "/circles/a?b=c&said=saved", ""},
		{"/x", "", "/circles/a#m-1", "", 303, "/circles/a#m-1", ""},
		{"/x?lang=es", "", "/a", "", 303, "/a?lang=es", ""},
		{"/x", "https://cordee.example/a?old", "/a", "saved", 303, "/a?said=saved", ""},
		{"/x", "https://cordee.example/b", "/a", "saved", 200, "", "/a?said=saved"},
	} {
		r := post(t, c.target, nil)
		if c.hx != "" {
			r.Header.Set("HX-Request", "true")
			r.Header.Set("HX-Current-URL", c.hx)
		}
		w := httptest.NewRecorder()
		if err := page.Done(w, r, view(t, r, page.Session{}), c.path, c.said); err != nil {
			t.Fatal(err)
		}
		if w.Code != c.status || w.Header().Get("Location") != c.location || w.Header().Get("HX-Redirect") != c.redirect {
			t.Errorf("%+v: %d %v", c, w.Code, w.Header())
		}
	}
}

func TestSaid(t *testing.T) {
	t.Parallel()
	for site, want := range map[string]string{"": "saved", "same-origin": "saved", "cross-site": "", "none": ""} {
		r := get(t, "/x?said=saved")
		r.Header.Set("Sec-Fetch-Site", site)
		if site == "" {
			r.Header.Del("Sec-Fetch-Site")
		}
		if got := view(t, r, page.Session{}).Said; got != want {
			t.Errorf("%q: %q", site, got)
		}
	}
	if got := view(t, get(t, "/x?said=nonsense"), page.Session{}).Said; got != "" {
		t.Errorf("said %q", got)
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/asks/x?a=b#c": "/asks/x?a=b#c", "": "/", "asks": "/", "//evil.example": "/", "https://evil.example/": "/", "/\\evil.example": "/",
		"///evil.example": "/", "javascript:alert(1)": "/", "/a\r\nb": "/", "\t//evil.example": "/", "http:/x": "/", "/%2f%2fevil.example": "/%2f%2fevil.example",
	} {
		if got := page.Local(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	v := view(t, get(t, "/"), page.Session{})
	evil := pagetest.Card(3, `<i>"Inès"</i>`)
	got := render(t, page.Sentence(v, "problem.reference", "Reference", page.Named(v, evil)))
	if !strings.HasPrefix(got, "Reference: <a ") || strings.Contains(got, "<i>") || !strings.Contains(got, "<bdi>&lt;i&gt;") {
		t.Errorf("%s", got)
	}
	if got := render(t, page.Sentence(v, "problem.reference", "Reference", "<b>")); got != "Reference: &lt;b&gt;" {
		t.Errorf("%s", got)
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	v := view(t, get(t, "/"), page.Session{})
	if got := render(t, page.Named(v, pagetest.Past(1, "Malik"))); strings.Contains(got, "href") {
		t.Errorf("a name in history leads somewhere: %s", got)
	}
	if got := render(t, page.Named(v, person.Card{})); !strings.Contains(got, v.T("common.former")) {
		t.Errorf("nobody is called %s", got)
	}
}

func TestSpeaking(t *testing.T) {
	t.Parallel()
	r := get(t, "/")
	r.Header.Set("Accept-Language", "fr")
	v := view(t, r, page.Session{})
	if v.Speaking(true).T("nav.settings") != "Tes réglages" || v.Speaking(false).T("nav.settings") != "Vos réglages" || v.SaysTu() {
		t.Error("tu and vous are mixed up")
	}
	if got := v.In(lang.ES).Lang(); got != lang.ES {
		t.Errorf("an invitation speaks %s", got)
	}
	if got := view(t, get(t, "/?lang=fr"), page.Session{}).In(lang.ES).Lang(); got != lang.FR {
		t.Errorf("somebody who asked for French is spoken to in %s", got)
	}
}

func TestZonesAreZones(t *testing.T) {
	t.Parallel()
	v := view(t, get(t, "/"), page.Session{})
	html := render(t, v.Form("/x").Zone(page.Choices{Name: "zone", Label: "Zone", Chosen: []string{"America/Argentina/Ushuaia"}}))
	names := regexp.MustCompile(`<option value="([^"]+)"`).FindAllStringSubmatch(html, -1)
	if len(names) < 400 {
		t.Fatalf("%d zones", len(names))
	}
	for _, name := range names {
		if _, err := person.ParseZone(name[1]); err != nil {
			t.Errorf("%s: %v", name[1], err)
		}
	}
	if strings.Count(html, " selected") != 1 || strings.Contains(html, "⟦") {
		t.Error("not one zone is chosen, or words are missing")
	}
}

// TestClasses: every class that the parts use stands in the stylesheet.
func TestClasses(t *testing.T) {
	t.Parallel()
	css := assets.Text("style.css")
	for _, name := range []string{"form", "layout", "parts"} {
		source, err := os.ReadFile(name + ".templ")
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`class="([^"]+)"`).FindAllStringSubmatch(string(source), -1) {
			for class := range strings.FieldsSeq(found[1]) {
				if !regexp.MustCompile(`\.` + class + `\b`).MatchString(css) {
					t.Errorf("%s.templ: no rule for .%s", name, class)
				}
			}
		}
	}
}

func BenchmarkLayout(b *testing.B) {
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/", nil)
	base := &url.URL{Scheme: "https", Host: "cordee.example"}
	settings := &page.Settings{Base: base, Rand: rand.Reader, Places: page.AllPlaces()}
	session := page.Session{Card: pagetest.Card(1, "Solène"), Lang: lang.FR}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		v := page.NewView(r, settings, session, netip.Addr{}, "ref", now)
		w := httptest.NewRecorder()
		if err := page.Render(w, r, v, page.Layout(v, page.Head{Title: "Today", Place: "/"})); err != nil {
			b.Fatal(err)
		}
	}
}
