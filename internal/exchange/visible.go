package exchange

import (
	"slices"

	"github.com/uptrace/bun"

	"cordee/internal/journal"
	"cordee/internal/thread"
)

// The rules of seeing, each as a Go function and as a condition on queries. A
// test compares both. A stranger, the zero viewer, sees nothing.

// Sees tells whether the viewer sees the ask: its author, whom it was put to,
// and the members of the circles where it was posted.
func (a Ask) Sees(v journal.Viewer) bool {
	return !v.Person.IsZero() && a.Audience().Sees(v)
}

// asksSeenBy is the same on queries over exchange_ask AS a.
func asksSeenBy(q *bun.SelectQuery, v journal.Viewer) *bun.SelectQuery {
	switch {
	case v.Person.IsZero():
		return q.Where("1 = 0")
	case len(v.Circles) == 0:
		return q.Where("(a.author = ? OR a.to_person = ?)", v.Person, v.Person)
	}
	return q.Where("(a.author = ? OR a.to_person = ? OR EXISTS (SELECT 1 FROM exchange_ask_circle AS s WHERE s.ask = a.id AND s.circle IN (?)))",
		v.Person, v.Person, bun.List(v.Circles))
}

// told tells whether others may hear the bare fact of a state: never a no, and
// nothing that an author proposed to somebody until they agree, since it would
// tell of the no that may follow.
func (x Exchange) told(s State) bool {
	return s == Agreed || s == Done || s == Confirmed || s == Proposed && !x.Quiet
}

// Sees tells whether the viewer sees the exchange: its people whole, and as a
// bare fact the members of the circles where it may be told.
func (x Exchange) Sees(v journal.Viewer) bool {
	if v.Person.IsZero() {
		return false
	}
	return x.Has(v.Person) || x.told(x.State()) && journal.Audience{Circles: x.Circles}.Sees(v)
}

// SeenBy is the exchange as the viewer gets to see it: its people see all of
// it, others the lines that may be told, and nothing of the thread.
func (x Exchange) SeenBy(v journal.Viewer) Exchange {
	if x.Has(v.Person) {
		return x
	}
	x.Thread = thread.ID{}
	x.Receivers = slices.DeleteFunc(slices.Clone(x.Receivers), func(r Receiver) bool { return !x.told(r.State) })
	return x
}

// exchangesSeenBy is Exchange.Sees on queries over exchange AS x.
func exchangesSeenBy(q *bun.SelectQuery, v journal.Viewer) *bun.SelectQuery {
	const people = "x.giver = ? OR EXISTS (SELECT 1 FROM exchange_receiver AS s WHERE s.exchange = x.id AND s.person = ?)"
	switch {
	case v.Person.IsZero():
		return q.Where("1 = 0")
	case len(v.Circles) == 0:
		return q.Where("("+people+")", v.Person, v.Person)
	}
	return q.Where("("+people+" OR (x.state IN (?, ?, ?) OR x.state = ? AND NOT x.quiet) AND EXISTS (SELECT 1 FROM exchange_circle AS c WHERE c.exchange = x.id AND c.circle IN (?)))",
		v.Person, v.Person, Agreed, Done, Confirmed, Proposed, bun.List(v.Circles))
}

// Sees tells whether the viewer sees the thanks: the two, and their circles
// once they are welcomed and unless the giver hides them.
func (t Thanks) Sees(v journal.Viewer) bool {
	return !v.Person.IsZero() && t.Audience().Sees(v)
}

// thanksSeenBy is the same on queries over exchange_thanks AS h.
func thanksSeenBy(q *bun.SelectQuery, v journal.Viewer) *bun.SelectQuery {
	switch {
	case v.Person.IsZero():
		return q.Where("1 = 0")
	case len(v.Circles) == 0:
		return q.Where("(h.giver = ? OR h.thanker = ?)", v.Person, v.Person)
	}
	return q.Where("(h.giver = ? OR h.thanker = ? OR h.state = ? AND NOT h.hidden AND EXISTS (SELECT 1 FROM exchange_thanks_circle AS s WHERE s.thanks = h.id AND s.circle IN (?)))",
		v.Person, v.Person, Welcomed, bun.List(v.Circles))
}
