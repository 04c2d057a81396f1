package lang

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestCataloguesLoad(t *testing.T) {
	t.Parallel()
	for _, tag := range All() {
		for _, err := range catalogueOf(tag).problems {
			t.Error(err)
		}
	}
}

// places lists what a message has filled in, N apart: a plural may leave its
// number out of one form and not of another.
func places(m *message) []string {
	names := map[string]bool{}
	for _, s := range m.said {
		for _, name := range s.names() {
			names[name] = true
		}
	}
	if m.plural {
		delete(names, "N")
	}
	return slices.Sorted(maps.Keys(names))
}

func TestThreeLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	all := map[string]string{} // base key → an area
	for _, tag := range All() {
		for key, m := range catalogueOf(tag).messages {
			all[strings.TrimSuffix(key, ".tu")] = m.area
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		en := catalogueOf(EN).messages[key]
		if en == nil {
			t.Errorf("%s: %s isn't said in English", all[key], key)
			continue
		}
		if catalogueOf(EN).messages[key+".tu"] != nil {
			t.Errorf("%s: English says you to everyone: %s.tu", en.area, key)
		}
		fr, es := catalogueOf(FR).messages[key+".tu"], catalogueOf(ES).messages[key+".tu"]
		if (fr == nil) != (es == nil) {
			t.Errorf("%s: %s.tu is in one of French and Spanish alone", en.area, key)
		}
		for _, tag := range []Tag{FR, ES} {
			base := catalogueOf(tag).messages[key]
			if base == nil {
				t.Errorf("%s: %s isn't said in %s", en.area, key, tag.Name())
				continue
			}
			for _, m := range []*message{base, base.tu} {
				if m == nil {
					continue
				}
				if m.plural != en.plural {
					t.Errorf("%s: %s counts in one of English and %s alone", en.area, key, tag.Name())
				}
				if got, want := places(m), places(en); !slices.Equal(got, want) {
					t.Errorf("%s: %s fills in %v in %s, %v in English", en.area, key, got, tag.Name(), want)
				}
			}
		}
	}
}

// Whoever is told "vous" in a circle that says tu would notice. Where several
// people are meant ("toi et Malik, vous …") a word for one is there too.
var (
	saysVous  = regexp.MustCompile(`(?i)(^|[^\p{L}-])(vous|votre|vos)([^\p{L}]|$)`)
	saysTu    = regexp.MustCompile(`(?i)(^|[^\p{L}-])(tu|te|toi|ton|ta|tes|t’)`)
	saysUsted = regexp.MustCompile(`(?i)(^|[^\p{L}])usted([^\p{L}]|$)`)
)

func TestTuSaysTu(t *testing.T) {
	t.Parallel()
	for _, tag := range []Tag{FR, ES} {
		c := catalogueOf(tag)
		for _, key := range c.keys() {
			m := c.messages[key]
			if !strings.HasSuffix(key, ".tu") {
				continue
			}
			for _, s := range m.said {
				text := written(s)
				if tag == FR && saysVous.MatchString(text) && !saysTu.MatchString(text) || tag == ES && saysUsted.MatchString(text) {
					t.Errorf("%s: %s says %q to somebody one says tu to", m.area, key, text)
				}
			}
		}
	}
}

// written is a sentence as its file has it.
func written(s sentence) string {
	var b strings.Builder
	for _, p := range s {
		if p.name != "" {
			b.WriteString("{{" + p.name + "}}")
		}
		b.WriteString(p.text)
	}
	return b.String()
}

func TestTypography(t *testing.T) {
	t.Parallel()
	for _, tag := range All() {
		c := catalogueOf(tag)
		for _, key := range c.keys() {
			m := c.messages[key]
			for _, s := range m.said {
				if s == nil {
					continue
				}
				for _, complaint := range misprints(tag, written(s)) {
					t.Errorf("%s.%s: %s: %s: %q", m.area, tag, key, complaint, written(s))
				}
			}
		}
	}
}

