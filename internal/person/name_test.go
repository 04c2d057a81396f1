package person_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/refusal"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Myriam":                       "Myriam",
		"  Inès \t de\u00a0la Tour \n": "Inès de la Tour",
		"Ine\u0300s":                   "Inès",
		"علي بن أبي طالب":              "علي بن أبي طالب",
		"می\u200cخواهم":                "می\u200cخواهم",
		"👩\u200d👩\u200d👧 Aurore":       "👩\u200d👩\u200d👧 Aurore",
		"🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
		"\U0001faea":                "\U0001faea", // younger than our tables
		"evil\u202egnp.exe":         "evilgnp.exe",
		"\u2067Ana\u2069":           "Ana",
		"A\x00n\x1ba":               "Ana",
		"Ana\u200bBel":              "AnaBel",
		"\ufeffAna":                 "Ana",
		"Z\xffoé":                   "Zoé",
		"\u200d\u200d":              "",
		"\u3164":                    "",
		" \u2003 ":                  "",
		"<script>alert(1)</script>": "<script>alert(1)</script>",
		"李小龍":                       "李小龍",
	} {
		if got := person.Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestANameIsNeitherEmptyNorLong(t *testing.T) {
	t.Parallel()
	for in, code := range map[string]string{
		"":                               "person.name_missing",
		"\u202e":                         "person.name_missing",
		strings.Repeat("é", 81):          "person.too_long",
		strings.Repeat("e\u0301", 80):    "",
		" " + strings.Repeat("é", 80):    "",
		strings.Repeat("👍", 80) + "\n\n": "",
	} {
		_, err := person.Name(in)
		r, _ := refusal.As(err)
		switch {
		case code == "" && err != nil:
			t.Errorf("Name(%.20q): %v", in, err)
		case code != "" && (r == nil || r.Code != code || r.Field != "name"):
			t.Errorf("Name(%.20q): got %v, want %s", in, err, code)
		}
	}
}

func TestPilesOfMarksAreCut(t *testing.T) {
	t.Parallel()
	got := person.Line("Z" + strings.Repeat("\u0337\u035f", 30) + "oé")
	if n := person.Signs(got); n > 9 || !strings.HasSuffix(got, "oé") {
		t.Errorf("got %d signs: %q", n, got)
	}
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{"Myriam", "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301", "a\u202eb", "👩\u200d👧", "\xff\xfe", "\u200d", "\u1100\u1161\u11a8", "\u0f71\u0f72\u0f74"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line := person.Line(s)
		switch {
		case !utf8.ValidString(line):
			t.Fatalf("not UTF-8: %q", line)
		case person.Line(line) != line:
			t.Fatalf("cleaning %q twice gives %q", line, person.Line(line))
		case !norm.NFC.IsNormalString(line):
			t.Fatalf("not NFC: %q", line)
		case strings.TrimSpace(line) != line || strings.Contains(line, "  "):
			t.Fatalf("loose spaces: %q", line)
		case strings.ContainsFunc(line, func(r rune) bool {
			return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
		}):
			t.Fatalf("a sign that nobody sees: %q", line)
		}
		if name, err := person.Name(s); err == nil && (name == "" || person.Signs(name) > person.MaxName) {
			t.Fatalf("took %q", name)
		}
		if short := person.Shorten(line, 10); person.Signs(short) > 10 || line != "" && short == "" {
			t.Fatalf("shortened %q to %q", line, short)
		}
		_ = person.Initials(line)
	})
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Sonia":             "So",
		"myriam díaz":       "MD",
		"Jean-Pierre":       "JP",
		"Ana de la Torre":   "AT",
		"É":                 "É",
		"o’Neill":           "ON",
		"李小龍":               "李小",
		"👩\u200d👧":          "👩\u200d👧",
		"👍 Ana":             "An",
		"(nobody) Jo Smith": "NS",
		"🏳️\u200d🌈":         "🏳️\u200d🌈",
		"":                  "",
	} {
		if got := person.Initials(name); got != want {
			t.Errorf("Initials(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestHuesAreSteady(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for i := range 64 {
		p := person.Person{ID: id.Person{byte(i), 3: byte(i * 7)}}
		hue := p.Card().Hue
		if hue < 0 || hue >= person.Hues || hue != p.Card().Hue {
			t.Fatalf("hue %d", hue)
		}
		seen[hue] = true
	}
	if len(seen) != person.Hues {
		t.Errorf("only %d hues are used", len(seen))
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Myriam@Example.ORG ":                   "myriam@example.org",
		"a.b+c@sub.example.org":                  "a.b+c@sub.example.org",
		"root@localhost":                         "root@localhost",
		"zoé@exämple.org":                        "zoé@xn--exmple-cua.org",
		"ana@XN--EXMPLE-CUA.org":                 "ana@xn--exmple-cua.org",
		"":                                       "",
		"ana":                                    "",
		"ana@":                                   "",
		"@example.org":                           "",
		"a@b@c.org":                              "",
		"Ana <ana@example.org>":                  "",
		"ana@exam ple.org":                       "",
		"ana@[10.0.0.1]":                         "",
		"ana@10.0.0.1":                           "",
		"ana@example..org":                       "",
		"ana@-example.org":                       "",
		"ana,bel@example.org":                    "",
		"\"ana bel\"@example.org":                "",
		"ana@example.org\r\nBcc: x@y.z":          "",
		"a\u202ena@example.org":                  "",
		strings.Repeat("a", 65) + "@example.org": "",
		"a@" + strings.Repeat("a.", 130) + "org": "",
		"ana@example.org, bel@example.org":       "",
		"ana@example.org\x00":                    "",
	} {
		typed, got, err := person.ParseAddress(in)
		switch {
		case want == "" && !errors.Is(err, person.ErrAddress()):
			t.Errorf("ParseAddress(%.40q): took %q", in, got)
		case want != "" && (err != nil || string(got) != want || typed != strings.TrimSpace(in)):
			t.Errorf("ParseAddress(%q) = %q, %q, %v, want %q", in, typed, got, err, want)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"myriam@example.org", "zoé@exämple.org", "\"a\"@b.c", "a@b@c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		typed, mailbox, err := person.ParseAddress(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(typed, " \r\n<>,;\"") || strings.Count(string(mailbox), "@") != 1 {
			t.Fatalf("took %q", typed)
		}
		again, same, err := person.ParseAddress(typed)
		if err != nil || again != typed || same != mailbox {
			t.Fatalf("%q is %q at first, then %q, %v", typed, mailbox, same, err)
		}
		if _, folded, err := person.ParseAddress(string(mailbox)); err != nil || folded != mailbox {
			t.Fatalf("%q folds to %q, %v", mailbox, folded, err)
		}
	})
}
