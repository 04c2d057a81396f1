package person

import (
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a zone is checked alike on every machine

	"golang.org/x/text/language"

	"cordee/internal/id"
	"cordee/internal/lang"
)

// State is where a person stands towards this server.
type State string

// The states. Staged people never act and are never written to.
const (
	Staged State = "staged"
	Active State = "active"
	Former State = "former"
)

// Means is how much time a person sets aside, in words.
type Means string

// The means; Unsaid is the empty one.
const (
	Unsaid      Means = ""
	HourAMonth  Means = "hour_a_month"
	FewHours    Means = "few_hours"
	Day         Means = "day"
	ItDepends   Means = "depends"
	maxAwayDays       = 2 * 366
)

// AllMeans lists what can be chosen, for forms.
func AllMeans() []Means { return []Means{HourAMonth, FewHours, Day, ItDepends} }

// ParseMeans reads a form's value; nothing said is fine.
func ParseMeans(s string) (Means, error) {
	if s == "" || slices.Contains(AllMeans(), Means(s)) {
		return Means(s), nil
	}
	return "", errChoice("means")
}

// Presence is whether a person has the time they set aside just now.
type Presence string

// The presences. Away people get no nudges and aren't suggested.
const (
	Available Presence = "available"
	Limited   Presence = "limited"
	Away      Presence = "away"
)

// AllPresences lists what can be chosen, for forms.
func AllPresences() []Presence { return []Presence{Available, Limited, Away} }

// Profile is what a person says about themselves: the whole of what Edit changes.
type Profile struct {
	Name      string
	Languages []lang.Tag // the first is the language of the interface and of mails
	Zone      string     // IANA, such as "Europe/Paris"
	Place     string
	Headline  string
	Helps     []string // what I gladly help with
	Learns    []string // what I am learning
	Means     Means
	Presence  Presence
	AwayUntil string  // the last day away in the person's own zone, "2026-08-31", or "" for no end
	OnlyMe    []Field // what the circles don't see
}

// Person is one human being as the database knows them.
type Person struct {
	ID      id.Person
	Public  id.Public
	Version int64
	Profile
	State      State
	MergedInto id.Person // whom a staged person's history shows, once taken
	Origin     string    // the server this person lives on; empty = here
	URI        string    // their name there
	CreatedAt  time.Time
	LeftAt     time.Time
}

// Lang is the language in which Cordée speaks to the person.
func (p Profile) Lang() lang.Tag {
	if len(p.Languages) > 0 {
		return p.Languages[0]
	}
	return lang.EN
}

// Location is the person's time zone.
func (p Profile) Location() *time.Location {
	loc, _ := lang.Zone(p.Zone)
	return loc
}

// IsAway tells whether the person is away at now; a day away counts in their own zone.
func (p Profile) IsAway(now time.Time) bool {
	if p.Presence != Away {
		return false
	}
	return p.AwayUntil == "" || now.In(p.Location()).Format(time.DateOnly) <= p.AwayUntil
}

// cleaned gives the profile as it is stored, or the first thing wrong with it.
// today is the day at the person's place.
func (p Profile) cleaned(now time.Time) (Profile, error) {
	var err error
	if p.Name, err = Name(p.Name); err != nil {
		return p, err
	}
	if p.Languages, err = tongues(p.Languages); err != nil {
		return p, err
	}
	if p.Zone, err = ParseZone(p.Zone); err != nil {
		return p, err
	}
	if p.Place, err = short("place", p.Place); err != nil {
		return p, err
	}
	if p.Headline, err = short("headline", p.Headline); err != nil {
		return p, err
	}
	if p.Helps, err = things("helps", p.Helps); err != nil {
		return p, err
	}
	if p.Learns, err = things("learns", p.Learns); err != nil {
		return p, err
	}
	if p.Means, err = ParseMeans(string(p.Means)); err != nil {
		return p, err
	}
	if p.OnlyMe, err = fields(p.OnlyMe); err != nil {
		return p, err
	}
	return p.settledPresence(now)
}

