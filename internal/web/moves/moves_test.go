package moves_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread/threadtest"
	"cordee/internal/web/exchanges/housetest"
	"cordee/internal/web/moves"
)

// open serves the pages of this folder.
func open(t *testing.T, db *store.DB) *housetest.Door {
	t.Helper()
	d := housetest.Open(t, db)
	d.Serve(t, (&moves.Handlers{DB: db, People: d.People, SignIns: d.SignIns, Circles: d.Circles, Threads: d.Threads, Exchanges: d.Exchanges}).Routes())
	return d
}

func nobody(d *housetest.Door) housetest.Visitor { return d.As(id.Person{}) }

// TestOneMove: looking does nothing, one tap does it, by the door mail, and the
// link tells afterwards what it did.
func TestOneMove(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		people := exchangetest.People(t, d.House, "Aurore", "Malik", "Inès")
		aurore, malik := people[0], people[1]
		c := exchangetest.Circle(t, d.House, "Atelier", aurore, people[1:]...)
		x := exchangetest.Proposed(t, d.House, malik, exchangetest.Asked(t, d.House, aurore, c, "Qui relit ma page ?").ID)
		link := d.Link(t, aurore, x.Ref(), "exchange.agree")
		for range 3 {
			p := nobody(d).Get(t, link).Is(t, http.StatusOK)
			p.Must(t, ".by", "Ce lien est celui d’Aurore")
			p.Must(t, "h1", "Dire oui à Malik")
			p.Must(t, ".lead", "Qui relit ma page ?")
			p.Must(t, ".thanks", "Volontiers.")
			if n := len(p.All("button")); n != 1 {
				t.Errorf("%d buttons", n)
			}
		}
		p := d.As(people[2]).Get(t, link).Send(t, link).Is(t, http.StatusOK) // whoever is signed in
		p.Must(t, "#said", "Ton oui est dit. C’est convenu. Malik dira quand ce sera fait.")
		p.Must(t, "h1", "Ce lien a fait son travail")
		if n := len(p.All("main button")); n != 0 {
			t.Errorf("%d buttons on a used link", n)
		}
		acts, err := d.Journal.ActsOn(t.Context(), x.Ref())
		if err != nil || len(acts) != 2 || acts[1].Person != aurore || acts[1].Door != journal.Mail {
			t.Errorf("%+v, %v", acts, err)
		}
		nobody(d).Post(t, link).Is(t, http.StatusOK).Must(t, "h1", "Ce lien a fait son travail")
		if len(mustActs(t, d, x)) != 2 {
			t.Error("it acted twice")
		}
		nobody(d).Get(t, link+"x").Is(t, http.StatusNotFound)
		nobody(d).Get(t, "/moves/abc").Is(t, http.StatusNotFound)

		exchangetest.Moved(t, d.House, malik, x.ID, exchange.MarkDone)
		done := d.Link(t, aurore, x.Ref(), "exchange.confirm")
		p = nobody(d).Get(t, done)
		long := strings.Repeat("a", exchange.MaxThanks+1)
		q := p.Send(t, done, "thanks", long).Is(t, http.StatusUnprocessableEntity)
		q.Must(t, ".field .wrong", "signes")
		if q.Value(done, "thanks") != long {
			t.Error("the words are lost")
		}
		p.Again(t, done, "thanks", "Tout est clair.").Is(t, http.StatusOK).Must(t, "#said", "C’est fait, et confirmé.")
		all, _, err := d.Exchanges.ThanksList(t.Context(), db.Read, exchangetest.Viewer(t, d.House, malik), exchange.ThanksFilter{Giver: malik}, "")
		if err != nil || len(all) != 1 || all[0].Words != "Tout est clair." || all[0].Shared() {
			t.Errorf("%+v, %v", all, err)
		}
		exchangetest.Check(t, d.House)
	})
}

func mustActs(t *testing.T, d *housetest.Door, x exchange.Exchange) []journal.Act {
	t.Helper()
	acts, err := d.Journal.ActsOn(t.Context(), x.Ref())
	if err != nil {
		t.Fatal(err)
	}
	return acts
}

