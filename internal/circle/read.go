package circle

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/store"
)

const pageSize = 50

// Get loads a circle for other rooms and couriers, who see to visibility themselves.
func (r *Room) Get(ctx context.Context, db bun.IDB, c id.Circle) (_ Circle, err error) {
	defer wrap(&err, "Get")
	return one(ctx, db.NewSelect().Where("c.id = ?", c))
}

// Many is Get for several circles in one query.
func (r *Room) Many(ctx context.Context, db bun.IDB, circles []id.Circle) (_ map[id.Circle]Circle, err error) {
	defer wrap(&err, "Many")
	all := make(map[id.Circle]Circle, len(circles))
	if len(circles) == 0 {
		return all, nil
	}
	var rows []circleRow
	if err := db.NewSelect().Model(&rows).Where("c.id IN (?)", bun.List(circles)).Scan(ctx); err != nil {
		return nil, err
	}
	for _, row := range rows {
		all[row.ID] = row.circle()
	}
	return all, nil
}

// WithSlug finds the circle to which a slug leads or ever led, for imports and the
// command line.
func (r *Room) WithSlug(ctx context.Context, db bun.IDB, slug string) (_ Circle, found bool, err error) {
	defer wrap(&err, "WithSlug")
	c, err := one(ctx, db.NewSelect().Where("c.id = (SELECT g.circle FROM circle_slug AS g WHERE g.slug = ?)", slug))
	if errors.Is(err, errNotFound()) {
		return Circle{}, false, nil
	}
	return c, err == nil, err
}

// BySlug finds a circle that the person sees. By an old slug it is found too: its
// own differs then, and the door redirects.
func (r *Room) BySlug(ctx context.Context, db bun.IDB, s Standing, slug string) (_ Circle, err error) {
	defer wrap(&err, "BySlug")
	return one(ctx, seenBy(db.NewSelect().Where("c.id = (SELECT g.circle FROM circle_slug AS g WHERE g.slug = ?)", slug), s))
}

// List gives the circles that the person sees, by name.
func (r *Room) List(ctx context.Context, db bun.IDB, s Standing) (_ []Circle, err error) {
	defer wrap(&err, "List")
	return list(ctx, seenBy(db.NewSelect(), s))
}

// Unclaimed lists the circles that wait for an operator to claim them.
func (r *Room) Unclaimed(ctx context.Context, db bun.IDB) (_ []Circle, err error) {
	defer wrap(&err, "Unclaimed")
	return list(ctx, db.NewSelect().Where("NOT c.claimed"))
}

// Members lists who is in a circle, the longest there first.
func (r *Room) Members(ctx context.Context, db bun.IDB, c id.Circle) (_ []Membership, err error) {
	defer wrap(&err, "Members")
	var rows []membershipRow
	err = db.NewSelect().Model(&rows).Where("m.circle = ?", c).Where("m.left_at = 0").OrderExpr("m.joined_at, m.person").Scan(ctx)
	all := make([]Membership, len(rows))
	for i, row := range rows {
		all[i] = row.membership()
	}
	return all, err
}

// Membership loads one person's, while they are in.
func (r *Room) Membership(ctx context.Context, db bun.IDB, c id.Circle, who id.Person) (_ Membership, err error) {
	defer wrap(&err, "Membership")
	var row membershipRow
	err = db.NewSelect().Model(&row).Where("m.circle = ?", c).Where("m.person = ?", who).Where("m.left_at = 0").Scan(ctx)
	return row.membership(), missing(err)
}

func (r *Room) in(ctx context.Context, db bun.IDB, c id.Circle, who id.Person) (bool, error) {
	if who.IsZero() {
		return false, nil
	}
	return db.NewSelect().Model((*membershipRow)(nil)).Where("m.circle = ?", c).Where("m.person = ?", who).Where("m.left_at = 0").Exists(ctx)
}

// Charters lists every text that a circle's charter had, the latest first. The
// first of them is in force.
func (r *Room) Charters(ctx context.Context, db bun.IDB, s Standing, c id.Circle) (_ []Charter, err error) {
	defer wrap(&err, "Charters")
	if !s.Sees(c) {
		return nil, errNotFound()
	}
	var rows []charterRow
	err = db.NewSelect().Model(&rows).Where("h.circle = ?", c).OrderExpr("h.version DESC, h.edition DESC").Scan(ctx)
	all := make([]Charter, len(rows))
	for i, row := range rows {
		all[i] = row.charter()
	}
	return all, err
}

func charterOf(ctx context.Context, db bun.IDB, c Circle) (Charter, error) {
	var row charterRow
	err := db.NewSelect().Model(&row).Where("h.circle = ?", c.ID).Where("h.version = ?", c.Charter).
		OrderExpr("h.edition DESC").Limit(1).Scan(ctx)
	return row.charter(), missing(err)
}

