package exchange

import (
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/thread"
)

// The kinds of acts, each on one ask, exchange or thanks.
const (
	ActAskPosted    = "ask.posted"
	ActAskEdited    = "ask.edited"
	ActAskRenewed   = "ask.renewed"
	ActAskAnswered  = "ask.answered"
	ActAskReminded  = "ask.reminded"
	ActAskSettled   = "ask.settled"
	ActAskWithdrawn = "ask.withdrawn"
	ActAskLapsed    = "ask.lapsed"

	ActProposed      = "exchange.proposed"
	ActAgreed        = "exchange.agreed"
	ActDeclined      = "exchange.declined"
	ActWithdrawn     = "exchange.withdrawn"
	ActDone          = "exchange.done"
	ActCalledOff     = "exchange.called_off"
	ActConfirmed     = "exchange.confirmed"
	ActNotYet        = "exchange.not_yet"
	ActDidNotHappen  = "exchange.did_not_happen"
	ActAskedForNews  = "exchange.asked_for_news"
	ActLapsed        = "exchange.lapsed"
	ActMessageWasIt  = "exchange.message_thanked"
	ActElsewhereWas  = "exchange.elsewhere_confirmed"
	ActThanksSaid    = "thanks.said"
	ActThanksNoted   = "thanks.noted"
	ActThanksWelcome = "thanks.welcomed"
	ActThanksHidden  = "thanks.hidden"
	ActThanksShown   = "thanks.shown"
	ActThanksReword  = "thanks.reworded"

	ActRatherNotSet   = "rather_not.set"
	ActRatherNotUnset = "rather_not.unset"
)

// ActFacts are what the acts of this room hold: ids and small facts, each only
// where it applies.
type ActFacts struct {
	Want      Want             `json:"want,omitempty"`
	Kind      Kind             `json:"kind,omitempty"`
	Ask       AskID            `json:"ask,omitzero"`
	Author    id.Person        `json:"author,omitzero"` // of the ask
	To        id.Person        `json:"to,omitzero"`     // the one person asked
	Exchange  ID               `json:"exchange,omitzero"`
	Giver     id.Person        `json:"giver,omitzero"`
	Receivers []id.Person      `json:"receivers,omitempty"` // whose lines moved
	Thanks    ThanksID         `json:"thanks,omitzero"`     // said with it
	Circles   []id.Circle      `json:"circles,omitempty"`   // who may hear of it
	Message   thread.MessageID `json:"message,omitzero"`    // the words said with it
	Words     bool             `json:"words,omitempty"`     // whether thanks have words
	Knows     bool             `json:"knows,omitempty"`     // "I know someone"
}

// Acts declares the kinds of this room.
func Acts() []journal.Kind {
	const (
		onAsk      = "want, kind, circles, to"
		onExchange = "ask, kind, giver, receivers (whose lines moved), circles, message (words said with it)"
		onThanks   = "giver, kind, exchange, circles, words (whether there are any)"
	)
	return []journal.Kind{
		{Name: ActAskPosted, Object: KindAsk, Facts: onAsk, Doc: "An ask or an offer was posted."},
		{Name: ActAskEdited, Object: KindAsk, Facts: onAsk, Doc: "Its author corrected what is told about it."},
		{Name: ActAskRenewed, Object: KindAsk, Facts: onAsk, Doc: "Its author left it open for another while."},
		{Name: ActAskAnswered, Object: KindAsk, Facts: onAsk + ", message, knows (somebody who could)", Doc: "Somebody answered it in its thread."},
		{Name: ActAskReminded, Object: KindAsk, Facts: onAsk, Doc: "Its author was asked to renew or close it."},
		{Name: ActAskSettled, Object: KindAsk, Facts: onAsk, Doc: "Its author settled it, with an outcome in a line."},
		{Name: ActAskWithdrawn, Object: KindAsk, Facts: onAsk, Doc: "Its author withdrew it."},
		{Name: ActAskLapsed, Object: KindAsk, Facts: onAsk, Doc: "Its time was over."},
		{Name: ActProposed, Object: KindExchange, Facts: onExchange, Doc: "Somebody proposed an exchange."},
		{Name: ActAgreed, Object: KindExchange, Facts: onExchange, Doc: "The one who was asked agreed."},
		{Name: ActDeclined, Object: KindExchange, Facts: onExchange, Doc: "The one who was asked declined."},
		{Name: ActWithdrawn, Object: KindExchange, Facts: onExchange, Doc: "The proposer took the proposal back."},
		{Name: ActDone, Object: KindExchange, Facts: onExchange, Doc: "The giver, or a companion, marked it done."},
		{Name: ActCalledOff, Object: KindExchange, Facts: onExchange, Doc: "One of them called it off."},
		{Name: ActConfirmed, Object: KindExchange, Facts: onExchange + ", thanks", Doc: "A receiver, or the other companion, confirmed it."},
		{Name: ActNotYet, Object: KindExchange, Facts: onExchange, Doc: "A receiver said: not yet."},
		{Name: ActDidNotHappen, Object: KindExchange, Facts: onExchange, Doc: "A receiver said: it did not happen."},
		{Name: ActAskedForNews, Object: KindExchange, Facts: onExchange, Doc: "Silent for three weeks: both were asked."},
		{Name: ActLapsed, Object: KindExchange, Facts: onExchange, Doc: "Silent for too long, or its ask ended: it lapsed."},
		{Name: ActMessageWasIt, Object: KindExchange, Facts: onExchange + ", thanks", Doc: "The author of an ask thanked a message: that was the help."},
		{Name: ActElsewhereWas, Object: KindExchange, Facts: onExchange + ", thanks", Doc: "Something done elsewhere counts: both have said so."},
		{Name: ActThanksSaid, Object: KindThanks, Facts: onThanks, Doc: "A receiver said thanks."},
		{Name: ActThanksNoted, Object: KindThanks, Facts: onThanks, Doc: "Somebody said thanks for something done elsewhere."},
		{Name: ActThanksWelcome, Object: KindThanks, Facts: onThanks, Doc: "The giver said: with pleasure."},
		{Name: ActThanksHidden, Object: KindThanks, Facts: onThanks, Doc: "The giver hid the thanks from others."},
		{Name: ActThanksShown, Object: KindThanks, Facts: onThanks, Doc: "The giver lets the thanks be seen again."},
		{Name: ActThanksReword, Object: KindThanks, Facts: onThanks, Doc: "The thanker changed the words."},
		{Name: ActRatherNotSet, Object: KindRatherNot, Doc: "Somebody noted, for themselves alone, that they would rather not."},
		{Name: ActRatherNotUnset, Object: KindRatherNot, Doc: "Somebody took such a note back."},
	}
}

// actOf is the kind of act that a move is told as. A receiver who marks done
// confirms.
func actOf(m Move, to State) string {
	switch m {
	case Propose:
		return ActProposed
	case Agree:
		return ActAgreed
	case Decline:
		return ActDeclined
	case Withdraw:
		return ActWithdrawn
	case MarkDone:
		if to == Confirmed {
			return ActConfirmed
		}
		return ActDone
	case CallOff:
		return ActCalledOff
	case Confirm:
		return ActConfirmed
	case NotYet:
		return ActNotYet
	case DidNotHappen:
		return ActDidNotHappen
	case Lapse:
		return ActLapsed
	}
	return ""
}
