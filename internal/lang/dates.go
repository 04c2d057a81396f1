package lang

import (
	"strconv"
	"strings"
	"time"
)

// calendar is what the area "dates" says of days, taken out of it once.
type calendar struct {
	weekdays [7]string
	months   [12]string
}

func newCalendar(c *catalogue) calendar {
	var cal calendar
	for i := range cal.weekdays {
		cal.weekdays[i] = c.text("date.weekday." + strconv.Itoa(i))
	}
	for i := range cal.months {
		cal.months[i] = c.text("date.month." + strconv.Itoa(i+1))
	}
	return cal
}

// Clock is the time of day: "18 h 02", "18:02"; a full hour in French is "18 h".
func (p *Printer) Clock(t time.Time) string {
	t = t.In(p.loc)
	if p.words.tag == FR {
		s := strconv.Itoa(t.Hour()) + nbsp + "h"
		if t.Minute() != 0 {
			s += nbsp + twoDigits(t.Minute())
		}
		return s
	}
	return strconv.Itoa(t.Hour()) + ":" + twoDigits(t.Minute())
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// Weekday is the name of the day: "jeudi", "Thursday".
func (p *Printer) Weekday(t time.Time) string {
	return p.words.calendar.weekdays[t.In(p.loc).Weekday()]
}

// Month is the month with its year: "mars 2024", "marzo de 2024".
func (p *Printer) Month(t time.Time) string {
	t = t.In(p.loc)
	return p.T("date.month.year", "Month", p.words.calendar.months[t.Month()-1], "Year", strconv.Itoa(t.Year()))
}

// Day is the date with its year, as one reads it at any time: "12 mars 2024".
func (p *Printer) Day(t time.Time) string {
	t = t.In(p.loc)
	return p.T("date.day.year", "Day", p.dayNumber(t), "Month", p.words.calendar.months[t.Month()-1], "Year", strconv.Itoa(t.Year()))
}

// DayLong is Day with the name of the day: "mardi 12 mars 2024".
func (p *Printer) DayLong(t time.Time) string {
	return p.T("date.day.long", "Weekday", p.Weekday(t), "Day", p.Day(t))
}

// DayShort is the date without its year where that is the present one: "12 mars".
func (p *Printer) DayShort(t time.Time) string {
	t = t.In(p.loc)
	if t.Year() != p.now.Year() {
		return p.Day(t)
	}
	return p.T("date.day.short", "Day", p.dayNumber(t), "Month", p.words.calendar.months[t.Month()-1])
}

// dayNumber is 12, and in French 1er for the first.
func (p *Printer) dayNumber(t time.Time) string {
	if t.Day() == 1 && p.words.tag == FR {
		return "1er"
	}
	return strconv.Itoa(t.Day())
}

// DayAndClock is an instant in full: "mardi 12 mars 2024 à 18 h 02". It suits the
// title of a <time> and whatever is cached for many readers of one zone.
func (p *Printer) DayAndClock(t time.Time) string {
	return p.at(p.DayLong(t), t)
}

// When tells an instant as one would say it now: "à l’instant", "il y a 20
// minutes", "hier à 18 h 02", "jeudi à 18 h 02", "12 mars", "12 mars 2023"; and
// of what is to come "dans 20 minutes", "demain à 9 h".
func (p *Printer) When(t time.Time) string {
	t = t.In(p.loc)
	ago := p.now.Sub(t)
	switch {
	case ago >= 0 && ago < time.Minute, ago < 0 && ago > -time.Minute:
		return p.T("date.now")
	case ago > 0 && ago < time.Hour:
		return p.N("date.ago.minutes", int(ago/time.Minute))
	case ago < 0 && ago > -time.Hour:
		return p.N("date.in.minutes", int(-ago/time.Minute))
	}
	days := p.daysFromNow(t)
	switch {
	case days == 0 && ago > 0 && ago < 4*time.Hour:
		return p.N("date.ago.hours", int(ago/time.Hour))
	case days == 0 && ago < 0 && ago > -4*time.Hour:
		return p.N("date.in.hours", int((-ago+30*time.Minute)/time.Hour))
	case days >= -6 && days <= 6:
		return p.at(p.near(t, days, false), t)
	}
	return p.DayShort(t)
}

// On tells the day inside a sentence: "aujourd’hui", "hier", "jeudi", "le 12
// mars", "on 12 March", "el jueves".
func (p *Printer) On(t time.Time) string {
	t = t.In(p.loc)
	if days := p.daysFromNow(t); days >= -6 && days <= 6 {
		return p.near(t, days, true)
	}
	return p.T("date.on.day", "Day", p.DayShort(t))
}

// Until tells a deadline inside a sentence: "jusqu’à ce soir", "jusqu’à demain",
// "jusqu’à jeudi", "jusqu’au 12 mars".
func (p *Printer) Until(t time.Time) string {
	t = t.In(p.loc)
	switch days := p.daysFromNow(t); {
	case days == 0 && t.After(p.now):
		return p.T("date.until.today")
	case days == 1:
		return p.T("date.until.tomorrow")
	case days > 1 && days <= 6:
		return p.T("date.until.weekday", "Day", p.Weekday(t))
	}
	return p.T("date.until.day", "Day", p.DayShort(t))
}

// at puts the time of day behind a day.
func (p *Printer) at(day string, t time.Time) string {
	key := "date.at"
	if t.In(p.loc).Hour() == 1 {
		key = "date.at.one" // Spanish: "a la 1:15"
	}
	return p.T(key, "Day", day, "Clock", p.Clock(t))
}

// near names a day within a week of today; in a sentence a weekday takes what
// the language puts before it ("on Thursday").
func (p *Printer) near(t time.Time, days int, sentence bool) string {
	switch days {
	case 0:
		return p.T("date.today")
	case 1:
		return p.T("date.tomorrow")
	case -1:
		return p.T("date.yesterday")
	}
	if sentence {
		return p.T("date.on.weekday", "Day", p.Weekday(t))
	}
	return p.Weekday(t)
}

// daysFromNow counts midnights between now and t in the reader's zone.
func (p *Printer) daysFromNow(t time.Time) int {
	date := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(date(t.In(p.loc)).Sub(date(p.now)) / (24 * time.Hour))
}

// Span tells how long something lasts, in its largest unit: "20 minutes", "une
// heure", "trois jours", "deux mois", "deux ans".
func (p *Printer) Span(d time.Duration) string {
	const day = 24 * time.Hour
	d = d.Abs()
	switch {
	case d < time.Hour:
		return p.N("date.span.minutes", int(max(1, (d+30*time.Second)/time.Minute)))
	case d < day:
		return p.N("date.span.hours", int((d+30*time.Minute)/time.Hour))
	case d < 60*day:
		return p.N("date.span.days", int((d+12*time.Hour)/day))
	case d < 730*day:
		return p.N("date.span.months", int(d/(30*day)))
	}
	return p.N("date.span.years", int(d/(365*day)))
}

// HourSpan is a length in hours and minutes, as differences of zones are told:
// "7 h", "3 h 40", "7 h 30 min" where a language writes it so.
func (p *Printer) HourSpan(d time.Duration) string {
	d = d.Abs().Round(time.Minute)
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	var b strings.Builder
	b.WriteString(strconv.Itoa(hours) + nbsp + "h")
	if minutes != 0 {
		b.WriteString(nbsp + twoDigits(minutes))
		if p.words.tag != FR {
			b.WriteString(nbsp + "min")
		}
	}
	return b.String()
}
