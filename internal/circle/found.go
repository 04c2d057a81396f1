package circle

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/store"
)

// Made says which circle came of a founding, and who founded it.
type Made struct {
	Circle id.Circle `json:"circle"`
	Slug   string    `json:"slug"`
	Person id.Person `json:"person"`
}

// Found founds a circle in gestation: who founds is its first host and has agreed
// to its charter (rule 1).
func (r *Room) Found(ctx context.Context, by journal.By, key journal.Key, f Founding) (_ Made, err error) {
	defer wrap(&err, "Found")
	return answer[Made](r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		who := tx.By().Person()
		if who.IsZero() {
			return errSignIn()
		}
		s, err := r.Standing(ctx, tx, who)
		if err != nil {
			return err
		}
		if !f.Parent.IsZero() && !s.In(f.Parent) {
			return errNotFound()
		}
		may, err := r.server.MayFound(ctx, tx, who, s.HostSomewhere())
		if err != nil {
			return err
		}
		if !may {
			return errMayNotFound()
		}
		c, err := r.FoundBy(ctx, tx, who, f)
		if err != nil {
			return err
		}
		tx.Answer(Made{Circle: c.ID, Slug: c.Slug, Person: who})
		return nil
	}))
}

// MayFound tells whether somebody would be let found a circle, for pages.
func (r *Room) MayFound(ctx context.Context, s Standing) (_ bool, err error) {
	defer wrap(&err, "MayFound")
	return r.server.MayFound(ctx, r.db.Read, s.Person, s.HostSomewhere())
}

// FoundBy is Found as a verb; whether the person may is the caller's to know.
func (r *Room) FoundBy(ctx context.Context, tx *journal.Tx, who id.Person, f Founding) (_ Circle, err error) {
	defer wrap(&err, "FoundBy")
	f, err = f.cleaned()
	if err != nil {
		return Circle{}, err
	}
	c := Circle{
		ID: id.Circle(id.New[any](tx)), Public: id.NewPublic(tx), Name: f.Name, Purpose: f.Purpose, Stage: Gestation,
		Parent: f.Parent, Form: f.Form, Language: f.Language, Charter: 1, Claimed: true, Founder: who, FoundedAt: tx.Now(),
		Edition: 1, Version: 1,
	}
	if err := r.insert(ctx, tx, &c, f.Slug); err != nil {
		return Circle{}, err
	}
	tx.ActIn(c.ID, ActFounded, c.Ref(), FoundedFacts{Parent: c.Parent})
	return c, r.begin(ctx, tx, &c, who, f)
}

// begin gives a circle its first charter and its first host.
func (r *Room) begin(ctx context.Context, tx *journal.Tx, c *Circle, who id.Person, f Founding) error {
	if err := saveCharter(ctx, tx, Charter{Circle: c.ID, Version: 1, Edition: 1, Words: f.Charter, Author: who, At: tx.Now()}); err != nil {
		return err
	}
	first := Membership{Person: who, Why: f.Answers.Why, Brings: f.Answers.Brings, Means: f.Answers.Means, Role: Host}
	if err := r.enter(ctx, tx, *c, first); err != nil {
		return err
	}
	return r.settle(ctx, tx, c)
}

// insert writes a new circle under the slug wanted, or under one made of its name.
func (r *Room) insert(ctx context.Context, tx *journal.Tx, c *Circle, slug string) error {
	c.Slug = slug
	if slug == "" {
		free, err := freeSlug(ctx, tx, c.Name)
		if err != nil {
			return err
		}
		c.Slug = free
	}
	row := rowOf(*c)
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return err
	}
	switch taken, err := takeSlug(ctx, tx, *c); {
	case err != nil:
		return err
	case taken && slug != "":
		return errSlugTaken(slug)
	case taken:
		return journal.ErrVersion // somebody was faster: look again
	}
	return nil
}

// takeSlug notes that a slug leads to a circle, for ever, and tells whether
// another circle has it already.
func takeSlug(ctx context.Context, tx *journal.Tx, c Circle) (taken bool, err error) {
	row := slugRow{Slug: c.Slug, Circle: c.ID, At: store.Micros(tx.Now())}
	res, err := tx.NewInsert().Model(&row).On("CONFLICT (slug) DO NOTHING").Exec(ctx)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return false, err
	}
	err = tx.NewSelect().Model(&row).WherePK().Scan(ctx)
	return row.Circle != c.ID, err
}