// TestMovedOn: what isn't there any more says what became of it.
func TestMovedOn(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	d := open(t, db)
	people := exchangetest.People(t, d.House, "Aurore", "Malik")
	aurore, malik := people[0], people[1]
	c := exchangetest.Circle(t, d.House, "Atelier", aurore, malik)
	a := exchangetest.Asked(t, d.House, aurore, c, "Qui relit ?")
	x := exchangetest.Proposed(t, d.House, malik, a.ID)
	yes, no, help := d.Link(t, aurore, x.Ref(), "exchange.agree"), d.Link(t, aurore, x.Ref(), "exchange.decline"), d.Link(t, malik, a.Ref(), "ask.propose")
	nobody(d).Get(t, help).Is(t, http.StatusOK).Must(t, "main p", "Il y a déjà quelque chose en cours entre Aurore et toi")
	stale := nobody(d).Get(t, no)
	nobody(d).Get(t, yes).Send(t, yes).Is(t, http.StatusOK)
	p := stale.Send(t, no).Is(t, http.StatusOK)
	p.Must(t, "h1", "Ce lien ne fait plus rien")
	p.Must(t, "main p", "Tu as déjà dit oui.")
	p.Must(t, "a.btn[href=/exchanges/"+string(x.Public)+"]", "Ouvrir la page")
	exchangetest.Moved(t, d.House, malik, x.ID, exchange.CallOff)
	nobody(d).Get(t, no).Must(t, "main p", "Entre-temps, Malik a annulé")
	late := d.Link(t, malik, a.Ref(), "ask.propose")
	d.Clock.Advance(signin.MoveLife + time.Hour)
	nobody(d).Get(t, late).Must(t, "h1", "Ce lien ne fait plus rien")
	nobody(d).Post(t, late, "words", "Volontiers.").Is(t, http.StatusOK).Must(t, "main p", "Son temps est passé")
}

// TestEachMove: a link for every move does it, and says so in words.
func TestEachMove(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	d := open(t, db)
	people := exchangetest.People(t, d.House, "Aurore", "Malik")
	aurore, malik := people[0], people[1]
	c := exchangetest.Circle(t, d.House, "Atelier", aurore, malik)
	at := map[exchange.State]func() exchange.Exchange{
		exchange.Proposed: func() exchange.Exchange {
			return exchangetest.Proposed(t, d.House, malik, exchangetest.Asked(t, d.House, aurore, c, "Qui relit ?").ID)
		},
	}
	at[exchange.Agreed] = func() exchange.Exchange {
		return exchangetest.Moved(t, d.House, aurore, at[exchange.Proposed]().ID, exchange.Agree)
	}
	at[exchange.Done] = func() exchange.Exchange {
		return exchangetest.Moved(t, d.House, malik, at[exchange.Agreed]().ID, exchange.MarkDone)
	}
	for from, begin := range at {
		for _, who := range people {
			for _, move := range begin().Moves(who) {
				x := begin()
				link := d.Link(t, who, x.Ref(), "exchange."+string(move))
				nobody(d).Get(t, link).Is(t, http.StatusOK).Send(t, link).Is(t, http.StatusOK).Must(t, "#said", "")
				want, err := x.Apply(move, who, time.Time{})
				if got := exchangetest.Exchange(t, d.House, x.ID).State(); err != nil || got != want.State() {
					t.Errorf("%s, %s: %s, want %s, %v", from, move, got, want.State(), err)
				}
			}
		}
	}
	a := exchangetest.Asked(t, d.House, aurore, c, "Encore une page ?")
	link := d.Link(t, malik, a.Ref(), "ask.propose")
	p := nobody(d).Get(t, link)
	p.Must(t, "h1", "Proposer ton aide à Aurore")
	p.Send(t, link, "words", "Demain.").Is(t, http.StatusOK).Must(t, "#said", "On attend le mot d’Aurore.")
	made, err := d.Exchanges.ThankElsewhere(t.Context(), housetest.Signed(aurore), threadtest.Key(), exchange.ThankingElsewhere{Giver: malik, Kind: exchange.Help, Words: "Merci."})
	if err != nil {
		t.Fatal(err)
	}
	link = d.Link(t, malik, journal.RefTo(exchange.KindThanks, made.ID), "thanks.with_pleasure")
	nobody(d).Get(t, link).Send(t, link).Is(t, http.StatusOK).Must(t, "#said", "C’est dit, et cela compte.")
	if exchangetest.Thanks(t, d.House, made.ID).State != exchange.Welcomed {
		t.Error("it doesn't count")
	}
	exchangetest.Check(t, d.House)
}

