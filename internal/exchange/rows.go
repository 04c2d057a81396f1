package exchange

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/store"
	"cordee/internal/thread"
)

type askRow struct {
	bun.BaseModel `bun:"table:exchange_ask,alias:a"`

	ID         AskID     `bun:"id,pk"`
	Public     id.Public `bun:"public"`
	Version    int64     `bun:"version"`
	Want       Want      `bun:"want"`
	Author     id.Person `bun:"author"`
	Title      string    `bun:"title"`
	Kind       Kind      `bun:"kind"`
	Tags       string    `bun:"tags"`
	Remote     bool      `bun:"remote"`
	Place      string    `bun:"place"`
	ByDay      string    `bun:"by_day"`
	Zone       string    `bun:"zone"`
	Size       Size      `bun:"size"`
	To         id.Person `bun:"to_person"`
	ForWhom    string    `bun:"for_whom"`
	First      bool      `bun:"is_first"`
	State      AskState  `bun:"state"`
	Outcome    string    `bun:"outcome"`
	Thread     thread.ID `bun:"thread"`
	Past       bool      `bun:"past"`
	At         int64     `bun:"at"`
	EditedAt   int64     `bun:"edited_at"`
	Until      int64     `bun:"until"`
	RemindedAt int64     `bun:"reminded_at"`
	AnsweredAt int64     `bun:"answered_at"`
	EndedAt    int64     `bun:"ended_at"`
	Origin     string    `bun:"origin"`
	URI        string    `bun:"uri"`
}

func rowOfAsk(a Ask) (*askRow, error) {
	tags := "[]"
	if len(a.Tags) > 0 {
		b, err := json.Marshal(a.Tags)
		if err != nil {
			return nil, fmt.Errorf("exchange: tags of %s: %w", a.ID, err)
		}
		tags = string(b)
	}
	return &askRow{
		ID: a.ID, Public: a.Public, Version: a.Version, Want: a.Want, Author: a.Author, Title: a.Title,
		Kind: a.Kind, Tags: tags, Remote: a.Remote, Place: a.Place, ByDay: a.By, Zone: a.Zone, Size: a.Size,
		To: a.To, ForWhom: a.ForWhom, First: a.First, State: a.State, Outcome: a.Outcome, Thread: a.Thread,
		Past: a.Past, At: store.Micros(a.At), EditedAt: store.Micros(a.EditedAt), Until: store.Micros(a.Until),
		RemindedAt: store.Micros(a.RemindedAt), AnsweredAt: store.Micros(a.AnsweredAt), EndedAt: store.Micros(a.EndedAt),
	}, nil
}

func (r *askRow) ask() (Ask, error) {
	a := Ask{
		ID: r.ID, Public: r.Public, Version: r.Version, Want: r.Want, Author: r.Author,
		Facts: Facts{
			Title: r.Title, Kind: r.Kind, Remote: r.Remote, Place: r.Place, By: r.ByDay, Zone: r.Zone, Size: r.Size,
		},
		To: r.To, ForWhom: r.ForWhom, First: r.First, State: r.State, Outcome: r.Outcome, Thread: r.Thread,
		Past: r.Past, At: store.Time(r.At), EditedAt: store.Time(r.EditedAt), Until: store.Time(r.Until),
		RemindedAt: store.Time(r.RemindedAt), AnsweredAt: store.Time(r.AnsweredAt), EndedAt: store.Time(r.EndedAt),
	}
	if err := json.Unmarshal([]byte(r.Tags), &a.Tags); err != nil {
		return Ask{}, fmt.Errorf("exchange: tags of %s: %w", r.ID, err)
	}
	if len(a.Tags) == 0 {
		a.Tags = nil
	}
	return a, nil
}

type askCircleRow struct {
	bun.BaseModel `bun:"table:exchange_ask_circle,alias:ac"`

	Circle id.Circle `bun:"circle,pk"`
	Ask    AskID     `bun:"ask,pk"`
	Open   bool      `bun:"is_open"`
}

type exchangeRow struct {
	bun.BaseModel `bun:"table:exchange,alias:x"`

	ID       ID               `bun:"id,pk"`
	Public   id.Public        `bun:"public"`
	Version  int64            `bun:"version"`
	Ask      AskID            `bun:"ask"`
	Origin   Origin           `bun:"origin"`
	Message  thread.MessageID `bun:"message"`
	Kind     Kind             `bun:"kind"`
	Title    string           `bun:"title"`
	Giver    id.Person        `bun:"giver"`
	Proposer id.Person        `bun:"proposer"`
	Quiet    bool             `bun:"quiet"`
	State    State            `bun:"state"`
	Thread   thread.ID        `bun:"thread"`
	At       int64            `bun:"at"`
	HeardAt  int64            `bun:"heard_at"`
}

