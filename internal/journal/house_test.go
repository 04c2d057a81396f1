package journal_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"testing"
	"time"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/job"
	"cordee/internal/journal"
	"cordee/internal/store"

	"github.com/uptrace/bun"
)

// noon is when everything happens; its odd nanoseconds are not kept.
var noon = time.Date(2026, 5, 4, 12, 0, 0, 123456789, time.FixedZone("", 7200))

// house is a journal with one table of things. The table is journal_cursor's:
// a thing's name is the cursor's, its version the cursor's seq.
type house struct {
	*journal.Journal

	db     *store.DB
	person id.Person
	ref    journal.Ref // of the thing
}

func newHouse(tb testing.TB, db *store.DB) *house {
	tb.Helper()
	jobs, err := job.New(db, nil)
	if err != nil {
		tb.Fatal(err)
	}
	job.Register(jobs, job.Policy{}, func(context.Context, polish) error { return nil })
	j := journal.Open(journal.Config{
		DB: db, Rand: rand.Reader, Jobs: jobs, Log: slog.New(slog.DiscardHandler),
		Clock: func() time.Time { return noon },
		Kinds: []journal.Kind{
			{Name: "thing.made", Object: "thing", Doc: "a thing was made"},
			{Name: "thing.moved", Object: "thing", Facts: "by: how far", Doc: "a thing was moved"},
		},
	})
	tb.Cleanup(func() {
		if err := j.Close(); err != nil {
			tb.Error(err)
		}
	})
	h := &house{Journal: j, db: db, person: id.Person{15: 7}, ref: journal.RefTo("thing", id.Any{15: 1})}
	if _, err := db.Write.ExecContext(tb.Context(), "INSERT INTO journal_cursor (name, seq, at) VALUES ('thing', 1, 0)"); err != nil {
		tb.Fatal(err)
	}
	return h
}

// polish is a job.
type polish struct{ Thing string }

func (polish) Kind() string { return "thing.polish" }

func (h *house) by() journal.By { return journal.ByPerson(h.person, journal.Test) }

// version reads the thing, held until the commit if db is a transaction.
func version(ctx context.Context, db bun.IDB) (int64, error) {
	q := db.NewSelect().Table("journal_cursor").Column("seq").Where("name = 'thing'")
	if tx, ok := db.(*journal.Tx); ok {
		q = tx.Lock(q)
	}
	var v int64
	err := q.Scan(ctx, &v)
	return v, err
}

// move is a body as rooms write them: it loads with a lock, saves the version
// that it read, writes two acts, who is awaited, a job and an answer.
func (h *house) move(ctx context.Context, tx *journal.Tx) error {
	v, err := version(ctx, tx)
	if err != nil {
		return err
	}
	if err := tx.Saved(tx.NewUpdate().Table("journal_cursor").Set("seq = seq + 1").
		Where("name = 'thing'").Where("seq = ?", v).Exec(ctx)); err != nil {
		return err
	}
	tx.Act("thing.made", h.ref, nil)
	tx.Act("thing.moved", h.ref, map[string]int64{"by": v})
	tx.Await(h.ref, await.Awaited{Person: h.person, Move: "thing.confirm", Due: tx.Now().Add(time.Hour)})
	tx.Answer(v + 1)
	return tx.Job(polish{"thing"})
}

// count of rows in a table.
func (h *house) count(tb testing.TB, table string) int {
	tb.Helper()
	n, err := h.db.Read.NewSelect().Table(table).Count(context.WithoutCancel(tb.Context()))
	if err != nil {
		tb.Fatal(err)
	}
	return int(n)
}

// moves tells how many moves are kept, after checking that each is whole and
// that seq has no gaps.
func (h *house) moves(tb testing.TB) int {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context())
	v, err := version(ctx, h.db.Read)
	if err != nil {
		tb.Fatal(err)
	}
	n := int(v - 1)
	var acts, last int
	if err := h.db.Read.NewRaw("SELECT count(*), coalesce(max(seq), 0) FROM journal_act").Scan(ctx, &acts, &last); err != nil {
		tb.Fatal(err)
	}
	head, err := h.Head(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	if acts != 2*n || last != 2*n || head != int64(2*n) {
		tb.Errorf("%d moves have %d acts, the last is %d and the counter at %d", n, acts, last, head)
	}
	if got := h.count(tb, "river_job"); got != n {
		tb.Errorf("%d moves have %d jobs", n, got)
	}
	if got := h.count(tb, "journal_await"); got != min(n, 1) {
		tb.Errorf("%d moves leave %d awaited", n, got)
	}
	return n
}
