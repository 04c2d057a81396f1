package importer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// mail is a fact for tests: an id, what it names, a subject, a day.
func mail(id uint64, day int, key uint64, refs ...uint64) fact {
	return fact{id: id, key: key, at: time.Date(2025, 1, day, 0, 0, 0, 0, time.UTC).UnixMicro(), refs: refs}
}

// partition says which mails are together.
func partition(facts []fact) string {
	var all []string
	for _, t := range tie(facts) {
		var ids []uint64
		for _, i := range t.mails {
			ids = append(ids, facts[i].id)
		}
		slices.Sort(ids)
		all = append(all, fmt.Sprint(ids))
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

func TestTying(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		facts []fact
		want  string
	}{
		"an answer":                    {[]fact{mail(1, 1, 7), mail(2, 90, 8, 1)}, "[1 2]"},
		"named from the right":         {[]fact{mail(1, 1, 7), mail(2, 90, 8, 99, 1)}, "[1 2]"},
		"a subject within thirty days": {[]fact{mail(1, 1, 7), mail(2, 31, 7)}, "[1 2]"},
		"a subject later":              {[]fact{mail(1, 1, 7), mail(2, 32, 7)}, "[1][2]"},
		"from one to the next":         {[]fact{mail(1, 1, 7), mail(2, 60, 7), mail(3, 30, 7)}, "[1 2 3]"},
		"no subject":                   {[]fact{mail(1, 1, 0), mail(2, 2, 0)}, "[1][2]"},
		"two answers to one lost":      {[]fact{mail(1, 1, 7, 99), mail(2, 90, 7, 99)}, "[1 2]"},
		"a digest that is lost":        {[]fact{mail(1, 1, 7, 99), mail(2, 2, 8, 99)}, "[1][2]"},
		"oneself":                      {[]fact{mail(1, 1, 7, 1)}, "[1]"},
		"a cycle":                      {[]fact{mail(1, 1, 7, 2), mail(2, 2, 8, 3), mail(3, 3, 9, 1)}, "[1 2 3]"},
	} {
		if got := partition(c.facts); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}

func anyFacts(t *rapid.T) []fact {
	n := rapid.IntRange(0, 25).Draw(t, "n")
	facts := make([]fact, 0, n)
	for i := range n {
		refs := rapid.SliceOfNDistinct(rapid.Uint64Range(1, 30), 0, 3, rapid.ID).Draw(t, "refs")
		facts = append(facts, mail(uint64(i+1), rapid.IntRange(1, 300).Draw(t, "day"), rapid.Uint64Range(0, 6).Draw(t, "key"), refs...))
	}
	return facts
}

func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := anyFacts(t)
		want := partition(facts)
		if got := partition(rapid.Permutation(facts).Draw(t, "order")); got != want {
			t.Fatalf("%s, not %s", got, want)
		}
	})
}

// A mail that comes later ties threads together and never parts them: so an
// archive in pieces ends as the whole does.
func TestMoreMailsNeverPart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := anyFacts(t)
		some := facts[:rapid.IntRange(0, len(facts)).Draw(t, "some")]
		whole := map[uint64]int{}
		for n, talk := range tie(facts) {
			for _, i := range talk.mails {
				whole[facts[i].id] = n
			}
		}
		for _, talk := range tie(some) {
			for _, i := range talk.mails {
				if whole[some[i].id] != whole[some[talk.mails[0]].id] {
					t.Fatalf("%d and %d were together", some[i].id, some[talk.mails[0]].id)
				}
			}
		}
	})
}

func TestEveryMailHasItsPlaceBehindWhatItAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := anyFacts(t)
		byID := map[uint64]int{}
		for i := range facts {
			byID[facts[i].id] = i
		}
		seen := map[int]bool{}
		for _, talk := range tie(facts) {
			place, late := map[int]int{}, 0
			for n, i := range talk.mails {
				if seen[i] {
					t.Fatalf("%d stands twice", facts[i].id)
				}
				seen[i], place[i] = true, n
			}
			for _, i := range talk.mails {
				if p := parent(facts, i, byID); p >= 0 && place[p] > place[i] {
					late++
				}
			}
			if cycles := cycles(facts, talk.mails, byID); late > cycles {
				t.Fatalf("%d mails stand before what they answer, in %d cycles", late, cycles)
			}
		}
		if len(seen) != len(facts) {
			t.Fatalf("%d of %d", len(seen), len(facts))
		}
	})
}

// cycles counts rings of mails that answer one another.
func cycles(facts []fact, mails []int, byID map[uint64]int) int {
	n := 0
	done := map[int]bool{}
	for _, i := range mails {
		walk := map[int]bool{}
		for at := i; at >= 0 && !done[at]; at = parent(facts, at, byID) {
			if walk[at] {
				n++
				break
			}
			walk[at] = true
		}
		for at := range walk {
			done[at] = true
		}
	}
	return n
}

func TestSubjectKeys(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"Lunch on Friday", "Re: Lunch on Friday", "RE: RE: lunch  on friday", "[list] Lunch on Friday", "Re: [list] Re: [Other-List] Lunch on Friday",
		"[list] [other] Lunch on Friday", "AW: Lunch on Friday", "Lunch on Friday (was: Dinner)", "Fwd: Lunch on Friday",
	} {
		if got := subjectKey(s); got != "lunch on friday" {
			t.Errorf("%s: %q", s, got)
		}
	}
	for s, want := range map[string]string{"": "", "Re:": ""} {
		if got := subjectKey(s); got != want {
			t.Errorf("%q: %q", s, got)
		}
	}
}