func rowOf(x Exchange) *exchangeRow {
	return &exchangeRow{
		ID: x.ID, Public: x.Public, Version: x.Version, Ask: x.Ask, Origin: x.Origin, Message: x.Message,
		Kind: x.Kind, Title: x.Title, Giver: x.Giver, Proposer: x.Proposer, Quiet: x.Quiet, State: x.State(), Thread: x.Thread,
		At: store.Micros(x.At), HeardAt: store.Micros(x.HeardAt),
	}
}

func (r *exchangeRow) exchange() Exchange {
	return Exchange{
		ID: r.ID, Public: r.Public, Version: r.Version, Ask: r.Ask, Origin: r.Origin, Message: r.Message,
		Kind: r.Kind, Title: r.Title, Giver: r.Giver, Proposer: r.Proposer, Quiet: r.Quiet, Thread: r.Thread,
		At: store.Time(r.At), HeardAt: store.Time(r.HeardAt),
	}
}

type receiverRow struct {
	bun.BaseModel `bun:"table:exchange_receiver,alias:r"`

	Exchange    ID        `bun:"exchange,pk"`
	Person      id.Person `bun:"person,pk"`
	Place       int       `bun:"place"`
	State       State     `bun:"state"`
	Last        Move      `bun:"last"`
	By          id.Person `bun:"by_person"`
	At          int64     `bun:"at"`
	ProposedAt  int64     `bun:"proposed_at"`
	AgreedAt    int64     `bun:"agreed_at"`
	DoneAt      int64     `bun:"done_at"`
	ConfirmedAt int64     `bun:"confirmed_at"`
	AskedAt     int64     `bun:"asked_at"`
}

func rowOfReceiver(x ID, place int, r Receiver) *receiverRow {
	return &receiverRow{
		Exchange: x, Person: r.Person, Place: place, State: r.State, Last: r.Last, By: r.By, At: store.Micros(r.At),
		ProposedAt: store.Micros(r.ProposedAt), AgreedAt: store.Micros(r.AgreedAt), DoneAt: store.Micros(r.DoneAt),
		ConfirmedAt: store.Micros(r.ConfirmedAt), AskedAt: store.Micros(r.AskedAt),
	}
}

func (r *receiverRow) receiver() Receiver {
	return Receiver{
		Person: r.Person, State: r.State, Last: r.Last, By: r.By, At: store.Time(r.At),
		ProposedAt: store.Time(r.ProposedAt), AgreedAt: store.Time(r.AgreedAt), DoneAt: store.Time(r.DoneAt),
		ConfirmedAt: store.Time(r.ConfirmedAt), AskedAt: store.Time(r.AskedAt),
	}
}

type exchangeCircleRow struct {
	bun.BaseModel `bun:"table:exchange_circle,alias:xc"`

	Circle   id.Circle `bun:"circle,pk"`
	Exchange ID        `bun:"exchange,pk"`
}

type thanksRow struct {
	bun.BaseModel `bun:"table:exchange_thanks,alias:h"`

	ID         ThanksID    `bun:"id,pk"`
	Public     id.Public   `bun:"public"`
	Version    int64       `bun:"version"`
	Giver      id.Person   `bun:"giver"`
	Thanker    id.Person   `bun:"thanker"`
	Exchange   ID          `bun:"exchange"`
	Ask        AskID       `bun:"ask"`
	Kind       Kind        `bun:"kind"`
	Words      string      `bun:"words"`
	Elsewhere  bool        `bun:"elsewhere"`
	State      ThanksState `bun:"state"`
	Hidden     bool        `bun:"hidden"`
	At         int64       `bun:"at"`
	EditedAt   int64       `bun:"edited_at"`
	WelcomedAt int64       `bun:"welcomed_at"`
}

func rowOfThanks(t Thanks) *thanksRow {
	return &thanksRow{
		ID: t.ID, Public: t.Public, Version: t.Version, Giver: t.Giver, Thanker: t.Thanker, Exchange: t.Exchange,
		Ask: t.Ask, Kind: t.Kind, Words: t.Words, Elsewhere: t.Elsewhere, State: t.State, Hidden: t.Hidden,
		At: store.Micros(t.At), EditedAt: store.Micros(t.EditedAt), WelcomedAt: store.Micros(t.WelcomedAt),
	}
}

