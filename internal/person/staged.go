package person

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/store"
)

// Past is somebody as an imported archive knows them.
type Past struct {
	Name    string
	Address string    // may be empty or no address at all
	Circle  id.Circle // whose past it is
	At      time.Time // when they were first heard of; zero is now
}

// Stage finds or makes the staged person behind an archive's author: one for
// each address, or for each name in a circle where there is no address. Once
// somebody took the history it gives that somebody. It is no act: the import's
// own acts tell of it.
func (r *Room) Stage(ctx context.Context, tx *journal.Tx, past Past) (Person, error) {
	name := Shorten(Line(past.Name), MaxName)
	address, mailbox, err := ParseAddress(past.Address)
	if err != nil {
		if name == "" {
			name = Shorten(Line(past.Address), MaxName)
		}
		if name == "" {
			return Person{}, errNameMissing()
		}
		address, mailbox = "", Mailbox("past:"+past.Circle.String()+":"+strings.ToLower(name))
	}
	if name == "" {
		name, _, _ = strings.Cut(address, "@") // an address without a name shows what stands before the sign
		name = Shorten(name, MaxName)
	}
	if p, ok, err := r.stagedWith(ctx, tx, mailbox); err != nil || ok {
		if err != nil {
			return Person{}, err
		}
		return p, r.show(ctx, tx, p, past.Circle)
	}
	p, err := r.newStaged(ctx, tx, name, past.At)
	if err != nil {
		return Person{}, err
	}
	row := addressRow{Person: p.ID, Mailbox: string(mailbox), Address: address, State: string(FromThePast), AddedAt: store.Micros(tx.Now())}
	res, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return Person{}, fmt.Errorf("person: stage %s: %w", p.ID, err)
	}
	if n, err := res.RowsAffected(); err != nil {
		return Person{}, fmt.Errorf("person: stage %s: %w", p.ID, err)
	} else if n == 0 { // another import was faster: theirs it is
		return Person{}, journal.ErrVersion
	}
	return p, r.show(ctx, tx, p, past.Circle)
}

func (r *Room) newStaged(ctx context.Context, tx *journal.Tx, name string, at time.Time) (Person, error) {
	if at.IsZero() || at.After(tx.Now()) {
		at = tx.Now()
	}
	p := Person{
		ID: id.Person(id.New[any](tx)), Public: id.NewPublic(tx), Version: 1, State: Staged, CreatedAt: at,
		Profile: Profile{Name: name, Zone: "UTC", Presence: Available},
	}
	return p, insert(ctx, tx, p)
}

// show lets the members of the circle see the page of a staged person. One who
// joined is shown where they are a member, and nowhere else for having a past.
func (r *Room) show(ctx context.Context, tx *journal.Tx, p Person, c id.Circle) error {
	if p.State != Staged || c.IsZero() {
		return nil
	}
	if _, err := tx.NewInsert().Model(&shownRow{Person: p.ID, Circle: c}).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("person: show %s: %w", p.ID, err)
	}
	return nil
}

// stagedWith finds who was staged with a mailbox, or who took that history since.
func (r *Room) stagedWith(ctx context.Context, db bun.IDB, mailbox Mailbox) (Person, bool, error) {
	var rows []personRow
	err := db.NewSelect().Model(&rows).
		Where("p.id IN (SELECT coalesce(s.merged_into, s.id) FROM person AS s JOIN person_address AS a ON a.person = s.id WHERE a.mailbox = ? AND a.state = ?)",
			mailbox, FromThePast).Scan(ctx)
	if err != nil {
		return Person{}, false, fmt.Errorf("person: staged with an address: %w", err)
	}
	if len(rows) == 0 {
		return Person{}, false, nil
	}
	p, err := rows[0].person()
	return p, err == nil, err
}

// StagedFor lists the people of an imported past who have one of the person's
// proved addresses, and whose history nobody took yet: what they are offered.
func (r *Room) StagedFor(ctx context.Context, db bun.IDB, who id.Person) ([]Person, error) {
	var rows []personRow
	err := db.NewSelect().Model(&rows).Where("p.state = ? AND p.merged_into IS NULL", Staged).
		Where("p.id IN (SELECT s.person FROM person_address AS s JOIN person_address AS v ON v.mailbox = s.mailbox "+
			"WHERE s.state = ? AND v.state = ? AND v.person = ?)", FromThePast, Verified, who).
		Order("p.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("person: past of %s: %w", who, err)
	}
	return people(rows)
}

// TakeHistory makes the history of a staged person mine: from now on it shows me.
func (r *Room) TakeHistory(ctx context.Context, by journal.By, key journal.Key, staged id.Public) error {
	_, err := r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		offered, err := r.StagedFor(ctx, tx, tx.By().Person())
		if err != nil {
			return err
		}
		for _, p := range offered {
			if p.Public == staged {
				return r.Claim(ctx, tx, p.ID, tx.By().Person())
			}
		}
		return ErrNotStaged()
	})
	return err
}

// Claim ties a staged person's history to the one who joined. That they proved
// the same address, and want it, is checked by the caller.
func (r *Room) Claim(ctx context.Context, tx *journal.Tx, staged, who id.Person) error {
	if _, err := r.active(ctx, tx, who); err != nil {
		return err
	}
	past, err := locked(ctx, tx, staged)
	switch {
	case err != nil:
		return err
	case past.MergedInto == who:
		return nil
	case past.State != Staged || !past.MergedInto.IsZero():
		return ErrNotStaged()
	}
	past.MergedInto = who
	if _, err := save(ctx, tx, past); err != nil {
		return err
	}
	tx.Act(ActHistoryTaken, Ref(who), takenFacts{Staged: staged})
	return nil
}
