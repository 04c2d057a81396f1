package exchange

import (
	"context"
	"slices"
	"strings"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/thread"
)

// Proposing answers an ask ("I can help") or an offer ("I'd like that"); or its
// author proposes it to people, of an ask to one, of an offer to several at once.
type Proposing struct {
	Ask   AskID
	To    []id.Person // for the author alone
	Words string      // what the other reads first; may be empty
}

// Propose proposes an exchange. Nothing binds until the other agrees.
func (r *Room) Propose(ctx context.Context, by journal.By, key journal.Key, in Proposing) (Made[Exchange], error) {
	return made[Exchange](r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		a, err := lockAsk(ctx, tx, v, in.Ask)
		if err != nil {
			return err
		}
		x, err := propose(a, v.Person, in.To, tx.Now())
		if err != nil {
			return err
		}
		if err := r.mayPropose(ctx, tx, a, x); err != nil {
			return err
		}
		x.ID, x.Public = id.New[Exchange](tx), id.NewPublic(tx)
		opening := thread.Opening{Subject: x.Ref(), Title: a.Title, Audience: x.Audience()}
		if strings.TrimSpace(in.Words) != "" {
			opening.First = &thread.Draft{Author: v.Person, Words: in.Words}
		}
		t, err := r.threads.Open(ctx, tx, opening)
		if err != nil {
			return err
		}
		x.Thread = t.ID
		if err := r.insert(ctx, tx, &x, ActProposed, ActFacts{Author: a.Author, Want: a.Want}); err != nil {
			return err
		}
		tx.Answer(Made[Exchange]{ID: x.ID, Public: x.Public})
		if v.Person == a.Author {
			return nil
		}
		return answered(ctx, tx, a)
	}))
}

// mayPropose looks at what the table can't see: everybody in it must see the
// ask, and two people have one exchange under way on it at a time. The ask is
// held, so nobody proposes meanwhile.
func (r *Room) mayPropose(ctx context.Context, tx *journal.Tx, a Ask, x Exchange) error {
	viewers, err := r.circles.Viewers(ctx, tx, x.People())
	if err != nil {
		return err
	}
	for _, p := range x.People() {
		if !a.Sees(viewers[p]) {
			return errDoesNotSee(p)
		}
	}
	all, err := exchanges(ctx, tx, tx.NewSelect().Where("x.ask = ?", a.ID).
		Where("x.state IN (?, ?, ?)", Proposed, Agreed, Done).OrderExpr("x.id"))
	if err != nil {
		return err
	}
	for _, other := range all {
		for _, line := range other.Receivers {
			for _, mine := range x.Receivers {
				if line.State.UnderWay() && samePair(other.Giver, line.Person, x.Giver, mine.Person) {
					return errUnderWay(other, x.counterOf(x.Proposer))
				}
			}
		}
	}
	return nil
}

func samePair(a, b, c, d id.Person) bool { return a == c && b == d || a == d && b == c }

// counterOf is whom a person faces: the giver, or for the giver the first receiver.
func (x Exchange) counterOf(p id.Person) id.Person {
	if p == x.Giver {
		return x.Receivers[0].Person
	}
	return x.Giver
}

// Moving is one move of the table.
type Moving struct {
	Exchange ID
	Move     Move
	Words    string      // goes into the thread; may be empty
	Thanks   string      // with a move that confirms: the receiver's words of thanks
	Circles  []id.Circle // whom the thanks are shared with; none: kept between the two
}

// Move makes a move: agree, decline, withdraw, mark done, confirm, not yet, did
// not happen, call off. Whatever isn't in the table is refused with the reason.
func (r *Room) Move(ctx context.Context, by journal.By, key journal.Key, in Moving) error {
	_, err := r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		before, err := lock(ctx, tx, v.Person, in.Exchange)
		if err != nil {
			return err
		}
		return r.moved(ctx, tx, v, before, in)
	})
	return err
}

// moved applies a move to a locked exchange and keeps what comes of it.
func (r *Room) moved(ctx context.Context, tx *journal.Tx, v journal.Viewer, before Exchange, in Moving) error {
	x, err := before.Apply(in.Move, v.Person, tx.Now())
	if err != nil {
		return err
	}
	var facts ActFacts
	if strings.TrimSpace(in.Words) != "" {
		if x.Thread.IsZero() {
			return errNoThread()
		}
		m, err := r.threads.Post(ctx, tx, x.Thread, thread.Draft{Author: v.Person, Words: in.Words})
		if err != nil {
			return err
		}
		facts.Message = m.ID
	}
	reached := x.reached(before)
	if reached != Confirmed && strings.TrimSpace(in.Thanks) != "" {
		return errThanksTooEarly()
	}
	if reached == Confirmed && strings.TrimSpace(in.Thanks) != "" {
		t, err := r.say(ctx, tx, v, x, x.thanked(before, v.Person), in.Thanks, in.Circles)
		if err != nil {
			return err
		}
		facts.Thanks = t.ID
	}
	return r.save(ctx, tx, before, &x, actOf(in.Move, reached), facts)
}

// reached is the state that the lines that moved have come to: one for all,
// since a person makes one move.
func (x Exchange) reached(before Exchange) State {
	for i, r := range x.Receivers {
		if r != before.Receivers[i] {
			return r.State
		}
	}
	return x.State()
}

// thanked is whom the thanks of who has just confirmed go to: the giver, or in
// company the other, who had marked it done.
func (x Exchange) thanked(before Exchange, by id.Person) id.Person {
	if by == x.Giver {
		return x.moved(before)[0]
	}
	return x.Giver
}

// say writes the thanks of whoever confirms.
func (r *Room) say(ctx context.Context, tx *journal.Tx, v journal.Viewer, x Exchange, giver id.Person, words string, circles []id.Circle) (Thanks, error) {
	t, err := r.thanks(ctx, tx, v, giver, x.Kind, words, circles)
	if err != nil {
		return t, err
	}
	t.Exchange, t.Ask, t.State, t.WelcomedAt = x.ID, x.Ask, Welcomed, tx.Now()
	return t, r.insertThanks(ctx, tx, &t, ActThanksSaid)
}

// under are the exchanges under way between two people on an ask, the furthest first.
func (r *Room) under(ctx context.Context, tx *journal.Tx, a Ask, giver, receiver id.Person) ([]Exchange, error) {
	all, err := exchanges(ctx, tx, tx.Lock(tx.NewSelect().Where("x.ask = ?", a.ID).OrderExpr("x.id")))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(x Exchange) bool {
		return x.Giver != giver && (!x.Company() || x.Giver != receiver) || !x.Has(receiver) || !x.Has(giver)
	}), nil
}
