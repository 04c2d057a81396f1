package job_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"cordee/internal/job"
	"cordee/internal/journal"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

type greet struct{ Name string }

func (greet) Kind() string { return "test.greet" }

// open makes a journal with jobs; what the workers are given arrives on the channel.
func open(t *testing.T, db *store.DB, log *slog.Logger) (*journal.Journal, *job.Jobs, chan string) {
	t.Helper()
	jobs, err := job.New(db, log)
	if err != nil {
		t.Fatal(err)
	}
	j := journal.Open(journal.Config{DB: db, Clock: time.Now, Rand: rand.Reader, Jobs: jobs})
	t.Cleanup(func() { _ = j.Close() })
	return j, jobs, make(chan string, 100)
}

func start(t *testing.T, jobs *job.Jobs) {
	t.Helper()
	if err := jobs.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := jobs.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
}

func receive(t *testing.T, done <-chan string, what string) string {
	t.Helper()
	select {
	case got := <-done:
		return got
	case <-time.After(30 * time.Second):
		t.Fatalf("no %s", what)
		return ""
	}
}

func TestAJobStartsAfterTheCommitAndNotWithoutIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		j, jobs, done := open(t, db, nil)
		job.Register(jobs, job.Policy{}, func(_ context.Context, g greet) error {
			done <- g.Name
			return nil
		})
		start(t, jobs)
		enqueue := func(name string, result error) error {
			_, err := j.Do(t.Context(), journal.BySystem(), journal.Key{Name: name}, func(ctx context.Context, tx *journal.Tx) error {
				if err := tx.Job(greet{name}); err != nil {
					return err
				}
				// On PostgreSQL the transaction goes on after River's statements.
				if _, err := tx.NewRaw("INSERT INTO journal_cursor (name, seq, at) VALUES (?, 1, 0)", name).Exec(ctx); err != nil {
					return err
				}
				return result
			})
			return err
		}
		no := refusal.New(refusal.Conflict, "test.no")
		if err := enqueue("refused", no); !errors.Is(err, no) {
			t.Fatal(err)
		}
		if err := enqueue("Aurore", nil); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, done, "job"); got != "Aurore" {
			t.Errorf("greeted %s", got)
		}
		for _, table := range []string{"journal_cursor", "river_job"} {
			if n, err := db.Read.NewSelect().Table(table).Count(t.Context()); err != nil || n != 1 {
				t.Errorf("%d rows in %s, %v", n, table, err)
			}
		}
	})
}

func TestManyJobsBesideManyActs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		j, jobs, done := open(t, db, nil)
		// A worker writes through the journal like everybody else.
		job.Register(jobs, job.Policy{}, func(ctx context.Context, g greet) error {
			_, err := j.Do(ctx, journal.BySystem(), journal.Key{Name: "greeted " + g.Name}, func(ctx context.Context, tx *journal.Tx) error {
				_, err := tx.NewRaw("INSERT INTO journal_cursor (name, seq, at) VALUES (?, 1, 0)", g.Name).Exec(ctx)
				return err
			})
			if err == nil {
				done <- g.Name
			}
			return err
		})
		start(t, jobs)
		const people, each = 4, 10
		var wg sync.WaitGroup
		for p := range people {
			wg.Go(func() {
				for i := range each {
					_, err := j.Do(t.Context(), journal.BySystem(), journal.Key{}, func(_ context.Context, tx *journal.Tx) error {
						return tx.Job(greet{strings.Repeat("x", p*each+i+1)})
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		seen := map[string]bool{}
		for range people * each {
			seen[receive(t, done, "job")] = true
		}
		if len(seen) != people*each {
			t.Errorf("%d different jobs", len(seen))
		}
	})
}

func TestAFailedJobIsToldAndTriedAgainUnlessGivenUp(t *testing.T) {
	t.Parallel()
	failed := errors.New("nobody of that name")
	for name, tt := range map[string]struct {
		err   error
		state string
	}{
		"tried again": {failed, "available"}, // River makes a wait of a second available at once
		"given up":    {job.GiveUp(failed), "cancelled"},
		"later":       {job.Later(time.Hour), "scheduled"},
	} {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			var mu sync.Mutex
			var said bytes.Buffer
			log := slog.New(slog.NewTextHandler(&locked{&mu, &said}, nil))
			j, jobs, done := open(t, db, log)
			job.Register(jobs, job.Policy{Attempts: 3}, func(_ context.Context, g greet) error {
				done <- g.Name
				return tt.err
			})
			start(t, jobs)
			if _, err := j.Do(t.Context(), journal.BySystem(), journal.Key{}, func(_ context.Context, tx *journal.Tx) error {
				return tx.Job(greet{"a secret"})
			}); err != nil {
				t.Fatal(err)
			}
			receive(t, done, "job")
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if err := jobs.Stop(ctx); err != nil { // what became of the job is written by then
				t.Fatal(err)
			}
			var state string
			var attempts int
			if err := db.Read.NewRaw("SELECT state, max_attempts FROM river_job").Scan(t.Context(), &state, &attempts); err != nil {
				t.Fatal(err)
			}
			if state == "retryable" {
				state = "available"
			}
			if state != tt.state || attempts != 3 {
				t.Errorf("%s: state %q, %d attempts", name, state, attempts)
			}
			mu.Lock()
			defer mu.Unlock()
			if told := strings.Contains(said.String(), "test.greet"); told == (name == "later") || strings.Contains(said.String(), "secret") {
				t.Errorf("%s: the log says %s", name, said.String())
			}
		})
	}
}

type locked struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func TestPeriodicJobs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, jobs, done := open(t, db, nil)
		job.Register(jobs, job.Policy{}, func(_ context.Context, g greet) error {
			done <- g.Name
			return nil
		})
		jobs.Every(time.Hour, true, greet{"hourly"})
		start(t, jobs)
		if got := receive(t, done, "periodic job"); got != "hourly" {
			t.Errorf("greeted %s", got)
		}
	})
}

func TestWithoutWorkersThereIsNothingToStart(t *testing.T) {
	t.Parallel()
	jobs, err := job.New(storetest.SQLite(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	start(t, jobs)
}
