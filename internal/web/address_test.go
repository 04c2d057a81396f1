package web_test

import (
	"net/http"
	"testing"

	"cordee/internal/web/assets"
)

// An address that isn't text leads nowhere, before any room is asked.
func TestAddressesAreText(t *testing.T) {
	t.Parallel()
	g := newGallery(t, "http://localhost:8080", nil)
	for path, want := range map[string]int{
		"/fields?x=%C3%A9": http.StatusOK, "/fields?x=%00": http.StatusNotFound, "/fields?x=%ff": http.StatusNotFound,
		"/fields?%ff=x": http.StatusNotFound, "/%00": http.StatusNotFound, "/%c3%28": http.StatusNotFound,
		"/search?q=a&after=%00": http.StatusNotFound,
	} {
		if got := ask(t, g, http.MethodGet, path, solene).Code; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
}

// What is said to one person stays with that person's browser: redirects too.
func TestNothingIsKeptByWhatStandsBetween(t *testing.T) {
	t.Parallel()
	g := newGallery(t, "http://localhost:8080", nil)
	for path, want := range map[string]string{
		"/": "private, no-cache", "/circles/": "private, no-cache", "/fields": "private, no-cache", "/nowhere": "private, no-cache",
		assets.URL("style.css"): "public, max-age=31536000, immutable",
	} {
		w := ask(t, g, http.MethodGet, path)
		if got := w.Header().Get("Cache-Control"); got != want {
			t.Errorf("%s (%d): %q, want %q", path, w.Code, got, want)
		}
	}
}
