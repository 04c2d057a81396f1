package journal

import (
	"slices"

	"cordee/internal/id"
)

// Ref names one thing of any room: "exchange" and its id.
type Ref struct {
	Kind string
	ID   id.Any
}

// RefTo makes a Ref of a typed id.
func RefTo[K any](kind string, v id.Of[K]) Ref { return Ref{Kind: kind, ID: id.Any(v)} }

// IsZero tells whether the Ref names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// String is for logs: "exchange/0190…".
func (r Ref) String() string { return r.Kind + "/" + r.ID.String() }

// Viewer is who looks: made by circle.Standing. Its zero value is a stranger.
type Viewer struct {
	Person  id.Person
	Circles []id.Circle
}

// Audience is who may see a thing: each person named, each member of a circle
// named. Its zero value is nobody.
type Audience struct {
	Circles []id.Circle
	Persons []id.Person
}

// Sees tells whether the viewer is of the audience.
func (a Audience) Sees(v Viewer) bool {
	if !v.Person.IsZero() && slices.Contains(a.Persons, v.Person) {
		return true
	}
	return slices.ContainsFunc(v.Circles, func(c id.Circle) bool { return slices.Contains(a.Circles, c) })
}

// ActorKind tells kinds of actors apart.
type ActorKind string

// The kinds of actors.
const (
	KindPerson ActorKind = "person" // somebody with a profile here
	KindGuest  ActorKind = "guest"  // somebody who came by a link, named by what it is of
	KindClient ActorKind = "client" // a program with a key of its own
	KindSystem ActorKind = "system" // the house itself: timers, set-up
)

// Actor is who does something; never a nullable person.
type Actor struct {
	Kind   ActorKind
	Person id.Person // of KindPerson
	Name   string    // of KindGuest and KindClient: an id or a code, never an address
}

// PersonActor is a person who acts.
func PersonActor(p id.Person) Actor { return Actor{Kind: KindPerson, Person: p} }

// Guest is somebody without a profile, named by the id of what let them in.
func Guest(name string) Actor { return Actor{Kind: KindGuest, Name: name} }

// Client is a program that acts by a key of its own.
func Client(name string) Actor { return Actor{Kind: KindClient, Name: name} }

// System is the house itself.
func System() Actor { return Actor{Kind: KindSystem} }

// String tells actors apart: "person:0190…", "guest:…", "system".
func (a Actor) String() string {
	switch a.Kind {
	case KindPerson:
		return string(a.Kind) + ":" + a.Person.String()
	case KindGuest, KindClient:
		return string(a.Kind) + ":" + a.Name
	case KindSystem:
	}
	return string(a.Kind)
}

// Door is the way by which somebody came in.
type Door string

// The doors.
const (
	Web      Door = "web"
	Mail     Door = "mail"
	CLI      Door = "cli"
	Importer Door = "importer"
	API      Door = "api"
	DAV      Door = "dav"
	Fedi     Door = "fedi"
	Internal Door = "system" // timers and couriers
	Demo     Door = "demo"
	Test     Door = "test"
)

// By is who acts, by which door, in which request.
type By struct {
	Actor   Actor
	Door    Door
	Request string // the request's reference, for the log
}

// ByPerson is a person at a door.
func ByPerson(p id.Person, door Door) By { return By{Actor: PersonActor(p), Door: door} }

// BySystem is the house itself.
func BySystem() By { return By{Actor: System(), Door: Internal} }

// Person who acts; zero when it isn't a person.
func (b By) Person() id.Person { return b.Actor.Person }
