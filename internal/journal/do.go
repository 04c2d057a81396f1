package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"cordee/internal/refusal"
)

const (
	// deadline of one transaction: a body that takes longer is undone.
	deadline = 5 * time.Second
	// reruns of one body, whatever the reason.
	reruns = 5
)

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
	// act, such as spending the link that somebody came by. Not on a repeat.
	Also func(ctx context.Context, tx *Tx) error
}

// Receipt is what Do answers.
type Receipt struct {
	Seq    int64           // of the last act; 0 for a repeat and for a body without acts
	Repeat bool            // the key had been used before: Result is the first answer
	Result json.RawMessage // what Tx.Answer was given, nil for nothing
}

// Body is what Do runs. It may run twice, so it touches the world through tx alone.
type Body func(ctx context.Context, tx *Tx) error

// Do runs body in one transaction and keeps what it did, wholly or not at all.
// Its error is the body's own (a refusal among them), or ErrNested, ErrVersion,
// ErrOutcome, or what the database said.
func (j *Journal) Do(ctx context.Context, by By, key Key, body func(ctx context.Context, tx *Tx) error) (Receipt, error) {
	ctx, leave, err := j.bodies.enter(ctx)
	if err != nil {
		return Receipt{}, err
	}
	defer leave()
	unknown := false // a COMMIT of this call may have happened
	for try := 0; ; try++ {
		receipt, err := j.attempt(ctx, by, key, body)
		if receipt.Repeat && unknown {
			receipt.Repeat = false // it was this call's own
		}
		again := false
		switch {
		case errors.Is(err, errCommit):
			unknown, again = true, key.Name != ""
		case err == nil || isRefusal(err):
			return receipt, err
		default:
			again = errors.Is(err, ErrVersion) || passing(err)
		}
		if again && try < reruns && j.pause(ctx, try, err) {
			continue
		}
		switch {
		case unknown:
			return Receipt{}, errors.Join(ErrOutcome, err)
		case errors.Is(err, ErrVersion):
			return Receipt{}, errors.Join(errBusy(), err)
		}
		return Receipt{}, err
	}
}

// pause waits before a rerun: not at all after a version conflict, whose row is
// fresh now, else a little longer each time. It tells whether to go on.
func (j *Journal) pause(ctx context.Context, try int, err error) bool {
	if errors.Is(err, ErrVersion) {
		return ctx.Err() == nil
	}
	t := time.NewTimer(5 * time.Millisecond << try)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func isRefusal(err error) bool {
	_, ok := refusal.As(err)
	return ok
}

// attempt is one transaction. The caller's context counts until it has begun,
// then the deadline alone: what an interrupted COMMIT did nobody could tell.
func (j *Journal) attempt(ctx context.Context, by By, key Key, body Body) (Receipt, error) {
	conn, free, err := j.connect(ctx)
	if err != nil {
		return Receipt{}, err
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), j.limit)
	defer cancel()
	// A body that overruns on its goroutine gives the connection back at once:
	// database/sql has rolled back by then, and each further statement fails.
	defer context.AfterFunc(limit, free)()
	defer free()

	tx := &Tx{j: j, by: by, now: j.Now(), ctx: limit, conn: conn}
	if err := tx.ready("begin", "BEGIN"); err != nil {
		return Receipt{}, err
	}
	if tx.sql, err = conn.BeginTx(limit, nil); err != nil {
		return Receipt{}, fmt.Errorf("journal: begin: %w", err)
	}
	committed := false
	defer func() { // on a panic, on Goexit and on every error
		tx.fail(errOver)
		if !committed {
			tx.rollback()
		}
	}()
	receipt, verdict := tx.run(ctx, key, body)
	if receipt.Repeat || verdict != nil && !isKept(verdict) {
		return receipt, verdict // a repeat has nothing to commit
	}
	tx.fail(errOver)
	if err := tx.commit(); err != nil {
		return Receipt{}, err
	}
	committed = true
	if receipt.Seq > 0 {
		j.rouse()
	}
	return receipt, unwrapKept(verdict)
}

// connect waits for the writer's turn and its connection; free gives both back
// and may be called twice.
func (j *Journal) connect(ctx context.Context) (conn *sql.Conn, free func(), err error) {
	done := func() {}
	if j.turn != nil {
		select {
		case j.turn <- struct{}{}:
			done = func() { <-j.turn }
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
	conn, err = j.cfg.DB.Write.DB.Conn(ctx)
	if err != nil {
		done()
		return nil, nil, fmt.Errorf("journal: no connection: %w", err)
	}
	return conn, sync.OnceFunc(func() {
		_ = conn.Close() // gives it back to the pool
		done()
	}), nil
}

// run is all between BEGIN and COMMIT.
func (tx *Tx) run(ctx context.Context, key Key, body Body) (Receipt, error) {
	first, err := tx.claim(key)
	if first != nil || err != nil {
		if err = tx.verdict(err); err != nil {
			return Receipt{}, err
		}
		return first.receipt()
	}
	keep := key.KeepRefusal && key.Name != ""
	if keep {
		if _, err := tx.ExecContext(ctx, "SAVEPOINT cordee_body"); err != nil {
			return Receipt{}, err
		}
	}
	if key.Also != nil {
		err = key.Also(ctx, tx)
	}
	if err == nil {
		err = body(ctx, tx)
	}
	err = tx.verdict(err)
	refused, ok := refusal.As(err)
	if keep && ok {
		return Receipt{}, tx.keep(ctx, key, refused, err)
	}
	if err != nil {
		return Receipt{}, err
	}
	return tx.flush(ctx, key)
}

// commit ends the transaction. Until COMMIT has been sent nothing is kept for
// sure; once it was, only its success tells.
func (tx *Tx) commit() error {
	if fault := tx.j.fault; fault != nil {
		if err := fault(tx.ctx, "commit", "COMMIT"); err != nil {
			return errors.Join(errCommit, err)
		}
	}
	if err := tx.ctx.Err(); err != nil {
		return fmt.Errorf("journal: the body took too long: %w", err)
	}
	err := tx.sql.Commit()
	if errors.Is(err, sql.ErrTxDone) { // the deadline was first
		return fmt.Errorf("journal: the body took too long: %w", err)
	}
	if err == nil && tx.j.fault != nil {
		err = tx.j.fault(tx.ctx, "committed", "COMMIT")
	}
	if err != nil {
		tx.discard()
		return errors.Join(errCommit, err)
	}
	return nil
}

// rollback undoes all; a connection that can't is thrown away, and the
// database undoes it.
func (tx *Tx) rollback() {
	err := tx.sql.Rollback()
	if tx.j.fault != nil && err == nil {
		err = tx.j.fault(tx.ctx, "rollback", "ROLLBACK")
	}
	if err != nil && !errors.Is(err, sql.ErrTxDone) {
		tx.discard()
	}
}

func (tx *Tx) discard() {
	_ = tx.conn.Raw(func(any) error { return driver.ErrBadConn }) // database/sql closes what is bad
}
