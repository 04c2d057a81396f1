package journal

import (
	"context"
	"time"
)

// Break calls fault before each statement of a body, and for the steps "begin",
// "commit", "committed" (after the database has said yes) and "rollback"; its
// error is the statement's. Not while a body runs.
func (j *Journal) Break(fault func(ctx context.Context, step, query string) error) { j.fault = fault }

// Limit sets the deadline of a transaction.
func (j *Journal) Limit(d time.Duration) { j.limit = d }
