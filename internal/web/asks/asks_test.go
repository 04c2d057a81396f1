package asks_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/thread"
	"cordee/internal/web/exchanges/housetest"
)

func path(a exchange.Ask) string { return "/asks/" + string(a.Public) }

// askOf loads the ask on whose page a visitor is.
func askOf(t *testing.T, d *housetest.Door, p *housetest.Page) exchange.Ask {
	t.Helper()
	public, _, _ := strings.Cut(strings.TrimPrefix(p.Path, "/asks/"), "?")
	var which exchange.AskID
	if err := d.DB.Read.NewSelect().TableExpr("exchange_ask").Column("id").Where("public = ?", public).Scan(t.Context(), &which); err != nil {
		t.Fatalf("%s: %v", p.Path, err)
	}
	return exchangetest.Ask(t, d.House, which)
}

// TestWordsAlone: nothing but words has to be given, and one tap corrects.
func TestWordsAlone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik")
		aurore := people[0]
		exchangetest.Circle(t, d.House, "Atelier Ouest", aurore, people[1])
		p := d.As(aurore).Get(t, "/circles/atelier-ouest/ask").Is(t, http.StatusOK)
		p.Must(t, "label", "De quoi as-tu besoin ?")
		p.Must(t, ".hint", "Les deux personnes du cercle Atelier Ouest le liront.")
		p = p.Send(t, "/circles/atelier-ouest/ask", "words", "Mon certificat expire vendredi. Quelqu’un a une heure en visio ?").Is(t, http.StatusOK)
		p.Must(t, "#said", "C’est demandé.")
		p.Must(t, "h1", "Mon certificat expire vendredi")
		p.Must(t, ".kind", "Dépannage")
		p.Must(t, ".lead .row", "une heure environ")
		a := askOf(t, d, p)
		p = p.Send(t, path(a)+"/edit", "kind", "learning", "title", "Un certificat", "tags", "tls, hébergement", "place", "Nantes").Is(t, http.StatusOK)
		p.Must(t, "#said", "C’est corrigé.")
		p.Must(t, "h1", "Un certificat")
		p.Must(t, ".kind", "Apprentissage")
		p.Must(t, ".lead .row", "tls, hébergement")
		p.Must(t, ".lead .row", "une heure environ")
		exchangetest.Check(t, d.House)
	})
}

// TestSaidAtOnce: what is said wins over what is guessed, the rest is guessed.
func TestSaidAtOnce(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik")
		c := exchangetest.Circle(t, d.House, "Atelier", people[0], people[1])
		other := exchangetest.Circle(t, d.House, "Ailleurs", people[0])
		p := d.As(people[0]).Get(t, "/circles/atelier/offer").Send(t, "/circles/atelier/offer", "words", "Je relis vos pages, en visio, une heure.",
			"kind", "business", "for_whom", "une amie", "circles", "ailleurs").Is(t, http.StatusOK)
		a := askOf(t, d, p)
		if a.Kind != exchange.Business || !a.Remote || a.Size != exchange.AnHour || a.ForWhom != "une amie" || a.Want != exchange.ForOffer {
			t.Errorf("%+v", a)
		}
		if !slices.Contains(a.Circles, c) || !slices.Contains(a.Circles, other) {
			t.Errorf("in %v", a.Circles)
		}
		p.Must(t, "aside h2", "Ta proposition")
		q := d.As(people[1]).Get(t, path(a))
		q.Must(t, "section#help h2", "Cela te ferait plaisir ?")
		q.Must(t, "section#help button.yes", "Cela me ferait plaisir")
	})
}

