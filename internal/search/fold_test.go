package search

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// If this test has to change, Fold or the cutting has: see rule 5 of the package.
func TestFold(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"":                  "",
		"Cœur":              "coeur",
		"CŒUR":              "coeur",
		"Muñoz":             "munoz",
		"Mun\u0303oz":       "munoz",
		"Straße":            "strasse",
		"STRAẞE":            "strasse",
		"Ærøskøbing":        "aeroskobing",
		"L’été à l'ombre":   "l'ete a l'ombre",
		"Łódź":              "lodz",
		"Đà Nẵng":           "da nang",
		"İstanbul":          "istanbul",
		"ﬁn ①½":             "fin 11⁄2",
		"ΣΊΣΥΦΟΣ":           "σισυφοσ",
		"Σίσυφος":           "σισυφοσ",
		"aujourd\u00adhui":  "aujourdhui",
		"18\u202fh\u00a002": "18 h 02",
		"日本語":               "日本語",
		"\xff":              "\uFFFD",
		"Ｆｕｌｌ":              "full",
	} {
		if got := Fold(s); got != want {
			t.Errorf("Fold(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestCutWords(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"L’été, c’est 2024 !":    "l ete c est 2024",
		"Jean-Paul_Sartre@a.org": "jean paul sartre a org",
		"日本語 テスト":                "日 本 語 テ ス ト",
		"e\u0301te\u0301":        "ete",
		"\xff\x00a\x00b":         "a b",
		strings.Repeat("a", 99):  strings.Repeat("a", 64),
		"  ":                     "",
	} {
		var words []string
		for _, w := range cutWords(s, 100) {
			words = append(words, w.text)
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%q is cut into %q, want %q", s, got, want)
		}
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := "Bonjour à toutes et à tous. " + strings.Repeat("Rien à voir ici, passez. ", 20) + "Qui a déjà migré un site\nDrupal sans perdre son CŒUR, ni l’historique ? " + strings.Repeat("Encore du texte. ", 20)
	for _, c := range []struct {
		name, text, asked string
		n                 int
		want              string
	}{
		{"short", "Le cœur y est", "coeur", 100, "Le [cœur] y est"},
		{"nothing found", "Le cœur y est", "xyz", 100, "Le cœur y est"},
		{"going on", "Migration, migrer", "migr", 100, "[Migration], [migrer]"},
		{"quotation", "un deux, deux un", `"deux un"`, 100, "un deux, [deux un]"},
		{"apostrophe", "dans l’atelier d’été", "l'atelier", 100, "dans [l’atelier] d’été"},
		{"decomposed", "le cafe\u0301 noir", "café", 100, "le [cafe\u0301] noir"},
		{"the densest place", long, "drupal coeur", 80, "… a déjà migré un site [Drupal] sans perdre son [CŒUR], ni l’historique ? …"},
		{"the beginning", long, "xyz", 40, "Bonjour à toutes et à tous. Rien à …"},
		{"excluded words aren't marked", "un deux", "un -deux", 40, "[un] deux"},
	} {
		var b strings.Builder
		for _, p := range Snippet(c.text, c.asked, c.n) {
			if p.Mark {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		if got := b.String(); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add("Le cœur, l’été\u0301 ①½ 日本", `coeur "l'ete" -x`, 30)
	f.Add("\xff\xfe\x00", "\xff", 1)
	f.Fuzz(func(t *testing.T, text, asked string, n int) {
		n = max(12, n%500)
		got := Snippet(text, asked, n).String()
		if utf8.RuneCountInString(got) > n {
			t.Errorf("%d runes, at most %d: %q", utf8.RuneCountInString(got), n, got)
		}
		inside := strings.TrimSuffix(strings.TrimPrefix(got, "… "), " …")
		if !strings.Contains(strings.Join(strings.Fields(text), " "), inside) {
			t.Errorf("%q isn't a part of %q", inside, text)
		}
		for _, l := range []language{fts5(), tsquery()} {
			_ = parse(asked).ranks(l)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for name, text := range map[string]string{
		"french": strings.Repeat("L’été dernier, j’ai migré un site à Nantes ; le cœur y était. ", 40),
		"ascii":  strings.Repeat("Last summer I moved a site in Nantes; the heart was in it. ", 40),
	} {
		b.Run("text="+name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				_ = cutWords(text, maxWords)
			}
		})
	}
}
