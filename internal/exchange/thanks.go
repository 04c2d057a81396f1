package exchange

import (
	"time"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/journal"
)

// ThanksID is the key of thanks.
type ThanksID = id.Of[Thanks]

// KindThanks is the kind of the refs that lead to thanks.
const KindThanks = "thanks"

// MaxThanks bounds the words of thanks.
const MaxThanks = 2_000

// ThanksState is where thanks stand. Those said when confirming are welcome by
// nature; those for something done elsewhere wait for "with pleasure".
type ThanksState string

// The states of thanks.
const (
	Noted    ThanksState = "noted"
	Welcomed ThanksState = "welcomed"
)

// ThanksMove is what a giver or a thanker may do with thanks. Their names are
// words of the catalogue, under "move.thanks.".
type ThanksMove string

// The moves of thanks.
const (
	WithPleasure ThanksMove = "with_pleasure"
	Hide         ThanksMove = "hide"
	Show         ThanksMove = "show"
	Reword       ThanksMove = "reword"
)

// thanksTable is all that can happen to thanks; hiding and rewording change no state.
//
//nolint:gochecknoglobals // the immutable table of moves
var thanksTable = []struct {
	from   ThanksState
	hidden bool
	move   ThanksMove
	role   Role
	to     ThanksState
}{
	{Noted, false, WithPleasure, Giver, Welcomed},
	{Noted, false, Hide, Giver, Noted},
	{Noted, true, Show, Giver, Noted},
	{Noted, false, Reword, Recipient, Noted},
	{Welcomed, false, Hide, Giver, Welcomed},
	{Welcomed, true, Show, Giver, Welcomed},
	{Welcomed, false, Reword, Recipient, Welcomed},
}

// Thanks are a receiver's words to a giver.
type Thanks struct {
	ID         ThanksID
	Public     id.Public
	Version    int64 // the number of its acts
	Giver      id.Person
	Thanker    id.Person
	Exchange   ID // what for; zero until thanks for something elsewhere are welcomed
	Ask        AskID
	Kind       Kind
	Words      string
	Circles    []id.Circle // whom they are shared with; none: kept between the two
	Elsewhere  bool
	State      ThanksState
	Hidden     bool // by the giver
	At         time.Time
	EditedAt   time.Time
	WelcomedAt time.Time
}

// Ref leads to the thanks.
func (t Thanks) Ref() journal.Ref { return journal.RefTo(KindThanks, t.ID) }

// Shared tells whether anybody but the two may read them.
func (t Thanks) Shared() bool { return len(t.Circles) > 0 }

// Audience is who sees the thanks: the two; their circles once they are
// welcomed and unless they are hidden.
func (t Thanks) Audience() journal.Audience {
	a := journal.Audience{Persons: []id.Person{t.Giver, t.Thanker}}
	if t.State == Welcomed && !t.Hidden {
		a.Circles = t.Circles
	}
	return a
}

func (t Thanks) role(p id.Person) Role {
	switch {
	case p.IsZero():
		return Clock
	case p == t.Giver:
		return Giver
	case p == t.Thanker:
		return Recipient
	}
	return ""
}

// Moves is what this person may do with the thanks.
func (t Thanks) Moves(by id.Person) []ThanksMove {
	var out []ThanksMove
	for _, r := range thanksTable {
		if r.from == t.State && r.hidden == t.Hidden && r.role == t.role(by) {
			out = append(out, r.move)
		}
	}
	return out
}

// Apply is the thanks after the move.
func (t Thanks) Apply(move ThanksMove, by id.Person, at time.Time) (Thanks, error) {
	role := t.role(by)
	if role != Giver && role != Recipient {
		return t, errThanksNotFound()
	}
	for _, r := range thanksTable {
		if r.from != t.State || r.hidden != t.Hidden || r.move != move || r.role != role {
			continue
		}
		t.State = r.to
		switch move {
		case WithPleasure:
			t.WelcomedAt = at
		case Hide:
			t.Hidden = true
		case Show:
			t.Hidden = false
		case Reword:
			t.EditedAt = at
		}
		return t, nil
	}
	return t, errThanksMove(t, move, by)
}

// Awaited is who is awaited for what: the giver of something done elsewhere,
// until a word from them.
func (t Thanks) Awaited() []await.Awaited {
	if t.State != Noted || t.Hidden {
		return nil
	}
	return []await.Awaited{{Person: t.Giver, Move: KindThanks + "." + string(WithPleasure), Since: t.At}}
}

func (t Thanks) other(p id.Person) id.Person {
	if p == t.Giver {
		return t.Thanker
	}
	return t.Giver
}
