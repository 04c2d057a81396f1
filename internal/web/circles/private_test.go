package circles_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/store/storetest"
	"cordee/internal/web/circles"
	"cordee/internal/web/exchanges/housetest"
)

func open(t *testing.T) *housetest.Door {
	t.Helper()
	db := storetest.SQLite(t)
	d := housetest.Open(t, db)
	d.Serve(t, (&circles.Handlers{DB: db, People: d.People, Circles: d.Circles, Threads: d.Threads, Exchanges: d.Exchanges, Talk: d.Talk}).Routes())
	return d
}

// Who has an address here, and under which name, is nothing that inviting tells.
func TestInvitingAnAddressDoesNotTellWhoseItIs(t *testing.T) {
	t.Parallel()
	d := open(t)
	people := exchangetest.People(t, d.House, "Aurore", "Malik")
	exchangetest.Circle(t, d.House, "Atelier Ouest", people[0])
	exchangetest.Circle(t, d.House, "Les relecteurs", people[1])
	for _, address := range []string{"malik@example.org", "nobody@example.org"} {
		p := d.As(people[0]).Post(t, "/circles/atelier-ouest/invite", "way", "link", "address", address, "words", "Viens.").Is(t, http.StatusOK)
		p.Must(t, "h1", address)
		p.MustNot(t, "main", "Malik")
		p = d.As(people[0]).Get(t, "/circles/atelier-ouest/invitations").Is(t, http.StatusOK)
		p.Must(t, "h2", address)
		p.MustNot(t, "main", "Malik")
	}
}

// What is written under an ask goes by the rules of asks, whatever its address.
func TestATalkIsAnsweredWhereItStands(t *testing.T) {
	t.Parallel()
	d := open(t)
	people := exchangetest.People(t, d.House, "Aurore", "Malik")
	c := exchangetest.Circle(t, d.House, "Atelier Ouest", people[0], people[1])
	a := exchangetest.Asked(t, d.House, people[0], c, "Quelqu’un connaît Drupal ?")
	under, err := d.Threads.Get(t.Context(), d.DB.Read, a.Thread)
	if err != nil {
		t.Fatal(err)
	}
	d.As(people[1]).Post(t, "/talk/"+string(under.Public), "words", "Oui.").Is(t, http.StatusNotFound)
	if after, err := d.Threads.Get(t.Context(), d.DB.Read, a.Thread); err != nil || after.Messages != 1 {
		t.Errorf("%d messages, %v", after.Messages, err)
	}
}

// The day that an ask is wanted by is told as the day itself, not the one after.
func TestTheDayThatAnAskIsWantedBy(t *testing.T) {
	t.Parallel()
	d := open(t)
	people := exchangetest.People(t, d.House, "Aurore", "Malik")
	c := exchangetest.Circle(t, d.House, "Atelier Ouest", people[0], people[1])
	day := d.Clock.Now().Add(9 * 24 * time.Hour)
	exchangetest.Posted(t, d.House, people[0], exchange.Posting{
		Want: exchange.ForAsk, Words: "Une relecture ?", Circles: []id.Circle{c},
		Facts: &exchange.Facts{Title: "Une relecture", Kind: exchange.Help, By: day.Format(time.DateOnly), Zone: "Europe/Paris"},
	})
	p := d.As(people[1]).Get(t, "/circles/atelier-ouest/asks").Is(t, http.StatusOK)
	p.Must(t, "main", "pour le "+strings.TrimLeft(day.Format("02"), "0")+" mai")
}
