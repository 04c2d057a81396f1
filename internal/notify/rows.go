package notify

import (
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/store"
)

// State is where a delivery stands.
type State string

// The states. All but Waiting are for good.
const (
	Waiting State = "waiting"
	Sent    State = "sent"
	Moot    State = "moot"   // there was nothing left to say
	Failed  State = "failed" // Reason says why
)

// kindDigest stands where an act's kind stands for other deliveries.
const kindDigest = "digest"

// Delivery is one act for one person, on its way.
type Delivery struct {
	ID        DeliveryID
	Act       id.Act // zero: a digest
	Kind      string
	Ref       journal.Ref
	Circle    id.Circle
	Person    id.Person // zero: somebody who isn't here yet
	Actor     id.Person
	Topic     Topic
	Daily     bool // stands in the digest
	Class     Class
	State     State
	MessageID string
	MadeAt    time.Time // when it happened: the mail's date
	NextAt    time.Time
	Attempts  int
	DoneAt    time.Time
	Reason    string

	root journal.Ref // what it is about in the end, while it is planned
}

type deliveryRow struct {
	bun.BaseModel `bun:"table:notify_delivery,alias:d"`

	ID        DeliveryID `bun:"id,pk"`
	Act       id.Act     `bun:"act"`
	Kind      string     `bun:"kind"`
	Object    string     `bun:"object"`
	ObjectID  id.Any     `bun:"object_id"`
	Circle    id.Circle  `bun:"circle"`
	Person    id.Person  `bun:"person"`
	Actor     id.Person  `bun:"actor"`
	Topic     string     `bun:"topic"`
	Channel   string     `bun:"channel"`
	Class     int        `bun:"class"`
	State     string     `bun:"state"`
	MessageID string     `bun:"message_id"`
	MadeAt    int64      `bun:"made_at"`
	NextAt    int64      `bun:"next_at"`
	Claimed   bool       `bun:"claimed"`
	Attempts  int        `bun:"attempts"`
	DoneAt    int64      `bun:"done_at"`
	Reason    string     `bun:"reason"`
	Bundle    DeliveryID `bun:"bundle"`
}

const (
	byMail   = "mail"
	byDigest = "digest"
)

func rowOf(d Delivery) deliveryRow {
	channel := byMail
	if d.Daily {
		channel = byDigest
	}
	return deliveryRow{
		ID: d.ID, Act: d.Act, Kind: d.Kind, Object: d.Ref.Kind, ObjectID: d.Ref.ID, Circle: d.Circle, Person: d.Person,
		Actor: d.Actor, Topic: string(d.Topic), Channel: channel, Class: int(d.Class), State: string(d.State),
		MessageID: d.MessageID, MadeAt: store.Micros(d.MadeAt), NextAt: store.Micros(d.NextAt), Attempts: d.Attempts,
		DoneAt: store.Micros(d.DoneAt), Reason: d.Reason,
	}
}

func (r deliveryRow) delivery() Delivery {
	return Delivery{
		ID: r.ID, Act: r.Act, Kind: r.Kind, Ref: journal.Ref{Kind: r.Object, ID: r.ObjectID}, Circle: r.Circle, Person: r.Person,
		Actor: r.Actor, Topic: Topic(r.Topic), Daily: r.Channel == byDigest, Class: Class(r.Class), State: State(r.State),
		MessageID: r.MessageID, MadeAt: store.Time(r.MadeAt), NextAt: store.Time(r.NextAt), Attempts: r.Attempts,
		DoneAt: store.Time(r.DoneAt), Reason: r.Reason,
	}
}

func deliveries(rows []deliveryRow) []Delivery {
	all := make([]Delivery, len(rows))
	for i, r := range rows {
		all[i] = r.delivery()
	}
	return all
}

type preferenceRow struct {
	bun.BaseModel `bun:"table:notify_preference,alias:f"`

	Person id.Person `bun:"person,pk"`
	Circle id.Circle `bun:"circle,pk"`
	Topic  string    `bun:"topic,pk"`
	Choice string    `bun:"choice"`
}

type readerRow struct {
	bun.BaseModel `bun:"table:notify_reader,alias:g"`

	Person id.Person `bun:"person,pk"`
	Digest bool      `bun:"digest"`
	DueAt  int64     `bun:"due_at"`
}

type troubleRow struct {
	bun.BaseModel `bun:"table:notify_address_trouble,alias:b"`

	Person  id.Person `bun:"person,pk"`
	Mailbox string    `bun:"mailbox,pk"`
	Code    string    `bun:"code"`
	At      int64     `bun:"at"`
	Times   int       `bun:"times"`
}
