package exchanges_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/web/exchanges/housetest"
)

func path(x exchange.Exchange) string { return "/exchanges/" + string(x.Public) }

// shown are the moves whose buttons a page shows.
func shown(p *housetest.Page, at string) []exchange.Move {
	var all []exchange.Move
	for _, m := range []exchange.Move{exchange.Confirm, exchange.MarkDone} {
		if p.Offers(at + "/" + string(m)) {
			all = append(all, m)
		}
	}
	for _, m := range p.Buttons(at+"/move", "move") {
		all = append(all, exchange.Move(m))
	}
	slices.Sort(all)
	return all
}

// TestButtonsAreTheMoves walks an exchange of each sort through its states: every
// page of every person shows the moves of the table and no other.
func TestButtonsAreTheMoves(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Inès", "Nicolas")
		aurore, malik := people[0], people[1]
		c := exchangetest.Circle(t, d.House, "Atelier Ouest", aurore, people[1:]...)
		check := func(t *testing.T, x exchange.Exchange) {
			t.Helper()
			for _, who := range people {
				p := d.As(who).Get(t, path(x))
				if !x.Sees(exchangetest.Viewer(t, d.House, who)) {
					p.Is(t, http.StatusNotFound)
					continue
				}
				p.Is(t, http.StatusOK)
				want := x.Moves(who)
				slices.Sort(want)
				if got := shown(p, path(x)); !slices.Equal(got, want) {
					t.Errorf("%s, %s: buttons %v, moves %v", x.State(), who, got, want)
				}
			}
		}
		ways := map[string][]struct {
			by   int
			move exchange.Move
		}{
			"help, confirmed":    {{0, exchange.Agree}, {1, exchange.MarkDone}, {0, exchange.NotYet}, {1, exchange.MarkDone}, {0, exchange.Confirm}},
			"help, at once":      {{0, exchange.MarkDone}},
			"help, declined":     {{0, exchange.Decline}},
			"help, withdrawn":    {{1, exchange.Withdraw}},
			"help, not so":       {{0, exchange.Agree}, {1, exchange.MarkDone}, {0, exchange.DidNotHappen}},
			"help, called off":   {{0, exchange.Agree}, {1, exchange.CallOff}},
			"company, confirmed": {{0, exchange.Agree}, {0, exchange.MarkDone}, {1, exchange.Confirm}},
		}
		for name, way := range ways {
			words := "Quelqu’un peut relire ma page ?"
			if strings.HasPrefix(name, "company") {
				words = "Qui prend un café jeudi ?"
			}
			x := exchangetest.Proposed(t, d.House, malik, exchangetest.Asked(t, d.House, aurore, c, words).ID)
			t.Run(name, func(t *testing.T) {
				check(t, x)
				for _, step := range way {
					x = exchangetest.Moved(t, d.House, people[step.by], x.ID, step.move)
					check(t, x)
				}
			})
		}
		lesson := exchangetest.Offered(t, d.House, aurore, c, "Je peux apprendre à tricoter à quelques personnes.")
		x := exchangetest.Proposed(t, d.House, aurore, lesson.ID, people[1:]...)
		check(t, x)
		x = exchangetest.Moved(t, d.House, malik, x.ID, exchange.Agree)
		check(t, x)
		x = exchangetest.Moved(t, d.House, people[2], x.ID, exchange.Decline)
		check(t, x)
		x = exchangetest.Moved(t, d.House, aurore, x.ID, exchange.MarkDone)
		check(t, x)
		d.As(aurore).Get(t, path(x)).Must(t, "section li", "Nicolas")
	})
}

