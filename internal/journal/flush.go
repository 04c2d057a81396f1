package journal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"cordee/internal/await"
)

// actsAtOnce bounds one INSERT: SQLite takes a statement of a million signs.
const actsAtOnce = 200

// flush writes what the body gathered: the key's result, the awaits, then the
// counter and the acts, after which nothing follows but NOTIFY and COMMIT. So
// seq is the order of commits, without gaps.
func (tx *Tx) flush(ctx context.Context, key Key) (Receipt, error) {
	receipt := Receipt{Result: tx.answer}
	if key.Name != "" && tx.answer != nil {
		if err := tx.result(ctx, key, outcome{Answer: tx.answer}); err != nil {
			return Receipt{}, fmt.Errorf("journal: keep the answer: %w", err)
		}
	}
	// Always in the same order, so that two transactions don't wait for each other.
	slices.SortFunc(tx.awaits, func(a, b awaiting) int {
		return cmp.Or(strings.Compare(a.ref.Kind, b.ref.Kind), slices.Compare(a.ref.ID[:], b.ref.ID[:]))
	})
	for _, a := range tx.awaits {
		if err := await.Replace(ctx, tx, a.ref.Kind, a.ref.ID, tx.now, a.who); err != nil {
			return Receipt{}, fmt.Errorf("journal: await on %s: %w", a.ref, err)
		}
	}
	if len(tx.acts) == 0 {
		return receipt, nil
	}
	var err error
	if tx.j.cfg.DB.Postgres() && len(tx.acts) <= actsAtOnce {
		receipt.Seq, err = tx.appendAtOnce(ctx)
	} else {
		receipt.Seq, err = tx.append(ctx)
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("journal: append: %w", err)
	}
	return receipt, nil
}

// append takes the counter and inserts the acts.
func (tx *Tx) append(ctx context.Context) (int64, error) {
	var seq int64
	err := tx.NewRaw("UPDATE journal_head SET seq = seq + ? RETURNING seq", len(tx.acts)).Scan(ctx, &seq)
	if err != nil {
		return 0, err
	}
	for i := range tx.acts {
		tx.acts[i].Seq = seq - int64(len(tx.acts)-1-i)
	}
	for part := range slices.Chunk(tx.acts, actsAtOnce) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return 0, err
		}
	}
	if tx.j.cfg.DB.Postgres() {
		_, err = tx.NewRaw("SELECT pg_notify(?, ?)", channel, fmt.Sprint(seq)).Exec(ctx)
	}
	return seq, err
}

// appendAtOnce is append in one round trip: each one counts, as everybody waits
// for the counter from here to the COMMIT.
func (tx *Tx) appendAtOnce(ctx context.Context) (int64, error) {
	const row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	rows := make([]string, len(tx.acts))
	args := []any{len(tx.acts)}
	for i, a := range tx.acts {
		rows[i] = row
		args = append(args, i+1-len(tx.acts), a.ID, a.Kind, a.Object, a.ObjectID, a.Circle,
			string(a.Actor), a.Name, a.Person, string(a.Door), a.Request, a.At, a.Facts)
	}
	args = append(args, channel)
	var seq int64
	var told string
	err := tx.NewRaw(`WITH head AS (UPDATE journal_head SET seq = seq + ? RETURNING seq),
added AS (INSERT INTO journal_act (seq, id, kind, object, object_id, circle, actor, name, person, door, request, at, facts)
  SELECT head.seq + v.n, v.id, v.kind, v.object, v.object_id, v.circle::uuid, v.actor, v.name, v.person::uuid, v.door, v.request, v.at, v.facts
  FROM head, (VALUES `+strings.Join(rows, ", ")+`)
    AS v (n, id, kind, object, object_id, circle, actor, name, person, door, request, at, facts))
SELECT seq, pg_notify(?, seq::text)::text FROM head`, args...).Scan(ctx, &seq, &told)
	return seq, err
}
