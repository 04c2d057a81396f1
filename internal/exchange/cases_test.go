package exchange_test

import (
	"slices"
	"strings"
	"testing"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/refusal"
	"cordee/internal/search"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
	"cordee/internal/thread/threadtest"
)

// four is a house with a circle of four, on each database.
func four(t *testing.T, f func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, cid, dan id.Person)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := exchangetest.Open(t, db)
		p := exchangetest.People(t, h, "Ana", "Bea", "Cid", "Dan")
		c := exchangetest.Circle(t, h, "Cordée", p[0], p[1:]...)
		f(t, h, c, p[0], p[1], p[2], p[3])
		exchangetest.Check(t, h)
	})
}

func TestTeachingSeveral(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, cid, dan id.Person) {
		a := exchangetest.Offered(t, h, ana, c, "Je montre comment tenir ses comptes, une heure.")
		if a.Kind != exchange.Learning || a.First || a.Until.Sub(a.At) != exchange.OfferLife {
			t.Errorf("%+v", a)
		}
		x := exchangetest.Proposed(t, h, ana, a.ID, bea, cid, dan)
		exchangetest.Moved(t, h, bea, x.ID, exchange.Agree)
		exchangetest.Moved(t, h, dan, x.ID, exchange.Decline)
		x = exchangetest.Moved(t, h, cid, x.ID, exchange.MarkDone) // agrees and confirms
		if got := x.Confirmed(); !slices.Equal(got, []id.Person{cid}) || x.State() != exchange.Agreed {
			t.Errorf("%s, confirmed %v", x.State(), got)
		}
		if _, err := h.Threads.ByPublic(t.Context(), h.DB.Read, exchangetest.Viewer(t, h, dan), public(t, h, x.Thread)); err == nil {
			t.Error("who declined still reads the thread of several")
		}
		exchangetest.Moved(t, h, ana, x.ID, exchange.MarkDone)
		exchangetest.Moved(t, h, bea, x.ID, exchange.NotYet)
		exchangetest.Moved(t, h, ana, x.ID, exchange.MarkDone)
		x = exchangetest.Moved(t, h, bea, x.ID, exchange.Confirm)
		if x.State() != exchange.Confirmed || len(x.Confirmed()) != 2 {
			t.Errorf("%s, confirmed %v", x.State(), x.Confirmed())
		}
		// Others hear of those who took part, and nothing of a no.
		seen := x.SeenBy(journal.Viewer{Person: id.Person{9}, Circles: []id.Circle{c}})
		if _, ok := seen.Of(dan); ok || len(seen.Receivers) != 2 || !seen.Thread.IsZero() {
			t.Errorf("%+v", seen)
		}
	})
}

func public(t *testing.T, h *exchangetest.House, which thread.ID) id.Public {
	t.Helper()
	th, err := h.Threads.Get(t.Context(), h.DB.Read, which)
	must(t, err)
	return th.Public
}

func TestCompany(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, cid, _ id.Person) {
		a := exchangetest.Asked(t, h, ana, c, "Un café jeudi ?")
		if a.Kind != exchange.Company {
			t.Fatal(a.Kind)
		}
		x := exchangetest.Proposed(t, h, bea, a.ID)
		exchangetest.Moved(t, h, ana, x.ID, exchange.Agree)
		x = exchangetest.Moved(t, h, bea, x.ID, exchange.MarkDone)
		refused(t, h.Exchanges.Move(t.Context(), as(bea), key(), exchange.Moving{Exchange: x.ID, Move: exchange.Confirm}), "exchange.not_yours")
		must(t, h.Exchanges.Move(t.Context(), as(ana), key(), exchange.Moving{Exchange: x.ID, Move: exchange.Confirm, Thanks: "C’était bien."}))
		thanks, _, err := h.Exchanges.ThanksList(t.Context(), h.DB.Read, exchangetest.Viewer(t, h, bea), exchange.ThanksFilter{Giver: bea}, "")
		must(t, err)
		if len(thanks) != 1 || thanks[0].Thanker != ana || thanks[0].Shared() {
			t.Errorf("%+v", thanks)
		}
		// Either may mark it done.
		y := exchangetest.Proposed(t, h, cid, a.ID)
		exchangetest.Moved(t, h, ana, y.ID, exchange.Agree)
		exchangetest.Moved(t, h, ana, y.ID, exchange.MarkDone)
		if y = exchangetest.Moved(t, h, cid, y.ID, exchange.DidNotHappen); y.State() != exchange.CalledOff {
			t.Error(y.State())
		}
	})
}