// TestAWholeExchange is pressed through by its two people.
func TestAWholeExchange(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik")
		aurore, malik := people[0], people[1]
		c := exchangetest.Circle(t, d.House, "Atelier Ouest", aurore, malik)
		a := exchangetest.Asked(t, d.House, aurore, c, "Mon certificat expire vendredi. Quelqu’un peut regarder ?")
		x := exchangetest.Proposed(t, d.House, malik, a.ID)
		at := path(x)

		p := d.As(malik).Get(t, at)
		p.Must(t, "h1", "Un coup de main entre Aurore et toi")
		p.Must(t, ".sheet p", "On attend le mot d’Aurore.")
		p = d.As(aurore).Get(t, at)
		p.Must(t, "h2", "On attend ton mot")
		p.Must(t, ".say", "Volontiers.")
		p = p.Send(t, at+"/move", "move", "agree", "words", "Jeudi à 18 h ?").Is(t, http.StatusOK)
		p.Must(t, "#said", "Ton oui est dit. C’est convenu. Malik dira quand ce sera fait.")
		p.Must(t, "h1", "Malik te donne un coup de main")
		p.Must(t, ".say", "Jeudi à 18 h ?")
		p.Must(t, ".knots [aria-current]", "d’accord")

		p = d.As(malik).Get(t, at).Send(t, at, "words", "Entendu.").Is(t, http.StatusOK)
		p.Must(t, ".say", "Entendu.")
		p = p.Send(t, at+"/move", "move", "mark_done").Is(t, http.StatusOK)
		p.Must(t, "#said", "On attend le mot d’Aurore.")
		p.Must(t, ".knots", "dis-tu")
		p = d.As(aurore).Get(t, at)
		p.Must(t, ".sheet p", "Malik a noté que c’est fait.")
		p.Must(t, ".knots [aria-current]", "dit Malik")
		p = p.Send(t, at+"/confirm", "thanks", "Une heure, et tout tient.", "circles", "atelier-ouest").Is(t, http.StatusOK)
		p.Must(t, "#said", "C’est fait, et confirmé.")
		p.Must(t, ".thanks", "Une heure, et tout tient.")
		if after := exchangetest.Exchange(t, d.House, x.ID); after.State() != exchange.Confirmed {
			t.Error(after.State())
		}
		p = d.As(malik).Get(t, "/exchanges")
		p.Must(t, ".entry h3 a", "Tu as donné un coup de main à Aurore")
		exchangetest.Check(t, d.House)
	})
}

// TestNothingSharedInAdvance: thanks stay between the two unless somebody chooses.
func TestNothingSharedInAdvance(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Inès")
		c := exchangetest.Circle(t, d.House, "Atelier Ouest", people[0], people[1:]...)
		for i, more := range []string{"", "Autre cercle"} {
			if more != "" {
				exchangetest.Circle(t, d.House, more, people[0], people[1])
			}
			x := exchangetest.Proposed(t, d.House, people[1], exchangetest.Asked(t, d.House, people[0], c, "Qui relit ?").ID)
			exchangetest.Moved(t, d.House, people[0], x.ID, exchange.Agree)
			exchangetest.Moved(t, d.House, people[1], x.ID, exchange.MarkDone)
			p := d.As(people[0]).Get(t, path(x))
			for _, box := range p.All(".choices input[checked]") {
				for _, a := range box.Attr {
					if a.Key == "value" && a.Val != "" {
						t.Errorf("%d: %s is chosen in advance", i, a.Val)
					}
				}
			}
			p.Send(t, path(x)+"/confirm", "thanks", fmt.Sprintf("Merci %d.", i)).Must(t, ".thanks", fmt.Sprintf("Merci %d.", i))
			d.As(people[2]).Get(t, path(x)).Is(t, http.StatusOK).MustNot(t, ".thanks", "Merci")
		}
	})
}

// TestLate: the page that comes back says who did what, and keeps what was typed.
func TestLate(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik")
		aurore, malik := people[0], people[1]
		c := exchangetest.Circle(t, d.House, "Atelier Ouest", aurore, malik)
		x := exchangetest.Proposed(t, d.House, malik, exchangetest.Asked(t, d.House, aurore, c, "Qui relit ?").ID)
		stale := d.As(aurore).Get(t, path(x))
		exchangetest.Moved(t, d.House, malik, x.ID, exchange.Withdraw)
		p := stale.Send(t, path(x)+"/move", "move", "agree", "words", "Volontiers, jeudi ?").Is(t, http.StatusConflict)
		p.Must(t, ".wrongs", "Malik a retiré sa proposition")
		p.Must(t, ".wrongs .typed", "Volontiers, jeudi ?")
		p.Must(t, ".sheet p", "Malik a retiré sa proposition. Plus rien n’est attendu.")
		if n := len(p.All("button[value=agree]")); n > 0 {
			t.Errorf("%d dead buttons", n)
		}
		// The same form sent twice is one move.
		y := exchangetest.Proposed(t, d.House, malik, exchangetest.Asked(t, d.House, aurore, c, "Qui relit encore ?").ID)
		first := d.As(aurore).Get(t, path(y))
		for range 2 {
			first.Send(t, path(y)+"/move", "move", "agree").Is(t, http.StatusOK).Must(t, "#said", "Ton oui est dit.")
		}
		// From Today: the path says which move.
		exchangetest.Moved(t, d.House, malik, y.ID, exchange.MarkDone)
		d.As(aurore).Post(t, path(y)+"/agree").Is(t, http.StatusConflict).Must(t, ".wrongs", "")
		d.As(aurore).Post(t, path(y)+"/confirm").Is(t, http.StatusOK).Must(t, "#said", "C’est fait")
		d.As(aurore).Post(t, path(y)+"/nonsense").Is(t, http.StatusNotFound)
	})
}

