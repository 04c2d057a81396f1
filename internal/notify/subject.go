package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/refusal"
	"cordee/internal/signin"
	"cordee/internal/thread"
)

// subject is what an act or a delivery is about, loaded once. Which fields are
// set depends on the kind of the ref.
type subject struct {
	ref      journal.Ref
	facts    facts
	circles  []id.Circle // that it concerns
	ask      exchange.Ask
	exchange exchange.Exchange
	thanks   exchange.Thanks
	thread   thread.Thread
	message  thread.Message // words that came with the act, where it has any
}

// facts are those of any room's acts that the courier reads.
type facts struct {
	Person     id.Person           `json:"person"`
	Sponsor    id.Person           `json:"sponsor"`
	Invitation circle.InvitationID `json:"invitation"`
	Way        circle.Way          `json:"way"`
	Meaning    bool                `json:"meaning"`
	To         id.Person           `json:"to"`
	Message    thread.MessageID    `json:"message"`
	Thanks     exchange.ThanksID   `json:"thanks"`
	Receivers  []id.Person         `json:"receivers"`
}

// errGone tells that what an act was about isn't there any more.
func gone(err error) bool {
	r, ok := refusal.As(err)
	return ok && r.Kind == refusal.NotFound
}

// load reads what an act is about.
func (k *Courier) load(ctx context.Context, db bun.IDB, ref journal.Ref, in id.Circle, raw json.RawMessage) (*subject, error) {
	s := &subject{ref: ref}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &s.facts); err != nil {
			return nil, fmt.Errorf("notify: facts on a %s: %w", ref.Kind, err)
		}
	}
	if !in.IsZero() {
		s.circles = []id.Circle{in}
	}
	if err := k.loadByKind(ctx, db, s); err != nil {
		return nil, err
	}
	if s.facts.Message.IsZero() || !s.message.ID.IsZero() {
		return s, nil
	}
	m, t, err := k.Threads.Message(ctx, db, s.facts.Message)
	if err == nil {
		s.message = m
		if s.thread.ID.IsZero() {
			s.thread = t
		}
	}
	if gone(err) {
		err = nil
	}
	return s, err
}

func (k *Courier) loadByKind(ctx context.Context, db bun.IDB, s *subject) (err error) {
	switch s.ref.Kind {
	case circle.KindTalk, circle.KindLetter:
		s.thread, err = k.Threads.BySubject(ctx, db, s.ref)
	case thread.KindThread:
		s.thread, err = k.Threads.Get(ctx, db, id.As[thread.Thread](s.ref.ID))
	case thread.KindMessage:
		s.message, s.thread, err = k.Threads.Message(ctx, db, id.As[thread.Message](s.ref.ID))
		if err == nil {
			err = k.loadOwner(ctx, db, s)
		}
	case exchange.KindAsk:
		err = k.loadAsk(ctx, db, s, id.As[exchange.Ask](s.ref.ID))
	case exchange.KindExchange:
		err = k.loadExchange(ctx, db, s, id.As[exchange.Exchange](s.ref.ID))
	case exchange.KindThanks:
		var all map[exchange.ThanksID]exchange.Thanks
		which := id.As[exchange.Thanks](s.ref.ID)
		if all, err = k.Exchanges.ThanksByID(ctx, db, []exchange.ThanksID{which}); err != nil {
			return err
		}
		found := false
		if s.thanks, found = all[which]; !found {
			return refusal.ErrNotFound()
		}
		s.circles = s.thanks.Circles
	}
	return err //nolint:wrapcheck // the rooms wrap
}

// loadOwner reads what a thread is on, where a mail about its messages says so.
func (k *Courier) loadOwner(ctx context.Context, db bun.IDB, s *subject) error {
	switch on := s.thread.Subject; on.Kind {
	case exchange.KindAsk:
		return k.loadAsk(ctx, db, s, id.As[exchange.Ask](on.ID))
	case exchange.KindExchange:
		return k.loadExchange(ctx, db, s, id.As[exchange.Exchange](on.ID))
	}
	return nil
}

func (k *Courier) loadAsk(ctx context.Context, db bun.IDB, s *subject, which exchange.AskID) (err error) {
	if s.ask, err = k.Exchanges.GetAsk(ctx, db, which); err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	s.circles = s.ask.Circles
	if s.thread.ID.IsZero() {
		s.thread, err = k.Threads.Get(ctx, db, s.ask.Thread)
	}
	return err //nolint:wrapcheck // the rooms wrap
}

func (k *Courier) loadExchange(ctx context.Context, db bun.IDB, s *subject, which exchange.ID) (err error) {
	if s.exchange, err = k.Exchanges.Get(ctx, db, which); err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	s.circles = s.exchange.Circles
	if !s.exchange.Ask.IsZero() {
		if s.ask, err = k.Exchanges.GetAsk(ctx, db, s.exchange.Ask); gone(err) {
			err = nil
		}
	}
	return err //nolint:wrapcheck // the rooms wrap
}

// seenBy tells whether somebody may hear of it: the rooms' own rules.
func (s *subject) seenBy(v journal.Viewer) bool {
	switch s.ref.Kind {
	case signin.ObjectLink, circle.KindInvitation:
		return true // written to whom it is addressed
	case exchange.KindAsk:
		return s.ask.Sees(v)
	case exchange.KindExchange:
		return s.exchange.Has(v.Person)
	case exchange.KindThanks:
		return s.thanks.Sees(v)
	case circle.KindTalk, circle.KindLetter, thread.KindThread, thread.KindMessage:
		return s.thread.Sees(v)
	}
	return slices.ContainsFunc(s.circles, func(c id.Circle) bool { return slices.Contains(v.Circles, c) })
}
