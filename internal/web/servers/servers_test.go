package servers_test

import (
	"net/http"
	"testing"

	"cordee/internal/exchange/exchangetest"
	"cordee/internal/store/storetest"
	"cordee/internal/web/exchanges/housetest"
	"cordee/internal/web/servers"
)

// To anybody but an operator there is no such page, not even when what they send
// couldn't be taken: the page that says why would show them all of it.
func TestNobodyButAnOperatorSeesTheServer(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	d := housetest.Open(t, db)
	d.Serve(t, (&servers.Handlers{DB: db, Server: d.Server, People: d.People, Circles: d.Circles}).Routes())
	visitor := d.As(exchangetest.People(t, d.House, "Bo")[0])
	for _, path := range []string{"/server", "/server/claim/vecinos"} {
		visitor.Get(t, path).Is(t, http.StatusNotFound)
	}
	visitor.Post(t, "/server", "founding", "everybody").Is(t, http.StatusNotFound)
	visitor.Post(t, "/server", "founding", "whoever").Is(t, http.StatusNotFound)
	visitor.Post(t, "/server/mail", "host", "smtp.example.org", "port", "465", "security", "tls").Is(t, http.StatusNotFound)
	visitor.Post(t, "/server/mail", "host", "not a host", "port", "99999").Is(t, http.StatusNotFound)
	visitor.Post(t, "/server/mail/test").Is(t, http.StatusNotFound)
	visitor.Post(t, "/server/claim/vecinos", "name", "").Is(t, http.StatusNotFound)
}
