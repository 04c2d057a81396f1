package asks

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/thread"
	"cordee/internal/web/page"
)

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

// few is how many names stand in a sentence.
const few = 4

// said are the names in the sentence of what was just done.
func (s *shown) said() []any {
	other := s.ask.Author
	if s.mine() && !s.ask.To.IsZero() {
		other = s.ask.To
	}
	return []any{"Name", s.name(other), "Until", s.v.Until(s.ask.Until)}
}

// want is the piece of keys that tells an ask from an offer.
func (s *shown) want() string { return string(s.ask.Want) }

// about is the line of what is told about it beside its words.
func (s *shown) about() string {
	v, a := s.v, s.ask.Ask
	var parts []string
	if a.Size != "" {
		parts = append(parts, v.T("size."+string(a.Size)))
	}
	if a.Remote {
		parts = append(parts, v.T("ask.remote"))
	}
	if a.Place != "" {
		parts = append(parts, a.Place)
	}
	if due := a.DueAt(); !due.IsZero() {
		parts = append(parts, v.T("ask.due", "Day", v.Printer.In(due.Location()).DayShort(due.Add(-time.Second))))
	}
	if a.ForWhom != "" {
		parts = append(parts, v.T("ask.for", "Who", a.ForWhom))
	}
	if len(a.Tags) > 0 {
		parts = append(parts, strings.Join(a.Tags, ", "))
	}
	return strings.Join(parts, page.Dot)
}

// whose says who asks, and of whom when it is of one person.
func (s *shown) whose() string {
	v, a := s.v, s.ask.Ask
	line := v.T("ask.whose."+s.want(), "Name", s.name(a.Author))
	if s.mine() {
		line = v.T("ask.yours." + s.want())
	}
	switch {
	case a.To == v.Person:
		line += page.Dot + v.T("ask.only_you")
	case !a.To.IsZero():
		line += page.Dot + v.T("ask.only", "Name", s.name(a.To))
	}
	return line
}

// thanked are the sentences under the messages that were the help.
func (s *shown) thanked() map[thread.MessageID]string {
	out := map[thread.MessageID]string{}
	for m, x := range s.ask.Thanked {
		switch {
		case s.mine():
			out[m] = s.v.T("ask.thanked.by_you")
		case x.Giver == s.v.Person:
			out[m] = s.v.T("ask.thanked.you", "Name", s.name(s.ask.Author))
		default:
			out[m] = s.v.T("ask.thanked", "Name", s.name(s.ask.Author))
		}
	}
	return out
}

// fact is a line of the thread that nobody said: what came of the ask.
type fact struct {
	words string
	path  string // of the exchange, for its people
}

// facts are what came of it and who is awaited, in order. Messages that were the
// help say so themselves.
func (s *shown) facts() []fact {
	var all []fact
	for _, x := range s.ask.Exchanges {
		if x.Origin == exchange.FromMessage {
			continue
		}
		f := fact{words: s.happened(x)}
		if x.Has(s.v.Person) {
			f.path = "/exchanges/" + string(x.Public)
		}
		all = append(all, f)
	}
	if words := s.ended(); words != "" {
		all = append(all, fact{words: words})
	} else if !s.ask.To.IsZero() && s.ask.AnsweredAt.IsZero() {
		all = append(all, fact{words: s.awaited("awaited.ask.answer", []id.Person{s.ask.To})})
	}
	return all
}

// awaiting is what only the reader's yes or no, or their thanks, can move on.
func (s *shown) awaiting() []exchange.Exchange {
	var all []exchange.Exchange
	for _, x := range s.ask.Exchanges {
		if state := x.State(); (state == exchange.Proposed || state == exchange.Done) && slices.Contains(x.AwaitedPeople(), s.v.Person) {
			all = append(all, x)
		}
	}
	return all
}

// heard says what the reader is to answer.
func (s *shown) heard(x exchange.Exchange) string {
	if x.State() == exchange.Done {
		return s.marked(x)
	}
	return s.proposed(x)
}

// faces is whom the reader answers.
func (s *shown) faces(x exchange.Exchange) string {
	if x.Giver != s.v.Person {
		return s.name(x.Giver)
	}
	return s.name(x.Receivers[0].Person)
}

