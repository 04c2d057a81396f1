package page

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
)

// Session is what the server knows of a signed-in visitor. The door asks for it
// once a request.
type Session struct {
	ID   id.Any // of the session itself, for the list of devices
	Card person.Card
	Lang lang.Tag
	Zone *time.Location
}

// View is what every page needs to know about its reader and the request. It
// embeds the reader's Printer: v.T(key), v.N(key, n), v.When(t) …
type View struct {
	*lang.Printer
	Session Session    // zero when nobody is signed in
	Person  id.Person  // who is signed in; zero when nobody is
	Request string     // the reference of this request, shown when the house errs
	Path    string     // of the request's URL
	Query   url.Values // of the request's URL
	Client  netip.Addr // where the request comes from, behind proxies that are trusted
	Said    string     // what was just done: a key below "said.", see Done

	settings *Settings
	chosen   lang.Tag // the language asked for by ?lang=
	hx       bool
	trouble  trouble
}

// Settings are the same for every request of a server.
type Settings struct {
	Base   *url.URL  // how people reach this server
	Rand   io.Reader // for the keys of forms
	Places []string  // the places that exist, of AllPlaces
}

// NewView reads a request. The server makes one for each; tests of a page make
// their own.
func NewView(r *http.Request, s *Settings, session Session, client netip.Addr, reference string, now time.Time) *View {
	q := r.URL.Query()
	chosen, _ := lang.Parse(q.Get("lang"))
	v := &View{
		Session: session, Person: session.Card.ID, Request: reference,
		Path: r.URL.Path, Query: q, Client: client,
		settings: s, chosen: chosen, hx: r.Header.Get("HX-Request") == "true",
	}
	tag := chosen
	if tag == "" && v.SignedIn() {
		tag = session.Lang
	}
	if tag == "" {
		tag = lang.Match(r.Header.Get("Accept-Language"))
	}
	v.Printer = lang.For(tag, session.Zone, now)
	if said := q.Get("said"); said != "" && fromHere(r) && v.Has("said."+said) {
		v.Said = said
	}
	return v
}

// fromHere tells that the request follows one of our own pages, so that a link
// somewhere else can't make a page claim that something was done.
func fromHere(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin"
}

// SignedIn tells whether the visitor is a person with a session.
func (v *View) SignedIn() bool { return !v.Person.IsZero() }

// By is the visitor as the actor of a use case: the person who is signed in.
// Whoever came by a link is a guest of that link, see ByGuest.
func (v *View) By() journal.By {
	by := journal.ByPerson(v.Person, journal.Web)
	by.Request = v.Request
	return by
}

// ByGuest is the visitor as somebody whom a link let in; name is the id of the
// link's row, never an address.
func (v *View) ByGuest(name string) journal.By {
	return journal.By{Actor: journal.Guest(name), Door: journal.Web, Request: v.Request}
}

// Speaking gives the view of a page of a circle that says tu, or vous.
func (v *View) Speaking(tu bool) *View {
	c := *v
	if c.Printer = v.Vous(); tu {
		c.Printer = v.Tu()
	}
	return &c
}

// In gives the view in another language than the reader's own: an invitation
// speaks the circle's when the visitor asked for none.
func (v *View) In(tag lang.Tag) *View {
	if v.chosen != "" || tag == v.Lang() {
		return v
	}
	c := *v
	c.Printer = lang.For(tag, v.Now().Location(), v.Now())
	return &c
}

// Link is a path of this server with the language that the visitor asked for, so
// that it isn't lost from one page to the next.
func (v *View) Link(path string) string {
	if v.chosen == "" {
		return path
	}
	return withQuery(path, "lang", string(v.chosen))
}

// Absolute is a path as a URL that works in a mail or a messenger.
func (v *View) Absolute(path string) string {
	return strings.TrimSuffix(v.settings.Base.String(), "/") + path
}

// Host is the name of this server as people know it.
func (v *View) Host() string { return v.settings.Base.Hostname() }

// Secure tells whether people reach this server by https.
func (v *View) Secure() bool { return v.settings.Base.Scheme == "https" }

// FormKey is a new key for a form: 96 random bits. One form sent twice is one act.
func (v *View) FormKey() string {
	var b [12]byte
	if _, err := io.ReadFull(v.settings.Rand, b[:]); err != nil {
		panic("page: no randomness")
	}
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Key is the key of the form that was posted, with a digest of all its values;
// Decode has to be called before. A form without a key, sent by a program, gets
// none and isn't protected from being repeated.
func Key(r *http.Request) journal.Key {
	given := r.PostForm.Get("key")
	if given == "" || len(given) > 64 {
		return journal.Key{}
	}
	sum := sha256.New()
	add := func(s string) {
		_, _ = io.WriteString(sum, s)
		_, _ = sum.Write([]byte{0})
	}
	add(r.URL.Path)
	names := make([]string, 0, len(r.PostForm))
	for name := range r.PostForm {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		add(name)
		for _, value := range r.PostForm[name] {
			add(value)
		}
	}
	return journal.Key{Name: "form:" + given, Digest: hex.EncodeToString(sum.Sum(nil))}
}

// CookieName is what the session's cookie is called: under https with the prefix
// that forbids other hosts to set it (RFC 6265bis §4.1.3.2).
func CookieName(secure bool) string {
	if secure {
		return "__Host-cordee"
	}
	return "cordee"
}

// KeepSession gives the browser the token of a session, the only cookie there is.
func (v *View) KeepSession(w http.ResponseWriter, token string, until time.Time) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever people come by https
		Name: CookieName(v.Secure()), Value: token, Path: "/", Expires: until,
		Secure: v.Secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// DropSession takes the cookie away.
func (v *View) DropSession(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever people come by https
		Name: CookieName(v.Secure()), Path: "/", MaxAge: -1,
		Secure: v.Secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// Local gives back a path of this server, such as the page that a visitor wanted
// before signing in, and "/" for anything that leads elsewhere.
func Local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil ||
		!strings.HasPrefix(u.Path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

func withQuery(path, name, value string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}
