package exchange

import (
	"errors"
	"time"

	"cordee/internal/id"
	"cordee/internal/refusal"
)

// All the refusals of this room. Those about somebody carry "Person"; the use
// cases add "Name" before they leave (named).

func errNoSuchMove() error { return refusal.New(refusal.Conflict, "exchange.no_such_move") }

func errHasLapsed() error { return refusal.New(refusal.Conflict, "exchange.has_lapsed") }

func errNotAgreed(them id.Person) error {
	return refusal.New(refusal.Conflict, "exchange.not_agreed", "Person", them)
}

func errNotYours(them id.Person) error {
	return refusal.New(refusal.Conflict, "exchange.not_yours", "Person", them)
}

func errNotDone() error { return refusal.New(refusal.Conflict, "exchange.not_done") }

// errAlready: the same person has already moved; the code tells what they did.
func errAlready(last Move) error {
	return refusal.New(refusal.Conflict, "exchange.already_"+string(last))
}

// errMovedFirst: someone else was faster; the code tells what they did.
func errMovedFirst(last Move, who id.Person, at time.Time) error {
	return refusal.New(refusal.Conflict, "exchange.first_"+string(last), "Person", who, "At", at)
}

func errAskEnded(a Ask) error {
	return refusal.New(refusal.Conflict, "ask.is_"+string(a.State), "Person", a.Author, "At", a.EndedAt)
}

func errNotYourAsk(author id.Person) error {
	return refusal.New(refusal.Forbidden, "ask.not_yours", "Person", author)
}

func errToAuthorOnly(author id.Person) error {
	return refusal.New(refusal.Invalid, "exchange.to_author_only", "Person", author).On("to")
}

func errToWhom() error { return refusal.New(refusal.Invalid, "exchange.to_whom").On("to") }

func errToYourself() error { return refusal.New(refusal.Invalid, "exchange.to_yourself").On("to") }

func errOneGiver() error { return refusal.New(refusal.Invalid, "exchange.one_giver").On("to") }

func errTooManyReceivers() error {
	return refusal.New(refusal.Invalid, "exchange.too_many_receivers", "Max", MaxReceivers).On("to")
}

func errThanksNotFound() error { return refusal.ErrNotFound() }

// errThanksMove: what can't be done with thanks from here.
func errThanksMove(t Thanks, move ThanksMove, by id.Person) error {
	switch {
	case move == Reword && by == t.Giver, move != Reword && by == t.Thanker:
		return refusal.New(refusal.Forbidden, "thanks.not_yours", "Person", t.other(by))
	case move == WithPleasure && t.State == Welcomed:
		return refusal.New(refusal.Conflict, "thanks.already_welcomed")
	case t.Hidden:
		return refusal.New(refusal.Conflict, "thanks.is_hidden")
	}
	return refusal.New(refusal.Conflict, "thanks.is_shown")
}

func errTooLong(field string, limit, is int) error {
	return refusal.New(refusal.Invalid, "exchange.too_long", "Max", limit, "Is", is).On(field)
}

func errChoice(field string) error { return refusal.New(refusal.Invalid, "ask.choice").On(field) }

func errNoWords() error { return refusal.New(refusal.Invalid, "ask.no_words").On("words") }

func errNoCircle() error { return refusal.New(refusal.Invalid, "ask.no_circle").On("circles") }

func errCircleOrPerson() error {
	return refusal.New(refusal.Invalid, "ask.circle_or_person").On("circles")
}

func errNotYourCircle() error {
	return refusal.New(refusal.Invalid, "ask.not_your_circle").On("circles")
}

func errTooManyCircles() error {
	return refusal.New(refusal.Invalid, "ask.too_many_circles", "Max", MaxCircles).On("circles")
}

// errNotAcquainted says the same about somebody who doesn't exist.
func errNotAcquainted() error {
	return refusal.New(refusal.Invalid, "exchange.not_acquainted").On("to")
}

func errNotHere(who id.Person) error {
	return refusal.New(refusal.Conflict, "exchange.not_here", "Person", who).On("to")
}

// errAskChanged holds what is told now, for a page that shows both.
func errAskChanged(a Ask) error {
	return refusal.New(refusal.Conflict, "ask.changed", "Title", a.Title, "Version", a.Version).On("title")
}

func errNobodyHelped() error { return refusal.New(refusal.Invalid, "ask.nobody_helped").On("helped") }

func errDoesNotSee(who id.Person) error {
	return refusal.New(refusal.Invalid, "exchange.does_not_see", "Person", who).On("to")
}

func errUnderWay(x Exchange, them id.Person) error {
	return refusal.New(refusal.Conflict, "exchange.under_way", "Person", them, "Exchange", x.Public)
}

func errNoThread() error { return refusal.New(refusal.Invalid, "exchange.no_thread").On("words") }

func errThanksTooEarly() error {
	return refusal.New(refusal.Invalid, "exchange.thanks_too_early").On("thanks")
}

func errNotSharedCircle(giver id.Person) error {
	return refusal.New(refusal.Invalid, "thanks.not_shared_circle", "Person", giver).On("circles")
}

func errNothingToThank() error { return refusal.New(refusal.Conflict, "thanks.nothing") }

func isNothingToThank(err error) bool { return errors.Is(err, errNothingToThank()) }

func errAlreadyThanked(giver id.Person) error {
	return refusal.New(refusal.Conflict, "thanks.already", "Person", giver)
}

// errThanksChanged holds the words as they are now, for a page that shows both.
func errThanksChanged(t Thanks) error {
	return refusal.New(refusal.Conflict, "thanks.changed", "Words", t.Words, "Version", t.Version).On("thanks")
}
