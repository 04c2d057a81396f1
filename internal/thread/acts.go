package thread

import (
	"cordee/internal/journal"
)

// The kinds of acts that the use cases tell.
const (
	ActPosted   = "thread.posted"
	ActEdited   = "thread.edited"
	ActDeleted  = "thread.deleted"
	ActMuted    = "thread.muted"
	ActUnmuted  = "thread.unmuted"
	ActImported = "thread.imported"
)

// Facts are what acts on messages hold besides the message.
type Facts struct {
	Thread  ID        `json:"thread"`
	Answers MessageID `json:"answers,omitzero"`
}

// ImportedFacts tell how much an archive brought.
type ImportedFacts struct {
	Messages int `json:"messages"`
}

// Acts lists the kinds of acts of this room.
func Acts() []journal.Kind {
	const facts = "thread, and the message answered if one is"
	return []journal.Kind{
		{Name: ActPosted, Object: KindMessage, Facts: facts, Doc: "Somebody wrote in a thread that was there already."},
		{Name: ActEdited, Object: KindMessage, Facts: facts, Doc: "An author changed the words of their message."},
		{Name: ActDeleted, Object: KindMessage, Facts: facts, Doc: "An author took their words back; the place is left."},
		{Name: ActMuted, Object: KindThread, Doc: "Somebody wants to hear no more of a thread."},
		{Name: ActUnmuted, Object: KindThread, Doc: "Somebody wants to hear of a thread again."},
		{Name: ActImported, Object: KindThread, Facts: "how many messages", Doc: "An archive brought past messages into a thread."},
	}
}
