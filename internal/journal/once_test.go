package journal_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestARepeatGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		key := journal.Key{Name: "form:1", Digest: "a"}
		first, err := h.Do(t.Context(), h.by(), key, h.move)
		if err != nil || first.Repeat || result(t, first) != 2 {
			t.Fatalf("got %+v, %v", first, err)
		}
		again, err := h.Do(t.Context(), h.by(), key, h.move)
		if err != nil || !again.Repeat || result(t, again) != 2 || again.Seq != 0 {
			t.Errorf("again: %+v, %v", again, err)
		}
		if n := h.moves(t); n != 1 {
			t.Errorf("%d moves", n)
		}
	})
}

func TestAnAnswerMayBeNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		key := journal.Key{Name: "form:1"}
		for _, repeat := range []bool{false, true} {
			r, err := h.Do(t.Context(), h.by(), key, func(context.Context, *journal.Tx) error { return nil })
			if err != nil || r.Repeat != repeat || r.Result != nil {
				t.Errorf("got %+v, %v", r, err)
			}
		}
	})
}

func TestTheSameKeyForSomethingElseIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		if _, err := h.Do(t.Context(), h.by(), journal.Key{Name: "k", Digest: "a"}, h.move); err != nil {
			t.Fatal(err)
		}
		_, err := h.Do(t.Context(), h.by(), journal.Key{Name: "k", Digest: "b"}, h.move)
		if r, ok := refusal.As(err); !ok || r.Kind != refusal.Conflict || r.Code != "journal.key_reused" {
			t.Errorf("got %v", err)
		}
		// Each actor has keys of their own.
		other := journal.ByPerson(id.Person{15: 9}, journal.Test)
		if r, err := h.Do(t.Context(), other, journal.Key{Name: "k", Digest: "b"}, h.move); err != nil || r.Repeat {
			t.Errorf("another person: %+v, %v", r, err)
		}
	})
}

func TestARefusalLeavesNoTrace(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		key := journal.Key{Name: "k"}
		_, err := h.Do(t.Context(), h.by(), key, func(ctx context.Context, tx *journal.Tx) error {
			return errors.Join(h.move(ctx, tx), errNo())
		})
		if !errors.Is(err, errNo()) || h.moves(t) != 0 || h.count(t, "journal_once") != 0 {
			t.Errorf("got %v", err)
		}
		if r, err := h.Do(t.Context(), h.by(), key, h.move); err != nil || r.Repeat {
			t.Errorf("the key may be used again: %+v, %v", r, err)
		}
	})
}

func TestAMailsRefusalIsItsResult(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		key := journal.Key{Name: "token+message-id", KeepRefusal: true}
		spent := 0
		key.Also = func(context.Context, *journal.Tx) error { spent++; return nil }
		_, err := h.Do(t.Context(), h.by(), key, func(ctx context.Context, tx *journal.Tx) error {
			return errors.Join(h.move(ctx, tx), errNo())
		})
		if !errors.Is(err, errNo()) || h.moves(t) != 0 || h.count(t, "journal_once") != 1 {
			t.Fatalf("got %v, %d keys", err, h.count(t, "journal_once"))
		}
		again, err := h.Do(t.Context(), h.by(), key, h.move)
		got, _ := refusal.As(err)
		want, _ := refusal.As(errNo())
		if diff := cmp.Diff(want, got); diff != "" || !again.Repeat {
			t.Errorf("redelivered: %+v\n%s", again, diff)
		}
		if h.moves(t) != 0 || spent != 1 {
			t.Errorf("%d moves, the link spent %d times", h.moves(t), spent)
		}
	})
}

func TestTheDoorsOwnPartComesFirst(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		order := ""
		key := journal.Key{Name: "k", Also: func(ctx context.Context, tx *journal.Tx) error {
			order += "also "
			return tx.Saved(tx.NewUpdate().Table("journal_cursor").Set("at = at + 1").Where("name = 'thing'").Exec(ctx))
		}}
		at := func() (n int64) {
			t.Helper()
			if err := db.Read.NewSelect().Table("journal_cursor").Column("at").Where("name = 'thing'").Scan(t.Context(), &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		body := func(ctx context.Context, tx *journal.Tx) error {
			order += "body "
			return h.move(ctx, tx)
		}
		if _, err := h.Do(t.Context(), h.by(), key, func(context.Context, *journal.Tx) error { return errNo() }); !errors.Is(err, errNo()) || at() != 0 {
			t.Errorf("a refusal keeps the door's part: %v", err)
		}
		order = ""
		for range 2 {
			if _, err := h.Do(t.Context(), h.by(), key, body); err != nil {
				t.Fatal(err)
			}
		}
		if order != "also body " || at() != 1 {
			t.Errorf("order %q, at %d", order, at())
		}
		key = journal.Key{Name: "other", Also: func(context.Context, *journal.Tx) error { return errNo() }}
		if _, err := h.Do(t.Context(), h.by(), key, body); !errors.Is(err, errNo()) || order != "also body " {
			t.Errorf("a spent link: %v, %q", err, order)
		}
	})
}

func TestADoubleClickActsOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		var wg sync.WaitGroup
		var mu sync.Mutex
		firsts := 0
		for range 8 {
			wg.Go(func() {
				r, err := h.Do(t.Context(), h.by(), journal.Key{Name: "k", Digest: "a"}, h.move)
				if err != nil || result(t, r) != 2 {
					t.Errorf("got %+v, %v", r, err)
				}
				mu.Lock()
				defer mu.Unlock()
				if !r.Repeat {
					firsts++
				}
			})
		}
		wg.Wait()
		if n := h.moves(t); n != 1 || firsts != 1 {
			t.Errorf("%d moves, %d of them first", n, firsts)
		}
	})
}

func TestKeysAreForgottenAfterSixtyDays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		for i, day := range []int64{59, 61} {
			at := h.Now().AddDate(0, 0, -int(day)).UnixMicro()
			if _, err := db.Write.NewRaw("INSERT INTO journal_once (actor, key, digest, result, at) VALUES ('system', ?, '', '', ?)", string(rune('a'+i)), at).Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := h.Forget(t.Context()); err != nil || n != 1 || h.count(t, "journal_once") != 1 {
			t.Errorf("forgot %d, %v", n, err)
		}
	})
}
