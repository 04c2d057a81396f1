package exchanges

import (
	"slices"
	"time"

	"cordee/internal/await"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/web/page"
)

// few is how many names stand in a sentence.
const few = 4

// name is how the page calls somebody.
func (s *shown) name(p id.Person) string { return s.v.NameOf(s.cards[p]) }

// names are those of people, the reader last and as themselves.
func (s *shown) names(people []id.Person) string {
	var all []string
	you := false
	for _, p := range people {
		if you = you || p == s.v.Person; p != s.v.Person {
			all = append(all, s.name(p))
		}
	}
	if you {
		all = append(all, s.v.T("common.you"))
	}
	return s.v.Names(all, few)
}

// line is the receiver's line that the page draws: the reader's own, or one that
// stands where the whole does.
func (s *shown) line() exchange.Receiver {
	if r, ok := s.x.Of(s.v.Person); ok {
		return r
	}
	state := s.x.State()
	for _, r := range s.x.Receivers {
		if r.State == state {
			return r
		}
	}
	return exchange.Receiver{State: state}
}

// confirming is the move by which the reader confirms, if they have it: the one
// that words of thanks go with.
func (s *shown) confirming() exchange.Move {
	for _, m := range []exchange.Move{exchange.Confirm, exchange.MarkDone} {
		if !slices.Contains(s.x.Moves, m) {
			continue
		}
		after, err := s.x.Apply(m, s.v.Person, s.v.Now())
		if err == nil && len(after.Confirmed()) > len(s.x.Confirmed()) {
			return m
		}
	}
	return ""
}

// others are the moves that don't confirm, those that go on before those that end.
func (s *shown) others() []exchange.Move {
	first := s.confirming()
	all := slices.DeleteFunc(slices.Clone(s.x.Moves), func(m exchange.Move) bool { return m == first })
	slices.SortStableFunc(all, func(a, b exchange.Move) int { return weight(a) - weight(b) })
	return all
}

func weight(m exchange.Move) int {
	switch m {
	case exchange.Agree, exchange.MarkDone, exchange.Confirm:
		return 0
	case exchange.Decline, exchange.NotYet:
		return 1
	case exchange.Withdraw, exchange.CallOff, exchange.DidNotHappen, exchange.Propose, exchange.Lapse:
	}
	return 2
}

// asked tells whether the reader is to say yes or no: then confirming at once is
// only for those who look for it.
func (s *shown) asked() bool { return slices.Contains(s.x.Moves, exchange.Agree) }

// forms are the paths of the forms that the page shows.
func (s *shown) forms() []string {
	var all []string
	if s.thread != nil && s.thread.MayPost {
		all = append(all, s.path())
	}
	if m := s.confirming(); m != "" {
		all = append(all, s.path()+"/"+string(m))
	}
	if len(s.others()) > 0 {
		all = append(all, s.path()+"/move")
	}
	return all
}

// button is what a move looks like.
func (s *shown) button(m exchange.Move) page.Button {
	b := page.Button{Words: s.v.T("move.exchange." + string(m)), Name: "move", Value: string(m)}
	switch m {
	case exchange.Agree:
		if s.other.Name != "" {
			b.Words = s.v.T("exchange.agree_with", "Name", s.other.Name)
		}
	case exchange.Decline, exchange.NotYet:
		b.Quiet = true
	case exchange.Withdraw, exchange.CallOff, exchange.DidNotHappen:
		b.Grave = true
	case exchange.Propose, exchange.MarkDone, exchange.Confirm, exchange.Lapse:
	}
	return b
}

// thank is what the button says that confirms.
func (s *shown) thank() string {
	if s.other.Name == "" {
		return s.v.T("move.exchange.confirm")
	}
	return s.v.T("exchange.confirm_to", "Name", s.other.Name)
}

// said are the names in the sentence of what was just done.
func (s *shown) said() []any { return []any{"Awaited", s.awaited(), "Name", s.other.Name} }

// waits are those who are awaited, without the clock.
func (s *shown) waits() []await.Awaited {
	return slices.DeleteFunc(s.x.Exchange.Awaited(), func(a await.Awaited) bool { return a.Person.IsZero() })
}

