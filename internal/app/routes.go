package app

import (
	"slices"

	"cordee/internal/web/circles"
	"cordee/internal/web/conversation"
	"cordee/internal/web/page"
	"cordee/internal/web/settings"
	"cordee/internal/web/welcome"
)

// Routes are the pages of every folder: the list that the route × visitor test walks.
func (h *House) Routes() []page.Route {
	talk := &conversation.Handlers{DB: h.DB, People: h.People, Circles: h.Circles, Threads: h.Threads}
	return slices.Concat(
		(&welcome.Handlers{DB: h.DB, Server: h.Server, People: h.People, SignIns: h.SignIns, Circles: h.Circles}).Routes(),
		(&settings.Handlers{DB: h.DB, Server: h.Server, People: h.People, SignIns: h.SignIns}).Routes(),
		(&circles.Handlers{DB: h.DB, People: h.People, Circles: h.Circles, Threads: h.Threads, Exchanges: h.Exchanges, Talk: talk}).Routes(),
		talk.Routes(),
	)
}
