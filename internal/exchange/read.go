package exchange

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/store"
	"cordee/internal/thread"
)

// PageSize is how many of anything a list shows.
const PageSize = 50

// Cursor is where a list goes on: after the thing of that public id. Empty
// means from the start, and that nothing follows.
type Cursor = id.Public

// AskFilter narrows a list of asks and offers; its zero value lists what is open.
type AskFilter struct {
	Circle id.Circle
	Want   Want
	Kind   Kind
	Author id.Person
	NotBy  []id.Person // such as oneself, and those one would rather not
	Ended  bool        // what has ended, instead of what is open
	Limit  int         // zero: PageSize
}

// Asks lists the asks and offers that the viewer sees, the latest first.
func (r *Room) Asks(ctx context.Context, db bun.IDB, v journal.Viewer, f AskFilter, after Cursor) ([]Ask, Cursor, error) {
	q := asksSeenBy(db.NewSelect(), v)
	if !f.Circle.IsZero() {
		q.Join("JOIN exchange_ask_circle AS ac ON ac.ask = a.id").
			Where("ac.circle = ?", f.Circle).Where("ac.is_open = ?", !f.Ended).OrderExpr("ac.ask DESC")
		from(q, after, "ac.ask < (SELECT b.id FROM exchange_ask AS b WHERE b.public = ?)")
	} else {
		op := "="
		if f.Ended {
			op = "<>"
		}
		q.Where("a.state "+op+" ?", AskOpen).OrderExpr("a.id DESC")
		from(q, after, "a.id < (SELECT b.id FROM exchange_ask AS b WHERE b.public = ?)")
	}
	if f.Want != "" {
		q.Where("a.want = ?", f.Want)
	}
	if f.Kind != "" {
		q.Where("a.kind = ?", f.Kind)
	}
	if !f.Author.IsZero() {
		q.Where("a.author = ?", f.Author)
	}
	if len(f.NotBy) > 0 {
		q.Where("a.author NOT IN (?)", bun.List(f.NotBy))
	}
	limit := pageOf(f.Limit)
	all, err := asks(ctx, db, q.Limit(int64(limit)+1))
	page, next := cut(all, limit, func(a Ask) id.Public { return a.Public })
	return page, next, err
}

// GetAsk loads an ask for other rooms and couriers; nobody's sight is checked.
func (r *Room) GetAsk(ctx context.Context, db bun.IDB, which AskID) (Ask, error) {
	return first(asks(ctx, db, db.NewSelect().Where("a.id = ?", which)))
}

// AsksByID loads several asks as GetAsk does, by id: two queries.
func (r *Room) AsksByID(ctx context.Context, db bun.IDB, ids []AskID) (map[AskID]Ask, error) {
	if len(ids) == 0 {
		return map[AskID]Ask{}, nil
	}
	all, err := asks(ctx, db, db.NewSelect().Where("a.id IN (?)", bun.List(ids)))
	return byID(all, func(a Ask) AskID { return a.ID }), err
}

// AskPage is what the page of an ask shows besides its thread.
type AskPage struct {
	Ask
	Exchanges []Exchange                    // what came of it, as the viewer gets to see it
	Thanked   map[thread.MessageID]Exchange // messages that were the help
	Thanks    []Thanks                      // that the viewer sees
	Moves     []AskMove                     // open to the viewer
	MayAnswer bool                          // the viewer may say "I can help"
	Mine      *Exchange                     // what is under way between the viewer and the author
}

// AskPage loads an ask that the viewer sees, with what came of it.
func (r *Room) AskPage(ctx context.Context, db bun.IDB, v journal.Viewer, public id.Public) (AskPage, error) {
	a, err := first(asks(ctx, db, asksSeenBy(db.NewSelect().Where("a.public = ?", string(public)), v)))
	if err != nil {
		return AskPage{}, err
	}
	p := AskPage{Ask: a, Moves: a.Moves(v.Person), MayAnswer: a.MayAnswer(v.Person), Thanked: map[thread.MessageID]Exchange{}}
	on, err := r.ExchangesOn(ctx, db, v, []AskID{a.ID})
	if err != nil {
		return AskPage{}, err
	}
	p.Exchanges = on[a.ID]
	for i, x := range p.Exchanges {
		if !x.Message.IsZero() {
			p.Thanked[x.Message] = x
		}
		if x.UnderWay() && x.Has(v.Person) && v.Person != a.Author {
			p.Mine, p.MayAnswer = &p.Exchanges[i], false
		}
	}
	p.Thanks, err = thanksOf(ctx, db, thanksSeenBy(db.NewSelect().Where("h.ask = ?", a.ID).OrderExpr("h.id").Limit(PageSize), v))
	return p, err
}

