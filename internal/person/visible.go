package person

import (
	"slices"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
)

// Field is a part of a profile whose reach its owner chooses.
type Field string

// The fields with a reach of their own. The name has none: it goes with what one wrote.
const (
	FieldLanguages Field = "languages"
	FieldZone      Field = "zone"
	FieldPlace     Field = "place"
	FieldHeadline  Field = "headline"
	FieldHelps     Field = "helps"
	FieldLearns    Field = "learns"
	FieldMeans     Field = "means"
	FieldAddress   Field = "address"
)

// AllFields lists them, for forms.
func AllFields() []Field {
	return []Field{FieldLanguages, FieldZone, FieldPlace, FieldHeadline, FieldHelps, FieldLearns, FieldMeans, FieldAddress}
}

// fields checks what a form hides, in the order of AllFields.
func fields(hidden []Field) ([]Field, error) {
	for _, f := range hidden {
		if !slices.Contains(AllFields(), f) {
			return nil, errChoice("only_me")
		}
	}
	clean := []Field{}
	for _, f := range AllFields() {
		if slices.Contains(hidden, f) {
			clean = append(clean, f)
		}
	}
	return clean, nil
}

// Shows tells whether the circles see a field.
func (p Profile) Shows(f Field) bool { return !slices.Contains(p.OnlyMe, f) }

// Sees is the rule of who sees a person: themselves, and who shares a circle
// with them; shownIn are the circles that the person is shown in.
func Sees(v journal.Viewer, p id.Person, shownIn []id.Circle) bool {
	if v.Person.IsZero() {
		return false
	}
	return v.Person == p || slices.ContainsFunc(shownIn, func(c id.Circle) bool { return slices.Contains(v.Circles, c) })
}

// seenBy is the same rule as a condition on queries over person AS p.
func seenBy(q *bun.SelectQuery, v journal.Viewer) *bun.SelectQuery {
	if v.Person.IsZero() {
		return q.Where("1 = 0")
	}
	if len(v.Circles) == 0 {
		return q.Where("p.id = ?", v.Person)
	}
	return q.Where("(p.id = ? OR EXISTS (SELECT 1 FROM person_shown AS s WHERE s.person = p.id AND s.circle IN (?)))",
		v.Person, bun.List(v.Circles))
}

// SeenBy is the person as the viewer gets to see them: what is only for the
// owner is blank to everybody else.
func (p Person) SeenBy(v journal.Viewer) Person {
	if v.Person == p.ID {
		return p
	}
	blank := func(f Field, empty func()) {
		if !p.Shows(f) {
			empty()
		}
	}
	// The interface's language is needed to write to somebody and isn't told:
	// every reader sees the languages or none.
	blank(FieldLanguages, func() { p.Languages = nil })
	blank(FieldZone, func() { p.Zone = "" })
	blank(FieldPlace, func() { p.Place = "" })
	blank(FieldHeadline, func() { p.Headline = "" })
	blank(FieldHelps, func() { p.Helps = nil })
	blank(FieldLearns, func() { p.Learns = nil })
	blank(FieldMeans, func() { p.Means, p.Presence, p.AwayUntil = Unsaid, Available, "" })
	p.OnlyMe = nil
	return p
}
