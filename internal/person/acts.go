package person

import (
	"cordee/internal/id"
	"cordee/internal/journal"
)

// Object is what a person is called in a journal.Ref.
const Object = "person"

// The kinds of acts.
const (
	ActJoined          = "person.joined"
	ActEdited          = "person.edited"
	ActAddressAdded    = "person.address_added"
	ActAddressVerified = "person.address_verified"
	ActAddressRemoved  = "person.address_removed"
	ActPrimaryChanged  = "person.primary_changed"
	ActHistoryTaken    = "person.history_taken"
	ActLeft            = "person.left"
)

// Acts declares what this room writes in the journal. An import writes its own
// acts: staging a person isn't one.
func Acts() []journal.Kind {
	return []journal.Kind{
		{Name: ActJoined, Object: Object, Doc: "somebody has a profile on this server from now on"},
		{Name: ActEdited, Object: Object, Facts: "fields: the names of the fields that changed", Doc: "somebody changed their profile"},
		{Name: ActAddressAdded, Object: Object, Doc: "somebody said that an address is theirs"},
		{Name: ActAddressVerified, Object: Object, Doc: "somebody proved that an address is theirs"},
		{Name: ActAddressRemoved, Object: Object, Doc: "somebody took an address away"},
		{Name: ActPrimaryChanged, Object: Object, Doc: "somebody's mail goes to another of their addresses"},
		{Name: ActHistoryTaken, Object: Object, Facts: "staged: the id of the person known from the past", Doc: "somebody took the imported history of their own address"},
		{Name: ActLeft, Object: Object, Doc: "somebody left this server"},
	}
}

// Ref names a person in the journal.
func Ref(p id.Person) journal.Ref { return journal.RefTo(Object, p) }

type editedFacts struct {
	Fields []string `json:"fields"`
}

type takenFacts struct {
	Staged id.Person `json:"staged"`
}
