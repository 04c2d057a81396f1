package thread

import (
	"github.com/uptrace/bun"

	"cordee/internal/journal"
)

// Sees is the rule of reading (rule 1).
func (t Thread) Sees(v journal.Viewer) bool {
	return !v.Person.IsZero() && t.Audience.Sees(v)
}

// MayPost is the rule of writing: who sees a thread may write in it until it is closed.
func (t Thread) MayPost(v journal.Viewer) bool { return t.Sees(v) && !t.Closed }

// seenBy is Sees as a condition on queries over thread AS t.
func seenBy(q *bun.SelectQuery, v journal.Viewer) *bun.SelectQuery {
	switch {
	case v.Person.IsZero():
		return q.Where("1 = 0")
	case len(v.Circles) == 0:
		return q.Where("EXISTS (SELECT 1 FROM thread_audience AS a WHERE a.thread = t.id AND a.person = ?)", v.Person)
	}
	return q.Where("EXISTS (SELECT 1 FROM thread_audience AS a WHERE a.thread = t.id AND (a.person = ? OR a.circle IN (?)))",
		v.Person, bun.List(v.Circles))
}
