package importer

import (
	"cmp"
	"container/heap"
	"slices"
	"time"

	"cordee/internal/thread"
)

// How mails become threads, and how it fails. Each rule ties two mails by what
// stands in these two alone (rule 3), and threads are what is tied together. So
// neither the order of the mails nor the order of archives matters, and a mail that
// comes later can tie threads together but never part them. What it gets wrong,
// knowingly: an answer to a digest stays apart from what it answers; a subject such
// as "question" that two people use within a month makes one thread.

// near is how far apart two mails of one subject may lie.
const near = 30 * 24 * time.Hour

// talk is a thread of an archive: the places of its facts, in the order in which
// they are written down.
type talk struct {
	mails []int
	rooms []thread.ID // those in which some of its mails are already
	first int64       // when it began
}

// tie puts facts in threads, those that began first first. A thread has its mails
// in the order of their times, but none before what it answers.
func tie(facts []fact) []talk {
	sets := newSets(len(facts))
	byID := make(map[uint64]int, len(facts))
	for i := range facts {
		byID[facts[i].id] = i
	}
	tieByNames(facts, sets, byID)
	tieBySubject(facts, sets)

	groups := map[int][]int{}
	for i := range facts {
		root := sets.find(i)
		groups[root] = append(groups[root], i)
	}
	talks := make([]talk, 0, len(groups))
	for _, mails := range groups {
		talks = append(talks, arrange(facts, mails, byID))
	}
	slices.SortFunc(talks, func(a, b talk) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(facts[a.mails[0]].id, facts[b.mails[0]].id))
	})
	return talks
}

// tieByNames ties a mail to those that it names, and two mails of one subject that
// name the same third, which isn't there.
func tieByNames(facts []fact, sets *sets, byID map[uint64]int) {
	type lost struct{ ref, key uint64 }
	missing := map[lost]int{}
	for i := range facts {
		for _, ref := range facts[i].refs {
			if j, ok := byID[ref]; ok {
				sets.join(i, j)
			}
			if facts[i].key == 0 {
				continue
			}
			l := lost{ref, facts[i].key}
			if j, ok := missing[l]; ok {
				sets.join(i, j)
			} else {
				missing[l] = i
			}
		}
	}
}

// tieBySubject ties mails of one subject. Neighbours in time are enough: whoever
// lies within thirty days of another is tied to it through those between.
func tieBySubject(facts []fact, sets *sets) {
	byTime := make([]int, 0, len(facts))
	for i := range facts {
		if facts[i].key != 0 {
			byTime = append(byTime, i)
		}
	}
	slices.SortFunc(byTime, func(i, j int) int {
		return cmp.Or(cmp.Compare(facts[i].key, facts[j].key), cmp.Compare(facts[i].at, facts[j].at))
	})
	for n := 1; n < len(byTime); n++ {
		i, j := byTime[n-1], byTime[n]
		if facts[i].key == facts[j].key && facts[j].at-facts[i].at <= near.Microseconds() {
			sets.join(i, j)
		}
	}
}

// arrange gives one thread its order. Cycles, which forged or broken mails can
// make, are opened at their earliest mail.
func arrange(facts []fact, mails []int, byID map[uint64]int) talk {
	earlier := func(i, j int) int {
		return cmp.Or(cmp.Compare(facts[i].at, facts[j].at), cmp.Compare(facts[i].id, facts[j].id))
	}
	slices.SortFunc(mails, earlier)
	t := talk{first: facts[mails[0]].at, mails: make([]int, 0, len(mails))}
	children := map[int][]int{}
	waits := map[int]bool{}
	ready := &byOrder{less: func(i, j int) bool { return earlier(i, j) < 0 }}
	for _, i := range mails {
		if p := parent(facts, i, byID); p >= 0 {
			children[p] = append(children[p], i)
			waits[i] = true
		} else {
			heap.Push(ready, i)
		}
		if f := &facts[i]; f.known() && !slices.Contains(t.rooms, f.thread) {
			t.rooms = append(t.rooms, f.thread)
		}
	}
	for open := 0; len(t.mails) < len(mails); {
		if ready.Len() == 0 { // a cycle
			for !waits[mails[open]] {
				open++
			}
			first := slices.MinFunc(ring(facts, mails[open], byID), earlier)
			delete(waits, first)
			heap.Push(ready, first)
		}
		i, _ := heap.Pop(ready).(int)
		t.mails = append(t.mails, i)
		for _, c := range children[i] {
			if waits[c] {
				delete(waits, c)
				heap.Push(ready, c)
			}
		}
	}
	return t
}

// ring is the cycle in which what a mail answers ends.
func ring(facts []fact, i int, byID map[uint64]int) []int {
	var way []int
	for seen := map[int]int{}; ; i = parent(facts, i, byID) {
		if at, ok := seen[i]; ok {
			return way[at:]
		}
		seen[i] = len(way)
		way = append(way, i)
	}
}

// parent is the place of what a mail answers, or -1.
func parent(facts []fact, i int, byID map[uint64]int) int {
	for _, ref := range facts[i].refs {
		if j, ok := byID[ref]; ok && j != i {
			return j
		}
	}
	return -1
}

// byOrder is a heap of places.
type byOrder struct {
	places []int
	less   func(i, j int) bool
}

// Len is heap's.
func (h *byOrder) Len() int { return len(h.places) }

// Less is heap's.
func (h *byOrder) Less(a, b int) bool { return h.less(h.places[a], h.places[b]) }

// Swap is heap's.
func (h *byOrder) Swap(a, b int) { h.places[a], h.places[b] = h.places[b], h.places[a] }

// Push is heap's.
func (h *byOrder) Push(x any) {
	if i, ok := x.(int); ok {
		h.places = append(h.places, i)
	}
}

// Pop is heap's.
func (h *byOrder) Pop() any {
	last := len(h.places) - 1
	x := h.places[last]
	h.places = h.places[:last]
	return x
}

// sets are disjoint sets of places.
type sets struct{ up []int }

func newSets(n int) *sets {
	s := &sets{up: make([]int, n)}
	for i := range s.up {
		s.up[i] = i
	}
	return s
}

func (s *sets) find(i int) int {
	for s.up[i] != i {
		s.up[i] = s.up[s.up[i]]
		i = s.up[i]
	}
	return i
}

func (s *sets) join(i, j int) {
	i, j = s.find(i), s.find(j)
	if i < j {
		i, j = j, i
	}
	s.up[i] = j
}
