package thanks

import (
	"cmp"
	"slices"
	"strings"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/search"
	"cordee/internal/web/page"
)

func (s *saying) title() string {
	if s.to.Name != "" {
		return s.v.T("thanks.say.one", "Name", s.to.Name)
	}
	return s.v.T("thanks.say")
}

// people are those who may be thanked.
func (s *saying) people() []page.Option {
	all := []page.Option{{Words: s.v.T("thanks.choose")}}
	for _, c := range s.members {
		all = append(all, page.Option{Value: string(c.Public), Words: s.v.NameOf(c)})
	}
	return all
}

func (s *saying) kinds() []page.Option {
	var all []page.Option
	for _, k := range exchange.Kinds() {
		all = append(all, page.Option{Value: string(k), Words: s.v.T("kind." + string(k)), Hint: s.v.T("kind." + string(k) + ".means")})
	}
	return all
}

// reach is who may read the thanks: the two alone, or also circles that they
// share. Nothing that shares is chosen in advance.
func (s *saying) reach() page.Choices {
	in := page.Choices{Name: "circles", Label: s.v.T("thanks.reach"), Hint: s.v.T("thanks.reach.hint"), Chosen: []string{""}}
	if len(s.shared) > 1 {
		in.Many = true
	} else {
		in.Options = append(in.Options, page.Option{Words: s.v.T("thanks.reach.two")})
	}
	for _, at := range s.shared {
		in.Options = append(in.Options, page.Option{Value: at.Slug, Words: s.v.T("thanks.reach.circle", "Circle", at.Name)})
	}
	return in
}

// name is how the page calls somebody.
func (s *shown) name(p id.Person) string { return s.v.NameOf(s.cards[p]) }

// said are the names in the sentence of what was just done.
func (s *shown) said() []any {
	return []any{"Awaited", s.awaited(), "Name", s.name(s.other(s.v.Person))}
}

// title says who thanks whom.
func (s *shown) title() string {
	switch s.v.Person {
	case s.t.Giver:
		return s.v.T("thanks.title.you", "Name", s.name(s.t.Thanker))
	case s.t.Thanker:
		return s.v.T("thanks.title.by_you", "Name", s.name(s.t.Giver))
	}
	return s.v.T("thanks.title", "Thanker", s.name(s.t.Thanker), "Giver", s.name(s.t.Giver))
}

// awaited says who is awaited, or "".
func (s *shown) awaited() string {
	switch all := s.t.Awaited(); {
	case len(all) == 0:
		return ""
	case all[0].Person == s.v.Person:
		return s.v.T("awaited." + all[0].Move + ".you")
	default:
		return s.v.T("awaited."+all[0].Move, "Name", s.name(all[0].Person))
	}
}

// readers says who can read it.
func (s *shown) readers() string {
	v, t := s.v, s.t
	if t.Hidden {
		if v.Person == t.Giver {
			return v.T("thanks.readers.hidden.by_you")
		}
		return v.T("thanks.readers.two")
	}
	var names []string
	for _, at := range s.standing.Circles {
		if slices.Contains(t.Circles, at.Circle) {
			names = append(names, at.Name)
		}
	}
	switch {
	case len(names) == 0:
		return v.T("thanks.readers.two")
	case t.State == exchange.Noted:
		return v.T("thanks.readers.later", "Circles", v.List(names))
	}
	return v.T("thanks.readers", "Circles", v.List(names))
}

// quote is the thanks as the page's part wants them.
func (s *shown) quote() page.Thanks {
	return page.Thanks{Words: s.t.Words, From: s.cards[s.t.Thanker], For: s.v.T("thanks.for", "Name", s.name(s.t.Giver)), At: s.t.At}
}

// circlesOf are the circles of slugs; one that isn't the reader's doesn't exist
// for them.
func circlesOf(s circle.Standing, slugs []string) ([]id.Circle, error) {
	var out []id.Circle
	for _, slug := range slugs {
		at, ok := s.BySlug(slug)
		if !ok {
			return nil, refusal.New(refusal.Invalid, "ask.not_your_circle").On("circles")
		}
		out = append(out, at.Circle)
	}
	return out, nil
}

// inBoth are the reader's circles among those.
func inBoth(s circle.Standing, circles []id.Circle) []circle.Place {
	var out []circle.Place
	for _, at := range s.Circles {
		if slices.Contains(circles, at.Circle) {
			out = append(out, at)
		}
	}
	return out
}

// speaking gives the view that says tu where all do of those circles that the
// reader is in.
func speaking(v *page.View, s circle.Standing, circles []id.Circle) *page.View {
	ours := inBoth(s, circles)
	return v.Speaking(len(ours) > 0 && !slices.ContainsFunc(ours, func(p circle.Place) bool { return p.Form != circle.Tu }))
}

// byName puts people in the order of their names.
func byName(cards map[id.Person]person.Card) []person.Card {
	out := make([]person.Card, 0, len(cards))
	for _, c := range cards {
		if c.State == person.Active {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b person.Card) int {
		return cmp.Or(strings.Compare(search.Fold(a.Name), search.Fold(b.Name)), strings.Compare(string(a.Public), string(b.Public)))
	})
	return out
}
