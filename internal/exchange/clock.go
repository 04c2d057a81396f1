package exchange

import (
	"time"

	"cordee/internal/id"
)

// How long things wait. To change a lapse, change it here.
const (
	AskLife      = 30 * day  // an ask stays open
	OfferLife    = 182 * day // an offer stays open: half a year
	RemindBefore = 4 * day   // before that its author is asked to renew or close
	ProposalLife = 30 * day  // a proposal waits for its answer
	AskForNews   = 21 * day  // agreed or done and silent: both are asked
	SilenceLife  = 35 * day  // agreed or done and silent: it lapses

	day = 24 * time.Hour
)

func (w Want) until(at time.Time) time.Time {
	if w == ForOffer {
		return at.Add(OfferLife)
	}
	return at.Add(AskLife)
}

// Next is when the clock has something to do about the ask: zero for never.
func (a Ask) Next() time.Time {
	switch {
	case a.State != AskOpen:
		return time.Time{}
	case a.RemindedAt.IsZero():
		return a.Until.Add(-RemindBefore)
	}
	return a.Until
}

// tick is the clock's look at an ask: reminded, lapsed, or nothing ("").
func (a Ask) tick(at time.Time) (Ask, string) {
	switch {
	case a.State != AskOpen:
		return a, ""
	case !at.Before(a.Until):
		next, err := a.Apply(AskLapse, id.Person{}, at)
		if err != nil {
			return a, ""
		}
		return next, ActAskLapsed
	case a.RemindedAt.IsZero() && !at.Before(a.Until.Add(-RemindBefore)):
		a.RemindedAt = at
		return a, ActAskReminded
	}
	return a, ""
}

// quiet is since when a line is silent: its last move, or the last words.
func (r Receiver) quiet(heard time.Time) time.Time {
	if heard.After(r.At) {
		return heard
	}
	return r.At
}

// lapses is when a line lapses if nobody says anything more.
func (r Receiver) lapses(heard time.Time) time.Time {
	if r.State == Proposed {
		return r.ProposedAt.Add(ProposalLife)
	}
	return r.quiet(heard).Add(SilenceLife)
}

// asks is when both are asked for news; zero when they have been, or won't be.
func (r Receiver) asks(heard time.Time) time.Time {
	since := r.quiet(heard)
	if r.State == Proposed || !r.AskedAt.Before(since) && !r.AskedAt.IsZero() {
		return time.Time{}
	}
	return since.Add(AskForNews)
}

// Next is when the clock has something to do about the exchange: zero for never.
func (x Exchange) Next() time.Time {
	var next time.Time
	sooner := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, r := range x.Receivers {
		if r.State.UnderWay() {
			sooner(r.lapses(x.HeardAt))
			sooner(r.asks(x.HeardAt))
		}
	}
	return next
}

// tick is the clock's look at an exchange: lines lapsed, both asked for news, or
// nothing (""). One thing at a time, since each is one act.
func (x Exchange) tick(at time.Time) (Exchange, string) {
	act := ""
	for i, r := range x.Receivers {
		if r.State.UnderWay() && !at.Before(r.lapses(x.HeardAt)) {
			x, act = x.applyTo(i, Lapse, at), ActLapsed
		}
	}
	if act != "" {
		return x, act
	}
	for i, r := range x.Receivers {
		due := r.asks(x.HeardAt)
		if r.State.UnderWay() && !due.IsZero() && !at.Before(due) {
			x.Receivers = append([]Receiver(nil), x.Receivers...)
			x.Receivers[i].AskedAt, act = at, ActAskedForNews
		}
	}
	return x, act
}

// orphaned is the exchange when its ask ends: what was only proposed lapses.
func (x Exchange) orphaned(at time.Time) (Exchange, bool) {
	lapsed := false
	for i, r := range x.Receivers {
		if r.State == Proposed {
			x, lapsed = x.applyTo(i, Lapse, at), true
		}
	}
	return x, lapsed
}