// TestRefusedPosting keeps what was typed, and says it beside the field.
func TestRefusedPosting(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Zoé")
		exchangetest.Circle(t, d.House, "Atelier", people[0], people[1])
		exchangetest.Circle(t, d.House, "Ailleurs", people[2])
		at := "/circles/atelier/ask"
		p := d.As(people[0]).Get(t, at).Send(t, at, "words", " ", "place", "Nantes").Is(t, http.StatusUnprocessableEntity)
		p.Must(t, ".field .wrong", "Il manque les mots.")
		if got := p.Value(at, "place"); got != "Nantes" {
			t.Errorf("kept %q", got)
		}
		long := strings.Repeat("a", thread.MaxTitle+1)
		p = d.As(people[0]).Get(t, at).Send(t, at, "words", "Qui relit <script> ?", "title", long).Is(t, http.StatusUnprocessableEntity)
		if p.Value(at, "words") != "Qui relit <script> ?" || p.Value(at, "title") != long || len(p.All("details[open]")) == 0 {
			t.Errorf("kept %q and %q, folds open: %d", p.Value(at, "words"), p.Value(at, "title"), len(p.All("details[open]")))
		}
		p = d.As(people[0]).Get(t, at).Send(t, at, "words", "Qui relit ?", "circles", "ailleurs").Is(t, http.StatusUnprocessableEntity)
		p.Must(t, ".wrongs", "Tu n’es pas dans ce cercle.")
		for _, where := range []string{at, "/circles/atelier/offer"} {
			d.As(people[2]).Get(t, where).Is(t, http.StatusNotFound)
			d.As(people[2]).Post(t, where, "words", "Bonjour").Is(t, http.StatusNotFound)
		}
	})
}

// TestToOne asks one person, whom everybody else hears nothing of.
func TestToOne(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Inès", "Zoé")
		exchangetest.Circle(t, d.House, "Atelier", people[0], people[1], people[2])
		exchangetest.Circle(t, d.House, "Ailleurs", people[3])
		at := "/people/" + string(exchangetest.Person(t, d.House, people[1]).Public) + "/ask"
		d.As(people[3]).Get(t, at).Is(t, http.StatusNotFound)
		d.As(people[1]).Get(t, at).Is(t, http.StatusNotFound)
		p := d.As(people[0]).Get(t, at).Is(t, http.StatusOK)
		p.Must(t, ".hint", "Cela reste entre Malik et toi.")
		p = p.Send(t, at, "words", "Tu peux relire mon devis ?").Is(t, http.StatusOK)
		p.Must(t, "#said", "On attend la réponse de Malik.")
		p.Must(t, ".fact", "On attend la réponse de Malik.")
		a := askOf(t, d, p)
		d.As(people[2]).Get(t, path(a)).Is(t, http.StatusNotFound)
		q := d.As(people[1]).Get(t, path(a))
		q.Must(t, "section#help h2", "Aurore te le demande")
		q = q.Send(t, path(a)+"/answer", "words", "Pas avant lundi.").Is(t, http.StatusOK)
		q.MustNot(t, ".fact", "On attend")
	})
}