func freeSlug(ctx context.Context, tx *journal.Tx, name string) (string, error) {
	all := suggestions(name)
	var taken []string
	if err := tx.NewSelect().Model((*slugRow)(nil)).Column("slug").Where("g.slug IN (?)", bun.List(all)).Scan(ctx, &taken); err != nil {
		return "", err
	}
	for _, s := range all {
		if !slices.Contains(taken, s) {
			return s, nil
		}
	}
	return all[0] + "-" + string(id.NewPublic(tx))[:3], nil // a hundred of one name: three random signs then
}

// FoundPast founds a circle for an archive: without members, to be claimed. When
// the slug leads to a circle already, it gives that one and changes nothing.
func (r *Room) FoundPast(ctx context.Context, tx *journal.Tx, slug, called string, language lang.Tag) (_ Circle, made bool, err error) {
	defer wrap(&err, "FoundPast")
	if slug, err = ParseSlug(slug); err != nil {
		return Circle{}, false, err
	}
	if called, err = name(called); err != nil {
		return Circle{}, false, err
	}
	if there, ok, err := r.WithSlug(ctx, tx, slug); err != nil || ok {
		return there, false, err
	}
	c := Circle{
		ID: id.Circle(id.New[any](tx)), Public: id.NewPublic(tx), Name: called, Stage: Gestation, Form: Vous, Language: language,
		FoundedAt: tx.Now(), Edition: 1, Version: 1,
	}
	if err := r.insert(ctx, tx, &c, slug); err != nil {
		return Circle{}, false, err
	}
	tx.ActIn(c.ID, ActFounded, c.Ref(), FoundedFacts{})
	return c, true, nil
}

// Claim lets an operator take up a circle that an archive founded: its purpose
// and charter are written, and the operator is its first host.
func (r *Room) Claim(ctx context.Context, by journal.By, key journal.Key, c id.Circle, f Founding) (_ Made, err error) {
	defer wrap(&err, "Claim")
	return answer[Made](r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		who := tx.By().Person()
		if operator, err := r.server.Operator(ctx, tx, who); err != nil || !operator {
			return orNotFound(err)
		}
		made, err := r.ClaimBy(ctx, tx, who, c, f)
		if err != nil {
			return err
		}
		tx.Answer(Made{Circle: made.ID, Slug: made.Slug, Person: who})
		return nil
	}))
}

// ClaimBy is Claim as a verb; whether the person may is the caller's to know. The
// slug stays what the archive's import named.
func (r *Room) ClaimBy(ctx context.Context, tx *journal.Tx, who id.Person, claimed id.Circle, f Founding) (_ Circle, err error) {
	defer wrap(&err, "ClaimBy")
	f.Slug = ""
	f, err = f.cleaned()
	if err != nil {
		return Circle{}, err
	}
	c, err := r.lock(ctx, tx, claimed)
	if err != nil {
		return Circle{}, err
	}
	if c.Claimed {
		return Circle{}, errClaimed()
	}
	c.Claimed, c.Name, c.Purpose, c.Form, c.Language, c.Charter, c.Founder = true, f.Name, f.Purpose, f.Form, f.Language, 1, who
	tx.ActIn(c.ID, ActClaimed, c.Ref(), nil)
	return c, r.begin(ctx, tx, &c, who, f)
}

// SetUp is the first thing done on a server: who holds the set-up link gets a
// profile, becomes the operator, and founds the first circle or claims one.
type SetUp struct {
	Token    string
	Newcomer person.Newcomer // the terminal that printed the link vouches for the address
	Founding Founding
	Claim    id.Circle // zero: found a new one
}

// SetUp does so in one act.
func (r *Room) SetUp(ctx context.Context, by journal.By, key journal.Key, in SetUp) (_ Made, err error) {
	defer wrap(&err, "SetUp")
	return answer[Made](r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		made, err := r.SetUpBy(ctx, tx, in)
		tx.Answer(made)
		return err
	}))
}

// SetUpBy is SetUp as a verb: for who gets a session in the same act.
func (r *Room) SetUpBy(ctx context.Context, tx *journal.Tx, in SetUp) (Made, error) {
	in.Newcomer.Proved = true
	who, err := r.people.Create(ctx, tx, in.Newcomer)
	if err != nil {
		return Made{}, err
	}
	if err := r.server.Claim(ctx, tx, in.Token, who.ID); err != nil {
		return Made{}, err
	}
	var c Circle
	if in.Claim.IsZero() {
		in.Founding.Parent = id.Circle{}
		c, err = r.FoundBy(ctx, tx, who.ID, in.Founding)
	} else {
		c, err = r.ClaimBy(ctx, tx, who.ID, in.Claim, in.Founding)
	}
	return Made{Circle: c.ID, Slug: c.Slug, Person: who.ID}, err
}
