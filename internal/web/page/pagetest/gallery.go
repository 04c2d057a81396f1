package pagetest

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/web/page"
)

// Gallery are the pages on which every part is shown, for looking and for axe.
func Gallery() []page.Route {
	show := func(c func(v *page.View, r *http.Request) templ.Component) page.Handler {
		return func(w http.ResponseWriter, r *http.Request, v *page.View) error {
			return page.Render(w, r, v, c(v, r))
		}
	}
	plain := func(c func(v *page.View) templ.Component) page.Handler {
		return show(func(v *page.View, _ *http.Request) templ.Component { return c(v) })
	}
	return []page.Route{
		page.Get("/", page.SignedIn, plain(today)),
		page.Get("/circles", page.SignedIn, show(func(v *page.View, r *http.Request) templ.Component {
			n, err := strconv.Atoi(r.URL.Query().Get("n"))
			if err != nil {
				n = 7
			}
			return circlePage(v, n)
		})),
		page.Get("/people", page.SignedIn, plain(personPage)),
		page.Get("/letters", page.SignedIn, plain(exchangePage)),
		page.Get("/search", page.SignedIn, plain(searchPage)),
		page.Get("/settings", page.SignedIn, plain(emptyPage)),
		page.Get("/ask", page.SignedIn, plain(askPage)),
		page.Get("/hard", page.SignedIn, plain(hardPage)),
		page.Get("/invitation", page.Invited, plain(invitationPage)),
		page.Post("/invitation", page.Invited, refuseOrThank),
		page.Get("/fields", page.Anyone, plain(fieldsPage)),
		page.Post("/fields", page.Anyone, refuseAll),
		page.Post("/thank", page.SignedIn, func(w http.ResponseWriter, r *http.Request, v *page.View) error {
			return page.Done(w, r, v, "/letters", "saved")
		}),
		page.Get("/broken", page.Anyone, func(http.ResponseWriter, *http.Request, *page.View) error {
			return errors.New("a wire is loose")
		}),
		page.Get("/panic", page.Anyone, func(http.ResponseWriter, *http.Request, *page.View) error { panic("a wire is loose") }),
		page.Get("/gone", page.Anyone, func(http.ResponseWriter, *http.Request, *page.View) error {
			return refusal.New(refusal.Expired, "test.gone")
		}),
		page.Get("/sign-in", page.Anyone, plain(signInPage)),
	}
}

func refuseOrThank(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Why   string `form:"why"`
		Agree bool   `form:"agree"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	var wrong []error
	if in.Why == "" {
		wrong = append(wrong, refusal.New(refusal.Invalid, "form.not_a_number").On("why"))
	}
	if !in.Agree {
		wrong = append(wrong, refusal.New(refusal.Invalid, "form.too_long").On("agree"))
	}
	if len(wrong) > 0 {
		return page.Refuse(w, r, v, errors.Join(wrong...), func(v *page.View) (templ.Component, error) {
			return invitationPage(v), nil
		})
	}
	return page.Done(w, r, v, "/fields", "")
}

func refuseAll(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct{}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	var wrong []error
	for _, field := range []string{"", "name", "words", "kind", "to", "language", "zone", "agree", "file", "by"} {
		wrong = append(wrong, refusal.New(refusal.Invalid, "form.too_long").On(field))
	}
	return page.Refuse(w, r, v, errors.Join(wrong...), func(v *page.View) (templ.Component, error) { return fieldsPage(v), nil })
}

func ago(v *page.View, d time.Duration) time.Time { return v.Now().Add(-d) }

func hardWords() string {
	return "A line\nand another, *both kept*, **" + HardNames()[2] + "** and `code`.\n\n" +
		"> a quote\n\n- one\n- two\n\n1. first\n2. second\n\n### A heading\n\n" +
		"```\nfunc main() { println(\"a line of code that is far too long for any phone to show without a bar to scroll it\") }\n```\n\n" +
		"| a | b |\n|---|---|\n| " + HardNames()[6] + " | " + HardNames()[6] + " |\n\n" +
		"https://example.org/" + strings.Repeat("long-", 30)
}

func hardCards() []person.Card {
	var out []person.Card
	for i, name := range HardNames() {
		out = append(out, Card(i, name))
	}
	return out
}
