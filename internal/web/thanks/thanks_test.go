package thanks_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/web/exchanges/housetest"
	"cordee/internal/web/thanks"
)

// open serves the pages of this folder.
func open(t *testing.T, db *store.DB) *housetest.Door {
	t.Helper()
	d := housetest.Open(t, db)
	d.Serve(t, (&thanks.Handlers{DB: db, People: d.People, Circles: d.Circles, Exchanges: d.Exchanges}).Routes())
	return d
}

func path(t exchange.Thanks) string { return "/thanks/" + string(t.Public) }

// said gives the one thanks there are.
func said(t *testing.T, d *housetest.Door, who id.Person) exchange.Thanks {
	t.Helper()
	all, _, err := d.Exchanges.ThanksList(t.Context(), d.DB.Read, exchangetest.Viewer(t, d.House, who), exchange.ThanksFilter{Thanker: who}, "")
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	return all[0]
}

// TestElsewhere: said by one, counted by the other's word, hidden and shown.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Inès")
		aurore, malik := people[0], people[1]
		exchangetest.Circle(t, d.House, "Atelier", aurore, people[1:]...)
		at := "/circles/atelier/thank"
		p := d.As(aurore).Get(t, at).Is(t, http.StatusOK)
		p.MustNot(t, "option", "Aurore")
		if got := p.Value(at, "circles"); got != "" {
			t.Errorf("%q is chosen in advance", got)
		}
		p = p.Send(t, at, "thanks", "Au téléphone, dimanche.").Is(t, http.StatusUnprocessableEntity)
		p.Must(t, ".field .wrong", "Dis à qui")
		if got := p.Value(at, "thanks"); got != "Au téléphone, dimanche." {
			t.Errorf("kept %q", got)
		}
		p = p.Send(t, at, "to", string(exchangetest.Person(t, d.House, malik).Public), "circles", "atelier").Is(t, http.StatusOK)
		p.Must(t, "#said", "C’est dit. On attend le mot de Malik.")
		p.Must(t, ".thanks", "Au téléphone, dimanche.")
		p.Must(t, "main p", "À lire dans Atelier, après « avec plaisir ».")
		one := said(t, d, aurore)
		d.As(people[2]).Get(t, path(one)).Is(t, http.StatusNotFound)

		p = d.As(malik).Get(t, path(one)).Is(t, http.StatusOK)
		p.Must(t, "h1", "Aurore te dit merci")
		p = p.Send(t, path(one)+"/with_pleasure").Is(t, http.StatusOK)
		p.Must(t, "#said", "C’est dit, et cela compte.")
		d.As(people[2]).Get(t, path(one)).Is(t, http.StatusOK).Must(t, "h1", "Aurore dit merci à Malik")
		p = p.Send(t, path(one)+"/hide").Is(t, http.StatusOK)
		p.Must(t, "#said", "n’est pas montré")
		d.As(people[2]).Get(t, path(one)).Is(t, http.StatusNotFound)
		p.Send(t, path(one)+"/show").Is(t, http.StatusOK)
		d.As(people[2]).Get(t, path(one)).Is(t, http.StatusOK)
		exchangetest.Check(t, d.House)
	})
}

// TestButtonsAreTheMoves: those of Thanks.Moves and no other.
func TestButtonsAreTheMoves(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	d := open(t, db)
	people := exchangetest.People(t, d.House, "Aurore", "Malik", "Inès")
	exchangetest.Circle(t, d.House, "Atelier", people[0], people[1:]...)
	at := "/people/" + string(exchangetest.Person(t, d.House, people[1]).Public) + "/thank"
	d.As(people[1]).Get(t, at).Is(t, http.StatusNotFound)
	d.As(people[0]).Get(t, at).Send(t, at, "kind", "learning", "circles", "atelier").Is(t, http.StatusOK).Must(t, ".kind", "Apprentissage")
	check := func() {
		t.Helper()
		one := exchangetest.Thanks(t, d.House, said(t, d, people[0]).ID)
		for _, who := range people {
			p := d.As(who).Get(t, path(one))
			if !one.Sees(exchangetest.Viewer(t, d.House, who)) {
				p.Is(t, http.StatusNotFound)
				continue
			}
			for _, m := range []exchange.ThanksMove{exchange.WithPleasure, exchange.Hide, exchange.Show, exchange.Reword} {
				if p.Offers(path(one)+"/"+string(m)) != slices.Contains(one.Moves(who), m) {
					t.Errorf("%s %v: %s", one.State, one.Hidden, m)
				}
			}
		}
	}
	one := said(t, d, people[0])
	check()
	for _, m := range []string{"hide", "show", "with_pleasure", "hide", "show"} {
		d.As(people[1]).Get(t, path(one)).Send(t, path(one)+"/"+m).Is(t, http.StatusOK)
		check()
	}
	d.As(people[1]).Post(t, path(one)+"/with_pleasure").Is(t, http.StatusConflict).Must(t, ".wrongs", "Tu as déjà dit « avec plaisir ».")
	d.As(people[1]).Post(t, path(one)+"/reword", "thanks", "Non.").Is(t, http.StatusForbidden)
	d.As(people[1]).Post(t, path(one)+"/eat").Is(t, http.StatusNotFound)
	d.As(people[2]).Post(t, path(one)+"/hide").Is(t, http.StatusNotFound)
}

// TestReword keeps both when somebody was faster, and what is too long.
func TestReword(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	d := open(t, db)
	people := exchangetest.People(t, d.House, "Aurore", "Malik", "Zoé")
	exchangetest.Circle(t, d.House, "Atelier", people[0], people[1])
	exchangetest.Circle(t, d.House, "Ailleurs", people[2])
	at := "/people/" + string(exchangetest.Person(t, d.House, people[1]).Public) + "/thank"
	d.As(people[0]).Get(t, at).Send(t, at, "thanks", "Merci.").Is(t, http.StatusOK)
	d.As(people[2]).Get(t, at).Is(t, http.StatusNotFound)
	d.As(people[2]).Get(t, "/circles/atelier/thank").Is(t, http.StatusNotFound)
	one := said(t, d, people[0])
	to := path(one) + "/reword"
	stale := d.As(people[0]).Get(t, path(one))
	p := stale.Send(t, to, "thanks", "Merci pour dimanche.").Is(t, http.StatusOK)
	p.Must(t, "#said", "Les mots sont changés.")
	p = stale.Again(t, to, "thanks", "Merci pour samedi.").Is(t, http.StatusConflict)
	p.Must(t, ".wrongs", "Merci pour dimanche.")
	if got := p.Value(to, "thanks"); got != "Merci pour samedi." {
		t.Errorf("kept %q", got)
	}
	p.Send(t, to).Is(t, http.StatusOK).Must(t, ".thanks", "Merci pour samedi.")
	long := strings.Repeat("a", exchange.MaxThanks+1)
	d.As(people[0]).Get(t, path(one)).Send(t, to, "thanks", long).Is(t, http.StatusUnprocessableEntity).Must(t, ".field .wrong", "signes")
}
