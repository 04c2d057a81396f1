package circle_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/uptrace/bun"
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

// Whoever looks, the lists and the rules say the same: Standing.Sees and
// Invitation.SeenBy in Go, seenBy and invitationsSeenBy in the queries.
func TestWhoSeesACircleIsOneRule(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		people := []person.Person{h.ines, h.person(t, "Ana"), h.person(t, "Bo"), h.person(t, "Chloé")}
		circles := []circle.Circle{h.circle, circletest.Founded(t, h.House, people[1], "Deuxième"), circletest.Founded(t, h.House, people[2], "Troisième")}
		circletest.Member(t, h.House, circles[0], people[1])
		circletest.Member(t, h.House, circles[1], people[2])
		var invitations []circle.Invitation
		for i, c := range circles {
			for _, p := range people {
				if !h.standing(t, p).In(c.ID) {
					continue
				}
				sent, err := h.Circles.Invite(t.Context(), persontest.As(p.ID), threadtest.Key(), circle.InviteInput{
					Circle: c.ID, Way: circle.ByMailto, Words: "x", Address: fmt.Sprintf("%s.%d@example.net", p.Public, i),
				})
				if err != nil {
					t.Fatal(err)
				}
				one, err := h.Circles.Invitation(t.Context(), db.Read, h.standing(t, p), sent.Public)
				if err != nil {
					t.Fatal(err)
				}
				invitations = append(invitations, one)
			}
		}
		rapid.Check(t, func(rt *rapid.T) {
			s := circle.Standing{}
			if i := rapid.IntRange(-1, len(people)-1).Draw(rt, "person"); i >= 0 {
				s = h.standing(t, people[i])
			}
			listed, err := h.Circles.List(t.Context(), db.Read, s)
			if err != nil {
				rt.Fatal(err)
			}
			for _, c := range circles {
				got := slices.ContainsFunc(listed, func(l circle.Circle) bool { return l.ID == c.ID })
				_, err := h.Circles.BySlug(t.Context(), db.Read, s, c.Slug)
				if want := s.Sees(c.ID); got != want || (err == nil) != want {
					rt.Errorf("rule %v, list %v, by slug %v", want, got, err)
				}
				seen, _, err := h.Circles.Invitations(t.Context(), db.Read, s, c.ID, "")
				if err != nil {
					rt.Fatal(err)
				}
				for _, i := range invitations {
					if i.Circle != c.ID {
						continue
					}
					got := slices.ContainsFunc(seen, func(l circle.Invitation) bool { return l.ID == i.ID })
					if want := i.SeenBy(s); got != want {
						rt.Errorf("invitation: rule %v, list %v", want, got)
					}
				}
			}
			if viewers, err := h.Circles.Viewers(t.Context(), db.Read, []id.Person{s.Person}); err != nil || len(viewers[s.Person].Circles) != len(s.Circles) {
				rt.Errorf("%+v, %v", viewers, err)
			}
		})
	})
}

// counter counts the statements that a page asks.
type counter struct{ n atomic.Int64 }

func (c *counter) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	c.n.Add(1)
	return ctx
}
func (c *counter) AfterQuery(context.Context, *bun.QueryEvent) {}

func TestACirclesPageAsksNoQueryARow(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	h := newHouse(t, db)
	queries := func() int64 {
		var c counter
		if _, err := h.Circles.Page(t.Context(), db.Read.WithQueryHook(&c), h.standing(t, h.ines), h.circle.Slug); err != nil {
			t.Fatal(err)
		}
		return c.n.Load()
	}
	alone := queries()
	for i := range 12 {
		h.member(t, fmt.Sprint("Personne ", i))
	}
	if many := queries(); many != alone || many > 8 {
		t.Errorf("%d queries with one member, %d with thirteen", alone, many)
	}
}
