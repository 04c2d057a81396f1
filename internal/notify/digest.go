package notify

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/post"
	"cordee/internal/store"
)

// digests begins the digests that are due, until ctx is done.
func (k *Courier) digests(ctx context.Context) error {
	for {
		if err := k.digestsDue(ctx); err != nil && ctx.Err() == nil {
			k.Log.LogAttrs(ctx, slog.LevelError, "can't begin the digests", slog.Any("error", err))
		}
		t := time.NewTimer(max(k.Poll, time.Second))
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-t.C:
		}
	}
}

func (k *Courier) digestsDue(ctx context.Context) error {
	on, err := k.mailOn(ctx)
	if err != nil || !on {
		return err // until then they wait
	}
	for {
		var due []id.Person
		err := k.DB.Read.NewSelect().Model((*readerRow)(nil)).Column("person").Where("g.due_at > 0").
			Where("g.due_at <= ?", store.Micros(k.Journal.Now())).OrderExpr("g.due_at, g.person").Limit(50).Scan(ctx, &due)
		if err != nil {
			return fmt.Errorf("notify: digests due: %w", err)
		}
		if len(due) == 0 {
			return nil
		}
		people, err := k.People.Many(ctx, k.DB.Read, due)
		if err != nil {
			return err
		}
		for _, p := range due {
			if err := k.bundle(ctx, p, people[p].Location()); err != nil {
				return err
			}
		}
		k.rouse()
	}
}

// bundle makes one digest of what waits for it, unless that day has had one.
func (k *Courier) bundle(ctx context.Context, who id.Person, loc *time.Location) error {
	_, err := k.Journal.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		here := tx.Now().In(loc)
		y, m, day := here.Date()
		which := digestID(time.Date(y, m, day, 0, 0, 0, 0, time.UTC), who, here.Format(time.DateOnly))
		items := func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Model((*deliveryRow)(nil)).Where("d.person = ?", who).Where("d.channel = ?", byDigest).Where("d.state = ?", Waiting)
		}
		n, err := items(tx.NewSelect()).Count(ctx)
		if err != nil {
			return err
		}
		next := time.Time{}
		if n > 0 {
			row := rowOf(Delivery{
				ID: which, Kind: kindDigest, Person: who, Topic: Rest, Class: DigestMail, State: Waiting,
				MessageID: messageID(which, host(k.URL)), MadeAt: tx.Now(), NextAt: tx.Now(),
			})
			res, err := tx.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Exec(ctx)
			if err != nil {
				return err
			}
			if fresh, err := changed(res); err != nil {
				return err
			} else if !fresh {
				next = nextDigest(tx.Now(), loc) // the clock was set back, or a morning came twice
			}
		}
		if _, err := tx.NewUpdate().Model((*readerRow)(nil)).Set("due_at = ?", store.Micros(next)).Where("person = ?", who).Exec(ctx); err != nil {
			return err
		}
		if n == 0 || !next.IsZero() {
			return nil
		}
		_, err = tx.NewUpdate().Model((*deliveryRow)(nil)).Set("state = ?", Sent).Set("done_at = ?", store.Micros(tx.Now())).
			Set("bundle = ?", which).Where("person = ?", who).Where("channel = ?", byDigest).Where("state = ?", Waiting).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("notify: bundle: %w", err)
	}
	return nil
}

func changed(res sql.Result) (bool, error) {
	n, err := res.RowsAffected()
	return n > 0, err //nolint:wrapcheck // the caller wraps
}

// Digest tells whether somebody reads digests.
func (k *Courier) Digest(ctx context.Context, db bun.IDB, who id.Person) (bool, error) {
	off, err := k.digestOff(ctx, db, []id.Person{who})
	return !off[who], err
}

func (k *Courier) digestOff(ctx context.Context, db bun.IDB, ids []id.Person) (map[id.Person]bool, error) {
	off := map[id.Person]bool{}
	for some := range slices.Chunk(ids, 500) {
		var rows []id.Person
		if err := db.NewSelect().Model((*readerRow)(nil)).Column("person").Where("NOT g.digest").
			Where("g.person IN (?)", bun.List(some)).Scan(ctx, &rows); err != nil {
			return nil, fmt.Errorf("notify: who reads digests: %w", err)
		}
		for _, p := range rows {
			off[p] = true
		}
	}
	return off, nil
}

// SetDigest turns somebody's digest on or off. Off, what would stand in it isn't
// told by mail at all.
func (k *Courier) SetDigest(ctx context.Context, by journal.By, key journal.Key, on bool) error {
	_, err := k.Journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		return setDigest(ctx, tx, tx.By().Person(), on)
	})
	return err //nolint:wrapcheck // refusals pass as they are
}

func setDigest(ctx context.Context, tx *journal.Tx, who id.Person, on bool) error {
	row := readerRow{Person: who, Digest: on}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (person) DO UPDATE").Set("digest = EXCLUDED.digest").Exec(ctx); err != nil {
		return fmt.Errorf("notify: digest on or off: %w", err)
	}
	if on {
		return nil
	}
	_, err := tx.NewUpdate().Model((*deliveryRow)(nil)).Set("state = ?", Moot).Set("done_at = ?", store.Micros(tx.Now())).
		Where("person = ?", who).Where("channel = ?", byDigest).Where("state = ?", Waiting).Exec(ctx)
	if err != nil {
		return fmt.Errorf("notify: digest on or off: %w", err)
	}
	return nil
}

// section is one part of a digest.
type section int

const (
	sectionAwaited section = iota // what awaits the reader's word
	sectionAsks
	sectionTalk
	sectionThanks
	sectionNews
	sections
)

func (s section) key() string {
	return [...]string{"awaited", "asks", "talk", "thanks", "news"}[s]
}

// line is one thing that a digest tells, before it is put in order.
type line struct {
	section section
	about   journal.Ref // lines about the same thing in the same section become one
	blocks  []post.Block
	names   []string // who wrote, for a thread
	path    string
	title   string
}

// compact is the plan of a digest: sections in order, each thing once, the names
// of those who wrote in a thread together. Lines come in the order of time.
func compact(lines []line) [sections][]line {
	var out [sections][]line
	for _, l := range lines {
		same := slices.IndexFunc(out[l.section], func(o line) bool { return !l.about.IsZero() && o.about == l.about })
		if same < 0 {
			out[l.section] = append(out[l.section], l)
			continue
		}
		o := &out[l.section][same]
		for _, n := range l.names {
			if !slices.Contains(o.names, n) {
				o.names = append(o.names, n)
			}
		}
	}
	return out
}
