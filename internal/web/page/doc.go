// Package page is what every page of Cordée is made of: its layout, its parts,
// its forms, and the way a form is read, refused and answered. The folders beside
// it (web/circles, web/exchanges …) hold the pages themselves and import nothing
// else of the web.
//
// # Words
//
//	View     what a page knows of its reader and of the request. It is their
//	         Printer too: v.T, v.N, v.When …
//	Route    one line of the table of routes: method, pattern, who, handler.
//	Head     what a page is around its content: title, place, lead, side column.
//	Form     one form of a page; its methods are its fields.
//	said     the sentence of what was just done, on the page that comes next.
//
// # A page from end to end
//
// The folder of a room gives its routes; the handler decodes, calls, renders:
//
//	func (h *Handlers) Routes() []page.Route {
//		return []page.Route{
//			page.Get("/circles/{slug}/ask", page.Member, h.askForm),
//			page.Post("/circles/{slug}/ask", page.Member, h.ask),
//		}
//	}
//
//	func (h *Handlers) ask(w http.ResponseWriter, r *http.Request, v *page.View) error {
//		var in struct {
//			Words string   `form:"words"`
//			Kind  string   `form:"kind"`
//			To    []string `form:"to"`
//		}
//		if err := page.Decode(r, &in); err != nil {
//			return err
//		}
//		ask, err := h.exchanges.Ask(r.Context(), v.By(), page.Key(r), exchange.Draft{Words: in.Words, …})
//		if err != nil {
//			return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
//				return h.askPage(r.Context(), v, r.PathValue("slug")) // the same as the GET
//			})
//		}
//		return page.Done(w, r, v, "/asks/"+string(ask.Public), "ask.posted")
//	}
//
// The view, in templ:
//
//	templ askPage(v *page.View, c circle.Circle) {
//		{{ f := v.Form("/circles/" + c.Slug + "/ask") }}
//		@page.Layout(v, page.Head{Title: v.T("ask.title"), Place: "/circles", Lead: askLead(v, c), Narrow: true}) {
//			@f.Begin() {
//				@f.Area(page.Field{Name: "words", Label: v.T("ask.words"), Hint: v.T("ask.words.hint"), Rows: 6, Focus: true})
//				@f.Fold(v.T("ask.guessed"), "kind", "by") {
//					@f.Choose(page.Choices{Name: "kind", Label: v.T("ask.kind"), Options: kinds(v), Chosen: []string{"help"}})
//				}
//				@f.Submit(v.T("ask.submit"))
//			}
//		}
//	}
//
//	templ askLead(v *page.View, c circle.Circle) {
//		<p class="over">@page.Link(v, "/circles/"+c.Slug, c.Name)</p>
//		<h1>{ v.T("ask.title") }</h1>
//		<p class="quiet">{ v.T("ask.lead") }</p>
//	}
//
// and in the catalogue, beside the page's own words: "said.ask.posted" = "…". If
// that sentence has places ("{{.Name}} is awaited"), the page that is shown next
// fills them by Head.Said: []any{"Name", card.Name}.
//
// A circle's page speaks as the circle does: v = v.Speaking(c.Form == circle.Tu).
// Someone who came by a link acts as v.ByGuest(id). Signing in is
// v.KeepSession(w, token, until) and then Done by a form that is Plain.
//
// # Rules
//
//  1. A GET writes nothing. Whatever does something is a POST by a Form, which
//     carries the key that makes it one act however often it is sent (Key).
//  2. Everything works without scripts. Begin sharpens a form by htmx: the page
//     is swapped in place when it comes back to itself. Handlers never care: they
//     always answer with a whole page.
//  3. A refusal about what was typed (Invalid, Conflict, TooMany) shows the page
//     again by Refuse, typed words kept, with the words of refusal.<code> beside
//     the field that the refusal names and on top. All else becomes a problem
//     page: just return the error.
//  4. Two forms of one page post to two paths; that is how a refusal finds its form.
//  5. Nothing that binds or shares is ticked in advance.
//  6. No style= and no on…= attributes and no inline scripts: the content security
//     policy refuses them. Classes are those of web/assets/style.
//  7. Names and titles that people wrote stand in <bdi> or dir="auto" (Named, Name,
//     Link and the parts do it), so that right-to-left ones don't turn the line.
//  8. A colour never says something that no word says.
//  9. Headings go down by one: h1 in the lead, h2 (Section, Sheet), h3 (Row).
//
// # Parts
//
// Layout · Section, Sheet (paper), List with Row, Empty (what for, one next step),
// Pager · Face, Named (link), Name (bold), Badge, Time, Prose (Markdown), Sentence
// (people and links in the places of a sentence), Link, Words · Line (the knots of
// an exchange), Tied (the rope of a circle), Quote (thanks), Say (a message), Fact ·
// Form: Begin, Text, Area, Choose, Tick, Select, Zone, File, Fold, Hidden, Button,
// Submit; Move (a form of one button) · Classes to use by hand: stack (close),
// row (end), quiet, over, btn (yes, grave), acts, field, unseen.
//
// # What isn't here
//
// What a page says about circles, asks or people (their folders), the server, its
// headers and sessions (package web), files (web/assets).
package page
