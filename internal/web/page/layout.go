package page

import (
	"maps"
	"strings"

	"github.com/a-h/templ"

	"cordee/internal/lang"
	"cordee/internal/web/assets"
)

// Head says what a page is, around its content.
type Head struct {
	Title  string          // of the browser's tab; and the h1 when there is no Lead
	Place  string          // which of AllPlaces it belongs to: "/circles"
	Lead   templ.Component // what stands above everything: a line, the h1, a line
	Aside  templ.Component // the side column; below the content on phones
	Said   []any           // names and values for the sentence of what was just done
	Narrow bool            // a form or a letter: one column of words
	Live   bool            // the page listens for news (hx-sse)
}

// AllPlaces are the pages of the navigation, in its order. The server shows
// those for which it has a route.
func AllPlaces() []string { return []string{"/", "/circles", "/people", "/letters", "/search"} }

type place struct{ path, words, icon string }

func (v *View) places() []place {
	if !v.SignedIn() {
		return nil
	}
	var out []place
	for _, path := range v.settings.Places {
		word := strings.TrimPrefix(path, "/")
		if word == "" {
			word = "today"
		}
		out = append(out, place{path: path, words: v.T("nav." + word), icon: word})
	}
	return out
}

func (h Head) isIn(p place) bool { return h.Place == p.path }

// tongues are the other languages for somebody who isn't signed in.
func (v *View) tongues() []lang.Tag {
	var out []lang.Tag
	for _, tag := range lang.All() {
		if tag != v.Lang() {
			out = append(out, tag)
		}
	}
	return out
}

// here is this page in another language.
func (v *View) here(tag lang.Tag) templ.SafeURL {
	q := v.Query
	path := v.Path
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return templ.SafeURL(withQuery(path, "lang", string(tag)))
}

// unsaid is this page without the sentence of what was just done.
func (v *View) unsaid() templ.SafeURL {
	q := maps.Clone(v.Query)
	q.Del("said")
	if len(q) == 0 {
		return templ.SafeURL(v.Path)
	}
	return templ.SafeURL(v.Path + "?" + q.Encode())
}

func (h Head) house() string {
	class := "house"
	if h.Aside != nil {
		class += " two"
	}
	if h.Narrow {
		class += " narrow"
	}
	return class
}

func asset(name string) templ.SafeURL { return templ.SafeURL(assets.URL(name)) }

// htmxConfig: history and scroll stay the browser's; no style of its own, which
// the content security policy would refuse.
const htmxConfig = "history:false includeIndicatorCSS:false prefix:''"

func current(is bool) templ.Attributes {
	if !is {
		return templ.Attributes{}
	}
	return templ.Attributes{"aria-current": "page"}
}

// LanguageName is what a language calls itself, as a link says it.
func LanguageName(tag lang.Tag) string { return lang.Capital(tag.Name()) }
