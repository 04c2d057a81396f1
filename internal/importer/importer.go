package importer

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/store"
	"cordee/internal/thread"
)

// Config is what the door is built from.
type Config struct {
	Journal   *journal.Journal
	DB        *store.DB
	People    *person.Room
	Circles   *circle.Room
	Threads   *thread.Room
	Exchanges *exchange.Room
	Folder    string // where uploads and what is unpacked lie meanwhile
	Log       *slog.Logger
}

// Importer brings archives in.
type Importer struct {
	journal   *journal.Journal
	db        *store.DB
	people    *person.Room
	circles   *circle.Room
	threads   *thread.Room
	exchanges *exchange.Room
	folder    string
	log       *slog.Logger
	self      string // tells processes apart

	mu   sync.Mutex
	busy map[id.Circle]chan struct{} // one import into a circle at a time
}

// New builds the door.
func New(c Config) *Importer {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Importer{
		journal: c.Journal, db: c.DB, people: c.People, circles: c.Circles, threads: c.Threads, exchanges: c.Exchanges,
		folder: c.Folder, log: c.Log, self: rand.Text(), busy: map[id.Circle]chan struct{}{},
	}
}

// Request is an archive to bring in, as the operator asks for it in the terminal.
type Request struct {
	Circle string // its slug
	Create bool   // found it when there is none
	Source Source
	By     journal.By
	Tell   func(Progress) // how far it is; may be nil
	Broken func(Broken)   // a mail that can't be brought in; may be nil
}

// Progress is how far an import has come.
type Progress struct {
	State State `json:"state"`
	Done  int64 `json:"done"` // bytes read, or mails written
	Total int64 `json:"total"`
}

// Report is what an import brought.
type Report struct {
	Mails   int `json:"mails"`   // brought in
	Threads int `json:"threads"` // that they stand in, new ones and others
	People  int `json:"people"`  // who wrote them
	Skipped int `json:"skipped"` // here already, twice in the archive, or by machines
	Broken  int `json:"broken"`

	Doubles int `json:"doubles"` // of the skipped: here already, or twice
	Auto    int `json:"auto"`    // of the skipped: by machines
}

// Import brings an archive into a circle and comes back when it is done. Before
// anything is written, the whole file has been read.
func (i *Importer) Import(ctx context.Context, req Request) (_ Report, err error) {
	there, found, err := i.circles.WithSlug(ctx, i.db.Read, req.Circle)
	switch {
	case err != nil:
		return Report{}, err
	case !found && !req.Create:
		return Report{}, ErrNoCircle(req.Circle)
	case !found:
		if _, err := circle.ParseSlug(req.Circle); err != nil {
			return Report{}, err
		}
	}
	j := &work{Importer: i, tell: req.Tell, broken: req.Broken, by: req.By}
	j.quiet()
	a, err := i.look(ctx, j, req.Source)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, a.file.Close()) }()
	if found {
		j.circle = there.ID
	}
	if err := j.begin(ctx, req, a); err != nil {
		return Report{}, err
	}
	report, err := j.write(ctx, a)
	return report, j.over(ctx, report, err)
}

// look opens an archive and reads it for the first time.
func (i *Importer) look(ctx context.Context, j *work, s Source) (*archive, error) {
	file, err := s.open(ctx, i.folder)
	if err != nil {
		return nil, err
	}
	if file.size < 0 { // a pipe
		_ = file.Close()
		return nil, errNotMbox(s.Name)
	}
	a, err := scan(ctx, s.Name, file, i.journal.Now(), func(done int64) {
		j.tell(Progress{State: Reading, Done: done, Total: file.size})
	}, j.broken)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return a, nil
}

// work is one run at work.
type work struct {
	*Importer

	run    id.Of[Run]
	circle id.Circle
	by     journal.By
	tell   func(Progress)
	broken func(Broken)

	staged map[uint64]id.Person
	facts  []fact
	inFile int // how many of the facts, from the first, are the archive's
	done   int // mails written, now and before the run was broken off
	total  int
	size   int // how many mails go into a body
}

func (j *work) quiet() {
	if j.tell == nil {
		j.tell = func(Progress) {}
	}
	if j.broken == nil {
		j.broken = func(Broken) {}
	}
}

