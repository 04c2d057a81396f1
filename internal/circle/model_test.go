package circle_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordee/internal/circle"
	"cordee/internal/circle/circletest"
	"cordee/internal/id"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread/threadtest"
)

// TestMain draws fewer cases than rapid's hundred, since each walks through two
// databases; -rapid.checks asks for more.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		if err := flag.Set("rapid.checks", "25"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// model is what a circle ought to be, told in the simplest way.
type model struct {
	house
	people  []person.Person
	circle  id.Circle
	members map[id.Person]circle.Role
	charter int
	edition int
	agreed  map[int]map[id.Person]bool
	active  bool
	open    []invited
	spent   []invited
}

// invited is one invitation of the model.
type invited struct {
	token   string
	id      circle.InvitationID
	inviter id.Person
	seats   int
	expires time.Time
	state   string // the code with which a spent one refuses
}

func (m *model) agree(p id.Person) {
	if m.agreed[m.charter] == nil {
		m.agreed[m.charter] = map[id.Person]bool{}
	}
	m.agreed[m.charter][p] = true
	for _, who := range m.agreed {
		m.active = m.active || len(who) >= circle.Quorum
	}
}

func (m *model) hosts() int {
	n := 0
	for _, role := range m.members {
		if role == circle.Host {
			n++
		}
	}
	return n
}

func (m *model) anybody(t *rapid.T) id.Person {
	return m.people[rapid.IntRange(0, len(m.people)-1).Draw(t, "who")].ID
}

// refused gives the code with which a use case must refuse somebody, if it must.
func (m *model) refused(p id.Person, hostsOnly bool) string {
	switch role := m.members[p]; {
	case role == "":
		return "not_found"
	case hostsOnly && role != circle.Host:
		return "circle.hosts_only"
	}
	return ""
}

func (m *model) want(t *rapid.T, what string, err error, want string) bool {
	if got := code(err); got != want {
		t.Fatalf("%s: %q, want %q", what, got, want)
	}
	return err == nil
}

func (m *model) found(t *testing.T, rt *rapid.T) {
	founder := m.anybody(rt)
	made, err := m.Circles.Found(t.Context(), persontest.As(founder), threadtest.Key(), circletest.Founding("Un cercle"))
	if err != nil {
		rt.Fatal(err)
	}
	m.circle, m.charter, m.edition, m.active = made.Circle, 1, 1, false
	m.members, m.agreed = map[id.Person]circle.Role{founder: circle.Host}, map[int]map[id.Person]bool{}
	m.open, m.spent = nil, nil
	m.agree(founder)
}

func (m *model) invite(t *testing.T, rt *rapid.T) {
	who, group := m.anybody(rt), rapid.Bool().Draw(rt, "group")
	i := invited{inviter: who, seats: 1, expires: m.Clock.Now().Add(30 * 24 * time.Hour)}
	var sent circle.Sent
	var err error
	if group {
		i.seats, i.expires = rapid.IntRange(1, 3).Draw(rt, "seats"), m.Clock.Now().Add(14*24*time.Hour)
		sent, err = m.Circles.GroupLink(t.Context(), persontest.As(who), threadtest.Key(), circle.LinkInput{Circle: m.circle, Seats: i.seats, Words: "x"})
	} else {
		sent, err = m.Circles.Invite(t.Context(), persontest.As(who), threadtest.Key(), circle.InviteInput{Circle: m.circle, Way: circle.ByLink, Words: "x"})
	}
	if m.want(rt, "invite", err, m.refused(who, group)) {
		one, err := m.Circles.Invitation(t.Context(), m.DB.Read, m.standing(t, person.Person{ID: who}), sent.Public)
		if err != nil {
			rt.Fatal(err)
		}
		i.id, i.token = one.ID, m.Circles.LinkToken(one)
		i.state = map[bool]string{false: "circle.invitation_used", true: "circle.invitation_full"}[group]
		m.open = append(m.open, i)
	}
}

