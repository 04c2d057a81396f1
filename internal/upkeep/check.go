package upkeep

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/server"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/thread"
)

// Patient is what the doctor looks at.
type Patient struct {
	DB    *store.DB      // opened by store.Look, where somebody may be serving it
	Blobs string         // the folder of attached files; empty: they aren't looked at
	Kinds []journal.Kind // of the acts that may be there; nil: every room's
}

// Report is what the doctor found.
type Report struct {
	People, Past, Former int // everybody, and of those: known from the past alone, gone
	Circles              int
	Threads, Messages    int
	Asks, Offers         int // asks and offers together, and of those the offers
	Exchanges, Thanks    int
	Acts                 int

	Findings []Finding
}

// Finding is one thing that is wrong.
type Finding struct {
	Code  string // "thread.messages": what was looked at
	Words string // a sentence
}

// Healthy tells whether nothing is wrong.
func (r Report) Healthy() bool { return len(r.Findings) == 0 }

// Lines is the report for a terminal: what there is, a line each, then what is
// wrong, a sentence each. The first word of a line and the number behind it stay
// as they are, for programs that read them.
func (r Report) Lines() []string {
	with := func(line string, n int, words string) string {
		if n > 0 {
			line += fmt.Sprintf(", %d of them %s", n, words)
		}
		return line
	}
	lines := []string{
		with(with(fmt.Sprintf("people %d", r.People), r.Past, "known from an imported past alone"), r.Former, "who have left"),
		fmt.Sprintf("circles %d", r.Circles),
		fmt.Sprintf("threads %d", r.Threads),
		fmt.Sprintf("messages %d", r.Messages),
		with(fmt.Sprintf("asks %d", r.Asks), r.Offers, "offers"),
		fmt.Sprintf("exchanges %d", r.Exchanges),
		fmt.Sprintf("thanks %d", r.Thanks),
		fmt.Sprintf("acts %d", r.Acts),
	}
	for _, f := range r.Findings {
		lines = append(lines, f.Words)
	}
	switch n := len(r.Findings); n {
	case 0:
		return append(lines, "Nothing is wrong.")
	case 1:
		return append(lines, "1 thing is wrong.")
	default:
		return append(lines, fmt.Sprintf("%d things are wrong.", n))
	}
}

// Kinds are the acts of every room.
func Kinds() []journal.Kind {
	return slices.Concat(server.Acts(), person.Acts(), signin.Acts(), circle.Acts(), thread.Acts(), exchange.Acts())
}

// Check examines data as it is at one moment, whoever works on it meanwhile. It
// reads and never mends. What is wrong stands in the report, and so does what
// couldn't be examined; the error is for no access at all.
func Check(ctx context.Context, p Patient) (_ Report, err error) {
	// One snapshot: on SQLite every read transaction is one.
	tx, err := p.DB.Read.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return Report{}, fmt.Errorf("the data can't be read: %w", err)
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	return examine(ctx, p, tx)
}

func examine(ctx context.Context, p Patient, db bun.IDB) (Report, error) {
	if p.Kinds == nil {
		p.Kinds = Kinds()
	}
	e := &examination{Patient: p, db: db}
	for _, look := range []struct {
		code, what string
		at         func(context.Context) error
	}{
		{"file", "The file", e.file},
		{"reference", "What points at what", e.references},
		{"counts", "How much there is", e.counts},
		{"journal", "The journal", e.journal},
		{"rules", "What the rooms keep", e.rules},
		{"exchange.version", "The versions of exchanges", e.exchanges},
		{"await", "Who is awaited", e.awaited},
		{"blob", "The attached files", e.blobs},
	} {
		// Data may be so wrong that a room can't read it; the rest is still looked at.
		if err := look.at(ctx); ctx.Err() != nil {
			return e.report, ctx.Err()
		} else if err != nil {
			e.find(look.code, "%s can't be examined: %s.", look.what, strings.Join(strings.Fields(err.Error()), " "))
		}
	}
	return e.report, nil
}

// examination is a report under way.
type examination struct {
	Patient

	db     bun.IDB
	report Report
}

// most is how many findings of one code are told one by one.
const most = 10

func (e *examination) find(code, words string, args ...any) {
	e.report.Findings = append(e.report.Findings, Finding{Code: code, Words: fmt.Sprintf(words, args...)})
}

// more tells how many of a code there are beyond those told.
func (e *examination) more(code string, n int) {
	if n > most {
		e.find(code, "And %d more like it.", n-most)
	}
}

func (e *examination) counts(ctx context.Context) error {
	r := &e.report
	for _, c := range []struct {
		into  *int
		query string
	}{
		{&r.People, "SELECT count(*) FROM person WHERE merged_into IS NULL"},
		{&r.Past, "SELECT count(*) FROM person WHERE merged_into IS NULL AND state = 'staged'"},
		{&r.Former, "SELECT count(*) FROM person WHERE merged_into IS NULL AND state = 'former'"},
		{&r.Circles, "SELECT count(*) FROM circle"},
		{&r.Threads, "SELECT count(*) FROM thread WHERE NOT (past AND closed AND messages = 0)"},
		{&r.Messages, "SELECT count(*) FROM thread_message WHERE deleted_at = 0"},
		{&r.Asks, "SELECT count(*) FROM exchange_ask"},
		{&r.Offers, "SELECT count(*) FROM exchange_ask WHERE want = 'offer'"},
		{&r.Exchanges, "SELECT count(*) FROM exchange"},
		{&r.Thanks, "SELECT count(*) FROM exchange_thanks"},
		{&r.Acts, "SELECT count(*) FROM journal_act"},
	} {
		if err := e.db.NewRaw(c.query).Scan(ctx, c.into); err != nil {
			return fmt.Errorf("%s: %w", c.query, err)
		}
	}
	return nil
}

// wrong is one row of what a rule's query finds.
type wrong struct {
	What id.Any `bun:"what"`
	Have int64  `bun:"have"`
	Want int64  `bun:"want"`
	Text string `bun:"text"`
}

// rule is a query for what mustn't be, and the sentence about each row of it:
// %[1]s is what, %[2]d have, %[3]d want, %[4]s text.
type rule struct{ code, words, query string }

// apply finds what breaks a rule.
func (e *examination) apply(ctx context.Context, r rule) error {
	var rows []wrong
	if err := e.db.NewRaw(r.query+fmt.Sprintf(" LIMIT %d", most+1)).Scan(ctx, &rows); err != nil {
		return fmt.Errorf("%s: %w", r.code, err)
	}
	for _, w := range rows[:min(len(rows), most)] {
		words := r.words
		if strings.Contains(words, "%") {
			words = fmt.Sprintf(words, w.What, w.Have, w.Want, w.Text)
		}
		e.find(r.code, "%s", words)
	}
	if len(rows) <= most {
		return nil
	}
	var n int
	if err := e.db.NewRaw("SELECT count(*) FROM ("+r.query+") AS x").Scan(ctx, &n); err != nil {
		return fmt.Errorf("%s: %w", r.code, err)
	}
	e.more(r.code, n)
	return nil
}

func rules(postgres bool) []rule {
	return slices.Concat(journalRules(), peopleRules(), circleRules(), threadRules(), exchangeRules(), searchRules(postgres))
}

// rules applies them all.
func (e *examination) rules(ctx context.Context) error {
	for _, r := range rules(e.DB.Postgres()) {
		if err := e.apply(ctx, r); err != nil {
			return err
		}
	}
	return nil
}
