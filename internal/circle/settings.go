package circle

import (
	"context"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/store"
)

// EditInput is what a host changes of a circle, over the edition that was read.
type EditInput struct {
	Circle   id.Circle
	Edition  int
	Name     string
	Slug     string
	Purpose  string
	Form     Form
	Language lang.Tag
}

// Edit changes what a circle says of itself. An old slug goes on leading to it.
func (r *Room) Edit(ctx context.Context, by journal.By, key journal.Key, in EditInput) (err error) {
	defer wrap(&err, "Edit")
	f, err := Founding{Name: in.Name, Slug: in.Slug, Purpose: in.Purpose, Form: in.Form, Language: in.Language, Charter: "-"}.cleaned()
	if err != nil {
		return err
	}
	_, err = r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		c, err := r.lockAsHost(ctx, tx, in.Circle)
		if err != nil {
			return err
		}
		if c.Edition != in.Edition {
			return errStale("purpose", c.Purpose, int64(c.Edition))
		}
		if f.Slug == "" {
			f.Slug = c.Slug
		}
		var changed []string
		note := func(field string, same bool) {
			if !same {
				changed = append(changed, field)
			}
		}
		note("name", c.Name == f.Name)
		note("slug", c.Slug == f.Slug)
		note("purpose", c.Purpose == f.Purpose)
		note("form", c.Form == f.Form)
		note("language", c.Language == f.Language)
		if len(changed) == 0 {
			return nil
		}
		c.Name, c.Slug, c.Purpose, c.Form, c.Language = f.Name, f.Slug, f.Purpose, f.Form, f.Language
		c.Edition++
		if taken, err := takeSlug(ctx, tx, c); err != nil {
			return err
		} else if taken {
			return errSlugTaken(c.Slug)
		}
		tx.ActIn(c.ID, ActEdited, c.Ref(), EditedFacts{Fields: changed})
		return save(ctx, tx, &c)
	})
	return err
}

// CharterInput is a charter's new text, over the one that was read.
type CharterInput struct {
	Circle  id.Circle
	Version int
	Edition int
	Words   string
	Meaning bool // its meaning changes: all are asked again
}

// EditCharter changes the charter (rule 3). Who changes its meaning has agreed to it.
func (r *Room) EditCharter(ctx context.Context, by journal.By, key journal.Key, in CharterInput) (err error) {
	defer wrap(&err, "EditCharter")
	words, err := text("charter", in.Words, MaxCharter, true)
	if err != nil {
		return err
	}
	_, err = r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		c, err := r.lockAsHost(ctx, tx, in.Circle)
		if err != nil {
			return err
		}
		now, err := charterOf(ctx, tx, c)
		if err != nil {
			return err
		}
		if now.Version != in.Version || now.Edition != in.Edition {
			return errStale("charter", now.Words, int64(now.Version))
		}
		if now.Words == words {
			return nil
		}
		next := Charter{Circle: c.ID, Version: now.Version, Edition: now.Edition + 1, Words: words, Author: tx.By().Person(), At: tx.Now()}
		if in.Meaning {
			next.Version, next.Edition = now.Version+1, 1
		}
		if err := saveCharter(ctx, tx, next); err != nil {
			return err
		}
		c.Charter = next.Version
		tx.ActIn(c.ID, ActCharterChanged, c.Ref(), CharterFacts{Version: c.Charter, Meaning: in.Meaning})
		if in.Meaning {
			if err := r.agreed(ctx, tx, c, next.Author); err != nil {
				return err
			}
		}
		return r.settle(ctx, tx, &c)
	})
	return err
}

// Agree is a member's yes to the version of the charter that they were shown.
func (r *Room) Agree(ctx context.Context, by journal.By, key journal.Key, to id.Circle, version int) (err error) {
	defer wrap(&err, "Agree")
	_, err = r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		c, s, err := r.lockAs(ctx, tx, to)
		if err != nil {
			return err
		}
		switch mine, _ := s.Place(to); {
		case version != c.Charter:
			return errCharterChanged()
		case mine.Agreed == version:
			return nil
		}
		if err := r.agreed(ctx, tx, c, s.Person); err != nil {
			return err
		}
		tx.ActIn(c.ID, ActAgreed, c.Ref(), CharterFacts{Version: version})
		return r.settle(ctx, tx, &c)
	})
	return err
}

// agreed notes a member's yes to the charter in force.
func (r *Room) agreed(ctx context.Context, tx *journal.Tx, c Circle, who id.Person) error {
	if err := agree(ctx, tx, c, who); err != nil {
		return err
	}
	_, err := tx.NewUpdate().Model((*membershipRow)(nil)).Set("agreed = ?", c.Charter).Set("version = version + 1").
		Where("circle = ?", c.ID).Where("person = ?", who).Exec(ctx)
	return err
}

// MakeHost lets a host name another member a host.
func (r *Room) MakeHost(ctx context.Context, by journal.By, key journal.Key, of id.Circle, who id.Person) (err error) {
	defer wrap(&err, "MakeHost")
	_, err = r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		c, err := r.lockAsHost(ctx, tx, of)
		if err != nil {
			return err
		}
		m, err := r.Membership(ctx, tx, of, who)
		if err != nil {
			return err
		}
		if m.Role == Host {
			names, err := r.people.Names(ctx, tx, []id.Person{who})
			if err != nil {
				return err
			}
			return errAlreadyHost(names[who])
		}
		if err := setRole(ctx, tx, m, Host); err != nil {
			return err
		}
		tx.ActIn(c.ID, ActHostNamed, c.Ref(), PersonFacts{Person: who})
		return save(ctx, tx, &c)
	})
	return err
}

// StepDown makes a host a member like the others, unless they are the last host.
func (r *Room) StepDown(ctx context.Context, by journal.By, key journal.Key, of id.Circle) (err error) {
	defer wrap(&err, "StepDown")
	_, err = r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		c, err := r.lockAsHost(ctx, tx, of)
		if err != nil {
			return err
		}
		hosts, err := tx.NewSelect().Model((*membershipRow)(nil)).Where("m.circle = ?", of).Where("m.left_at = 0").
			Where("m.role = ?", Host).Count(ctx)
		if err != nil {
			return err
		}
		if hosts < 2 {
			return errLastHost()
		}
		m, err := r.Membership(ctx, tx, of, tx.By().Person())
		if err != nil {
			return err
		}
		if err := setRole(ctx, tx, m, Member); err != nil {
			return err
		}
		tx.ActIn(c.ID, ActSteppedDown, c.Ref(), nil)
		return save(ctx, tx, &c)
	})
	return err
}

func setRole(ctx context.Context, tx *journal.Tx, m Membership, role Role) error {
	return tx.Saved(tx.NewUpdate().Model((*membershipRow)(nil)).Set("role = ?", role).Set("version = version + 1").
		Where("circle = ?", m.Circle).Where("person = ?", m.Person).Where("version = ?", m.Version).Exec(ctx))
}

func saveCharter(ctx context.Context, tx *journal.Tx, h Charter) error {
	row := charterRow{Circle: h.Circle, Version: h.Version, Edition: h.Edition, Words: h.Words, Author: h.Author, At: store.Micros(h.At)}
	_, err := tx.NewInsert().Model(&row).Exec(ctx)
	return err
}