func (m *model) drop(n int, state string) {
	i := m.open[n]
	if state != "" {
		i.state = state
	}
	m.spent, m.open = append(m.spent, i), slices.Delete(m.open, n, n+1)
}

func (m *model) accept(t *testing.T, rt *rapid.T) {
	if len(m.open) == 0 {
		rt.Skip("none open")
	}
	n, who := rapid.IntRange(0, len(m.open)-1).Draw(rt, "invitation"), m.anybody(rt)
	version := m.charter - rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(rt, "behind")
	key := threadtest.Key()
	a := circle.Acceptance{
		Arrival: circle.Arrival{Token: m.open[n].token}, Charter: version, Agreed: true,
		Answers: circle.Answers{Why: "a", Brings: "b", Means: person.Day},
	}
	want := ""
	switch {
	case !m.Clock.Now().Before(m.open[n].expires):
		want = "circle.invitation_expired"
	case m.members[who] != "":
		want = "circle.already_member"
	case version != m.charter:
		want = "circle.charter_changed"
	}
	_, err := m.Circles.Accept(t.Context(), persontest.As(who), key, a)
	if !m.want(rt, "accept", err, want) {
		return
	}
	if j, err := m.Circles.Accept(t.Context(), persontest.As(who), key, a); err != nil || j.Person != who {
		rt.Fatalf("the double click: %+v, %v", j, err)
	}
	m.members[who] = circle.Member
	m.agree(who)
	if m.open[n].seats--; m.open[n].seats == 0 {
		m.drop(n, "")
	}
}

func (m *model) tooLate(t *testing.T, rt *rapid.T) {
	if len(m.spent) == 0 {
		rt.Skip("none spent")
	}
	i := rapid.SampledFrom(m.spent).Draw(rt, "invitation")
	_, err := m.Circles.Accept(t.Context(), persontest.As(m.anybody(rt)), threadtest.Key(), circle.Acceptance{
		Arrival: circle.Arrival{Token: i.token}, Charter: m.charter, Agreed: true,
	})
	m.want(rt, "a spent one", err, i.state)
}

func (m *model) revoke(t *testing.T, rt *rapid.T) {
	if len(m.open) == 0 {
		rt.Skip("none open")
	}
	n, who := rapid.IntRange(0, len(m.open)-1).Draw(rt, "invitation"), m.anybody(rt)
	want := ""
	switch {
	case m.members[who] == "", m.members[who] != circle.Host && m.open[n].inviter != who:
		want = "not_found"
	case !m.Clock.Now().Before(m.open[n].expires):
		want = "circle.invitation_expired"
	}
	if m.want(rt, "revoke", m.Circles.Revoke(t.Context(), persontest.As(who), threadtest.Key(), m.open[n].id), want) {
		m.drop(n, "circle.invitation_revoked")
	}
}

func (m *model) decline(t *testing.T, rt *rapid.T) {
	if len(m.open) == 0 {
		rt.Skip("none open")
	}
	n := rapid.IntRange(0, len(m.open)-1).Draw(rt, "invitation")
	i := m.open[n]
	want := ""
	switch {
	case i.state == "circle.invitation_full":
		want = "not_found"
	case !m.Clock.Now().Before(i.expires):
		want = "circle.invitation_expired"
	}
	if m.want(rt, "decline", m.Circles.Decline(t.Context(), visitor(), threadtest.Key(), circle.Arrival{Token: i.token}), want) {
		m.drop(n, "circle.invitation_declined")
	}
}

func (m *model) editCharter(t *testing.T, rt *rapid.T) {
	who, meaning := m.anybody(rt), rapid.Bool().Draw(rt, "meaning")
	err := m.Circles.EditCharter(t.Context(), persontest.As(who), threadtest.Key(), circle.CharterInput{
		Circle: m.circle, Version: m.charter, Edition: m.edition, Meaning: meaning, Words: fmt.Sprintf("Version %d.%d de %s.", m.charter, m.edition, who),
	})
	if !m.want(rt, "charter", err, m.refused(who, true)) {
		return
	}
	m.edition++
	if meaning {
		m.charter, m.edition = m.charter+1, 1
		m.agree(who)
	}
}

