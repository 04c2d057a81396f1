package exchange

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/search"
	"cordee/internal/thread"
)

// AskID is the key of an ask or an offer.
type AskID = id.Of[Ask]

// KindAsk is the kind of the refs that lead to an ask or an offer.
const KindAsk = "ask"

// The limits of an ask.
const (
	MaxForWhom = 80
	MaxOutcome = 200
	MaxPlace   = 80
	MaxTag     = 40
	MaxTags    = 8
	MaxCircles = 12
)

// AskState is where an ask or an offer stands.
type AskState string

// The states of an ask or an offer: open, and three ends.
const (
	AskOpen      AskState = "open"
	AskSettled   AskState = "settled"
	AskWithdrawn AskState = "withdrawn"
	AskLapsed    AskState = "lapsed"
)

// AskMove is what its author, or the clock, may do with an ask or an offer.
type AskMove string

// The moves of an ask or an offer. Their names are words of the catalogue,
// under "move.ask.".
const (
	AskEdit     AskMove = "edit"
	AskRenew    AskMove = "renew"
	AskSettle   AskMove = "settle"
	AskWithdraw AskMove = "withdraw"
	AskLapse    AskMove = "lapse"
	askAnswer           = "answer" // awaited from the one person who was asked
)

// askTable is all that can happen to an ask. Its author moves; the clock lapses.
//
//nolint:gochecknoglobals // the immutable table of moves
var askTable = []struct {
	from AskState
	move AskMove
	to   AskState
}{
	{AskOpen, AskEdit, AskOpen},
	{AskOpen, AskRenew, AskOpen},
	{AskOpen, AskSettle, AskSettled},
	{AskOpen, AskWithdraw, AskWithdrawn},
	{AskOpen, AskLapse, AskLapsed},
	{AskSettled, AskEdit, AskSettled},
	{AskWithdrawn, AskEdit, AskWithdrawn},
	{AskLapsed, AskEdit, AskLapsed},
}

// Facts are what is told about an ask beside its words: guessed from them, and
// corrected by its author.
type Facts struct {
	Title  string
	Kind   Kind
	Tags   []string
	Remote bool
	Place  string
	By     string // the local date it is wanted by, "2026-03-12", or ""
	Zone   string // the IANA zone of that date
	Size   Size
}

// Ask is something wanted, or given. Its words are the first message of its thread.
type Ask struct {
	ID      AskID
	Public  id.Public
	Version int64 // the number of its acts
	Want    Want
	Facts
	Author     id.Person
	Circles    []id.Circle // where it was posted,
	To         id.Person   // or the one person it was put to
	ForWhom    string      // for someone else: who, in the author's words
	First      bool        // the author's first ask: people are kind to it
	State      AskState
	Outcome    string // in a line, of a settled one
	Thread     thread.ID
	Past       bool // brought in from an archive
	At         time.Time
	EditedAt   time.Time // zero: not, or within fifteen minutes
	Until      time.Time // when it lapses
	RemindedAt time.Time // when its author was asked to renew or close
	AnsweredAt time.Time // when the first answer came
	EndedAt    time.Time
}

// Ref leads to the ask.
func (a Ask) Ref() journal.Ref { return journal.RefTo(KindAsk, a.ID) }

// Audience is who sees the ask and its thread.
func (a Ask) Audience() journal.Audience {
	out := journal.Audience{Circles: slices.Clone(a.Circles), Persons: []id.Person{a.Author}}
	if !a.To.IsZero() {
		out.Persons = append(out.Persons, a.To)
	}
	return out
}

// Moves is what this person may do with the ask itself. Answering it is
// [Ask.MayAnswer].
func (a Ask) Moves(by id.Person) []AskMove {
	if by != a.Author {
		return nil
	}
	var out []AskMove
	for _, r := range askTable {
		if r.from == a.State && r.move != AskLapse {
			out = append(out, r.move)
		}
	}
	return out
}

// MayAnswer tells whether this person, who sees the ask, may propose something.
func (a Ask) MayAnswer(by id.Person) bool {
	return a.State == AskOpen && !by.IsZero() && by != a.Author
}