// charterSince is when the version in force came.
func charterSince(ctx context.Context, db bun.IDB, c Circle) (time.Time, error) {
	var at int64
	err := db.NewSelect().Model((*charterRow)(nil)).Column("at").Where("h.circle = ?", c.ID).Where("h.version = ?", c.Charter).
		Where("h.edition = 1").Scan(ctx, &at)
	return store.Time(at), err
}

// Face is a member as the circle's pages show them.
type Face struct {
	Membership
	Card person.Card
}

// Page is what a circle's pages say of it.
type Page struct {
	Circle   Circle
	Charter  Charter
	Parent   Circle   // zero when it has none
	Born     []Circle // of this one
	Members  []Face   // the longest there first
	Mine     Membership
	Awaiting int // invitations still open
}

// Hosts are those of the members.
func (p Page) Hosts() []Face {
	return slices.DeleteFunc(slices.Clone(p.Members), func(f Face) bool { return f.Role != Host })
}

// Page loads a circle as somebody in it sees it, in a handful of queries however
// many are in it.
func (r *Room) Page(ctx context.Context, db bun.IDB, s Standing, slug string) (_ Page, err error) {
	defer wrap(&err, "Page")
	c, err := r.BySlug(ctx, db, s, slug)
	if err != nil {
		return Page{}, err
	}
	p := Page{Circle: c}
	if p.Charter, err = charterOf(ctx, db, c); err != nil {
		return Page{}, err
	}
	family, err := list(ctx, db.NewSelect().Where("c.id = ? OR c.parent = ?", c.Parent, c.ID))
	if err != nil {
		return Page{}, err
	}
	for _, f := range family {
		if f.ID == c.Parent {
			p.Parent = f
		} else {
			p.Born = append(p.Born, f)
		}
	}
	if p.Members, err = r.faces(ctx, db, c.ID); err != nil {
		return Page{}, err
	}
	for _, f := range p.Members {
		if f.Person == s.Person {
			p.Mine = f.Membership
		}
	}
	open, err := db.NewSelect().Model((*invitationRow)(nil)).Where("i.circle = ?", c.ID).Where("i.expires_at > ?", r.journal.Now().UnixMicro()).
		Where("i.revoked_at = 0 AND i.declined_at = 0 AND i.taken < i.seats").Count(ctx)
	p.Awaiting = int(open)
	return p, err
}

func (r *Room) faces(ctx context.Context, db bun.IDB, c id.Circle) ([]Face, error) {
	members, err := r.Members(ctx, db, c)
	if err != nil {
		return nil, err
	}
	ids := make([]id.Person, len(members))
	for i, m := range members {
		ids[i] = m.Person
	}
	cards, err := r.people.Cards(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	faces := make([]Face, len(members))
	for i, m := range members {
		faces[i] = Face{Membership: m, Card: cards[m.Person]}
	}
	return faces, nil
}

// Welcome is what the page of an invitation says, before it asks anything.
type Welcome struct {
	Invitation Invitation
	State      State
	Circle     Circle
	Charter    Charter
	Inviter    person.Card
	Parent     string // the name of the circle that this one was born of
	Asks       bool   // why, what they bring, how much time: to be said before the yes
	Mailed     bool   // they came by the link in a mail from Cordée: its address is proved
	Inside     bool   // who looks is in the circle already
	// Known is who is invited, where nobody is signed in and they came by Cordée's
	// mail to somebody known here: the page shows whose name it is and one button,
	// and Accept takes their yes without a Newcomer. It opens no session.
	Known person.Card
}

// Welcome loads what somebody is invited to, even when it is too late; who is the
// zero person when nobody is signed in.
func (r *Room) Welcome(ctx context.Context, db bun.IDB, who id.Person, at Arrival) (_ Welcome, err error) {
	defer wrap(&err, "Welcome")
	i, mailed, err := r.arrive(ctx, db, who, at)
	if err != nil {
		return Welcome{}, err
	}
	all, err := r.welcomes(ctx, db, []Invitation{i})
	if err != nil {
		return Welcome{}, err
	}
	w := all[0]
	w.Mailed = mailed
	if w.Charter, err = charterOf(ctx, db, w.Circle); err != nil {
		return Welcome{}, err
	}
	if !w.Circle.Parent.IsZero() {
		parent, err := r.Get(ctx, db, w.Circle.Parent)
		if err != nil {
			return Welcome{}, err
		}
		w.Parent = parent.Name
	}
	if who.IsZero() && known(i, mailed) {
		cards, err := r.people.Cards(ctx, db, []id.Person{i.Person})
		if err != nil {
			return Welcome{}, err
		}
		w.Known, who = cards[i.Person], i.Person
	}
	w.Inside, err = r.in(ctx, db, i.Circle, who)
	return w, err
}

// InvitationsTo lists what somebody known here is invited to and may still accept,
// without the charters.
func (r *Room) InvitationsTo(ctx context.Context, db bun.IDB, who id.Person) (_ []Welcome, err error) {
	defer wrap(&err, "InvitationsTo")
	var rows []invitationRow
	if err := db.NewSelect().Model(&rows).Where("i.person = ?", who).Where("i.expires_at > ?", r.journal.Now().UnixMicro()).
		Where("i.revoked_at = 0 AND i.declined_at = 0 AND i.taken < i.seats").OrderExpr("i.created_at, i.public").Limit(pageSize).
		Scan(ctx); err != nil {
		return nil, err
	}
	all := make([]Invitation, len(rows))
	for n, row := range rows {
		all[n] = row.invitation()
	}
	return r.welcomes(ctx, db, all)
}

func (r *Room) welcomes(ctx context.Context, db bun.IDB, invitations []Invitation) ([]Welcome, error) {
	var circles []id.Circle
	var inviters []id.Person
	for _, i := range invitations {
		circles, inviters = append(circles, i.Circle), append(inviters, i.Inviter)
	}
	in, err := r.Many(ctx, db, circles)
	if err != nil {
		return nil, err
	}
	cards, err := r.people.Cards(ctx, db, inviters)
	if err != nil {
		return nil, err
	}
	all := make([]Welcome, len(invitations))
	for n, i := range invitations {
		all[n] = Welcome{
			Invitation: i, State: i.State(r.journal.Now()), Circle: in[i.Circle], Inviter: cards[i.Inviter], Asks: !i.Existing,
		}
	}
	return all, nil
}

// Cursor is where a list goes on; the empty one is its beginning and its end.
type Cursor string

// Invitations lists a circle's invitations that the person sees, the latest first.
func (r *Room) Invitations(ctx context.Context, db bun.IDB, s Standing, c id.Circle, after Cursor) (_ []Invitation, next Cursor, err error) {
	defer wrap(&err, "Invitations")
	var rows []invitationRow
	q := invitationsSeenBy(db.NewSelect().Model(&rows).Where("i.circle = ?", c), s).
		OrderExpr("i.created_at DESC, i.public DESC").Limit(pageSize + 1)
	if at, tie, ok := strings.Cut(string(after), "."); ok {
		if us, err := strconv.ParseInt(at, 36, 64); err == nil {
			q.Where("(i.created_at, i.public) < (?, ?)", us, tie)
		}
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", err
	}
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		last := rows[pageSize-1]
		next = Cursor(strconv.FormatInt(last.CreatedAt, 36) + "." + string(last.Public))
	}
	all := make([]Invitation, len(rows))
	for n, row := range rows {
		all[n] = row.invitation()
	}
	return all, next, nil
}