// TestFromAskToThanks answers, proposes, thanks and settles.
func TestFromAskToThanks(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Inès", "Nicolas", "Omar")
		aurore, malik, ines, nicolas := people[0], people[1], people[2], people[3]
		c := exchangetest.Circle(t, d.House, "Atelier Ouest", aurore, people[1:]...)
		a := exchangetest.Asked(t, d.House, aurore, c, "Mon certificat expire vendredi. Qui peut regarder ?")
		at := path(a)

		p := d.As(nicolas).Get(t, at)
		p.Must(t, ".lead .quiet", "C’est sa première demande ici.")
		p = p.Send(t, at+"/answer", "words", "Omar saurait, il l’a fait en mars.", "knows", "yes").Is(t, http.StatusOK)
		p.Must(t, "#said", "Ta réponse est là. Aurore va l’entendre.")
		p.Must(t, ".say", "Omar saurait")
		acts, err := d.Journal.Since(t.Context(), 0, 1000)
		if err != nil || !slices.ContainsFunc(acts, func(a journal.Act) bool {
			return a.Kind == exchange.ActAskAnswered && strings.Contains(string(a.Facts), `"knows":true`)
		}) {
			t.Error("nobody hears that he knows someone", err)
		}

		p = d.As(malik).Get(t, at).Send(t, at+"/propose", "words", "Ce soir, en visio.").Is(t, http.StatusOK)
		p.Must(t, "#said", "C’est dit. On attend le mot d’Aurore.")
		if !strings.HasPrefix(p.Path, "/exchanges/") {
			t.Errorf("leads to %s", p.Path)
		}
		d.As(ines).Get(t, at).Must(t, ".fact", "Malik propose son aide. On attend le mot d’Aurore.")
		d.As(malik).Get(t, at).Must(t, "section#help p", "Tu as proposé ton aide. On attend le mot d’Aurore.")
		p = d.As(aurore).Get(t, at)
		p.Must(t, ".fact", "Malik propose son aide. On attend ton mot.")

		var thank string
		for _, f := range p.All("form[method=post]") {
			for _, attr := range f.Attr {
				if attr.Key == "action" && strings.HasSuffix(attr.Val, "/thank") {
					thank = attr.Val
				}
			}
		}
		p = p.Send(t, thank).Is(t, http.StatusOK)
		p.Must(t, "#said", "Merci est dit, et cela compte comme un échange.")
		p.Must(t, ".thanked", "Tu as dit merci pour ces mots.")
		if p.Offers(thank) {
			t.Error("thanked twice")
		}
		d.As(nicolas).Get(t, at).Must(t, ".thanked", "Aurore t’a dit merci pour ces mots.")
		d.As(ines).Post(t, thank).Is(t, http.StatusForbidden)

		p = d.As(aurore).Get(t, at+"/settle").Is(t, http.StatusOK)
		p.Must(t, ".tick", "Malik")
		p.MustNot(t, ".tick", "Nicolas")
		public := string(exchangetest.Person(t, d.House, malik).Public)
		omar := string(exchangetest.Person(t, d.House, people[4]).Public)
		p = p.Send(t, at+"/settle", "helped-"+public, "yes", "thanks-"+public, "Une heure, et tout tient.", "circles-"+public, "atelier-ouest",
			"other", omar, "outcome", "Renouvelé à temps.").Is(t, http.StatusOK)
		p.Must(t, "#said", "C’est réglé.")
		p.Must(t, ".fact", "Renouvelé à temps.")
		p.Must(t, ".thanks", "Une heure, et tout tient.")
		p.MustNot(t, "aside", "C’est réglé")
		d.As(ines).Get(t, at).Must(t, ".thanks", "Une heure, et tout tient.")
		if got := exchangetest.Awaiting(t, d.House, people[4]); !slices.Equal(got, []string{"thanks.with_pleasure"}) {
			t.Errorf("Omar is awaited for %v", got)
		}
		exchangetest.Check(t, d.House)
	})
}

// TestThankWithWords: too many stay in their form, beside what is wrong.
func TestThankWithWords(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik")
		a := exchangetest.Asked(t, d.House, people[0], exchangetest.Circle(t, d.House, "Atelier", people[0], people[1]), "Qui sait ?")
		m, _, err := d.Threads.Message(t.Context(), d.DB.Read, exchangetest.Replied(t, d.House, people[1], a.Thread, "Moi : 42."))
		if err != nil {
			t.Fatal(err)
		}
		thank := "/messages/" + string(m.Public) + "/thank"
		long := strings.Repeat("é", exchange.MaxThanks+1)
		p := d.As(people[0]).Get(t, path(a)).Send(t, thank, "thanks", long).Is(t, http.StatusUnprocessableEntity)
		if p.Value(thank, "thanks") != long || len(p.All(".field .wrong")) != 1 {
			t.Error("the words are lost, or nothing is said about them")
		}
		p = p.Send(t, thank, "thanks", "Tout juste.", "circles", "atelier").Is(t, http.StatusOK)
		p.Must(t, ".thanks", "Tout juste.")
		d.As(people[0]).Post(t, thank).Is(t, http.StatusConflict).Must(t, ".wrongs", "déjà dit merci")
		d.As(people[1]).Get(t, path(a)).Must(t, ".thanks", "Tout juste.")
	})
}

