package asks

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/search"
	"cordee/internal/web/page"
)

// settling is the page on which its author says how an ask ended, and who helped.
type settling struct {
	*shown
	wrote  []person.Card // those who wrote or proposed and haven't been thanked
	others []person.Card // anybody else who sees the ask
}

func (h *Handlers) settling(ctx context.Context, v *page.View, public string) (*settling, error) {
	s, err := h.load(ctx, v, public)
	if err != nil {
		return nil, err
	}
	if !s.mine() {
		return nil, refusal.ErrNotFound()
	}
	if !s.may(exchange.AskSettle) {
		return &settling{shown: s}, refusal.New(refusal.Conflict, "ask.is_"+string(s.ask.State), "Name", s.name(s.ask.Author), "At", s.ask.EndedAt)
	}
	all := &settling{shown: s}
	if s.ask.Want == exchange.ForOffer {
		return all, nil
	}
	return all, h.helpers(ctx, all)
}

// helpers finds who may have helped, without those thanked already.
func (h *Handlers) helpers(ctx context.Context, s *settling) error {
	took, err := h.Threads.Participants(ctx, h.DB.Read, s.ask.Thread)
	if err != nil {
		return err
	}
	thanked := []id.Person{s.v.Person}
	for _, x := range s.ask.Exchanges {
		took = append(took, x.People()...)
		if len(x.Confirmed()) > 0 {
			thanked = append(thanked, x.People()...)
		}
	}
	without := func(p id.Person) bool { return slices.Contains(thanked, p) }
	cards, err := h.People.Cards(ctx, h.DB.Read, slices.DeleteFunc(took, without))
	if err != nil {
		return err
	}
	s.wrote = byName(cards)
	s.others = slices.DeleteFunc(slices.Clone(s.shown.others), func(c person.Card) bool {
		return without(c.ID) || slices.ContainsFunc(s.wrote, func(w person.Card) bool { return w.ID == c.ID })
	})
	return nil
}

func (h *Handlers) settleForm(w http.ResponseWriter, r *http.Request, v *page.View) error {
	s, err := h.settling(r.Context(), v, r.PathValue("ask"))
	if no, ok := refusal.As(err); ok && no.Kind == refusal.Conflict {
		return page.Done(w, r, v, "/asks/"+r.PathValue("ask"), "")
	}
	if err != nil {
		return err
	}
	return page.Render(w, r, s.v, settlePage(s))
}

func (h *Handlers) settle(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Outcome string `form:"outcome"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	s, err := h.settling(r.Context(), v, r.PathValue("ask"))
	if no, ok := refusal.As(err); ok && no.Kind == refusal.Conflict {
		return h.refused(w, r, s.v, r.PathValue("ask"), err)
	}
	if err != nil {
		return err
	}
	helped, err := s.helped(r)
	if err == nil {
		err = h.Exchanges.Settle(r.Context(), v.By(), page.Key(r), exchange.Settling{Ask: s.ask.ID, Outcome: in.Outcome, Helped: helped})
	}
	if err != nil {
		return page.Refuse(w, r, s.v, onLongest(err, helped, s), func(v *page.View) (templ.Component, error) {
			s, err := h.settling(r.Context(), v, r.PathValue("ask"))
			if err != nil {
				return nil, err
			}
			return settlePage(s), nil
		})
	}
	return page.Done(w, r, v, s.path(), string(s.ask.Want)+".settled")
}

// helped reads who helped out of the form: a box, words and readers for each who
// wrote, and one more chosen from a list.
func (s *settling) helped(r *http.Request) ([]exchange.Helper, error) {
	var all []exchange.Helper
	for _, c := range s.wrote {
		if r.PostForm.Get("helped-"+string(c.Public)) != "" {
			all = append(all, exchange.Helper{Person: c.ID, Words: r.PostForm.Get("thanks-" + string(c.Public))})
		}
	}
	for _, c := range chosen(s.others, r.PostForm["other"]) {
		all = append(all, exchange.Helper{Person: c, Words: r.PostForm.Get("thanks-other")})
	}
	for i, helper := range all {
		name := "circles-other"
		if c, ok := s.whoWrote(helper.Person); ok {
			name = "circles-" + string(c.Public)
		}
		circles, err := circlesOf(s.standing, slices.DeleteFunc(slices.Clone(r.PostForm[name]), func(v string) bool { return v == "" }))
		if err != nil {
			return nil, err
		}
		all[i].Circles = circles
	}
	return all, nil
}

func (s *settling) whoWrote(p id.Person) (person.Card, bool) {
	i := slices.IndexFunc(s.wrote, func(c person.Card) bool { return c.ID == p })
	if i < 0 {
		return person.Card{}, false
	}
	return s.wrote[i], true
}

// onLongest says beside which of the fields words of thanks are too long.
func onLongest(err error, helped []exchange.Helper, s *settling) error {
	no, ok := refusal.As(err)
	if !ok || no.Field != "thanks" || len(helped) == 0 {
		return err
	}
	longest := slices.MaxFunc(helped, func(a, b exchange.Helper) int {
		return cmp.Compare(utf8.RuneCountInString(a.Words), utf8.RuneCountInString(b.Words))
	})
	if c, ok := s.whoWrote(longest.Person); ok {
		return no.On("thanks-" + string(c.Public))
	}
	return no.On("thanks-other")
}

// byName puts people in the order of their names.
func byName(cards map[id.Person]person.Card) []person.Card {
	out := make([]person.Card, 0, len(cards))
	for _, c := range cards {
		if c.State == person.Active && !slices.ContainsFunc(out, func(o person.Card) bool { return o.ID == c.ID }) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b person.Card) int {
		return cmp.Or(strings.Compare(search.Fold(a.Name), search.Fold(b.Name)), strings.Compare(string(a.Public), string(b.Public)))
	})
	return out
}
