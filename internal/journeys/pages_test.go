package journeys

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cordee/internal/browsertest"
	"cordee/internal/circle/circletest"
	"cordee/internal/id"
	"cordee/internal/lang"
	"cordee/internal/person/persontest"
	"cordee/internal/thread/threadtest"
)

// sight is one page to look at, as one of the visitors.
type sight struct {
	name, path, visitor string
	status              int
}

// sights are all pages that the table of visitors says somebody sees, each as the
// first of these who does, and pages that no pattern tells apart.
func sights(t *testing.T, h *House, life Life) []sight {
	t.Helper()
	rows, names := table(t), visitors()
	var out []sight
	for _, route := range h.Routes() {
		row := rows[route.Method+" "+route.Pattern]
		if route.Method != http.MethodGet || row == nil || strings.HasPrefix(route.Pattern, "/files/") {
			continue
		}
		path, err := life.Path(route)
		if err != nil {
			t.Fatal(err)
		}
		for _, visitor := range []string{Stranger, Member, Host, Operator} {
			if row[slices.Index(names, visitor)] == strconv.Itoa(http.StatusOK) {
				out = append(out, sight{called(route.Pattern), path, visitor, http.StatusOK})
				break
			}
		}
	}
	slug := life.Params["slug"]
	out = append(out, []sight{
		{"search-found", "/search?q=devis", Member, 200},
		{"search-nothing", "/search?q=xylophone", Member, 200},
		{"circle-narrowed", "/circles/" + slug + "?kind=learning", Member, 200},
		{"circle-as-host", "/circles/" + slug, Host, 200},
		{"circle-asks-ended", "/circles/" + slug + "/asks?ended=yes", Member, 200},
		{"members-as-host", "/circles/" + slug + "/members", Host, 200},
		{"ask-of-another", "/asks/" + life.Params["ask"], Host, 200},
		{"invite-known", "/circles/" + slug + "/invite?person=" + life.Params["person"], Member, 200},
		{"letter-to", "/letters/new?to=" + life.Params["person"], Member, 200},
		{"person-self", "/people/" + string(life.People["Mina"].Public), Member, 200},
		{"today-host", "/", Host, 200},
		{"today-invited", "/", Invited, 200},
		{"today-calm", "/", Operator, 200},
		{"letters-none", "/letters", Operator, 200},
		{"set-up-used", "/set-up/" + life.Params["GET /set-up/{token} token"], Stranger, 410},
		{"not-found", "/nowhere", Member, 404},
		{"not-found-stranger", "/nowhere", Stranger, 404},
		{"link-wrong", "/sign-in/nonsense", Stranger, 404},
	}...)
	for name, public := range life.Shown {
		out = append(out, sight{name, public, Member, 200})
	}
	order := visitors()
	slices.SortStableFunc(out, func(a, b sight) int {
		if n := slices.Index(order, a.visitor) - slices.Index(order, b.visitor); n != 0 {
			return n
		}
		return strings.Compare(a.name, b.name)
	})
	return out
}

var notWord = regexp.MustCompile(`[^a-z]+`)

// called is a name for a picture: "circles-slug-asks".
func called(pattern string) string {
	if name := strings.Trim(notWord.ReplaceAllString(pattern, "-"), "-"); name != "" {
		return name
	}
	return "today"
}

// TestEveryPageInEveryLight looks at every page in three languages, on a wide
// screen and a phone, by day and by night.
func TestEveryPageInEveryLight(t *testing.T) {
	t.Parallel()
	for _, tag := range lang.All() {
		for _, phone := range []bool{false, true} {
			o := browsertest.Options{Lang: string(tag), Phone: phone}
			t.Run(o.Name(), func(t *testing.T) {
				t.Parallel()
				h, life := Furnished(t, Options{NoMail: true})
				for _, visitor := range visitors()[1:] {
					h.Speaks(t, life.Who[visitor], tag)
				}
				p, as := browsertest.Open(t, h.URL, o), Stranger
				for _, s := range sights(t, h, life) {
					if s.visitor != as {
						p.SetCookie("cordee", life.Cookies[s.visitor])
						as = s.visitor
					}
					if s.visitor == Stranger { // whose language is nobody's to know
						s.path += "?lang=" + string(tag)
					}
					p.Goto(s.path)
					if p.Status() != s.status {
						t.Errorf("%s (%s) answers %d, want %d", s.name, s.path, p.Status(), s.status)
						continue
					}
					look(t, p, o, s.name)
				}
			})
		}
	}
}

