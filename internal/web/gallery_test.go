package web_test

import (
	"os"
	"testing"

	"cordee/internal/browsertest"
)

func TestMain(m *testing.M) { os.Exit(browsertest.Main(m)) }

// TestGallery looks at every part on every kind of screen: nothing is wider than
// the window, nothing to press is too small, axe-core has nothing to say.
func TestGallery(t *testing.T) {
	t.Parallel()
	base := serve(t)
	signedIn := []struct{ path, name string }{
		{"/", "today"}, {"/circles", "circle"}, {"/circles?n=3", "circle-3"}, {"/circles?n=30", "circle-30"}, {"/circles?n=150", "circle-150"},
		{"/people", "person"}, {"/letters?said=saved", "exchange"}, {"/ask", "ask"}, {"/search", "search"}, {"/settings", "empty"}, {"/hard", "hard"},
	}
	for _, lang := range []string{"fr", "en", "es"} {
		for _, look := range []browsertest.Options{{}, {Dark: true}, {Phone: true}, {Phone: true, Dark: true}} {
			look.Lang = lang
			t.Run(look.Name(), func(t *testing.T) {
				t.Parallel()
				p := browsertest.Open(t, base, look)
				check := func(path, name string) {
					p.Goto(path)
					p.Axe()
					p.Overflow()
					p.Targets(44)
					p.Screenshot(name)
				}
				check("/invitation", "invitation")
				p.Fill("Pourquoi venez-vous ?", "")
				p.Press("Rejoindre Planète Métiers")
				p.Axe()
				p.Screenshot("invitation-refused")
				check("/fields", "fields")
				p.Press("Send")
				p.Axe()
				p.Overflow()
				p.Screenshot("fields-refused")
				check("/sign-in", "sign-in")
				check("/nowhere", "not-found")
				p.SetCookie("cordee", "solene")
				for _, page := range signedIn {
					path := page.path
					if lang != "fr" {
						path = withLang(path, lang)
					}
					check(path, page.name)
				}
			})
		}
	}
}

func withLang(path, lang string) string {
	for _, c := range path {
		if c == '?' {
			return path + "&lang=" + lang
		}
	}
	return path + "?lang=" + lang
}
