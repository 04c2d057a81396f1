package exchange

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/thread"
)

// thanks are words from the viewer to a giver, checked but for what they are for.
func (r *Room) thanks(ctx context.Context, tx *journal.Tx, v journal.Viewer, giver id.Person, kind Kind, text string, circles []id.Circle) (Thanks, error) {
	t := Thanks{
		ID: id.New[Thanks](tx), Public: id.NewPublic(tx), Giver: giver, Thanker: v.Person, Kind: kind,
		Words: thread.Clean(text), At: tx.Now(), State: Noted,
	}
	if n := utf8.RuneCountInString(t.Words); n > MaxThanks {
		return t, errTooLong("thanks", MaxThanks, n)
	}
	if len(circles) == 0 {
		return t, nil
	}
	ours, err := r.acquainted(ctx, tx, v, giver)
	if err != nil {
		return t, err
	}
	for _, c := range circles {
		if !slices.Contains(ours, c) {
			return t, errNotSharedCircle(giver)
		}
		if !slices.Contains(t.Circles, c) {
			t.Circles = append(t.Circles, c)
		}
	}
	return t, nil
}

// ThankingMessage is a message on one's own ask that was the help.
type ThankingMessage struct {
	Message thread.MessageID
	Words   string      // may be empty: one tap
	Circles []id.Circle // none: kept between the two
}

// ThankMessage thanks a message on one's own ask: a full exchange of its kind.
// When its author had proposed to help, it is that exchange which is confirmed.
func (r *Room) ThankMessage(ctx context.Context, by journal.By, key journal.Key, in ThankingMessage) (Made[Exchange], error) {
	return made[Exchange](r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		m, t, err := r.threads.Message(ctx, tx, in.Message)
		if err != nil {
			return err
		}
		if t.Subject.Kind != KindAsk || m.Deleted() {
			return refusal.ErrNotFound()
		}
		a, err := lockAsk(ctx, tx, v, id.As[Ask](t.Subject.ID))
		if err != nil {
			return err
		}
		if a.Author != v.Person {
			return errNotYourAsk(a.Author)
		}
		if a.Want != ForAsk || m.Author == v.Person {
			return errNothingToThank()
		}
		x, err := r.thankOn(ctx, tx, v, a, Helper{Person: m.Author, Words: in.Words, Circles: in.Circles}, m)
		if err != nil {
			return err
		}
		tx.Answer(Made[Exchange]{ID: x.ID, Public: x.Public})
		return nil
	}))
}

// helped confirms and thanks one who helped with an ask that is being settled.
func (r *Room) helped(ctx context.Context, tx *journal.Tx, v journal.Viewer, a Ask, h Helper) error {
	if h.Person == v.Person {
		return errNothingToThank()
	}
	m, err := r.lastWords(ctx, tx, a, h.Person)
	if err != nil {
		return err
	}
	if _, err := r.thankOn(ctx, tx, v, a, h, m); err == nil || !isNothingToThank(err) {
		return err
	}
	// Neither proposed nor written: it happened elsewhere.
	t, err := r.elsewhere(ctx, tx, v, h.Person, a.Kind, h.Words, h.Circles)
	if err != nil {
		return err
	}
	t.Ask = a.ID
	return r.insertThanks(ctx, tx, &t, ActThanksNoted)
}

// thankOn confirms what a helper did on an ask: the exchange under way between
// the two if the table lets the receiver confirm it, else the message itself.
// One who has been thanked on this ask already isn't thanked twice for it.
func (r *Room) thankOn(ctx context.Context, tx *journal.Tx, v journal.Viewer, a Ask, h Helper, m thread.Message) (Exchange, error) {
	ours, err := r.under(ctx, tx, a, h.Person, v.Person)
	if err != nil {
		return Exchange{}, err
	}
	for _, x := range ours {
		if slices.Contains(x.Confirmed(), v.Person) || x.Company() && slices.Contains(x.Confirmed(), h.Person) {
			return x, errAlreadyThanked(h.Person)
		}
	}
	for _, x := range ours {
		for _, move := range []Move{Confirm, MarkDone} {
			after, err := x.Apply(move, v.Person, tx.Now())
			if err == nil && after.reached(x) == Confirmed {
				return x, r.moved(ctx, tx, v, x, Moving{Exchange: x.ID, Move: move, Thanks: h.Words, Circles: h.Circles})
			}
		}
	}
	if m.ID.IsZero() {
		return Exchange{}, errNothingToThank()
	}
	x := confirmed(Exchange{
		ID: id.New[Exchange](tx), Public: id.NewPublic(tx), Ask: a.ID, Origin: FromMessage, Message: m.ID,
		Kind: a.Kind, Title: a.Title, Circles: a.Circles,
	}, h.Person, v.Person, Confirm, v.Person, tx.Now())
	facts := ActFacts{Message: m.ID}
	t, err := r.thanks(ctx, tx, v, h.Person, a.Kind, h.Words, h.Circles)
	if err != nil {
		return x, err
	}
	if t.Words != "" {
		t.Exchange, t.Ask, t.State, t.WelcomedAt = x.ID, a.ID, Welcomed, tx.Now()
		facts.Thanks = t.ID
	}
	if err := r.insert(ctx, tx, &x, ActMessageWasIt, facts); err != nil || t.Words == "" {
		return x, err
	}
	return x, r.insertThanks(ctx, tx, &t, ActThanksSaid)
}

