// Package asks holds the pages of asks and offers: posting one from words alone,
// its own page with the thread and what came of it, and what its author does with
// it until it ends.
//
// Nothing has to be filled in but the words. What they say about themselves is
// guessed by the room, and its author corrects it afterwards, in one tap. Nothing
// here decides: buttons follow AskPage.Moves and MayAnswer.
//
// # What isn't here
//
// The pages of exchanges, to which answering leads (web/exchanges); the lists of a
// circle's asks (web/circles); single messages (web/conversation).
package asks

import (
	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/person"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/web/conversation"
	"cordee/internal/web/page"
)

// Handlers are the pages' handlers with the rooms that they ask.
type Handlers struct {
	DB        *store.DB
	People    *person.Room
	Circles   *circle.Room
	Threads   *thread.Room
	Exchanges *exchange.Room
	Talk      *conversation.Handlers
}

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/circles/{slug}/ask", page.Member, h.form(exchange.ForAsk)),
		conversation.Takes(page.Post("/circles/{slug}/ask", page.Member, h.post(exchange.ForAsk))),
		page.Get("/circles/{slug}/offer", page.Member, h.form(exchange.ForOffer)),
		conversation.Takes(page.Post("/circles/{slug}/offer", page.Member, h.post(exchange.ForOffer))),
		page.Get("/people/{person}/ask", page.Member, h.form(exchange.ForAsk)),
		conversation.Takes(page.Post("/people/{person}/ask", page.Member, h.post(exchange.ForAsk))),
		page.Get("/asks/{ask}", page.Member, h.show),
		conversation.Takes(page.Post("/asks/{ask}/answer", page.Member, h.answer)),
		page.Post("/asks/{ask}/propose", page.Member, h.propose),
		page.Post("/asks/{ask}/edit", page.Member, h.edit),
		page.Post("/asks/{ask}/renew", page.Member, h.renew),
		page.Post("/asks/{ask}/withdraw", page.Member, h.withdraw),
		page.Get("/asks/{ask}/settle", page.Member, h.settleForm),
		page.Post("/asks/{ask}/settle", page.Member, h.settle),
		page.Post("/messages/{message}/thank", page.Member, h.thank),
	}
}
