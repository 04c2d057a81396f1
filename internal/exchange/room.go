package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"

	"github.com/uptrace/bun"

	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/search"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/words"
)

// Config is what the room is built from.
type Config struct {
	Journal *journal.Journal
	DB      *store.DB
	People  *person.Room
	Circles *circle.Room
	Threads *thread.Room
	Log     *slog.Logger
}

// Room holds asks, offers, exchanges and thanks.
type Room struct {
	journal *journal.Journal
	db      *store.DB
	people  *person.Room
	circles *circle.Room
	threads *thread.Room
	log     *slog.Logger
}

// New opens the room.
func New(c Config) *Room {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Room{journal: c.Journal, db: c.DB, people: c.People, circles: c.Circles, threads: c.Threads, log: c.Log}
}

// Made names an exchange, an ask or thanks that a use case has made: by its
// public id, which is what its page is found by.
type Made[K any] struct {
	ID     id.Of[K]  `json:"id"`
	Public id.Public `json:"public"`
}

// do runs a use case of a person: the body gets what that person may see, read
// inside the transaction; refusals leave with the names that they speak of.
func (r *Room) do(ctx context.Context, by journal.By, key journal.Key, body func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error) (journal.Receipt, error) {
	receipt, err := r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		if by.Person().IsZero() {
			return refusal.New(refusal.SignIn, "sign_in")
		}
		s, err := r.circles.Standing(ctx, tx, by.Person())
		if err != nil {
			return err
		}
		return r.named(ctx, tx, body(ctx, tx, s.Viewer()))
	})
	return receipt, err
}

// made runs a use case that makes something, and reads its answer, which a
// repeat gets too.
func made[K any](receipt journal.Receipt, err error) (Made[K], error) {
	var m Made[K]
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(receipt.Result, &m); err != nil {
		return m, fmt.Errorf("exchange: read the answer: %w", err)
	}
	return m, nil
}

// named adds to a refusal about a person that person's "Name".
func (r *Room) named(ctx context.Context, tx *journal.Tx, err error) error {
	refused, ok := refusal.As(err)
	if !ok {
		return err
	}
	who, ok := refused.Args["Person"].(id.Person)
	if !ok || who.IsZero() || refused.Args["Name"] != nil {
		return err
	}
	names, nameErr := r.people.Names(ctx, tx, []id.Person{who})
	if nameErr != nil {
		return nameErr
	}
	refused.Args["Name"] = names[who]
	return err
}

// lockAsk loads an ask that the viewer sees, held until the commit.
func lockAsk(ctx context.Context, tx *journal.Tx, v journal.Viewer, which AskID) (Ask, error) {
	return first(asks(ctx, tx, tx.Lock(asksSeenBy(tx.NewSelect().Where("a.id = ?", which), v))))
}

// lock loads an exchange that the viewer has a part in, held until the commit.
func lock(ctx context.Context, tx *journal.Tx, by id.Person, which ID) (Exchange, error) {
	x, err := first(exchanges(ctx, tx, tx.Lock(tx.NewSelect().Where("x.id = ?", which))))
	if err == nil && !x.Has(by) {
		return Exchange{}, refusal.ErrNotFound()
	}
	return x, err
}

// first is the one thing found, or not found.
func first[T any](all []T, err error) (T, error) {
	var none T
	switch {
	case err != nil:
		return none, err
	case len(all) == 0:
		return none, refusal.ErrNotFound()
	}
	return all[0], nil
}

// insertAsk writes a new ask.
func insertAsk(ctx context.Context, tx *journal.Tx, a Ask) error {
	row, err := rowOfAsk(a)
	if err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return fmt.Errorf("exchange: post %s: %w", a.ID, err)
	}
	if len(a.Circles) == 0 {
		return nil
	}
	rows := make([]askCircleRow, 0, len(a.Circles))
	for _, c := range a.Circles {
		rows = append(rows, askCircleRow{Circle: c, Ask: a.ID, Open: a.State == AskOpen})
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("exchange: post %s: %w", a.ID, err)
	}
	return nil
}

