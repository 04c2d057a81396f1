package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"cordee/internal/store"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

const (
	defaultTimeout = time.Minute
	// grace is how long after the longest timeout a job that nobody works on any
	// more, because its process died, is taken up again.
	grace = 5 * time.Minute
)

// Args are what one job is about: small, JSON-able, ids rather than contents.
// Kind names the worker: "room.verb", two letters or more.
type Args interface{ Kind() string }

// Policy is how one kind of job is treated; its zero value is the default.
type Policy struct {
	// Timeout of one attempt; zero is a minute.
	Timeout time.Duration
	// Attempts before it is given up; zero is 25, over about three weeks.
	Attempts int
}

// Jobs is the queue and its workers.
type Jobs struct {
	queue    queue
	log      *slog.Logger
	workers  *river.Workers
	policies map[string]Policy
	periodic []*river.PeriodicJob
}

// queue is River on one of the two databases.
type queue interface {
	insert(ctx context.Context, conn *sql.Conn, tx *sql.Tx, args Args, opts *river.InsertOpts) error
	start(ctx context.Context, cfg *river.Config) error
	stop(ctx context.Context) error
}

// New makes a queue on db. Register the workers, then Start.
func New(db *store.DB, log *slog.Logger) (*Jobs, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	j := &Jobs{log: log, workers: river.NewWorkers(), policies: map[string]Policy{}}
	var err error
	if db.Postgres() {
		j.queue, err = newPostgres(riverpgxv5.New(db.Pool()), j.settings())
	} else {
		j.queue, err = newSQLite(riversqlite.New(db.Write.DB), j.settings())
	}
	if err != nil {
		return nil, fmt.Errorf("job: %w", err)
	}
	return j, nil
}

// Register makes work the worker of one kind of job. All that it does it must
// be able to do again: a job that was at work when the process died is repeated.
// Before Start. It panics on a second worker of the same kind.
func Register[A Args](j *Jobs, policy Policy, work func(ctx context.Context, args A) error) {
	if policy.Timeout == 0 {
		policy.Timeout = defaultTimeout
	}
	river.AddWorker(j.workers, &worker[A]{work: work, timeout: policy.Timeout, log: j.log})
	var args A
	j.policies[args.Kind()] = policy
}

type worker[A Args] struct {
	river.WorkerDefaults[A]

	work    func(ctx context.Context, args A) error
	timeout time.Duration
	log     *slog.Logger
}

// Timeout is River's question.
func (w *worker[A]) Timeout(*river.Job[A]) time.Duration { return w.timeout }

// Work is River's call.
func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) error {
	err := w.work(ctx, job.Args)
	var gaveUp *river.JobCancelError
	if errors.As(err, &gaveUp) { // River hands those to nobody
		failures{w.log}.HandleError(ctx, job.JobRow, err)
	}
	return err
}

// GiveUp makes the error that a worker returns when trying again is useless.
func GiveUp(err error) error { return river.JobCancel(err) }

// Later makes what a worker returns when it isn't time yet: the job comes again
// after d, and that counts as no attempt.
func Later(d time.Duration) error { return river.JobSnooze(d) }

// Every makes a job of args each period, at once after Start too when atStart
// says so. Periods have gaps when no process runs, and may repeat: what must
// happen once asks the journal whether it has. Before Start.
func (j *Jobs) Every(period time.Duration, atStart bool, args Args) {
	again := func() (river.JobArgs, *river.InsertOpts) { return args, j.options(args) }
	opts := &river.PeriodicJobOpts{RunOnStart: atStart}
	j.periodic = append(j.periodic, river.NewPeriodicJob(river.PeriodicInterval(period), again, opts))
}

// Insert puts a job into the transaction tx that is open on conn. Only the
// journal calls it; rooms call journal.Tx.Job.
func (j *Jobs) Insert(ctx context.Context, conn *sql.Conn, tx *sql.Tx, args Args) error {
	if _, ok := j.policies[args.Kind()]; !ok {
		return fmt.Errorf("job: nobody works on %q", args.Kind())
	}
	return j.queue.insert(ctx, conn, tx, args, j.options(args))
}

func (j *Jobs) options(args Args) *river.InsertOpts {
	return &river.InsertOpts{MaxAttempts: j.policies[args.Kind()].Attempts}
}

// Start sets the workers to work until Stop; the end of ctx doesn't stop them.
func (j *Jobs) Start(ctx context.Context) error {
	if len(j.policies) == 0 {
		return nil
	}
	cfg := j.settings()
	cfg.Workers = j.workers
	cfg.PeriodicJobs = j.periodic
	cfg.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 100}}
	longest := defaultTimeout
	for _, p := range j.policies {
		longest = max(longest, p.Timeout)
	}
	cfg.RescueStuckJobsAfter = longest + grace
	return j.queue.start(context.WithoutCancel(ctx), cfg)
}