// ExchangesOn loads what came of several asks, as the viewer gets to see it, the
// first first.
func (r *Room) ExchangesOn(ctx context.Context, db bun.IDB, v journal.Viewer, of []AskID) (map[AskID][]Exchange, error) {
	out := make(map[AskID][]Exchange, len(of))
	if len(of) == 0 {
		return out, nil
	}
	all, err := exchanges(ctx, db, exchangesSeenBy(db.NewSelect().Where("x.ask IN (?)", bun.List(of)).OrderExpr("x.id").Limit(20*PageSize), v))
	for _, x := range all {
		out[x.Ask] = append(out[x.Ask], x.SeenBy(v))
	}
	return out, err
}

// ExchangeFilter narrows a list of exchanges; its zero value lists what is confirmed.
type ExchangeFilter struct {
	Circle   id.Circle // told there
	Person   id.Person // has a part in it
	With     id.Person // and so has this one
	UnderWay bool      // what is under way, instead of what is confirmed
	Limit    int       // zero: PageSize
}

// Exchanges lists the exchanges that the viewer sees, the latest first: what we
// did together, what is under way, what a circle did.
func (r *Room) Exchanges(ctx context.Context, db bun.IDB, v journal.Viewer, f ExchangeFilter, after Cursor) ([]Exchange, Cursor, error) {
	q := exchangesSeenBy(db.NewSelect(), v)
	if f.UnderWay {
		q.Where("x.state IN (?, ?, ?)", Proposed, Agreed, Done)
	} else {
		q.Where("x.state = ?", Confirmed)
	}
	for _, p := range []id.Person{f.Person, f.With} {
		if !p.IsZero() {
			q.Where("x.id IN (SELECT g.id FROM exchange AS g WHERE g.giver = ? UNION SELECT w.exchange FROM exchange_receiver AS w WHERE w.person = ?)", p, p)
		}
	}
	if !f.Circle.IsZero() {
		q.Join("JOIN exchange_circle AS xc ON xc.exchange = x.id").Where("xc.circle = ?", f.Circle).OrderExpr("xc.exchange DESC")
	} else {
		q.OrderExpr("x.id DESC")
	}
	from(q, after, "x.id < (SELECT b.id FROM exchange AS b WHERE b.public = ?)")
	limit := pageOf(f.Limit)
	all, err := exchanges(ctx, db, q.Limit(int64(limit)+1))
	page, next := cut(all, limit, func(x Exchange) id.Public { return x.Public })
	for i, x := range page {
		page[i] = x.SeenBy(v)
	}
	return page, next, err
}

// Get loads an exchange for other rooms and couriers; nobody's sight is checked.
func (r *Room) Get(ctx context.Context, db bun.IDB, which ID) (Exchange, error) {
	return first(exchanges(ctx, db, db.NewSelect().Where("x.id = ?", which)))
}

// ByID loads several exchanges as Get does, by id: three queries.
func (r *Room) ByID(ctx context.Context, db bun.IDB, ids []ID) (map[ID]Exchange, error) {
	if len(ids) == 0 {
		return map[ID]Exchange{}, nil
	}
	all, err := exchanges(ctx, db, db.NewSelect().Where("x.id IN (?)", bun.List(ids)))
	return byID(all, func(x Exchange) ID { return x.ID }), err
}

// ExchangePage is what the page of an exchange shows besides its thread.
type ExchangePage struct {
	Exchange
	OfAsk   *Ask // what it answers; nil when there is none, or the viewer doesn't see it
	Thanks  []Thanks
	Moves   []Move          // open to the viewer
	Awaited []await.Awaited // people only
}

