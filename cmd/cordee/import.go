package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"cordee/internal/app"
	"cordee/internal/importer"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/refusal"
	"cordee/internal/store"
)

type importCommand struct {
	Mbox importMbox `cmd:"" help:"Bring in a mailing list's archive (mbox; Mailman's and gzip too): its threads become past talk. Again, it adds only what is new."`
}

type importMbox struct {
	File   string `arg:"" help:"The archive; - reads it from the standard input."`
	Circle string `required:"" placeholder:"SLUG" help:"The circle whose past it is, as its address calls it."`
	Create bool   `help:"Found the circle when there is none, to be claimed by the set-up link."`
}

// Run brings the archive in: through whoever serves the data, else by itself. Mails
// that can't be read are told one a line, and the last line counts.
func (c importMbox) Run(ctx context.Context, t *terminal, s *settings) error {
	report, err := c.bring(ctx, t, s)
	if no, refused := refusal.As(err); refused {
		return errors.New(english().TMap("refusal."+no.Code, no.Args))
	}
	if errors.Is(err, context.Canceled) {
		return errors.New("broken off; run it again, and it takes up what is missing")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "%d mails, %d threads, %d people, %d skipped\n", report.Mails, report.Threads, report.People, report.Skipped)
	return err
}

func english() *lang.Printer { return lang.For(lang.EN, time.UTC, time.Now()) }

func (c importMbox) bring(ctx context.Context, t *terminal, s *settings) (_ importer.Report, err error) {
	show := &progress{out: t.err, on: isTerminal(t.err)}
	defer show.clear()
	req := importer.Request{
		Circle: c.Circle, Create: c.Create, Source: importer.Source{Name: c.File, Path: c.File}, Tell: show.tell,
		Broken: func(b importer.Broken) {
			show.clear()
			fmt.Fprintln(t.err, english().T("import.broken.line", "Number", b.Number, "At", int(b.At), "Reason", english().T("import.broken."+b.Reason)))
		},
	}
	if c.File == "-" {
		req.Source = importer.Source{Name: "standard input", Stream: os.Stdin}
	}
	if err := req.Source.Glance(false); err != nil {
		return importer.Report{}, err
	}
	if beside, served := app.FindBeside(ctx, s.Data); served {
		return beside.Import(ctx, req)
	}
	if _, err := os.Stat(filepath.Join(s.Data, store.File)); errors.Is(err, fs.ErrNotExist) && s.Postgres == "" { // leave no empty house behind
		if !c.Create {
			return importer.Report{}, importer.ErrNoCircle(c.Circle)
		}
		if err := req.Source.Glance(true); err != nil {
			return importer.Report{}, err
		}
	}
	cfg, err := s.config(t)
	if err != nil {
		return importer.Report{}, err
	}
	house, err := app.Open(ctx, cfg)
	if err != nil {
		return importer.Report{}, err
	}
	defer func() { err = errors.Join(err, house.Close()) }()
	req.By = journal.By{Actor: journal.System(), Door: journal.Importer}
	return house.Importer.Import(ctx, req)
}

// progress tells on one line of a terminal how far it is.
type progress struct {
	out   io.Writer
	on    bool
	shown bool
	last  string
}

func (p *progress) tell(now importer.Progress) {
	if !p.on || now.Total == 0 {
		return
	}
	text := fmt.Sprintf("Reading: %d %%", now.Done*100/now.Total)
	if now.State == importer.Writing {
		text = fmt.Sprintf("%d of %d mails", now.Done, now.Total)
	}
	if text != p.last {
		fmt.Fprintf(p.out, "\r\x1b[K%s", text)
		p.last, p.shown = text, true
	}
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.shown, p.last = false, ""
	}
}

// isTerminal tells whether somebody sees what is written there at once.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
