package journal_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"cordee/internal/journal"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

func TestAHotRowTakesEverybody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		const people, each = 12, 10
		var wg sync.WaitGroup
		for p := range people {
			wg.Go(func() {
				for i := range each {
					if _, err := h.Do(t.Context(), h.by(), journal.Key{Name: fmt.Sprint(p, i)}, h.move); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if n := h.moves(t); n != people*each {
			t.Errorf("%d of %d moves", n, people*each)
		}
	})
}

func TestAVersionConflictRunsTheBodyAgainOnTheFreshRow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		stale := func(n int) func(ctx context.Context, tx *journal.Tx) error {
			return func(ctx context.Context, tx *journal.Tx) error {
				if n--; n >= 0 { // saves with a version that nobody ever read
					_ = tx.Saved(tx.NewUpdate().Table("journal_cursor").Set("seq = 0").Where("seq = -1").Exec(ctx))
					return errNo() // the rule saw the stale row, so its no doesn't count
				}
				return h.move(ctx, tx)
			}
		}
		if _, err := h.Do(t.Context(), h.by(), journal.Key{Name: "a"}, stale(5)); err != nil {
			t.Errorf("five conflicts: %v", err)
		}
		_, err := h.Do(t.Context(), h.by(), journal.Key{Name: "b"}, stale(6))
		if r, ok := refusal.As(err); !ok || r.Code != "journal.busy" || !errors.Is(err, journal.ErrVersion) {
			t.Errorf("six conflicts: %v", err)
		}
		if n := h.moves(t); n != 1 {
			t.Errorf("%d moves", n)
		}
	})
}

// TestAFollowerMissesNothing restarts a follower again and again beside eight
// writers. Each life goes on from what the one before has saved, so acts may
// come again, but never later than the first one missing.
func TestAFollowerMissesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		const writers, each = 8, 40
		last := int64(2 * writers * each)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					if _, err := h.Do(t.Context(), h.by(), journal.Key{Name: fmt.Sprint(w, i)}, h.move); err != nil {
						t.Error(err)
					}
				}
			})
		}
		crash := errors.New("crash")
		dice := rand.New(rand.NewPCG(1, 2))
		seen, lives := int64(0), 0
		for seen < last && lives < 1000 {
			lives++
			first := true
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			err := h.Follow(ctx, "bond", time.Second, func(acts []journal.Act) error {
				for _, a := range acts {
					switch {
					case first && a.Seq <= seen+1:
						seen = a.Seq
					case a.Seq != seen+1:
						t.Errorf("after act %d came %d", seen, a.Seq)
					default:
						seen = a.Seq
					}
					first = false
				}
				if seen == last || dice.IntN(4) == 0 {
					return crash
				}
				return nil
			})
			cancel()
			if !errors.Is(err, crash) {
				t.Fatalf("life %d: %v", lives, err)
			}
		}
		wg.Wait()
		t.Logf("%d acts in %d lives", seen, lives)
	})
}

func TestAFollowerSavesItsPlaceWhenItEnds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		for _, want := range [][]int64{{1, 2}, {3, 4}} {
			if _, err := h.Do(t.Context(), h.by(), journal.Key{}, h.move); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			var got []int64
			err := h.Follow(ctx, "mail", 0, func(acts []journal.Act) error {
				for _, a := range acts {
					got = append(got, a.Seq)
				}
				cancel()
				return nil
			})
			cancel()
			if !errors.Is(err, context.Canceled) || !slices.Equal(got, want) {
				t.Errorf("got %v, %v; want %v", got, err, want)
			}
			if at, err := h.Cursor(t.Context(), "mail"); err != nil || at != want[1] {
				t.Errorf("stands at %d, %v", at, err)
			}
		}
	})
}

func TestAFollowerThatFailsGetsTheSameActsAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		if _, err := h.Do(t.Context(), h.by(), journal.Key{}, h.move); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got := 0
			err := h.Follow(t.Context(), "mail", 0, func(acts []journal.Act) error {
				got = len(acts)
				return errBroken
			})
			if !errors.Is(err, errBroken) || got != 2 {
				t.Errorf("%d acts, %v", got, err)
			}
		}
	})
}

func TestACommitWakes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		wake := h.Wake()
		select {
		case <-wake:
			wake = h.Wake() // PostgreSQL's listener has just come
		default:
		}
		if _, err := h.Do(t.Context(), h.by(), journal.Key{}, h.move); err != nil {
			t.Fatal(err)
		}
		select {
		case <-wake:
		case <-time.After(5 * time.Second):
			t.Error("nobody woke")
		}
	})
}

// TestAnotherProcessesCommitWakes: on PostgreSQL a second journal stands for
// another process.
func TestAnotherProcessesCommitWakes(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	h := newHouse(t, db)
	other := journal.Open(journal.Config{DB: db, Clock: time.Now})
	t.Cleanup(func() { _ = other.Close() })
	listens := other.Wake()
	select {
	case <-listens: // the listener is there
	case <-time.After(10 * time.Second):
		t.Fatal("no listener")
	}
	wake := other.Wake()
	if _, err := h.Do(t.Context(), h.by(), journal.Key{}, h.move); err != nil {
		t.Fatal(err)
	}
	select {
	case <-wake:
	case <-time.After(10 * time.Second):
		t.Error("nobody woke")
	}
}

// TestAListenerComesBack: a lost connection costs nothing but a look.
func TestAListenerComesBack(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	j := journal.Open(journal.Config{DB: db, Clock: time.Now})
	t.Cleanup(func() { _ = j.Close() })
	for life, wake := 0, j.Wake(); life < 3; life++ {
		select {
		case <-wake: // it listens, and may have missed something
		case <-time.After(10 * time.Second):
			t.Fatalf("no listener in life %d", life)
		}
		wake = j.Wake()
		if _, err := db.Pool().Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND query LIKE 'LISTEN%'`); err != nil {
			t.Fatal(err)
		}
	}
}
