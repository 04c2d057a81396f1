package exchange

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cordee/internal/id"
	"cordee/internal/refusal"
)

// State is where one receiver's line of an exchange stands.
type State string

// The states. The first three are under way, the others are ends.
const (
	Proposed  State = "proposed"
	Agreed    State = "agreed"
	Done      State = "done"
	Confirmed State = "confirmed"
	Declined  State = "declined"
	Withdrawn State = "withdrawn"
	CalledOff State = "called_off"
	Lapsed    State = "lapsed"
)

// States lists them all.
func States() []State {
	return []State{Proposed, Agreed, Done, Confirmed, Declined, Withdrawn, CalledOff, Lapsed}
}

// UnderWay tells whether somebody can still move.
func (s State) UnderWay() bool { return s == Proposed || s == Agreed || s == Done }

// Move is what somebody may do.
type Move string

// The moves; Lapse is the clock's alone. Their names are words of the
// catalogue, under "move.exchange.".
const (
	Propose      Move = "propose"
	Agree        Move = "agree"
	Decline      Move = "decline"
	Withdraw     Move = "withdraw"
	MarkDone     Move = "mark_done"
	CallOff      Move = "call_off"
	Confirm      Move = "confirm"
	NotYet       Move = "not_yet"
	DidNotHappen Move = "did_not_happen"
	Lapse        Move = "lapse"
)

// AllMoves lists them in the order in which a page shows them.
func AllMoves() []Move {
	return []Move{Agree, Decline, Withdraw, MarkDone, Confirm, NotYet, DidNotHappen, CallOff, Lapse}
}

// Role is what a person is in an exchange.
type Role string

// The roles. In company all are companions.
const (
	Giver     Role = "giver"
	Recipient Role = "receiver"
	Companion Role = "companion"
	Clock     Role = "clock"
)

// Side is a role together with whether that person made the last move on the
// line: in proposed, spoke is who proposed; in done, who marked it done.
type Side struct {
	Role  Role
	Spoke bool
}

// Sides lists all of them, for pages of documentation and for tests.
func Sides() []Side {
	return []Side{
		{Giver, true},
		{Giver, false},
		{Recipient, true},
		{Recipient, false},
		{Companion, true},
		{Companion, false},
		{Clock, false},
	}
}

// spoken says which sides of a role a rule is for.
type spoken int

const (
	either spoken = iota
	spoke         // who made the last move
	other         // whose word is awaited
)

func (s spoken) fits(side Side) bool {
	return s == either || (s == spoke) == side.Spoke
}

// rule is one row: from a state, a move by a side, to the next state.
type rule struct {
	from State
	move Move
	role Role
	when spoken
	to   State
}

// table is all that can happen to a receiver's line. Nothing else exists.
//
//nolint:gochecknoglobals // the immutable table of moves
var table = []rule{
	{Proposed, Agree, Giver, other, Agreed},
	{Proposed, Agree, Recipient, other, Agreed},
	{Proposed, Agree, Companion, other, Agreed},
	{Proposed, Decline, Giver, other, Declined},
	{Proposed, Decline, Recipient, other, Declined},
	{Proposed, Decline, Companion, other, Declined},
	{Proposed, Withdraw, Giver, spoke, Withdrawn},
	{Proposed, Withdraw, Recipient, spoke, Withdrawn},
	{Proposed, Withdraw, Companion, spoke, Withdrawn},
	{Proposed, MarkDone, Recipient, other, Confirmed}, // agrees and confirms
	{Proposed, Lapse, Clock, either, Lapsed},

	{Agreed, MarkDone, Giver, either, Done},
	{Agreed, MarkDone, Recipient, either, Confirmed}, // confirms
	{Agreed, MarkDone, Companion, either, Done},
	{Agreed, CallOff, Giver, either, CalledOff},
	{Agreed, CallOff, Recipient, either, CalledOff},
	{Agreed, CallOff, Companion, either, CalledOff},
	{Agreed, Lapse, Clock, either, Lapsed},

	{Done, Confirm, Recipient, other, Confirmed},
	{Done, Confirm, Companion, other, Confirmed},
	{Done, NotYet, Recipient, other, Agreed},
	{Done, NotYet, Companion, other, Agreed},
	{Done, DidNotHappen, Recipient, other, CalledOff},
	{Done, DidNotHappen, Companion, other, CalledOff},
	{Done, Lapse, Clock, either, Lapsed},
}

