package welcome

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/web/page"
)

// arrival is what the invitation's page knows of whoever opened it: on Today, a
// person who is known here comes by the invitation's public id.
func arrival(token string) circle.Arrival {
	if public, err := id.ParsePublic(token); err == nil {
		return circle.Arrival{Public: public}
	}
	return circle.Arrival{Token: token}
}

func (h *Handlers) invitation(w http.ResponseWriter, r *http.Request, v *page.View) error {
	c, v, err := h.invitationPage(r.Context(), v, r.PathValue("token"))
	if err != nil {
		return err
	}
	return page.Render(w, r, v, c)
}

// invitationPage speaks as the circle does: its language, unless the visitor
// asked for another or is known here, and its tu or vous.
func (h *Handlers) invitationPage(ctx context.Context, v *page.View, token string) (templ.Component, *page.View, error) {
	in, err := h.Circles.Welcome(ctx, h.DB.Read, v.Person, arrival(token))
	if err != nil {
		return nil, v, err
	}
	v = speaking(v, in)
	if in.Inside {
		return insidePage(v, in), v, nil
	}
	if in.State != circle.Open {
		return nil, v, tooLate(in)
	}
	hosts, err := h.hosts(ctx, in.Circle)
	if err != nil {
		return nil, v, err
	}
	sender, err := h.sender(ctx, in)
	return invitationPage(v, token, in, hosts, sender), v, err
}

// speaking is the view in the circle's own voice.
func speaking(v *page.View, in circle.Welcome) *page.View {
	if !v.SignedIn() {
		v = v.In(in.Circle.Language)
	}
	return v.Speaking(in.Circle.SaysTu())
}

// tooLate says why an invitation opens nothing any more.
func tooLate(in circle.Welcome) error {
	code := map[circle.State]string{
		circle.Used: "circle.invitation_used", circle.Revoked: "circle.invitation_revoked",
		circle.Declined: "circle.invitation_declined", circle.Expired: "circle.invitation_expired",
	}[in.State]
	if in.State == circle.Used && in.Invitation.Way == circle.ByGroup {
		code = "circle.invitation_full"
	}
	return refusal.New(refusal.Expired, code, "Name", in.Inviter.Name, "Circle", in.Circle.Name)
}

// hosts names who will read what the newcomer writes.
func (h *Handlers) hosts(ctx context.Context, c circle.Circle) ([]string, error) {
	members, err := h.Circles.Members(ctx, h.DB.Read, c.ID)
	if err != nil {
		return nil, err
	}
	var ids []id.Person
	for _, m := range members {
		if m.Role == circle.Host {
			ids = append(ids, m.Person)
		}
	}
	names, err := h.People.Names(ctx, h.DB.Read, ids)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, p := range ids {
		all = append(all, names[p])
	}
	return all, nil
}

// sender is who writes, as far as they show it to their circles.
func (h *Handlers) sender(ctx context.Context, in circle.Welcome) (string, error) {
	who, err := h.People.Get(ctx, h.DB.Read, in.Invitation.Inviter)
	if err != nil || who.Place == "" || !who.Shows(person.FieldPlace) {
		return "", err
	}
	return who.Place, nil
}

func (h *Handlers) accept(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		newcomer
		Why     string `form:"why"`
		Brings  string `form:"brings"`
		Means   string `form:"means"`
		Agreed  bool   `form:"agreed"`
		Charter int    `form:"charter"`
		Known   string `form:"known"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	token := r.PathValue("token")
	if in, err := h.Circles.Welcome(r.Context(), h.DB.Read, v.Person, arrival(token)); err == nil {
		v = speaking(v, in) // what is to be looked at again is said as the page says it
	}
	acceptance := circle.Acceptance{
		Arrival: arrival(token), Answers: circle.Answers{Why: in.Why, Brings: in.Brings, Means: person.Means(in.Means)},
		Charter: in.Charter, Agreed: in.Agreed,
	}
	again := func(v *page.View) (templ.Component, error) {
		c, _, err := h.invitationPage(r.Context(), v, token)
		return c, err
	}
	if v.SignedIn() {
		joined, err := h.Circles.Accept(r.Context(), v.By(), page.Key(r), acceptance)
		if err != nil {
			return page.Refuse(w, r, v, err, again)
		}
		return page.Done(w, r, v, "/circles/"+joined.Slug, "circle.joined")
	}
	if in.Known != "" {
		// Cordée's mail reached somebody who has a profile: their yes counts, and
		// signing in goes its own way, since invitations are passed on.
		if _, err := h.Circles.Accept(r.Context(), v.ByGuest("invitation"), page.Key(r), acceptance); err != nil {
			return page.Refuse(w, r, v, err, again)
		}
		return page.Done(w, r, v, "/sign-in", "circle.joined_known")
	}
	acceptance.Newcomer = in.person(v)
	var joined circle.Joined
	entered, err := h.SignIns.Enter(r.Context(), v.ByGuest("invitation"), page.Key(r), r.UserAgent(), func(ctx context.Context, tx *journal.Tx) (id.Person, error) {
		return h.join(ctx, tx, acceptance, &joined)
	})
	if err != nil {
		return page.Refuse(w, r, v, err, again)
	}
	if joined.Slug == "" { // a repeat: Today leads to the circle
		return enter(w, r, v, entered, "/", "")
	}
	return enter(w, r, v, entered, "/circles/"+joined.Slug, "circle.joined")
}

// join takes somebody new in and, when their address needs proof, asks for it.
func (h *Handlers) join(ctx context.Context, tx *journal.Tx, in circle.Acceptance, joined *circle.Joined) (id.Person, error) {
	var err error
	if *joined, err = h.Circles.AcceptBy(ctx, tx, in); err != nil || joined.Proved {
		return joined.Person, err
	}
	_, mailbox, err := person.ParseAddress(in.Newcomer.Address)
	if err != nil {
		return joined.Person, err
	}
	return joined.Person, h.SignIns.ProofFor(ctx, tx, joined.Person, mailbox)
}

func (h *Handlers) decline(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	token := r.PathValue("token")
	by := v.ByGuest("invitation")
	if v.SignedIn() {
		by = v.By()
	}
	if err := h.Circles.Decline(r.Context(), by, page.Key(r), arrival(token)); err != nil {
		return err
	}
	return page.Done(w, r, v, "/invitations/"+token+"/declined", "")
}

func (h *Handlers) declined(w http.ResponseWriter, r *http.Request, v *page.View) error {
	in, err := h.Circles.Welcome(r.Context(), h.DB.Read, v.Person, arrival(r.PathValue("token")))
	if err != nil {
		return err
	}
	if in.State != circle.Declined {
		return refusal.ErrNotFound()
	}
	v = speaking(v, in)
	return page.Render(w, r, v, declinedPage(v, in))
}
