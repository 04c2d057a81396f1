package journal_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

func errNo() error { return refusal.New(refusal.Conflict, "thing.gone", "Name", "Aurore").On("name") }

func TestAnActIsKeptWhole(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		circle := id.Circle{15: 3}
		by := journal.By{Actor: journal.Guest("link-1"), Door: journal.Mail, Request: "r1"}
		var made id.Act
		receipt, err := h.Do(t.Context(), by, journal.Key{}, func(_ context.Context, tx *journal.Tx) error {
			made = tx.Act("thing.made", h.ref, nil)
			tx.ActIn(circle, "thing.moved", h.ref, struct {
				By int `json:"by"`
			}{3})
			tx.Answer("done")
			if tx.By() != by {
				t.Error("the transaction knows another actor")
			}
			return nil
		})
		if err != nil || receipt.Seq != 2 || receipt.Repeat || string(receipt.Result) != `"done"` {
			t.Fatalf("got %+v, %v", receipt, err)
		}
		acts, err := h.ActsOn(t.Context(), h.ref)
		if err != nil || len(acts) != 2 {
			t.Fatalf("got %d acts, %v", len(acts), err)
		}
		first, second := acts[0], acts[1]
		if first.ID != made || first.Seq != 1 || first.Kind != "thing.made" || first.Ref != h.ref || string(first.Facts) != "{}" ||
			first.Actor != journal.Guest("link-1") || !first.Person.IsZero() || !first.Circle.IsZero() ||
			first.Door != journal.Mail || first.Request != "r1" {
			t.Errorf("first act: %+v", first)
		}
		if !first.At.Equal(noon.Truncate(time.Microsecond)) || first.At.Location() != time.UTC {
			t.Errorf("at %v", first.At)
		}
		if string(second.Facts) != `{"by":3}` || second.Circle != circle {
			t.Errorf("second act: %+v", second)
		}
		inCircle, err := h.ActsIn(t.Context(), circle, 0, 10)
		if err != nil || len(inCircle) != 1 || inCircle[0].ID != second.ID {
			t.Errorf("in the circle: %+v, %v", inCircle, err)
		}
	})
}

func TestABodyWithoutActsTakesNoNumber(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		receipt, err := h.Do(t.Context(), h.by(), journal.Key{Name: "k"}, func(context.Context, *journal.Tx) error { return nil })
		if err != nil || receipt.Seq != 0 {
			t.Fatalf("got %+v, %v", receipt, err)
		}
		if n := h.moves(t); n != 0 {
			t.Errorf("%d moves", n)
		}
	})
}

func TestManyActsOfOneBody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		receipt, err := h.Do(t.Context(), journal.BySystem(), journal.Key{}, func(_ context.Context, tx *journal.Tx) error {
			for range 450 {
				tx.Act("thing.made", h.ref, nil)
			}
			return nil
		})
		if err != nil || receipt.Seq != 450 {
			t.Fatalf("got %+v, %v", receipt, err)
		}
		acts, err := h.Since(t.Context(), 440, 100)
		if err != nil || len(acts) != 10 || acts[9].Seq != 450 {
			t.Errorf("got %d acts, %v", len(acts), err)
		}
	})
}

func TestWhatABodyMayNotDo(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body func(h *house, ctx context.Context, tx *journal.Tx) error
		want string
	}{
		"write a kind that nobody declared": {func(h *house, _ context.Context, tx *journal.Tx) error {
			tx.Act("thing.eaten", h.ref, nil)
			return nil
		}, `nobody declared acts of kind "thing.eaten"`},
		"write it on another kind of object": {func(h *house, _ context.Context, tx *journal.Tx) error {
			tx.Act("thing.made", journal.Ref{Kind: "circle", ID: h.ref.ID}, nil)
			return nil
		}, `is on "thing", not on "circle"`},
		"write it on nothing": {func(_ *house, _ context.Context, tx *journal.Tx) error {
			tx.Act("thing.made", journal.Ref{Kind: "thing"}, nil)
			return nil
		}, "on nothing"},
		"keep facts that aren't JSON": {func(h *house, _ context.Context, tx *journal.Tx) error {
			tx.Act("thing.made", h.ref, func() {})
			return nil
		}, "aren't JSON"},
		"answer what isn't JSON": {func(_ *house, _ context.Context, tx *journal.Tx) error {
			tx.Answer(func() {})
			return nil
		}, "isn't JSON"},
		"go on after a failed statement": {func(_ *house, ctx context.Context, tx *journal.Tx) error {
			if _, err := tx.ExecContext(ctx, "SELECT nothing FROM nowhere"); err == nil {
				return errors.New("the statement didn't fail")
			}
			_, err := version(ctx, tx)
			return err
		}, "refused after a failure"},
		"swallow a failed statement": {func(_ *house, ctx context.Context, tx *journal.Tx) error {
			_, _ = tx.ExecContext(ctx, "SELECT nothing FROM nowhere")
			return nil
		}, "a statement of the body had failed"},
		"turn a failed statement into a refusal": {func(_ *house, ctx context.Context, tx *journal.Tx) error {
			var n int
			_ = tx.QueryRowContext(ctx, "SELECT nothing FROM nowhere").Scan(&n)
			return errNo()
		}, "a statement of the body had failed"},
		"begin a transaction": {func(_ *house, ctx context.Context, tx *journal.Tx) error {
			_, err := tx.BeginTx(ctx, nil)
			return err
		}, "Do inside Do"},
		"make a job that nobody works on": {func(_ *house, _ context.Context, tx *journal.Tx) error {
			return tx.Job(unknown{})
		}, "nobody works on"},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				_, err := h.Do(t.Context(), h.by(), journal.Key{Name: name}, func(ctx context.Context, tx *journal.Tx) error {
					if err := h.move(ctx, tx); err != nil {
						return err
					}
					return tt.body(h, ctx, tx)
				})
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want …%s…", err, tt.want)
				}
				if _, refused := refusal.As(err); refused {
					t.Error("the person is told no, where the house is at fault")
				}
			})
		}
		if n := h.moves(t) + h.count(t, "journal_once"); n != 0 {
			t.Errorf("something was kept")
		}
	})
}

