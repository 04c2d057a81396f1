package upkeep

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"cordee/internal/await"
	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/store"
)

// journal examines the one order of acts.
func (e *examination) journal(ctx context.Context) error {
	var heads []int64
	if err := e.db.NewRaw("SELECT seq FROM journal_head").Scan(ctx, &heads); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if len(heads) != 1 {
		e.find("journal.head", "The journal has %d heads and should have one.", len(heads))
		return nil
	}
	var last int64
	if err := e.db.NewRaw("SELECT coalesce(max(seq), 0) FROM journal_act").Scan(ctx, &last); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if last != heads[0] {
		e.find("journal.head", "The journal's head is %d, and its last act is %d.", heads[0], last)
	}
	var kinds []struct {
		Kind, Object string
		N            int64
	}
	if err := e.db.NewRaw("SELECT kind, object, count(*) AS n FROM journal_act GROUP BY kind, object ORDER BY kind, object").Scan(ctx, &kinds); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	for _, k := range kinds {
		i := slices.IndexFunc(e.Kinds, func(d journal.Kind) bool { return d.Name == k.Kind })
		switch {
		case i < 0:
			e.find("journal.kind", "The journal tells of %q, %d times, which no room knows.", k.Kind, k.N)
		case e.Kinds[i].Object != "" && e.Kinds[i].Object != k.Object:
			e.find("journal.kind", "The journal tells %d times of %q on %q, which is an act on %q.", k.N, k.Kind, k.Object, e.Kinds[i].Object)
		}
	}
	return nil
}

func journalRules() []rule {
	rules := []rule{
		{
			"journal.gap", "The journal misses what came before act %[2]d.",
			"SELECT a.seq AS have FROM journal_act AS a WHERE a.seq > 1 AND NOT EXISTS (SELECT 1 FROM journal_act AS b WHERE b.seq = a.seq - 1)",
		},
		{"journal.gap", "The journal's first act is %[2]d.", "SELECT seq AS have FROM journal_act WHERE seq < 1"},
		{
			"journal.cursor", "The follower %[4]q stands at act %[2]d, and the journal ends at %[3]d.",
			"SELECT c.name AS text, c.seq AS have, h.seq AS want FROM journal_cursor AS c CROSS JOIN journal_head AS h WHERE c.seq > h.seq",
		},
		{
			"journal.person", "Act %[2]d was done by the person %[1]s, who isn't there.",
			"SELECT a.seq AS have, a.person AS what FROM journal_act AS a WHERE a.person IS NOT NULL AND NOT EXISTS (SELECT 1 FROM person AS p WHERE p.id = a.person)",
		},
		{
			"journal.circle", "Act %[2]d was in the circle %[1]s, which isn't there.",
			"SELECT a.seq AS have, a.circle AS what FROM journal_act AS a WHERE a.circle IS NOT NULL AND NOT EXISTS (SELECT 1 FROM circle AS c WHERE c.id = a.circle)",
		},
	}
	for object, table := range map[string]string{
		exchange.KindAsk: "exchange_ask", exchange.KindExchange: "exchange", exchange.KindThanks: "exchange_thanks",
		circle.KindCircle: "circle", circle.KindInvitation: "circle_invitation", "person": "person", "message": "thread_message", "thread": "thread",
	} {
		rules = append(rules, rule{
			"journal.object", "Act %[2]d is on the " + object + " %[1]s, which isn't there.",
			"SELECT a.seq AS have, a.object_id AS what FROM journal_act AS a WHERE a.object = '" + object +
				"' AND NOT EXISTS (SELECT 1 FROM " + table + " AS o WHERE o.id = a.object_id)",
		})
	}
	slices.SortStableFunc(rules, func(a, b rule) int { return cmp.Compare(a.code, b.code) })
	return rules
}

// exchanges compares the version of each ask, exchange and thanks with the number
// of its acts.
func (e *examination) exchanges(ctx context.Context) error {
	var rows []struct {
		Object   string
		ObjectID id.Any
		N        int64
	}
	if err := e.db.NewRaw("SELECT object, object_id, count(*) AS n FROM journal_act WHERE object IN (?, ?, ?) GROUP BY object, object_id",
		exchange.KindAsk, exchange.KindExchange, exchange.KindThanks).Scan(ctx, &rows); err != nil {
		return fmt.Errorf("versions: %w", err)
	}
	acts := make(map[journal.Ref]int64, len(rows))
	for _, r := range rows {
		acts[journal.Ref{Kind: r.Object, ID: r.ObjectID}] = r.N
	}
	found := 0
	err := exchange.New(exchange.Config{DB: e.DB}).Walk(ctx, e.db, func(k exchange.Kept) error {
		if n := acts[k.Ref]; n != k.Version {
			if found++; found <= most {
				e.find("exchange.version", "The %s has version %d, and its acts are %d.", k.Ref, k.Version, n)
			}
		}
		return nil
	})
	e.more("exchange.version", found)
	return err
}

// awaited compares who is awaited with what the rooms say.
func (e *examination) awaited(ctx context.Context) error {
	wanted, err := exchange.New(exchange.Config{DB: e.DB}).Awaited(ctx, e.db)
	if err != nil {
		return err
	}
	circles, err := circle.New(circle.Config{DB: e.DB}).Awaited(ctx, e.db)
	if err != nil {
		return err
	}
	for ref, all := range circles {
		wanted[ref] = all
	}
	stored, err := e.stored(ctx)
	if err != nil {
		return err
	}
	refs := make([]journal.Ref, 0, len(wanted))
	for ref := range wanted {
		refs = append(refs, ref)
	}
	for ref := range stored {
		if _, ok := wanted[ref]; !ok {
			refs = append(refs, ref)
		}
	}
	slices.SortFunc(refs, func(a, b journal.Ref) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	found := 0
	tell := func(words string, ref journal.Ref, a await.Awaited) {
		if found++; found <= most {
			e.find("await", words, whom(a), a.Move, ref)
		}
	}
	for _, ref := range refs {
		missing, extra := await.Diff(stored[ref], wanted[ref])
		for _, a := range missing {
			tell("%s is awaited for %s on the %s, and that isn't noted.", ref, a)
		}
		for _, a := range extra {
			tell("It is noted that %s is awaited for %s on the %s, which isn't so.", ref, a)
		}
	}
	e.more("await", found)
	return nil
}

func whom(a await.Awaited) string {
	if a.Person.IsZero() {
		return "the clock"
	}
	return "the person " + a.Person.String()
}

// stored is all that is noted of who is awaited.
func (e *examination) stored(ctx context.Context) (map[journal.Ref][]await.Row, error) {
	var rows []struct {
		Object   string
		ObjectID id.Any
		Person   id.Person
		Move     string
		Since    int64
		Due      int64
	}
	if err := e.db.NewRaw("SELECT object, object_id, person, move, since, due FROM journal_await").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("who is awaited: %w", err)
	}
	all := map[journal.Ref][]await.Row{}
	for _, r := range rows {
		ref := journal.Ref{Kind: r.Object, ID: r.ObjectID}
		all[ref] = append(all[ref], await.Row{Object: r.Object, ID: r.ObjectID, Awaited: await.Awaited{
			Person: r.Person, Move: r.Move, Since: store.Time(r.Since), Due: store.Time(r.Due),
		}})
	}
	return all, nil
}