func TestThanksForAMessage(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, cid, dan id.Person) {
		a := exchangetest.Asked(t, h, ana, c, "Quelqu’un sait pourquoi mon imprimante refuse le recto verso ?")
		m := exchangetest.Replied(t, h, bea, a.Thread, "Regarde le pilote.")
		own := exchangetest.Replied(t, h, ana, a.Thread, "Je regarde.")
		thank := func(by id.Person, m thread.MessageID) (exchange.Made[exchange.Exchange], error) {
			return h.Exchanges.ThankMessage(t.Context(), as(by), key(), exchange.ThankingMessage{Message: m, Words: "Parfait.", Circles: []id.Circle{c}})
		}
		_, err := thank(cid, m)
		refused(t, err, "ask.not_yours")
		_, err = thank(ana, own)
		refused(t, err, "thanks.nothing")
		made, err := thank(ana, m)
		must(t, err)
		x := exchangetest.Exchange(t, h, made.ID)
		if x.State() != exchange.Confirmed || x.Giver != bea || x.Origin != exchange.FromMessage || x.Kind != a.Kind {
			t.Errorf("%+v", x)
		}
		_, err = thank(ana, m)
		refused(t, err, "thanks.already")

		// Who had proposed to help is confirmed, not thanked beside it.
		y := exchangetest.Proposed(t, h, cid, a.ID)
		made, err = thank(ana, exchangetest.Replied(t, h, cid, a.Thread, "Le voici."))
		must(t, err)
		if made.ID != y.ID || exchangetest.Exchange(t, h, y.ID).State() != exchange.Confirmed {
			t.Error("another exchange came of it")
		}
		page, err := h.Exchanges.AskPage(t.Context(), h.DB.Read, exchangetest.Viewer(t, h, dan), a.Public)
		must(t, err)
		if len(page.Exchanges) != 2 || page.Thanked[m].ID != x.ID || len(page.Thanks) != 2 || !page.MayAnswer || len(page.Moves) != 0 {
			t.Errorf("%+v", page)
		}
		hits, _, err := search.Query(t.Context(), h.DB, exchangetest.Viewer(t, h, dan), "parfait", "")
		must(t, err)
		if len(hits) != 2 {
			t.Errorf("%d thanks found", len(hits))
		}
	})
}

func TestThanksElsewhere(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, cid, _ id.Person) {
		stranger := exchangetest.People(t, h, "Zoé")[0]
		note := func(giver id.Person) (exchange.Made[exchange.Thanks], error) {
			return h.Exchanges.ThankElsewhere(t.Context(), as(ana), key(), exchange.ThankingElsewhere{Giver: giver, Kind: exchange.Help, Words: "Merci pour lundi, au téléphone.", Circles: []id.Circle{c}})
		}
		_, err := note(stranger)
		refused(t, err, "exchange.not_acquainted")
		_, err = note(ana)
		refused(t, err, "exchange.to_yourself")
		made, err := note(bea)
		must(t, err)
		if got := exchangetest.Awaiting(t, h, bea); !slices.Equal(got, []string{"thanks.with_pleasure"}) {
			t.Error(got)
		}
		seen := func(p id.Person) bool {
			_, err := h.Exchanges.Thanks(t.Context(), h.DB.Read, exchangetest.Viewer(t, h, p), made.Public)
			return err == nil
		}
		if !seen(ana) || !seen(bea) || seen(cid) {
			t.Error("noted thanks are for the two alone")
		}
		move := func(by id.Person, m exchange.ThanksMove) error {
			return h.Exchanges.MoveThanks(t.Context(), as(by), key(), made.ID, m)
		}
		refused(t, move(ana, exchange.WithPleasure), "thanks.not_yours")
		refused(t, move(cid, exchange.WithPleasure), "not_found")
		must(t, move(bea, exchange.WithPleasure))
		refused(t, move(bea, exchange.WithPleasure), "thanks.already_welcomed")
		th := exchangetest.Thanks(t, h, made.ID)
		x := exchangetest.Exchange(t, h, th.Exchange)
		if !seen(cid) || x.State() != exchange.Confirmed || x.Origin != exchange.Elsewhere || !slices.Equal(x.Confirmed(), []id.Person{ana}) {
			t.Errorf("%+v", x)
		}
		must(t, move(bea, exchange.Hide))
		if seen(cid) || !seen(ana) {
			t.Error("hidden thanks are for the two alone")
		}
		refused(t, move(bea, exchange.Hide), "thanks.is_hidden")
		must(t, move(bea, exchange.Show))

		th = exchangetest.Thanks(t, h, made.ID)
		h.Clock.Advance(day)
		err = h.Exchanges.RewordThanks(t.Context(), as(ana), key(), exchange.Rewording{Thanks: th.ID, Version: th.Version - 1, Words: "Autre chose."})
		refused(t, err, "thanks.changed")
		must(t, h.Exchanges.RewordThanks(t.Context(), as(ana), key(), exchange.Rewording{Thanks: th.ID, Version: th.Version, Words: "Merci pour mardi."}))
		if th = exchangetest.Thanks(t, h, made.ID); th.Words != "Merci pour mardi." || th.EditedAt.IsZero() {
			t.Errorf("%+v", th)
		}
	})
}

