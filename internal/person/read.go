package person

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/refusal"
)

// batch is how many ids one statement names.
const batch = 500

// Card is what stands beside somebody's words everywhere.
type Card struct {
	ID       id.Person // whom it shows: for a staged person whose history was taken, the taker
	Public   id.Public
	Name     string
	Initials string
	Hue      int // 0 to Hues-1
	State    State
}

func cardOf(p id.Person, public, name string, state State) Card {
	return Card{ID: p, Public: id.Public(public), Name: name, Initials: Initials(name), Hue: hue(p), State: state}
}

// Card is the person's.
func (p Person) Card() Card { return cardOf(p.ID, string(p.Public), p.Name, p.State) }

// Cards gives the card of each person asked for, by the id that was asked: one
// query, however many. Who doesn't exist has none.
func (r *Room) Cards(ctx context.Context, db bun.IDB, ids []id.Person) (map[id.Person]Card, error) {
	cards := make(map[id.Person]Card, len(ids))
	for part := range slices.Chunk(unique(ids), batch) {
		var rows []struct {
			Asked  id.Person
			ID     id.Person
			Public string
			Name   string
			State  string
		}
		err := db.NewSelect().TableExpr("person AS p").
			ColumnExpr("p.id AS asked, t.id, t.public, t.name, t.state").
			Join("JOIN person AS t ON t.id = coalesce(p.merged_into, p.id)").
			Where("p.id IN (?)", bun.List(part)).Scan(ctx, &rows)
		if err != nil {
			return nil, fmt.Errorf("person: cards of %d: %w", len(part), err)
		}
		for _, row := range rows {
			cards[row.Asked] = cardOf(row.ID, row.Public, row.Name, State(row.State))
		}
	}
	return cards, nil
}

// Names is Cards for those who need the names alone.
func (r *Room) Names(ctx context.Context, db bun.IDB, ids []id.Person) (map[id.Person]string, error) {
	cards, err := r.Cards(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	names := make(map[id.Person]string, len(cards))
	for asked, card := range cards {
		names[asked] = card.Name
	}
	return names, nil
}

// Get loads a person for other rooms and for themselves: nothing is blank.
func (r *Room) Get(ctx context.Context, db bun.IDB, who id.Person) (Person, error) {
	var row personRow
	return one(&row, db.NewSelect().Model(&row).Where("p.id = ?", who).Scan(ctx), who)
}

// Many loads people for other rooms, by id, without those who don't exist.
func (r *Room) Many(ctx context.Context, db bun.IDB, ids []id.Person) (map[id.Person]Person, error) {
	all := make(map[id.Person]Person, len(ids))
	for part := range slices.Chunk(unique(ids), batch) {
		var rows []personRow
		if err := db.NewSelect().Model(&rows).Where("p.id IN (?)", bun.List(part)).Scan(ctx); err != nil {
			return nil, fmt.Errorf("person: many: %w", err)
		}
		loaded, err := people(rows)
		if err != nil {
			return nil, err
		}
		for _, p := range loaded {
			all[p.ID] = p
		}
	}
	return all, nil
}

// See loads a person for a page as the viewer gets to see them, or "not found".
// A staged person whose history was taken leads to the taker, under the same rule.
func (r *Room) See(ctx context.Context, db bun.IDB, v journal.Viewer, public id.Public) (Person, error) {
	var row personRow
	q := db.NewSelect().Model(&row).
		Where("p.id = (SELECT coalesce(x.merged_into, x.id) FROM person AS x WHERE x.public = ?)", string(public))
	p, err := one(&row, seenBy(q, v).Scan(ctx), id.Person{})
	if err != nil {
		return Person{}, err
	}
	return p.SeenBy(v), nil
}

// ByAddress finds the active person who has proved an address.
func (r *Room) ByAddress(ctx context.Context, db bun.IDB, mailbox Mailbox) (Person, bool, error) {
	return r.holder(ctx, db, "p.id IN (SELECT a.person FROM person_address AS a WHERE a.mailbox = ? AND a.state = ?)", mailbox, Verified)
}

// ByClaim finds an active person who has proved no address at all and calls
// this one theirs, the first to have said so: somebody who joined by a share link
// and never opened the mail that asked. signin lets them in by it, which proves it.
func (r *Room) ByClaim(ctx context.Context, db bun.IDB, mailbox Mailbox) (Person, bool, error) {
	return r.holder(ctx, db, "p.id IN (SELECT a.person FROM person_address AS a WHERE a.mailbox = ? AND a.state = ?) "+
		"AND NOT EXISTS (SELECT 1 FROM person_address AS o WHERE o.person = p.id AND o.state = ?)", mailbox, Waiting, Verified)
}

func (r *Room) holder(ctx context.Context, db bun.IDB, where string, args ...any) (Person, bool, error) {
	var rows []personRow
	err := db.NewSelect().Model(&rows).Where("p.state = ?", Active).Where(where, args...).Order("p.id").Limit(1).Scan(ctx)
	if err != nil {
		return Person{}, false, fmt.Errorf("person: by address: %w", err)
	}
	if len(rows) == 0 {
		return Person{}, false, nil
	}
	p, err := rows[0].person()
	return p, err == nil, err
}

// Addresses lists a person's addresses, the primary one first. For themselves.
func (r *Room) Addresses(ctx context.Context, db bun.IDB, who id.Person) ([]Address, error) {
	var rows []addressRow
	err := db.NewSelect().Model(&rows).Where("a.person = ?", who).
		OrderExpr("a.is_primary DESC, a.added_at, a.mailbox").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("person: addresses of %s: %w", who, err)
	}
	all := make([]Address, len(rows))
	for i, row := range rows {
		all[i] = row.address()
	}
	return all, nil
}

