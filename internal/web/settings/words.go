package settings

import (
	"strings"

	"cordee/internal/person"
	"cordee/internal/signin"
	"cordee/internal/web/page"
)

// places are the pages of settings; Value is the path.
func places(v *page.View, operator bool) []page.Option {
	all := []page.Option{
		{Value: "/settings", Words: v.T("settings.profile")},
		{Value: "/settings/mail", Words: v.T("settings.mail")},
		{Value: "/settings/addresses", Words: v.T("settings.addresses")},
		{Value: "/settings/devices", Words: v.T("settings.devices")},
	}
	if operator {
		all = append(all, page.Option{Value: "/server", Words: v.T("settings.server")})
	}
	return all
}

func means(v *page.View) []page.Option {
	all := []page.Option{{Value: "", Words: v.T("person.means.none")}}
	for _, m := range person.AllMeans() {
		if m != person.Unsaid {
			all = append(all, page.Option{Value: string(m), Words: v.T("person.means." + string(m))})
		}
	}
	return all
}

func presences(v *page.View) []page.Option {
	var all []page.Option
	for _, p := range person.AllPresences() {
		all = append(all, page.Option{Value: string(p), Words: v.T("person.presence." + string(p))})
	}
	return all
}

// fields are those that a person may keep to themselves.
func fields(v *page.View) []page.Option {
	var all []page.Option
	for _, f := range person.AllFields() {
		all = append(all, page.Option{Value: string(f), Words: v.T("person." + string(f))})
	}
	return all
}

func hidden(me person.Person) []string {
	var all []string
	for _, f := range me.OnlyMe {
		all = append(all, string(f))
	}
	return all
}

// label is the key of a field's name; the last day away is told with the presence.
func label(field string) string {
	if field == "away_until" {
		return "presence"
	}
	return field
}

// said is what a field says, in words.
func said(v *page.View, me person.Person, field string) string {
	switch field {
	case "name":
		return me.Name
	case "headline":
		return me.Headline
	case "place":
		return me.Place
	case "helps":
		return strings.Join(me.Helps, ", ")
	case "learns":
		return strings.Join(me.Learns, ", ")
	case "zone":
		return me.Zone
	case "means":
		if me.Means == person.Unsaid {
			return v.T("person.means.none")
		}
		return v.T("person.means." + string(me.Means))
	case "presence", "away_until":
		return strings.TrimSpace(v.T("person.presence."+string(me.Presence)) + " " + me.AwayUntil)
	case "languages":
		var names []string
		for _, tag := range me.Languages {
			names = append(names, page.LanguageName(tag))
		}
		return strings.Join(names, ", ")
	}
	var kept []string
	for _, f := range me.OnlyMe {
		kept = append(kept, v.T("person."+string(f)))
	}
	return strings.Join(kept, ", ")
}

// claim says how far an address is the person's.
func claim(v *page.View, a person.Address) string {
	if a.Primary {
		return v.T("person.claim.primary")
	}
	if a.Claim == person.Waiting {
		return v.T("person.claim.waiting")
	}
	return v.T("person.claim.verified")
}

func device(v *page.View, s signin.Session) string {
	if s.Device == "" {
		return v.T("settings.unknown_device")
	}
	return s.Device
}
