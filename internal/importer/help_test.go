package importer_test

import (
	"bufio"
	"bytes"
	"mime"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cordee/internal/importer"
	"cordee/internal/search"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

// The archive of a real list: the figures are counted here in another way, with
// the standard library's reader and a breadth-first walk.
func TestARealList(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		text := helpList(t)
		mails, threads, people := counted(t, text)
		h := open(t, db)
		begun := time.Now()
		got := h.bring(t, "help-list", bytesSource(text))
		t.Logf("%+v in %s", got, time.Since(begun))
		if want := (importer.Report{Mails: mails, Threads: threads, People: people}); got != want {
			t.Errorf("%+v, and counted by hand %+v", got, want)
		}
		if n := h.threads(t); n != threads {
			t.Errorf("%d threads", n)
		}
		if n := h.count(t, "SELECT count(*) FROM journal_act WHERE kind = 'thread.imported'"); n != threads {
			t.Errorf("%d acts on %d threads", n, threads)
		}
		if asks := h.count(t, "SELECT count(*) FROM exchange_ask"); asks < threads/10 || asks > threads/2 {
			t.Errorf("%d of %d are asks", asks, threads)
		}
		c := h.circle(t, "help-list")
		hits, _, err := search.Query(t.Context(), db, h.viewer(t, c.ID), "daughterboard", "")
		if err != nil || len(hits) == 0 || !hits[0].Past {
			t.Errorf("search finds %v, %v", hits, err)
		}
		if n := h.count(t, "SELECT count(*) FROM thread_message WHERE words LIKE '%To unsubscribe%'"); n > 0 {
			t.Errorf("%d messages show the list's footer", n)
		}

		before := h.state(t)
		again := h.bring(t, "help-list", bytesSource(text))
		if want := (importer.Report{Skipped: mails, Doubles: mails}); again != want || h.state(t) != before {
			t.Errorf("importing again: %+v\n%s\n%s", again, before, h.state(t))
		}
	})
}

var (
	border = regexp.MustCompile(`(?m)^From mboxrd@z .*\n`)
	named  = regexp.MustCompile(`[^\s<>,]+@[^\s<>,]+`)
	before = regexp.MustCompile(`(?i)^\s*(re:|aw:|fwd?:|\[[^\]]*\])\s*`)
)

// counted counts mails, threads and senders.
func counted(tb testing.TB, text []byte) (mails, threads, people int) {
	tb.Helper()
	type one struct {
		id, subject string
		names       []string
		at          time.Time
	}
	var all []one
	senders := map[string]bool{}
	words := mime.WordDecoder{}
	for _, raw := range border.Split(string(text), -1)[1:] {
		m, err := mail.ReadMessage(bufio.NewReader(strings.NewReader(raw)))
		if err != nil {
			tb.Fatal(err)
		}
		from, err := mail.ParseAddress(m.Header.Get("From"))
		if err != nil {
			tb.Fatal(err)
		}
		senders[strings.ToLower(from.Address)] = true
		at, err := m.Header.Date()
		if err != nil {
			tb.Fatal(err)
		}
		subject, err := words.DecodeHeader(m.Header.Get("Subject"))
		if err != nil {
			subject = m.Header.Get("Subject")
		}
		for before.MatchString(subject) {
			subject = before.ReplaceAllString(subject, "")
		}
		all = append(all, one{
			id: named.FindString(m.Header.Get("Message-Id")), subject: strings.ToLower(strings.Join(strings.Fields(subject), " ")),
			names: named.FindAllString(m.Header.Get("In-Reply-To")+" "+m.Header.Get("References"), -1), at: at,
		})
	}
	tied := func(a, b one) bool {
		apart := a.at.Sub(b.at).Abs()
		return slices.Contains(a.names, b.id) || slices.Contains(b.names, a.id) || a.subject == b.subject && apart <= 30*24*time.Hour
	}
	seen := make([]bool, len(all))
	for i := range all {
		if seen[i] {
			continue
		}
		threads++
		for next := []int{i}; len(next) > 0; next = next[1:] {
			seen[next[0]] = true
			for j := range all {
				if !seen[j] && tied(all[next[0]], all[j]) {
					seen[j] = true
					next = append(next, j)
				}
			}
		}
	}
	return len(all), threads, len(senders)
}

