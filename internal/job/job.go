package job

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"cordee/internal/store"
)

// Args are what one job is about: small, JSON-able, ids rather than contents.
// Kind names the worker: two letters or more, "room.verb".
type Args interface{ Kind() string }

// Jobs is the queue and its workers.
type Jobs struct {
	db  *store.DB
	log *slog.Logger
}

// New makes a queue on db. Register the workers, then Start.
func New(db *store.DB, log *slog.Logger) (*Jobs, error) {
	return &Jobs{db: db, log: log}, nil
}

// Policy is how one kind of job is treated; its zero value is the default.
type Policy struct {
	// Timeout of one attempt; zero is a minute, five minutes is the most.
	Timeout time.Duration
	// Attempts before it is given up; zero is 25, over about three weeks.
	Attempts int
}

// Register makes work the worker of one kind of job. Before Start.
func Register[A Args](j *Jobs, policy Policy, work func(ctx context.Context, args A) error) {
	_, _, _ = j, policy, work
}

// Every makes a job of args each period, beginning one period after Start, or
// at once when atStart says so. Before Start.
func (j *Jobs) Every(period time.Duration, atStart bool, args Args) {
	_, _, _ = period, atStart, args
}

// Insert puts a job into the transaction open on conn. Only the journal calls
// it; rooms call journal.Tx.Job.
func (j *Jobs) Insert(ctx context.Context, conn *sql.Conn, tx *sql.Tx, args Args) error {
	_, _, _, _ = ctx, conn, tx, args
	return nil
}

// Start sets the workers to work until Stop.
func (j *Jobs) Start(ctx context.Context) error { _ = ctx; return nil }

// Stop takes no new job and waits for those at work, until ctx is done; then it
// cancels them.
func (j *Jobs) Stop(ctx context.Context) error { _ = ctx; return nil }