// lastWords is a person's last message in the thread of an ask, the zero
// message when there is none.
func (r *Room) lastWords(ctx context.Context, tx *journal.Tx, a Ask, p id.Person) (thread.Message, error) {
	var ids []thread.MessageID
	err := tx.NewSelect().TableExpr("thread_message AS m").Column("m.id").Where("m.thread = ?", a.Thread).
		Where("m.author = ?", p).Where("m.deleted_at = 0").OrderExpr("m.number DESC").Limit(1).Scan(ctx, &ids)
	if err != nil {
		return thread.Message{}, fmt.Errorf("exchange: words of %s on %s: %w", p, a.ID, err)
	}
	if len(ids) == 0 {
		return thread.Message{}, nil
	}
	m, _, err := r.threads.Message(ctx, tx, ids[0])
	return m, err
}

// ThankingElsewhere is something done on the phone, over lunch.
type ThankingElsewhere struct {
	Giver   id.Person
	Kind    Kind
	Words   string
	Circles []id.Circle // none: kept between the two
}

// ThankElsewhere thanks for something done elsewhere. It is noted at once, and
// counts once the giver says "with pleasure".
func (r *Room) ThankElsewhere(ctx context.Context, by journal.By, key journal.Key, in ThankingElsewhere) (Made[Thanks], error) {
	return made[Thanks](r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		t, err := r.elsewhere(ctx, tx, v, in.Giver, in.Kind, in.Words, in.Circles)
		if err != nil {
			return err
		}
		tx.Answer(Made[Thanks]{ID: t.ID, Public: t.Public})
		return r.insertThanks(ctx, tx, &t, ActThanksNoted)
	}))
}

func (r *Room) elsewhere(ctx context.Context, tx *journal.Tx, v journal.Viewer, giver id.Person, kind Kind, text string, circles []id.Circle) (Thanks, error) {
	if giver == v.Person {
		return Thanks{}, errToYourself()
	}
	if !kind.Known() {
		return Thanks{}, errChoice("kind")
	}
	ours, err := r.acquainted(ctx, tx, v, giver)
	if err != nil {
		return Thanks{}, err
	}
	if len(ours) == 0 {
		return Thanks{}, errNotAcquainted()
	}
	if p, err := r.people.Get(ctx, tx, giver); err != nil {
		return Thanks{}, err
	} else if p.State != person.Active {
		return Thanks{}, errNotHere(giver)
	}
	t, err := r.thanks(ctx, tx, v, giver, kind, text, circles)
	t.Elsewhere = true
	return t, err
}

// MoveThanks makes a move on thanks: with pleasure, hide, show. "With pleasure"
// makes what was done elsewhere a confirmed exchange.
func (r *Room) MoveThanks(ctx context.Context, by journal.By, key journal.Key, which ThanksID, move ThanksMove) error {
	_, err := r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		before, err := lockThanks(ctx, tx, v, which)
		if err != nil {
			return err
		}
		if move == Reword {
			return errNoSuchMove()
		}
		t, err := before.Apply(move, v.Person, tx.Now())
		if err != nil {
			return err
		}
		if move != WithPleasure {
			return r.saveThanks(ctx, tx, before, t, actOfThanks(move))
		}
		x := confirmed(Exchange{
			ID: id.New[Exchange](tx), Public: id.NewPublic(tx), Origin: Elsewhere, Kind: t.Kind, Circles: t.Circles,
		}, t.Giver, t.Thanker, Confirm, t.Thanker, tx.Now())
		if err := r.insert(ctx, tx, &x, ActElsewhereWas, ActFacts{Thanks: t.ID}); err != nil {
			return err
		}
		t.Exchange = x.ID
		return r.saveThanks(ctx, tx, before, t, ActThanksWelcome)
	})
	return err
}

// Rewording is new words for one's own thanks; empty words leave the bare fact.
type Rewording struct {
	Thanks  ThanksID
	Version int64 // as they were read
	Words   string
}

// RewordThanks changes the words of one's own thanks.
func (r *Room) RewordThanks(ctx context.Context, by journal.By, key journal.Key, in Rewording) error {
	_, err := r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		before, err := lockThanks(ctx, tx, v, in.Thanks)
		if err != nil {
			return err
		}
		t, err := before.Apply(Reword, v.Person, tx.Now())
		if err != nil {
			return err
		}
		if before.Version != in.Version {
			return errThanksChanged(before)
		}
		if t.Words = thread.Clean(in.Words); utf8.RuneCountInString(t.Words) > MaxThanks {
			return errTooLong("thanks", MaxThanks, utf8.RuneCountInString(t.Words))
		}
		if strings.TrimSpace(t.Words) == strings.TrimSpace(before.Words) {
			return nil
		}
		if tx.Now().Sub(t.At) <= thread.Silent {
			t.EditedAt = before.EditedAt
		}
		return r.saveThanks(ctx, tx, before, t, ActThanksReword)
	})
	return err
}

func lockThanks(ctx context.Context, tx *journal.Tx, v journal.Viewer, which ThanksID) (Thanks, error) {
	return first(thanksOf(ctx, tx, tx.Lock(thanksSeenBy(tx.NewSelect().Where("h.id = ?", which), v))))
}

func actOfThanks(m ThanksMove) string {
	switch m {
	case WithPleasure:
		return ActThanksWelcome
	case Hide:
		return ActThanksHidden
	case Show:
		return ActThanksShown
	case Reword:
		return ActThanksReword
	}
	return ""
}
