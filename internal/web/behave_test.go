package web_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"cordee/internal/browsertest"
	"cordee/internal/web"
	"cordee/internal/web/page"
)

// TestForms goes through a form as a person does: refused, corrected, done, with
// scripts and without. What the person sees is the same.
func TestForms(t *testing.T) {
	t.Parallel()
	base := serve(t)
	for _, look := range []browsertest.Options{{Lang: "fr"}, {Lang: "fr", NoJS: true}, {Lang: "fr", Phone: true}} {
		t.Run(look.Name(), func(t *testing.T) {
			t.Parallel()
			p := browsertest.Open(t, base, look)
			p.Goto("/invitation")
			p.Fill("Pourquoi venez-vous ?", "")
			p.Fill("Qu’apportez-vous ?", "Une bonne table, « parfois » <b>& du pain</b>")
			p.Click("une journée")
			p.Press("Rejoindre Planète Métiers")

			if got := p.Status(); got != http.StatusUnprocessableEntity {
				t.Errorf("status %d", got)
			}
			p.See("Deux choses à revoir")
			if got := p.Value("Qu’apportez-vous ?"); got != "Une bonne table, « parfois » <b>& du pain</b>" {
				t.Errorf("what was typed became %q", got)
			}
			if got := p.Count("input[value=day]:checked"); got != 1 {
				t.Error("the choice was lost")
			}
			if got := p.Count(".wrongs:focus"); got != 1 {
				t.Errorf("the focus isn't on what is wrong")
			}
			if got := p.Count("#f-invitation-why[aria-invalid=true][aria-describedby=f-invitation-why-wrong]"); got != 1 {
				t.Error("the field doesn't say that it is wrong")
			}
			p.Axe()

			p.Fill("Pourquoi venez-vous ?", "Pour rire")
			p.Click("Je la fais mienne")
			p.Press("Rejoindre Planète Métiers")
			p.See("Every field")
			if got := p.URL(); got != "/fields" {
				t.Errorf("on %s", got)
			}
			p.Back()
			p.See("Planète Métiers")
		})
	}
}

// TestDone: a form that comes back to its page says what happened, in place.
func TestDone(t *testing.T) {
	t.Parallel()
	base := serve(t)
	for _, look := range []browsertest.Options{{Lang: "fr"}, {Lang: "fr", NoJS: true}} {
		t.Run(look.Name(), func(t *testing.T) {
			t.Parallel()
			look.Phone = true // where the button is far down
			p := browsertest.Open(t, base, look)
			p.SetCookie("cordee", "solene")
			p.Goto("/letters?said=saved")
			p.SeeNot("C’est enregistré") // whoever only follows a link is told nothing
			p.Press("C’est fait, merci Malik")
			p.See("C’est enregistré")
			p.Both()
			p.Screenshot("said")
			if !look.NoJS {
				if !p.InView("#said") {
					t.Error("the sentence is out of sight")
				}
				if got := p.URL(); got != "/letters" {
					t.Errorf("the address is %s", got)
				}
				p.Click("Fermer")
			} else {
				p.Press("Fermer")
			}
			p.SeeNot("C’est enregistré")
		})
	}
}

// TestTwice: the second of two clicks is nobody's second act.
func TestTwice(t *testing.T) {
	t.Parallel()
	var posts atomic.Int32
	release := make(chan struct{})
	base := serveWith(t, func(cfg *web.Config) {
		for i, route := range cfg.Routes {
			if route.Pattern == "/thank" {
				cfg.Routes[i].Handler = func(w http.ResponseWriter, r *http.Request, v *page.View) error {
					posts.Add(1)
					<-release
					return page.Done(w, r, v, "/letters", "saved")
				}
			}
		}
	})
	p := browsertest.Open(t, base, browsertest.Options{Lang: "fr"})
	p.SetCookie("cordee", "solene")
	p.Goto("/letters")
	p.Arrives("two clicks", func() {
		p.Click("C’est fait, merci Malik")
		p.Click("C’est fait, merci Malik")
		close(release)
	})
	p.See("C’est enregistré")
	if got := posts.Load(); got != 1 {
		t.Errorf("%d posts", got)
	}
}

// TestSessionEnds: whoever was signed out meanwhile gets their words back.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	base := serve(t)
	for _, look := range []browsertest.Options{{Lang: "fr"}, {Lang: "fr", NoJS: true}} {
		t.Run(look.Name(), func(t *testing.T) {
			t.Parallel()
			p := browsertest.Open(t, base, look)
			p.SetCookie("cordee", "solene")
			p.Goto("/letters")
			p.Fill("Merci pour…", "Des mots qu’on n’écrit pas deux fois")
			p.SetCookie("cordee", "nobody")
			p.Press("C’est fait, merci Malik")
			p.See("Des mots qu’on n’écrit pas deux fois")
			p.See("Se connecter")
			p.Axe()
		})
	}
}

// TestOffline: without an answer the words stay and the page says why.
func TestOffline(t *testing.T) {
	t.Parallel()
	base := serve(t)
	p := browsertest.Open(t, base, browsertest.Options{Lang: "fr", Phone: true})
	for _, expected := range []string{"ERR_INTERNET_DISCONNECTED", "Failed to fetch"} {
		p.Allow(expected)
	}
	p.Goto("/invitation")
	p.Fill("Qu’apportez-vous ?", "Du pain")
	p.Offline(true)
	p.Click("Rejoindre Planète Métiers")
	p.Wait("#offline:not([hidden])")
	p.See("La connexion manque")
	p.Axe()
	p.Screenshot("offline")
	if got := p.Value("Qu’apportez-vous ?"); got != "Du pain" {
		t.Errorf("what was typed became %q", got)
	}
	p.Offline(false)
	p.Press("Rejoindre Planète Métiers")
	p.See("Une chose à revoir")
}

// TestKeyboard: the first thing that Tab reaches leads past the navigation.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	p := browsertest.Open(t, serve(t), browsertest.Options{Lang: "en"})
	p.SetCookie("cordee", "solene")
	p.Goto("/ask?lang=en")
	p.Key("\t")
	if got := p.Text(":focus"); got != "Skip to the content" {
		t.Errorf("Tab reaches %q", got)
	}
	p.Key("\r")
	if got := p.Count("#main:focus"); got != 1 {
		t.Error("the focus isn't on the content")
	}
}

// TestZone: a browser that runs scripts offers its own time zone.
func TestZone(t *testing.T) {
	t.Parallel()
	base := serve(t)
	p := browsertest.Open(t, base, browsertest.Options{Lang: "es", Zone: "America/Mexico_City"})
	p.Goto("/fields")
	if got := p.Value("A time zone"); got != "America/Mexico_City" {
		t.Errorf("offered %q", got)
	}
}
