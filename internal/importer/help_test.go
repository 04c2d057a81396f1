package importer_test

import (
	"testing"
	"time"

	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

func TestARealList(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		text := helpList(t)
		h := open(t, db)
		begun := time.Now()
		got := h.bring(t, "help-list", bytesSource(text))
		t.Logf("%+v in %s", got, time.Since(begun))
		if n := h.threads(t); n != got.Threads {
			t.Errorf("%d threads", n)
		}
		before := h.state(t)
		t.Log(before)
		again := h.bring(t, "help-list", bytesSource(text))
		if after := h.state(t); after != before {
			t.Errorf("importing again: %+v\n%s\n%s", again, before, after)
		}
	})
}