// TestAuthorsMoves: a button for each move of the table, none once it has ended.
func TestAuthorsMoves(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Inès")
		c := exchangetest.Circle(t, d.House, "Atelier", people[0], people[1:]...)
		for _, want := range []exchange.Want{exchange.ForAsk, exchange.ForOffer} {
			a := exchangetest.Posted(t, d.House, people[0], exchange.Posting{Want: want, Words: "Tricoter ensemble jeudi.", Circles: []id.Circle{c}})
			check := func() {
				t.Helper()
				a = exchangetest.Ask(t, d.House, a.ID)
				for _, who := range people {
					p := d.As(who).Get(t, path(a)).Is(t, http.StatusOK)
					for _, m := range []exchange.AskMove{exchange.AskEdit, exchange.AskRenew, exchange.AskWithdraw} {
						if p.Offers(path(a)+"/"+string(m)) != slices.Contains(a.Moves(who), m) {
							t.Errorf("%s %s: %s shows %s: %v", want, a.State, who, m, p.Offers(path(a)+"/"+string(m)))
						}
					}
					if settles := len(p.All("a[href="+path(a)+"/settle]")) > 0; settles != slices.Contains(a.Moves(who), exchange.AskSettle) {
						t.Errorf("%s: settle %v", a.State, settles)
					}
					if who != people[0] && p.Offers(path(a)+"/propose") != a.MayAnswer(who) {
						t.Errorf("%s: propose", a.State)
					}
				}
			}
			check()
			stale, staler := d.As(people[1]).Get(t, path(a)), d.As(people[0]).Get(t, path(a)+"/settle")
			d.As(people[0]).Get(t, path(a)).Send(t, path(a)+"/renew").Is(t, http.StatusOK).Must(t, "#said", "Elle reste ouverte")
			check()
			d.As(people[0]).Get(t, path(a)).Send(t, path(a)+"/withdraw").Is(t, http.StatusOK).Must(t, "#said", "est retirée")
			check()
			p := stale.Send(t, path(a)+"/propose", "words", "J’en suis.").Is(t, http.StatusConflict)
			p.Must(t, ".wrongs", "Aurore l’a retiré entre-temps.")
			p.Must(t, ".wrongs .typed", "J’en suis.")
			staler.Send(t, path(a)+"/settle", "outcome", "Fait.").Is(t, http.StatusConflict).Must(t, ".wrongs .typed", "Fait.")
			d.As(people[1]).Get(t, path(a)+"/settle").Is(t, http.StatusNotFound)
			d.As(people[1]).Post(t, path(a)+"/renew").Is(t, http.StatusForbidden)
		}
	})
}

