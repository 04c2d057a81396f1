package journal_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"testing"
	"time"

	"cordee/internal/journal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

var errBroken = errors.New("the disk says no")

// fault is one way in which a statement may go wrong.
type fault struct {
	name   string
	strike func(cancel context.CancelFunc) error
	// reruns: Do gets over it by itself.
	reruns bool
}

func faults() []fault {
	return []fault{
		{"cancel", func(cancel context.CancelFunc) error { cancel(); return nil }, true},
		{"panic", func(context.CancelFunc) error { panic(errBroken) }, false},
		{"sql error", func(context.CancelFunc) error { return errBroken }, false},
		{"version conflict", func(context.CancelFunc) error { return journal.ErrVersion }, true},
		{"refusal", func(context.CancelFunc) error { return errNo() }, false},
		{"lost connection", func(context.CancelFunc) error { return driver.ErrBadConn }, true},
	}
}

// TestEveryStatementMayFail breaks each statement of a move in each way, once,
// BEGIN, SAVEPOINT, ROLLBACK TO, COMMIT and ROLLBACK among them, and looks at
// what is left: nothing half, nothing acknowledged lost, nothing twice, and a
// connection that works.
func TestEveryStatementMayFail(t *testing.T) {
	t.Parallel()
	keys := []journal.Key{{}, {Name: "form"}, {Name: "mail", KeepRefusal: true}}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		cases := 0
		for _, f := range faults() {
			for _, key := range keys {
				for _, refuses := range []bool{false, true} {
					for step, struck := 0, true; struck; step++ {
						name := fmt.Sprintf("%s at statement %d, key %q, refuses %v", f.name, step, key.Name, refuses)
						attempt := key
						if key.Name != "" {
							attempt.Name = name
						}
						struck = h.strike(t, name, f, step, attempt, refuses)
						cases++
						if t.Failed() {
							return
						}
					}
				}
			}
		}
		t.Logf("%d cases", cases)
	})
}

// strike runs one move that f befalls at one statement, and judges what is left.
func (h *house) strike(t *testing.T, name string, f fault, step int, key journal.Key, refuses bool) (struck bool) {
	t.Helper()
	before := h.moves(t)
	where := ""
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	h.Break(func(_ context.Context, at, query string) error {
		n++
		if n-1 != step {
			return nil
		}
		struck, where = true, at+" "+query
		return f.strike(cancel)
	})
	var err error
	panicked := false
	func() {
		defer func() { panicked = recover() != nil }()
		_, err = h.Do(ctx, h.by(), key, func(ctx context.Context, tx *journal.Tx) error {
			if err := h.move(ctx, tx); err != nil {
				return err
			}
			if refuses {
				return errNo()
			}
			return nil
		})
	}()
	h.Break(nil)
	kept := h.moves(t) - before
	after := where == "committed COMMIT"
	switch {
	case refuses && kept != 0:
		t.Errorf("%s (%s): kept although refused", name, where)
	case refuses || panicked && !after:
		if kept != 0 {
			t.Errorf("%s (%s): %d moves kept", name, where, kept)
		}
	case err == nil && !panicked && kept != 1:
		t.Errorf("%s (%s): acknowledged, and kept %d times", name, where, kept)
	case errors.Is(err, journal.ErrOutcome) && key.Name != "":
		t.Errorf("%s (%s): a keyed act of unknown outcome", name, where)
	case err != nil && !errors.Is(err, journal.ErrOutcome) && kept != 0:
		t.Errorf("%s (%s): answered %v, and kept %d times", name, where, err, kept)
	case kept > 1:
		t.Errorf("%s (%s): kept %d times", name, where, kept)
	case struck && f.reruns && err != nil && (key.Name != "" || where[:6] != "commit") && ctx.Err() == nil:
		t.Errorf("%s (%s): gave up with %v", name, where, err)
	}
	// The same attempt again, as a person who got an error would: now it is
	// kept exactly once, if it has a key.
	again, err := h.Do(t.Context(), h.by(), key, h.move)
	total := h.moves(t) - before
	switch {
	case refuses && key.KeepRefusal && err != nil && errors.Is(err, errNo()) && again.Repeat && total == 0:
	case err != nil:
		t.Errorf("%s (%s): the next attempt: %v", name, where, err)
	case key.Name != "" && total != 1:
		t.Errorf("%s (%s): %d moves after a second attempt", name, where, total)
	case key.Name == "" && total != kept+1:
		t.Errorf("%s (%s): %d moves, then %d", name, where, kept, total)
	}
	return struck
}

// TestABackendThatDiesIsGotOver ends PostgreSQL's own process at two moments.
func TestABackendThatDiesIsGotOver(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	h := newHouse(t, db)
	for _, dies := range []string{"exec", "query", "commit"} {
		before, struck := h.moves(t), false
		h.Break(func(ctx context.Context, step, _ string) error {
			if step != dies || struck {
				return nil
			}
			struck = true
			_, err := db.Pool().Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE datname = current_database() AND state = 'idle in transaction'`)
			return err
		})
		_, err := h.Do(t.Context(), h.by(), journal.Key{Name: dies}, h.move)
		h.Break(nil)
		if err != nil || !struck || h.moves(t) != before+1 {
			t.Errorf("at %s: %v, %d moves", dies, err, h.moves(t)-before)
		}
	}
}

func TestAnActWithoutKeyOfUnknownOutcomeSaysSo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.Break(func(_ context.Context, step, _ string) error {
			if step == "committed" {
				return driver.ErrBadConn
			}
			return nil
		})
		if _, err := h.Do(t.Context(), h.by(), journal.Key{}, h.move); !errors.Is(err, journal.ErrOutcome) {
			t.Errorf("without a key: %v", err)
		}
		r, err := h.Do(t.Context(), h.by(), journal.Key{Name: "k"}, h.move)
		if err != nil || r.Repeat || result(t, r) != 3 {
			t.Errorf("with a key: %+v, %v", r, err)
		}
		if n := h.moves(t); n != 2 {
			t.Errorf("%d moves", n)
		}
	})
}

// TestReadersAreNotHeldUp: a body at work keeps nobody from reading.
func TestReadersAreNotHeldUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		_, err := h.Do(t.Context(), h.by(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
			if err := h.move(ctx, tx); err != nil {
				return err
			}
			read, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			v, err := version(read, db.Read)
			if v != 1 {
				t.Errorf("a reader sees version %d before the commit", v)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if _, err := db.Read.ExecContext(t.Context(), "UPDATE journal_head SET seq = 9"); err == nil {
			t.Error("the readers' pool writes")
		}
	})
}
