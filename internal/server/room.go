package server

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/seal"
	"cordee/internal/store"
)

const (
	setUpPurpose    = "server.setup"
	passwordPurpose = "server.mail.password"
)

// Config is what the room is built from.
type Config struct {
	Journal *journal.Journal
	DB      *store.DB
	Keys    *seal.Keys
}

// Room holds the server's own settings.
type Room struct {
	j    *journal.Journal
	db   *store.DB
	keys *seal.Keys
}

// New opens the room.
func New(c Config) *Room { return &Room{j: c.Journal, db: c.DB, keys: c.Keys} }

// Get tells what is known of the server. Before its first start it is unclaimed
// and nobody but operators may found.
func (r *Room) Get(ctx context.Context, db bun.IDB) (Server, error) {
	row, err := load(ctx, db.NewSelect())
	return row.server(), err
}

// load reads the one row; on empty data it gives what Open would write, with
// version 0 and without a set-up.
func load(ctx context.Context, q *bun.SelectQuery) (*serverRow, error) {
	var row serverRow
	err := q.Model(&row).Where("s.one = 1").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return &serverRow{One: 1, Founding: string(Hosts)}, nil
	}
	if err != nil {
		return &row, fmt.Errorf("server: get: %w", err)
	}
	return &row, nil
}

// Open writes the server's row on the first start, and does nothing later.
func (r *Room) Open(ctx context.Context) error {
	if row, err := load(ctx, r.db.Read.NewSelect()); err != nil || !row.Setup.IsZero() {
		return err
	}
	_, err := r.j.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		row := serverRow{One: 1, Version: 1, Founding: string(Hosts), Setup: id.New[any](tx), OpenedAt: store.Micros(tx.Now())}
		res, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
		if err != nil {
			return fmt.Errorf("server: open: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err // another process was faster
		}
		tx.Act(ActOpened, ref(&row), nil)
		return nil
	})
	return err
}

func ref(row *serverRow) journal.Ref { return journal.Ref{Kind: Object, ID: row.Setup} }

// NeedsSetUp tells whether nobody has claimed the server yet.
func (r *Room) NeedsSetUp(ctx context.Context) (bool, error) {
	s, err := r.Get(ctx, r.db.Read)
	return !s.Claimed(), err
}

// SetUpToken is what the set-up link carries: the same at every start, until it
// was used. Then it is empty.
func (r *Room) SetUpToken(ctx context.Context) (string, error) {
	if err := r.Open(ctx); err != nil {
		return "", err
	}
	row, err := load(ctx, r.db.Read.NewSelect())
	if err != nil || row.ClaimedAt != 0 {
		return "", err
	}
	return r.keys.Token(setUpPurpose, row.Setup, time.Time{}), nil
}

// CheckSetUp tells whether a set-up link still opens. It consumes nothing.
func (r *Room) CheckSetUp(ctx context.Context, token string) error {
	row, err := load(ctx, r.db.Read.NewSelect())
	if err != nil {
		return err
	}
	return r.checkSetUp(row, token, r.j.Now())
}

func (r *Room) checkSetUp(row *serverRow, token string, now time.Time) error {
	setup, err := r.keys.Check(setUpPurpose, token, now)
	switch {
	case err != nil || row.Setup.IsZero() || setup != row.Setup:
		return ErrSetUpWrong()
	case row.ClaimedAt != 0:
		return ErrSetUpUsed()
	}
	return nil
}

// Claim spends the set-up link: the person becomes the first operator. Of two who
// do so at once, one does. A verb, because setting up also makes the person and
// founds or claims a circle in the same transaction.
func (r *Room) Claim(ctx context.Context, tx *journal.Tx, token string, who id.Person) error {
	row, err := load(ctx, tx.Lock(tx.NewSelect()))
	if err != nil {
		return err
	}
	if err := r.checkSetUp(row, token, tx.Now()); err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model((*serverRow)(nil)).Set("claimed_at = ?", store.Micros(tx.Now())).Set("version = version + 1").
		Where("one = 1 AND claimed_at = 0 AND version = ?", row.Version).Exec(ctx)
	if err := tx.Saved(res, err); err != nil {
		return fmt.Errorf("server: claim: %w", err)
	}
	if err := addOperator(ctx, tx, who); err != nil {
		return err
	}
	tx.Act(ActClaimed, ref(row), operatorFacts{Operator: who})
	return nil
}

func addOperator(ctx context.Context, tx *journal.Tx, who id.Person) error {
	row := operatorRow{Person: who, Since: store.Micros(tx.Now())}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("server: add an operator: %w", err)
	}
	return nil
}

