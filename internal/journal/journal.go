package journal

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"cordee/internal/job"
	"cordee/internal/store"
)

// What Do may answer besides refusals and the body's own errors.
var (
	// ErrVersion: the row has moved on since it was read; Do reruns the body.
	ErrVersion = errors.New("journal: the row has moved on")
	// ErrOutcome: the connection failed at COMMIT and nothing tells whether the
	// act is kept, because it had no key.
	ErrOutcome = errors.New("journal: nobody knows whether it was kept")
	// ErrNested: a body called Do. What rooms call of each other are verbs that
	// take the Tx.
	ErrNested = errors.New("journal: Do inside Do")
)

// Kind declares one kind of act; each room lists its own in acts.go.
type Kind struct {
	Name   string // "exchange.confirmed": room, dot, past participle
	Object string // the Kind of the Ref it is on
	Facts  string // what its facts hold, for docs/acts.md; empty for none
	Doc    string // one sentence: what has happened
}

// Config is what a journal is made of.
type Config struct {
	DB    *store.DB
	Clock func() time.Time
	Rand  io.Reader
	Log   *slog.Logger
	Kinds []Kind    // every kind that any room may write
	Jobs  *job.Jobs // for Tx.Job; nil where no body makes jobs
}

// Journal is the one way to write.
type Journal struct {
	cfg   Config
	kinds map[string]Kind
	// turn makes writers queue in their order on SQLite, where there is one
	// connection: database/sql wakes a waiter at random. Nil on PostgreSQL.
	turn   chan struct{}
	bodies goroutines
	limit  time.Duration                                       // of one transaction
	fault  func(ctx context.Context, step, query string) error // tests break statements here

	mu     sync.Mutex
	wake   chan struct{}
	closed context.CancelFunc
	ears   sync.WaitGroup
}

// channel is what PostgreSQL's NOTIFY goes by: a hint that acts have come.
const channel = "cordee_journal"

// Open makes the journal of a database and starts to listen for other
// processes' commits.
func Open(cfg Config) *Journal {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	j := &Journal{cfg: cfg, kinds: make(map[string]Kind, len(cfg.Kinds)), limit: deadline, wake: make(chan struct{}), closed: cancel}
	for _, k := range cfg.Kinds {
		j.kinds[k.Name] = k
	}
	if !cfg.DB.Postgres() {
		j.turn = make(chan struct{}, 1)
		return j
	}
	j.ears.Go(func() {
		_ = cfg.DB.Listen(ctx, channel, func(string) { j.rouse() }) // ends with ctx alone
	})
	return j
}

// Close stops listening. Bodies at work end by themselves.
func (j *Journal) Close() error {
	j.closed()
	j.ears.Wait()
	return nil
}

// Kinds are the declared kinds of acts, as Config gave them.
func (j *Journal) Kinds() []Kind { return j.cfg.Kinds }

// Now is the journal's time, to the microsecond, UTC. For reads; inside a body
// it is Tx.Now.
func (j *Journal) Now() time.Time { return j.cfg.Clock().UTC().Truncate(time.Microsecond) }

// Wake gives a channel that is closed at the next commit of acts. Take it
// before reading, wait on it after.
func (j *Journal) Wake() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.wake
}

func (j *Journal) rouse() {
	j.mu.Lock()
	defer j.mu.Unlock()
	close(j.wake)
	j.wake = make(chan struct{})
}
