package exchange

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A Thursday.
func thursday(t *testing.T) time.Time {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 3, 12, 9, 30, 0, 0, paris)
}

func TestGuess(t *testing.T) {
	t.Parallel()
	known := []string{"certificat", "hébergement", "Drupal", "Excel"}
	for _, c := range []struct {
		words string
		want  Facts
	}{
		{
			"Bonjour à tous,\n\nMon certificat expire vendredi et l’hébergeur ne répond plus.\nQuelqu'un peut regarder avec moi, en visio, une heure environ ?",
			Facts{Title: "Mon certificat expire vendredi et l’hébergeur ne répond plus", Kind: Help, Tags: []string{"certificat"}, Remote: true, By: "2026-03-13", Size: AnHour},
		},
		{
			"Hi all,\nCould somebody teach me how to read a balance sheet? By phone is fine, half an hour before March 20.",
			Facts{Title: "Could somebody teach me how to read a balance sheet?", Kind: Learning, Remote: true, By: "2026-03-20", Size: AnHour},
		},
		{
			"Hola a todas: busco a alguien que me revise un presupuesto antes del viernes, diez minutos.",
			Facts{Title: "Hola a todas: busco a alguien que me revise un presupuesto antes del viernes…", Kind: Help, By: "2026-03-13", Size: TenMinutes},
		},
		{
			"Un café à deux cette semaine ? Je suis à Lyon.",
			Facts{Title: "Un café à deux cette semaine ? Je suis à Lyon", Kind: Company, Place: "Lyon"},
		},
		{
			"One of my clients needs a developer for three months, remotely. #php #symfony",
			Facts{Title: "One of my clients needs a developer for three months, remotely. #php #symfony", Kind: Business, Remote: true, Tags: []string{"php", "symfony"}},
		},
		{
			"Je peux montrer comment tenir ses comptes sous Excel, une demi-journée, sur place à Saint-Étienne.",
			Facts{Title: "Je peux montrer comment tenir ses comptes sous Excel, une demi-journée, sur…", Kind: Learning, Tags: []string{"Excel"}, Place: "Saint-Étienne", Size: HalfDay},
		},
		{
			"¿Alguien puede enseñarme a usar Drupal? Estoy en Ciudad de México, mañana por la tarde.",
			Facts{Title: "¿Alguien puede enseñarme a usar Drupal?", Kind: Learning, Tags: []string{"Drupal"}, Place: "Ciudad de México", By: "2026-03-13"},
		},
	} {
		got := Guess(c.words, thursday(t), known)
		c.want.Zone = "Europe/Paris"
		c.want.Title = got.Title // its rules are those of words.Title, tested there
		if got.Title == "" {
			t.Errorf("%q: no title", c.words)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: %s", c.words, diff)
		}
	}
}

