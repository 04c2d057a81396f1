package notify

import (
	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/person"
	"cordee/internal/server"
	"cordee/internal/signin"
	"cordee/internal/thread"
)

// Role says who hears of an act, seen from what it is on. Nobody hears of what
// they did themselves, whatever their role.
type Role string

// The roles.
const (
	Addressee    Role = "addressee"    // whom a link or an invitation is mailed to
	Awaited      Role = "awaited"      // whose word is awaited on it
	Parties      Role = "parties"      // the people of an exchange, the two of thanks
	GiverRole    Role = "giver"        // of an exchange, of thanks
	ThankerRole  Role = "thanker"      // who said thanks
	Author       Role = "author"       // of the ask
	Asked        Role = "asked"        // the one person an ask was put to
	Members      Role = "members"      // of the circles that it concerns
	Helpers      Role = "helpers"      // members, by the rule of choose.go
	Participants Role = "participants" // who wrote in the thread, or is named in its audience
	Others       Role = "others"       // members who didn't write in the thread
	Inviter      Role = "inviter"      // who invited, or was the sponsor
	Named        Role = "named"        // the person whom the facts name
)

// Heard is one role of a decision: how soon, under which topic.
type Heard struct {
	By    Role
	Usual Choice // AtOnce or Daily
	Topic Topic
}

// Decision is who hears of one kind of act. Nobody: it is silent, and Why says so.
type Decision struct {
	Kind  string
	Class Class
	Heard []Heard
	Why   string
}

// Class is the queue that a mail stands in.
type Class int

// The classes, the most urgent first.
const (
	AskedFor   Class = 0
	News       Class = 1
	DigestMail Class = 2
)

func silent(kind, why string) Decision { return Decision{Kind: kind, Class: News, Why: why} }

func heard(kind string, by ...Heard) Decision { return Decision{Kind: kind, Class: News, Heard: by} }

func mine(by Role) Heard   { return Heard{by, AtOnce, Mine} }
func answer(by Role) Heard { return Heard{by, AtOnce, Answers} }
func later(by Role) Heard  { return Heard{by, Daily, Rest} }

// Decisions is the table: each kind of act of each room, and who hears of it. The
// first role that a person has counts.
func Decisions() []Decision {
	return []Decision{
		{Kind: signin.ActLinkAsked, Class: AskedFor, Heard: []Heard{mine(Addressee)}},
		{Kind: signin.ActProofAsked, Class: AskedFor, Heard: []Heard{mine(Addressee)}},
		{Kind: circle.ActInvited, Class: AskedFor, Heard: []Heard{mine(Addressee)}},

		heard(circle.ActCharterChanged, mine(Awaited)),
		heard(circle.ActActivated, later(Members)),
		heard(circle.ActDeclined, later(Inviter)),
		heard(circle.ActJoined, answer(Inviter), later(Members)),
		heard(circle.ActHostNamed, mine(Named)),
		heard(circle.ActTalked, later(Members)),
		heard(circle.ActWrote, mine(Named)),
		heard(thread.ActPosted, answer(Participants), later(Others)),

		heard(exchange.ActAskPosted, mine(Asked), Heard{Helpers, AtOnce, Asks}),
		heard(exchange.ActAskAnswered, answer(Author), answer(Participants), later(Others)),
		heard(exchange.ActAskReminded, later(Author)), // Cordée's own initiative: inside the digest
		heard(exchange.ActAskSettled, answer(Participants)),
		heard(exchange.ActAskWithdrawn, later(Participants)),
		heard(exchange.ActAskLapsed, later(Author)),

		heard(exchange.ActProposed, mine(Awaited)),
		heard(exchange.ActAgreed, mine(Parties)),
		heard(exchange.ActDeclined, mine(Parties)),
		heard(exchange.ActWithdrawn, later(Parties)),
		heard(exchange.ActDone, mine(Awaited)),
		heard(exchange.ActCalledOff, mine(Parties)),
		heard(exchange.ActConfirmed, mine(Parties)),
		heard(exchange.ActNotYet, mine(Parties)),
		heard(exchange.ActDidNotHappen, mine(Parties)),
		heard(exchange.ActAskedForNews, mine(Awaited)),
		heard(exchange.ActLapsed, later(Parties)),
		heard(exchange.ActMessageWasIt, mine(GiverRole)),
		heard(exchange.ActThanksNoted, mine(GiverRole)),
		heard(exchange.ActThanksWelcome, mine(ThankerRole), later(Members)),
		heard(exchange.ActThanksSaid, later(Members)),

		silent(exchange.ActElsewhereWas, "the same word is told as thanks.welcomed"),
		silent(exchange.ActAskEdited, "whoever opens it sees it"),
		silent(exchange.ActAskRenewed, "nothing new is asked"),
		silent(exchange.ActThanksHidden, "for the giver alone"),
		silent(exchange.ActThanksShown, "for the giver alone"),
		silent(exchange.ActThanksReword, "edits are silent"),
		silent(exchange.ActRatherNotSet, "private"),
		silent(exchange.ActRatherNotUnset, "private"),

		silent(circle.ActFounded, "nobody is there yet"),
		silent(circle.ActClaimed, "nobody is there yet"),
		silent(circle.ActEdited, "the circle's page says it"),
		silent(circle.ActAgreed, "the charter's page says who agreed"),
		silent(circle.ActInvitationDropped, "an invitation taken back isn't rubbed in"),
		silent(circle.ActLapsed, "silence is an answer that nobody need be told"),
		silent(circle.ActSteppedDown, "the circle's page says who hosts"),

		silent(thread.ActEdited, "edits are silent"),
		silent(thread.ActDeleted, "deleting is silent"),
		silent(thread.ActMuted, "private"),
		silent(thread.ActUnmuted, "private"),
		silent(thread.ActImported, "the past makes no noise"),

		silent(person.ActJoined, "circle.joined tells it where it matters"),
		silent(person.ActEdited, "whoever opens the page sees it"),
		silent(person.ActAddressAdded, "signin.proof_asked writes to the address"),
		silent(person.ActAddressVerified, "the page says it"),
		silent(person.ActAddressRemoved, "the page says it"),
		silent(person.ActPrimaryChanged, "the page says it"),
		silent(person.ActHistoryTaken, "the page says it"),
		silent(person.ActLeft, "nobody is told on"),

		silent(signin.ActLinkPrinted, "it stands in the operator's terminal"),
		silent(signin.ActSignedIn, "the page of devices says it"),
		silent(signin.ActEnded, "the page of devices says it"),
		silent(signin.ActOthersEnded, "the page of devices says it"),

		silent(server.ActOpened, "nobody is there yet"),
		silent(server.ActClaimed, "who did it knows"),
		silent(server.ActEdited, "the operator's page says it"),
		silent(server.ActMailChanged, "the page sends a test mail; what waited goes out now"),
		silent(server.ActOperatorAdded, "the operator's page says it"),
		silent(server.ActOperatorRemoved, "the operator's page says it"),
	}
}

// decisions is the table by kind.
func decisions() map[string]Decision {
	all := make(map[string]Decision)
	for _, d := range Decisions() {
		all[d.Kind] = d
	}
	return all
}
