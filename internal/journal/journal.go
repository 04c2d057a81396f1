package journal

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"cordee/internal/id"
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

	mu   sync.Mutex
	wake chan struct{}
}

// Open makes the journal of a database and starts to listen for other
// processes' commits.
func Open(cfg Config) *Journal {
	return &Journal{cfg: cfg, wake: make(chan struct{})}
}

// Close stops listening. Bodies at work end by themselves.
func (j *Journal) Close() error { return nil }

// Now is the journal's time, to the microsecond, UTC. For reads; inside a body
// it is Tx.Now.
func (j *Journal) Now() time.Time { return j.cfg.Clock().UTC().Truncate(time.Microsecond) }

// Key makes an act happen once.
type Key struct {
	// Name tells the attempt: the form's key, the token and Message-ID. Empty
	// only for couriers and the house itself, whose acts repeat harmlessly.
	Name string
	// Digest sums up what is asked: the same Name with another Digest is refused.
	Digest string
	// KeepRefusal commits a refusal as the key's result. For mail.
	KeepRefusal bool
	// Also runs first, in the same transaction: what the door must do with the
	// act, such as spending the link that somebody came by.
	Also func(ctx context.Context, tx *Tx) error
}

// Receipt is what Do answers.
type Receipt struct {
	Seq    int64           // of the last act; 0 for a repeat and for a body without acts
	Repeat bool            // the key had been used: Result is the first answer
	Result json.RawMessage // what Tx.Answer was given, nil for nothing
}

// Do runs body in one transaction and keeps what it did, wholly or not at all.
func (j *Journal) Do(ctx context.Context, by By, key Key, body func(ctx context.Context, tx *Tx) error) (Receipt, error) {
	return Receipt{}, errors.ErrUnsupported
}

// Act is one thing that happened.
type Act struct {
	Seq     int64
	ID      id.Act
	Kind    string
	Ref     Ref
	Circle  id.Circle // zero when it concerns no circle
	Actor   Actor
	Person  id.Person // who did it, zero when it wasn't a person
	Door    Door
	Request string
	At      time.Time
	Facts   json.RawMessage // "{}" for none
}

// Since lists the acts after seq, in order.
func (j *Journal) Since(ctx context.Context, seq int64, limit int) ([]Act, error) {
	return nil, errors.ErrUnsupported
}

// ActsOn lists all acts on one object, in order.
func (j *Journal) ActsOn(ctx context.Context, ref Ref) ([]Act, error) {
	return nil, errors.ErrUnsupported
}

// ActsIn lists a circle's acts before seq (0 for the latest), the latest first.
func (j *Journal) ActsIn(ctx context.Context, circle id.Circle, before int64, limit int) ([]Act, error) {
	return nil, errors.ErrUnsupported
}

// Head is the seq of the last act.
func (j *Journal) Head(ctx context.Context) (int64, error) { return 0, errors.ErrUnsupported }

// Wake gives a channel that is closed at the next commit. Take it before reading.
func (j *Journal) Wake() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.wake
}

// Follow hands every act to f, in order and without gaps, from where the
// follower of that name stood, until ctx is done or f fails.
func (j *Journal) Follow(ctx context.Context, name string, poll time.Duration, f func([]Act) error) error {
	return errors.ErrUnsupported
}
