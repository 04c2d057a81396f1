package importer_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cordee/internal/circle"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/importer"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/store"
	"cordee/internal/thread/threadtest"
)

// house is exchangetest's with the door importer.
type house struct {
	*exchangetest.House
	Importer *importer.Importer
	folder   string
}

func open(tb testing.TB, db *store.DB) *house {
	tb.Helper()
	h := &house{House: exchangetest.Open(tb, db), folder: tb.TempDir()}
	h.Importer = h.door()
	return h
}

// door is another process's importer on the same house.
func (h *house) door() *importer.Importer {
	return importer.New(importer.Config{
		Journal: h.Journal, DB: h.DB, People: h.People, Circles: h.Circles, Threads: h.Threads, Exchanges: h.Exchanges, Folder: h.folder,
	})
}

func operator() journal.By { return journal.By{Actor: journal.System(), Door: journal.Importer} }

func stream(text string) importer.Source {
	return importer.Source{Name: "archive.mbox", Stream: strings.NewReader(text)}
}

// bring imports a text and expects no error.
func (h *house) bring(tb testing.TB, slug string, s importer.Source) importer.Report {
	tb.Helper()
	report, err := h.Importer.Import(tb.Context(), importer.Request{Circle: slug, Create: true, Source: s, By: operator()})
	if err != nil {
		tb.Fatal(err)
	}
	h.check(tb)
	return report
}

// check is what must hold after every import.
func (h *house) check(tb testing.TB) {
	tb.Helper()
	exchangetest.Check(tb, h.House)
	threadtest.Check(tb, h.House.House.House)
	if left, err := os.ReadDir(h.folder); err != nil || len(left) > 0 {
		tb.Errorf("left in the folder: %v, %v", left, err)
	}
}

// count counts rows.
func (h *house) count(tb testing.TB, query string, args ...any) int {
	tb.Helper()
	var n int
	if err := h.DB.Read.NewRaw(query, args...).Scan(tb.Context(), &n); err != nil {
		tb.Fatal(err)
	}
	return n
}

func (h *house) threads(tb testing.TB) int {
	tb.Helper()
	return h.count(tb, "SELECT count(*) FROM thread WHERE messages > 0")
}

// sets are the Message-IDs of each thread of a circle, in one order.
func (h *house) sets(tb testing.TB, slug string) []string {
	tb.Helper()
	c := h.circle(tb, slug)
	var rows []struct {
		Thread id.Any `bun:"thread"`
		Mail   string `bun:"mail_id"`
	}
	if err := h.DB.Read.NewRaw("SELECT thread, mail_id FROM thread_message WHERE circle = ?", c.ID).Scan(tb.Context(), &rows); err != nil {
		tb.Fatal(err)
	}
	by := map[id.Any][]string{}
	for _, r := range rows {
		by[r.Thread] = append(by[r.Thread], r.Mail)
	}
	var out []string
	for _, mails := range by {
		slices.Sort(mails)
		out = append(out, strings.Join(mails, " "))
	}
	slices.Sort(out)
	return out
}

func (h *house) circle(tb testing.TB, slug string) circle.Circle {
	tb.Helper()
	c, found, err := h.Circles.WithSlug(tb.Context(), h.DB.Read, slug)
	if err != nil || !found {
		tb.Fatalf("no circle %s: %v", slug, err)
	}
	return c
}

// viewer is somebody who sees a circle.
func (h *house) viewer(tb testing.TB, c id.Circle) journal.Viewer {
	tb.Helper()
	return journal.Viewer{Person: persontest.New(tb, h.House.House.House.House, "Vera "+tb.Name()+itoa(h.count(tb, "SELECT count(*) FROM person"))).ID, Circles: []id.Circle{c}}
}

// state sums up all that an import may change.
func (h *house) state(tb testing.TB) string {
	tb.Helper()
	var b strings.Builder
	for _, q := range []string{
		"SELECT count(*) FROM thread", "SELECT count(*) FROM thread_message", "SELECT count(*) FROM person", "SELECT count(*) FROM person_address",
		"SELECT count(*) FROM attachment", "SELECT count(*) FROM circle", "SELECT count(*) FROM exchange_ask", "SELECT count(*) FROM journal_act",
		"SELECT count(*) FROM search_doc", "SELECT count(*) FROM importer_mail", "SELECT coalesce(sum(version), 0) FROM thread",
	} {
		b.WriteString(q + " = ")
		b.WriteString(strings.TrimSpace(itoa(h.count(tb, q))) + "\n")
	}
	return b.String()
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// helpList is the archive of a real list, with its names changed.
func helpList(tb testing.TB) []byte {
	tb.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "mail", "help-list.mbox.gz")
	f, err := os.Open(path)
	if err != nil {
		tb.Skip("the archive of a real list isn't beside this project: ", path)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func bytesSource(b []byte) importer.Source {
	return importer.Source{Name: "help-list.mbox", Stream: bytes.NewReader(b)}
}

func do(tb testing.TB, h *house, body func(ctx context.Context, tx *journal.Tx) error) {
	tb.Helper()
	h.Do(tb, body)
}
