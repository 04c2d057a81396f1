package assets_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"cordee/internal/web/assets"
)

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"style.css", "htmx.js", "hx-sse.js", "cordee.js", "icon.svg", "manifest.webmanifest", "fraunces-latin.woff2"} {
		url := assets.URL(name)
		if !assets.Has(url) {
			t.Errorf("%s: %s isn't served", name, url)
		}
		w := httptest.NewRecorder()
		if !assets.Serve(w, httptest.NewRequest(http.MethodGet, url, nil)) || w.Code != http.StatusOK {
			t.Errorf("%s: got %d", url, w.Code)
		}
		if !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: Cache-Control %q", url, w.Header().Get("Cache-Control"))
		}
	}
	if assets.Serve(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/static/style.css", nil)) {
		t.Error("a name without its hash was served")
	}
}

func TestStylesheetNamesItsFonts(t *testing.T) {
	t.Parallel()
	urls := regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(assets.Text("style.css"), -1)
	if len(urls) != 6 {
		t.Errorf("%d fonts, want 6", len(urls))
	}
	for _, u := range urls {
		if !assets.Has(u[1]) {
			t.Errorf("the stylesheet names %s, which isn't served", u[1])
		}
	}
	if strings.Contains(assets.Text("style.css"), "://") {
		t.Error("the stylesheet names another server")
	}
}

// TestFirstVisit: stylesheet and scripts leave room for the page within 60 kB.
func TestFirstVisit(t *testing.T) {
	t.Parallel()
	sum := 0
	for _, name := range []string{"style.css", "htmx.js", "hx-sse.js", "cordee.js", "icon.svg", "manifest.webmanifest"} {
		sum += assets.Size(name)
		t.Logf("%-22s %6d bytes on the wire", name, assets.Size(name))
	}
	if sum > 45_000 {
		t.Errorf("%d bytes, want at most 45,000 so that 15,000 are left for the page", sum)
	}
}

func TestAcceptsGzip(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{"": false, "gzip": true, "br, gzip;q=0.8": true, "gzip;q=0": false, "*": true, "identity": false, "gzip; q=0.000": false} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", accept)
		if got := assets.AcceptsGzip(r); got != want {
			t.Errorf("%q: got %v", accept, got)
		}
	}
}

func TestConditional(t *testing.T) {
	t.Parallel()
	url := assets.URL("style.css")
	w := httptest.NewRecorder()
	assets.Serve(w, httptest.NewRequest(http.MethodGet, url, nil))
	r := httptest.NewRequest(http.MethodGet, url, nil)
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	again := httptest.NewRecorder()
	assets.Serve(again, r)
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("got %d with %d bytes", again.Code, again.Body.Len())
	}
}
