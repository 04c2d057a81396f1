package people

import (
	"strings"
	"time"

	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/web/page"
)

func none(v *page.View) string {
	if v.Query.Get("q") != "" {
		return v.T("people.nobody")
	}
	return v.T("people.none")
}

// under is the quiet line of a person in the list.
func under(v *page.View, l listed) string {
	var parts []string
	for _, s := range []string{l.person.Headline, l.person.Place, strings.Join(l.circles, ", ")} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if l.person.IsAway(v.Now()) {
		parts = append(parts, v.T("person.presence.away"))
	}
	return strings.Join(parts, " · ")
}

// line says who somebody is, where, what time it is there, what they speak.
func line(v *page.View, b *between) string {
	p := b.person
	var parts []string
	if p.Headline != "" {
		parts = append(parts, p.Headline)
	}
	if p.Place != "" {
		parts = append(parts, p.Place)
	}
	if p.Zone != "" && p.Zone != b.me.Zone {
		parts = append(parts, v.T("people.clock", "Time", v.Printer.In(p.Location()).Clock(v.Now())))
	}
	if len(p.Languages) > 0 {
		parts = append(parts, languages(v, p.Languages))
	}
	if p.State == person.Staged {
		parts = append(parts, v.T("person.staged"))
	}
	if p.State == person.Former {
		parts = append(parts, v.T("person.former"))
	}
	return strings.Join(parts, " · ")
}

func languages(v *page.View, all []lang.Tag) string {
	names := make([]string, len(all))
	for i, tag := range all {
		names[i] = v.T("language." + string(tag))
	}
	return v.List(names)
}

// count says how often, and since when.
func count(v *page.View, b *between) string {
	first := last(b.done[len(b.done)-1])
	if b.more {
		return v.T("people.together.many")
	}
	return v.N("people.together.times", len(b.done), "Since", v.Month(first))
}

// last is when an exchange was confirmed.
func last(x exchange.Exchange) time.Time {
	at := x.At
	for _, r := range x.Receivers {
		if r.ConfirmedAt.After(at) {
			at = r.ConfirmedAt
		}
	}
	return at
}

func title(v *page.View, x exchange.Exchange) string {
	if x.Title != "" {
		return x.Title
	}
	return v.T("kind." + string(x.Kind))
}

// direction says who gave.
func direction(v *page.View, b *between, x exchange.Exchange) string {
	switch {
	case x.Company():
		return v.T("people.gave.both")
	case x.Giver == b.me.ID:
		return v.T("people.gave.you")
	}
	return v.T("people.gave.they", "Name", b.person.Name)
}

// brief are the facts of the side column: Value is the label.
func brief(v *page.View, b *between) []page.Option {
	p := b.person
	var all []page.Option
	add := func(label, words string) {
		if words != "" {
			all = append(all, page.Option{Value: v.T(label), Words: words})
		}
	}
	add("people.brief.helps", v.List(p.Helps))
	add("people.brief.learns", v.List(p.Learns))
	add("people.brief.means", means(v, p))
	var names []string
	for _, at := range b.shared {
		names = append(names, at.Name)
	}
	if !b.self {
		add("people.brief.circles", v.List(names))
	}
	return all
}

func means(v *page.View, p person.Person) string {
	var parts []string
	if p.Means != person.Unsaid {
		parts = append(parts, v.T("person.means."+string(p.Means)))
	}
	if p.Shows(person.FieldMeans) && p.Presence != "" {
		if p.IsAway(v.Now()) && p.AwayUntil != "" {
			if day, err := time.ParseInLocation(time.DateOnly, p.AwayUntil, p.Location()); err == nil {
				return strings.Join(append(parts, v.T("person.presence.away_until", "Until", v.Until(day))), ", ")
			}
		}
		parts = append(parts, v.T("person.presence."+string(p.Presence)))
	}
	return strings.Join(parts, ", ")
}

// hours says which working hours, nine to six, the two share, told in the
// reader's own time; nothing when their clocks agree.
func hours(v *page.View, b *between) string {
	if b.self || b.person.Zone == "" || b.person.Zone == b.me.Zone {
		return ""
	}
	const from, to = 9, 18
	mine, theirs := b.me.Location(), b.person.Location()
	y, m, d := v.Now().In(mine).Date()
	begin, end := time.Date(y, m, d, from, 0, 0, 0, mine), time.Date(y, m, d, to, 0, 0, 0, mine)
	for _, shift := range []int{-1, 0, 1} {
		b2 := time.Date(y, m, d+shift, from, 0, 0, 0, theirs)
		e2 := time.Date(y, m, d+shift, to, 0, 0, 0, theirs)
		start, stop := later(begin, b2), earlier(end, e2)
		if start.Before(stop) {
			if stop.Sub(start) == (to-from)*time.Hour {
				return ""
			}
			return v.T("people.hours.shared", "From", v.Clock(start), "To", v.Clock(stop), "TheirFrom", v.Printer.In(theirs).Clock(start), "TheirTo", v.Printer.In(theirs).Clock(stop), "Name", b.person.Name)
		}
	}
	return v.T("people.hours.none", "Name", b.person.Name)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// where names the circles that the reader shares with the person.
func where(v *page.View, b *between, circles []id.Circle) string {
	var names []string
	for _, c := range circles {
		for _, at := range b.shared {
			if at.Circle == c {
				names = append(names, at.Name)
			}
		}
	}
	return v.List(names)
}