// ExchangePage loads an exchange that the viewer sees, with all that its page shows.
func (r *Room) ExchangePage(ctx context.Context, db bun.IDB, v journal.Viewer, public id.Public) (ExchangePage, error) {
	x, err := first(exchanges(ctx, db, exchangesSeenBy(db.NewSelect().Where("x.public = ?", string(public)), v)))
	if err != nil {
		return ExchangePage{}, err
	}
	p := ExchangePage{Exchange: x.SeenBy(v), Moves: x.Moves(v.Person)}
	p.Awaited = slices.DeleteFunc(p.Exchange.Awaited(), func(a await.Awaited) bool { return a.Person.IsZero() })
	if !x.Ask.IsZero() {
		of, err := asks(ctx, db, asksSeenBy(db.NewSelect().Where("a.id = ?", x.Ask), v))
		if err != nil {
			return ExchangePage{}, err
		}
		if len(of) > 0 {
			p.OfAsk = &of[0]
		}
	}
	p.Thanks, err = thanksOf(ctx, db, thanksSeenBy(db.NewSelect().Where("h.exchange = ?", x.ID).OrderExpr("h.id"), v))
	return p, err
}

// ThanksFilter narrows a list of thanks.
type ThanksFilter struct {
	Circle  id.Circle // shared there
	Giver   id.Person
	Thanker id.Person
	Limit   int // zero: PageSize
}

// ThanksList lists the thanks that the viewer sees, the latest first.
func (r *Room) ThanksList(ctx context.Context, db bun.IDB, v journal.Viewer, f ThanksFilter, after Cursor) ([]Thanks, Cursor, error) {
	q := thanksSeenBy(db.NewSelect(), v)
	if !f.Circle.IsZero() {
		q.Join("JOIN exchange_thanks_circle AS hc ON hc.thanks = h.id").Where("hc.circle = ?", f.Circle).
			Where("h.state = ?", Welcomed).Where("NOT h.hidden").OrderExpr("hc.thanks DESC")
	} else {
		q.OrderExpr("h.id DESC")
	}
	if !f.Giver.IsZero() {
		q.Where("h.giver = ?", f.Giver)
	}
	if !f.Thanker.IsZero() {
		q.Where("h.thanker = ?", f.Thanker)
	}
	from(q, after, "h.id < (SELECT b.id FROM exchange_thanks AS b WHERE b.public = ?)")
	limit := pageOf(f.Limit)
	all, err := thanksOf(ctx, db, q.Limit(int64(limit)+1))
	page, next := cut(all, limit, func(t Thanks) id.Public { return t.Public })
	return page, next, err
}

// Thanks loads thanks that the viewer sees.
func (r *Room) Thanks(ctx context.Context, db bun.IDB, v journal.Viewer, public id.Public) (Thanks, error) {
	return first(thanksOf(ctx, db, thanksSeenBy(db.NewSelect().Where("h.public = ?", string(public)), v)))
}

// ThanksByID loads several thanks for other rooms and couriers, by id; nobody's
// sight is checked.
func (r *Room) ThanksByID(ctx context.Context, db bun.IDB, ids []ThanksID) (map[ThanksID]Thanks, error) {
	if len(ids) == 0 {
		return map[ThanksID]Thanks{}, nil
	}
	all, err := thanksOf(ctx, db, db.NewSelect().Where("h.id IN (?)", bun.List(ids)))
	return byID(all, func(t Thanks) ThanksID { return t.ID }), err
}

// Figures tell how asks fare in a circle. They are about the circle, never about
// a person, and a page says them in words.
type Figures struct {
	Asked       int           // asks of the last year that had time to find someone
	Found       int           // those that did
	FirstAnswer time.Duration // half of those answered were so within it; zero: too few
}

// figuresFrom is how many asks it takes before anything is said about them.
const figuresFrom = 5