// awaited says who is awaited: the reader first, else all the others.
func (s *shown) awaited() string {
	waits := s.waits()
	for _, a := range waits {
		if a.Person == s.v.Person {
			return s.v.T("awaited." + a.Move + ".you")
		}
	}
	var names []string
	for _, a := range waits {
		if a.Move == waits[0].Move {
			names = append(names, s.name(a.Person))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return s.v.T("awaited."+waits[0].Move, "Name", s.v.Names(names, few))
}

// alsoAwaited says who else is awaited, where the reader is: one of several.
func (s *shown) alsoAwaited() string {
	if len(s.x.Receivers) < 2 || !s.mineAwaited() {
		return ""
	}
	var names []string
	key := ""
	for _, a := range s.waits() {
		if a.Person != s.v.Person && (key == "" || key == a.Move) {
			key = a.Move
			names = append(names, s.name(a.Person))
		}
	}
	if key == "" {
		return ""
	}
	return s.v.T("awaited."+key, "Name", s.v.Names(names, few))
}

// mineAwaited tells whether the reader's word is awaited.
func (s *shown) mineAwaited() bool {
	return slices.ContainsFunc(s.waits(), func(a await.Awaited) bool { return a.Person == s.v.Person })
}

// heading stands over the reader's moves.
func (s *shown) heading() string {
	if state := s.line().State; s.mineAwaited() && state != exchange.Agreed {
		return s.v.T("exchange.yours")
	}
	return s.v.T("exchange.where")
}

// now says where it stands, in a few sentences.
func (s *shown) now() []string {
	if !s.part() {
		return []string{s.awaited()}
	}
	return append(s.mineNow(), s.alsoAwaited())
}

// mineNow says where the reader's own line stands.
func (s *shown) mineNow() []string {
	v, r := s.v, s.line()
	switch r.State {
	case exchange.Proposed:
		if s.asked() {
			return []string{s.proposal() + " " + v.T("exchange.now.free")}
		}
		return []string{s.awaited() + " " + v.T("exchange.now.nothing_binds")}
	case exchange.Agreed:
		return s.agreed(r)
	case exchange.Done:
		if s.confirming() != "" {
			return []string{v.T("exchange.now.done", "Name", s.name(r.By))}
		}
		return []string{s.awaited()}
	case exchange.Confirmed, exchange.Declined, exchange.Withdrawn, exchange.CalledOff, exchange.Lapsed:
	}
	return []string{s.end(r)}
}

// proposal says what is proposed to the reader, and by whom.
func (s *shown) proposal() string {
	v, name := s.v, s.name(s.x.Proposer)
	ask := s.x.OfAsk
	switch mine := ask != nil && ask.Author == v.Person; {
	case s.x.Company():
		return v.T("exchange.now.proposed.company", "Name", name)
	case s.x.Giver == v.Person && mine:
		return v.T("exchange.now.proposed.wants", "Name", name)
	case s.x.Giver == v.Person:
		return v.T("exchange.now.proposed.asks", "Name", name)
	case mine:
		return v.T("exchange.now.proposed.helps", "Name", name)
	}
	return v.T("exchange.now.proposed.offers", "Name", name)
}

// agreed says what remains to be done, and what was said since.
func (s *shown) agreed(r exchange.Receiver) []string {
	var all []string
	v := s.v
	switch {
	case r.Last == exchange.NotYet && r.By == v.Person:
		all = append(all, v.T("exchange.now.not_yet.by_you"))
	case r.Last == exchange.NotYet:
		all = append(all, v.T("exchange.now.not_yet", "Name", s.name(r.By)))
	case !r.AskedAt.IsZero():
		all = append(all, v.T("exchange.now.no_news"))
	}
	words := s.awaited()
	if s.confirming() != "" {
		words += " " + v.T("exchange.now.or_you")
	}
	return append(all, words)
}

// end says how it ended.
func (s *shown) end(r exchange.Receiver) string {
	key := "exchange.end." + string(r.State)
	if r.Last == exchange.DidNotHappen {
		key = "exchange.end.did_not_happen"
	}
	switch {
	case r.State == exchange.Confirmed || r.State == exchange.Lapsed:
		return s.v.T(key)
	case r.By == s.v.Person:
		return s.v.T(key + ".by_you")
	}
	return s.v.T(key, "Name", s.name(r.By))
}

// title is the page's heading: who does what for whom.
func (s *shown) title() string {
	v, x, state := s.v, s.x, s.line().State
	key := "exchange.title." + string(x.Kind)
	if x.Company() || state != exchange.Agreed && state != exchange.Done && state != exchange.Confirmed {
		return v.T(key+".between", "Names", s.names(x.People()))
	}
	var receivers []id.Person
	for _, r := range x.Receivers {
		if state == exchange.Confirmed && r.State == state || state != exchange.Confirmed && (r.State == exchange.Agreed || r.State == exchange.Done) {
			receivers = append(receivers, r.Person)
		}
	}
	if state == exchange.Confirmed {
		key += ".then"
	} else {
		key += ".now"
	}
	switch {
	case x.Giver == v.Person:
		return v.T(key+".giver", "Names", s.names(receivers))
	case x.Has(v.Person):
		return v.T(key+".receiver", "Name", s.name(x.Giver))
	}
	return v.T(key, "Name", s.name(x.Giver), "Names", s.names(receivers))
}

// knots draw the line: what is behind, where it stands, what is ahead.
func (s *shown) knots() []page.Knot {
	r := s.line()
	steps := []struct {
		state exchange.State
		at    time.Time
	}{{exchange.Proposed, r.ProposedAt}, {exchange.Agreed, r.AgreedAt}, {exchange.Done, r.DoneAt}, {exchange.Confirmed, r.ConfirmedAt}}
	var all []page.Knot
	state := page.KnotDone
	for _, step := range steps {
		k := page.Knot{Words: s.v.T("state.exchange." + string(step.state)), State: state}
		switch {
		case step.state == exchange.Confirmed && (state == page.KnotAhead || s.thanked()):
			k.Words = s.v.T("exchange.step.thanks")
		case step.state == r.State && r.State.UnderWay():
			k.State, state = page.KnotNow, page.KnotAhead
		}
		if step.at.IsZero() && !r.State.UnderWay() {
			break
		}
		if k.State != page.KnotAhead {
			k.When = s.when(step.state, step.at, r)
		}
		all = append(all, k)
	}
	if !r.State.UnderWay() && r.State != exchange.Confirmed {
		all = append(all, page.Knot{Words: s.v.T("state.exchange." + string(r.State)), When: s.v.On(r.At), State: page.KnotBroken})
	}
	return all
}

// thanked tells whether words of thanks were said.
func (s *shown) thanked() bool { return len(s.x.Thanks) > 0 }

// when is the day of a step and, of what still waits for another word, who said so.
func (s *shown) when(step exchange.State, at time.Time, r exchange.Receiver) string {
	day := s.v.On(at)
	if step != exchange.Done || r.State != exchange.Done {
		return day
	}
	if r.By == s.v.Person {
		return s.v.T("exchange.step.said_by_you", "Day", day)
	}
	return s.v.T("exchange.step.said", "Day", day, "Name", s.name(r.By))
}

// under is the quiet line of a list.
func (s *shown) under() string {
	line := s.v.T("kind." + string(s.x.Kind))
	if s.x.Title != "" {
		line = s.x.Title
	}
	switch r := s.line(); {
	case r.State == exchange.Confirmed:
		return line + page.Dot + s.v.On(r.At)
	case s.awaited() != "":
		return line + page.Dot + s.awaited()
	}
	return line + page.Dot + s.v.T("state.exchange."+string(s.x.State()))
}

// reach is who may read the thanks: the two alone, or also circles that they
// share. Nothing that shares is chosen in advance.
func (s *shown) reach() page.Choices {
	in := page.Choices{Name: "circles", Label: s.v.T("exchange.reach"), Chosen: []string{""}}
	if len(s.shared) > 1 {
		in.Many, in.Hint = true, s.v.T("exchange.reach.hint")
	} else {
		in.Options = append(in.Options, page.Option{Words: s.v.T("exchange.reach.two")})
	}
	for _, at := range s.shared {
		in.Options = append(in.Options, page.Option{Value: at.Slug, Words: s.v.T("exchange.reach.circle", "Circle", at.Name)})
	}
	return in
}

// between is the heading of the thread.
func (s *shown) between() string {
	if len(s.x.Receivers) == 1 {
		return s.v.T("exchange.between.two")
	}
	return s.v.T("exchange.between.several")
}