// alone waits until no other import writes into the circle.
func (i *Importer) alone(ctx context.Context, c id.Circle) (free func(), err error) {
	for {
		i.mu.Lock()
		taken := i.busy[c]
		if taken == nil {
			mine := make(chan struct{})
			i.busy[c] = mine
			i.mu.Unlock()
			return func() {
				i.mu.Lock()
				delete(i.busy, c)
				i.mu.Unlock()
				close(mine)
			}, nil
		}
		i.mu.Unlock()
		select {
		case <-taken:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// begin notes the run, and founds the circle where there is none.
func (j *work) begin(ctx context.Context, req Request, a *archive) error {
	_, err := j.journal.Do(ctx, j.by, journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		into := j.circle
		if into.IsZero() {
			c, _, err := j.circles.FoundPast(ctx, tx, req.Circle, circleName(req.Circle), a.language)
			if err != nil {
				return err
			}
			into = c.ID
		}
		r := newRun(tx, into, a.name)
		r.State, r.Claim = Writing, j.self
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			return err
		}
		j.run, j.circle = r.ID, into
		return nil
	})
	return err
}

// circleName makes a name of a slug, until somebody claims the circle.
func circleName(slug string) string {
	name := strings.ReplaceAll(strings.TrimSpace(slug), "-", " ")
	for i, r := range name {
		return strings.ToUpper(string(r)) + name[i+len(string(r)):]
	}
	return name
}

// write brings in what isn't there yet.
func (j *work) write(ctx context.Context, a *archive) (Report, error) {
	free, err := j.alone(ctx, j.circle)
	if err != nil {
		return Report{}, err
	}
	defer free()
	if err := j.remember(ctx, a); err != nil {
		return Report{}, err
	}
	j.staged, j.size = map[uint64]id.Person{}, firstBody
	for i := range j.inFile {
		switch f := &j.facts[i]; {
		case f.mine:
			j.done++
			j.total++
		case !f.known():
			j.total++
		}
	}
	w := writer{work: j, archive: a}
	for _, t := range tie(j.facts) {
		if err := w.add(ctx, t); err != nil {
			return Report{}, err
		}
	}
	if err := w.flush(ctx); err != nil {
		return Report{}, err
	}
	return j.report(a), nil
}

// remember puts what is known of the circle's mails beside those of the archive.
func (j *work) remember(ctx context.Context, a *archive) error {
	j.facts, j.inFile = a.facts, len(a.facts)
	place := make(map[uint64]int, len(a.facts))
	for i := range a.facts {
		place[a.facts[i].id] = i
	}
	for last := int64(-1 << 63); ; {
		var rows []mailRow
		err := j.db.Read.NewSelect().Model(&rows).Where("circle = ?", j.circle).Where("mail > ?", last).
			OrderExpr("mail").Limit(5000).Scan(ctx)
		if err != nil || len(rows) == 0 {
			return err
		}
		for i := range rows {
			f := rows[i].fact()
			f.mine = rows[i].Run == j.run
			if at, ok := place[f.id]; ok {
				j.facts[at].thread, j.facts[at].mine = f.thread, f.mine
			} else {
				j.facts = append(j.facts, f)
			}
			last = rows[i].Mail
		}
	}
}

// report sums up what this run brought.
func (j *work) report(a *archive) Report {
	r := Report{Doubles: a.doubles, Auto: a.auto, Broken: a.faults}
	people := map[uint64]bool{}
	threads := map[thread.ID]bool{}
	for i := range j.inFile {
		switch f := &j.facts[i]; {
		case f.mine:
			r.Mails++
			people[f.author] = true
			threads[f.thread] = true
		case f.known():
			r.Doubles++
		}
	}
	r.People, r.Threads, r.Skipped = len(people), len(threads), r.Doubles+r.Auto
	return r
}

// firsts are the mails of a talk that aren't in the circle yet, in their order.
func (j *work) firsts(t talk) []int {
	return slices.DeleteFunc(slices.Clone(t.mails), func(i int) bool { return j.facts[i].known() || i >= j.inFile })
}

// now is the house's time.
func (j *work) now() time.Time { return j.journal.Now() }
