package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"cordee/internal/refusal"
	"cordee/internal/store"

	"github.com/uptrace/bun"
)

// keepKeys is how long a repeat gets the first answer.
const keepKeys = 60 * 24 * time.Hour

type onceRow struct {
	bun.BaseModel `bun:"table:journal_once,alias:o"`

	Actor  string `bun:"actor,pk"`
	Key    string `bun:"key,pk"`
	Digest string `bun:"digest"`
	Result string `bun:"result"`
	At     int64  `bun:"at"`
}

// outcome is what a key led to, as once rows keep it. An empty one is a success
// without an answer.
type outcome struct {
	Answer  json.RawMessage  `json:"answer,omitempty"`
	Refused *refusal.Refusal `json:"refused,omitempty"`
}

func (o outcome) receipt() (Receipt, error) {
	r := Receipt{Repeat: true, Result: o.Answer}
	if o.Refused != nil {
		return r, o.Refused
	}
	return r, nil
}

func errReused() *refusal.Refusal { return refusal.New(refusal.Conflict, "journal.key_reused") }
func errBusy() *refusal.Refusal   { return refusal.New(refusal.Conflict, "journal.busy") }

// claim writes the key down, first of all; on PostgreSQL that waits for another
// transaction with the same key. A key used before gives its outcome.
func (tx *Tx) claim(key Key) (*outcome, error) {
	if key.Name == "" {
		return nil, nil //nolint:nilnil // no key, so no outcome
	}
	row := onceRow{Actor: tx.by.Actor.String(), Key: key.Name, Digest: key.Digest, At: tx.now.UnixMicro()}
	res, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(tx.ctx)
	if err != nil {
		return nil, fmt.Errorf("journal: claim the key: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil || n == 1 {
		return nil, tx.note(err)
	}
	var first onceRow
	err = tx.NewSelect().Model(&first).
		Where("o.actor = ?", row.Actor).Where("o.key = ?", row.Key).Scan(tx.ctx)
	if err != nil {
		return nil, fmt.Errorf("journal: read the key: %w", err)
	}
	if first.Digest != key.Digest {
		return nil, errReused()
	}
	var o outcome
	if first.Result != "" {
		err = json.Unmarshal([]byte(first.Result), &o)
	}
	return &o, err
}

// result fills the once row.
func (tx *Tx) result(ctx context.Context, key Key, o outcome) error {
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*onceRow)(nil)).Set("result = ?", string(b)).
		Where("actor = ?", tx.by.Actor.String()).Where("key = ?", key.Name).Exec(ctx)
	return err
}

// keptError is a refusal to be committed as the key's result.
type keptError struct{ refused error }

func (k *keptError) Error() string { return k.refused.Error() }

func isKept(err error) bool { return unwrapKept(err) != err } //nolint:errorlint // the very same error, or what it held

func unwrapKept(err error) error {
	if kept, ok := err.(*keptError); ok { //nolint:errorlint // made by keep and wrapped by nobody
		return kept.refused
	}
	return err
}

// keep undoes all but the key, and fills in the refusal.
func (tx *Tx) keep(ctx context.Context, key Key, r *refusal.Refusal, err error) error {
	if _, err := tx.ExecContext(ctx, "ROLLBACK TO cordee_body"); err != nil {
		return err
	}
	if err := tx.result(ctx, key, outcome{Refused: r}); err != nil {
		return err
	}
	return &keptError{refused: err}
}

// Forget drops the keys older than sixty days and tells how many. upkeep calls
// it daily; a repeat after that is a new act.
func (j *Journal) Forget(ctx context.Context) (int64, error) {
	conn, free, err := j.connect(ctx)
	if err != nil {
		return 0, err
	}
	defer free()
	limit := store.Micros(j.Now().Add(-keepKeys))
	res, err := conn.ExecContext(ctx, j.cfg.DB.Write.QueryGen().FormatQuery("DELETE FROM journal_once WHERE at < ?", limit))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
