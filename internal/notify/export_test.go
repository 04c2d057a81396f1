package notify

import (
	"context"
	"time"

	"cordee/internal/id"
)

// What tests drive by hand, step by step, instead of Run.

// Plan plans the acts after seq, in both classes, and gives the last one's seq.
func (k *Courier) Plan(ctx context.Context, seq int64) (int64, error) {
	for {
		acts, err := k.Journal.Since(ctx, seq, 256)
		if err != nil || len(acts) == 0 {
			return seq, err
		}
		for _, group := range moments(acts) {
			for _, class := range []Class{AskedFor, News} {
				if err := k.plan(ctx, group, class); err != nil {
					return seq, err
				}
			}
		}
		seq = acts[len(acts)-1].Seq
	}
}

// SendAll sends what is due now.
func (k *Courier) SendAll(ctx context.Context) error {
	for _, q := range k.queues {
		for {
			n, err := q.burst(ctx)
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
		}
	}
	return nil
}

// Release is what Run begins with.
func (k *Courier) Release(ctx context.Context) error { return k.release(ctx) }

// DigestsDue makes the digests that are due.
func (k *Courier) DigestsDue(ctx context.Context) error { return k.digestsDue(ctx) }

// Names for what tests look at.
type Candidate = candidate

// WhoHears is the rule of choose.go.
func WhoHears(members []Candidate, size int, dueIn time.Duration, seed id.Any) (now, later []id.Person) {
	return whoHears(members, size, dueIn, seed)
}

// Again is the table of backoff.go.
func Again(attempts int, made, now time.Time) (time.Time, bool) { return again(attempts, made, now) }

// NextDigest is the next morning.
func NextDigest(now time.Time, loc *time.Location) time.Time { return nextDigest(now, loc) }

// Shared counts what somebody gladly helps with that an ask names.
var Shared = shared
