package notify

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/refusal"
)

// Preference is what a member chose about a topic in a circle.
type Preference struct {
	Circle id.Circle
	Topic  Topic
	Choice Choice
}

// choices are those of several people in several circles.
type choices map[id.Person]map[id.Circle]map[Topic]Choice

// of is the choice that counts for one who shares some of the circles of a thing.
func (c choices) of(p id.Person, t Topic, in []id.Circle) Choice {
	var all []Choice
	for circle, topics := range c[p] {
		if slices.Contains(in, circle) {
			all = append(all, topics[t])
		}
	}
	return widest(all)
}

// chosen loads what people chose in the circles of a thing; a circle without a
// row counts as usual.
func (k *Courier) chosen(ctx context.Context, db bun.IDB, ids []id.Person, circles []id.Circle) (choices, error) {
	all := choices{}
	if len(circles) == 0 {
		return all, nil
	}
	var rows []preferenceRow
	for some := range slices.Chunk(ids, 500) {
		if err := db.NewSelect().Model(&rows).Where("f.person IN (?)", bun.List(some)).Where("f.circle IN (?)", bun.List(circles)).Scan(ctx); err != nil {
			return nil, fmt.Errorf("notify: preferences: %w", err)
		}
		for _, row := range rows {
			if all[row.Person] == nil {
				all[row.Person] = map[id.Circle]map[Topic]Choice{}
				for _, c := range circles {
					all[row.Person][c] = map[Topic]Choice{}
				}
			}
			all[row.Person][row.Circle][Topic(row.Topic)] = Choice(row.Choice)
		}
		rows = nil
	}
	return all, nil
}

// Preferences are all that somebody chose; what isn't there is usual.
func (k *Courier) Preferences(ctx context.Context, db bun.IDB, who id.Person) ([]Preference, error) {
	var rows []preferenceRow
	if err := db.NewSelect().Model(&rows).Where("f.person = ?", who).OrderExpr("f.circle, f.topic").Scan(ctx); err != nil {
		return nil, fmt.Errorf("notify: preferences: %w", err)
	}
	all := make([]Preference, len(rows))
	for i, row := range rows {
		all[i] = Preference{Circle: row.Circle, Topic: Topic(row.Topic), Choice: Choice(row.Choice)}
	}
	return all, nil
}

// Prefer keeps what a member chose in circles that they are in. It tells no act:
// how somebody reads their mail is nobody's news.
func (k *Courier) Prefer(ctx context.Context, by journal.By, key journal.Key, all []Preference) error {
	_, err := k.Journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		who := tx.By().Person()
		standing, err := k.Circles.Standing(ctx, tx, who)
		if err != nil {
			return err
		}
		for _, p := range all {
			switch {
			case !standing.In(p.Circle):
				return refusal.ErrNotFound()
			case !p.Topic.known() || !p.Choice.known():
				return errChoice()
			}
			if err := prefer(ctx, tx, who, p); err != nil {
				return err
			}
		}
		return nil
	})
	return err //nolint:wrapcheck // refusals pass as they are
}

func prefer(ctx context.Context, tx *journal.Tx, who id.Person, p Preference) error {
	if p.Choice == Usual {
		_, err := tx.NewDelete().Model((*preferenceRow)(nil)).Where("person = ?", who).
			Where("circle = ?", p.Circle).Where("topic = ?", p.Topic).Exec(ctx)
		if err != nil {
			return fmt.Errorf("notify: prefer: %w", err)
		}
		return nil
	}
	row := preferenceRow{Person: who, Circle: p.Circle, Topic: string(p.Topic), Choice: string(p.Choice)}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (person, circle, topic) DO UPDATE").Set("choice = EXCLUDED.choice").Exec(ctx)
	if err != nil {
		return fmt.Errorf("notify: prefer: %w", err)
	}
	return nil
}

func errChoice() error { return refusal.New(refusal.Invalid, "mail.choice").On("choice") }
