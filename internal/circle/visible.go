package circle

import (
	"github.com/uptrace/bun"

	"cordee/internal/id"
)

// Sees is the rule of who sees a circle, its members and its charter.
func (s Standing) Sees(c id.Circle) bool { return !s.Person.IsZero() && s.In(c) }

// seenBy is Sees as a condition on queries over circle AS c.
func seenBy(q *bun.SelectQuery, s Standing) *bun.SelectQuery {
	if s.Person.IsZero() {
		return q.Where("1 = 0")
	}
	return q.Where("EXISTS (SELECT 1 FROM circle_membership AS s WHERE s.circle = c.id AND s.person = ? AND s.left_at = 0)", s.Person)
}

// SeenBy is the rule of who sees an invitation in the lists of a circle: who made
// it, and the hosts.
func (i Invitation) SeenBy(s Standing) bool {
	return s.Sees(i.Circle) && (i.Inviter == s.Person || s.Host(i.Circle))
}

// invitationsSeenBy is the same rule as a condition on queries over
// circle_invitation AS i.
func invitationsSeenBy(q *bun.SelectQuery, s Standing) *bun.SelectQuery {
	if s.Person.IsZero() {
		return q.Where("1 = 0")
	}
	return q.Where("EXISTS (SELECT 1 FROM circle_membership AS s WHERE s.circle = i.circle AND s.person = ? AND s.left_at = 0 "+
		"AND (s.role = ? OR i.inviter = s.person))", s.Person, Host)
}