func TestSettle(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, cid, dan id.Person) {
		a := exchangetest.Asked(t, h, ana, c, "Relire ma proposition avant vendredi ?")
		agreed := exchangetest.Proposed(t, h, bea, a.ID)
		exchangetest.Moved(t, h, ana, agreed.ID, exchange.Agree)
		eve := exchangetest.People(t, h, "Eve")[0]
		_ = exchangetest.Circle(t, h, "Autre", ana, eve)
		exchangetest.Replied(t, h, cid, a.Thread, "La page deux est confuse.")
		err := h.Exchanges.Settle(t.Context(), as(ana), key(), exchange.Settling{Ask: a.ID, Outcome: "Envoyée.", Helped: []exchange.Helper{
			{Person: bea, Words: "Merci Bea.", Circles: []id.Circle{c}}, {Person: cid, Words: "Merci Cid."}, {Person: dan, Words: "Merci pour l’appel."}, {Person: bea},
		}})
		must(t, err)
		if got := exchangetest.Ask(t, h, a.ID); got.State != exchange.AskSettled || got.Outcome != "Envoyée." {
			t.Errorf("%+v", got)
		}
		all, _, err := h.Exchanges.Exchanges(t.Context(), h.DB.Read, exchangetest.Viewer(t, h, ana), exchange.ExchangeFilter{Person: ana}, "")
		must(t, err)
		if len(all) != 2 || exchangetest.Exchange(t, h, agreed.ID).State() != exchange.Confirmed {
			t.Errorf("confirmed: %+v", all)
		}
		if got := exchangetest.Awaiting(t, h, dan); !slices.Equal(got, []string{"thanks.with_pleasure"}) {
			t.Errorf("who helped elsewhere is awaited for %v", got)
		}
		refused(t, h.Exchanges.Settle(t.Context(), as(ana), key(), exchange.Settling{Ask: a.ID}), "ask.is_settled")
		_, err = h.Exchanges.Propose(t.Context(), as(dan), key(), exchange.Proposing{Ask: a.ID})
		refused(t, err, "ask.is_settled")

		// What was only proposed lapses with its ask; a no to all when one helper is wrong.
		b := exchangetest.Asked(t, h, ana, c, "Autre chose.")
		open := exchangetest.Proposed(t, h, bea, b.ID)
		before := threadtest.Seq(t, h.House.House)
		err = h.Exchanges.Settle(t.Context(), as(ana), key(), exchange.Settling{Ask: b.ID, Helped: []exchange.Helper{{Person: cid}, {Person: ana}}})
		refused(t, err, "thanks.nothing")
		if got := threadtest.Seq(t, h.House.House); got != before {
			t.Error("half a settling was kept")
		}
		must(t, h.Exchanges.WithdrawAsk(t.Context(), as(ana), key(), b.ID))
		if got := exchangetest.Exchange(t, h, open.ID); got.State() != exchange.Lapsed {
			t.Error(got.State())
		}
		refused(t, h.Exchanges.Move(t.Context(), as(ana), key(), exchange.Moving{Exchange: open.ID, Move: exchange.Agree}), "exchange.has_lapsed")
		o := exchangetest.Offered(t, h, bea, c, "Une heure de relecture.")
		refused(t, h.Exchanges.Settle(t.Context(), as(bea), key(), exchange.Settling{Ask: o.ID, Helped: []exchange.Helper{{Person: ana}}}), "ask.nobody_helped")
	})
}

