package await_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"cordee/internal/await"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

var (
	noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	ana  = id.Person{15: 1}
	ben  = id.Person{15: 2}
	ask  = journal.Ref{Kind: "ask", ID: id.Any{15: 1}}
	swap = journal.Ref{Kind: "exchange", ID: id.Any{15: 1}} // the same id, another kind
)

func awaiting(t *testing.T, db *store.DB, awaited map[journal.Ref][]await.Awaited) {
	t.Helper()
	j := journal.Open(journal.Config{DB: db, Clock: func() time.Time { return noon }, Rand: rand.Reader})
	t.Cleanup(func() { _ = j.Close() })
	_, err := j.Do(t.Context(), journal.BySystem(), journal.Key{}, func(_ context.Context, tx *journal.Tx) error {
		for ref, who := range awaited {
			tx.Await(ref, who...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func moves(t *testing.T) func(rows []await.Row, err error) string {
	return func(rows []await.Row, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range rows {
			out = append(out, r.Object+"."+r.Move)
		}
		return strings.Join(out, " ")
	}
}

func TestWhatAPersonIsAwaitedFor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		awaiting(t, db, map[journal.Ref][]await.Awaited{
			ask: {
				{Person: ana, Move: "whenever", Since: noon.Add(-time.Hour)},
				{Person: ana, Move: "long ago", Since: noon.Add(-48 * time.Hour)},
				{Person: ben, Move: "reply"},
			},
			swap: {
				{Person: ana, Move: "soon", Due: noon.Add(time.Hour)},
				{Person: ana, Move: "overdue", Due: noon.Add(-time.Hour)},
				{Person: ana, Move: "tomorrow", Since: noon.Add(24 * time.Hour)},
			},
		})
		show := moves(t)
		ctx := t.Context()
		for _, tt := range []struct{ name, got, want string }{
			{
				"the nearest due first, then the oldest, what begins later not at all",
				show(await.Of(ctx, db.Read, ana, noon)), "exchange.overdue exchange.soon ask.long ago ask.whenever",
			},
			{
				"what begins later, once it has begun",
				show(await.Of(ctx, db.Read, ana, noon.Add(24*time.Hour))), "exchange.overdue exchange.soon ask.long ago ask.whenever exchange.tomorrow",
			},
			{"another person", show(await.Of(ctx, db.Read, ben, noon)), "ask.reply"},
			{"one object, all of it", show(await.On(ctx, db.Read, "exchange", swap.ID)), "exchange.overdue exchange.soon exchange.tomorrow"},
			{"the timers", show(await.Due(ctx, db.Read, noon, 10)), "exchange.overdue"},
			{"the timers later", show(await.Due(ctx, db.Read, noon.Add(time.Hour), 10)), "exchange.overdue exchange.soon"},
			{"the first of them", show(await.Due(ctx, db.Read, noon.Add(time.Hour), 1)), "exchange.overdue"},
		} {
			if tt.got != tt.want {
				t.Errorf("%s:\n got %s\nwant %s", tt.name, tt.got, tt.want)
			}
		}
	})
}

func TestTheHouseItselfMayBeAwaited(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		awaiting(t, db, map[journal.Ref][]await.Awaited{ask: {{Move: "lapse", Due: noon}}})
		rows, err := await.Due(t.Context(), db.Read, noon, 10)
		want := []await.Row{{Object: "ask", ID: ask.ID, Awaited: await.Awaited{Move: "lapse", Since: noon, Due: noon}}}
		if diff := cmp.Diff(want, rows); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		// The same person awaited twice for one move is awaited once.
		awaiting(t, db, map[journal.Ref][]await.Awaited{ask: {{Move: "lapse"}}})
		if rows, err := await.On(t.Context(), db.Read, "ask", ask.ID); err != nil || len(rows) != 1 || !rows[0].Due.IsZero() {
			t.Errorf("got %+v, %v", rows, err)
		}
	})
}

func TestDiffTellsWhatIsMissingAndWhatIsExtra(t *testing.T) {
	t.Parallel()
	stored := func(a ...await.Awaited) (rows []await.Row) {
		for _, a := range a {
			rows = append(rows, await.Row{Object: "ask", ID: ask.ID, Awaited: a})
		}
		return rows
	}
	agree := await.Awaited{Person: ana, Move: "agree", Since: noon}
	confirm := await.Awaited{Person: ben, Move: "confirm", Since: noon, Due: noon.Add(time.Hour)}
	later := confirm
	later.Due = noon.Add(2 * time.Hour)
	for _, tt := range []struct {
		name           string
		stored         []await.Row
		wanted         []await.Awaited
		missing, extra []await.Awaited
	}{
		{"the same, in another order", stored(agree, confirm), []await.Awaited{confirm, agree}, nil, nil},
		{"a since that the room leaves open", stored(agree), []await.Awaited{{Person: ana, Move: "agree"}}, nil, nil},
		{"one missing", stored(agree), []await.Awaited{agree, confirm}, []await.Awaited{confirm}, nil},
		{"one too many", stored(agree, confirm), []await.Awaited{agree}, nil, []await.Awaited{confirm}},
		{"another due time", stored(confirm), []await.Awaited{later}, []await.Awaited{later}, []await.Awaited{confirm}},
	} {
		missing, extra := await.Diff(tt.stored, tt.wanted)
		if diff := cmp.Diff([][]await.Awaited{tt.missing, tt.extra}, [][]await.Awaited{missing, extra}); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}
