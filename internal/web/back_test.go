package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A form that is sent after its session has ended leads, by way of signing in,
// back to the page that it stood on: what it is sent to may be no page.
func TestAFormWithoutASessionLeadsBackToItsPage(t *testing.T) {
	t.Parallel()
	g := newGallery(t, "http://localhost:8080", nil)
	for referer, want := range map[string]string{
		"http://localhost:8080/circles?kind=help": "/sign-in?next=%2Fcircles%3Fkind%3Dhelp",
		"http://localhost:8080/":                  "/sign-in",
		"https://evil.example/circles":            "/sign-in",
		"":                                        "/sign-in",
	} {
		w := ask(t, g, http.MethodPost, "http://localhost:8080/thank", with("Referer", referer), typed(url.Values{"words": {"Merci beaucoup, Malik."}}))
		if got := w.Body.String(); w.Code != http.StatusUnauthorized || !strings.Contains(got, `href="`+want+`"`) {
			t.Errorf("from %q: %d without a link to %s", referer, w.Code, want)
		}
	}
}
