package circle_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"cordee/internal/circle"
	"cordee/internal/circle/circletest"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread/threadtest"
)

// race runs all at once and gives the codes of what came of them, sorted.
func race(all []func() error) []string {
	codes := make([]string, len(all))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, f := range all {
		wg.Go(func() {
			<-start
			codes[i] = code(f())
		})
	}
	close(start)
	wg.Wait()
	slices.Sort(codes)
	return codes
}

func (h house) activations(t *testing.T) int {
	t.Helper()
	acts, err := h.Journal.ActsOn(t.Context(), h.circle.Ref())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, a := range acts {
		if a.Kind == circle.ActActivated {
			n++
		}
	}
	return n
}

func TestWhenSeveralJoinAtOnceACircleBecomesActiveOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		var all []func() error
		for i := range 5 {
			p := h.person(t, fmt.Sprint("Personne ", i))
			a := circletest.Acceptance(t, h.House, h.circle.ID, circletest.Link(t, h.House, h.circle, h.ines.ID))
			all = append(all, func() error {
				_, err := h.Circles.Accept(t.Context(), persontest.As(p.ID), threadtest.Key(), a)
				return err
			})
		}
		if codes := race(all); !slices.Equal(codes, make([]string, 5)) {
			t.Errorf("%q", codes)
		}
		if c := h.again(t); c.Members != 6 || c.Stage != circle.Active || h.activations(t) != 1 {
			t.Errorf("%d members, %s, activated %d times", c.Members, c.Stage, h.activations(t))
		}
	})
}

func TestTheThirdAgreementToANewCharterActivatesOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		bo := h.member(t, "Bo")
		edit := func(version int, words string) {
			t.Helper()
			if err := h.Circles.EditCharter(t.Context(), persontest.As(h.ines.ID), threadtest.Key(), circle.CharterInput{
				Circle: h.circle.ID, Version: version, Edition: 1, Words: words, Meaning: true,
			}); err != nil {
				t.Fatal(err)
			}
		}
		edit(1, "Une deuxième.")
		chloe := h.member(t, "Chloé") // agrees to 2, as Inès did
		if c := h.again(t); c.Stage != circle.Gestation {
			t.Fatalf("two of three agreed to each: %+v", c)
		}
		edit(2, "Une troisième.")
		all := []func() error{}
		for _, p := range []person.Person{bo, chloe} {
			for range 2 {
				all = append(all, func() error {
					return h.Circles.Agree(t.Context(), persontest.As(p.ID), threadtest.Key(), h.circle.ID, 3)
				})
			}
		}
		if codes := race(all); !slices.Equal(codes, make([]string, 4)) {
			t.Errorf("%q", codes)
		}
		if c := h.again(t); c.Stage != circle.Active || h.activations(t) != 1 {
			t.Errorf("%s, activated %d times", c.Stage, h.activations(t))
		}
	})
}

func TestTheLastSeatIsTakenOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		sent, err := h.Circles.GroupLink(t.Context(), persontest.As(h.ines.ID), threadtest.Key(), circle.LinkInput{Circle: h.circle.ID, Seats: 2, Words: "Pour le groupe."})
		if err != nil {
			t.Fatal(err)
		}
		a := circletest.Acceptance(t, h.House, h.circle.ID, circletest.Token(t, h.House, h.circle, h.ines.ID, sent.Public))
		var all []func() error
		for i := range 6 {
			b := a
			b.Newcomer = circletest.Newcomer(fmt.Sprint("Personne ", i))
			by := journal.By{Actor: journal.Guest(fmt.Sprint(i)), Door: journal.Test}
			all = append(all, func() error {
				_, err := h.Circles.Accept(t.Context(), by, threadtest.Key(), b)
				return err
			})
		}
		full := "circle.invitation_full"
		if codes := race(all); !slices.Equal(codes, []string{"", "", full, full, full, full}) {
			t.Errorf("%q", codes)
		}
	})
}

func TestTwoHostsWhoStepDownAtOnceLeaveOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		bo := h.member(t, "Bo")
		if err := h.Circles.MakeHost(t.Context(), persontest.As(h.ines.ID), threadtest.Key(), h.circle.ID, bo.ID); err != nil {
			t.Fatal(err)
		}
		var all []func() error
		for _, p := range []person.Person{h.ines, bo} {
			all = append(all, func() error {
				return h.Circles.StepDown(t.Context(), persontest.As(p.ID), threadtest.Key(), h.circle.ID)
			})
		}
		if codes := race(all); !slices.Equal(codes, []string{"", "circle.last_host"}) {
			t.Errorf("%q", codes)
		}
	})
}

func TestTwoFoundAtOnceUnderOneName(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		wanted := circletest.Founding("Le même nom")
		named := wanted
		named.Slug = "le-meme"
		for _, f := range []circle.Founding{wanted, named} {
			var all []func() error
			for range 4 {
				all = append(all, func() error {
					_, err := h.Circles.Found(t.Context(), persontest.As(h.ines.ID), threadtest.Key(), f)
					return err
				})
			}
			want := []string{"", "", "", ""}
			if f.Slug != "" {
				want = []string{"", "circle.slug_taken", "circle.slug_taken", "circle.slug_taken"}
			}
			if codes := race(all); !slices.Equal(codes, want) {
				t.Errorf("%q, want %q", codes, want)
			}
		}
	})
}

func TestTwoWhoInviteTheSameAddressAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		bo := h.member(t, "Bo")
		var all []func() error
		for _, p := range []person.Person{h.ines, bo} {
			all = append(all, func() error {
				_, err := h.Circles.Invite(t.Context(), persontest.As(p.ID), threadtest.Key(), circle.InviteInput{
					Circle: h.circle.ID, Way: circle.ByCordee, Address: "zoe@example.org", Words: "Viens.",
				})
				return err
			})
		}
		if codes := race(all); !slices.Equal(codes, []string{"", "circle.already_invited"}) {
			t.Errorf("%q", codes)
		}
	})
}

func TestTwoFirstLettersAtOnceAreOneThread(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		bo := h.member(t, "Bo")
		threads := make([]circle.Wrote, 2)
		var all []func() error
		for i, pair := range [][2]person.Person{{h.ines, bo}, {bo, h.ines}} {
			all = append(all, func() (err error) {
				threads[i], err = h.Circles.Letter(t.Context(), persontest.As(pair[0].ID), threadtest.Key(), circle.LetterInput{To: pair[1].ID, Words: "Bonjour."})
				return err
			})
		}
		if codes := race(all); !slices.Equal(codes, []string{"", ""}) || threads[0].Thread != threads[1].Thread {
			t.Errorf("%q, %v", codes, threads)
		}
	})
}