// look checks one page as it stands, in both lights, and keeps its pictures.
func look(t *testing.T, p *browsertest.Page, o browsertest.Options, name string) {
	t.Helper()
	where := name + " " + o.Name()
	if n := p.Count("h1"); n != 1 {
		t.Errorf("%s has %d headings of the first level", where, n)
	}
	if p.Count("title:not(:empty)") != 1 {
		t.Errorf("%s has no title", where)
	}
	if n := p.Count(`html[lang="` + o.Lang + `"]`); n != 1 {
		t.Errorf("%s isn't in %s", where, o.Lang)
	}
	if p.Has("⟦") {
		t.Errorf("%s lacks words: %s", where, around(p.HTML(), "⟦"))
	}
	p.Overflow()
	if o.Phone {
		p.Targets(44)
	}
	p.Screenshot(name)
	p.Axe()
	p.Night(true)
	p.Axe("color-contrast")
	p.Screenshot(name)
	p.Night(false)
}

// Speaks makes a language a person's own.
func (h *House) Speaks(t *testing.T, who id.Person, tag lang.Tag) {
	t.Helper()
	p, err := h.People.Get(t.Context(), h.DB.Read, who)
	if err != nil {
		t.Fatal(err)
	}
	if p.Lang() == tag {
		return
	}
	p.Languages = []lang.Tag{tag}
	if _, err := h.People.Edit(t.Context(), persontest.As(who), threadtest.Key(), p.Version, p.Profile); err != nil {
		t.Fatal(err)
	}
}

// TestAYoungHouse looks at what its founder sees on the first day: set-up, and
// pages that hold nothing yet.
func TestAYoungHouse(t *testing.T) {
	t.Parallel()
	for _, tag := range lang.All() {
		o := browsertest.Options{Lang: string(tag), Phone: true}
		t.Run(o.Name(), func(t *testing.T) {
			t.Parallel()
			h := Start(t, Options{NoMail: true})
			token, err := h.Server.SetUpToken(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			p := browsertest.Open(t, h.URL, o)
			p.Goto("/set-up/" + token)
			look(t, p, o, "set-up")
			cookie, c := h.found(t, token, tag)
			p.SetCookie("cordee", cookie)
			for name, path := range map[string]string{
				"young-today": "/", "young-circle": "/circles/" + c, "young-people": "/people", "young-letters": "/letters", "young-exchanges": "/exchanges",
				"young-invitations": "/circles/" + c + "/invitations", "young-talk": "/circles/" + c + "/talk", "young-thanks": "/circles/" + c + "/thanks",
				"young-asks": "/circles/" + c + "/asks", "young-thank": "/circles/" + c + "/thank", "young-letter": "/letters/new", "young-search": "/search",
			} {
				p.Goto(path)
				look(t, p, o, name)
			}
		})
	}
}

// found sets a house up without a browser; it gives the founder's cookie and the
// circle's slug.
func (h *House) found(t *testing.T, token string, tag lang.Tag) (cookie, slug string) {
	t.Helper()
	v := NewVisitor(t, h, "", string(tag))
	form := v.Get("/set-up/" + token).Forms()[0]
	form.Values.Set("name", "Aurore Lemaire")
	form.Values.Set("address", "aurore@example.org")
	form.Values.Set("zone", "Europe/Paris")
	form.Values.Set("circle", "Planète Métiers")
	form.Values.Set("purpose", circletest.Founding("").Purpose)
	a := v.Post(form.Action, form.Values)
	if a.Status != http.StatusSeeOther {
		t.Fatalf("set-up answers %d: %s", a.Status, a.Text())
	}
	for _, c := range v.client.Jar.Cookies(v.base) {
		cookie = c.Value
	}
	slug, _, _ = strings.Cut(strings.TrimPrefix(a.Location, "/circles/"), "?")
	return cookie, slug
}
