package person

import (
	"context"
	"strings"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/search"
)

// index keeps what search finds of a person: what their circles see, nothing
// else. Who is staged or has left isn't found.
func (r *Room) index(ctx context.Context, tx *journal.Tx, p Person) error {
	if p.State != Active {
		return search.Remove(ctx, tx, Ref(p.ID))
	}
	audience, err := r.audience(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	var text []string
	for _, part := range []struct {
		field Field
		words []string
	}{{FieldHeadline, []string{p.Headline}}, {FieldPlace, []string{p.Place}}, {FieldHelps, p.Helps}, {FieldLearns, p.Learns}} {
		if p.Shows(part.field) {
			text = append(text, part.words...)
		}
	}
	return search.Put(ctx, tx, search.Doc{
		Ref: Ref(p.ID), In: Ref(p.ID), Title: p.Name, Text: strings.TrimSpace(strings.Join(text, "\n")),
		Audience: audience, Author: p.ID, At: p.CreatedAt,
	})
}

// share tells search that a person is shown elsewhere than before.
func (r *Room) share(ctx context.Context, tx *journal.Tx, who id.Person) error {
	audience, err := r.audience(ctx, tx, who)
	if err != nil {
		return err
	}
	return search.Share(ctx, tx, Ref(who), audience)
}

// audience is who sees a person: the rule of Sees, as search knows rules.
func (r *Room) audience(ctx context.Context, tx *journal.Tx, who id.Person) (journal.Audience, error) {
	circles, err := r.ShownIn(ctx, tx, who)
	return journal.Audience{Circles: circles, Persons: []id.Person{who}}, err
}
