package welcome_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"cordee/internal/circle/circletest"
	"cordee/internal/person/persontest"
	"cordee/internal/seal"
	"cordee/internal/signin"
	"cordee/internal/store/storetest"
	"cordee/internal/web"
	"cordee/internal/web/page"
	"cordee/internal/web/welcome"
)

// house is a circle's house with these pages alone.
type house struct {
	*circletest.House
	in   *signin.Room
	door *web.Server
}

func open(t *testing.T) house {
	t.Helper()
	h := circletest.Open(t, storetest.SQLite(t), signin.Acts())
	keys, err := seal.Open(t.TempDir(), "", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	in := signin.New(signin.Config{Journal: h.Journal, DB: h.DB, Keys: keys, People: h.People})
	door, err := web.New(web.Config{
		Base:     &url.URL{Scheme: "http", Host: "localhost:8420"},
		Routes:   (&welcome.Handlers{DB: h.DB, Server: h.Server, People: h.People, SignIns: in, Circles: h.Circles}).Routes(),
		Sessions: func(context.Context, string) (page.Session, bool, error) { return page.Session{}, false, nil },
		Clock:    h.Clock.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return house{h, in, door}
}

// do sends what nobody in particular sends, from a browser that reads English.
func (h house) do(t *testing.T, method, path string, values url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, r)
	return w
}

// Whoever was on their way to a page gets there by signing in, and never to
// another server.
func TestSigningInLeadsToThePageThatOneWanted(t *testing.T) {
	t.Parallel()
	h := open(t)
	persontest.New(t, h.House.House.House, "Malik")
	hidden := regexp.MustCompile(`name="next" value="([^"]*)"`)
	for wanted, want := range map[string]string{
		"/invitations/abc?x=y": "/invitations/abc?x=y", "": "/", "//evil.example": "/", "https://evil.example/": "/",
	} {
		next := hidden.FindStringSubmatch(h.do(t, http.MethodGet, "/sign-in?next="+url.QueryEscape(wanted), nil).Body.String())
		if next == nil {
			t.Fatalf("the form of %q forgets it", wanted)
		}
		if got := h.do(t, http.MethodPost, "/sign-in", url.Values{"address": {"malik@example.org"}, "next": {next[1]}}); got.Code != http.StatusSeeOther {
			t.Fatalf("%d", got.Code)
		}
		var which signin.LinkID
		if err := h.DB.Read.NewSelect().TableExpr("signin_link").Column("id").Where("used_at = 0").Scan(t.Context(), &which); err != nil {
			t.Fatal(err)
		}
		letter, err := h.in.Letter(t.Context(), which)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.do(t, http.MethodPost, "/sign-in/"+letter.Token, nil).Header().Get("Location"); got != want {
			t.Errorf("%q led to %q, want %q", wanted, got, want)
		}
	}
}

// What is to be looked at again in an invitation is said in the language of its page.
func TestAnInvitationRefusesInItsOwnLanguage(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := circletest.Founded(t, h.House, persontest.New(t, h.House.House.House, "Inès"), "Planète Métiers")
	path := "/invitations/" + circletest.Link(t, h.House, c, c.Founder)
	w := h.do(t, http.MethodPost, path, url.Values{"name": {"Bo"}, "address": {"ines@example.org"}, "why": {"x"}, "brings": {"x"}, "means": {"hour"}})
	for _, words := range []string{`<html lang="fr"`, "Ce choix n’existe pas."} {
		if got := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(got, words) {
			t.Errorf("%d without %q", w.Code, words)
		}
	}
}
