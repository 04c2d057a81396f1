// Package settings holds the pages on which a person says how they want to live
// here: what they tell about themselves and who sees it, their addresses, the
// devices they are signed in on.
package settings

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/server"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/web/page"
)

// Handlers are the pages' handlers with the rooms that they ask.
type Handlers struct {
	DB      *store.DB
	Server  *server.Room
	People  *person.Room
	SignIns *signin.Room
}

// Routes are the pages of this folder.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/settings", page.SignedIn, h.profile),
		page.Post("/settings", page.SignedIn, h.saveProfile),
		page.Get("/settings/addresses", page.SignedIn, h.addresses),
		page.Post("/settings/addresses", page.SignedIn, h.addAddress),
		page.Post("/settings/addresses/proof", page.SignedIn, h.toAddress("address.added", h.SignIns.AskProof)),
		page.Post("/settings/addresses/primary", page.SignedIn, h.toAddress("address.primary", h.People.MakePrimary)),
		page.Post("/settings/addresses/remove", page.SignedIn, h.toAddress("address.removed", h.People.RemoveAddress)),
		page.Get("/settings/devices", page.SignedIn, h.devices),
		page.Post("/settings/devices/{session}/end", page.SignedIn, h.endDevice),
		page.Post("/settings/devices/others", page.SignedIn, h.endOthers),
		page.Post("/sign-out", page.SignedIn, h.signOut),
	}
}

func (h *Handlers) operator(ctx context.Context, v *page.View) (bool, error) {
	return h.Server.Operator(ctx, h.DB.Read, v.Person)
}

func (h *Handlers) profile(w http.ResponseWriter, r *http.Request, v *page.View) error {
	c, err := h.profilePage(r.Context(), v, nil)
	if err != nil {
		return err
	}
	return page.Render(w, r, v, c)
}

// profilePage shows the form; changed are the fields that somebody, on another
// device, has changed meanwhile.
func (h *Handlers) profilePage(ctx context.Context, v *page.View, changed []string) (templ.Component, error) {
	me, err := h.People.Get(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	operator, err := h.operator(ctx, v)
	if err != nil {
		return nil, err
	}
	return profilePage(v, me, changed, operator), nil
}

func (h *Handlers) saveProfile(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Version   string   `form:"version"`
		Name      string   `form:"name"`
		Language  string   `form:"language"`
		Also      []string `form:"also"`
		Zone      string   `form:"zone"`
		Place     string   `form:"place"`
		Headline  string   `form:"headline"`
		Helps     string   `form:"helps"`
		Learns    string   `form:"learns"`
		Means     string   `form:"means"`
		Presence  string   `form:"presence"`
		AwayUntil string   `form:"away_until"`
		OnlyMe    []string `form:"only_me"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	version, _ := strconv.ParseInt(in.Version, 10, 64)
	want := person.Profile{
		Name: in.Name, Languages: person.ParseLanguages(append([]string{in.Language}, in.Also...)...), Zone: in.Zone,
		Place: in.Place, Headline: in.Headline, Helps: person.SplitThings(in.Helps), Learns: person.SplitThings(in.Learns),
		Means: person.Means(in.Means), Presence: person.Presence(in.Presence), AwayUntil: in.AwayUntil,
	}
	for _, f := range in.OnlyMe {
		want.OnlyMe = append(want.OnlyMe, person.Field(f))
	}
	_, err := h.People.Edit(r.Context(), v.By(), page.Key(r), version, want)
	if err != nil {
		return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
			return h.profilePage(r.Context(), v, stale(err))
		})
	}
	return page.Done(w, r, v, "/settings", "settings.saved")
}

// stale are the fields that differ now from what was typed.
func stale(err error) []string {
	no, ok := refusal.As(err)
	if !ok || no.Code != person.ErrStale(0, nil).Code {
		return nil
	}
	fields, _ := no.Args["Fields"].([]string)
	return fields
}

func (h *Handlers) addresses(w http.ResponseWriter, r *http.Request, v *page.View) error {
	c, err := h.addressesPage(r.Context(), v)
	if err != nil {
		return err
	}
	return page.Render(w, r, v, c)
}

func (h *Handlers) addressesPage(ctx context.Context, v *page.View) (templ.Component, error) {
	all, err := h.People.Addresses(ctx, h.DB.Read, v.Person)
	if err != nil {
		return nil, err
	}
	operator, err := h.operator(ctx, v)
	if err != nil {
		return nil, err
	}
	return addressesPage(v, all, operator), nil
}

func (h *Handlers) addAddress(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Address string `form:"address"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	if err := h.SignIns.AddAddress(r.Context(), v.By(), page.Key(r), in.Address); err != nil {
		return h.addressesAgain(w, r, v, err)
	}
	return page.Done(w, r, v, "/settings/addresses", "address.added")
}

func (h *Handlers) addressesAgain(w http.ResponseWriter, r *http.Request, v *page.View, err error) error {
	return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) { return h.addressesPage(r.Context(), v) })
}

// toAddress is a button beside one of the addresses: what it does with which.
func (h *Handlers) toAddress(said string, do func(ctx context.Context, by journal.By, key journal.Key, which person.Mailbox) error) page.Handler {
	return func(w http.ResponseWriter, r *http.Request, v *page.View) error {
		var in struct {
			Mailbox string `form:"mailbox"`
		}
		if err := page.Decode(r, &in); err != nil {
			return err
		}
		if err := do(r.Context(), v.By(), page.Key(r), person.Mailbox(in.Mailbox)); err != nil {
			return h.addressesAgain(w, r, v, err)
		}
		return page.Done(w, r, v, "/settings/addresses", said)
	}
}

func (h *Handlers) devices(w http.ResponseWriter, r *http.Request, v *page.View) error {
	all, err := h.SignIns.Devices(r.Context(), v.Person)
	if err != nil {
		return err
	}
	operator, err := h.operator(r.Context(), v)
	if err != nil {
		return err
	}
	return page.Render(w, r, v, devicesPage(v, all, operator))
}

func (h *Handlers) endDevice(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	which, err := id.ParsePublic(r.PathValue("session"))
	if err != nil {
		return refusal.ErrNotFound()
	}
	if err := h.SignIns.End(r.Context(), v.By(), page.Key(r), which); err != nil {
		return err
	}
	return page.Done(w, r, v, "/settings/devices", "device.ended")
}

func (h *Handlers) endOthers(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	if err := h.SignIns.EndOthers(r.Context(), v.By(), page.Key(r), id.As[signin.Session](v.Session.ID)); err != nil {
		return err
	}
	return page.Done(w, r, v, "/settings/devices", "device.others_ended")
}

// signOut ends the session of this very device.
func (h *Handlers) signOut(w http.ResponseWriter, r *http.Request, v *page.View) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	all, err := h.SignIns.Devices(r.Context(), v.Person)
	if err != nil {
		return err
	}
	for _, s := range all {
		if id.Any(s.ID) == v.Session.ID {
			if err := h.SignIns.End(r.Context(), v.By(), page.Key(r), s.Public); err != nil {
				return err
			}
		}
	}
	v.DropSession(w)
	return page.Done(w, r, v, "/sign-in", "signed_out")
}

// things are a list as the form shows it: one a line.
func things(all []string) string { return strings.Join(all, "\n") }

// others are a person's languages after the first.
func others(all []lang.Tag) []string {
	var out []string
	for i, tag := range all {
		if i > 0 {
			out = append(out, string(tag))
		}
	}
	return out
}