// Apply is the ask after the move; the zero person is the clock.
func (a Ask) Apply(move AskMove, by id.Person, at time.Time) (Ask, error) {
	if (move == AskLapse) != by.IsZero() {
		return a, errNoSuchMove()
	}
	if !by.IsZero() && by != a.Author {
		return a, errNotYourAsk(a.Author)
	}
	for _, r := range askTable {
		if r.from != a.State || r.move != move {
			continue
		}
		a.State = r.to
		switch move {
		case AskEdit:
			if at.Sub(a.At) > thread.Silent {
				a.EditedAt = at
			}
		case AskRenew:
			a.Until, a.RemindedAt = a.Want.until(at), time.Time{}
		case AskSettle, AskWithdraw, AskLapse:
			a.EndedAt = at
		}
		return a, nil
	}
	return a, errAskEnded(a)
}

// Awaited is who is awaited for what, and the clock's own next look.
func (a Ask) Awaited() []await.Awaited {
	if a.State != AskOpen {
		return nil
	}
	var out []await.Awaited
	if !a.To.IsZero() && a.AnsweredAt.IsZero() {
		out = append(out, await.Awaited{Person: a.To, Move: KindAsk + "." + askAnswer, Since: a.At, Due: a.Until})
	}
	if !a.RemindedAt.IsZero() {
		out = append(out, await.Awaited{Person: a.Author, Move: KindAsk + "." + string(AskRenew), Since: a.RemindedAt, Due: a.Until})
	}
	return append(out, await.Awaited{Move: KindAsk + "." + string(AskLapse), Since: a.At, Due: a.Next()})
}

// DueAt is the end of the day it is wanted by, zero when nobody said.
func (f Facts) DueAt() time.Time {
	loc, err := time.LoadLocation(f.Zone)
	if err != nil {
		loc = time.UTC
	}
	day, err := time.ParseInLocation(time.DateOnly, f.By, loc)
	if err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 0, 1)
}

// cleaned gives the facts as they are stored, or the first thing wrong with them.
func (f Facts) cleaned() (Facts, error) {
	var err error
	if f.Title, err = thread.ParseTitle(f.Title); err != nil {
		return f, err
	}
	if f.Title == "" {
		return f, refusal.New(refusal.Invalid, "ask.no_title").On("title")
	}
	if !f.Kind.Known() {
		return f, refusal.New(refusal.Invalid, "ask.choice").On("kind")
	}
	if !f.Size.Known() {
		return f, refusal.New(refusal.Invalid, "ask.choice").On("size")
	}
	if f.Place, err = line("place", f.Place, MaxPlace); err != nil {
		return f, err
	}
	if f.Tags, err = cleanTags(f.Tags); err != nil {
		return f, err
	}
	if f.Zone, err = person.ParseZone(f.Zone); err != nil {
		return f, err
	}
	if f.By = strings.TrimSpace(f.By); f.By != "" {
		if _, err := time.Parse(time.DateOnly, f.By); err != nil {
			return f, refusal.New(refusal.Invalid, "ask.day").On("by")
		}
	}
	return f, nil
}

func cleanTags(tags []string) ([]string, error) {
	var out []string
	for _, t := range tags {
		t, err := line("tags", strings.TrimLeft(t, "# "), MaxTag)
		if err != nil {
			return nil, err
		}
		if t != "" && !slices.ContainsFunc(out, func(o string) bool { return search.Fold(o) == search.Fold(t) }) {
			out = append(out, t)
		}
	}
	if len(out) > MaxTags {
		return nil, refusal.New(refusal.Invalid, "ask.too_many_tags", "Max", MaxTags).On("tags")
	}
	return out, nil
}

// line is one clean line of at most limit signs.
func line(field, s string, limit int) (string, error) {
	s = person.Line(s)
	if n := utf8.RuneCountInString(s); n > limit {
		return "", refusal.New(refusal.Invalid, "exchange.too_long", "Max", limit, "Is", n).On(field)
	}
	return s, nil
}
