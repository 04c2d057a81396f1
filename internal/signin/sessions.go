package signin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/store"
)

// Lookup gives the session that a cookie's value belongs to, and notes that it
// was used; ErrSignIn when there is none that opens anything.
func (r *Room) Lookup(ctx context.Context, cookie string) (Session, error) {
	hash, ok := readCookie(cookie)
	if !ok {
		return Session{}, ErrSignIn()
	}
	var row sessionRow
	err := r.db.Read.NewSelect().Model(&row).
		Join("JOIN signin_cookie AS c ON c.session = s.id").
		Join("JOIN person AS p ON p.id = s.person").
		Where("c.hash = ? AND s.ended_at = 0 AND p.state = ?", hash, person.Active).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, ErrSignIn()
	}
	if err != nil {
		return Session{}, fmt.Errorf("signin: look up: %w", err)
	}
	s, now := row.session(), r.j.Now()
	if !s.Alive(now) {
		return Session{}, ErrSignIn()
	}
	r.touch(s, now)
	return s, nil
}

// touch notes in memory that a session was used, when what is kept is an hour old.
func (r *Room) touch(s Session, now time.Time) {
	if now.Sub(s.SeenAt) < SeenInterval {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[s.ID] = now
}

// Flush writes down which sessions were used. For a timer of a minute or so, and
// for the end: what is lost in a crash is a "last seen" at most.
func (r *Room) Flush(ctx context.Context) error {
	r.mu.Lock()
	seen := r.seen
	r.seen = map[SessionID]time.Time{}
	r.mu.Unlock()
	for part := range slices.Chunk(slices.Collect(maps.Keys(seen)), 100) {
		if err := r.flush(ctx, seen, part); err != nil {
			r.keep(seen)
			return err
		}
		for _, s := range part {
			delete(seen, s)
		}
	}
	return nil
}

func (r *Room) flush(ctx context.Context, seen map[SessionID]time.Time, part []SessionID) error {
	_, err := r.j.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		for _, s := range part {
			at := store.Micros(seen[s])
			_, err := tx.NewUpdate().Model((*sessionRow)(nil)).Set("seen_at = ?", at).
				Where("id = ? AND seen_at < ? AND ended_at = 0", s, at).Exec(ctx)
			if err != nil {
				return fmt.Errorf("signin: seen %s: %w", s, err)
			}
		}
		return nil
	})
	return err
}

// keep puts back what couldn't be written.
func (r *Room) keep(seen map[SessionID]time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s, at := range seen {
		if r.seen[s].Before(at) {
			r.seen[s] = at
		}
	}
}

// Devices lists the sessions of a person that are alive, the last used first.
func (r *Room) Devices(ctx context.Context, who id.Person) ([]Session, error) {
	var rows []sessionRow
	err := r.db.Read.NewSelect().Model(&rows).Where("s.person = ? AND s.ended_at = 0", who).
		OrderExpr("s.seen_at DESC, s.id DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("signin: devices of %s: %w", who, err)
	}
	now := r.j.Now()
	var all []Session
	for i := range rows {
		if s := rows[i].session(); s.Alive(now) {
			all = append(all, s)
		}
	}
	return all, nil
}

// End ends one of my sessions, this one or another. Ending it twice is fine.
func (r *Room) End(ctx context.Context, by journal.By, key journal.Key, session id.Public) error {
	_, err := r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		var row sessionRow
		err := tx.Lock(tx.NewSelect().Model(&row).Where("s.public = ? AND s.person = ?", string(session), tx.By().Person())).Scan(ctx)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return refusal.ErrNotFound()
		case err != nil:
			return fmt.Errorf("signin: end: %w", err)
		case row.EndedAt != 0:
			return nil
		}
		if err := endWhere(ctx, tx, "id = ?", row.ID); err != nil {
			return err
		}
		tx.Act(ActEnded, sessionRef(row.ID), nil)
		return nil
	})
	return err
}

// EndOthers ends all my sessions but the one I am in.
func (r *Room) EndOthers(ctx context.Context, by journal.By, key journal.Key, current SessionID) error {
	_, err := r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		if err := endWhere(ctx, tx, "person = ? AND id <> ?", tx.By().Person(), current); err != nil {
			return err
		}
		tx.Act(ActOthersEnded, sessionRef(current), nil)
		return nil
	})
	return err
}

// EndAll ends every session of a person and forgets their links: they leave.
func (r *Room) EndAll(ctx context.Context, tx *journal.Tx, who id.Person) error {
	if err := endWhere(ctx, tx, "person = ?", who); err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model((*linkRow)(nil)).Where("person = ?", who).Exec(ctx); err != nil {
		return fmt.Errorf("signin: end all of %s: %w", who, err)
	}
	return nil
}

// endWhere ends sessions that are open, and forgets their cookies.
func endWhere(ctx context.Context, tx *journal.Tx, where string, args ...any) error {
	which := tx.NewSelect().Model((*sessionRow)(nil)).Column("id").
		Where("ended_at = 0").Where(where, args...)
	if _, err := tx.NewDelete().Model((*cookieRow)(nil)).Where("session IN (?)", which).Exec(ctx); err != nil {
		return fmt.Errorf("signin: end: %w", err)
	}
	_, err := tx.NewUpdate().Model((*sessionRow)(nil)).Set("ended_at = ?", store.Micros(tx.Now())).
		Where("ended_at = 0").Where(where, args...).Exec(ctx)
	if err != nil {
		return fmt.Errorf("signin: end: %w", err)
	}
	return nil
}

// prune deletes links that ended before links, sessions that ended before
// sessions, and counts from before limits.
func prune(ctx context.Context, tx *journal.Tx, links, sessions, limits time.Time) error {
	idle, old := store.Micros(sessions.Add(-IdleLife)), store.Micros(sessions.Add(-SessionLife))
	over := tx.NewSelect().Model((*sessionRow)(nil)).Column("s.id").
		Where("s.ended_at > 0 AND s.ended_at < ? OR s.seen_at < ? OR s.made_at < ?", store.Micros(sessions), idle, old)
	for _, q := range []*bun.DeleteQuery{
		tx.NewDelete().Model((*linkRow)(nil)).Where("expires_at < ?", store.Micros(links)),
		tx.NewDelete().Model((*cookieRow)(nil)).Where("session IN (?)", over),
		tx.NewDelete().Model((*sessionRow)(nil)).Where("id IN (?)", over),
		tx.NewDelete().TableExpr("signin_limit").Where("since < ?", store.Micros(limits)),
	} {
		if _, err := q.Exec(ctx); err != nil {
			return fmt.Errorf("signin: prune: %w", err)
		}
	}
	return nil
}
