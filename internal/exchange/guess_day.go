package exchange

import (
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Wished days are only guessed after a word that makes them one: "avant
// vendredi", "by Friday", "antes del viernes". "Vendredi, j'ai vu…" is none.
//
//nolint:gochecknoglobals // immutable patterns, on folded words
var (
	dayToday    = regexp.MustCompile(`\b(aujourd'hui( si possible)?|ce soir|d'ici ce soir|(by|before|until) (tonight|this evening|the end of (the |to)?day)|today if possible|by today|(for|needed|help|urgent) today|tonight|hoy mismo|para hoy|antes de esta noche|esta noche)\b`)
	dayTomorrow = regexp.MustCompile(`\b((avant|pour|d'ici( a)?) demain|demain (matin|midi|apres-midi|soir)|(by|before|for|until) tomorrow|tomorrow (morning|noon|afternoon|evening)|(para|antes de) manana|manana (por la (manana|tarde|noche)|a mas tardar))\b`)
	dayWeekEnd  = regexp.MustCompile(`\b((avant|d'ici|pour) (a )?la fin de (la|cette) semaine|(by|before) the end of (the|this) week|antes del? (el )?fin(al)? de (la |esta )?semana|para (el )?fin(al)? de (la |esta )?semana)\b`)
	dayMonthEnd = regexp.MustCompile(`\b((avant|d'ici|pour) (a )?la fin du mois|(by|before) the end of (the|this) month|antes de(l| que acabe el)? (fin de |final de )?mes|para (el )?fin(al)? de mes)\b`)

	dayBefore = `\b(?:avant|d'ici(?: a)?|pour|expire(?:nt)?|au plus tard|by|before|until|no later than|due|expires?|antes de(?:l)?|para(?: el)?|a mas tardar(?: el)?|hasta(?: el)?|caduca(?: el)?|vence(?: el)?)(?: (?:le|la|ce|on|the|this|next|el|este|proximo))*`

	dayOfWeek = regexp.MustCompile(dayBefore + ` (lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday|lunes|martes|miercoles|jueves|viernes|sabado|domingo)\b( prochain| next| que viene)?`)
	dayIn     = regexp.MustCompile(dayBefore + ` (\d{4})-(\d{2})-(\d{2})\b`)
	dayNumber = regexp.MustCompile(dayBefore + ` (\d{1,2})(?:er|st|nd|rd|th)?(?: (?:de |of )?(` + months + `))?(?: (?:de |del )?(20\d\d))?\b`)
	monthDay  = regexp.MustCompile(dayBefore + ` (` + months + `) (\d{1,2})(?:st|nd|rd|th)?(?:,? (20\d\d))?\b`)
	notADay   = regexp.MustCompile(`^ ?(h|heures?|euros?|€|\$|%|personnes?|people|personas?|pm|am|o'clock|ans?|years?|anos?|minutes?|min|jours?|days?|dias?|semaines?|weeks?|semanas?|mois|pages?|k\b|[:.,/]\d)`)
)

//nolint:misspell // in three languages, folded
const months = `janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|january|february|march|april|may|june|july|august|september|october|november|december|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre`

// guessBy is the local date that the words wish for, "2026-03-12", or "".
func guessBy(text string, today time.Time) string {
	y, m, d := today.Date()
	date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, time.UTC) }
	now := date(y, m, d)
	var found []time.Time
	add := func(t time.Time) {
		if !t.Before(now) && t.Before(now.AddDate(1, 0, 1)) {
			found = append(found, t)
		}
	}
	if dayToday.MatchString(text) {
		add(now)
	}
	if dayTomorrow.MatchString(text) {
		add(now.AddDate(0, 0, 1))
	}
	if dayWeekEnd.MatchString(text) { // the coming Friday, today included
		add(now.AddDate(0, 0, (int(time.Friday)-int(now.Weekday())+7)%7))
	}
	if dayMonthEnd.MatchString(text) {
		add(date(y, m+1, 0))
	}
	for _, f := range dayOfWeek.FindAllStringSubmatch(text, -1) {
		add(now.AddDate(0, 0, (int(weekday(f[1]))-int(now.Weekday())+6)%7+1))
	}
	for _, f := range dayIn.FindAllStringSubmatch(text, -1) {
		if t, err := time.Parse(time.DateOnly, f[1]+"-"+f[2]+"-"+f[3]); err == nil {
			add(t.Add(12 * time.Hour))
		}
	}
	for _, at := range dayNumber.FindAllStringSubmatchIndex(text, -1) {
		if notADay.MatchString(text[at[3]:]) {
			continue
		}
		add(upcoming(now, group(text, at, 3), group(text, at, 2), group(text, at, 1)))
	}
	for _, f := range monthDay.FindAllStringSubmatch(text, -1) {
		add(upcoming(now, f[3], f[1], f[2]))
	}
	if len(found) == 0 {
		return ""
	}
	// The soonest: "aujourd'hui si possible, avant vendredi" is for today.
	return slices.MinFunc(found, time.Time.Compare).Format(time.DateOnly)
}

// upcoming is the next such day from now on; what isn't told is the nearest. A
// day that doesn't exist gives the zero time, which is never upcoming.
func upcoming(now time.Time, year, month, number string) time.Time {
	d, err := strconv.Atoi(number)
	if err != nil || d < 1 || d > 31 {
		return time.Time{}
	}
	y, m := now.Year(), now.Month()
	if n, err := strconv.Atoi(year); err == nil {
		y = n
	}
	if month != "" {
		m = monthNamed(month)
	}
	t := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	switch {
	case t.Before(now) && month == "":
		t = time.Date(y, m+1, d, 12, 0, 0, 0, time.UTC)
	case t.Before(now) && year == "":
		t = time.Date(y+1, m, d, 12, 0, 0, 0, time.UTC)
	}
	if t.Day() != d {
		return time.Time{}
	}
	return t
}

func monthNamed(name string) time.Month {
	return time.Month(slices.Index(regexp.MustCompile(`\|`).Split(months, -1), name)%12 + 1)
}

func weekday(name string) time.Weekday {
	names := []string{
		"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
		"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
		"domingo", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado",
	}
	return time.Weekday(slices.Index(names, name) % 7)
}

// group is one group of a match, "" where it took no part.
func group(text string, at []int, n int) string {
	if at[2*n] < 0 {
		return ""
	}
	return text[at[2*n]:at[2*n+1]]
}
