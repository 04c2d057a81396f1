package app

import (
	"slices"

	"cordee/internal/web/asks"
	"cordee/internal/web/circles"
	"cordee/internal/web/conversation"
	"cordee/internal/web/exchanges"
	"cordee/internal/web/imports"
	"cordee/internal/web/letters"
	"cordee/internal/web/mails"
	"cordee/internal/web/moves"
	"cordee/internal/web/page"
	"cordee/internal/web/people"
	"cordee/internal/web/searches"
	"cordee/internal/web/servers"
	"cordee/internal/web/settings"
	"cordee/internal/web/thanks"
	"cordee/internal/web/today"
	"cordee/internal/web/welcome"
)

// Routes are the pages of every folder: the list that the route × visitor test walks.
func (h *House) Routes() []page.Route {
	talk := &conversation.Handlers{DB: h.DB, People: h.People, Circles: h.Circles, Threads: h.Threads, Exchanges: h.Exchanges}
	return slices.Concat(
		(&welcome.Handlers{DB: h.DB, Server: h.Server, People: h.People, SignIns: h.SignIns, Circles: h.Circles}).Routes(),
		(&today.Handlers{DB: h.DB, People: h.People, Circles: h.Circles, Threads: h.Threads, Exchanges: h.Exchanges}).Routes(),
		(&circles.Handlers{DB: h.DB, People: h.People, Circles: h.Circles, Threads: h.Threads, Exchanges: h.Exchanges, Talk: talk}).Routes(),
		(&asks.Handlers{DB: h.DB, People: h.People, Circles: h.Circles, Threads: h.Threads, Exchanges: h.Exchanges, Talk: talk}).Routes(),
		(&exchanges.Handlers{DB: h.DB, People: h.People, Circles: h.Circles, Threads: h.Threads, Exchanges: h.Exchanges, Talk: talk}).Routes(),
		(&thanks.Handlers{DB: h.DB, People: h.People, Circles: h.Circles, Exchanges: h.Exchanges}).Routes(),
		(&moves.Handlers{DB: h.DB, People: h.People, SignIns: h.SignIns, Circles: h.Circles, Threads: h.Threads, Exchanges: h.Exchanges}).Routes(),
		(&people.Handlers{DB: h.DB, People: h.People, Circles: h.Circles, Exchanges: h.Exchanges}).Routes(),
		(&letters.Handlers{DB: h.DB, People: h.People, Circles: h.Circles, Threads: h.Threads, Talk: talk}).Routes(),
		(&searches.Handlers{DB: h.DB, People: h.People, Exchanges: h.Exchanges, Threads: h.Threads, Talk: talk}).Routes(),
		(&settings.Handlers{DB: h.DB, Server: h.Server, People: h.People, SignIns: h.SignIns}).Routes(),
		(&mails.Handlers{DB: h.DB, Circles: h.Circles, Courier: h.Notify}).Routes(),
		(&servers.Handlers{DB: h.DB, Server: h.Server, People: h.People, Circles: h.Circles, Courier: h.Notify}).Routes(),
		(&imports.Handlers{DB: h.DB, Circles: h.Circles, Exchanges: h.Exchanges, Importer: h.Importer}).Routes(),
		talk.Routes(),
	)
}
