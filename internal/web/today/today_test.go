package today_test

import (
	"net/http"
	"testing"

	"cordee/internal/exchange/exchangetest"
	"cordee/internal/store/storetest"
	"cordee/internal/web/exchanges/housetest"
	"cordee/internal/web/today"
)

// Whoever has just founded a circle is led to invite somebody, and once there is
// somebody, to ask.
func TestACalmDayLeadsOn(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	d := housetest.Open(t, db)
	d.Serve(t, (&today.Handlers{DB: db, People: d.People, Circles: d.Circles, Threads: d.Threads, Exchanges: d.Exchanges}).Routes())
	people := exchangetest.People(t, d.House, "Aurore", "Malik", "Bo")
	exchangetest.Circle(t, d.House, "Les relecteurs", people[0])
	exchangetest.Circle(t, d.House, "Atelier Ouest", people[1], people[2])
	p := d.As(people[0]).Get(t, "/").Is(t, http.StatusOK)
	p.Must(t, "main", "Personne d’autre n’est encore dans Les relecteurs.")
	p.Must(t, `main a[href=/circles/les-relecteurs/invite]`, "Inviter une personne")
	p = d.As(people[1]).Get(t, "/").Is(t, http.StatusOK)
	p.Must(t, `main a[href=/circles/atelier-ouest/ask]`, "Demander")
}