func TestPosting(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, cid, _ id.Person) {
		other := exchangetest.Circle(t, h, "Autre", bea)
		stranger := exchangetest.People(t, h, "Zoé")[0]
		for code, in := range map[string]exchange.Posting{
			"ask.no_words":            {Want: exchange.ForAsk, Words: " \n", Circles: []id.Circle{c}},
			"ask.no_circle":           {Want: exchange.ForAsk, Words: "x"},
			"ask.circle_or_person":    {Want: exchange.ForAsk, Words: "x", Circles: []id.Circle{c}, To: bea},
			"ask.not_your_circle":     {Want: exchange.ForAsk, Words: "x", Circles: []id.Circle{c, other}},
			"exchange.not_acquainted": {Want: exchange.ForAsk, Words: "x", To: stranger},
			"exchange.to_yourself":    {Want: exchange.ForAsk, Words: "x", To: ana},
			"ask.choice":              {Want: "wish", Words: "x", Circles: []id.Circle{c}},
			"exchange.too_long":       {Want: exchange.ForAsk, Words: "x", Circles: []id.Circle{c}, ForWhom: strings.Repeat("é", 81)},
			"ask.day":                 {Want: exchange.ForAsk, Words: "x", Circles: []id.Circle{c}, Facts: &exchange.Facts{By: "31/12"}},
			"ask.too_many_tags":       {Want: exchange.ForAsk, Words: "x", Circles: []id.Circle{c}, Facts: &exchange.Facts{Tags: strings.Split("a b c d e f g h i", " ")}},
			"thread: words too long":  {Want: exchange.ForAsk, Words: strings.Repeat("x", 20_001), Circles: []id.Circle{c}},
		} {
			before := threadtest.Seq(t, h.House.House)
			_, err := h.Exchanges.Post(t.Context(), as(ana), key(), in)
			if r, ok := refusal.As(err); !ok || r.Code != code && !strings.Contains(code, " ") || r.Field == "" {
				t.Errorf("%v, want %s on a field", err, code)
			}
			if threadtest.Seq(t, h.House.House) != before {
				t.Errorf("%s: something was kept", code)
			}
		}
		_, err := h.Exchanges.Post(t.Context(), persontest.Outside(), key(), exchange.Posting{})
		refused(t, err, "sign_in")

		// To one person: they alone see it and are awaited, until they answer.
		a := exchangetest.Posted(t, h, ana, exchange.Posting{Want: exchange.ForAsk, Words: "Tu relirais ma page ?", To: bea, ForWhom: "une amie"})
		if !a.Sees(exchangetest.Viewer(t, h, bea)) || a.Sees(exchangetest.Viewer(t, h, cid)) || a.ForWhom != "une amie" {
			t.Errorf("%+v", a)
		}
		if got := exchangetest.Awaiting(t, h, bea); !slices.Equal(got, []string{"ask.answer"}) {
			t.Error(got)
		}
		_, err = h.Exchanges.Propose(t.Context(), as(cid), key(), exchange.Proposing{Ask: a.ID})
		refused(t, err, "not_found")
		_, err = h.Exchanges.Answer(t.Context(), as(bea), key(), exchange.Answering{Ask: a.ID, Words: "Demande à Cid.", Knows: true})
		must(t, err)
		if got := exchangetest.Awaiting(t, h, bea); len(got) != 0 {
			t.Error(got)
		}
		// One thing at a time between two people on an ask.
		exchangetest.Proposed(t, h, bea, a.ID)
		_, err = h.Exchanges.Propose(t.Context(), as(bea), key(), exchange.Proposing{Ask: a.ID})
		refused(t, err, "exchange.under_way")
		_, err = h.Exchanges.Propose(t.Context(), as(ana), key(), exchange.Proposing{Ask: a.ID, To: []id.Person{bea}})
		refused(t, err, "exchange.under_way")
		_, err = h.Exchanges.Propose(t.Context(), as(ana), key(), exchange.Proposing{Ask: a.ID, To: []id.Person{cid}})
		refused(t, err, "exchange.does_not_see")
	})
}

