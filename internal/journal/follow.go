package journal

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/uptrace/bun"
)

const (
	pollBy     = 2 * time.Second // by default: NOTIFY is a hint, and a hint may be lost
	saveBy     = time.Second     // a cursor is saved at most this often
	followPart = 256             // acts handed over at once
)

type cursorRow struct {
	bun.BaseModel `bun:"table:journal_cursor,alias:c"`

	Name string `bun:"name,pk"`
	Seq  int64  `bun:"seq"`
	At   int64  `bun:"at"`
}

// Follow hands every act to f, in order and without gaps, from where the
// follower of that name stood, until ctx is done or f fails; its error is that
// one. Where it stands is saved at most once a second and at the end, so after
// a crash f gets up to a second's acts again. poll is how long it sleeps when
// nobody wakes it, 0 for two seconds.
func (j *Journal) Follow(ctx context.Context, name string, poll time.Duration, f func([]Act) error) error {
	if poll <= 0 {
		poll = pollBy
	}
	follower := &follower{j: j, name: name, poll: poll}
	err := follower.run(ctx, f)
	// The last word of a follower that is told to stop.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), deadline)
	defer cancel()
	if lost := follower.save(last); lost != nil {
		return errors.Join(err, lost)
	}
	return err
}

type follower struct {
	j           *Journal
	name        string
	poll        time.Duration
	seen, saved int64
}

func (fo *follower) run(ctx context.Context, f func([]Act) error) error {
	tick := time.NewTicker(saveBy)
	defer tick.Stop()
	known := false // where it stood
	for {
		wake := fo.j.Wake()
		acts, err := fo.next(ctx, &known)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			fo.j.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "follower can't read", slog.String("follower", fo.name), slog.Any("error", err))
		}
		if len(acts) > 0 {
			if err := f(acts); err != nil {
				return err
			}
			fo.seen = acts[len(acts)-1].Seq
		}
		select {
		case <-tick.C:
			fo.saveSoon(ctx)
		default:
		}
		if len(acts) < followPart {
			fo.sleep(ctx, wake, tick.C, err != nil)
		}
	}
}

// sleep waits for a wake, the poll or the next save, whichever comes first.
// After an error only the poll ends it.
func (fo *follower) sleep(ctx context.Context, wake <-chan struct{}, tick <-chan time.Time, failed bool) {
	if failed {
		wake, tick = nil, nil
	}
	t := time.NewTimer(fo.poll)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
			return
		case <-t.C:
			return
		case <-tick:
			fo.saveSoon(ctx)
		}
	}
}

func (fo *follower) next(ctx context.Context, known *bool) ([]Act, error) {
	if !*known {
		seq, err := fo.j.Cursor(ctx, fo.name)
		if err != nil {
			return nil, err
		}
		fo.seen, fo.saved, *known = seq, seq, true
	}
	return fo.j.Since(ctx, fo.seen, followPart)
}

// saveSoon saves, and if it can't leaves it to the next time: f takes repeats.
func (fo *follower) saveSoon(ctx context.Context) {
	if err := fo.save(ctx); err != nil && ctx.Err() == nil {
		fo.j.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "follower can't save its place", slog.String("follower", fo.name), slog.Any("error", err))
	}
}

func (fo *follower) save(ctx context.Context) error {
	if fo.seen == fo.saved {
		return nil
	}
	conn, free, err := fo.j.connect(ctx)
	if err != nil {
		return err
	}
	defer free()
	_, err = conn.ExecContext(ctx, fo.j.cfg.DB.Write.QueryGen().FormatQuery(
		"INSERT INTO journal_cursor (name, seq, at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, at = excluded.at WHERE journal_cursor.seq < excluded.seq",
		fo.name, fo.seen, fo.j.Now().UnixMicro()))
	if err == nil {
		fo.saved = fo.seen
	}
	return err
}

// Cursor is the seq up to which the follower of that name has saved its place,
// 0 for one that is new.
func (j *Journal) Cursor(ctx context.Context, name string) (int64, error) {
	var rows []cursorRow
	err := j.cfg.DB.Read.NewSelect().Model(&rows).Where("c.name = ?", name).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Seq, nil
}
