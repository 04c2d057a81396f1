package journal_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

func TestSmoke(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		j := journal.Open(journal.Config{DB: db, Clock: time.Now, Rand: rand.Reader, Kinds: []journal.Kind{{Name: "thing.made", Object: "thing"}}})
		defer j.Close()
		r, err := j.Do(t.Context(), journal.BySystem(), journal.Key{Name: "k"}, func(ctx context.Context, tx *journal.Tx) error {
			ref := journal.RefTo("thing", id.New[any](tx))
			tx.Act("thing.made", ref, nil)
			tx.Act("thing.made", ref, map[string]int{"n": 2})
			tx.Answer("hello")
			return nil
		})
		t.Log(r, err)
		a, err := j.Since(t.Context(), 0, 10)
		t.Logf("%+v %v", a, err)
	})
}
