package journeys

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"cordee/internal/circle"
	"cordee/internal/person/persontest"
	"cordee/internal/thread/threadtest"
)

// TestLinksThatCameTooLate: a link that is used, old, taken back or made up says
// so, opens nothing, and leads on.
func TestLinksThatCameTooLate(t *testing.T) {
	t.Parallel()
	h, life := Furnished(t, Options{NoMail: true})
	stranger := NewVisitor(t, h, "", "fr")
	gone := func(what, path string, status int) {
		t.Helper()
		for _, a := range []Answer{stranger.Get(path), NewVisitor(t, h, "", "fr").Post(path, url.Values{"key": {what}})} {
			decent(t, what, a)
			if a.Status != status {
				t.Errorf("%s answers %d, want %d: %s", what, a.Status, status, a.Text())
			}
			if !strings.Contains(a.Body, `class="btn yes"`) {
				t.Errorf("%s leads nowhere: %s", what, a.Text())
			}
		}
		if len(stranger.client.Jar.Cookies(stranger.base)) > 0 {
			t.Fatalf("%s gave a cookie", what)
		}
	}
	link := func() string {
		token, err := h.SignIns.LinkFor(t.Context(), persontest.Outside(), life.Who[Member])
		if err != nil {
			t.Fatal(err)
		}
		return "/sign-in/" + token
	}
	used, old := link(), link()
	if a := NewVisitor(t, h, "", "fr").Post(used, url.Values{"key": {"first"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("a sign-in link answers %d", a.Status)
	}
	gone("a sign-in link that was used", used, http.StatusGone)
	gone("a sign-in link with another letter", used[:len(used)-3]+flipped(used[len(used)-3:]), http.StatusNotFound)
	gone("the set-up link of a house that is set up", "/set-up/"+life.Params["GET /set-up/{token} token"], http.StatusGone)

	proof := "/addresses/" + life.Params["GET /addresses/{token} token"]
	if a := NewVisitor(t, h, "", "fr").Post(proof, url.Values{"key": {"proof"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("a link that proves an address answers %d", a.Status)
	}
	gone("a proof that was used", proof, http.StatusGone)

	invite := func() (circle.Sent, string) {
		sent, err := h.Circles.Invite(t.Context(), persontest.As(life.Who[Member]), threadtest.Key(), circle.InviteInput{Circle: life.Circle, Way: circle.ByLink, Words: "Viens."})
		if err != nil {
			t.Fatal(err)
		}
		s, err := h.Circles.Standing(t.Context(), h.DB.Read, life.Who[Member])
		if err != nil {
			t.Fatal(err)
		}
		i, err := h.Circles.Invitation(t.Context(), h.DB.Read, s, sent.Public)
		if err != nil {
			t.Fatal(err)
		}
		return sent, "/invitations/" + h.Circles.LinkToken(i)
	}
	revoked, path := invite()
	if err := h.Circles.Revoke(t.Context(), persontest.As(life.Who[Member]), threadtest.Key(), revoked.Invitation); err != nil {
		t.Fatal(err)
	}
	gone("an invitation that was taken back", path, http.StatusGone)
	_, path = invite()
	h.join(t, path)
	gone("an invitation that was used", path, http.StatusGone)
	_, path = invite()

	h.Clock.Advance(40 * 24 * time.Hour)
	gone("a sign-in link of last month", old, http.StatusGone)
	gone("an invitation of last month", path, http.StatusGone)
}

func flipped(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 'a' {
			return 'b'
		}
		return 'a'
	}, s)
}

// join accepts an invitation as somebody new.
func (h *House) join(t *testing.T, path string) {
	t.Helper()
	v := NewVisitor(t, h, "", "fr")
	form := v.Get(path).Forms()[0]
	values := form.plausible()
	values.Set("key", "join")
	if a := v.Post(form.Action, values); a.Status != http.StatusSeeOther {
		t.Fatalf("joining answers %d: %s", a.Status, a.Text())
	}
}

// form is the form of a page that posts to a path.
func (v *Visitor) form(page, action string) Form {
	v.t.Helper()
	a := v.Get(page)
	for _, f := range a.Forms() {
		if f.Action == action {
			return f
		}
	}
	v.t.Fatalf("%s (%d) has no form that posts to %s: %s", page, a.Status, action, a.Text())
	return Form{}
}

// TestStalePages: whoever comes second reads who came first, and keeps what they
// typed.
func TestStalePages(t *testing.T) {
	t.Parallel()
	h, life := Furnished(t, Options{NoMail: true})
	aurore := h.enter(t, life, "Aurore")
	mina := NewVisitor(t, h, life.Cookies[Member], "fr")
	helene := NewVisitor(t, h, life.Cookies[Host], "fr")
	second := func(what string, v *Visitor, f Form, changed map[string]string, says ...string) {
		t.Helper()
		values := f.plausible()
		values.Set("key", what)
		for name, text := range changed {
			values.Set(name, text)
			if slices.Contains(f.Texts(), name) {
				says = append(says, text)
			}
		}
		a := v.Post(f.Action, values)
		decent(t, what, a)
		if a.Status != http.StatusConflict {
			t.Errorf("%s answers %d: %s", what, a.Status, a.Text())
		}
		for _, words := range says {
			if text := a.Text() + " " + flat(areas(a.Body)); !strings.Contains(text, flat(words)) {
				t.Errorf("%s doesn't say %q: %s", what, words, text)
			}
		}
	}
	first := func(what string, v *Visitor, f Form, changed map[string]string) {
		t.Helper()
		values := f.plausible()
		values.Set("key", what)
		for name, text := range changed {
			values.Set(name, text)
		}
		if a := v.Post(f.Action, values); a.Status != http.StatusSeeOther {
			t.Fatalf("%s answers %d: %s", what, a.Status, a.Text())
		}
	}

	x := life.Shown["exchange-proposed"]
	agree := mina.form(x, x+"/move")
	first("withdrawing", aurore, aurore.form(x, x+"/move"), map[string]string{"move": "withdraw", "words": ""})
	second("agreeing to what was withdrawn", mina, agree, map[string]string{"move": "agree", "words": "Avec joie, jeudi à dix heures."}, "Aurore Lemaire")

	edit := "/circles/" + life.Params["slug"] + "/charter/edit"
	late := helene.form(edit, edit)
	first("a charter", aurore, aurore.form(edit, edit), map[string]string{"charter": "Nous rions.", "change": "wording"})
	second("a charter that somebody has changed", helene, late, map[string]string{"charter": "Nous chantons sous la pluie.", "change": "wording"}, "Nous rions.")

	settings := mina.form("/settings", "/settings")
	first("settings", mina, settings, map[string]string{"place": "Annecy"})
	second("settings of an older page", mina, settings, map[string]string{"place": "Chambéry-le-Vieux"}, "Annecy")

	words := "/messages/" + life.Params["message"] + "/edit"
	old := mina.form(words, words)
	first("words", mina, old, map[string]string{"words": "Le repas est remis à juin."})
	second("words of an older page", mina, old, map[string]string{"words": "Le repas est remis à jamais."}, "Le repas est remis à juin.")

	ask := "/asks/" + life.Params["ask"]
	help := helene.form(ask, ask+"/propose")
	first("an ask", mina, mina.form(ask, ask+"/withdraw"), nil)
	second("helping with what is withdrawn", helene, help, map[string]string{"words": "Je peux, dimanche après-midi."}, "Mina Farouk")
}

// enter signs somebody of a filled house in.
func (h *House) enter(t *testing.T, life Life, name string) *Visitor {
	t.Helper()
	token, err := h.SignIns.LinkFor(t.Context(), persontest.Outside(), life.People[name].ID)
	if err != nil {
		t.Fatal(err)
	}
	v := NewVisitor(t, h, "", "fr")
	if a := v.Post("/sign-in/"+token, url.Values{"key": {"enter"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("signing in answers %d", a.Status)
	}
	return v
}
