package exchange

import (
	"slices"
	"testing"
	"time"

	"cordee/internal/id"
	"cordee/internal/lang"
	"cordee/internal/refusal"
)

// Every word that a page or a mail looks up stands in the three catalogues.
func TestWords(t *testing.T) {
	t.Parallel()
	var keys []string
	add := func(prefix string, names ...string) {
		for _, n := range names {
			keys = append(keys, prefix+n)
		}
	}
	for _, k := range Kinds() {
		add("kind.", string(k), string(k)+".means")
	}
	for _, s := range Sizes() {
		add("size.", string(s))
	}
	for _, s := range States() {
		add("state.exchange.", string(s))
	}
	for _, m := range AllMoves() {
		add("move.exchange.", string(m))
	}
	add("move.exchange.", "propose", "propose.offer", "propose.company")
	for _, w := range awaits {
		add("awaited.exchange.", string(w.move), string(w.move)+".you")
	}
	for _, r := range askTable {
		add("move.ask.", string(r.move))
		add("state.ask.", string(r.from), string(r.to))
	}
	for _, r := range thanksTable {
		add("move.thanks.", string(r.move))
		add("state.thanks.", string(r.from))
	}
	for _, w := range [][]string{{"ask.answer"}, {"ask.renew"}, {"thanks.with_pleasure"}} {
		add("awaited.", w[0], w[0]+".you")
		add("move.", w[0])
	}
	for _, a := range Acts() {
		add("act.", a.Name)
	}
	for _, err := range refusals() {
		r, ok := refusal.As(err)
		if !ok {
			t.Fatal(err)
		}
		add("refusal.", r.Code)
	}
	for _, tag := range []lang.Tag{lang.FR, lang.EN, lang.ES} {
		p := lang.For(tag, time.UTC, time.Unix(0, 0))
		for _, k := range keys {
			if !p.Has(k) {
				t.Errorf("%s: no words for %s", tag, k)
			}
		}
	}
}

// refusals are all that this room may say.
func refusals() []error {
	who := id.Person{1}
	all := []error{
		errNoSuchMove(), errHasLapsed(), errNotAgreed(who), errNotYours(who), errNotDone(), errNotYourAsk(who),
		errToAuthorOnly(who), errToWhom(), errToYourself(), errOneGiver(), errTooManyReceivers(),
		errTooLong("x", 1, 2), errChoice("x"), errNoWords(), errNoCircle(), errCircleOrPerson(), errNotYourCircle(),
		errTooManyCircles(), errNotAcquainted(), errNotHere(who), errAskChanged(Ask{}), errNobodyHelped(),
		errDoesNotSee(who), errUnderWay(Exchange{}, who), errNoThread(), errThanksTooEarly(), errNotSharedCircle(who),
		errNothingToThank(), errAlreadyThanked(who), errThanksChanged(Thanks{}),
		errThanksMove(Thanks{Giver: who}, Reword, who), errThanksMove(Thanks{State: Welcomed}, WithPleasure, who),
		errThanksMove(Thanks{Hidden: true}, Hide, who), errThanksMove(Thanks{}, Show, who),
		refusal.New(refusal.Invalid, "ask.no_title"), refusal.New(refusal.Invalid, "ask.day"), refusal.New(refusal.Invalid, "ask.too_many_tags"),
	}
	for _, m := range slices.DeleteFunc(AllMoves(), func(m Move) bool { return m == Lapse }) {
		all = append(all, errAlready(m), errMovedFirst(m, who, time.Unix(0, 0)))
	}
	for _, s := range []AskState{AskOpen, AskSettled, AskWithdrawn, AskLapsed} {
		all = append(all, errAskEnded(Ask{State: s}))
	}
	return all
}
