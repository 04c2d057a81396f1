package importer_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"cordee/internal/circle/circletest"
	"cordee/internal/id"
	"cordee/internal/importer"
	"cordee/internal/job"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

// working gives the house a journal that makes jobs; nobody works on them but the
// test itself.
func (h *house) working(tb testing.TB) *journal.Journal {
	tb.Helper()
	jobs, err := job.New(h.DB, nil)
	if err != nil {
		tb.Fatal(err)
	}
	j := journal.Open(journal.Config{DB: h.DB, Clock: h.Clock.Now, Rand: rand.Reader, Kinds: h.Journal.Kinds(), Jobs: jobs})
	tb.Cleanup(func() {
		if err := j.Close(); err != nil {
			tb.Error(err)
		}
	})
	h.Journal = j
	h.Importer = h.door()
	job.Register(jobs, importer.Policy(), h.Importer.Work)
	return j
}

func (h *house) received(tb testing.TB, name string, text []byte) importer.Upload {
	tb.Helper()
	u, err := h.Importer.Receive(tb.Context(), name, bytes.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

func (h *house) files(tb testing.TB) int {
	tb.Helper()
	all, err := os.ReadDir(h.folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		tb.Fatal(err)
	}
	return len(all)
}

func (h *house) head(tb testing.TB) int64 {
	tb.Helper()
	head, err := h.Journal.Head(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return head
}

// only is the one run of a circle, with its key.
func (h *house) only(tb testing.TB, c id.Circle) importer.Run {
	tb.Helper()
	runs, err := h.Importer.Runs(tb.Context(), h.DB.Read, c, 10)
	if err != nil || len(runs) != 1 {
		tb.Fatal(runs, err)
	}
	return runs[0]
}

func TestAHostsUpload(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		people := h.House.House.House.House
		host, other := persontest.New(t, people, "Inès"), persontest.New(t, people, "Otto")
		c := circletest.Founded(t, h.House.House, host, "Radio")
		h.working(t)
		text := []byte(letter("1", "ana", "Lunch", 1, "Hello") + letter("2", "bo", "Re: Lunch", 2, "Yes"))

		if _, err := h.Importer.Begin(t.Context(), persontest.As(other.ID), journal.Key{Name: "x"}, c.ID, h.received(t, "a.mbox", text)); code(err) != "not_found" {
			t.Errorf("somebody else: %v", err)
		}
		if _, err := h.Importer.Receive(t.Context(), "x", strings.NewReader("hello")); code(err) != "import.not_mbox" {
			t.Errorf("no archive: %v", err)
		}
		if n := h.files(t); n != 0 {
			t.Errorf("%d files are left", n)
		}

		key := journal.Key{Name: "form:1", Digest: "a"}
		first, err := h.Importer.Begin(t.Context(), persontest.As(host.ID), key, c.ID, h.received(t, `C:\mails\a.mbox`, text))
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.Importer.Begin(t.Context(), persontest.As(host.ID), key, c.ID, h.received(t, "a.mbox", text))
		if err != nil || again != first || h.files(t) != 1 {
			t.Errorf("a double click: %s, %s, %v, %d files", first, again, err, h.files(t))
		}
		run := h.only(t, c.ID)
		if run.State != importer.Waiting || run.Over() || run.Name != "a.mbox" || run.Person != host.ID {
			t.Errorf("%+v", run)
		}
		for range 2 { // a job may run twice
			if err := h.Importer.Work(t.Context(), importer.Work{Run: run.ID}); err != nil {
				t.Fatal(err)
			}
			run = h.only(t, c.ID)
			if run.State != importer.Done || !run.Over() || run.Mails != 2 || run.Threads != 1 || run.People != 2 || run.Total != 2 {
				t.Errorf("%+v", run)
			}
		}
		h.check(t)
		if n := h.count(t, "SELECT count(*) FROM journal_act WHERE kind = 'thread.imported' AND person = ? AND door = 'importer'", host.ID); n != 1 {
			t.Errorf("%d acts of the host's", n)
		}
	})
}

func TestAnUploadThatIsDamaged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		host := persontest.New(t, h.House.House.House.House, "Inès")
		c := circletest.Founded(t, h.House.House, host, "Radio")
		h.working(t)
		packed := gzipped(t, letter("1", "ana", "Lunch", 1, strings.Repeat("Hello\n", 20_000)))
		if _, err := h.Importer.Begin(t.Context(), persontest.As(host.ID), journal.Key{Name: "x"}, c.ID, h.received(t, "a.gz", packed[:len(packed)-4])); err != nil {
			t.Fatal(err)
		}
		run := h.only(t, c.ID)
		if err := h.Importer.Work(t.Context(), importer.Work{Run: run.ID}); err != nil {
			t.Fatal(err)
		}
		run = h.only(t, c.ID)
		if run.State != importer.Failed || run.Trouble == nil || run.Trouble.Code != "import.damaged" || h.files(t) != 0 || h.threads(t) != 0 {
			t.Errorf("%+v, %d files", run, h.files(t))
		}
	})
}