// saveAsk writes an ask that has changed from before, tells the one act of that
// change, and sets who is awaited.
func (r *Room) saveAsk(ctx context.Context, tx *journal.Tx, before, a Ask, act string, facts ActFacts) error {
	a.Version = before.Version + 1
	row, err := rowOfAsk(a)
	if err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model(row).ExcludeColumn("id", "public", "want", "author", "to_person", "is_first", "thread", "past", "at", "origin", "uri").
		Where("id = ?", a.ID).Where("version = ?", before.Version).Exec(ctx)
	if err := tx.Saved(res, err); err != nil {
		return fmt.Errorf("exchange: save %s: %w", a.ID, err)
	}
	if a.State != before.State {
		_, err := tx.NewUpdate().Model((*askCircleRow)(nil)).Set("is_open = ?", a.State == AskOpen).Where("ask = ?", a.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("exchange: save %s: %w", a.ID, err)
		}
	}
	facts.Want, facts.Kind, facts.Author, facts.To, facts.Circles = a.Want, a.Kind, a.Author, a.To, a.Circles
	tx.ActIn(only(a.Circles), act, a.Ref(), facts)
	tx.Await(a.Ref(), a.Awaited()...)
	return nil
}

// answered notes when an ask was first answered. That is no change of the ask:
// the answer is an act of its own.
func answered(ctx context.Context, tx *journal.Tx, a Ask) error {
	if !a.AnsweredAt.IsZero() {
		return nil
	}
	a.AnsweredAt = tx.Now()
	_, err := tx.NewUpdate().Model((*askRow)(nil)).Set("answered_at = ?", store.Micros(a.AnsweredAt)).Where("id = ?", a.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("exchange: answered %s: %w", a.ID, err)
	}
	tx.Await(a.Ref(), a.Awaited()...)
	return nil
}

// insert writes a new exchange, tells its first act and sets who is awaited.
func (r *Room) insert(ctx context.Context, tx *journal.Tx, x *Exchange, act string, facts ActFacts) error {
	x.Version = 1
	if _, err := tx.NewInsert().Model(rowOf(*x)).Exec(ctx); err != nil {
		return fmt.Errorf("exchange: insert %s: %w", x.ID, err)
	}
	rows := make([]*receiverRow, 0, len(x.Receivers))
	for i, rec := range x.Receivers {
		rows = append(rows, rowOfReceiver(x.ID, i, rec))
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("exchange: insert %s: %w", x.ID, err)
	}
	if len(x.Circles) > 0 {
		where := make([]exchangeCircleRow, 0, len(x.Circles))
		for _, c := range x.Circles {
			where = append(where, exchangeCircleRow{Circle: c, Exchange: x.ID})
		}
		if _, err := tx.NewInsert().Model(&where).Exec(ctx); err != nil {
			return fmt.Errorf("exchange: insert %s: %w", x.ID, err)
		}
	}
	x.tell(tx, act, facts, Exchange{})
	return nil
}

// save writes an exchange that has changed from before, tells the one act of
// that change, and sets who is awaited and who reads its thread.
func (r *Room) save(ctx context.Context, tx *journal.Tx, before Exchange, x *Exchange, act string, facts ActFacts) error {
	x.Version = before.Version + 1
	res, err := tx.NewUpdate().Model(rowOf(*x)).Column("version", "state", "heard_at").
		Where("id = ?", x.ID).Where("version = ?", before.Version).Exec(ctx)
	if err := tx.Saved(res, err); err != nil {
		return fmt.Errorf("exchange: save %s: %w", x.ID, err)
	}
	for i, rec := range x.Receivers {
		if rec == before.Receivers[i] {
			continue
		}
		_, err := tx.NewUpdate().Model(rowOfReceiver(x.ID, i, rec)).ExcludeColumn("exchange", "person", "place").WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("exchange: save %s: %w", x.ID, err)
		}
	}
	if !x.Thread.IsZero() && !slices.Equal(x.Audience().Persons, before.Audience().Persons) {
		if err := r.threads.SetAudience(ctx, tx, x.Thread, x.Audience()); err != nil {
			return err
		}
	}
	x.tell(tx, act, facts, before)
	return nil
}

