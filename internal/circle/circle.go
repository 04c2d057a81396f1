package circle

import (
	"slices"
	"time"
	"unicode/utf8"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/thread"
)

// Lengths, in signs, and numbers.
const (
	MaxName    = 80
	MaxPurpose = 600
	MaxCharter = 8000
	MaxAnswer  = 600 // why, brings
	MaxWords   = 4000
	MaxMembers = 150
	Quorum     = 3 // agreements that make a circle active
)

// The kinds of refs of this room.
const (
	KindCircle     = "circle"
	KindInvitation = "invitation"
	KindTalk       = "talk"
	KindLetter     = "letter"
)

// Stage is where a circle stands in its life.
type Stage string

// The stages.
const (
	Gestation Stage = "gestation"
	Active    Stage = "active"
	Dormant   Stage = "dormant"
	Closed    Stage = "closed"
)

// Form is how people address each other in French and Spanish.
type Form string

// The forms.
const (
	Tu   Form = "tu"
	Vous Form = "vous"
)

// Role is what a member does for the circle.
type Role string

// The roles.
const (
	Member Role = "member"
	Host   Role = "host"
)

// Circle is a network of people.
type Circle struct {
	ID        id.Circle
	Public    id.Public
	Slug      string
	Name      string
	Purpose   string // Markdown
	Stage     Stage
	Parent    id.Circle
	Form      Form
	Language  lang.Tag
	Charter   int // the version in force
	Members   int
	Claimed   bool
	Founder   id.Person
	FoundedAt time.Time
	ActiveAt  time.Time
	Edition   int // counts the edits of what Edit changes
	Version   int64
}

// Ref leads to the circle.
func (c Circle) Ref() journal.Ref { return journal.RefTo(KindCircle, c.ID) }

// SaysTu tells whether the circle says tu.
func (c Circle) SaysTu() bool { return c.Form == Tu }

// activated is rule 2: the circle at the given time, and whether it has just
// become active. agreements is how many members agreed, for each version.
func (c Circle) activated(agreements map[int]int, at time.Time) (Circle, bool) {
	if c.Stage != Gestation {
		return c, false
	}
	for _, n := range agreements {
		if n >= Quorum {
			c.Stage, c.ActiveAt = Active, at
			return c, true
		}
	}
	return c, false
}

// Charter is one text that members agree to.
type Charter struct {
	Circle  id.Circle
	Version int
	Edition int    // of that version; the first is 1
	Words   string // Markdown
	Author  id.Person
	At      time.Time
}

// Membership is one person in one circle.
type Membership struct {
	Circle     id.Circle
	Person     id.Person
	Why        string
	Brings     string
	Means      person.Means
	Sponsor    id.Person
	Invitation InvitationID
	Role       Role
	Agreed     int // the latest charter version agreed to
	JoinedAt   time.Time
	LeftAt     time.Time
	Version    int64
}

// Present tells whether the person is still in the circle.
func (m Membership) Present() bool { return m.LeftAt.IsZero() }

// MoveAgree is what a member is awaited for when the charter's meaning changed.
const MoveAgree = "circle.agree"

// awaited lists the members whose word on the charter is awaited.
func (c Circle) awaited(members []Membership, since time.Time) []await.Awaited {
	var all []await.Awaited
	for _, m := range members {
		if m.Present() && m.Agreed < c.Charter {
			all = append(all, await.Awaited{Person: m.Person, Move: MoveAgree, Since: later(since, m.JoinedAt)})
		}
	}
	return all
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Answers are what somebody says when they join.
type Answers struct {
	Why    string
	Brings string
	Means  person.Means
}

// cleaned gives the answers as they are kept; wanted makes each of them needed.
func (a Answers) cleaned(wanted bool) (Answers, error) {
	var err error
	if a.Why, err = text("why", a.Why, MaxAnswer, wanted); err != nil {
		return a, err
	}
	if a.Brings, err = text("brings", a.Brings, MaxAnswer, wanted); err != nil {
		return a, err
	}
	if a.Means, err = person.ParseMeans(string(a.Means)); err != nil {
		return a, err
	}
	if wanted && a.Means == person.Unsaid {
		return a, errMissing("means")
	}
	return a, nil
}

// Founding is a circle to be.
type Founding struct {
	Name     string
	Slug     string // empty: made of the name
	Purpose  string
	Charter  string // CharterDraft gives one to begin with
	Language lang.Tag
	Form     Form
	Parent   id.Circle
	Answers  Answers // the founder's own, if they like
}

func (f Founding) cleaned() (Founding, error) {
	var err error
	if f.Name, err = name(f.Name); err != nil {
		return f, err
	}
	if f.Purpose, err = text("purpose", f.Purpose, MaxPurpose, true); err != nil {
		return f, err
	}
	if f.Charter, err = text("charter", f.Charter, MaxCharter, true); err != nil {
		return f, err
	}
	if f.Language, err = language(f.Language); err != nil {
		return f, err
	}
	if f.Form, err = form(f.Form); err != nil {
		return f, err
	}
	if f.Slug != "" {
		if f.Slug, err = ParseSlug(f.Slug); err != nil {
			return f, err
		}
	}
	f.Answers, err = f.Answers.cleaned(false)
	return f, err
}

// CharterDraft is the charter that a founder begins with: four plain sentences in
// the printer's language and form.
func CharterDraft(p *lang.Printer) string { return p.T("circle.charter.draft") }

func name(s string) (string, error) {
	s = person.Line(s)
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return "", errMissing("name")
	case n > MaxName:
		return "", errTooLong("name", MaxName, n)
	}
	return s, nil
}

func text(field, s string, limit int, wanted bool) (string, error) {
	s = thread.Clean(s)
	switch n := utf8.RuneCountInString(s); {
	case n == 0 && wanted:
		return "", errMissing(field)
	case n > limit:
		return "", errTooLong(field, limit, n)
	}
	return s, nil
}

func language(t lang.Tag) (lang.Tag, error) {
	if !slices.Contains(lang.All(), t) {
		return "", errChoice("language")
	}
	return t, nil
}

func form(f Form) (Form, error) {
	switch f {
	case Tu, Vous:
		return f, nil
	}
	return "", errChoice("form")
}