func (r *thanksRow) thanks() Thanks {
	return Thanks{
		ID: r.ID, Public: r.Public, Version: r.Version, Giver: r.Giver, Thanker: r.Thanker, Exchange: r.Exchange,
		Ask: r.Ask, Kind: r.Kind, Words: r.Words, Elsewhere: r.Elsewhere, State: r.State, Hidden: r.Hidden,
		At: store.Time(r.At), EditedAt: store.Time(r.EditedAt), WelcomedAt: store.Time(r.WelcomedAt),
	}
}

type thanksCircleRow struct {
	bun.BaseModel `bun:"table:exchange_thanks_circle,alias:hc"`

	Circle id.Circle `bun:"circle,pk"`
	Thanks ThanksID  `bun:"thanks,pk"`
}

type ratherNotRow struct {
	bun.BaseModel `bun:"table:exchange_rather_not,alias:n"`

	Person id.Person   `bun:"person,pk"`
	Other  id.Person   `bun:"other,pk"`
	ID     ratherNotID `bun:"id"`
	At     int64       `bun:"at"`
}

// asks runs a query over exchange_ask AS a and loads what belongs to its rows:
// two queries, however many rows.
func asks(ctx context.Context, db bun.IDB, q *bun.SelectQuery) ([]Ask, error) {
	var rows []askRow
	if err := q.Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("exchange: asks: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	all, place, ids := make([]Ask, len(rows)), map[AskID]int{}, make([]AskID, len(rows))
	for i := range rows {
		var err error
		if all[i], err = rows[i].ask(); err != nil {
			return nil, err
		}
		ids[i], place[rows[i].ID] = rows[i].ID, i
	}
	var circles []askCircleRow
	err := db.NewSelect().Model(&circles).Where("ac.ask IN (?)", bun.List(ids)).OrderExpr("ac.ask, ac.circle").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("exchange: circles of asks: %w", err)
	}
	for _, c := range circles {
		a := &all[place[c.Ask]]
		a.Circles = append(a.Circles, c.Circle)
	}
	return all, nil
}

// exchanges runs a query over exchange AS x and loads what belongs to its rows.
func exchanges(ctx context.Context, db bun.IDB, q *bun.SelectQuery) ([]Exchange, error) {
	var rows []exchangeRow
	if err := q.Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("exchange: exchanges: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	all, place, ids := make([]Exchange, len(rows)), map[ID]int{}, make([]ID, len(rows))
	for i := range rows {
		all[i], ids[i], place[rows[i].ID] = rows[i].exchange(), rows[i].ID, i
	}
	var receivers []receiverRow
	err := db.NewSelect().Model(&receivers).Where("r.exchange IN (?)", bun.List(ids)).OrderExpr("r.exchange, r.place").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("exchange: receivers: %w", err)
	}
	for i := range receivers {
		x := &all[place[receivers[i].Exchange]]
		x.Receivers = append(x.Receivers, receivers[i].receiver())
	}
	var circles []exchangeCircleRow
	err = db.NewSelect().Model(&circles).Where("xc.exchange IN (?)", bun.List(ids)).OrderExpr("xc.exchange, xc.circle").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("exchange: circles of exchanges: %w", err)
	}
	for _, c := range circles {
		x := &all[place[c.Exchange]]
		x.Circles = append(x.Circles, c.Circle)
	}
	return all, nil
}

// thanksOf runs a query over exchange_thanks AS h and loads what belongs to its rows.
func thanksOf(ctx context.Context, db bun.IDB, q *bun.SelectQuery) ([]Thanks, error) {
	var rows []thanksRow
	if err := q.Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("exchange: thanks: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	all, place, ids := make([]Thanks, len(rows)), map[ThanksID]int{}, make([]ThanksID, len(rows))
	for i := range rows {
		all[i], ids[i], place[rows[i].ID] = rows[i].thanks(), rows[i].ID, i
	}
	var circles []thanksCircleRow
	err := db.NewSelect().Model(&circles).Where("hc.thanks IN (?)", bun.List(ids)).OrderExpr("hc.thanks, hc.circle").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("exchange: circles of thanks: %w", err)
	}
	for _, c := range circles {
		t := &all[place[c.Thanks]]
		t.Circles = append(t.Circles, c.Circle)
	}
	return all, nil
}