// Figures counts the asks of a circle over the last year. What is open and less
// than two days old hasn't had its time. Below five asks all is zero.
func (r *Room) Figures(ctx context.Context, db bun.IDB, circle id.Circle, now time.Time) (Figures, error) {
	var rows []struct {
		At       int64
		Word     int64
		Proposal int64
		Found    bool
	}
	err := db.NewSelect().TableExpr("exchange_ask_circle AS ac").Join("JOIN exchange_ask AS a ON a.id = ac.ask").
		ColumnExpr("a.at").
		ColumnExpr("coalesce((SELECT min(m.at) FROM thread_message AS m WHERE m.thread = a.thread AND m.author <> a.author AND m.deleted_at = 0), 0) AS word").
		ColumnExpr("coalesce((SELECT min(x.at) FROM exchange AS x WHERE x.ask = a.id AND x.proposer <> a.author), 0) AS proposal").
		ColumnExpr("(a.state = ? OR EXISTS (SELECT 1 FROM exchange AS x WHERE x.ask = a.id AND x.state IN (?, ?, ?))) AS found", AskSettled, Agreed, Done, Confirmed).
		Where("ac.circle = ?", circle).Where("a.want = ?", ForAsk).Where("NOT a.past").
		Where("a.at > ?", store.Micros(now.AddDate(-1, 0, 0))).
		Where("(a.state <> ? OR a.at < ?)", AskOpen, store.Micros(now.Add(-2*day))).
		OrderExpr("ac.ask DESC").Limit(500).Scan(ctx, &rows)
	if err != nil {
		return Figures{}, fmt.Errorf("exchange: figures: %w", err)
	}
	if len(rows) < figuresFrom {
		return Figures{}, nil
	}
	f := Figures{Asked: len(rows)}
	var waits []time.Duration
	for _, row := range rows {
		if row.Found {
			f.Found++
		}
		answer := row.Word
		if answer == 0 || row.Proposal != 0 && row.Proposal < answer {
			answer = row.Proposal
		}
		if answer != 0 {
			waits = append(waits, store.Time(answer).Sub(store.Time(row.At)))
		}
	}
	if len(waits) >= figuresFrom {
		slices.Sort(waits)
		f.FirstAnswer = waits[len(waits)/2]
	}
	return f, nil
}

// Kept is one thing of this room for who looks after the house: the doctor
// compares its version with its acts, and who is awaited with what is stored.
type Kept struct {
	Ref     journal.Ref
	Version int64 // the number of its acts
	Awaited []await.Awaited
}

// Walk hands every ask, exchange and thanks to f, a few hundred at a time.
func (r *Room) Walk(ctx context.Context, db bun.IDB, f func(Kept) error) error {
	const some = 200
	var lastAsk AskID
	for {
		all, err := asks(ctx, db, db.NewSelect().Where("a.id > ?", orLowest(lastAsk)).OrderExpr("a.id").Limit(some))
		if err != nil {
			return err
		}
		for _, a := range all {
			lastAsk = a.ID
			if err := f(Kept{Ref: a.Ref(), Version: a.Version, Awaited: a.Awaited()}); err != nil {
				return err
			}
		}
		if len(all) < some {
			break
		}
	}
	var last ID
	for {
		all, err := exchanges(ctx, db, db.NewSelect().Where("x.id > ?", orLowest(last)).OrderExpr("x.id").Limit(some))
		if err != nil {
			return err
		}
		for _, x := range all {
			last = x.ID
			if err := f(Kept{Ref: x.Ref(), Version: x.Version, Awaited: x.Awaited()}); err != nil {
				return err
			}
		}
		if len(all) < some {
			break
		}
	}
	var lastThanks ThanksID
	for {
		all, err := thanksOf(ctx, db, db.NewSelect().Where("h.id > ?", orLowest(lastThanks)).OrderExpr("h.id").Limit(some))
		if err != nil {
			return err
		}
		for _, t := range all {
			lastThanks = t.ID
			if err := f(Kept{Ref: t.Ref(), Version: t.Version, Awaited: t.Awaited()}); err != nil {
				return err
			}
		}
		if len(all) < some {
			return nil
		}
	}
}

// Awaited recomputes who is awaited on what, for doctor.
func (r *Room) Awaited(ctx context.Context, db bun.IDB) (map[journal.Ref][]await.Awaited, error) {
	all := map[journal.Ref][]await.Awaited{}
	err := r.Walk(ctx, db, func(k Kept) error {
		if len(k.Awaited) > 0 {
			all[k.Ref] = k.Awaited
		}
		return nil
	})
	return all, err
}

// orLowest is where a walk begins: the zero id is written as NULL, which nothing
// is above.
func orLowest[K any](v id.Of[K]) id.Of[K] {
	if v.IsZero() {
		v[15] = 1
	}
	return v
}

// from lets a list go on after the cursor.
func from(q *bun.SelectQuery, after Cursor, where string) {
	if after != "" {
		q.Where(where, string(after))
	}
}

func pageOf(limit int) int {
	if limit <= 0 || limit > PageSize {
		return PageSize
	}
	return limit
}

// cut takes one page off what was read with one more, and says where to go on.
func cut[T any](all []T, limit int, public func(T) id.Public) ([]T, Cursor) {
	if len(all) <= limit {
		return all, ""
	}
	return all[:limit], public(all[limit-1])
}

func byID[K comparable, T any](all []T, key func(T) K) map[K]T {
	out := make(map[K]T, len(all))
	for _, t := range all {
		out[key(t)] = t
	}
	return out
}
