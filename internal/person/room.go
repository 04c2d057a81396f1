package person

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/store"
)

// Config is what the room is built from.
type Config struct {
	Journal *journal.Journal
	DB      *store.DB
}

// Room holds the people of this server.
type Room struct {
	j  *journal.Journal
	db *store.DB
}

// New opens the room.
func New(c Config) *Room { return &Room{j: c.Journal, db: c.DB} }

// Newcomer is who gets a profile.
type Newcomer struct {
	Name      string
	Languages []lang.Tag
	Zone      string
	Address   string
	Proved    bool // they came by a link that was sent there, or the operator's terminal vouches
}

// Check says what is wrong with what a newcomer tells of themselves, before anybody
// asks whether their address is known.
func (n Newcomer) Check(now time.Time) error {
	_, _, _, err := n.cleaned(now)
	return err
}

func (n Newcomer) cleaned(now time.Time) (_ Profile, address string, _ Mailbox, err error) {
	p, err := Profile{Name: n.Name, Languages: n.Languages, Zone: n.Zone, OnlyMe: []Field{FieldAddress}}.cleaned(now)
	if err != nil {
		return p, "", "", err
	}
	address, mailbox, err := ParseAddress(n.Address)
	return p, address, mailbox, err
}

// Create makes an active person. Their circles see all of their profile but the address.
func (r *Room) Create(ctx context.Context, tx *journal.Tx, n Newcomer) (Person, error) {
	profile, address, mailbox, err := n.cleaned(tx.Now())
	if err != nil {
		return Person{}, err
	}
	p := Person{
		ID: id.Person(id.New[any](tx)), Public: id.NewPublic(tx), Version: 1, Profile: profile, State: Active, CreatedAt: tx.Now(),
	}
	if err := insert(ctx, tx, p); err != nil {
		return Person{}, err
	}
	if err := add(ctx, tx, p.ID, address, mailbox); err != nil {
		return Person{}, err
	}
	if n.Proved {
		if err := prove(ctx, tx, p.ID, mailbox); err != nil {
			return Person{}, err
		}
	}
	tx.Act(ActJoined, Ref(p.ID), nil)
	return p, r.index(ctx, tx, p)
}

// ShowIn makes the person visible to the members of a circle, of which they are
// one from now on. The room circle calls it, again as often as it likes.
func (r *Room) ShowIn(ctx context.Context, tx *journal.Tx, p id.Person, c id.Circle) error {
	if _, err := tx.NewInsert().Model(&shownRow{Person: p, Circle: c}).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("person: show %s: %w", p, err)
	}
	return r.share(ctx, tx, p)
}

// HideFrom takes back ShowIn: the person is no member any more.
func (r *Room) HideFrom(ctx context.Context, tx *journal.Tx, p id.Person, c id.Circle) error {
	if _, err := tx.NewDelete().Model((*shownRow)(nil)).Where("person = ? AND circle = ?", p, c).Exec(ctx); err != nil {
		return fmt.Errorf("person: hide %s: %w", p, err)
	}
	return r.share(ctx, tx, p)
}

// Leave makes the person a former one: no address, no circle, found by nobody.
// What they wrote is their circles' matter; ending their sessions is signin's.
func (r *Room) Leave(ctx context.Context, tx *journal.Tx, who id.Person) error {
	p, err := r.active(ctx, tx, who)
	if err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model((*addressRow)(nil)).Where("person = ?", who).Exec(ctx); err != nil {
		return fmt.Errorf("person: leave %s: %w", who, err)
	}
	if _, err := tx.NewDelete().Model((*shownRow)(nil)).Where("person = ?", who).Exec(ctx); err != nil {
		return fmt.Errorf("person: leave %s: %w", who, err)
	}
	p.State, p.LeftAt = Former, tx.Now()
	if p, err = save(ctx, tx, p); err != nil {
		return err
	}
	tx.Act(ActLeft, Ref(who), nil)
	return r.index(ctx, tx, p)
}

// active loads a person who acts, locked until the commit: changes to one
// person's rows happen one after the other.
func (r *Room) active(ctx context.Context, tx *journal.Tx, who id.Person) (Person, error) {
	p, err := locked(ctx, tx, who)
	switch {
	case err != nil:
		return Person{}, err
	case p.State != Active:
		return Person{}, ErrNotActive()
	}
	return p, nil
}

func locked(ctx context.Context, tx *journal.Tx, who id.Person) (Person, error) {
	var row personRow
	q := tx.Lock(tx.NewSelect().Model(&row).Where("p.id = ?", who))
	return one(&row, q.Scan(ctx), who)
}

func insert(ctx context.Context, tx *journal.Tx, p Person) error {
	row, err := rowOf(p)
	if err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return fmt.Errorf("person: create %s: %w", p.ID, err)
	}
	return nil
}

// save writes p where its version is still the one that was read.
func save(ctx context.Context, tx *journal.Tx, p Person) (Person, error) {
	read := p.Version
	p.Version++
	row, err := rowOf(p)
	if err != nil {
		return Person{}, err
	}
	res, err := tx.NewUpdate().Model(row).ExcludeColumn("id", "public", "created_at").
		Where("id = ? AND version = ?", p.ID, read).Exec(ctx)
	if err := tx.Saved(res, err); err != nil {
		return Person{}, fmt.Errorf("person: save %s: %w", p.ID, err)
	}
	return p, nil
}

// ShownIn lists the circles that a person is shown in.
func (r *Room) ShownIn(ctx context.Context, db bun.IDB, p id.Person) ([]id.Circle, error) {
	var circles []id.Circle
	err := db.NewSelect().Model((*shownRow)(nil)).Column("circle").Where("s.person = ?", p).Order("circle").Scan(ctx, &circles)
	if err != nil {
		return nil, fmt.Errorf("person: circles of %s: %w", p, err)
	}
	return circles, nil
}
