package web_test

import (
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"cordee/internal/web"
	"cordee/internal/web/assets"
	"cordee/internal/web/page"
	"cordee/internal/web/page/pagetest"
)

// ask sends one request; change may add what a browser or a proxy would.
func ask(t *testing.T, h http.Handler, method, target string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func with(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func typed(values url.Values) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body = io.NopCloser(strings.NewReader(values.Encode()))
	}
}

func solene(r *http.Request) { r.AddCookie(&http.Cookie{Name: "cordee", Value: "solene"}) }

func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"http://localhost:8080", "https://cordee.example"} {
		g := newGallery(t, base, nil)
		for _, path := range []string{"/fields", "/nowhere", "/livez", assets.URL("style.css"), "/"} {
			h := ask(t, g, http.MethodGet, path).Header()
			for name, part := range map[string]string{
				"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff",
				"Referrer-Policy": "same-origin", "X-Frame-Options": "DENY", "X-Request-Id": "",
			} {
				if got := h.Get(name); got == "" || !strings.Contains(got, part) {
					t.Errorf("%s%s: %s is %q", base, path, name, got)
				}
			}
			if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
				t.Errorf("%s: %s", path, csp)
			}
			if got := h.Get("Strict-Transport-Security") != ""; got != strings.HasPrefix(base, "https") {
				t.Errorf("%s%s: HSTS is %v", base, path, got)
			}
		}
		page := ask(t, g, http.MethodGet, "/fields")
		if got := page.Header().Get("Cache-Control"); got != "private, no-cache" {
			t.Errorf("Cache-Control %q", got)
		}
		for _, never := range []string{"style=\"", "onclick", "<script>", "javascript:"} {
			if strings.Contains(page.Body.String(), never) {
				t.Errorf("the page holds %s", never)
			}
		}
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	g := newGallery(t, "http://localhost:8080", nil)
	for _, c := range []struct {
		method, path string
		want         int
		says         string
	}{
		{http.MethodGet, "/fields", http.StatusOK, "Every field"},
		{http.MethodHead, "/fields", http.StatusOK, ""},
		{http.MethodGet, "/nowhere", http.StatusNotFound, "Nothing to see"},
		{http.MethodGet, "/static/style.css", http.StatusNotFound, "Nothing to see"},
		{http.MethodGet, "/fields/", http.StatusMovedPermanently, ""},
		{http.MethodGet, "/nowhere/", http.StatusNotFound, ""},
		{http.MethodGet, "//evil.example/", http.StatusNotFound, ""},
		{http.MethodPut, "/fields", http.StatusMethodNotAllowed, "Not this way"},
		{http.MethodPost, "/ask", http.StatusMethodNotAllowed, "Not this way"},
		{http.MethodGet, "/gone", http.StatusGone, "had its day"},
		{http.MethodGet, "/broken", http.StatusInternalServerError, "Reference: "},
		{http.MethodGet, "/panic", http.StatusInternalServerError, "Reference: "},
		{http.MethodGet, "/ask", http.StatusSeeOther, ""},
		{http.MethodPost, "/thank", http.StatusUnauthorized, "Who are you?"},
		{http.MethodGet, "/livez", http.StatusOK, "alive"},
	} {
		w := ask(t, g, c.method, c.path)
		if w.Code != c.want || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s: %d, want %d saying %q", c.method, c.path, w.Code, c.want, c.says)
		}
		if w.Code == http.StatusMethodNotAllowed && w.Header().Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", c.method, c.path)
		}
	}
	if got := ask(t, g, http.MethodGet, "/ask?a=b").Header().Get("Location"); got != "/sign-in?next=%2Fask%3Fa%3Db" {
		t.Errorf("leads to %s", got)
	}
	if got := ask(t, g, http.MethodGet, "/fields/?lang=es").Header().Get("Location"); got != "/fields?lang=es" {
		t.Errorf("leads to %s", got)
	}
	for _, line := range []string{"a wire is loose", "route=\"GET /broken\"", "status=500"} {
		if !strings.Contains(g.log.String(), line) {
			t.Errorf("the log doesn't say %q", line)
		}
	}
}

