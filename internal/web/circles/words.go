package circles

import (
	"strconv"
	"time"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/web/page"
)

// said are the names in the sentence of what was just done.
func (in *inside) said() []any {
	host := in.page.Circle.Name
	if hosts := in.page.Hosts(); len(hosts) > 0 {
		host = in.v.NameOf(hosts[0].Card)
	}
	return []any{"Circle", in.page.Circle.Name, "Host", host}
}

func nothing(v *page.View, may bool) page.Nothing {
	n := page.Nothing{Title: v.T("circles.none"), Words: v.T("circles.none.words")}
	if may {
		n.Step, n.Path = v.T("circles.found"), "/circles/new"
	}
	return n
}

func circleLine(v *page.View, c circle.Circle) string {
	line := v.N("common.people", c.Members)
	if c.Stage != circle.Active {
		line += " · " + v.T("circle.stage."+string(c.Stage))
	}
	return line
}

func parents(v *page.View, s circle.Standing) []page.Option {
	all := []page.Option{{Value: "", Words: v.T("circles.parent.none")}}
	for _, p := range s.Circles {
		all = append(all, page.Option{Value: p.Slug, Words: p.Name})
	}
	return all
}

func forms(v *page.View) []page.Option {
	return []page.Option{
		{Value: string(circle.Vous), Words: v.T("found.form.says_vous")},
		{Value: string(circle.Tu), Words: v.T("found.form.says_tu")},
	}
}

func changes(v *page.View) []page.Option {
	return []page.Option{
		{Value: "wording", Words: v.T("circle.change.wording"), Hint: v.T("circle.change.wording.hint")},
		{Value: "meaning", Words: v.T("circle.change.meaning"), Hint: v.T("circle.change.meaning.hint")},
	}
}

func ways(v *page.View) []page.Option {
	var all []page.Option
	for _, w := range []circle.Way{circle.ByCordee, circle.ByMailto, circle.ByLink} {
		all = append(all, page.Option{Value: string(w), Words: v.T("circle.way." + string(w))})
	}
	return all
}

func cards(members []circle.Face) []person.Card {
	all := make([]person.Card, len(members))
	for i, m := range members {
		all[i] = m.Card
	}
	return all
}

func names(circles []circle.Circle) []string {
	all := make([]string, len(circles))
	for i, c := range circles {
		all[i] = c.Name
	}
	return all
}

// proposing is what the button says by which somebody answers an ask or an offer.
func proposing(a exchange.Ask) string {
	switch {
	case a.Kind == exchange.Company:
		return "move.exchange.propose.company"
	case a.Want == exchange.ForOffer:
		return "move.exchange.propose.offer"
	}
	return "move.exchange.propose"
}

// where says how an ask is to be met: at a distance or at a place, and by when.
func where(v *page.View, a exchange.Ask) string {
	line := a.Place
	if line == "" && a.Remote {
		line = v.T("ask.remote")
	}
	if due := a.DueAt(); !due.IsZero() {
		if line != "" {
			line += " · "
		}
		line += v.T("ask.by", "Day", v.Printer.In(due.Location()).DayShort(due.Add(-time.Second)))
	}
	return line
}

func thanksOf(v *page.View, t exchange.Thanks, cards map[id.Person]person.Card) page.Thanks {
	return page.Thanks{Words: t.Words, From: cards[t.Thanker], For: v.T("thanks.to", "Name", v.NameOf(cards[t.Giver])), At: t.At}
}

// figures says how asks fare here, in a sentence.
func figures(v *page.View, f exchange.Figures) string {
	if f.Asked == 0 {
		return ""
	}
	share := float64(f.Found) / float64(f.Asked)
	key := "circle.figures.some"
	switch {
	case share >= 0.9:
		key = "circle.figures.nearly_all"
	case share >= 0.7:
		key = "circle.figures.most"
	case share >= 0.4:
		key = "circle.figures.half"
	}
	words := v.T(key)
	if f.FirstAnswer > 0 {
		hours := int(f.FirstAnswer.Hours() + 0.5)
		switch {
		case hours <= 1:
			words += " " + v.T("circle.figures.hour")
		case hours < 24:
			words += " " + v.N("circle.figures.hours", hours)
		default:
			words += " " + v.N("circle.figures.days", (hours+12)/24)
		}
	}
	return words
}

func sent(lines []circle.Line) int {
	n := 0
	for _, l := range lines {
		if l.Outcome == circle.Invited {
			n++
		}
	}
	return n
}

// invited names whom an invitation is for, by what the inviter said: whose an
// address is that they wrote, or whether it is anybody's here, is not for them.
func invited(v *page.View, i circle.Invitation, cards map[id.Person]person.Card) string {
	switch {
	case i.Way == circle.ByGroup:
		return v.T("invite.for_group")
	case i.Name != "":
		return i.Name
	case i.Address != "":
		return i.Address
	case !i.Person.IsZero():
		return v.NameOf(cards[i.Person])
	}
	return v.T("invite.for_somebody")
}

// standing says what has become of an invitation.
func standing(v *page.View, i circle.Invitation) string {
	line := v.T("circle.way."+string(i.Way)) + " · " + v.T("circle.invitation."+string(i.State(v.Now())))
	if i.Way == circle.ByGroup {
		line += " · " + v.T("invite.taken", "Taken", strconv.Itoa(i.Taken), "Seats", strconv.Itoa(i.Seats))
	}
	return line
}
