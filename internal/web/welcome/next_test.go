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

// Whoever was on their way to a page gets there by signing in, and never to
// another server.
func TestSigningInLeadsToThePageThatOneWanted(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	h := circletest.Open(t, db, signin.Acts())
	keys, err := seal.Open(t.TempDir(), "", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	in := signin.New(signin.Config{Journal: h.Journal, DB: db, Keys: keys, People: h.People})
	door, err := web.New(web.Config{
		Base:     &url.URL{Scheme: "http", Host: "localhost:8420"},
		Routes:   (&welcome.Handlers{DB: db, Server: h.Server, People: h.People, SignIns: in, Circles: h.Circles}).Routes(),
		Sessions: func(context.Context, string) (page.Session, bool, error) { return page.Session{}, false, nil },
		Clock:    h.Clock.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	do := func(method, path string, values url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		return w
	}
	persontest.New(t, h.House.House, "Malik")
	hidden := regexp.MustCompile(`name="next" value="([^"]*)"`)
	for wanted, want := range map[string]string{
		"/invitations/abc?x=y": "/invitations/abc?x=y", "": "/", "//evil.example": "/", "https://evil.example/": "/",
	} {
		next := hidden.FindStringSubmatch(do(http.MethodGet, "/sign-in?next="+url.QueryEscape(wanted), nil).Body.String())
		if next == nil {
			t.Fatalf("the form of %q forgets it", wanted)
		}
		if got := do(http.MethodPost, "/sign-in", url.Values{"address": {"malik@example.org"}, "next": {next[1]}}); got.Code != http.StatusSeeOther {
			t.Fatalf("%d", got.Code)
		}
		var which signin.LinkID
		if err := db.Read.NewSelect().TableExpr("signin_link").Column("id").Where("used_at = 0").Scan(t.Context(), &which); err != nil {
			t.Fatal(err)
		}
		letter, err := in.Letter(t.Context(), which)
		if err != nil {
			t.Fatal(err)
		}
		if got := do(http.MethodPost, "/sign-in/"+letter.Token, nil).Header().Get("Location"); got != want {
			t.Errorf("%q led to %q, want %q", wanted, got, want)
		}
	}
}
