package thread_test

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
	"cordee/internal/thread/threadtest"
)

// Whoever looks, the lists and the rule say the same: Thread.Sees in Go and
// seenBy in the query.
func TestWhoSeesAThreadIsOneRule(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := threadtest.Open(t, db)
		var circles []id.Circle
		var people []id.Person
		for _, name := range []string{"Ana", "Bo", "Chloé", "Diego"} {
			circles = append(circles, threadtest.Circle(h))
			people = append(people, persontest.New(t, h.House, name).ID)
		}
		home := circles[0]
		var all []thread.Thread
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error {
			for mask := range 1 << 4 {
				a := journal.Audience{}
				for i := range 2 {
					if mask&(1<<i) != 0 {
						a.Circles = append(a.Circles, circles[i])
					}
					if mask&(4<<i) != 0 {
						a.Persons = append(a.Persons, people[i])
					}
				}
				opened, err := h.Threads.Open(ctx, tx, thread.Opening{
					Subject: journal.Ref{Kind: "talk"}, Circle: home, Audience: a, First: &thread.Draft{Author: people[3], Words: "x"},
				})
				if err != nil {
					return err
				}
				all = append(all, opened)
			}
			return nil
		})
		rapid.Check(t, func(rt *rapid.T) {
			v := journal.Viewer{
				Person:  rapid.SampledFrom(append([]id.Person{{}}, people...)).Draw(rt, "person"),
				Circles: rapid.SliceOfDistinct(rapid.SampledFrom(circles), rapid.ID).Draw(rt, "circles"),
			}
			listed, _, err := h.Threads.ListIn(t.Context(), db.Read, v, home, "talk", "")
			if err != nil {
				rt.Fatal(err)
			}
			one := rapid.SampledFrom(all).Draw(rt, "thread")
			_, err = h.Threads.ByPublic(t.Context(), db.Read, v, one.Public)
			if (err == nil) != one.Sees(v) {
				rt.Errorf("rule %v, query %v: %+v looks at %+v", one.Sees(v), err, v, one.Audience)
			}
			some, _, err := h.Threads.Messages(t.Context(), db.Read, v, one.ID, "")
			if err != nil || (len(some) == 1) != one.Sees(v) {
				rt.Errorf("messages: %d, %v", len(some), err)
			}
			for _, want := range all {
				got := slices.ContainsFunc(listed, func(l thread.Thread) bool { return l.ID == want.ID })
				if got != want.Sees(v) {
					rt.Errorf("rule %v, list %v: %+v looks at %+v", want.Sees(v), got, v, want.Audience)
				}
			}
		})
	})
}
