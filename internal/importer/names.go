package importer

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"cordee/internal/person"
)

// correspondent is somebody who writes in an archive, with the names under which
// they do.
type correspondent struct {
	address string
	names   map[string]int
}

// maxNames bounds how many names of one person are told apart.
const maxNames = 50

func (c *correspondent) called(name string) {
	name = tidyName(name)
	if name == "" || len(c.names) >= maxNames && c.names[name] == 0 {
		return
	}
	if c.names == nil {
		c.names = map[string]int{}
	}
	c.names[name]++
}

// name is the best that the archive has: a full name before half of one, the most
// frequent of these, or what the address tells.
func (c *correspondent) name() string {
	best := ""
	for name := range c.names {
		if best == "" || c.compare(name, best) > 0 {
			best = name
		}
	}
	if local, _, ok := strings.Cut(c.address, "@"); best == "" && ok {
		best = nameOf(local)
	}
	return best
}

func (c *correspondent) compare(a, b string) int {
	return cmp.Or(
		cmp.Compare(c.worth(a), c.worth(b)),
		cmp.Compare(c.names[a], c.names[b]),
		cmp.Compare(utf8.RuneCountInString(a), utf8.RuneCountInString(b)),
		strings.Compare(b, a),
	)
}

// worth tells how much a text looks like somebody's name.
func (c *correspondent) worth(name string) int {
	local, _, _ := strings.Cut(c.address, "@")
	switch {
	case strings.ContainsAny(name, "@/\\<>") || strings.EqualFold(name, local):
		return 0
	case !strings.Contains(name, " "):
		return 1
	case strings.ContainsFunc(name, unicode.IsDigit):
		return 2
	case name == strings.ToLower(name):
		return 3
	}
	return 4
}

var (
	aside    = regexp.MustCompile(`\s*[(\[][^()\[\]]*[)\]]\s*$`) // "Ana Ruiz (ACME)"
	reversed = regexp.MustCompile(`^([\pL'’ -]{2,40}), ?([\pL'’. -]{2,40})$`)
	degrees  = []string{"inc", "ltd", "llc", "phd", "ph.d", "ph.d.", "md", "jr", "jr.", "sr", "sr.", "esq", "dr", "sa", "sarl", "gmbh", "cpa"} //nolint:gochecknoglobals // an immutable list
)

// tidyName makes of a sender's name what one would write on an envelope.
func tidyName(name string) string {
	name = person.Line(name)
	if short := aside.ReplaceAllString(name, ""); short != "" {
		name = short
	}
	if m := reversed.FindStringSubmatch(name); m != nil && !slices.Contains(degrees, strings.ToLower(strings.TrimSpace(m[2]))) {
		name = strings.TrimSpace(m[2]) + " " + strings.TrimSpace(m[1])
	}
	if strings.Contains(name, " ") && name == strings.ToUpper(name) && name != strings.ToLower(name) {
		name = cases.Title(language.Und).String(strings.ToLower(name))
	}
	return name
}

// nameOf makes a name of "ines.abadie"; what isn't plainly two words stays.
func nameOf(local string) string {
	parts := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	if len(parts) < 2 || len(parts) > 3 {
		return local
	}
	for i, p := range parts {
		if utf8.RuneCountInString(p) < 2 || strings.ContainsFunc(p, func(r rune) bool { return !unicode.IsLetter(r) }) {
			return local
		}
		parts[i] = cases.Title(language.Und).String(p)
	}
	return strings.Join(parts, " ")
}