// Invitation loads an invitation that the person sees in the circle's lists.
func (r *Room) Invitation(ctx context.Context, db bun.IDB, s Standing, public id.Public) (_ Invitation, err error) {
	defer wrap(&err, "Invitation")
	return oneInvitation(ctx, invitationsSeenBy(db.NewSelect().Where("i.public = ?", public), s))
}

// Awaited recomputes who is awaited on what, for doctor.
func (r *Room) Awaited(ctx context.Context, db bun.IDB) (_ map[journal.Ref][]await.Awaited, err error) {
	defer wrap(&err, "Awaited")
	all := map[journal.Ref][]await.Awaited{}
	circles, err := list(ctx, db.NewSelect())
	if err != nil {
		return nil, err
	}
	var rows []membershipRow
	if err := db.NewSelect().Model(&rows).Join("JOIN circle AS c ON c.id = m.circle AND c.charter > m.agreed").
		Where("m.left_at = 0").Scan(ctx); err != nil {
		return nil, err
	}
	behind := map[id.Circle][]Membership{}
	for _, row := range rows {
		behind[row.Circle] = append(behind[row.Circle], row.membership())
	}
	for _, c := range circles {
		if len(behind[c.ID]) == 0 {
			continue
		}
		since, err := charterSince(ctx, db, c)
		if err != nil {
			return nil, err
		}
		all[c.Ref()] = c.awaited(behind[c.ID], since)
	}
	var invitations []invitationRow
	if err := db.NewSelect().Model(&invitations).Where("i.person IS NOT NULL").
		Where("i.lapsed_at = 0 AND i.revoked_at = 0 AND i.declined_at = 0 AND i.taken < i.seats").Scan(ctx); err != nil {
		return nil, err
	}
	for _, row := range invitations {
		i := row.invitation()
		all[i.Ref()] = i.awaited(i.CreatedAt) // until it is noted as lapsed
	}
	return all, nil
}

func list(ctx context.Context, q *bun.SelectQuery) ([]Circle, error) {
	var rows []circleRow
	err := q.Model(&rows).OrderExpr("c.name, c.id").Scan(ctx)
	all := make([]Circle, len(rows))
	for i, row := range rows {
		all[i] = row.circle()
	}
	return all, err
}

func errNotFound() *refusal.Refusal { return refusal.ErrNotFound() }

// missing says not found where there is no row.
func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errNotFound()
	}
	return err
}

// orNotFound is a failure where there was one, else not found.
func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return errNotFound()
}