// settings are those of STACK.md: by default River fetches some 200 jobs a second.
func (j *Jobs) settings() *river.Config {
	return &river.Config{
		FetchCooldown: 5 * time.Millisecond,
		JobTimeout:    defaultTimeout,
		Logger:        slog.New(onlyWarnings{j.log.Handler()}),
		ErrorHandler:  failures{j.log},
	}
}

// Stop takes up no new job and waits for those at work; when ctx is done it
// cancels them and waits for them to notice.
func (j *Jobs) Stop(ctx context.Context) error { return j.queue.stop(ctx) }

// onlyWarnings keeps River's talk about itself out of the log.
type onlyWarnings struct{ slog.Handler }

// Enabled lets warnings and errors through.
func (h onlyWarnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// WithAttrs is slog's.
func (h onlyWarnings) WithAttrs(a []slog.Attr) slog.Handler {
	return onlyWarnings{h.Handler.WithAttrs(a)}
}

// WithGroup is slog's.
func (h onlyWarnings) WithGroup(name string) slog.Handler {
	return onlyWarnings{h.Handler.WithGroup(name)}
}

// failures tells the log which job failed: kind and number, never its args.
type failures struct{ log *slog.Logger }

// HandleError logs a failed attempt.
func (f failures) HandleError(ctx context.Context, row *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.log.LogAttrs(ctx, slog.LevelWarn, "job failed", slog.String("kind", row.Kind), slog.Int64("job", row.ID),
		slog.Int("attempt", row.Attempt), slog.Int("of", row.MaxAttempts), slog.Any("error", err))
	return nil
}

// HandlePanic logs a worker's panic; the job is tried again like a failed one.
func (f failures) HandlePanic(ctx context.Context, row *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	f.log.LogAttrs(ctx, slog.LevelError, "job panicked",
		slog.String("kind", row.Kind), slog.Int64("job", row.ID), slog.Int("attempt", row.Attempt),
		slog.Any("panic", value), slog.String("stack", trace))
	return nil
}

// client is what both databases share: one client that only inserts, from the
// beginning, and one that works, from start to stop.
type client[TTx any] struct {
	newClient func(cfg *river.Config) (*river.Client[TTx], error)
	inserts   *river.Client[TTx]
	works     *river.Client[TTx]
}

func (c *client[TTx]) open(cfg *river.Config) (err error) {
	c.inserts, err = c.newClient(cfg)
	return err
}

func (c *client[TTx]) start(ctx context.Context, cfg *river.Config) (err error) {
	if c.works, err = c.newClient(cfg); err != nil {
		return err
	}
	return c.works.Start(ctx)
}

func (c *client[TTx]) stop(ctx context.Context) error {
	if c.works == nil {
		return nil
	}
	err := c.works.Stop(ctx)
	if err != nil && ctx.Err() != nil {
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = c.works.StopAndCancel(hard)
	}
	return err
}

type onSQLite struct{ client[*sql.Tx] }

func newSQLite(driver *riversqlite.Driver, cfg *river.Config) (*onSQLite, error) {
	q := &onSQLite{client[*sql.Tx]{newClient: func(cfg *river.Config) (*river.Client[*sql.Tx], error) {
		return river.NewClient(driver, cfg)
	}}}
	return q, q.open(cfg)
}

func (q *onSQLite) insert(ctx context.Context, _ *sql.Conn, tx *sql.Tx, args Args, opts *river.InsertOpts) error {
	_, err := q.inserts.InsertTx(ctx, tx, args, opts)
	return err
}

type onPostgres struct{ client[pgx.Tx] }

func newPostgres(driver *riverpgxv5.Driver, cfg *river.Config) (*onPostgres, error) {
	q := &onPostgres{client[pgx.Tx]{newClient: func(cfg *river.Config) (*river.Client[pgx.Tx], error) {
		return river.NewClient(driver, cfg)
	}}}
	return q, q.open(cfg)
}

func (q *onPostgres) insert(ctx context.Context, conn *sql.Conn, _ *sql.Tx, args Args, opts *river.InsertOpts) error {
	var inserted error
	err := conn.Raw(func(d any) error {
		tx, err := within(d)
		if err != nil {
			return err
		}
		_, inserted = q.inserts.InsertTx(ctx, tx, args, opts)
		return nil
	})
	return errors.Join(err, inserted)
}