// Operator tells whether a person keeps the server.
func (r *Room) Operator(ctx context.Context, db bun.IDB, who id.Person) (bool, error) {
	if who.IsZero() {
		return false, nil
	}
	n, err := db.NewSelect().Model((*operatorRow)(nil)).Where("o.person = ?", who).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("server: operator %s: %w", who, err)
	}
	return n > 0, nil
}

// Operators lists who keeps the server, the longest-serving first.
func (r *Room) Operators(ctx context.Context, db bun.IDB) ([]id.Person, error) {
	var all []id.Person
	err := db.NewSelect().Model((*operatorRow)(nil)).Column("person").OrderExpr("o.since, o.person").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("server: operators: %w", err)
	}
	return all, nil
}

// MayFound tells whether a person may found a circle; host says whether they are
// host of one here.
func (r *Room) MayFound(ctx context.Context, db bun.IDB, who id.Person, host bool) (bool, error) {
	operator, err := r.Operator(ctx, db, who)
	if err != nil || operator {
		return operator, err
	}
	s, err := r.Get(ctx, db)
	return err == nil && !who.IsZero() && s.Founding.allows(host), err
}

// Edit is what Edit changes of the server.
type Edit struct {
	Name     string
	Founding Founding
}

// Edit changes the server's settings, at the version that the page showed.
func (r *Room) Edit(ctx context.Context, by journal.By, key journal.Key, version int64, want Edit) error {
	want.Name = person.Line(want.Name)
	if n := person.Signs(want.Name); n > MaxName {
		return errName(n)
	}
	switch want.Founding {
	case Nobody, Hosts, Everybody:
	default:
		return errChoice("founding")
	}
	return r.asOperator(ctx, by, key, func(ctx context.Context, tx *journal.Tx, row *serverRow) error {
		var changed []string
		if row.Name != want.Name {
			changed = append(changed, "name")
		}
		if row.Founding != string(want.Founding) {
			changed = append(changed, "founding")
		}
		switch {
		case len(changed) == 0:
			return nil
		case row.Version != version:
			return ErrStale(row.Version)
		}
		res, err := tx.NewUpdate().Model((*serverRow)(nil)).Set("name = ?", want.Name).Set("founding = ?", string(want.Founding)).
			Set("version = version + 1").Where("one = 1 AND version = ?", version).Exec(ctx)
		if err := tx.Saved(res, err); err != nil {
			return fmt.Errorf("server: edit: %w", err)
		}
		tx.Act(ActEdited, ref(row), editedFacts{Fields: changed})
		return nil
	})
}

// AddOperator lets another person keep the server too.
func (r *Room) AddOperator(ctx context.Context, by journal.By, key journal.Key, who id.Person) error {
	return r.asOperator(ctx, by, key, func(ctx context.Context, tx *journal.Tx, row *serverRow) error {
		if already, err := r.Operator(ctx, tx, who); err != nil || already {
			return err
		}
		if err := addOperator(ctx, tx, who); err != nil {
			return err
		}
		tx.Act(ActOperatorAdded, ref(row), operatorFacts{Operator: who})
		return nil
	})
}

// RemoveOperator takes the server out of a person's hands, unless they are the last.
func (r *Room) RemoveOperator(ctx context.Context, by journal.By, key journal.Key, who id.Person) error {
	return r.asOperator(ctx, by, key, func(ctx context.Context, tx *journal.Tx, row *serverRow) error {
		all, err := r.Operators(ctx, tx)
		if err != nil {
			return err
		}
		if len(all) == 1 && all[0] == who {
			return ErrLastOperator()
		}
		res, err := tx.NewDelete().Model((*operatorRow)(nil)).Where("person = ?", who).Exec(ctx)
		if err != nil {
			return fmt.Errorf("server: remove an operator: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		tx.Act(ActOperatorRemoved, ref(row), operatorFacts{Operator: who})
		return nil
	})
}

// asOperator runs an operator's change with the server's row locked: such
// changes happen one after the other. The operator's terminal (System, by the
// command line) may do what an operator may.
func (r *Room) asOperator(ctx context.Context, by journal.By, key journal.Key, body func(context.Context, *journal.Tx, *serverRow) error) error {
	_, err := r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		row, err := load(ctx, tx.Lock(tx.NewSelect()))
		if err != nil {
			return err
		}
		if tx.By().Actor.Kind != journal.KindSystem {
			operator, err := r.Operator(ctx, tx, tx.By().Person())
			if err != nil {
				return err
			}
			if !operator {
				return ErrOperatorsOnly()
			}
		}
		return body(ctx, tx, row)
	})
	return err
}
