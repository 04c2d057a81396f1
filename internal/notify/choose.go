package notify

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"slices"
	"time"

	"cordee/internal/id"
)

// Who hears of a new ask in a large circle. The idea: those likeliest to help are
// asked now, and others aren't disturbed. How it fails: the same few are always
// asked, and grow tired, while nobody finds out what the others can do. So two of
// the ten places go to people who have seldom been asked, and who was asked a
// lot lately counts for less. The choice is deterministic, so that a repeat
// chooses the same.

const (
	smallCircle = 30                 // up to so many members everybody hears at once
	mostAsked   = 10                 // places in a larger circle,
	seldomAsked = 2                  // of which so many for people seldom asked
	soon        = 3 * 24 * time.Hour // due within it: everybody hears at once
)

// candidate is a member who could hear of an ask.
type candidate struct {
	Person    id.Person
	Shared    int  // tags of the ask among what they gladly help with or did before
	Exchanges int  // confirmed as giver, of the same kind
	Asked     int  // asks sent to them at once in the last ninety days
	Away      bool // hears in the digest alone
	RatherNot bool // they noted it of the author
}

// likely weighs how probably somebody helps: shared tags above all, practice a
// little, and being asked often against it.
func (c candidate) likely() int { return 6*min(c.Shared, 3) + 2*min(c.Exchanges, 3) - min(c.Asked, 8) }

// whoHears splits the members of a circle: those who hear of the ask at once and
// those for whom it stands in the digest.
func whoHears(members []candidate, size int, dueIn time.Duration, seed id.Any) (now, later []id.Person) {
	var open []candidate
	for _, c := range members {
		switch {
		case c.RatherNot: // it acts on their own view
		case c.Away:
			later = append(later, c.Person)
		default:
			open = append(open, c)
		}
	}
	if size <= smallCircle || dueIn > 0 && dueIn <= soon {
		return append(now, people(open)...), later
	}
	mixed := func(a, b candidate) int {
		x, y := sha256.Sum256(append(seed[:], a.Person[:]...)), sha256.Sum256(append(seed[:], b.Person[:]...))
		return bytes.Compare(x[:], y[:])
	}
	slices.SortFunc(open, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.likely(), a.likely()), mixed(a, b)) })
	first := min(mostAsked-seldomAsked, len(open))
	rest := slices.Clone(open[first:])
	slices.SortFunc(rest, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.Asked, b.Asked), mixed(a, b)) })
	second := min(seldomAsked, len(rest))
	now = append(people(open[:first]), people(rest[:second])...)
	return now, append(later, people(rest[second:])...)
}

func people(all []candidate) []id.Person {
	out := make([]id.Person, 0, len(all))
	for _, c := range all {
		out = append(out, c.Person)
	}
	return out
}
