package signin

import (
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
)

// LinkID identifies a link.
type LinkID = id.Of[Link]

// Purpose is what a link is for.
type Purpose string

// The purposes.
const (
	ToSignIn Purpose = "sign-in"
	ToProve  Purpose = "address"
	ToMove   Purpose = "move"
)

// seal is the purpose under which the token is sealed.
func (p Purpose) seal() string { return "signin." + string(p) }

// How long links last.
const (
	SignInLife   = time.Hour
	TerminalLife = 7 * 24 * time.Hour // a sign-in link printed on the operator's terminal
	ProofLife    = 3 * 24 * time.Hour
	MoveLife     = 30 * 24 * time.Hour
)

// Link is one row: what a token leads to.
type Link struct {
	ID       LinkID
	Purpose  Purpose
	Person   id.Person // zero: nobody has the address that was asked for
	Mailbox  person.Mailbox
	Address  string // where its letter goes; empty: nowhere
	Language lang.Tag
	Ref      journal.Ref // of a move
	Move     string
	MadeAt   time.Time
	Expires  time.Time
	UsedAt   time.Time

	next []byte // sealed: where who signs in by it wanted to go
}

// State is where a link stands.
type State string

// The states. Used and expired are for good.
const (
	Open    State = "open"
	Used    State = "used"
	Expired State = "expired"
)

// State tells where the link stands at now. Used comes before expired: somebody
// who comes back to a link should hear that it did its work.
func (l Link) State(now time.Time) State {
	switch {
	case !l.UsedAt.IsZero():
		return Used
	case !now.Before(l.Expires):
		return Expired
	}
	return Open
}

// usable says why a link can't be spent, if it can't.
func (l Link) usable(now time.Time) error {
	switch l.State(now) {
	case Used:
		return ErrLinkUsed()
	case Expired:
		return ErrLinkExpired()
	case Open:
	}
	return nil
}

// Shown is what the page behind a link says before anything happens.
type Shown struct {
	Person  person.Card // whose link it is
	Lang    lang.Tag    // their language
	Address string      // the address to be proved, or that the link was sent to
	Expires time.Time
}

// Letter is what the courier needs to mail a link. The token is minted anew each
// time, and is the same each time.
type Letter struct {
	Link    LinkID
	Purpose Purpose
	To      id.Person
	Name    string
	Address string
	Lang    lang.Tag
	Zone    *time.Location
	Token   string
	Expires time.Time
}

// MoveLink is what a link in a mail may do: one move on one object for one person.
type MoveLink struct {
	ID      LinkID
	Person  id.Person
	Ref     journal.Ref
	Move    string
	Expires time.Time
	UsedAt  time.Time
}
