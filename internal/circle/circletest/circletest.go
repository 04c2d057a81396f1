// Package circletest builds circles for tests, through the front door, and the
// house that they stand in: a set-up server where everybody may found.
package circletest

import (
	"context"
	"crypto/rand"
	"slices"
	"testing"

	"cordee/internal/await"
	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/seal"
	"cordee/internal/server"
	"cordee/internal/store"
	"cordee/internal/thread/threadtest"
)

// House is threadtest's with a server and circles.
type House struct {
	*threadtest.House
	Keys    *seal.Keys
	Server  *server.Room
	Circles *circle.Room
}

// Open builds a house on a database. kinds are the acts of other rooms that the
// test writes.
func Open(tb testing.TB, db *store.DB, kinds ...[]journal.Kind) *House {
	tb.Helper()
	h := &House{House: threadtest.Open(tb, db, append([][]journal.Kind{server.Acts(), circle.Acts()}, kinds...)...)}
	var err error
	if h.Keys, err = seal.Open(tb.TempDir(), "", rand.Reader); err != nil {
		tb.Fatal(err)
	}
	h.Server = server.New(server.Config{Journal: h.Journal, DB: db, Keys: h.Keys})
	h.Circles = circle.New(circle.Config{
		Journal: h.Journal, DB: db, Keys: h.Keys, People: h.People, Server: h.Server, Threads: h.Threads,
	})
	if err := h.Server.Open(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	MayFound(tb, h, server.Everybody)
	return h
}

// MayFound sets who may found circles, as the operator does in the terminal.
func MayFound(tb testing.TB, h *House, who server.Founding) {
	tb.Helper()
	s, err := h.Server.Get(tb.Context(), h.DB.Read)
	if err == nil {
		err = h.Server.Edit(tb.Context(), journal.BySystem(), threadtest.Key(), s.Version, server.Edit{Founding: who})
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// Founding is a sound one.
func Founding(name string) circle.Founding {
	return circle.Founding{
		Name: name, Purpose: "Nous nous relisons.", Charter: "Nous nous entraidons sans compter.", Language: lang.FR, Form: circle.Tu,
		Answers: circle.Answers{Why: "Pour ne pas relire seule.", Brings: "Un œil.", Means: person.FewHours},
	}
}

// Founded gives a circle in gestation with its founder as its only host.
func Founded(tb testing.TB, h *House, founder person.Person, name string) circle.Circle {
	tb.Helper()
	made, err := h.Circles.Found(tb.Context(), persontest.As(founder.ID), threadtest.Key(), Founding(name))
	if err != nil {
		tb.Fatal(err)
	}
	return Again(tb, h, made.Circle)
}

// Again loads a circle as it is now.
func Again(tb testing.TB, h *House, c id.Circle) circle.Circle {
	tb.Helper()
	got, err := h.Circles.Get(tb.Context(), h.DB.Read, c)
	if err != nil {
		tb.Fatal(err)
	}
	return got
}

// Member makes somebody a member: the founder invites them by a link, they accept.
func Member(tb testing.TB, h *House, c circle.Circle, p person.Person) circle.Circle {
	tb.Helper()
	token := Link(tb, h, c, c.Founder)
	if _, err := h.Circles.Accept(tb.Context(), persontest.As(p.ID), threadtest.Key(), Acceptance(tb, h, c.ID, token)); err != nil {
		tb.Fatal(err)
	}
	return Again(tb, h, c.ID)
}

// Active gives an active circle of a founder and others; it takes three in all.
func Active(tb testing.TB, h *House, name string, founder person.Person, others ...person.Person) circle.Circle {
	tb.Helper()
	c := Founded(tb, h, founder, name)
	for _, p := range others {
		c = Member(tb, h, c, p)
	}
	return c
}

// Link invites one person by a link and gives its token.
func Link(tb testing.TB, h *House, c circle.Circle, inviter id.Person) string {
	tb.Helper()
	sent, err := h.Circles.Invite(tb.Context(), persontest.As(inviter), threadtest.Key(), circle.InviteInput{
		Circle: c.ID, Way: circle.ByLink, Words: "En mars tu as sauvé mon devis. Je te garde une place.",
	})
	if err != nil {
		tb.Fatal(err)
	}
	return Token(tb, h, c, inviter, sent.Public)
}

// Token is that of an invitation's link, as the inviter's page shows it.
func Token(tb testing.TB, h *House, c circle.Circle, inviter id.Person, public id.Public) string {
	tb.Helper()
	i, err := h.Circles.Invitation(tb.Context(), h.DB.Read, Standing(tb, h, inviter), public)
	if err != nil || i.Circle != c.ID {
		tb.Fatal(i.Circle, err)
	}
	return h.Circles.LinkToken(i)
}

// Acceptance is a sound one, to the charter in force.
func Acceptance(tb testing.TB, h *House, c id.Circle, token string) circle.Acceptance {
	tb.Helper()
	return circle.Acceptance{
		Arrival: circle.Arrival{Token: token}, Charter: Again(tb, h, c).Charter, Agreed: true,
		Answers: circle.Answers{Why: "Myriam me l’a dit.", Brings: "Des contrats relus.", Means: person.HourAMonth},
	}
}

// Newcomer describes somebody who isn't here yet.
func Newcomer(name string) person.Newcomer {
	return person.Newcomer{Name: name, Languages: []lang.Tag{lang.FR}, Zone: "Europe/Paris", Address: persontest.Address(name)}
}

// Standing is how somebody stands now.
func Standing(tb testing.TB, h *House, p id.Person) circle.Standing {
	tb.Helper()
	s, err := h.Circles.Standing(tb.Context(), h.DB.Read, p)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Check fails where what must always hold of circles doesn't.
func Check(tb testing.TB, h *House) {
	tb.Helper()
	threadtest.Check(tb, h.House)
	ctx := context.WithoutCancel(tb.Context())
	for _, q := range []string{
		"SELECT count(*) FROM circle AS c WHERE c.members <> (SELECT count(*) FROM circle_membership AS m WHERE m.circle = c.id AND m.left_at = 0)",
		"SELECT count(*) FROM circle AS c WHERE c.claimed AND NOT EXISTS (SELECT 1 FROM circle_membership AS m WHERE m.circle = c.id AND m.left_at = 0 AND m.role = 'host')",
		"SELECT count(*) FROM circle AS c WHERE c.charter <> (SELECT coalesce(max(h.version), 0) FROM circle_charter AS h WHERE h.circle = c.id)",
		"SELECT count(*) FROM circle AS c WHERE NOT EXISTS (SELECT 1 FROM circle_slug AS g WHERE g.circle = c.id AND g.slug = c.slug)",
		"SELECT count(*) FROM circle_membership AS m WHERE m.agreed <> (SELECT coalesce(max(a.version), 0) FROM circle_agreement AS a WHERE a.circle = m.circle AND a.person = m.person)",
		"SELECT count(*) FROM circle_invitation AS i WHERE i.taken > i.seats",
		"SELECT count(*) FROM circle_invitation AS i WHERE i.way = 'group' AND i.taken <> (SELECT count(*) FROM circle_membership AS m WHERE m.invitation = i.id)",
		"SELECT count(*) FROM circle_membership AS m WHERE m.left_at = 0 AND NOT EXISTS (SELECT 1 FROM person_shown AS s WHERE s.person = m.person AND s.circle = m.circle)",
		// active if and only if three have agreed to one version, at some time
		"SELECT count(*) FROM circle AS c WHERE (c.stage = 'gestation') <> (c.active_at = 0)",
		"SELECT count(*) FROM circle AS c WHERE c.stage = 'gestation' AND EXISTS (SELECT 1 FROM circle_agreement AS a JOIN circle_membership AS m " +
			"ON m.circle = a.circle AND m.person = a.person AND m.left_at = 0 WHERE a.circle = c.id GROUP BY a.version HAVING count(*) >= 3)",
		"SELECT count(*) FROM (SELECT object_id FROM journal_act WHERE kind = 'circle.activated' GROUP BY object_id HAVING count(*) > 1) AS x",
	} {
		var wrong int
		if err := h.DB.Read.NewRaw(q).Scan(ctx, &wrong); err != nil {
			tb.Fatalf("%s: %v", q, err)
		}
		if wrong != 0 {
			tb.Errorf("%d rows: %s", wrong, q)
		}
	}
	checkAwaits(ctx, tb, h)
}

// checkAwaits compares who is awaited with what the room recomputes.
func checkAwaits(ctx context.Context, tb testing.TB, h *House) {
	tb.Helper()
	wanted, err := h.Circles.Awaited(ctx, h.DB.Read)
	if err != nil {
		tb.Fatal(err)
	}
	var refs []journal.Ref
	var rows []struct {
		Object   string
		ObjectID id.Any
	}
	if err := h.DB.Read.NewRaw("SELECT DISTINCT object, object_id FROM journal_await WHERE object IN ('circle', 'invitation')").Scan(ctx, &rows); err != nil {
		tb.Fatal(err)
	}
	for _, row := range rows {
		refs = append(refs, journal.Ref{Kind: row.Object, ID: row.ObjectID})
	}
	for ref := range wanted {
		if !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	for _, ref := range refs {
		stored, err := await.On(ctx, h.DB.Read, ref.Kind, ref.ID)
		if err != nil {
			tb.Fatal(err)
		}
		if missing, extra := await.Diff(stored, wanted[ref]); len(missing)+len(extra) > 0 {
			tb.Errorf("%s: awaited but not stored %+v, stored but not awaited %+v", ref, missing, extra)
		}
	}
}