// awaiting is who is awaited, for what: by state, side, and whether the clock
// has already asked both for news.
type awaiting struct {
	state State
	role  Role
	when  spoken
	asked bool // only once the clock has asked
	move  Move
}

//nolint:gochecknoglobals // the immutable table of who is awaited
var awaits = []awaiting{
	{Proposed, Giver, other, false, Agree},
	{Proposed, Recipient, other, false, Agree},
	{Proposed, Companion, other, false, Agree},
	{Agreed, Giver, either, false, MarkDone},
	{Agreed, Recipient, either, true, MarkDone},
	{Agreed, Companion, either, false, MarkDone},
	{Done, Recipient, other, false, Confirm},
	{Done, Companion, other, false, Confirm},
}

// Next is the table's answer for one line: the state that the move leads to.
func Next(from State, move Move, side Side) (State, bool) {
	for _, r := range table {
		if r.from == from && r.move == move && r.role == side.Role && r.when.fits(side) {
			return r.to, true
		}
	}
	return "", false
}

// exists tells whether anyone at all has the move in that state.
func exists(from State, move Move) bool {
	return slices.ContainsFunc(table, func(r rule) bool {
		return r.from == from && r.move == move && r.role != Clock
	})
}

// Moves is what this person may do now, in the order of [AllMoves]: the buttons
// of a page, the links of a mail.
func (x Exchange) Moves(by id.Person) []Move {
	var out []Move
	for _, m := range AllMoves() {
		if slices.ContainsFunc(x.lines(by), func(i int) bool { return x.may(i, m, by) }) {
			out = append(out, m)
		}
	}
	return out
}

// Apply is the exchange after the move. It concerns every line of that person
// where the table has the move: a receiver's own, a giver's all. The zero person
// is the clock. What isn't in the table is refused with the reason.
func (x Exchange) Apply(move Move, by id.Person, at time.Time) (Exchange, error) {
	lines := x.lines(by)
	if len(lines) == 0 {
		return x, refusal.ErrNotFound()
	}
	next := x
	next.Receivers = slices.Clone(x.Receivers)
	moved := false
	for _, i := range lines {
		to, ok := Next(x.Receivers[i].State, move, x.side(i, by))
		if !ok {
			continue
		}
		next.Receivers[i].step(move, to, by, at)
		moved = true
	}
	if !moved {
		return x, x.whyNot(move, by)
	}
	return next, nil
}

// ApplyTo is Apply for one receiver's line only: what the clock does, whose
// lines come due one by one.
func (x Exchange) applyTo(i int, move Move, at time.Time) Exchange {
	to, ok := Next(x.Receivers[i].State, move, Side{Role: Clock})
	if !ok {
		return x
	}
	x.Receivers = slices.Clone(x.Receivers)
	x.Receivers[i].step(move, to, id.Person{}, at)
	return x
}

// may tells whether the move is open to this person on line i.
func (x Exchange) may(i int, move Move, by id.Person) bool {
	_, ok := Next(x.Receivers[i].State, move, x.side(i, by))
	return ok
}

// lines are the indexes of the receivers' lines that a person has a part in.
func (x Exchange) lines(by id.Person) []int {
	var out []int
	for i, r := range x.Receivers {
		if by.IsZero() || by == x.Giver || by == r.Person {
			out = append(out, i)
		}
	}
	return out
}

// side is what a person is on line i.
func (x Exchange) side(i int, by id.Person) Side {
	s := Side{Spoke: x.Receivers[i].By == by}
	switch {
	case by.IsZero():
		return Side{Role: Clock}
	case x.Company():
		s.Role = Companion
	case by == x.Giver:
		s.Role = Giver
	default:
		s.Role = Recipient
	}
	return s
}

