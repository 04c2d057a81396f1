package today

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/web/page"
)

// hello greets by the first word of the name and says how many people wait.
func hello(v *page.View, d *day) string {
	first, _, _ := strings.Cut(d.me.Name, " ")
	if n := d.count(); n > 0 {
		return v.N("today.hello.waiting", n, "Name", first)
	}
	return v.T("today.hello", "Name", first)
}

// calm is what the page says when nothing waits.
func calm(v *page.View, d *day) page.Nothing {
	if len(d.standing.Circles) == 0 {
		return page.Nothing{Words: v.T("today.no_circle"), Step: v.T("nav.circles"), Path: "/circles"}
	}
	if !slices.ContainsFunc(d.standing.Circles, func(p circle.Place) bool { return p.Members > 1 }) {
		at := d.standing.Circles[0] // whoever has just founded a circle has nobody to ask
		return page.Nothing{Words: v.T("today.alone", "Circle", at.Name), Step: v.T("invite.title"), Path: "/circles/" + at.Slug + "/invite"}
	}
	return page.Nothing{Words: v.T("today.calm"), Step: v.T("today.calm.step"), Path: "/circles/" + d.standing.Circles[0].Slug + "/ask"}
}

// where names the circles that both the thing and the reader are in.
func where(v *page.View, d *day, circles []id.Circle) string {
	var names []string
	for _, c := range circles {
		if at, ok := d.standing.Place(c); ok {
			names = append(names, at.Name)
		}
	}
	return v.List(names)
}

// other is whom the reader deals with in an exchange.
func other(x exchange.Exchange, me id.Person) id.Person {
	for _, p := range x.People() {
		if p != me {
			return p
		}
	}
	return me
}

func movePath(x exchange.Exchange, m exchange.Move) string {
	return "/exchanges/" + string(x.Public) + "/" + string(m)
}

// exchangeSentence says what somebody awaits: "Malik offers a hand on “…”".
func exchangeSentence(v *page.View, d *day, x exchange.Exchange, card person.Card) templ.Component {
	key := "today.exchange.done"
	switch {
	case x.State() == exchange.Agreed:
		key = "today.exchange.agreed"
	case x.State() == exchange.Proposed && x.Company():
		key = "today.exchange.company"
	case x.State() == exchange.Proposed && x.Giver == d.me.ID:
		key = "today.exchange.wants"
	case x.State() == exchange.Proposed:
		key = "today.exchange.offers"
	}
	return page.Sentence(v, key, "Who", page.Name(v, card), "Title", page.Link(v, "/exchanges/"+string(x.Public), title(v, x)))
}

func askSentence(v *page.View, d *day, a exchange.Ask, card person.Card) templ.Component {
	key := "today.ask.to_you"
	if a.Author == d.me.ID {
		key = "today.ask.renew"
	}
	return page.Sentence(v, key, "Who", page.Name(v, card), "Title", page.Link(v, "/asks/"+string(a.Public), a.Title))
}

func title(v *page.View, x exchange.Exchange) string {
	if x.Title != "" {
		return x.Title
	}
	return v.T("kind." + string(x.Kind))
}

// names are the others of an exchange.
func names(v *page.View, d *day, x exchange.Exchange) []string {
	var all []string
	for _, p := range x.People() {
		if p != d.me.ID {
			all = append(all, v.NameOf(d.cards[p]))
		}
	}
	return all
}