type unknown struct{}

func (unknown) Kind() string { return "nobody.works" }

func TestFindingNoRowIsNoFailure(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		_, err := h.Do(t.Context(), h.by(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
			var n int
			if err := tx.NewRaw("SELECT seq FROM journal_cursor WHERE name = 'none'").Scan(ctx, &n); !errors.Is(err, sql.ErrNoRows) {
				return errors.Join(errors.New("found one"), err)
			}
			return h.move(ctx, tx)
		})
		if err != nil || h.moves(t) != 1 {
			t.Error(err)
		}
	})
}

func TestDoInsideDoFailsAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		inner := func(ctx context.Context) error {
			_, err := h.Do(ctx, h.by(), journal.Key{}, h.move)
			return err
		}
		_, err := h.Do(t.Context(), h.by(), journal.Key{}, func(ctx context.Context, _ *journal.Tx) error {
			if err := inner(ctx); !errors.Is(err, journal.ErrNested) {
				t.Errorf("by its context: %v", err)
			}
			if err := inner(t.Context()); !errors.Is(err, journal.ErrNested) {
				t.Errorf("by its goroutine: %v", err)
			}
			other := make(chan error)
			go func() { other <- inner(ctx) }()
			if err := <-other; !errors.Is(err, journal.ErrNested) {
				t.Errorf("by its context on another goroutine: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := inner(t.Context()); err != nil || h.moves(t) != 1 {
			t.Errorf("after it: %v", err)
		}
	})
}

func TestAPanicLeavesNothingAndGoesOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		func() {
			defer func() {
				if got := recover(); got != "oh" {
					t.Errorf("recovered %v", got)
				}
			}()
			_, _ = h.Do(t.Context(), h.by(), journal.Key{Name: "k"}, func(ctx context.Context, tx *journal.Tx) error {
				if err := h.move(ctx, tx); err != nil {
					t.Error(err)
				}
				panic("oh")
			})
		}()
		var wg sync.WaitGroup
		wg.Go(func() {
			_, _ = h.Do(t.Context(), h.by(), journal.Key{Name: "k"}, func(ctx context.Context, tx *journal.Tx) error {
				_ = h.move(ctx, tx)
				runtime.Goexit() // what t.FailNow does
				return nil
			})
		})
		wg.Wait()
		if n := h.moves(t) + h.count(t, "journal_once"); n != 0 {
			t.Error("something was kept")
		}
		if _, err := h.Do(t.Context(), h.by(), journal.Key{Name: "k"}, h.move); err != nil || h.moves(t) != 1 {
			t.Errorf("after it: %v", err)
		}
	})
}

func TestTheCallersCancelStopsTheWaitingOnly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := h.Do(ctx, h.by(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
			cancel()
			return h.move(ctx, tx)
		})
		if err != nil || h.moves(t) != 1 {
			t.Errorf("cancelled within: %v", err)
		}
		if _, err := h.Do(ctx, h.by(), journal.Key{}, h.move); !errors.Is(err, context.Canceled) || h.moves(t) != 1 {
			t.Errorf("cancelled before: %v", err)
		}
	})
}