// happened says where an exchange stands, and whose word is awaited.
func (s *shown) happened(x exchange.Exchange) string {
	v := s.v
	switch x.State() {
	case exchange.Proposed:
		return s.proposed(x) + " " + s.awaited("awaited.exchange.agree", x.AwaitedPeople())
	case exchange.Agreed:
		return v.T("ask.fact.agreed", "Names", s.names(x.People()))
	case exchange.Done:
		return s.marked(x) + " " + s.awaited("awaited.exchange.agree", x.AwaitedPeople())
	case exchange.Confirmed:
		return v.T("ask.fact.confirmed", "Names", s.names(append([]id.Person{x.Giver}, x.Confirmed()...)))
	case exchange.Declined, exchange.Withdrawn, exchange.CalledOff, exchange.Lapsed:
	}
	return v.T("ask.fact.not_this_time", "Names", s.names(x.People()))
}

// proposed says who proposed what.
func (s *shown) proposed(x exchange.Exchange) string {
	v := s.v
	what := s.want()
	if x.Company() {
		what = "company"
	}
	var asked []id.Person
	for _, p := range x.People() {
		if p != x.Proposer {
			asked = append(asked, p)
		}
	}
	switch {
	case x.Proposer == s.ask.Author && s.mine():
		return v.T("ask.fact.asked.by_you."+s.want(), "Names", s.names(asked))
	case x.Proposer == s.ask.Author:
		return v.T("ask.fact.asked."+s.want(), "Name", s.name(x.Proposer))
	case x.Proposer == v.Person:
		return v.T("ask.fact.proposed.by_you." + what)
	}
	return v.T("ask.fact.proposed."+what, "Name", s.name(x.Proposer))
}

// marked says who noted that it is done.
func (s *shown) marked(x exchange.Exchange) string {
	for _, r := range x.Receivers {
		switch {
		case r.State != exchange.Done:
		case r.By == s.v.Person:
			return s.v.T("ask.fact.done.by_you")
		default:
			return s.v.T("ask.fact.done", "Name", s.name(r.By))
		}
	}
	return ""
}

// awaited says whose word is awaited: the reader's first.
func (s *shown) awaited(key string, people []id.Person) string {
	var names []string
	for _, p := range people {
		if p == s.v.Person {
			return s.v.T(key + ".you")
		}
		names = append(names, s.name(p))
	}
	if len(names) == 0 {
		return ""
	}
	return s.v.T(key, "Name", s.v.Names(names, few))
}

// ended says how the ask itself ended, or "".
func (s *shown) ended() string {
	v, a := s.v, s.ask.Ask
	if a.State == exchange.AskOpen || a.Past {
		return ""
	}
	line := v.T("ask.ended."+string(a.State), "Day", v.On(a.EndedAt))
	if a.Outcome != "" {
		line += " " + v.T("ask.outcome", "Words", a.Outcome)
	}
	return line
}

// propose is what the button says by which the reader answers.
func (s *shown) propose() string {
	switch {
	case s.ask.Kind == exchange.Company:
		return s.v.T("move.exchange.propose.company")
	case s.ask.Want == exchange.ForOffer:
		return s.v.T("move.exchange.propose.offer")
	}
	return s.v.T("move.exchange.propose")
}

// question stands over that button.
func (s *shown) question() string {
	switch {
	case s.ask.To == s.v.Person:
		return s.v.T("ask.help.you", "Name", s.name(s.ask.Author))
	case s.ask.Kind == exchange.Company:
		return s.v.T("ask.help.company")
	}
	return s.v.T("ask.help." + s.want())
}

// readers says who reads what is written in the thread.
func (s *shown) readers() string {
	other := s.ask.Author
	if s.mine() {
		other = s.ask.To
	}
	switch {
	case !s.ask.To.IsZero():
		return s.v.T("ask.readers.one", "Name", s.name(other))
	case len(s.ask.Circles) > 1:
		return s.v.T("ask.readers.circles")
	case len(s.shared) == 1:
		return s.v.T("ask.readers", "Circle", s.shared[0].Name)
	}
	return ""
}

