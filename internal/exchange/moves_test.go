package exchange

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cordee/internal/id"
	"cordee/internal/refusal"
)

func human(n byte) id.Person { return id.Person{0: 1, 15: n} }

// What PRODUCT.md says, written again by hand: every state × move × side that
// leads somewhere. Everything else must be refused.
func promised() map[string]State {
	out := map[string]State{}
	add := func(from State, move Move, to State, sides ...Side) {
		for _, s := range sides {
			out[fmt.Sprint(from, move, s)] = to
		}
	}
	giverSpoke, giverAsked := Side{Giver, true}, Side{Giver, false}
	receiverSpoke, receiverAsked := Side{Recipient, true}, Side{Recipient, false}
	companionSpoke, companionAsked := Side{Companion, true}, Side{Companion, false}
	clock := Side{Clock, false}
	all := []Side{giverSpoke, giverAsked, receiverSpoke, receiverAsked, companionSpoke, companionAsked}

	// The proposer may withdraw; the other may agree or decline.
	add(Proposed, Withdraw, Withdrawn, giverSpoke, receiverSpoke, companionSpoke)
	add(Proposed, Agree, Agreed, giverAsked, receiverAsked, companionAsked)
	add(Proposed, Decline, Declined, giverAsked, receiverAsked, companionAsked)
	// Once agreed, either may call off or mark done; a receiver thereby confirms.
	add(Agreed, CallOff, CalledOff, all...)
	add(Agreed, MarkDone, Done, giverSpoke, giverAsked, companionSpoke, companionAsked)
	add(Agreed, MarkDone, Confirmed, receiverSpoke, receiverAsked)
	// A receiver may mark done what was proposed to them: agrees and confirms.
	add(Proposed, MarkDone, Confirmed, receiverAsked)
	// Marked done, the receiver, or the other companion, has the last word.
	add(Done, Confirm, Confirmed, receiverAsked, companionAsked)
	add(Done, NotYet, Agreed, receiverAsked, companionAsked)
	add(Done, DidNotHappen, CalledOff, receiverAsked, companionAsked)
	// The clock lapses what is under way.
	add(Proposed, Lapse, Lapsed, clock)
	add(Agreed, Lapse, Lapsed, clock)
	add(Done, Lapse, Lapsed, clock)
	return out
}

// lineIn makes an exchange of two with its line in a state and a last speaker.
func lineIn(state State, role Role, bySelf bool) (x Exchange, self id.Person) {
	giver, receiver := human(1), human(2)
	x = Exchange{ID: ID{1}, Kind: Help, Giver: giver, Proposer: giver, Receivers: []Receiver{{Person: receiver, State: state, Last: Propose, At: time.Unix(1, 0)}}}
	self, them := giver, receiver
	switch role {
	case Companion:
		x.Kind = Company
	case Recipient:
		self, them = receiver, giver
	case Clock:
		self = id.Person{}
	case Giver:
	}
	if x.Receivers[0].By = them; bySelf {
		x.Receivers[0].By = self
	}
	return x, self
}

func TestEveryStateMoveSide(t *testing.T) {
	t.Parallel()
	want, at := promised(), time.Unix(100, 0)
	for _, state := range States() {
		for _, move := range AllMoves() {
			for _, side := range Sides() {
				x, self := lineIn(state, side.Role, side.Spoke)
				to, allowed := want[fmt.Sprint(state, move, side)]
				got, err := x.Apply(move, self, at)
				switch {
				case allowed && err != nil:
					t.Errorf("%s, %s by %+v: %v, want %s", state, move, side, err, to)
				case allowed && got.Receivers[0].State != to:
					t.Errorf("%s, %s by %+v: %s, want %s", state, move, side, got.Receivers[0].State, to)
				case allowed && (got.Receivers[0].By != self || !got.Receivers[0].At.Equal(at) || got.Receivers[0].Last != move):
					t.Errorf("%s, %s by %+v: nobody knows who did what when: %+v", state, move, side, got.Receivers[0])
				case !allowed && err == nil:
					t.Errorf("%s, %s by %+v: %s, want a refusal", state, move, side, got.Receivers[0].State)
				case !allowed:
					if r, ok := refusal.As(err); !ok || r.Code == "" {
						t.Errorf("%s, %s by %+v: no reason: %v", state, move, side, err)
					}
				}
				if side.Role != Clock && slices.Contains(x.Moves(self), move) != allowed {
					t.Errorf("%s, %s by %+v: Moves says %v", state, move, side, x.Moves(self))
				}
			}
		}
	}
}