// step notes a move on the line.
func (r *Receiver) step(move Move, to State, by id.Person, at time.Time) {
	if to != Agreed {
		switch r.State { // the words that a later move implies
		case Proposed:
			if to == Confirmed {
				r.AgreedAt, r.DoneAt = at, at
			}
		case Agreed:
			if to == Confirmed {
				r.DoneAt = at
			}
		case Done, Confirmed, Declined, Withdrawn, CalledOff, Lapsed:
		}
	}
	switch to {
	case Agreed:
		if r.AgreedAt.IsZero() {
			r.AgreedAt = at
		}
		r.DoneAt = time.Time{}
	case Done:
		r.DoneAt = at
	case Confirmed:
		r.ConfirmedAt = at
	case Proposed, Declined, Withdrawn, CalledOff, Lapsed:
	}
	r.State, r.Last, r.By, r.At, r.AskedAt = to, move, by, at, time.Time{}
}

// whyNot is the reason for refusing a move: the truest thing that can be said
// about the line that moved last.
func (x Exchange) whyNot(move Move, by id.Person) error {
	lines := x.lines(by)
	i := slices.MaxFunc(lines, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(b2i(x.Receivers[a].State.UnderWay()), b2i(x.Receivers[b].State.UnderWay())),
			x.Receivers[a].At.Compare(x.Receivers[b].At),
		)
	})
	r := x.Receivers[i]
	them := x.counterpart(i, by)
	switch {
	case move == Lapse || by.IsZero():
		return errNoSuchMove()
	case r.State == Lapsed:
		return errHasLapsed()
	case r.State == Proposed && exists(Agreed, move) || r.State == Proposed && exists(Done, move):
		return errNotAgreed(them)
	case exists(r.State, move):
		return errNotYours(them)
	case r.State == Agreed && r.Last == Agree && exists(Done, move):
		return errNotDone()
	case r.By == by:
		return errAlready(r.Last)
	}
	return errMovedFirst(r.Last, r.By, r.At)
}

// counterpart is who faces a person on line i.
func (x Exchange) counterpart(i int, by id.Person) id.Person {
	if by == x.Giver {
		return x.Receivers[i].Person
	}
	return x.Giver
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// StatesMarkdown draws the tables of this room for docs/states.md.
func StatesMarkdown() string {
	var b strings.Builder
	b.WriteString("## An exchange, one line a receiver\n\n| from | move | by | to |\n|---|---|---|---|\n")
	b.WriteString("| | " + string(Propose) + " | who answers an ask, or its author | " + string(Proposed) + " |\n")
	for _, r := range table {
		by := string(r.role)
		switch {
		case r.when == spoke:
			by += ", who proposed it"
		case r.when == other && r.from == Proposed:
			by += ", who was asked"
		case r.when == other && r.role == Companion:
			by += ", when the other marked it"
		}
		b.WriteString("| " + string(r.from) + " | " + string(r.move) + " | " + by + " | " + string(r.to) + " |\n")
	}
	b.WriteString("\n### Who is awaited\n\n| state | who | for |\n|---|---|---|\n")
	for _, a := range awaits {
		who := string(a.role)
		if a.when == other {
			who += ", the one who didn't speak last"
		}
		if a.asked {
			who += ", once the clock has asked"
		}
		b.WriteString("| " + string(a.state) + " | " + who + " | " + string(a.move) + " |\n")
	}
	b.WriteString("\n## An ask or an offer\n\n| from | move | by | to |\n|---|---|---|---|\n")
	for _, r := range askTable {
		by := "author"
		if r.move == AskLapse {
			by = string(Clock)
		}
		b.WriteString("| " + string(r.from) + " | " + string(r.move) + " | " + by + " | " + string(r.to) + " |\n")
	}
	b.WriteString("\n## Thanks for something done elsewhere\n\n| from | move | by | to |\n|---|---|---|---|\n")
	for _, r := range thanksTable {
		b.WriteString("| " + string(r.from) + " | " + string(r.move) + " | " + string(r.role) + " | " + string(r.to) + " |\n")
	}
	return b.String()
}
