package circles

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/web/page"
)

func (h *Handlers) inviteForm(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, h.invitePage)
}

// invitePage asks whom to invite; ?person= is somebody known from another circle.
func (h *Handlers) invitePage(ctx context.Context, in *inside) (templ.Component, error) {
	var known *person.Person
	if public, err := id.ParsePublic(in.v.Query.Get("person")); err == nil {
		p, err := h.People.See(ctx, h.DB.Read, in.standing.Viewer(), public)
		if err != nil {
			return nil, err
		}
		known = &p
	}
	return inviteForm(in, known), nil
}

func (h *Handlers) invite(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var form struct {
		Person  string `form:"person"`
		Way     string `form:"way"`
		Name    string `form:"name"`
		Address string `form:"address"`
		Words   string `form:"words"`
	}
	if err := page.Decode(r, &form); err != nil {
		return err
	}
	in, err := h.in(r, v)
	if err != nil {
		return err
	}
	input := circle.InviteInput{Circle: in.page.Circle.ID, Way: circle.Way(form.Way), Name: form.Name, Address: form.Address, Words: form.Words}
	if public, err := id.ParsePublic(form.Person); err == nil {
		p, err := h.People.See(r.Context(), h.DB.Read, in.standing.Viewer(), public)
		if err != nil {
			return err
		}
		input.Person = p.ID
	}
	sent, err := h.Circles.Invite(r.Context(), v.By(), page.Key(r), input)
	if err != nil {
		return h.refused(w, r, v, err, h.invitePage)
	}
	return page.Done(w, r, v, in.path()+"/invitations/"+string(sent.Public), "circle.invited")
}

func (h *Handlers) groupForm(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, func(_ context.Context, in *inside) (templ.Component, error) {
		return groupForm(in), hostsOnly(in)
	})
}

func groupPage(_ context.Context, in *inside) (templ.Component, error) { return groupForm(in), nil }

func (h *Handlers) inviteGroup(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var form struct {
		Addresses string `form:"addresses"`
		Words     string `form:"words"`
	}
	if err := page.Decode(r, &form); err != nil {
		return err
	}
	in, err := h.in(r, v)
	if err != nil {
		return err
	}
	lines, err := h.Circles.InviteGroup(r.Context(), v.By(), page.Key(r), circle.GroupInput{Circle: in.page.Circle.ID, Addresses: form.Addresses, Words: form.Words})
	if err != nil {
		return h.refused(w, r, v, err, groupPage)
	}
	return page.Render(w, r, in.v, outcomesPage(in, lines))
}

func (h *Handlers) groupLink(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var form struct {
		Seats int    `form:"seats"`
		Words string `form:"link_words"`
	}
	if err := page.Decode(r, &form); err != nil {
		return err
	}
	in, err := h.in(r, v)
	if err != nil {
		return err
	}
	sent, err := h.Circles.GroupLink(r.Context(), v.By(), page.Key(r), circle.LinkInput{Circle: in.page.Circle.ID, Seats: form.Seats, Words: form.Words})
	if no, ok := refusal.As(err); ok && no.Field == "words" {
		err = no.On("link_words")
	}
	if err != nil {
		return h.refused(w, r, v, err, groupPage)
	}
	return page.Done(w, r, v, in.path()+"/invitations/"+string(sent.Public), "circle.link_made")
}

func (h *Handlers) invitations(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, func(ctx context.Context, in *inside) (templ.Component, error) {
		all, next, err := h.Circles.Invitations(ctx, h.DB.Read, in.standing, in.page.Circle.ID, circle.Cursor(v.Query.Get("after")))
		if err != nil {
			return nil, err
		}
		var inviters []id.Person
		for _, i := range all {
			inviters = append(inviters, i.Inviter, i.Person)
		}
		cards, err := h.People.Cards(ctx, h.DB.Read, inviters)
		return invitationsPage(in, all, cards, older(in, "/invitations", string(next), false)), err
	})
}

// sentInvitation shows one invitation to whoever made it: the link to hand over,
// or that the mail is on its way.
func (h *Handlers) sentInvitation(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.shown(w, r, v, func(ctx context.Context, in *inside) (templ.Component, error) {
		i, err := h.oneInvitation(ctx, in, r.PathValue("invitation"))
		if err != nil {
			return nil, err
		}
		cards, err := h.People.Cards(ctx, h.DB.Read, []id.Person{i.Inviter, i.Person})
		return sentPage(in, i, cards, v.Absolute("/invitations/"+h.Circles.LinkToken(i))), err
	})
}

func (h *Handlers) oneInvitation(ctx context.Context, in *inside, public string) (circle.Invitation, error) {
	p, err := id.ParsePublic(public)
	if err != nil {
		return circle.Invitation{}, refusal.ErrNotFound()
	}
	i, err := h.Circles.Invitation(ctx, h.DB.Read, in.standing, p)
	if err == nil && i.Circle != in.page.Circle.ID {
		err = refusal.ErrNotFound()
	}
	return i, err
}

func (h *Handlers) revoke(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	in, err := h.in(r, v)
	if err != nil {
		return err
	}
	i, err := h.oneInvitation(r.Context(), in, r.PathValue("invitation"))
	if err != nil {
		return err
	}
	if err := h.Circles.Revoke(r.Context(), v.By(), page.Key(r), i.ID); err != nil {
		return err
	}
	return page.Done(w, r, v, in.path()+"/invitations", "circle.revoked")
}

// mailto is the invitation as a mail of the inviter's own (RFC 6068).
func mailto(in *inside, i circle.Invitation, link string) string {
	subject := in.v.T("invite.mailto.subject", "Circle", in.page.Circle.Name)
	body := i.Words + "\n\n" + link + "\n"
	return "mailto:" + url.PathEscape(i.Address) + "?subject=" + url.PathEscape(subject) + "&body=" + url.PathEscape(body)
}
