package signin

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/seal"
	"cordee/internal/store"

	"github.com/uptrace/bun"
)

// Config is what the room is built from.
type Config struct {
	Journal *journal.Journal
	DB      *store.DB
	Keys    *seal.Keys
	People  *person.Room
}

// Room lets people in.
type Room struct {
	j      *journal.Journal
	db     *store.DB
	keys   *seal.Keys
	people *person.Room

	mu   sync.Mutex
	seen map[SessionID]time.Time // used since, to be written by Flush
}

// New opens the room.
func New(c Config) *Room {
	return &Room{j: c.Journal, db: c.DB, keys: c.Keys, people: c.People, seen: map[SessionID]time.Time{}}
}

// token seals a link.
func (r *Room) token(l Link) string {
	return r.keys.Token(l.Purpose.seal(), id.Any(l.ID), l.Expires)
}

// find loads the link that a token leads to, whatever its state; that the token's
// own time is over is the row's to say.
func (r *Room) find(ctx context.Context, db bun.IDB, purpose Purpose, token string, now time.Time) (Link, error) {
	row, err := r.keys.Check(purpose.seal(), token, now)
	if err != nil && !errors.Is(err, seal.ErrExpired) {
		return Link{}, ErrLinkWrong()
	}
	l, err := loadLink(ctx, db, LinkID(row))
	if err != nil {
		return Link{}, err
	}
	if l.Purpose != purpose || l.Person.IsZero() {
		return Link{}, ErrLinkWrong()
	}
	return l, nil
}

// spend uses up a link that is open, once, whoever else tries at the same time.
func (r *Room) spend(ctx context.Context, tx *journal.Tx, l Link) error {
	res, err := tx.NewUpdate().Model((*linkRow)(nil)).Set("used_at = ?", store.Micros(tx.Now())).
		Where("id = ? AND used_at = 0 AND expires_at > ?", l.ID, store.Micros(tx.Now())).Exec(ctx)
	if err != nil {
		return fmt.Errorf("signin: spend link %s: %w", l.ID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	now, err := loadLink(ctx, tx, l.ID)
	if err != nil {
		return err
	}
	if err := now.usable(tx.Now()); err != nil {
		return err
	}
	return journal.ErrVersion // neither used nor expired, yet not ours: look again
}