func TestABodyThatTakesTooLongIsLeftBehind(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.Limit(150 * time.Millisecond)
		stuck, after := make(chan struct{}), make(chan error)
		go func() {
			<-stuck
			// Gets the connection, and the row, although the body still runs. The
			// first try may wait for the row until its own deadline.
			_, err := h.Do(t.Context(), h.by(), journal.Key{}, h.move)
			if err != nil {
				_, err = h.Do(t.Context(), h.by(), journal.Key{}, h.move)
			}
			after <- err
		}()
		var left *journal.Tx
		_, err := h.Do(t.Context(), h.by(), journal.Key{Name: "slow"}, func(ctx context.Context, tx *journal.Tx) error {
			left = tx
			if err := h.move(ctx, tx); err != nil {
				return err
			}
			close(stuck)
			if err := <-after; err != nil {
				t.Errorf("the next one: %v", err)
			}
			return nil
		})
		if err == nil || errors.Is(err, journal.ErrOutcome) {
			t.Errorf("got %v", err)
		}
		if n := h.moves(t); n != 1 {
			t.Errorf("%d moves", n)
		}
		if _, err := left.ExecContext(t.Context(), "SELECT 1"); err == nil {
			t.Error("the transaction still takes statements")
		}
	})
}

func TestATransactionIsOverWhenTheBodyReturns(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		var left *journal.Tx
		if _, err := h.Do(t.Context(), h.by(), journal.Key{}, func(_ context.Context, tx *journal.Tx) error {
			left = tx
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := version(t.Context(), left); err == nil {
			t.Error("it still reads")
		}
		if err := left.QueryRowContext(t.Context(), "SELECT 1").Err(); err == nil {
			t.Error("it still reads a row")
		}
	})
}

func TestAwaitsAreReplacedWithTheAct(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		a, b := id.Person{15: 1}, id.Person{15: 2}
		do := func(fail error, who ...await.Awaited) error {
			_, err := h.Do(t.Context(), h.by(), journal.Key{}, func(_ context.Context, tx *journal.Tx) error {
				tx.Await(h.ref, await.Awaited{Person: b, Move: "thing.forgotten"}) // the last call counts
				tx.Await(h.ref, who...)
				return fail
			})
			return err
		}
		waits := func() string {
			t.Helper()
			rows, err := await.On(t.Context(), db.Read, h.ref.Kind, h.ref.ID)
			if err != nil {
				t.Fatal(err)
			}
			var moves []string
			for _, r := range rows {
				if !r.Since.Equal(noon.Truncate(time.Microsecond)) {
					t.Errorf("since %v", r.Since)
				}
				moves = append(moves, r.Move)
			}
			return strings.Join(moves, " ")
		}
		if err := do(nil, await.Awaited{Person: a, Move: "thing.agree"}, await.Awaited{Person: b, Move: "thing.confirm"}); err != nil {
			t.Fatal(err)
		}
		if got := waits(); got != "thing.agree thing.confirm" {
			t.Errorf("awaited %q", got)
		}
		if err := do(errNo()); !errors.Is(err, errNo()) || waits() != "thing.agree thing.confirm" {
			t.Errorf("after a refusal: %v, %q", err, waits())
		}
		if err := do(nil, await.Awaited{Person: b, Move: "thing.confirm"}); err != nil || waits() != "thing.confirm" {
			t.Errorf("replaced: %v, %q", err, waits())
		}
		if err := do(nil); err != nil || waits() != "" {
			t.Errorf("cleared: %v, %q", err, waits())
		}
	})
}

func TestNowIsTheClocksToTheMicrosecond(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t))
	want := time.Date(2026, 5, 4, 10, 0, 0, 123456000, time.UTC)
	if got := h.Now(); got != want {
		t.Errorf("now %v, want %v", got, want)
	}
	if _, err := h.Do(t.Context(), h.by(), journal.Key{}, func(_ context.Context, tx *journal.Tx) error {
		if tx.Now() != want {
			t.Errorf("within %v, want %v", tx.Now(), want)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestActorsTellThemselvesApart(t *testing.T) {
	t.Parallel()
	p := id.Person{15: 1}
	for want, actor := range map[string]journal.Actor{
		"person:00000000-0000-0000-0000-000000000001": journal.PersonActor(p),
		"guest:x":  journal.Guest("x"),
		"client:x": journal.Client("x"),
		"system":   journal.System(),
	} {
		if got := actor.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAnAudienceSees(t *testing.T) {
	t.Parallel()
	p, q, c, d := id.Person{15: 1}, id.Person{15: 2}, id.Circle{15: 3}, id.Circle{15: 4}
	a := journal.Audience{Circles: []id.Circle{c}, Persons: []id.Person{p}}
	for _, tt := range []struct {
		name   string
		viewer journal.Viewer
		want   bool
	}{
		{"the person named", journal.Viewer{Person: p}, true},
		{"a member of the circle", journal.Viewer{Person: q, Circles: []id.Circle{d, c}}, true},
		{"another person", journal.Viewer{Person: q, Circles: []id.Circle{d}}, false},
		{"a stranger", journal.Viewer{}, false},
	} {
		if got := a.Sees(tt.viewer); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	if (journal.Audience{Persons: []id.Person{{}}}).Sees(journal.Viewer{}) {
		t.Error("nobody is somebody")
	}
}

func result(t *testing.T, r journal.Receipt) (v int64) {
	t.Helper()
	if err := json.Unmarshal(r.Result, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