// SharedAddress is the address that a person lets the viewer see, or "".
func (r *Room) SharedAddress(ctx context.Context, db bun.IDB, v journal.Viewer, p Person) (string, error) {
	full, err := r.Get(ctx, db, p.ID)
	if err != nil {
		return "", err
	}
	circles, err := r.ShownIn(ctx, db, p.ID)
	if err != nil {
		return "", err
	}
	if full.State != Active || !Sees(v, p.ID, circles) || (v.Person != p.ID && !full.Shows(FieldAddress)) {
		return "", nil
	}
	all, err := r.Addresses(ctx, db, p.ID)
	if err != nil || len(all) == 0 || !all[0].Primary {
		return "", err
	}
	return all[0].Address, nil
}

// Correspondent is somebody to whom Cordée may write.
type Correspondent struct {
	Person   id.Person
	Name     string
	Address  string
	Lang     lang.Tag
	Location *time.Location
}

// Correspondents gives, of the people asked for, those who can be written to:
// active, with a proved primary address.
func (r *Room) Correspondents(ctx context.Context, db bun.IDB, ids []id.Person) (map[id.Person]Correspondent, error) {
	all, err := r.Many(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	to := make(map[id.Person]Correspondent, len(all))
	for part := range slices.Chunk(unique(ids), batch) {
		var rows []addressRow
		err := db.NewSelect().Model(&rows).Where("a.is_primary AND a.state = ?", Verified).Where("a.person IN (?)", bun.List(part)).Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("person: correspondents: %w", err)
		}
		for _, row := range rows {
			if p := all[row.Person]; p.State == Active {
				to[p.ID] = Correspondent{Person: p.ID, Name: p.Name, Address: row.Address, Lang: p.Lang(), Location: p.Location()}
			}
		}
	}
	return to, nil
}

// Counts tells how many people there are of each state; those whose history was
// taken count no more.
func (r *Room) Counts(ctx context.Context, db bun.IDB) (map[State]int, error) {
	var rows []struct {
		State string
		N     int
	}
	err := db.NewSelect().TableExpr("person AS p").ColumnExpr("p.state, count(*) AS n").
		Where("p.merged_into IS NULL").Group("p.state").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("person: counts: %w", err)
	}
	counts := map[State]int{}
	for _, row := range rows {
		counts[State(row.State)] = row.N
	}
	return counts, nil
}

func one(row *personRow, err error, who id.Person) (Person, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Person{}, errNotFound()
	}
	if err != nil {
		return Person{}, fmt.Errorf("person: get %s: %w", who, err)
	}
	return row.person()
}

func people(rows []personRow) ([]Person, error) {
	all := make([]Person, len(rows))
	for i := range rows {
		p, err := rows[i].person()
		if err != nil {
			return nil, err
		}
		all[i] = p
	}
	return all, nil
}

func unique(ids []id.Person) []id.Person {
	seen := make(map[id.Person]bool, len(ids))
	all := make([]id.Person, 0, len(ids))
	for _, p := range ids {
		if !p.IsZero() && !seen[p] {
			seen[p] = true
			all = append(all, p)
		}
	}
	return all
}

func errNotFound() error { return refusal.ErrNotFound() }
