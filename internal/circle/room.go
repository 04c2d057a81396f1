package circle

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/seal"
	"cordee/internal/server"
	"cordee/internal/store"
	"cordee/internal/thread"
)

// Config is what the room is built from.
type Config struct {
	Journal *journal.Journal
	DB      *store.DB
	Keys    *seal.Keys
	People  *person.Room
	Server  *server.Room
	Threads *thread.Room
}

// Room keeps the circles.
type Room struct {
	journal *journal.Journal
	db      *store.DB
	keys    *seal.Keys
	people  *person.Room
	server  *server.Room
	threads *thread.Room
}

// New builds the room.
func New(c Config) *Room {
	return &Room{journal: c.Journal, db: c.DB, keys: c.Keys, people: c.People, server: c.Server, threads: c.Threads}
}

// lock loads a circle for a change; whatever else a rule reads of it is loaded
// after (rule 13).
func (r *Room) lock(ctx context.Context, tx *journal.Tx, c id.Circle) (Circle, error) {
	return one(ctx, tx.Lock(tx.NewSelect().Where("c.id = ?", c)))
}

// lockAs is lock for the person who acts, with their standing. To somebody who
// isn't in the circle it doesn't exist.
func (r *Room) lockAs(ctx context.Context, tx *journal.Tx, c id.Circle) (Circle, Standing, error) {
	who := tx.By().Person()
	if who.IsZero() {
		return Circle{}, Standing{}, errSignIn()
	}
	locked, err := r.lock(ctx, tx, c)
	if err != nil {
		return Circle{}, Standing{}, err
	}
	s, err := r.Standing(ctx, tx, who)
	switch {
	case err != nil:
		return Circle{}, Standing{}, err
	case !s.Sees(c):
		return Circle{}, Standing{}, errNotFound()
	case locked.Stage == Closed:
		return Circle{}, Standing{}, errClosed()
	}
	return locked, s, nil
}

// lockAsHost is lockAs for what only hosts do.
func (r *Room) lockAsHost(ctx context.Context, tx *journal.Tx, c id.Circle) (Circle, error) {
	locked, s, err := r.lockAs(ctx, tx, c)
	if err == nil && !s.Host(c) {
		return Circle{}, errHostsOnly()
	}
	return locked, err
}

// save writes a circle under the version it was read at.
func save(ctx context.Context, tx *journal.Tx, c *Circle) error {
	row := rowOf(*c)
	row.Version++
	err := tx.Saved(tx.NewUpdate().Model(&row).
		Column("slug", "name", "purpose", "stage", "form", "language", "charter", "members", "claimed", "founder", "active_at", "edition", "version").
		Where("c.id = ?", c.ID).Where("c.version = ?", c.Version).Exec(ctx))
	c.Version = row.Version
	return err
}

// settle brings all that follows from memberships and agreements up to date: the
// count, the stage, who is awaited. It saves the circle.
func (r *Room) settle(ctx context.Context, tx *journal.Tx, c *Circle) error {
	var agreements []struct{ Version, N int }
	if err := tx.NewSelect().TableExpr("circle_agreement AS a").ColumnExpr("a.version, count(*) AS n").
		Join("JOIN circle_membership AS m ON m.circle = a.circle AND m.person = a.person AND m.left_at = 0").
		Where("a.circle = ?", c.ID).Group("a.version").Scan(ctx, &agreements); err != nil {
		return fmt.Errorf("agreements: %w", err)
	}
	byVersion := map[int]int{}
	for _, a := range agreements {
		byVersion[a.Version] = a.N
	}
	members, err := r.Members(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	c.Members = len(members)
	active, now := c.activated(byVersion, tx.Now())
	*c = active
	if now {
		tx.ActIn(c.ID, ActActivated, c.Ref(), CharterFacts{Version: c.Charter})
	}
	since, err := charterSince(ctx, tx, *c)
	if err != nil {
		return err
	}
	tx.Await(c.Ref(), c.awaited(members, since)...)
	return save(ctx, tx, c)
}

// enter makes somebody a member who has agreed to the charter as it stands; the
// caller settles the circle after.
func (r *Room) enter(ctx context.Context, tx *journal.Tx, c Circle, m Membership) error {
	m.Circle, m.Agreed, m.JoinedAt, m.Version = c.ID, c.Charter, tx.Now(), 1
	row := membershipRow{
		Circle: m.Circle, Person: m.Person, Why: m.Why, Brings: m.Brings, Means: m.Means, Sponsor: m.Sponsor,
		Invitation: m.Invitation, Role: m.Role, Agreed: m.Agreed, JoinedAt: store.Micros(m.JoinedAt), Version: m.Version,
	}
	// Whoever comes back takes the old row up again.
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (circle, person) DO UPDATE").
		Set("why = EXCLUDED.why").Set("brings = EXCLUDED.brings").Set("means = EXCLUDED.means").Set("sponsor = EXCLUDED.sponsor").
		Set("invitation = EXCLUDED.invitation").Set("role = EXCLUDED.role").Set("agreed = EXCLUDED.agreed").
		Set("joined_at = EXCLUDED.joined_at").Set("left_at = 0").Set("version = m.version + 1").Exec(ctx); err != nil {
		return fmt.Errorf("membership: %w", err)
	}
	if err := agree(ctx, tx, c, m.Person); err != nil {
		return err
	}
	return r.people.ShowIn(ctx, tx, m.Person, c.ID)
}

// agree puts somebody's yes to the charter in force on record.
func agree(ctx context.Context, tx *journal.Tx, c Circle, who id.Person) error {
	in, err := charterOf(ctx, tx, c)
	if err != nil {
		return err
	}
	row := agreementRow{Circle: c.ID, Person: who, Version: in.Version, Edition: in.Edition, At: store.Micros(tx.Now())}
	_, err = tx.NewInsert().Model(&row).On("CONFLICT (circle, person, version) DO NOTHING").Exec(ctx)
	return err
}

// answer reads what a body answered, now or the first time that it ran.
func answer[T any](receipt journal.Receipt, err error) (T, error) {
	var v T
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal(receipt.Result, &v)
}

// wrap says once, at the exported function, where an error came from.
func wrap(err *error, where string) {
	if *err != nil {
		*err = fmt.Errorf("circle: %s: %w", where, *err)
	}
}

func one(ctx context.Context, q *bun.SelectQuery) (Circle, error) {
	var row circleRow
	if err := q.Model(&row).Scan(ctx); err != nil {
		return Circle{}, missing(err)
	}
	return row.circle(), nil
}
