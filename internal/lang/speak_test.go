package lang

import (
	"testing"
	"time"
)

func paris(t *testing.T) *time.Location {
	t.Helper()
	loc, ok := Zone("Europe/Paris")
	if !ok {
		t.Fatal("no Europe/Paris")
	}
	return loc
}

// thursday is the moment that the tests of this package look from.
func thursday() time.Time { return time.Date(2026, 3, 12, 17, 2, 0, 0, time.UTC) } // 18:02 in Paris

func TestWhen(t *testing.T) {
	t.Parallel()
	now := thursday()
	for _, c := range []struct {
		at         time.Time
		fr, en, es string
	}{
		{now, "à l’instant", "just now", "ahora mismo"},
		{now.Add(-30 * time.Second), "à l’instant", "just now", "ahora mismo"},
		{now.Add(-time.Minute), "il y a une minute", "a minute ago", "hace un minuto"},
		{now.Add(-9 * time.Minute), "il y a 9 minutes", "9 minutes ago", "hace 9 minutos"},
		{now.Add(-20 * time.Minute), "il y a 20 minutes", "20 minutes ago", "hace 20 minutos"},
		{now.Add(-2 * time.Hour), "il y a deux heures", "two hours ago", "hace dos horas"},
		{now.Add(-8 * time.Hour), "aujourd’hui à 10 h 02", "today at 10:02", "hoy a las 10:02"},
		{now.Add(-24 * time.Hour), "hier à 18 h 02", "yesterday at 18:02", "ayer a las 18:02"},
		{now.Add(-64*time.Hour - 2*time.Minute), "mardi à 2 h", "Tuesday at 2:00", "martes a las 2:00"},
		{now.Add(-65 * time.Hour), "mardi à 1 h 02", "Tuesday at 1:02", "martes a la 1:02"},
		{now.AddDate(0, 0, -7), "5 mars", "5 March", "5 de marzo"},
		{now.AddDate(-2, 0, 0), "12 mars 2024", "12 March 2024", "12 de marzo de 2024"},
		{now.AddDate(0, 0, 20), "1er avril", "1 April", "1 de abril"},
		{now.Add(5 * time.Minute), "dans 5 minutes", "in 5 minutes", "dentro de 5 minutos"},
		{now.Add(time.Hour), "dans une heure", "in an hour", "dentro de una hora"},
		{now.Add(15 * time.Hour), "demain à 9 h 02", "tomorrow at 9:02", "mañana a las 9:02"},
		{now.AddDate(0, 0, 4), "lundi à 18 h 02", "Monday at 18:02", "lunes a las 18:02"},
	} {
		for tag, want := range map[Tag]string{FR: c.fr, EN: c.en, ES: c.es} {
			if tag == FR {
				want = frenchHours(want)
			}
			if got := For(tag, paris(t), now).When(c.at); got != want {
				t.Errorf("%s: When(%s) = %q, want %q", tag, c.at, got, want)
			}
		}
	}
}

// frenchHours puts the no-break spaces of "18 h 02" into what a test expects.
func frenchHours(s string) string {
	r := []rune(s)
	for i := range r {
		if i > 0 && i+1 < len(r) && r[i] == ' ' && (r[i+1] == 'h' && (i+2 == len(r) || r[i+2] == ' ') || i > 1 && r[i-1] == 'h' && r[i-2] == '\u00a0') {
			r[i] = '\u00a0'
		}
	}
	return string(r)
}