// What has ended can't be moved, and the reason tells who ended it.
func TestReasons(t *testing.T) {
	t.Parallel()
	malik, aurore := human(1), human(2)
	at := time.Unix(50, 0)
	for _, c := range []struct {
		state State
		last  Move
		by    id.Person
		move  Move
		self  id.Person
		code  string
	}{
		{Declined, Decline, aurore, Withdraw, malik, "exchange.first_decline"},
		{Withdrawn, Withdraw, malik, Agree, aurore, "exchange.first_withdraw"},
		{Withdrawn, Withdraw, malik, Withdraw, malik, "exchange.already_withdraw"},
		{Agreed, Agree, aurore, Agree, aurore, "exchange.already_agree"},
		{Agreed, Agree, aurore, Withdraw, malik, "exchange.first_agree"},
		{CalledOff, CallOff, malik, MarkDone, aurore, "exchange.first_call_off"},
		{CalledOff, DidNotHappen, aurore, MarkDone, malik, "exchange.first_did_not_happen"},
		{Confirmed, Confirm, aurore, CallOff, malik, "exchange.first_confirm"},
		{Confirmed, MarkDone, aurore, Confirm, aurore, "exchange.already_mark_done"},
		{Agreed, NotYet, aurore, Confirm, aurore, "exchange.already_not_yet"},
		{Agreed, Agree, malik, Confirm, aurore, "exchange.not_done"},
		{Done, MarkDone, malik, Confirm, malik, "exchange.not_yours"},
		{Done, MarkDone, malik, CallOff, aurore, "exchange.first_mark_done"},
		{Done, MarkDone, malik, MarkDone, malik, "exchange.already_mark_done"},
		{Proposed, Propose, malik, Agree, malik, "exchange.not_yours"},
		{Proposed, Propose, malik, MarkDone, malik, "exchange.not_agreed"},
		{Proposed, Propose, aurore, MarkDone, aurore, "exchange.not_agreed"},
		{Proposed, Propose, malik, CallOff, aurore, "exchange.not_agreed"},
		{Lapsed, Lapse, id.Person{}, Agree, aurore, "exchange.has_lapsed"},
	} {
		x := Exchange{Kind: Help, Giver: malik, Receivers: []Receiver{{Person: aurore, State: c.state, Last: c.last, By: c.by, At: at}}}
		_, err := x.Apply(c.move, c.self, at)
		r, ok := refusal.As(err)
		if !ok || r.Code != c.code {
			t.Errorf("%s after %s: %s by %s: %v, want %s", c.state, c.last, c.move, c.self, err, c.code)
		}
	}
	if _, err := (Exchange{Giver: malik, Receivers: []Receiver{{Person: aurore, State: Proposed}}}).Apply(Agree, human(9), at); !isNotFound(err) {
		t.Errorf("a stranger: %v", err)
	}
}

func isNotFound(err error) bool {
	r, ok := refusal.As(err)
	return ok && r.Kind == refusal.NotFound
}

func TestSeveralReceivers(t *testing.T) {
	t.Parallel()
	giver, ana, bea, cid := human(1), human(2), human(3), human(4)
	at := time.Unix(1000, 0)
	offer := Ask{ID: AskID{1}, Want: ForOffer, Author: giver, State: AskOpen, Facts: Facts{Kind: Learning, Title: "x"}}
	x, err := propose(offer, giver, []id.Person{ana, bea, cid, bea}, at)
	if err != nil || len(x.Receivers) != 3 || x.Giver != giver {
		t.Fatalf("%+v %v", x, err)
	}
	move := func(m Move, by id.Person) {
		t.Helper()
		at = at.Add(time.Hour)
		if x, err = x.Apply(m, by, at); err != nil {
			t.Fatal(err)
		}
	}
	move(Agree, ana)
	move(Decline, cid)
	if x.State() != Agreed || len(x.AwaitedPeople()) != 2 {
		t.Errorf("%s, awaited %v", x.State(), x.AwaitedPeople())
	}
	move(MarkDone, giver) // concerns ana alone: bea hasn't agreed
	if got, _ := x.Of(bea); got.State != Proposed {
		t.Errorf("bea is bound without her word: %s", got.State)
	}
	move(Agree, bea)
	move(MarkDone, giver)
	move(Confirm, ana)
	if x.State() != Done || !slices.Equal(x.Confirmed(), []id.Person{ana}) {
		t.Errorf("%s, confirmed %v", x.State(), x.Confirmed())
	}
	move(NotYet, bea)
	if x.State() != Agreed {
		t.Error(x.State())
	}
	move(MarkDone, bea)
	if x.State() != Confirmed || len(x.Confirmed()) != 2 || len(x.AwaitedPeople()) != 0 {
		t.Errorf("%s, confirmed %v, awaited %v", x.State(), x.Confirmed(), x.AwaitedPeople())
	}
	if got := x.Audience().Persons; slices.Contains(got, cid) || len(got) != 3 {
		t.Errorf("who declined still reads: %v", got)
	}
}