func (m *model) agreeToIt(t *testing.T, rt *rapid.T) {
	who := m.anybody(rt)
	if m.want(rt, "agree", m.Circles.Agree(t.Context(), persontest.As(who), threadtest.Key(), m.circle, m.charter), m.refused(who, false)) {
		m.agree(who)
	}
}

func (m *model) makeHost(t *testing.T, rt *rapid.T) {
	who, whom := m.anybody(rt), m.anybody(rt)
	want := m.refused(who, true)
	if want == "" {
		switch m.members[whom] {
		case "":
			want = "not_found"
		case circle.Host:
			want = "circle.already_host"
		case circle.Member:
		}
	}
	if m.want(rt, "make host", m.Circles.MakeHost(t.Context(), persontest.As(who), threadtest.Key(), m.circle, whom), want) {
		m.members[whom] = circle.Host
	}
}

func (m *model) stepDown(t *testing.T, rt *rapid.T) {
	who := m.anybody(rt)
	want := m.refused(who, true)
	if want == "" && m.hosts() == 1 {
		want = "circle.last_host"
	}
	if m.want(rt, "step down", m.Circles.StepDown(t.Context(), persontest.As(who), threadtest.Key(), m.circle), want) {
		m.members[who] = circle.Member
	}
}

// check compares the circle with the model.
func (m *model) check(t *testing.T, rt *rapid.T) {
	c := circletest.Again(t, m.House, m.circle)
	if (c.Stage == circle.Active) != m.active || c.Charter != m.charter || c.Members != len(m.members) {
		rt.Fatalf("%+v\nmodel: active %v, charter %d, %d members", c, m.active, m.charter, len(m.members))
	}
	members, err := m.Circles.Members(t.Context(), m.DB.Read, m.circle)
	if err != nil {
		rt.Fatal(err)
	}
	roles := map[id.Person]circle.Role{}
	for _, member := range members {
		roles[member.Person] = member.Role
		last := 0
		for version, who := range m.agreed {
			if who[member.Person] {
				last = max(last, version)
			}
		}
		if member.Agreed != last {
			rt.Fatalf("agreed to %d, the model says %d", member.Agreed, last)
		}
	}
	if !maps.Equal(roles, m.members) {
		rt.Fatalf("members %v, the model says %v", roles, m.members)
	}
	if m.hosts() == 0 {
		rt.Fatal("no host is left")
	}
}

// Random moves by random people: what the circle is stays what the model says,
// on both databases; whatever isn't allowed is refused with its reason.
func TestACircleDoesWhatItsModelSays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		m := &model{house: h}
		for i := range 6 {
			m.people = append(m.people, h.person(t, fmt.Sprint("Personne ", i)))
		}
		rapid.Check(t, func(rt *rapid.T) {
			m.found(t, rt)
			step := func(f func(*testing.T, *rapid.T)) func(*rapid.T) {
				return func(rt *rapid.T) { f(t, rt) }
			}
			rt.Repeat(map[string]func(*rapid.T){
				"":           step(m.check),
				"invite":     step(m.invite),
				"invite too": step(m.invite),
				"accept":     step(m.accept),
				"accept too": step(m.accept),
				"too late":   step(m.tooLate),
				"revoke":     step(m.revoke),
				"decline":    step(m.decline),
				"charter":    step(m.editCharter),
				"agree":      step(m.agreeToIt),
				"make host":  step(m.makeHost),
				"step down":  step(m.stepDown),
				"wait":       func(*rapid.T) { m.Clock.Advance(5 * 24 * time.Hour) },
			})
		})
	})
}