func (p Profile) settledPresence(now time.Time) (Profile, error) {
	switch p.Presence {
	case "":
		p.Presence = Available
	case Available, Limited, Away:
	default:
		return p, errChoice("presence")
	}
	if p.Presence != Away || p.AwayUntil == "" {
		p.AwayUntil = ""
		return p, nil
	}
	last, err := time.ParseInLocation(time.DateOnly, p.AwayUntil, p.Location())
	if err != nil {
		return p, errDay("away_until")
	}
	today := now.In(p.Location())
	if last.Format(time.DateOnly) < today.Format(time.DateOnly) || last.After(today.AddDate(0, 0, maxAwayDays)) {
		return p, errDay("away_until")
	}
	return p, nil
}

// ParseZone checks the IANA name of a time zone; an empty one is UTC.
func ParseZone(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "UTC", nil
	}
	if _, ok := lang.Zone(name); !ok || len(name) > 64 {
		return "", errZone()
	}
	return name, nil
}

// ParseLanguages reads the tags of a form or a header; those that mean nothing
// are refused by Edit, not here.
func ParseLanguages(texts ...string) []lang.Tag {
	tags := make([]lang.Tag, 0, len(texts))
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			tags = append(tags, lang.Tag(t))
		}
	}
	return tags
}

// tongues checks languages: the first must be one that Cordée speaks, the others
// may be any that exist; doubles go.
func tongues(tags []lang.Tag) ([]lang.Tag, error) {
	var clean []lang.Tag
	for i, t := range tags {
		if i == 0 {
			spoken, ok := lang.Parse(string(t))
			if !ok {
				return nil, errLanguage()
			}
			clean = append(clean, spoken)
			continue
		}
		parsed, err := language.Parse(string(t))
		if err != nil || len(t) > 16 {
			return nil, errLanguage()
		}
		base, _ := parsed.Base()
		if tag := lang.Tag(base.String()); !slices.Contains(clean, tag) {
			clean = append(clean, tag)
		}
	}
	switch {
	case len(clean) == 0:
		return nil, errLanguage()
	case len(clean) > MaxTongues:
		return nil, errTooMany("languages", MaxTongues)
	}
	return clean, nil
}

func short(field, s string) (string, error) {
	s = Line(s)
	if n := Signs(s); n > MaxShort {
		return "", errTooLong(field, MaxShort, n)
	}
	return s, nil
}

// things cleans a list of short texts: empty ones and doubles go.
func things(field string, all []string) ([]string, error) {
	clean := make([]string, 0, len(all))
	for _, t := range all {
		t, err := short(field, t)
		if err != nil {
			return nil, err
		}
		if t != "" && !slices.ContainsFunc(clean, func(c string) bool { return strings.EqualFold(c, t) }) {
			clean = append(clean, t)
		}
	}
	if len(clean) > MaxThings {
		return nil, errTooMany(field, MaxThings)
	}
	return clean, nil
}

// SplitThings reads a form's text area: one thing a line, or between commas or
// semicolons when there is but one line.
func SplitThings(text string) []string {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "\n\r") {
		return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	}
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' })
}

// Changed names the fields in which two profiles differ, in the order of the form.
func Changed(a, b Profile) []string {
	var names []string
	add := func(name string, same bool) {
		if !same {
			names = append(names, name)
		}
	}
	add("name", a.Name == b.Name)
	add("languages", slices.Equal(a.Languages, b.Languages))
	add("zone", a.Zone == b.Zone)
	add("place", a.Place == b.Place)
	add("headline", a.Headline == b.Headline)
	add("helps", slices.Equal(a.Helps, b.Helps))
	add("learns", slices.Equal(a.Learns, b.Learns))
	add("means", a.Means == b.Means)
	add("presence", a.Presence == b.Presence && a.AwayUntil == b.AwayUntil)
	add("only_me", slices.Equal(a.OnlyMe, b.OnlyMe))
	return names
}
