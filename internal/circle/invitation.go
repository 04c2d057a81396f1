package circle

import (
	"slices"
	"time"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
)

// How long invitations last, and how many may wait.
const (
	personalLasts = 30 * 24 * time.Hour
	linkLasts     = 14 * 24 * time.Hour
	maxSeats      = MaxMembers
	maxOpen       = 300 // invitations open at once in a circle
	maxMailed     = 300 // invitations of a circle that Cordée mails in a day: it is no loudspeaker
	maxPasted     = 300 // lines of a group's addresses at once
)

// InvitationID is the key of an invitation.
type InvitationID = id.Of[Invitation]

// Way is how an invitation reaches who is invited.
type Way string

// The ways.
const (
	ByCordee Way = "cordee" // a mail that Cordée writes
	ByMailto Way = "mailto" // a mail from the inviter's own mailbox
	ByLink   Way = "link"   // a link that the inviter hands over as they like
	ByGroup  Way = "group"  // a link for a group's own chat, with a number of seats
)

// Invitation is a way in that somebody of the circle holds open.
type Invitation struct {
	ID         InvitationID
	Public     id.Public
	Circle     id.Circle
	Inviter    id.Person
	Way        Way
	Existing   bool // to the people of a group that exists already
	Name       string
	Address    string
	Person     id.Person // who is invited, where they were known here
	Words      string
	Seats      int
	Taken      int
	CreatedAt  time.Time
	ExpiresAt  time.Time
	DeclinedAt time.Time
	RevokedAt  time.Time
	LapsedAt   time.Time // noted once it had expired
	Version    int64

	mailbox person.Mailbox
}

// Ref leads to the invitation.
func (i Invitation) Ref() journal.Ref { return journal.RefTo(KindInvitation, i.ID) }

// State is what has become of an invitation.
type State string

// The states of an invitation. Only an open one lets anybody in.
const (
	Open     State = "open"
	Used     State = "used"
	Declined State = "declined"
	Revoked  State = "revoked"
	Expired  State = "expired"
)

// State tells what has become of the invitation by now.
func (i Invitation) State(now time.Time) State {
	switch {
	case i.Taken >= i.Seats:
		return Used
	case !i.RevokedAt.IsZero():
		return Revoked
	case !i.DeclinedAt.IsZero():
		return Declined
	case !now.Before(i.ExpiresAt):
		return Expired
	}
	return Open
}

// usable refuses what isn't open, each with its own words.
func (i Invitation) usable(now time.Time) error {
	switch i.State(now) {
	case Open:
		return nil
	case Used:
		if i.Way == ByGroup {
			return errNoSeat()
		}
		return errUsed()
	case Revoked:
		return errRevoked()
	case Declined:
		return errDeclined()
	case Expired:
	}
	return errExpired()
}

// MayRevoke tells whether somebody may take the invitation back, as long as it is open.
func (i Invitation) MayRevoke(s Standing) bool {
	return s.In(i.Circle) && (s.Person == i.Inviter || s.Host(i.Circle))
}

// MoveAccept is what somebody known here is awaited for when they are invited.
const MoveAccept = "circle.accept"

// awaited lists who is awaited: only somebody known here can be.
func (i Invitation) awaited(now time.Time) []await.Awaited {
	if i.Person.IsZero() || i.State(now) != Open {
		return nil
	}
	return []await.Awaited{{Person: i.Person, Move: MoveAccept, Since: i.CreatedAt, Due: i.ExpiresAt}}
}

func parseWay(w Way) error {
	if !slices.Contains([]Way{ByCordee, ByMailto, ByLink}, w) {
		return errChoice("way")
	}
	return nil
}
