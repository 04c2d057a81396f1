// Package housetest serves the pages of a folder over real rooms, to tests that
// read them as a browser without scripts would: a Visitor opens a path, presses a
// button of one of its forms, and asks a Page what is there.
//
//	d := housetest.Open(t, db)
//	d.Serve(t, (&asks.Handlers{…}).Routes())
//	p := d.As(aurore).Get(t, "/asks/"+string(a.Public))
//	p.Must(t, `section#help button.yes`, "Je peux aider")
//	p = p.Send(t, "/asks/"+string(a.Public)+"/propose", "words", "Volontiers.")
package housetest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/seal"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/web"
	"cordee/internal/web/conversation"
	"cordee/internal/web/page"
)

// Door is exchangetest's house with a door to the web.
type Door struct {
	*exchangetest.House
	SignIns *signin.Room
	Talk    *conversation.Handlers
	server  *web.Server
}

// Open builds a house on a database. Serve gives it its pages.
func Open(t *testing.T, db *store.DB) *Door {
	t.Helper()
	h := exchangetest.Open(t, db)
	keys, err := seal.Open(t.TempDir(), "", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &Door{
		House:   h,
		SignIns: signin.New(signin.Config{Journal: h.Journal, DB: db, Keys: keys, People: h.People}),
		Talk:    &conversation.Handlers{DB: db, People: h.People, Circles: h.Circles, Threads: h.Threads, Exchanges: h.Exchanges},
	}
}

// Serve opens the door on these pages and those of single messages.
func (d *Door) Serve(t *testing.T, routes ...[]page.Route) {
	t.Helper()
	base, err := url.Parse("http://localhost:8420")
	if err != nil {
		t.Fatal(err)
	}
	all := d.Talk.Routes()
	for _, r := range routes {
		all = append(all, r...)
	}
	d.server, err = web.New(web.Config{Base: base, Routes: all, Sessions: d.session, Clock: d.Clock.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
}

// session takes a person's id for the token of their session.
func (d *Door) session(ctx context.Context, token string) (page.Session, bool, error) {
	who, err := id.Parse[any](token)
	if err != nil {
		return page.Session{}, false, nil //nolint:nilerr // no token at all
	}
	p, err := d.People.Get(ctx, d.DB.Read, id.Person(who))
	if err != nil {
		return page.Session{}, false, err
	}
	return page.Session{Card: p.Card(), Lang: p.Lang(), Zone: p.Location()}, true, nil
}

// Link makes a link for one move, as a mail carries it, and gives its path.
func (d *Door) Link(t *testing.T, who id.Person, ref journal.Ref, move string) string {
	t.Helper()
	var token string
	d.Do(t, func(ctx context.Context, tx *journal.Tx) (err error) {
		token, err = d.SignIns.NewMove(ctx, tx, who, ref, move, tx.Now().Add(signin.MoveLife))
		return err
	})
	return "/moves/" + token
}

// Visitor is somebody at the door.
type Visitor struct {
	door *Door
	who  id.Person
}

// As is a person who is signed in; the zero person is nobody.
func (d *Door) As(who id.Person) Visitor { return Visitor{d, who} }

// Get opens a page.
func (v Visitor) Get(t *testing.T, path string) *Page {
	t.Helper()
	return v.do(t, http.MethodGet, path, nil)
}

// Post sends a form that no page shows, as a stale page or a program would.
func (v Visitor) Post(t *testing.T, path string, pairs ...string) *Page {
	t.Helper()
	values := url.Values{"key": {rand.Text()}}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return v.do(t, http.MethodPost, path, values)
}

// do sends a request and follows where it leads.
func (v Visitor) do(t *testing.T, method, path string, values url.Values) *Page {
	t.Helper()
	path, _, _ = strings.Cut(path, "#")
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(values.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept-Language", "fr")
	if !v.who.IsZero() {
		r.AddCookie(&http.Cookie{Name: page.CookieName(false), Value: v.who.String()})
	}
	w := httptest.NewRecorder()
	v.door.server.ServeHTTP(w, r)
	if to := w.Header().Get("Location"); to != "" && method == http.MethodPost {
		return v.do(t, http.MethodGet, to, nil)
	}
	return read(t, v, path, w)
}

// Signed is the journal's actor of a person, for moves made behind a page's back.
func Signed(who id.Person) journal.By { return persontest.As(who) }

// ServeHTTP is the door itself, for a browser.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.server.ServeHTTP(w, r) }