func TestProposing(t *testing.T) {
	t.Parallel()
	author, other, third := human(1), human(2), human(3)
	at := time.Unix(5, 0)
	ask := func(w Want, k Kind) Ask {
		return Ask{ID: AskID{1}, Want: w, Author: author, State: AskOpen, Facts: Facts{Kind: k, Title: "x"}}
	}
	for _, c := range []struct {
		name            string
		ask             Ask
		by              id.Person
		to              []id.Person
		giver, receiver id.Person
		code            string
	}{
		{"I can help", ask(ForAsk, Help), other, nil, other, author, ""},
		{"I'd like that", ask(ForOffer, Learning), other, nil, author, other, ""},
		{"company", ask(ForAsk, Company), other, nil, other, author, ""},
		{"company offered", ask(ForOffer, Company), other, nil, other, author, ""},
		{"would you help me?", ask(ForAsk, Help), author, []id.Person{other}, other, author, ""},
		{"one giver", ask(ForAsk, Help), author, []id.Person{other, third}, id.Person{}, id.Person{}, "exchange.one_giver"},
		{"to whom?", ask(ForAsk, Help), author, nil, id.Person{}, id.Person{}, "exchange.to_whom"},
		{"to oneself", ask(ForOffer, Help), author, []id.Person{author}, id.Person{}, id.Person{}, "exchange.to_yourself"},
		{"on behalf", ask(ForAsk, Help), other, []id.Person{third}, id.Person{}, id.Person{}, "exchange.to_author_only"},
	} {
		x, err := propose(c.ask, c.by, c.to, at)
		if c.code != "" {
			if r, ok := refusal.As(err); !ok || r.Code != c.code {
				t.Errorf("%s: %v, want %s", c.name, err, c.code)
			}
			continue
		}
		if err != nil || x.Giver != c.giver || x.Receivers[0].Person != c.receiver || x.Receivers[0].By != c.by || x.State() != Proposed {
			t.Errorf("%s: %+v %v", c.name, x, err)
		}
	}
	ended := ask(ForAsk, Help)
	ended.State = AskSettled
	if _, err := propose(ended, other, nil, at); err == nil {
		t.Error("an ask that has ended takes proposals")
	}
}

func TestAskMoves(t *testing.T) {
	t.Parallel()
	author, other := human(1), human(2)
	at := time.Unix(1e6, 0)
	moves := []AskMove{AskEdit, AskRenew, AskSettle, AskWithdraw, AskLapse}
	for _, state := range []AskState{AskOpen, AskSettled, AskWithdrawn, AskLapsed} {
		for _, move := range moves {
			for _, by := range []id.Person{author, other, {}} {
				a := Ask{Author: author, State: state, Want: ForAsk}
				allowed := state == AskOpen && (by == author && move != AskLapse || by.IsZero() && move == AskLapse) ||
					by == author && move == AskEdit
				got, err := a.Apply(move, by, at)
				if (err == nil) != allowed {
					t.Errorf("%s, %s by %v: %v", state, move, by, err)
				}
				if slices.Contains(a.Moves(by), move) != (allowed && !by.IsZero()) {
					t.Errorf("%s, %s by %v: Moves says %v", state, move, by, a.Moves(by))
				}
				if allowed && (got.State != state) != !got.EndedAt.IsZero() {
					t.Errorf("%s, %s: ended at %v", state, move, got.EndedAt)
				}
			}
		}
	}
}

