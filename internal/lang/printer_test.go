package lang

import (
	"testing"
	"testing/fstest"
	"time"
)

// speaking is a printer of words that a test makes up.
func speaking(tb testing.TB, tag Tag, toml string) *Printer {
	tb.Helper()
	c := load(fstest.MapFS{"words/test." + string(tag) + ".toml": {Data: []byte(toml)}}, tag)
	for _, err := range c.problems {
		tb.Fatal(err)
	}
	for key, m := range catalogueOf(tag).messages {
		if m.area == "dates" {
			c.messages[key] = m
		}
	}
	c.calendar = newCalendar(c)
	return &Printer{words: c, loc: time.UTC, now: thursday()}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	fr := speaking(t, FR, `
"of"    = "le mot {{de .Who}}"
"that"  = "je sais {{que .Who}} vient"
"quote" = "il dit {{quote .Text}}"
"cap"   = "{{cap .Who}} vient"
"count" = "{{count .A}}, {{countf .A}}, {{digits .A}}, {{.A}}"
"the"   = "{{le .A}}, {{la .B}}"
"any"   = "{{.A}} {{.B}} {{.C}}"
"hello" = "Bonjour à vous"
"hello.tu" = "Bonjour à toi"
"plain" = "Bonjour"
["waiting"]
zero  = "Personne n’attend votre mot"
one   = "{{cap .NF}} personne attend votre mot"
other = "{{cap .NF}} personnes donnent votre mot, {{.Who}}"
["waiting.tu"]
zero  = "Personne n’attend ton mot"
one   = "{{cap .NF}} personne attend ton mot"
other = "{{cap .NF}} personnes donnent ton mot, {{.Who}}"
`)
	es := speaking(t, ES, `
"and" = "Marta {{y .Who}}"
"or"  = "Marta {{o .Who}}"
`)
	for _, c := range []struct{ got, want string }{
		{fr.T("of", "Who", "Aurore"), "le mot d’Aurore"},
		{fr.T("of", "Who", "Malik"), "le mot de Malik"},
		{fr.T("that", "Who", "Inès"), "je sais qu’Inès vient"},
		{fr.T("quote", "Text", "oui"), "il dit «\u00a0oui\u00a0»"},
		{fr.T("cap", "Who", "élise"), "Élise vient"},
		{fr.T("count", "A", 1), "un, une, 1, 1"},
		{fr.T("count", "A", 1200), "1\u202f200, 1\u202f200, 1\u202f200, 1\u202f200"},
		{fr.T("the", "A", "atelier", "B", "table"), "l’atelier, la table"},
		{fr.T("any", "A", []string{"x", "y"}, "B", thursday().Add(-time.Hour), "C", 3*time.Hour), "x et y il y a une heure trois heures"},
		{fr.T("any", "A", EN, "B", nil, "C", int64(5)), "English  5"},
		{fr.T("any", "A", 1.5, "B", true), "1.5 true ⟦C⟧"},
		{fr.TMap("of", map[string]any{"Who": "Aurore"}), "le mot d’Aurore"},
		{fr.T("hello"), "Bonjour à vous"},
		{fr.Tu().T("hello"), "Bonjour à toi"},
		{fr.Tu().Vous().T("hello"), "Bonjour à vous"},
		{fr.Tu().T("plain"), "Bonjour"},
		{fr.N("waiting", 0), "Personne n’attend votre mot"},
		{fr.N("waiting", 1), "Une personne attend votre mot"},
		{fr.N("waiting", 2, "Who", "Ana"), "Deux personnes donnent votre mot, Ana"},
		{fr.Tu().N("waiting", 2, "Who", "Ana"), "Deux personnes donnent ton mot, Ana"},
		{es.T("and", "Who", "Inés"), "Marta e Inés"},
		{es.T("or", "Who", "Octavio"), "Marta u Octavio"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if !fr.Has("hello") || fr.Has("none") || !fr.Has("common.save") {
		t.Error("Has")
	}
}

func TestPieces(t *testing.T) {
	t.Parallel()
	fr := speaking(t, FR, `"a" = "Voir {{.Link}}, demande {{de .Who}}, {{.When}}."`)
	got := fr.Pieces("a", "When", "hier")
	want := []Piece{{Text: "Voir "}, {Name: "Link"}, {Text: ", demande de "}, {Name: "Who"}, {Text: ", hier."}}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("piece %d is %q, want %q", i, got[i], want[i])
		}
	}
	if got := fr.Pieces("none"); len(got) != 1 || got[0].Text != "⟦none⟧" {
		t.Errorf("%q", got)
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"Europe/Paris": true, "UTC": true, "": false, "Local": false, "../etc/passwd": false, "Nowhere/Else": false} {
		if _, ok := Zone(name); ok != want {
			t.Errorf("Zone(%q) is known: %v", name, ok)
		}
	}
}

func BenchmarkT(b *testing.B) {
	fr := speaking(b, FR, "\"plain\" = \"Enregistrer\"\n\"filled\" = \"{{.Who}} vous propose un coup de main, {{.When}}.\"\n[\"counted\"]\none = \"{{cap .NF}} personne\"\nother = \"{{cap .NF}} personnes\"")
	at := thursday().Add(-20 * time.Minute)
	b.Run("sentence=plain", func(b *testing.B) {
		for b.Loop() {
			_ = fr.T("plain")
		}
	})
	b.Run("sentence=filled", func(b *testing.B) {
		for b.Loop() {
			_ = fr.T("filled", "Who", "Malik", "When", "hier")
		}
	})
	b.Run("sentence=counted", func(b *testing.B) {
		for b.Loop() {
			_ = fr.N("counted", 3)
		}
	})
	b.Run("sentence=when", func(b *testing.B) {
		for b.Loop() {
			_ = fr.When(at)
		}
	})
	b.Run("sentence=printer", func(b *testing.B) {
		for b.Loop() {
			_ = For(FR, time.UTC, at).Tu()
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		_ = load(files, FR)
	}
}