// A house that is closed, or dies, in the middle of an upload takes it up again.
func TestAHouseThatDies(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		host := persontest.New(t, h.House.House.House.House, "Inès")
		c := circletest.Founded(t, h.House.House, host, "Radio")
		var text strings.Builder
		for i := range 400 {
			text.WriteString(letter(fmt.Sprintf("m%d", i), "ana", fmt.Sprintf("Subject %d", i/2), 1+i/2, "Words"))
		}
		h.working(t)
		if _, err := h.Importer.Begin(t.Context(), persontest.As(host.ID), journal.Key{Name: "x"}, c.ID, h.received(t, "a.mbox", []byte(text.String()))); err != nil {
			t.Fatal(err)
		}
		run := h.only(t, c.ID)
		broken := 0
		for {
			ctx, die := context.WithCancel(t.Context())
			j, head := h.Journal, h.head(t)
			go func() { // dies once the first body is kept
				defer die()
				for now := head; now == head && ctx.Err() == nil; {
					wake := j.Wake()
					if now, _ = j.Head(ctx); now == head {
						select {
						case <-wake:
						case <-ctx.Done():
						}
					}
				}
			}()
			err := h.Importer.Work(ctx, importer.Work{Run: run.ID})
			die()
			if err == nil {
				break
			}
			if broken++; broken > 20 {
				t.Fatal(err)
			}
			if h.only(t, c.ID).Over() || h.files(t) != 1 {
				t.Fatalf("%+v", h.only(t, c.ID))
			}
			h.Clock.Advance(importer.Heartbeat)
			h.working(t) // another process
			if err := h.Importer.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		run = h.only(t, c.ID)
		if run.State != importer.Done || run.Mails != 400 || run.Threads != 200 || run.Skipped != 0 {
			t.Errorf("broken off %d times: %+v", broken, run)
		}
		h.check(t)
		if jobs := h.count(t, "SELECT count(*) FROM river_job WHERE kind = 'importer.work'"); jobs != 1+broken {
			t.Errorf("%d jobs", jobs)
		}
		if sets := h.sets(t, "radio"); len(sets) != 200 || !slices.Contains(sets, "m0@x m1@x") {
			t.Errorf("%d threads", len(sets))
		}
	})
}

// What came from a terminal that was closed is told as broken off.
func TestATerminalThatWasClosed(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	h.bring(t, "club", stream(letter("1", "ana", "Lunch", 1, "Hello")))
	if _, err := h.DB.Write.ExecContext(t.Context(), "UPDATE importer_run SET state = 'writing', ended_at = 0"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.folder+"/archive-1", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.Importer.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if run := h.only(t, h.circle(t, "club").ID); run.State != importer.Stopped || !run.Over() {
		t.Errorf("%+v", run)
	}
}