// TestCircleMoves: a changed charter, and invitations with and without questions.
func TestCircleMoves(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	d := open(t, db)
	people := exchangetest.People(t, d.House, "Aurore", "Malik", "Zoé")
	aurore, malik, zoe := people[0], people[1], people[2]
	c := exchangetest.Circle(t, d.House, "Atelier", aurore, malik)
	err := d.Circles.EditCharter(t.Context(), housetest.Signed(aurore), threadtest.Key(), circle.CharterInput{Circle: c, Version: 1, Edition: 1, Words: "Nous dînons ensemble.", Meaning: true})
	if err != nil {
		t.Fatal(err)
	}
	link := d.Link(t, malik, journal.Ref{Kind: circle.KindCircle, ID: id.Any(c)}, circle.MoveAgree)
	p := nobody(d).Get(t, link).Is(t, http.StatusOK)
	p.Must(t, ".sheet", "Nous dînons ensemble.")
	p.Send(t, link).Is(t, http.StatusOK).Must(t, "#said", "cette charte")
	if m, err := d.Circles.Membership(t.Context(), db.Read, c, malik); err != nil || m.Agreed != 2 {
		t.Error(m.Agreed, err)
	}
	exchangetest.Circle(t, d.House, "Autre", aurore, zoe)
	sent, err := d.Circles.Invite(t.Context(), housetest.Signed(aurore), threadtest.Key(), circle.InviteInput{Circle: c, Way: circle.ByCordee, Person: zoe, Words: "Je te garde une place."})
	if err != nil {
		t.Fatal(err)
	}
	link = d.Link(t, zoe, journal.RefTo(circle.KindInvitation, sent.Invitation), circle.MoveAccept)
	p = nobody(d).Get(t, link).Is(t, http.StatusOK)
	p.Must(t, "h1", "Aurore te garde une place dans le cercle Atelier")
	p.Must(t, "a.btn[href=/invitations/"+string(sent.Public)+"]", "Ouvrir la page")
	if p.Offers(link) {
		t.Error("the questions are left out")
	}
	welcome, err := d.Circles.InvitationsTo(t.Context(), db.Read, zoe)
	if err != nil || !slices.ContainsFunc(welcome, func(w circle.Welcome) bool { return w.State == circle.Open }) {
		t.Error("looking changed something", err)
	}
}

// TestWrongLinks open nothing: another's circle, another kind of thing, a person
// who has left.
func TestWrongLinks(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	d := open(t, db)
	people := exchangetest.People(t, d.House, "Aurore", "Malik", "Zoé")
	c := exchangetest.Circle(t, d.House, "Atelier", people[0], people[1])
	a := exchangetest.Asked(t, d.House, people[0], c, "Qui relit ?")
	x := exchangetest.Proposed(t, d.House, people[1], a.ID)
	for _, link := range []string{
		d.Link(t, people[2], a.Ref(), "ask.propose"), d.Link(t, people[2], x.Ref(), "exchange.agree"),
		d.Link(t, people[0], x.Ref(), "exchange.eat"), d.Link(t, people[0], a.Ref(), "exchange.agree"),
		d.Link(t, people[2], journal.Ref{Kind: circle.KindCircle, ID: id.Any(c)}, circle.MoveAgree),
	} {
		nobody(d).Get(t, link).Is(t, http.StatusNotFound)
		nobody(d).Post(t, link).Is(t, http.StatusNotFound)
	}
	link := d.Link(t, people[0], x.Ref(), "exchange.agree")
	d.Do(t, func(ctx context.Context, tx *journal.Tx) error { return d.People.Leave(ctx, tx, people[0]) })
	nobody(d).Get(t, link).Is(t, http.StatusNotFound)
}
