package journeys

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cordee/internal/journal"
	"cordee/internal/web/page"
)

const visitorsFile = "testdata/visitors.txt"

var parameter = regexp.MustCompile(`\{([a-z]+)\}`)

// Path is a route's pattern with its parameters filled by what is there.
func (l Life) Path(r page.Route) (string, error) {
	var missing []string
	path := parameter.ReplaceAllStringFunc(r.Pattern, func(p string) string {
		name := strings.Trim(p, "{}")
		for _, key := range []string{r.Method + " " + r.Pattern + " " + name, name} {
			if value, ok := l.Params[key]; ok {
				return url.PathEscape(value)
			}
		}
		missing = append(missing, name)
		return ""
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("%s %s: nothing in the filled house for %s", r.Method, r.Pattern, strings.Join(missing, ", "))
	}
	return path, nil
}

// table is testdata/visitors.txt: what each visitor gets of each route.
func table(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(visitorsFile)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for n, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		route, statuses, ok := strings.Cut(line, ":")
		cells := strings.Fields(statuses)
		if !ok || len(cells) != len(visitors()) {
			t.Fatalf("%s:%d: want METHOD PATTERN : and a status for each of %v", visitorsFile, n+1, visitors())
		}
		rows[strings.Join(strings.Fields(route), " ")] = cells
	}
	return rows
}

// told is a status as the table says it: "sign-in" for whoever is sent there.
func told(a Answer) string {
	if a.SignIn() {
		return "sign-in"
	}
	return strconv.Itoa(a.Status)
}

// TestEveryVisitorAtEveryRoute walks the house's own list of routes.
func TestEveryVisitorAtEveryRoute(t *testing.T) {
	t.Parallel()
	want := table(t)
	h, life := Furnished(t, Options{NoMail: true})
	routes := h.Routes()
	for name := range want {
		if !slices.ContainsFunc(routes, func(r page.Route) bool { return r.Method+" "+r.Pattern == name }) {
			t.Errorf("%s has a row for %s, which is no route", visitorsFile, name)
		}
	}
	t.Logf("%d routes, %d cells", len(routes), len(routes)*len(visitors()))
	for _, route := range routes {
		name := route.Method + " " + route.Pattern
		path, err := life.Path(route)
		if err != nil {
			t.Error(err)
			continue
		}
		if route.Method == http.MethodGet {
			row(t, name, want[name], looking(t, h, life, name, path))
			continue
		}
		t.Run(strings.ReplaceAll(name, "/", "·"), func(t *testing.T) {
			t.Parallel()
			row(t, name, want[name], sending(t, name, path))
		})
	}
}

// row compares what visitors got with the table.
func row(t *testing.T, name string, want, got []string) {
	t.Helper()
	switch {
	case want == nil:
		t.Errorf("no row for a route; look at it and add to %s:\n%s : %s", visitorsFile, name, strings.Join(got, " "))
	case !slices.Equal(want, got):
		t.Errorf("%s\n  is %v\nwant %v, of %v", name, got, want, visitors())
	}
}

// looking is every visitor asking for a page, which changes nothing.
func looking(t *testing.T, h *House, life Life, name, path string) []string {
	t.Helper()
	var got []string
	before := h.Head(t)
	for _, visitor := range visitors() {
		a := NewVisitor(t, h, life.Cookies[visitor], "fr").Get(path)
		got = append(got, told(a))
		check(t, name, visitor, life, a)
	}
	for _, act := range h.Since(t, before) {
		if act.Actor.Kind != journal.KindSystem {
			t.Errorf("%s wrote %s into the journal", name, act.Kind)
		}
	}
	return got
}

// sending is every visitor sending a form that is empty but for a fresh key: to
// whoever may send it the answer is "look again", or that it is done. What one has
// done no other finds: whenever a form was taken, the next visitor gets a house of
// their own.
func sending(t *testing.T, name, path string) []string {
	t.Helper()
	var got []string
	h, life := Furnished(t, Options{NoMail: true})
	before := h.Head(t)
	for _, visitor := range visitors() {
		if len(acts(t, h, before)) > 0 {
			h.Stop()
			h, life = Furnished(t, Options{NoMail: true})
			before = h.Head(t)
		}
		a := NewVisitor(t, h, life.Cookies[visitor], "fr").Post(path, url.Values{"key": {visitor}})
		got = append(got, told(a))
		check(t, name, visitor, life, a)
	}
	return got
}

// check looks at what must hold of every answer, whoever asked.
func check(t *testing.T, name, visitor string, life Life, a Answer) {
	t.Helper()
	sound(t, name+" as "+visitor, a)
	if visitor == Member || visitor == Host || strings.Contains(name, "{token}") {
		return // who holds a link reads what it is about
	}
	text := a.Text() + a.Location
	for _, secret := range life.Secrets {
		if strings.Contains(text, flat(secret)) && !(visitor == Former && secret == life.People["Fanny"].Name) {
			t.Errorf("%s tells a %s what only members may read: %q", name, visitor, secret)
		}
	}
}

// sound is what holds of every answer: no 500, no key without words, no text of
// Go's own errors.
func sound(t *testing.T, what string, a Answer) {
	t.Helper()
	if a.Status >= http.StatusInternalServerError {
		t.Errorf("%s answers %d", what, a.Status)
	}
	for _, bad := range []string{"⟦", "<no value>", "%!", "runtime error", "sql: ", "SQLSTATE", "constraint failed", "invalid memory", "unexpected EOF"} {
		if strings.Contains(a.Body, bad) {
			t.Errorf("%s says %q: …%s…", what, bad, around(a.Body, bad))
		}
	}
}

func around(body, what string) string {
	i := strings.Index(body, what)
	return body[max(0, i-80):min(len(body), i+len(what)+80)]
}