func TestThanksMoves(t *testing.T) {
	t.Parallel()
	giver, thanker := human(1), human(2)
	for _, state := range []ThanksState{Noted, Welcomed} {
		for _, hidden := range []bool{false, true} {
			for _, move := range []ThanksMove{WithPleasure, Hide, Show, Reword} {
				for _, by := range []id.Person{giver, thanker, human(3), {}} {
					th := Thanks{Giver: giver, Thanker: thanker, State: state, Hidden: hidden}
					allowed := by == giver && (move == WithPleasure && state == Noted && !hidden || move == Hide && !hidden || move == Show && hidden) ||
						by == thanker && move == Reword && !hidden
					_, err := th.Apply(move, by, time.Unix(9, 0))
					if (err == nil) != allowed || slices.Contains(th.Moves(by), move) != allowed {
						t.Errorf("%s hidden=%v: %s by %v: %v, Moves %v", state, hidden, move, by, err, th.Moves(by))
					}
				}
			}
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	giver, receiver := human(1), human(2)
	x := Exchange{Kind: Help, Giver: giver, Proposer: giver, Receivers: []Receiver{{Person: receiver, State: Proposed, Last: Propose, By: giver, At: start, ProposedAt: start}}}
	at := start.Add

	if !x.Next().Equal(at(30 * day)) {
		t.Errorf("a proposal lapses at %v", x.Next())
	}
	if _, act := x.tick(at(30*day - 1)); act != "" {
		t.Error("too early:", act)
	}
	if got, act := x.tick(at(30 * day)); act != ActLapsed || got.State() != Lapsed {
		t.Error(act, got.State())
	}
	x, err := x.Apply(Agree, receiver, at(10*day))
	if err != nil {
		t.Fatal(err)
	}
	if !x.Next().Equal(at(31 * day)) {
		t.Errorf("both are asked at %v", x.Next())
	}
	asked, act := x.tick(at(31 * day))
	if act != ActAskedForNews || !asked.Next().Equal(at(45*day)) || len(asked.AwaitedPeople()) != 2 {
		t.Errorf("%s, next %v, awaited %v", act, asked.Next(), asked.AwaitedPeople())
	}
	if _, act := asked.tick(at(31 * day)); act != "" {
		t.Error("asked twice")
	}
	// Words in the thread end the silence.
	heard := asked
	heard.HeardAt = at(40 * day)
	if _, act := heard.tick(at(45 * day)); act != "" {
		t.Error("lapsed though they talk:", act)
	}
	if again, act := heard.tick(at(61 * day)); act != ActAskedForNews || !again.Next().Equal(at(75*day)) {
		t.Errorf("%s, next %v", act, again.Next())
	}
	if got, act := asked.tick(at(45 * day)); act != ActLapsed || got.State() != Lapsed || !got.Next().IsZero() || len(got.Awaited()) != 0 {
		t.Error(act, got.State(), got.Awaited())
	}

	a := Ask{Want: ForAsk, Author: giver, State: AskOpen, At: start, Until: ForAsk.until(start)}
	if !a.Next().Equal(at(26 * day)) {
		t.Errorf("reminded at %v", a.Next())
	}
	a, act = a.tick(at(26 * day))
	if act != ActAskReminded || !a.Next().Equal(at(30*day)) {
		t.Error(act, a.Next())
	}
	renewed, err := a.Apply(AskRenew, giver, at(27*day))
	if err != nil || !renewed.Until.Equal(at(57*day)) || !renewed.RemindedAt.IsZero() {
		t.Error(renewed, err)
	}
	if a, act = a.tick(at(30 * day)); act != ActAskLapsed || a.State != AskLapsed || a.Awaited() != nil {
		t.Error(act, a.State)
	}
}

func TestStatesMarkdown(t *testing.T) {
	t.Parallel()
	md := StatesMarkdown()
	for _, m := range AllMoves() {
		if !strings.Contains(md, "| "+string(m)+" |") {
			t.Errorf("%s isn't told", m)
		}
	}
	if got := strings.Count(md, "\n| "+string(Proposed)+" |"); got < 10 {
		t.Errorf("%d rows from proposed", got)
	}
}