// tell writes down the act of a change, in the circle when it may hear of it, and
// sets who is awaited.
func (x Exchange) tell(tx *journal.Tx, act string, facts ActFacts, before Exchange) {
	facts.Ask, facts.Kind, facts.Giver, facts.Circles = x.Ask, x.Kind, x.Giver, x.Circles
	facts.Receivers = x.moved(before)
	where := id.Circle{}
	if len(facts.Receivers) > 0 && !slices.ContainsFunc(x.Receivers, func(r Receiver) bool {
		return slices.Contains(facts.Receivers, r.Person) && !x.told(r.State)
	}) && act != ActNotYet && act != ActAskedForNews {
		where = only(x.Circles)
	}
	tx.ActIn(where, act, x.Ref(), facts)
	tx.Await(x.Ref(), x.Awaited()...)
}

// insertThanks writes new thanks and tells their first act.
func (r *Room) insertThanks(ctx context.Context, tx *journal.Tx, t *Thanks, act string) error {
	t.Version = 1
	if _, err := tx.NewInsert().Model(rowOfThanks(*t)).Exec(ctx); err != nil {
		return fmt.Errorf("exchange: thanks %s: %w", t.ID, err)
	}
	if len(t.Circles) > 0 {
		rows := make([]thanksCircleRow, 0, len(t.Circles))
		for _, c := range t.Circles {
			rows = append(rows, thanksCircleRow{Circle: c, Thanks: t.ID})
		}
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return fmt.Errorf("exchange: thanks %s: %w", t.ID, err)
		}
	}
	return t.tell(ctx, tx, act)
}

// saveThanks writes thanks that have changed and tells the one act of that change.
func (r *Room) saveThanks(ctx context.Context, tx *journal.Tx, before, t Thanks, act string) error {
	t.Version = before.Version + 1
	res, err := tx.NewUpdate().Model(rowOfThanks(t)).Column("version", "exchange", "words", "state", "hidden", "edited_at", "welcomed_at").
		Where("id = ?", t.ID).Where("version = ?", before.Version).Exec(ctx)
	if err := tx.Saved(res, err); err != nil {
		return fmt.Errorf("exchange: save %s: %w", t.ID, err)
	}
	return t.tell(ctx, tx, act)
}

// tell writes down the act, sets who is awaited, and puts the words where those
// who may see them find them.
func (t Thanks) tell(ctx context.Context, tx *journal.Tx, act string) error {
	tx.ActIn(only(t.Audience().Circles), act, t.Ref(), ActFacts{
		Kind: t.Kind, Ask: t.Ask, Exchange: t.Exchange, Giver: t.Giver, Receivers: []id.Person{t.Thanker},
		Circles: t.Circles, Words: t.Words != "",
	})
	tx.Await(t.Ref(), t.Awaited()...)
	if t.Words == "" {
		return search.Remove(ctx, tx, t.Ref())
	}
	return search.Put(ctx, tx, search.Doc{
		Ref: t.Ref(), In: t.Ref(), Text: words.Plain(t.Words), Audience: t.Audience(), Author: t.Thanker, At: t.At,
	})
}

// only is the one circle that an act is filed under: zero when there are several,
// which its facts name, and when the circle is to hear nothing of it.
func only(circles []id.Circle) id.Circle {
	if len(circles) == 1 {
		return circles[0]
	}
	return id.Circle{}
}

// sharedCircles checks that circles are the viewer's own, each once.
func (r *Room) sharedCircles(v journal.Viewer, circles []id.Circle) ([]id.Circle, error) {
	var out []id.Circle
	for _, c := range circles {
		if !slices.Contains(v.Circles, c) {
			return nil, errNotYourCircle()
		}
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	if len(out) > MaxCircles {
		return nil, errTooManyCircles()
	}
	return out, nil
}

// acquainted tells whether two people share a circle, and which.
func (r *Room) acquainted(ctx context.Context, db bun.IDB, v journal.Viewer, other id.Person) ([]id.Circle, error) {
	theirs, err := r.people.ShownIn(ctx, db, other)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(theirs, func(c id.Circle) bool { return !slices.Contains(v.Circles, c) }), nil
}
