package circle

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/store"
)

// Place is one circle as somebody stands in it.
type Place struct {
	Circle   id.Circle `bun:"circle"`
	Slug     string    `bun:"slug"`
	Name     string    `bun:"name"`
	Stage    Stage     `bun:"stage"`
	Form     Form      `bun:"form"`
	Language lang.Tag  `bun:"language"`
	Members  int       `bun:"members"`
	Charter  int       `bun:"charter"`
	Role     Role      `bun:"role"`
	Agreed   int       `bun:"agreed"`
	Joined   int64     `bun:"joined_at"`
}

// JoinedAt is since when they are in.
func (p Place) JoinedAt() time.Time { return store.Time(p.Joined) }

// Standing is all that decides what one person may see and do. Its zero value is
// a stranger's.
type Standing struct {
	Person   id.Person
	Operator bool
	Circles  []Place // in the order of their names
}

// Viewer is the standing as the ground floor knows it.
func (s Standing) Viewer() journal.Viewer {
	v := journal.Viewer{Person: s.Person}
	for _, p := range s.Circles {
		v.Circles = append(v.Circles, p.Circle)
	}
	return v
}

// Place tells how the person stands in a circle, and whether they are in it.
func (s Standing) Place(c id.Circle) (Place, bool) {
	i := slices.IndexFunc(s.Circles, func(p Place) bool { return p.Circle == c })
	if i < 0 {
		return Place{}, false
	}
	return s.Circles[i], true
}

// BySlug is Place for a door that has only the slug.
func (s Standing) BySlug(slug string) (Place, bool) {
	i := slices.IndexFunc(s.Circles, func(p Place) bool { return p.Slug == slug })
	if i < 0 {
		return Place{}, false
	}
	return s.Circles[i], true
}

// In tells whether the person is in a circle.
func (s Standing) In(c id.Circle) bool { _, ok := s.Place(c); return ok }

// Host tells whether the person is a host of a circle.
func (s Standing) Host(c id.Circle) bool { p, _ := s.Place(c); return p.Role == Host }

// HostSomewhere tells whether the person is a host of any circle.
func (s Standing) HostSomewhere() bool {
	return slices.ContainsFunc(s.Circles, func(p Place) bool { return p.Role == Host })
}

// Standing loads how a person stands, inside a transaction or for a page. Nobody
// (the zero person) is a stranger.
func (r *Room) Standing(ctx context.Context, db bun.IDB, who id.Person) (_ Standing, err error) {
	defer wrap(&err, "Standing")
	s := Standing{Person: who}
	if who.IsZero() {
		return s, nil
	}
	if err := db.NewSelect().TableExpr("circle_membership AS m").
		ColumnExpr("m.circle, c.slug, c.name, c.stage, c.form, c.language, c.members, c.charter, m.role, m.agreed, m.joined_at").
		Join("JOIN circle AS c ON c.id = m.circle").
		Where("m.person = ?", who).Where("m.left_at = 0").OrderExpr("c.name, c.id").Scan(ctx, &s.Circles); err != nil {
		return Standing{}, err
	}
	s.Operator, err = r.server.Operator(ctx, db, who)
	return s, err
}

// Viewers loads the ground-floor standing of many people at once, for couriers.
func (r *Room) Viewers(ctx context.Context, db bun.IDB, people []id.Person) (_ map[id.Person]journal.Viewer, err error) {
	defer wrap(&err, "Viewers")
	all := make(map[id.Person]journal.Viewer, len(people))
	for _, p := range people {
		all[p] = journal.Viewer{Person: p}
	}
	for some := range slices.Chunk(people, 500) {
		var rows []membershipRow
		if err := db.NewSelect().Model(&rows).Column("circle", "person").Where("m.person IN (?)", bun.List(some)).
			Where("m.left_at = 0").OrderExpr("m.person, m.circle").Scan(ctx); err != nil {
			return nil, err
		}
		for _, row := range rows {
			v := all[row.Person]
			v.Circles = append(v.Circles, row.Circle)
			all[row.Person] = v
		}
	}
	return all, nil
}