// TestLogSaysNoSecrets: paths may hold tokens, queries what people search.
func TestLogSaysNoSecrets(t *testing.T) {
	t.Parallel()
	g := newGallery(t, "http://localhost:8080", func(cfg *web.Config) {
		cfg.Routes = append(cfg.Routes, page.Get("/links/{token}", page.Invited, func(w http.ResponseWriter, r *http.Request, v *page.View) error {
			return page.Done(w, r, v, "/", "")
		}))
	})
	ask(t, g, http.MethodGet, "/links/canary-path?q=canary-query", with("User-Agent", "canary-agent"), solene)
	if log := g.log.String(); strings.Contains(log, "canary") || !strings.Contains(log, "/links/{token}") || !strings.Contains(log, "person=") {
		t.Errorf("the log says %s", log)
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	g := newGallery(t, "https://cordee.example", nil)
	form := typed(url.Values{"why": {"x"}, "agree": {"yes"}})
	for _, c := range []struct {
		name, value string
		want        int
	}{
		{"Sec-Fetch-Site", "same-origin", http.StatusSeeOther},
		{"Sec-Fetch-Site", "none", http.StatusSeeOther},
		{"Sec-Fetch-Site", "cross-site", http.StatusForbidden},
		{"Sec-Fetch-Site", "same-site", http.StatusForbidden},
		{"Origin", "https://cordee.example", http.StatusSeeOther},
		{"Origin", "https://evil.example", http.StatusForbidden},
		{"Origin", "null", http.StatusForbidden},
		{"X-Nothing", "x", http.StatusSeeOther},
	} {
		w := ask(t, g, http.MethodPost, "/invitation", form, with(c.name, c.value))
		if w.Code != c.want {
			t.Errorf("%s: %s: %d, want %d", c.name, c.value, w.Code, c.want)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	g := newGallery(t, "http://localhost:8080", nil)
	for _, c := range []struct {
		path, accept string
		signedIn     bool
		want         string
	}{
		{"/fields", "es-MX,es;q=0.9", false, "es"},
		{"/fields", "de", false, "en"},
		{"/fields", "", false, "en"},
		{"/fields?lang=fr", "es", false, "fr"},
		{"/fields?lang=xx", "es", false, "es"},
		{"/fields", "es", true, "fr"},
		{"/fields?lang=en", "es", true, "en"},
	} {
		change := []func(*http.Request){with("Accept-Language", c.accept)}
		if c.signedIn {
			change = append(change, solene)
		}
		w := ask(t, g, http.MethodGet, c.path, change...)
		if !strings.Contains(w.Body.String(), `<html lang="`+c.want+`"`) || w.Header().Get("Content-Language") != c.want {
			t.Errorf("%+v: spoke %s", c, w.Header().Get("Content-Language"))
		}
	}
	asked := ask(t, g, http.MethodGet, "/fields?lang=fr").Body.String()
	if !strings.Contains(asked, `action="/fields?lang=fr"`) || !strings.Contains(asked, `href="/fields?lang=es"`) {
		t.Error("the language that was asked for is lost by the next page")
	}
}

func TestCompression(t *testing.T) {
	t.Parallel()
	g := newGallery(t, "http://localhost:8080", nil)
	w := ask(t, g, http.MethodGet, "/hard", solene, with("Accept-Encoding", "gzip"))
	if got := w.Header().Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding %q", got)
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil || !strings.Contains(string(body), "</html>") {
		t.Errorf("%v, %d bytes", err, len(body))
	}
	plain := ask(t, g, http.MethodGet, "/hard", solene)
	if plain.Header().Get("Content-Encoding") != "" || !strings.Contains(plain.Body.String(), "</html>") {
		t.Error("who takes no gzip got it")
	}
}

// TestWeight: a page of the gallery, compressed, beside stylesheet and scripts.
func TestWeight(t *testing.T) {
	t.Parallel()
	g := newGallery(t, "http://localhost:8080", nil)
	once := 0
	for _, name := range []string{"style.css", "htmx.js", "cordee.js", "icon.svg", "manifest.webmanifest"} {
		once += assets.Size(name)
	}
	for _, path := range []string{"/", "/circles", "/circles?n=150", "/ask", "/letters", "/people", "/fields", "/invitation"} {
		w := ask(t, g, http.MethodGet, path, solene, with("Accept-Encoding", "gzip"))
		t.Logf("%-16s %6d bytes, with all else %6d", path, w.Body.Len(), w.Body.Len()+once)
		if w.Body.Len() > 15_000 || w.Body.Len()+once > 60_000 {
			t.Errorf("%s weighs %d, with all else %d", path, w.Body.Len(), w.Body.Len()+once)
		}
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	secure := newGallery(t, "https://cordee.example", nil)
	if w := ask(t, secure, http.MethodGet, "/ask", solene); w.Code != http.StatusSeeOther {
		t.Errorf("under https the cookie without its prefix was taken: %d", w.Code)
	}
	if w := ask(t, secure, http.MethodGet, "/ask", with("Cookie", "__Host-cordee=solene")); w.Code != http.StatusOK {
		t.Errorf("under https: %d", w.Code)
	}
	g := newGallery(t, "http://localhost:8080", nil)
	for cookie, want := range map[string]int{"solene": http.StatusOK, "nobody": http.StatusSeeOther, "trouble": http.StatusInternalServerError, strings.Repeat("x", 300): http.StatusSeeOther} {
		if w := ask(t, g, http.MethodGet, "/ask", with("Cookie", "cordee="+cookie)); w.Code != want {
			t.Errorf("cookie %.10s: %d, want %d", cookie, w.Code, want)
		}
	}
}

func TestClient(t *testing.T) {
	t.Parallel()
	var client netip.Addr
	g := newGallery(t, "http://localhost:8080", func(cfg *web.Config) {
		cfg.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32")}
		cfg.Routes = append(cfg.Routes, page.Get("/who", page.Anyone, func(_ http.ResponseWriter, _ *http.Request, v *page.View) error {
			client = v.Client
			return nil
		}))
	})
	for _, c := range []struct{ peer, forwarded, want string }{
		{"203.0.113.9:1", "", "203.0.113.9"},
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.9"},
		{"10.1.1.1:1", "198.51.100.1", "198.51.100.1"},
		{"10.1.1.1:1", "1.1.1.1, 198.51.100.1, 192.0.2.1", "198.51.100.1"},
		{"10.1.1.1:1", "nonsense", "10.1.1.1"},
		{"[::ffff:203.0.113.9]:1", "", "203.0.113.9"},
	} {
		ask(t, g, http.MethodGet, "/who", func(r *http.Request) { r.RemoteAddr = c.peer }, with("X-Forwarded-For", c.forwarded))
		if client.String() != c.want {
			t.Errorf("%+v: %s", c, client)
		}
	}
}

func TestLargeBody(t *testing.T) {
	t.Parallel()
	g := newGallery(t, "http://localhost:8080", nil)
	w := ask(t, g, http.MethodPost, "/invitation", typed(url.Values{"why": {strings.Repeat("x", 2<<20)}}))
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "more than one form can carry") {
		t.Errorf("%d", w.Code)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	g := newGallery(t, "http://localhost:8080", func(cfg *web.Config) {
		var some []page.Route
		for _, route := range cfg.Routes {
			if route.Pattern != "/people" && route.Pattern != "/letters" {
				some = append(some, route)
			}
		}
		cfg.Routes = some
	})
	body := ask(t, g, http.MethodGet, "/ask", solene).Body.String()
	_, nav, _ := strings.Cut(body, `<nav class="places"`)
	nav, _, _ = strings.Cut(nav, "</nav>")
	if strings.Contains(nav, `href="/people"`) || strings.Contains(nav, `href="/letters"`) || !strings.Contains(nav, `href="/search"`) {
		t.Errorf("places that don't exist are shown: %s", nav)
	}
}

func TestBadRoutes(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	fine := func(http.ResponseWriter, *http.Request, *page.View) error { return nil }
	for name, routes := range map[string][]page.Route{
		"method":   {{Method: http.MethodPut, Pattern: "/x", Handler: fine}},
		"handler":  {page.Get("/x", page.Anyone, nil)},
		"path":     {page.Get("x", page.Anyone, fine)},
		"conflict": {page.Get("/x/{a}", page.Anyone, fine), page.Get("/x/{b}", page.Anyone, fine)},
	} {
		cfg := web.Config{Base: base, Routes: routes}
		if _, err := web.New(cfg); err == nil {
			t.Errorf("%s: no Sessions, yet no error", name)
		}
		cfg.Sessions = func(context.Context, string) (page.Session, bool, error) { return page.Session{}, false, nil }
		cfg.Clock, cfg.Log = time.Now, slog.New(slog.DiscardHandler)
		if _, err := web.New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if got := len(newGallery(t, "http://localhost:8080", nil).Routes()); got != len(pagetest.Gallery()) {
		t.Errorf("%d routes", got)
	}
}
