package main

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/upkeep"
)

// TestKill: what was answered with success is there, once, however often the
// process is killed while people write; what wasn't answered may be sent again.
func TestKill(t *testing.T) {
	t.Parallel()
	cycles := 12
	if testing.Short() {
		cycles = 4
	}
	if given := os.Getenv("CORDEE_TEST_KILLS"); given != "" { // as many as one has the patience for
		var err error
		if cycles, err = strconv.Atoi(given); err != nil {
			t.Fatal(err)
		}
	}
	for name, postgres := range map[string]string{"sqlite": "", "postgres": storetest.Empty(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{"--data", t.TempDir()}
			if postgres != "" {
				args = append(args, "--postgres", postgres)
			}
			p, first := served(t, args...)
			host, path := founded(t, first)
			writers := make([]*writer, 4)
			for i := range writers {
				writers[i] = &writer{visitor: newVisitor(), path: path + "/talk/new"}
				writers[i].cookie = host.cookie
			}
			base, _, _ := strings.Cut(first, "/set-up/")
			for range cycles {
				crowd(t, p, base, writers)
				p, base = served(t, args...)
				base = strings.TrimSuffix(base, "/sign-in")
			}
			for _, w := range writers { // the answer that the last kill swallowed
				if err := w.write(t.Context(), base); err != nil {
					t.Fatal(err)
				}
			}
			if got := ended(t, nil, append([]string{"doctor"}, args...)...); got.code != 0 {
				t.Errorf("the doctor: %s%s", got.out, got.err)
			}
			if code := p.stop(t, syscall.SIGINT); code != 0 {
				t.Errorf("exit %d: %s", code, p.log())
			}
			kept(t, store.Config{Dir: args[1], Postgres: postgres}, writers)
		})
	}
}

// crowd lets all write at once and kills the process in the midst of it, after a
// number of answers that nobody knows before.
func crowd(t *testing.T, p *process, base string, writers []*writer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	answers := make(chan struct{}, 1024)
	var all sync.WaitGroup
	for _, w := range writers {
		all.Go(func() {
			for w.write(ctx, base) == nil {
				answers <- struct{}{}
			}
		})
	}
	for range 3 + mathrand.IntN(60) {
		select {
		case <-answers:
		case <-ctx.Done():
			t.Fatalf("nothing is answered: %v: %s", writers[0].trouble, p.log())
		}
	}
	time.Sleep(time.Duration(mathrand.IntN(3000)) * time.Microsecond) // anywhere within a transaction
	if code := p.stop(t, syscall.SIGKILL); code != -1 {
		t.Errorf("exit %d", code)
	}
	all.Wait()
	for _, w := range writers {
		if w.trouble != nil {
			t.Error(w.trouble)
		}
	}
}

// writer begins one talk after the other; one that wasn't answered is sent again
// as it was.
type writer struct {
	*visitor

	path    string
	pending url.Values
	sent    []string // what was answered
	trouble error    // an answer that isn't one
}

func (w *writer) write(ctx context.Context, base string) error {
	if w.pending == nil {
		words := rand.Text()
		w.pending = url.Values{"key": {rand.Text()[:16]}, "title": {"Causerie " + words[:4]}, "words": {words}}
	}
	got, err := w.post(ctx, base+w.path, w.pending)
	if err != nil {
		return err
	}
	if got.status != http.StatusSeeOther {
		w.trouble = fmt.Errorf("%d: %s", got.status, got.body)
		return w.trouble
	}
	w.sent = append(w.sent, w.pending.Get("words"))
	w.pending = nil
	return nil
}

// kept compares what is there with what was answered.
func kept(t *testing.T, cfg store.Config, writers []*writer) {
	t.Helper()
	db, err := store.Look(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var rows []struct {
		Words string
		N     int
	}
	if err := db.Read.NewRaw("SELECT words, count(*) AS n FROM thread_message GROUP BY words").Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	there := map[string]int{}
	for _, r := range rows {
		there[r.Words] = r.N
	}
	sent := 0
	for _, w := range writers {
		for _, words := range w.sent {
			if there[words] != 1 {
				t.Errorf("%q was answered and is there %d times", words, there[words])
			}
		}
		sent += len(w.sent)
	}
	if len(there) != sent {
		t.Errorf("%d are there, and %d were sent", len(there), sent)
	}
	var acts int
	if err := db.Read.NewRaw("SELECT count(*) FROM journal_act WHERE kind = 'circle.talked'").Scan(t.Context(), &acts); err != nil || acts != sent {
		t.Errorf("%d acts for %d talks, %v", acts, sent, err)
	}
	report, err := upkeep.Check(t.Context(), upkeep.Patient{DB: db, Blobs: filepath.Join(cfg.Dir, "blobs")})
	if err != nil || !report.Healthy() {
		t.Errorf("%v: %s", err, strings.Join(report.Lines(), "\n"))
	}
	t.Logf("%d talks", sent)
}
