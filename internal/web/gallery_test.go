package web_test

import (
	"os"
	"testing"

	"cordee/internal/browsertest"
)

func TestMain(m *testing.M) { os.Exit(browsertest.Main(m)) }

// TestGallery looks at every part in three languages, wide and on a phone, by day
// and by night: nothing is wider than the window, nothing to press is too small,
// axe-core has nothing to say.
func TestGallery(t *testing.T) {
	t.Parallel()
	base := serve(t)
	for _, lang := range []string{"fr", "en", "es"} {
		for _, phone := range []bool{false, true} {
			look := browsertest.Options{Lang: lang, Phone: phone}
			t.Run(look.Name(), func(t *testing.T) {
				t.Parallel()
				walk(t, browsertest.Open(t, base, look), lang)
			})
		}
	}
}

func walk(t *testing.T, p *browsertest.Page, lang string) {
	t.Helper()
	look := func(name string) {
		p.Overflow()
		p.Targets(44)
		p.Screenshot(name)
		p.Night(true)
		p.Screenshot(name)
		p.Night(false)
		p.Both()
	}
	show := func(path, name string) {
		p.Goto(path)
		look(name)
	}
	show("/invitation", "invitation")
	p.Fill("Pourquoi venez-vous ?", "")
	p.Press("Rejoindre Planète Métiers")
	look("invitation-refused")
	show("/fields", "fields")
	p.Press("Send")
	look("fields-refused")
	show("/sign-in", "sign-in")
	show("/nowhere", "not-found")
	p.SetCookie("cordee", "solene")
	for _, page := range []struct{ path, name string }{
		{"/", "today"}, {"/circles", "circle"}, {"/letters", "exchange"}, {"/ask", "ask"}, {"/settings", "empty"},
	} {
		show(page.path+"?lang="+lang, page.name)
	}
	if lang != "fr" {
		return // the words of the others are the test's own
	}
	for _, page := range []struct{ path, name string }{
		{"/people", "person"},
		{"/search", "search"},
		{"/hard", "hard"},
		{"/circles?n=3", "circle-3"},
		{"/circles?n=30", "circle-30"},
		{"/circles?n=150", "circle-150"},
	} {
		show(page.path, page.name)
	}
}
