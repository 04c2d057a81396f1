package server

import (
	"cordee/internal/id"
	"cordee/internal/journal"
)

// Object is what the server is called in a journal.Ref; its id is that of its
// set-up, the one thing that tells two servers apart.
const Object = "server"

// The kinds of acts.
const (
	ActOpened          = "server.opened"
	ActClaimed         = "server.claimed"
	ActEdited          = "server.edited"
	ActMailChanged     = "server.mail_changed"
	ActOperatorAdded   = "server.operator_added"
	ActOperatorRemoved = "server.operator_removed"
)

// Acts declares what this room writes in the journal.
func Acts() []journal.Kind {
	return []journal.Kind{
		{Name: ActOpened, Object: Object, Doc: "Cordée was started on empty data"},
		{Name: ActClaimed, Object: Object, Facts: "operator: the first one", Doc: "somebody used the set-up link"},
		{Name: ActEdited, Object: Object, Facts: "fields: the names of the settings that changed", Doc: "an operator changed the server's settings"},
		{Name: ActMailChanged, Object: Object, Facts: "on: whether mail is sent", Doc: "an operator changed the mailbox that Cordée sends by"},
		{Name: ActOperatorAdded, Object: Object, Facts: "operator: who", Doc: "somebody keeps the server from now on"},
		{Name: ActOperatorRemoved, Object: Object, Facts: "operator: who", Doc: "somebody no longer keeps the server"},
	}
}

type operatorFacts struct {
	Operator id.Person `json:"operator"`
}

type editedFacts struct {
	Fields []string `json:"fields"`
}

type mailFacts struct {
	On bool `json:"on"`
}