// An archive in pieces, in whatever order, ends as the whole does.
func TestARealListInPieces(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		text := helpList(t)
		at := border.FindAllIndex(text, -1)
		var pieces [3]bytes.Buffer
		for i := range at {
			end := len(text)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			pieces[i*7%3].Write(text[at[i][0]:end])
		}
		h := open(t, db)
		var mails int
		for i := range pieces {
			mails += h.bring(t, "pieces", bytesSource(pieces[i].Bytes())).Mails
		}
		h.bring(t, "whole", bytesSource(text))
		if got, want := h.sets(t, "pieces"), h.sets(t, "whole"); mails != len(at) || !slices.Equal(got, want) {
			t.Errorf("%d mails; %d threads, not %d", mails, len(got), len(want))
		}
		for _, q := range []string{
			"SELECT count(*) FROM thread AS t WHERE t.messages = 0 AND t.circle IS NOT NULL",
			"SELECT count(*) FROM search_doc AS d WHERE d.in_kind = 'talk' AND NOT EXISTS (SELECT 1 FROM thread AS t WHERE t.subject_id = d.in_id AND t.messages > 0)",
			"SELECT count(*) FROM importer_mail AS m JOIN thread AS t ON t.id = m.thread WHERE t.messages = 0",
		} {
			if n := h.count(t, q); n > 0 {
				t.Errorf("%d: %s", n, q)
			}
		}
	})
}

func TestWhatIsNoArchive(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	h := open(t, db)
	before := h.state(t)
	text := "From a@b.org Tue Feb 18 19:16:56 2025\nFrom: Ana <a@b.org>\nSubject: x\n\nhello\n"
	packed := gzipped(t, strings.Repeat(text, 50))
	dir := t.TempDir()
	for name, c := range map[string]struct {
		source importer.Source
		slug   string
		want   string
	}{
		"an unknown circle": {source: stream(text), slug: "nowhere", want: "import.no_circle"},
		"no slug":           {source: stream(text), slug: "?!", want: "circle.slug"},
		"no mbox":           {source: stream("hello\n"), want: "import.not_mbox"},
		"empty":             {source: stream(""), want: "import.empty"},
		"blank":             {source: stream("\n\n\n"), want: "import.not_mbox"},
		"a folder":          {source: importer.Source{Name: dir, Path: dir}, want: "import.folder"},
		"cut short":         {source: importer.Source{Name: "x.gz", Stream: bytes.NewReader(packed[:len(packed)-9])}, want: "import.damaged"},
		"changed":           {source: importer.Source{Name: "x.gz", Stream: bytes.NewReader(append(slices.Clone(packed[:40]), packed[41:]...))}, want: "import.damaged"},
		"only a gzip's start": {
			source: importer.Source{Name: "x.gz", Stream: bytes.NewReader(packed[:5])}, want: "import.damaged",
		},
		"only broken mails": {source: stream("From a@b.org Tue Feb 18 19:16:56 2025\n\nFrom a@b.org Tue Feb 18 19:16:56 2025\n\n"), want: "import.no_mail"},
	} {
		slug, create := c.slug, c.slug != "nowhere"
		if slug == "" {
			slug = "fresh"
		}
		_, err := h.Importer.Import(t.Context(), importer.Request{Circle: slug, Create: create, Source: c.source, By: operator()})
		if code(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := h.state(t); after != before {
		t.Errorf("something was written:\n%s", after)
	}
	h.check(t)
	if report := h.bring(t, "packed", importer.Source{Name: "x.gz", Stream: bytes.NewReader(packed)}); report.Mails != 1 || report.Doubles != 49 {
		t.Errorf("%+v", report)
	}
}
