package signin

import "cordee/internal/journal"

// What links and sessions are called in a journal.Ref.
const (
	ObjectLink    = "link"
	ObjectSession = "session"
)

// The kinds of acts.
const (
	ActLinkAsked   = "signin.link_asked"
	ActProofAsked  = "signin.proof_asked"
	ActLinkPrinted = "signin.link_printed"
	ActSignedIn    = "signin.signed_in"
	ActEnded       = "signin.ended"
	ActOthersEnded = "signin.others_ended"
)

// Acts declares what this room writes in the journal. None holds an address, a
// token or a device.
func Acts() []journal.Kind {
	return []journal.Kind{
		{Name: ActLinkAsked, Object: ObjectLink, Doc: "somebody asked for a sign-in link, known here or not"},
		{Name: ActProofAsked, Object: ObjectLink, Doc: "somebody is to prove an address by a link"},
		{Name: ActLinkPrinted, Object: ObjectLink, Doc: "the operator's terminal made a sign-in link"},
		{Name: ActSignedIn, Object: ObjectSession, Doc: "somebody signed in on a device"},
		{Name: ActEnded, Object: ObjectSession, Doc: "somebody ended one of their sessions"},
		{Name: ActOthersEnded, Object: ObjectSession, Doc: "somebody ended all their sessions but this one"},
	}
}

func linkRef(l LinkID) journal.Ref       { return journal.RefTo(ObjectLink, l) }
func sessionRef(s SessionID) journal.Ref { return journal.RefTo(ObjectSession, s) }