func TestZoneDecidesTheDay(t *testing.T) {
	t.Parallel()
	mexico, ok := Zone("America/Mexico_City")
	if !ok {
		t.Fatal("no America/Mexico_City")
	}
	now := time.Date(2026, 3, 13, 2, 0, 0, 0, time.UTC) // Friday 3:00 in Paris, Thursday 20:00 in Mexico
	at := now.Add(-4 * time.Hour)
	if got, want := For(FR, paris(t), now).When(at), "hier à 23\u00a0h"; got != want {
		t.Errorf("Paris: %q, want %q", got, want)
	}
	if got, want := For(FR, paris(t), now).In(mexico).When(at), "aujourd’hui à 16\u00a0h"; got != want {
		t.Errorf("Mexico: %q, want %q", got, want)
	}
	if got, want := For(ES, mexico, now).Day(now), "12 de marzo de 2026"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := For(FR, nil, now).DayAndClock(now), "vendredi 13 mars 2026 à 2\u00a0h"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// The clocks of Paris jump from 2:00 to 3:00 on 29 March 2026: a day of 23 hours
// is still one day.
func TestDaysAcrossSummerTime(t *testing.T) {
	t.Parallel()
	loc := paris(t)
	now := time.Date(2026, 3, 29, 23, 30, 0, 0, loc)
	if got, want := For(EN, loc, now).When(time.Date(2026, 3, 28, 0, 30, 0, 0, loc)), "yesterday at 0:30"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestOnUntilSpan(t *testing.T) {
	t.Parallel()
	now := thursday()
	fr, en, es := For(FR, paris(t), now), For(EN, paris(t), now), For(ES, paris(t), now)
	for _, c := range []struct{ got, want string }{
		{fr.On(now), "aujourd’hui"},
		{fr.On(now.AddDate(0, 0, 4)), "lundi"},
		{fr.On(now.AddDate(0, 0, 20)), "le 1er avril"},
		{en.On(now.AddDate(0, 0, 4)), "on Monday"},
		{es.On(now.AddDate(0, 0, 4)), "el lunes"},
		{es.On(now.AddDate(1, 0, 4)), "el 16 de marzo de 2027"},
		{fr.Until(now.Add(time.Hour)), "jusqu’à ce soir"},
		{fr.Until(now.AddDate(0, 0, 1)), "jusqu’à demain"},
		{fr.Until(now.AddDate(0, 0, 5)), "jusqu’à mardi"},
		{fr.Until(now.AddDate(0, 0, 30)), "jusqu’au 11 avril"},
		{en.Until(now.AddDate(0, 0, -1)), "until 11 March"},
		{es.Until(now.AddDate(0, 0, 5)), "hasta el martes"},
		{fr.Span(20 * time.Minute), "20 minutes"},
		{fr.Span(time.Hour), "une heure"},
		{fr.Span(72 * time.Hour), "trois jours"},
		{en.Span(90 * 24 * time.Hour), "three months"},
		{es.Span(-800 * 24 * time.Hour), "dos años"},
		{fr.HourSpan(220 * time.Minute), "3\u00a0h\u00a040"},
		{en.HourSpan(220 * time.Minute), "3\u00a0h\u00a040\u00a0min"},
		{fr.Month(now), "mars 2026"},
		{es.Month(now), "marzo de 2026"},
		{fr.DayLong(now), "jeudi 12 mars 2026"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestFrenchElision(t *testing.T) {
	t.Parallel()
	fr := For(FR, nil, thursday())
	for name, want := range map[string]string{
		"Aurore": "d’Aurore", "Malik": "de Malik", "Élodie": "d’Élodie", "Yves": "d’Yves", "Yann": "de Yann", "Ysé": "d’Ysé",
		"Hélène": "d’Hélène", "Hugues Martin": "d’Hugues Martin", "Hamid": "de Hamid", "Œdipe": "d’Œdipe", "Inès": "d’Inès",
		"": "de ", "李雷": "de 李雷", "onze": "de onze", "Étienne": "d’Étienne", "O’Neill": "d’O’Neill", "42": "de 42",
	} {
		if got := fr.Of(name); got != want {
			t.Errorf("Of(%q) = %q, want %q", name, got, want)
		}
	}
	for _, c := range []struct{ got, want string }{
		{fr.Elide("que", "Aurore"), "qu’Aurore"},
		{fr.Elide("le", "atelier"), "l’atelier"},
		{fr.Elide("la", "heure"), "l’heure"},
		{fr.Elide("le", "cercle"), "le cercle"},
		{For(EN, nil, thursday()).Of("Aurore"), "of Aurore"},
		{For(ES, nil, thursday()).Of("Aurora"), "de Aurora"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	fr, en, es := For(FR, nil, thursday()), For(EN, nil, thursday()), For(ES, nil, thursday())
	for _, c := range []struct{ got, want string }{
		{fr.List(nil), ""},
		{es.List(nil), ""},
		{es.Or(nil), ""},
		{fr.List([]string{"A"}), "A"},
		{fr.List([]string{"A", "B", "C"}), "A, B et C"},
		{en.List([]string{"A", "B", "C"}), "A, B and C"},
		{es.List([]string{"Ana", "Marta"}), "Ana y Marta"},
		{es.List([]string{"Marta", "Inés"}), "Marta e Inés"},
		{es.List([]string{"agua", "hielo"}), "agua y hielo"},
		{es.List([]string{"Ana", "Hilda"}), "Ana e Hilda"},
		{es.List([]string{"Ana", "Yolanda"}), "Ana y Yolanda"},
		{es.Or([]string{"siete", "ocho"}), "siete u ocho"},
		{es.Or([]string{"mujer", "hombre"}), "mujer u hombre"},
		{es.Or([]string{"uno", "dos"}), "uno o dos"},
		{fr.Or([]string{"oui", "non"}), "oui ou non"},
		{en.Or([]string{"yes", "no"}), "yes or no"},
		{fr.Names([]string{"Aurore", "Malik", "Inès"}, 2), "Aurore, Malik et Inès"},
		{fr.Names([]string{"Aurore", "Malik", "Inès", "Léa", "Zoé"}, 2), "Aurore, Malik et trois autres personnes"},
		{es.Names([]string{"A", "B", "C", "D"}, 2), "A, B y otras dos personas"},
		{fr.Quote("oui"), "«\u00a0oui\u00a0»"},
		{en.Quote("yes"), "“yes”"},
		{es.Quote("sí"), "«sí»"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	fr, en, es := For(FR, nil, thursday()), For(EN, nil, thursday()), For(ES, nil, thursday())
	for _, c := range []struct{ got, want string }{
		{fr.Number(1234567), "1\u202f234\u202f567"},
		{en.Number(1234567), "1,234,567"},
		{es.Number(1234567), "1\u202f234\u202f567"},
		{es.Number(1234), "1234"},
		{fr.Number(-12), "-12"},
		{fr.Count(1), "un"},
		{fr.CountF(1), "une"},
		{fr.CountF(2), "deux"},
		{es.CountF(1), "una"},
		{en.Count(10), "ten"},
		{fr.Count(11), "11"},
		{fr.N("common.people", 1), "une personne"},
		{fr.N("common.people", 0), "personne"},
		{fr.N("common.people", 5), "cinq personnes"},
		{es.N("common.people", 2_000_000), "2\u202f000\u202f000 de personas"},
		{en.N("common.people", 2_000_000), "2,000,000 people"},
		{Capital("élan"), "Élan"},
		{Capital(""), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]Tag{
		"":                                 EN,
		"fr-CA,fr;q=0.9,en;q=0.8":          FR,
		"es-MX":                            ES,
		"de,es;q=0.5":                      ES,
		"de":                               EN,
		"en-GB":                            EN,
		";;;=":                             EN,
		"fr;q=0.1,es;q=0.9":                ES,
		string(make([]byte, 5000)) + ",fr": EN,
	} {
		if got := Match(header); got != want {
			t.Errorf("Match(%.40q) = %s, want %s", header, got, want)
		}
	}
	for s, want := range map[string]Tag{"fr": FR, "ES": ES, "en_GB": EN, "fr-CA": FR, "de": "", "": "", "french": ""} {
		if got, ok := Parse(s); got != want || ok != (want != "") {
			t.Errorf("Parse(%q) = %q, %v", s, got, ok)
		}
	}
}