// title is the heading of the page that posts.
func (p *posting) title() string {
	if p.toOne() {
		return p.v.T("ask.post.one", "Name", p.to.Name)
	}
	return p.v.T("ask.post." + string(p.want))
}

func (p *posting) question() string {
	if p.toOne() {
		return p.v.T("ask.words.one", "Name", p.to.Name)
	}
	return p.v.T("ask.words." + string(p.want))
}

// readers says who will read it.
func (p *posting) readers() string {
	if p.toOne() {
		return p.v.T("ask.post.reader", "Name", p.to.Name)
	}
	return p.v.N("ask.post.readers", p.at.Members, "Circle", p.at.Name)
}

func (p *posting) submit() string {
	if p.toOne() {
		return p.v.T("ask.submit.one", "Name", p.to.Name)
	}
	return p.v.T("ask.submit." + string(p.want))
}

// more are the other circles that it can be put to as well.
func (p *posting) more() []page.Option {
	var all []page.Option
	for _, at := range p.standing.Circles {
		if at.Circle != p.at.Circle {
			all = append(all, page.Option{Value: at.Slug, Words: at.Name})
		}
	}
	return all
}

// kinds are the natures to choose from; the empty one leaves it to be guessed.
func kinds(v *page.View, guessed bool) []page.Option {
	var all []page.Option
	if guessed {
		all = append(all, page.Option{Words: v.T("ask.guess")})
	}
	for _, k := range exchange.Kinds() {
		all = append(all, page.Option{Value: string(k), Words: v.T("kind." + string(k)), Hint: v.T("kind." + string(k) + ".means")})
	}
	return all
}

func sizes(v *page.View, none string) []page.Option {
	all := []page.Option{{Words: none}}
	for _, size := range exchange.Sizes() {
		all = append(all, page.Option{Value: string(size), Words: v.T("size." + string(size))})
	}
	return all
}

// choices are people to choose from.
func choices(v *page.View, people []person.Card, none string) []page.Option {
	var all []page.Option
	if none != "" {
		all = append(all, page.Option{Words: none})
	}
	for _, c := range people {
		all = append(all, page.Option{Value: string(c.Public), Words: v.NameOf(c)})
	}
	return all
}

// reach is who may read thanks: the two alone, or also circles that they share.
// Nothing that shares is chosen in advance.
func reach(v *page.View, name string, shared []circle.Place) page.Choices {
	in := page.Choices{Name: name, Label: v.T("ask.reach"), Chosen: []string{""}}
	if len(shared) > 1 {
		in.Many, in.Hint = true, v.T("ask.reach.hint")
	} else {
		in.Options = append(in.Options, page.Option{Words: v.T("ask.reach.two")})
	}
	for _, at := range shared {
		in.Options = append(in.Options, page.Option{Value: at.Slug, Words: v.T("ask.reach.circle", "Circle", at.Name)})
	}
	return in
}

// figures says how asks fare in a circle, in a sentence, or "".
func figures(v *page.View, f exchange.Figures) string {
	if f.Asked == 0 {
		return ""
	}
	key := "circle.figures.some"
	switch share := float64(f.Found) / float64(f.Asked); {
	case share >= 0.9:
		key = "circle.figures.nearly_all"
	case share >= 0.7:
		key = "circle.figures.most"
	case share >= 0.4:
		key = "circle.figures.half"
	}
	words := v.T(key)
	hours := int(f.FirstAnswer.Hours() + 0.5)
	switch {
	case f.FirstAnswer == 0:
	case hours <= 1:
		words += " " + v.T("circle.figures.hour")
	case hours < 24:
		words += " " + v.N("circle.figures.hours", hours)
	default:
		words += " " + v.N("circle.figures.days", (hours+12)/24)
	}
	return words
}

// thanksOf are thanks as the page's part wants them.
func (s *shown) thanksOf(t exchange.Thanks) page.Thanks {
	return page.Thanks{Words: t.Words, From: s.cards[t.Thanker], For: s.v.T("ask.thanks.to", "Name", s.name(t.Giver)), At: t.At}
}

// extra is what else its author can do with a message: say thanks for it.
func (s *shown) extra(v *page.View, m thread.Message) templ.Component {
	if !s.mayThank(m) {
		return nil
	}
	return thankForm(v, s, m)
}