func TestGuessBy(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		// French
		"avant vendredi":       "2026-03-13",
		"avant jeudi":          "2026-03-19", // not today
		"d'ici lundi prochain": "2026-03-16",
		"pour demain":          "2026-03-13",
		"aujourd’hui si possible, avant vendredi": "2026-03-12",
		"avant le 20":                "2026-03-20",
		"avant le 3":                 "2026-04-03",
		"pour le 1er avril":          "2026-04-01",
		"avant le 12 janvier":        "2027-01-12",
		"d'ici la fin de la semaine": "2026-03-13",
		"avant la fin du mois":       "2026-03-31",
		"mon domaine expire le 15":   "2026-03-15",
		"vendredi, j'ai vu un film":  "",
		"j'ai essayé mardi":          "",
		"pour 3 personnes":           "",
		"avant 18h":                  "",
		"pour 200 euros":             "",
		"avant le 31 février":        "",
		"il expire dans deux jours":  "",
		// English
		"before Friday":                    "2026-03-13",
		"by next Tuesday":                  "2026-03-17",
		"by March 20":                      "2026-03-20",
		"before the 20th of March":         "2026-03-20",
		"by tomorrow":                      "2026-03-13",
		"due 2026-04-02":                   "2026-04-02",
		"by the end of the month":          "2026-03-31",
		"the certificate expires Saturday": "2026-03-14",
		"last Friday we met":               "",
		"for 3 people by 5 pm":             "",
		"by Friday or Monday":              "2026-03-13",
		// Spanish
		"antes del viernes":         "2026-03-13",
		"para el lunes":             "2026-03-16",
		"antes del 20 de marzo":     "2026-03-20",
		"hasta el 2 de abril":       "2026-04-02",
		"para mañana":               "2026-03-13",
		"hoy mismo":                 "2026-03-12",
		"por la mañana suelo poder": "",
		"el martes pasado":          "",
	} {
		if got := Guess(words, thursday(t), nil).By; got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

func TestGuessSize(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]Size{
		"dix minutes suffisent":                      TenMinutes,
		"j'ai besoin de 10 min":                      TenMinutes,
		"j'ai ouvert un ticket il y a dix minutes":   "",
		"une petite heure":                           AnHour,
		"a quick question":                           TenMinutes,
		"it takes an hour":                           AnHour,
		"I meet someone in an hour":                  "",
		"una hora o así":                             AnHour,
		"media jornada":                              HalfDay,
		"plusieurs jours de travail":                 More,
		"je cherche depuis plusieurs jours":          "",
		"llevo esperando desde hace una hora":        "",
		"il faudrait une demi-journée":               HalfDay,
		"une demi-heure, une heure au plus":          AnHour,
		"several weeks of work":                      More,
		"nothing is said about how long it may take": "",
	} {
		if got := Guess(words, thursday(t), nil).Size; got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

func TestGuessPlace(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"j'habite à Aix-en-Provence, venez":     "Aix-en-Provence",
		"near Santiago de Compostela":           "Santiago de Compostela",
		"I'm in New York this week":             "New York",
		"I'm in trouble with Python":            "",
		"demander à Myriam":                     "",
		"écrit en Python, traduit à Excel":      "",
		"cerca de La Paz":                       "La Paz",
		"une rencontre, près de Nantes":         "Nantes",
		"je suis à la recherche d'un imprimeur": "",
	} {
		if got := Guess(words, thursday(t), nil).Place; got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

func TestGuessKind(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]Kind{
		"le site d'un client passe en rouge":           Help,
		"cherche un prestataire pour une traduction":   Business,
		"qui déjeune mardi ?":                          Company,
		"anyone for a coffee?":                         Company,
		"je peux expliquer comment faire un devis":     Learning,
		"I am learning Spanish, who would talk to me?": Learning,
		"quién me explica cómo facturar":               Help,
		"busco una socia para un proyecto":             Business,
		"mon imprimante ne marche plus":                Help,
		"":                                             Help,
	} {
		if got := Guess(words, thursday(t), nil).Kind; got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

// Whatever is typed, guessing gives facts that may be stored as they are.
func FuzzGuess(f *testing.F) {
	f.Add("Bonjour, avant le 31 février 2030 à Lyon #a #b", int64(0))
	f.Add("#\u202eabc #مرحبا before 99 March, near É", int64(1<<40))
	f.Fuzz(func(t *testing.T, words string, at int64) {
		got := Guess(words, time.Unix(at%(1<<34), 0).UTC(), []string{"a", "bcd", ""})
		if got.Title == "" {
			got.Title = "x"
		}
		clean, err := got.cleaned()
		if err != nil {
			t.Fatalf("%q: %v", words, err)
		}
		if got.By != "" && got.DueAt().IsZero() || !slices.Equal(clean.Tags, got.Tags) && len(got.Tags) > 0 && len(clean.Tags) > len(got.Tags) {
			t.Fatalf("%q: %+v", words, got)
		}
	})
}
