package circle

import (
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/thread"
)

// The kinds of acts.
const (
	ActFounded           = "circle.founded"
	ActClaimed           = "circle.claimed"
	ActEdited            = "circle.edited"
	ActCharterChanged    = "circle.charter_changed"
	ActAgreed            = "circle.agreed"
	ActActivated         = "circle.activated"
	ActInvited           = "circle.invited"
	ActInvitationDropped = "circle.invitation_revoked"
	ActDeclined          = "circle.invitation_declined"
	ActLapsed            = "circle.invitation_lapsed"
	ActJoined            = "circle.joined"
	ActHostNamed         = "circle.host_named"
	ActSteppedDown       = "circle.stepped_down"
	ActTalked            = "circle.talked"
	ActWrote             = "circle.wrote"
)

// The facts that acts hold besides what they are on.
type (
	// FoundedFacts tell of which circle a new one is born.
	FoundedFacts struct {
		Parent id.Circle `json:"parent,omitzero"`
	}
	// EditedFacts name the fields that changed.
	EditedFacts struct {
		Fields []string `json:"fields"`
	}
	// CharterFacts tell the version in force, and whether the meaning changed.
	CharterFacts struct {
		Version int  `json:"version"`
		Meaning bool `json:"meaning,omitempty"`
	}
	// InvitedFacts tell by which way, and whom, where they were known here.
	InvitedFacts struct {
		Way    Way       `json:"way"`
		Person id.Person `json:"person,omitzero"`
	}
	// JoinedFacts tell who came in, by which invitation, and by which way.
	JoinedFacts struct {
		Person     id.Person    `json:"person"`
		Sponsor    id.Person    `json:"sponsor,omitzero"`
		Invitation InvitationID `json:"invitation"`
		Way        Way          `json:"way"`
	}
	// WroteFacts tell which message was written, and to whom, where it is a letter.
	WroteFacts struct {
		Message thread.MessageID `json:"message"`
		Person  id.Person        `json:"person,omitzero"`
	}
	// PersonFacts name the person that an act concerns besides who acts.
	PersonFacts struct {
		Person id.Person `json:"person"`
	}
)

// Acts lists the kinds of acts of this room.
func Acts() []journal.Kind {
	return []journal.Kind{
		{Name: ActFounded, Object: KindCircle, Facts: "the parent, if one", Doc: "A circle was founded, in gestation."},
		{Name: ActClaimed, Object: KindCircle, Doc: "Somebody took up a circle that an archive had founded."},
		{Name: ActEdited, Object: KindCircle, Facts: "the fields", Doc: "A host changed what a circle says of itself."},
		{Name: ActCharterChanged, Object: KindCircle, Facts: "version, and whether the meaning changed", Doc: "A host changed the charter."},
		{Name: ActAgreed, Object: KindCircle, Facts: "version", Doc: "A member agreed to a version of the charter."},
		{Name: ActActivated, Object: KindCircle, Facts: "version", Doc: "Three people had agreed: the circle became active by itself."},
		{Name: ActInvited, Object: KindInvitation, Facts: "way; person, where known here", Doc: "Somebody was invited, or a link was made for a group."},
		{Name: ActInvitationDropped, Object: KindInvitation, Doc: "An invitation was taken back."},
		{Name: ActDeclined, Object: KindInvitation, Doc: "Who was invited said no."},
		{Name: ActLapsed, Object: KindInvitation, Doc: "An invitation to somebody known here ran out unanswered."},
		{Name: ActJoined, Object: KindCircle, Facts: "person, sponsor, invitation, way", Doc: "Somebody joined a circle and agreed to its charter."},
		{Name: ActHostNamed, Object: KindCircle, Facts: "person", Doc: "A host named another host."},
		{Name: ActSteppedDown, Object: KindCircle, Doc: "A host is a member like the others again."},
		{Name: ActTalked, Object: KindTalk, Facts: "message", Doc: "A member began a talk."},
		{Name: ActWrote, Object: KindLetter, Facts: "message, person", Doc: "A member wrote a letter to another."},
	}
}