func TestEditing(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, c id.Circle, ana, bea, _, _ id.Person) {
		a := exchangetest.Posted(t, h, ana, exchange.Posting{Want: exchange.ForAsk, Words: "Le certificat #hébergement", Circles: []id.Circle{c}})
		edit := func(by id.Person, version int64, title string) error {
			f := a.Facts
			f.Title, f.Kind, f.Tags = title, exchange.Learning, []string{"#Hebergement", "hébergement", "tls"}
			return h.Exchanges.EditAsk(t.Context(), as(by), key(), exchange.EditingAsk{Ask: a.ID, Version: version, Facts: f})
		}
		refused(t, edit(bea, a.Version, "x"), "ask.not_yours")
		refused(t, edit(ana, a.Version, ""), "ask.no_title")
		must(t, edit(ana, a.Version, "Mon certificat"))
		got := exchangetest.Ask(t, h, a.ID)
		if got.Title != "Mon certificat" || !got.EditedAt.IsZero() || !slices.Equal(got.Tags, []string{"Hebergement", "tls"}) {
			t.Errorf("%+v", got)
		}
		err := edit(ana, a.Version, "Un autre")
		refused(t, err, "ask.changed")
		if r, _ := refusal.As(err); r.Args["Title"] != "Mon certificat" {
			t.Errorf("the refusal doesn't show both: %v", r.Args)
		}
		h.Clock.Advance(day)
		x := exchangetest.Proposed(t, h, bea, a.ID)
		must(t, h.Exchanges.WithdrawAsk(t.Context(), as(ana), key(), a.ID))
		must(t, edit(ana, got.Version+1, "Domaines"))
		if x = exchangetest.Exchange(t, h, x.ID); x.Title != "Domaines" {
			t.Errorf("the old title is still on the exchange: %q", x.Title)
		}
		if got = exchangetest.Ask(t, h, a.ID); got.EditedAt.IsZero() {
			t.Error("an edit after a day isn't marked")
		}
		th, err := h.Threads.Get(t.Context(), h.DB.Read, a.Thread)
		must(t, err)
		if th.Title != "Domaines" {
			t.Error(th.Title)
		}
		// Tags in use are recognised in later words.
		f, err := h.Exchanges.Guess(t.Context(), h.DB.Read, exchangetest.Viewer(t, h, bea), "Une question d’hébergement", []id.Circle{c})
		must(t, err)
		if !slices.Equal(f.Tags, []string{"Hebergement"}) {
			t.Error(f.Tags)
		}
	})
}

func TestRatherNot(t *testing.T) {
	t.Parallel()
	four(t, func(t *testing.T, h *exchangetest.House, _ id.Circle, ana, bea, _, _ id.Person) {
		for range 2 { // once is enough
			must(t, h.Exchanges.RatherNot(t.Context(), as(ana), key(), bea, true))
		}
		got, err := h.Exchanges.RatherNots(t.Context(), h.DB.Read, ana)
		must(t, err)
		theirs, err := h.Exchanges.RatherNots(t.Context(), h.DB.Read, bea)
		must(t, err)
		if !slices.Equal(got, []id.Person{bea}) || len(theirs) != 0 {
			t.Errorf("%v, and for the other %v", got, theirs)
		}
		acts, err := h.Journal.Since(t.Context(), 0, 1000)
		must(t, err)
		for _, a := range acts {
			if strings.HasPrefix(a.Kind, "rather_not") && (strings.Contains(string(a.Facts), bea.String()) || !a.Circle.IsZero()) {
				t.Errorf("the act tells whom: %s", a.Facts)
			}
		}
		must(t, h.Exchanges.RatherNot(t.Context(), as(ana), key(), bea, false))
		if got, err = h.Exchanges.RatherNots(t.Context(), h.DB.Read, ana); err != nil || len(got) != 0 {
			t.Error(got, err)
		}
		refused(t, h.Exchanges.RatherNot(t.Context(), as(ana), key(), ana, true), "exchange.to_yourself")
	})
}
