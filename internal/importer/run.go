package importer

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/job"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/store"
)

// State is where a run stands.
type State string

// The states of a run.
const (
	Waiting State = "waiting" // until a worker takes it up
	Reading State = "reading" // for the first time: nothing is written yet
	Writing State = "writing"
	Done    State = "done"
	Failed  State = "failed"  // refused, or given up
	Stopped State = "stopped" // broken off in the terminal: to be run again
)

// Run is one import into one circle.
type Run struct {
	ID     id.Of[Run]
	Public id.Public
	Circle id.Circle
	Person id.Person // who brings it; zero: the operator, from the terminal
	Name   string    // of the file, as that person calls it
	State  State
	Total  int // mails to bring in, once the first reading is over
	Report
	Lines     []Broken         // the first of the broken mails
	Trouble   *refusal.Refusal // why it failed
	StartedAt time.Time
	UpdatedAt time.Time
	EndedAt   time.Time
}

// Over tells whether nothing more will come of it.
func (r Run) Over() bool { return !r.EndedAt.IsZero() }

// Upload is an archive that a page has received.
type Upload struct {
	Name string
	File string // its name in the folder
}

// maxName bounds what is kept of a file's name.
const maxName = 120

func shortName(name string) string {
	name = person.Line(filepath.Base(strings.ReplaceAll(name, `\`, "/")))
	if name == "" || name == "." || name == "/" {
		name = "archive.mbox"
	}
	if utf8.RuneCountInString(name) > maxName {
		name = person.Shorten(name, maxName)
	}
	return name
}

func newRun(tx *journal.Tx, c id.Circle, name string) runRow {
	now := store.Micros(tx.Now())
	return runRow{
		ID: id.New[Run](tx), Public: id.NewPublic(tx), Circle: c, Person: tx.By().Person(), Name: shortName(name),
		State: Waiting, StartedAt: now, UpdatedAt: now,
	}
}

// Work is the job that brings in an upload.
type Work struct {
	Run id.Of[Run] `json:"run"`
}

// Kind is the job's name.
func (Work) Kind() string { return "importer.work" }

// How the job is treated.
const (
	maxTries  = 5
	heartbeat = time.Minute // a run that was silent for so long is nobody's any more
)

// Policy is that of the job: long enough for the largest upload.
func Policy() job.Policy { return job.Policy{Timeout: 30 * time.Minute, Attempts: 2 * maxTries} }

// Begin sets a host's upload to work and gives the run. Sent twice, it is one run,
// and the second upload is let go of.
func (i *Importer) Begin(ctx context.Context, by journal.By, key journal.Key, c id.Circle, u Upload) (id.Public, error) {
	receipt, err := i.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		s, err := i.circles.Standing(ctx, tx, tx.By().Person())
		switch at, in := s.Place(c); {
		case err != nil:
			return err
		case !in || at.Role != circle.Host:
			return refusal.ErrNotFound()
		}
		r := newRun(tx, c, u.Name)
		r.File = u.File
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			return err
		}
		tx.Answer(r.Public)
		return tx.Job(Work{Run: r.ID})
	})
	if err != nil || receipt.Repeat {
		err = errors.Join(err, i.Discard(u))
	}
	if err != nil {
		return "", err
	}
	var public id.Public
	return public, json.Unmarshal(receipt.Result, &public)
}

// Runs lists what was brought into a circle, the latest first. Who asks is a host.
func (i *Importer) Runs(ctx context.Context, db bun.IDB, c id.Circle, limit int) ([]Run, error) {
	var rows []runRow
	if err := db.NewSelect().Model(&rows).Where("r.circle = ?", c).OrderExpr("r.started_at DESC, r.id DESC").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, err
	}
	out := make([]Run, 0, len(rows))
	for n := range rows {
		r, err := rows[n].run()
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Work brings in an upload, or the rest of one that was broken off. It is the
// worker of the job.
func (i *Importer) Work(ctx context.Context, args Work) error {
	r, err := i.claim(ctx, args.Run)
	if err != nil || r.ID.IsZero() {
		return err
	}
	j := &work{Importer: i, run: r.ID, circle: r.Circle, by: journal.By{Actor: journal.System(), Door: journal.Importer}}
	if !r.Person.IsZero() {
		j.by = journal.ByPerson(r.Person, journal.Importer)
	}
	j.quiet()
	report, err := i.bring(ctx, j, Source{Name: r.Name, Path: i.path(r.File)})
	if no, refused := refusal.As(err); err != nil && ctx.Err() == nil && (refused || r.Tries >= maxTries) {
		if !refused {
			no = errGaveUp()
		}
		err = errors.Join(j.fail(ctx, no), i.Discard(Upload{File: r.File}))
		if err == nil && !refused {
			i.log.ErrorContext(ctx, "import given up", "run", r.ID.String())
		}
		return err
	}
	if err != nil {
		return err
	}
	return errors.Join(j.over(ctx, report, nil), i.Discard(Upload{File: r.File}))
}

func (i *Importer) bring(ctx context.Context, j *work, s Source) (_ Report, err error) {
	if _, err := os.Stat(s.Path); errors.Is(err, fs.ErrNotExist) {
		return Report{}, errGone()
	}
	a, err := i.look(ctx, j, s)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, a.file.Close()) }()
	if err := j.save(ctx, Report{Broken: a.faults}, a.broken); err != nil {
		return Report{}, err
	}
	report, err := j.write(ctx, a)
	if err != nil {
		return report, err
	}
	return report, j.save(ctx, report, a.broken)
}

// claim takes a run up, or gives an empty one when it is over or at work elsewhere.
func (i *Importer) claim(ctx context.Context, run id.Of[Run]) (runRow, error) {
	var r runRow
	var later time.Duration
	_, err := i.journal.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		r, later = runRow{}, 0
		if err := tx.Lock(tx.NewSelect().Model(&r).Where("r.id = ?", run)).Scan(ctx); err != nil {
			return err
		}
		if r.EndedAt != 0 {
			r = runRow{}
			return nil
		}
		silent := tx.Now().Sub(store.Time(r.UpdatedAt))
		if r.State != Waiting && r.Claim != i.self && i.db.Postgres() && silent < heartbeat {
			r, later = runRow{}, heartbeat-silent // another process is at it
			return nil
		}
		r.State, r.Claim, r.Tries, r.UpdatedAt = Reading, i.self, r.Tries+1, store.Micros(tx.Now())
		_, err := tx.NewUpdate().Model(&r).Column("state", "claim", "tries", "updated_at").WherePK().Exec(ctx)
		return err
	})
	if err == nil && later > 0 {
		return runRow{}, job.Later(later)
	}
	return r, err
}

// save writes what is known so far into the run.
func (j *work) save(ctx context.Context, report Report, lines []Broken) error {
	text, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	_, err = j.journal.Do(ctx, j.by, journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		r := runRow{Broken: report.Broken, Lines: string(text), State: Writing, UpdatedAt: store.Micros(tx.Now())}
		_, err := tx.NewUpdate().Model(&r).Column("broken", "lines", "state", "updated_at").Where("r.id = ?", j.run).Exec(ctx)
		return err
	})
	return err
}

// over ends a run as it went: with a report, or broken off.
func (j *work) over(ctx context.Context, report Report, went error) error {
	state := Done
	if went != nil {
		state = Stopped
	}
	_, err := j.journal.Do(context.WithoutCancel(ctx), j.by, journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		now := store.Micros(tx.Now())
		r := runRow{
			State: state, Mails: report.Mails, Threads: report.Threads, People: report.People, Skipped: report.Skipped,
			Broken: report.Broken, UpdatedAt: now, EndedAt: now,
		}
		columns := []string{"state", "updated_at", "ended_at"}
		if went == nil {
			columns = append(columns, "mails", "threads", "people", "skipped", "broken")
		}
		_, err := tx.NewUpdate().Model(&r).Column(columns...).Where("r.id = ?", j.run).Exec(ctx)
		return err
	})
	return errors.Join(went, err)
}

// fail ends a run with the reason.
func (j *work) fail(ctx context.Context, no *refusal.Refusal) error {
	text, err := json.Marshal(no)
	if err != nil {
		return err
	}
	_, err = j.journal.Do(ctx, j.by, journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		now := store.Micros(tx.Now())
		r := runRow{State: Failed, Trouble: string(text), UpdatedAt: now, EndedAt: now}
		_, err := tx.NewUpdate().Model(&r).Column("state", "trouble", "updated_at", "ended_at").Where("r.id = ?", j.run).Exec(ctx)
		return err
	})
	return err
}

// Resume takes up what was at work when the house last closed: uploads are set to
// work again, what came from a terminal is noted as broken off, and files that no
// run wants are let go of. Call it before anything is imported.
func (i *Importer) Resume(ctx context.Context) error {
	var rows []runRow
	_, err := i.journal.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		rows = nil
		if err := tx.NewSelect().Model(&rows).Where("r.ended_at = 0").Scan(ctx); err != nil {
			return err
		}
		now := store.Micros(tx.Now())
		for n := range rows {
			r := &rows[n]
			if r.File != "" {
				if err := tx.Job(Work{Run: r.ID}); err != nil {
					return err
				}
				continue
			}
			if i.db.Postgres() && tx.Now().Sub(store.Time(r.UpdatedAt)) < heartbeat {
				continue // perhaps another process is at it
			}
			r.State, r.UpdatedAt, r.EndedAt = Stopped, now, now
			if _, err := tx.NewUpdate().Model(r).Column("state", "updated_at", "ended_at").WherePK().Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return i.sweep(rows)
}

// sweep lets go of files in the folder that no open run names, and that have lain
// there for a day: another process may be writing the younger ones.
func (i *Importer) sweep(open []runRow) error {
	wanted := map[string]bool{}
	for n := range open {
		wanted[open[n].File] = true
	}
	entries, err := os.ReadDir(i.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		info, statErr := e.Info()
		if statErr != nil || wanted[e.Name()] || i.journal.Now().Sub(info.ModTime()) < 24*time.Hour {
			continue
		}
		err = errors.Join(err, os.Remove(filepath.Join(i.folder, e.Name())))
	}
	return err
}