// TestTooLong: what was typed stays, with the words beside it.
func TestTooLong(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik")
		x := exchangetest.Proposed(t, d.House, people[1], exchangetest.Asked(t, d.House, people[0], exchangetest.Circle(t, d.House, "Atelier", people[0], people[1]), "Qui relit ?").ID)
		exchangetest.Moved(t, d.House, people[0], x.ID, exchange.Agree)
		exchangetest.Moved(t, d.House, people[1], x.ID, exchange.MarkDone)
		long := strings.Repeat("<b>merci</b> ", 200)
		p := d.As(people[0]).Get(t, path(x)).Send(t, path(x)+"/confirm", "thanks", long, "circles", "atelier").Is(t, http.StatusUnprocessableEntity)
		p.Must(t, ".field .wrong", "signes")
		if got := p.Value(path(x)+"/confirm", "thanks"); got != strings.TrimSpace(long) && got != long {
			t.Errorf("kept %q", got)
		}
		if got := p.Value(path(x)+"/confirm", "circles"); got != "atelier" {
			t.Errorf("chose %q", got)
		}
		p = d.As(people[0]).Get(t, path(x)).Send(t, path(x), "words", "").Is(t, http.StatusUnprocessableEntity)
		p.Must(t, ".field .wrong", "mots")
	})
}

// TestStrangers find nothing; members see the bare fact and no word of it.
func TestStrangers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Inès", "Zoé")
		exchangetest.Circle(t, d.House, "Ailleurs", people[3])
		c := exchangetest.Circle(t, d.House, "Atelier", people[0], people[1], people[2])
		x := exchangetest.Proposed(t, d.House, people[1], exchangetest.Asked(t, d.House, people[0], c, "Qui relit ?").ID)
		exchangetest.Moved(t, d.House, people[0], x.ID, exchange.Agree)
		for _, at := range []string{path(x), "/exchanges/" + string(id.Public("aaaaaaaaaaaaaaaaaaaa")), "/exchanges/x"} {
			d.As(people[3]).Get(t, at).Is(t, http.StatusNotFound)
		}
		d.As(people[3]).Post(t, path(x), "words", "Bonjour").Is(t, http.StatusNotFound)
		d.As(people[3]).Post(t, path(x)+"/call_off").Is(t, http.StatusNotFound)
		d.As(people[2]).Post(t, path(x)+"/call_off").Is(t, http.StatusNotFound)
		d.As(people[2]).Post(t, path(x), "words", "Bonjour").Is(t, http.StatusNotFound)
		p := d.As(people[2]).Get(t, path(x)).Is(t, http.StatusOK)
		p.Must(t, "h1", "Malik donne un coup de main à Aurore")
		p.MustNot(t, "body", "Volontiers.")
		if n := len(p.All("main form")); n > 0 {
			t.Errorf("%d forms", n)
		}
	})
}

// TestRatherNot is noted for oneself alone, and taken back.
func TestRatherNot(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Zoé")
		exchangetest.Circle(t, d.House, "Ailleurs", people[2])
		x := exchangetest.Confirmed(t, d.House, people[1], people[0])
		malik := exchangetest.Person(t, d.House, people[1])
		at := "/people/" + string(malik.Public) + "/rather-not"
		p := d.As(people[0]).Get(t, path(x)).Send(t, at).Is(t, http.StatusOK)
		p.Must(t, "#said", "pour toi seulement")
		p.Must(t, "details", "Tu as noté que tu préfères")
		d.As(people[1]).Get(t, path(x)).MustNot(t, "details", "Tu as noté")
		p = p.Send(t, at).Is(t, http.StatusOK)
		p.Must(t, "#said", "La note est reprise.")
		d.As(people[2]).Post(t, at, "on", "yes").Is(t, http.StatusNotFound)
		if n, err := d.Exchanges.RatherNots(t.Context(), d.DB.Read, people[0]); err != nil || len(n) > 0 {
			t.Error(n, err)
		}
	})
}