// TestQuietly: its author puts it to somebody, and the circle sees nothing of it.
func TestQuietly(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Inès")
		c := exchangetest.Circle(t, d.House, "Atelier", people[0], people[1:]...)
		malik, ines := exchangetest.Person(t, d.House, people[1]), exchangetest.Person(t, d.House, people[2])
		a := exchangetest.Asked(t, d.House, people[0], c, "Qui relit ma page ?")
		at := path(a) + "/propose"
		d.As(people[0]).Get(t, path(a)).Send(t, at).Is(t, http.StatusUnprocessableEntity).Must(t, "aside .wrong", "Dis à qui")
		p := d.As(people[0]).Get(t, path(a)).Send(t, at, "to", string(malik.Public), "words", "Toi qui sais.").Is(t, http.StatusOK)
		p.Must(t, "#said", "On attend le mot de Malik.")
		d.As(people[0]).Get(t, path(a)).Must(t, ".fact", "Tu l’as demandé sans bruit à Malik. On attend le mot de Malik.")
		d.As(people[2]).Get(t, path(a)).MustNot(t, ".fact", "Malik")
		d.As(people[1]).Get(t, path(a)).Must(t, ".fact", "Aurore te le demande. On attend ton mot.")
		for _, o := range d.As(people[0]).Get(t, path(a)).All("option[value=" + string(malik.Public) + "]") {
			t.Errorf("he is asked already: %v", o)
		}
		o := exchangetest.Offered(t, d.House, people[0], c, "Je peux apprendre à tricoter.")
		d.As(people[0]).Post(t, path(o)+"/propose", "to", string(malik.Public), "to", string(ines.Public)).Is(t, http.StatusOK).Must(t, "section li", "Inès")
		if err := d.Exchanges.RatherNot(t.Context(), housetest.Signed(people[0]), journal.Key{}, people[2], true); err != nil {
			t.Fatal(err)
		}
		if n := len(d.As(people[0]).Get(t, path(a)).All("option[value=" + string(ines.Public) + "]")); n > 0 {
			t.Error("she is suggested though one would rather not")
		}
	})
}

// TestPast: what an archive brought reads well and has no dead buttons.
func TestPast(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore")
		c := exchangetest.Circle(t, d.House, "Atelier", people[0])
		old := persontest.Staged(t, d.House.House.House.House, "Ancien Membre", "ancien@example.org", c)
		var a exchange.Ask
		d.Do(t, func(ctx context.Context, tx *journal.Tx) (err error) {
			a, err = d.Exchanges.Bring(ctx, tx, exchange.PastAsk{Circle: c, Author: old.ID, Want: exchange.ForAsk, Title: "Qui connaît un imprimeur ?", Words: "Bonjour, qui ?", At: tx.Now().Add(-900 * 24 * time.Hour)})
			if err != nil {
				return err
			}
			_, err = d.Threads.PostMany(ctx, tx, a.Thread, []thread.Draft{{Author: old.ID, Words: "Bonjour, qui connaît un imprimeur ?", At: a.At}})
			return err
		})
		p := d.As(people[0]).Get(t, path(a)).Is(t, http.StatusOK)
		p.Must(t, ".over", "demande d’Ancien Membre")
		p.Must(t, ".over", "des archives")
		p.Must(t, "aside h2", "Cela vient des archives")
		p.MustNot(t, ".over", "passée")
		if n := len(p.All("form")); n > 0 {
			t.Errorf("%d forms on a past ask", n)
		}
	})
}

// TestStrangers find nothing, whichever way they come.
func TestStrangers(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, d *housetest.Door) {
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Zoé")
		a := exchangetest.Asked(t, d.House, people[0], exchangetest.Circle(t, d.House, "Atelier", people[0], people[1]), "Qui relit ?")
		exchangetest.Circle(t, d.House, "Ailleurs", people[2])
		zoe := d.As(people[2])
		zoe.Get(t, path(a)).Is(t, http.StatusNotFound)
		zoe.Get(t, path(a)+"/settle").Is(t, http.StatusNotFound)
		zoe.Get(t, "/asks/%3Cscript%3E").Is(t, http.StatusNotFound)
		for _, move := range []string{"answer", "propose", "edit", "renew", "withdraw", "settle"} {
			zoe.Post(t, path(a)+"/"+move, "words", "Bonjour").Is(t, http.StatusNotFound)
		}
		first, err := d.Threads.Firsts(t.Context(), d.DB.Read, []thread.ID{a.Thread})
		if err != nil {
			t.Fatal(err)
		}
		zoe.Post(t, "/messages/"+string(first[a.Thread].Public)+"/thank").Is(t, http.StatusNotFound)
		d.As(id.Person{}).Get(t, path(a)).Is(t, http.StatusSeeOther)
		d.As(people[0]).Post(t, "/messages/"+string(first[a.Thread].Public)+"/thank").Is(t, http.StatusConflict)
	})
}