// misprints lists what is wrong with the typography of a text.
func misprints(tag Tag, s string) []string {
	var out []string
	complain := func(bad bool, what string) {
		if bad {
			out = append(out, what)
		}
	}
	complain(strings.ContainsAny(s, "!¡"), "an exclamation mark")
	complain(strings.Contains(s, "'"), "a straight ' (’ is meant)")
	complain(strings.Contains(s, `"`), `a straight " (quotation marks are meant)`)
	complain(strings.Contains(s, "..."), "three dots (… is meant)")
	complain(strings.Contains(s, "  "), "two spaces")
	complain(strings.Trim(s, " \t\n\u00a0\u202f") != s, "space at an end")
	complain(markup.MatchString(s), "markup (see Pieces)")
	switch tag {
	case FR:
		frenchSpaces(s, complain)
	case ES:
		complain(strings.Count(s, "¿") != strings.Count(s, "?"), "a question without ¿ or without ?")
		complain(strings.Contains(s, "«"+nbsp) || strings.Contains(s, nbsp+"»"), "space inside « »")
	case EN:
		complain(strings.ContainsAny(s, "«»"), "« » (“ ” are English)")
	}
	return out
}

var markup = regexp.MustCompile(`</?[a-zA-Z]|&[a-z]+;`)

func frenchSpaces(s string, complain func(bad bool, what string)) {
	runes := []rune(s)
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return 0
		}
		return runes[i]
	}
	for i, r := range runes {
		switch r {
		case ';', '?':
			complain(at(i-1) != '\u202f', fmt.Sprintf("no U+202F before %c", r))
		case ':':
			complain(at(i-1) != '\u00a0' && (at(i+1) != '/' || at(i+2) != '/'), "no U+00A0 before :")
		case '«':
			complain(at(i+1) != '\u00a0', "no U+00A0 after «")
		case '»':
			complain(at(i-1) != '\u00a0', "no U+00A0 before »")
		case '“', '”':
			complain(true, "“ ” (« » are French)")
		}
	}
}

func TestMisprintsAreFound(t *testing.T) {
	t.Parallel()
	for s, tag := range map[string]Tag{
		"Bravo !": FR, "L'été": FR, "Qui ?": FR, "Qui\u00a0?": FR, "Voici:": FR, "«oui»": FR, "« oui »": FR, "a  b": EN, "a...": EN, " a": EN,
		"Quién?": ES, "¿Quién": ES, "«\u00a0sí\u00a0»": ES, "<b>a</b>": EN, "«a»": EN, "it's": EN, "“oui”": FR, "a;b": FR, "\"a\"": EN,
	} {
		if len(misprints(tag, s)) == 0 {
			t.Errorf("%q passes for good %s", s, tag)
		}
	}
	for s, tag := range map[string]Tag{
		"Qui\u202f?": FR, "Voici\u00a0: «\u00a0oui\u00a0»": FR, "https://a.example": FR, "¿Quién? «sí»": ES, "It’s “so”: a; b?": EN, "a < b": EN,
	} {
		if got := misprints(tag, s); len(got) != 0 {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// A catalogue with everything wrong in it is read without panic, and says so.
func TestBrokenCatalogue(t *testing.T) {
	t.Parallel()
	c := load(fstest.MapFS{
		"words/a.fr.toml": {Data: []byte("\"one\" = \"un\"\n\"two.tu\" = \"deux\"\n\"open\" = \"a {{.B\"\n\"odd\" = \"{{if .X}}\"\nnumber = 3\n[nested.deep]\nkey = \"x\"\n[\"n\"]\none = \"{{.N}} a\"\nother = \"{{.N}} b\"\n\"below\" = \"c\"\n")},
		"words/b.fr.toml": {Data: []byte("\"one\" = \"encore\"\n")},
		"words/c.fr.toml": {Data: []byte("not toml")},
		"words/d.en.toml": {Data: []byte("\"else\" = \"not read\"\n")},
	}, FR)
	if len(c.problems) != 6 {
		t.Errorf("%d problems, want 6: %v", len(c.problems), c.problems)
	}
	if c.messages["nested.deep.key"] == nil || c.messages["else"] != nil || !c.messages["n"].plural {
		t.Errorf("keys: %v", c.keys())
	}
	p := &Printer{words: c}
	for _, v := range []struct{ got, want string }{
		{p.T("one"), "un"},
		{p.T("below"), "c"},
		{p.T("none"), "⟦none⟧"},
		{p.T("odd"), "{{if .X}}"},
		{p.T("open"), "a {{.B"},
		{p.N("n", 1), "un a"},
		{p.N("n", 0), "zéro a"},
		{p.N("n", 12), "12 b"},
		{p.N("one", 2), "un"},
		{p.T("n"), "⟦N⟧ b"},
		{p.T("common.save"), "Save"}, // English stands in
	} {
		if v.got != v.want {
			t.Errorf("got %q, want %q", v.got, v.want)
		}
	}
}
