package importer_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cordee/internal/id"
	"cordee/internal/importer"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
)

func ids(c ...id.Circle) []id.Circle { return c }

func code(err error) string {
	if no, ok := refusal.As(err); ok {
		return no.Code
	}
	return ""
}

func gzipped(tb testing.TB, text string) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// letter writes a mail as an mbox holds it.
func letter(key, from, subject string, day int, words string, more ...string) string {
	at := time.Date(2020, 1, day, 9, 0, 0, 0, time.UTC)
	head := []string{
		"From " + from + " " + at.Format(time.ANSIC), "From: " + strings.ToUpper(from[:1]) + " <" + from + "@example.org>",
		"Date: " + at.Format(time.RFC1123Z), "Subject: " + subject,
	}
	if key != "" {
		head = append(head, "Message-ID: <"+key+"@x>")
	}
	return strings.Join(append(head, more...), "\n") + "\n\n" + words + "\n\n"
}

func TestWhatComesIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		var broken []importer.Broken
		var last importer.Progress
		text := letter("1", "ana", "[club] Lunch", 1, "Hello\n>From the start") +
			letter("2", "bo", "Re: [club] Lunch", 2, "Yes.\n\n> Hello\n> there\n\n-- \nBo", "In-Reply-To: <1@x>") +
			letter("3", "ana", "[club] Cœur", 3, "Une histoire de cœur.") +
			letter("2", "bo", "Re: [club] Lunch", 2, "Yes.") +
			letter("4", "cy", "Automatic reply: Lunch", 2, "I am away", "Auto-Submitted: auto-replied") +
			"From nobody Tue Feb 18 19:16:56 2020\n\nno header at all\n\n" +
			letter("5", "di", "Accountant", 4, "Does anyone know a good accountant?") +
			letter("", "ana", "Without an id", 5, "First of these.") +
			letter("", "ana", "Without an id", 5, "Second of these.")
		report, err := h.Importer.Import(t.Context(), importer.Request{
			Circle: "club", Create: true, Source: stream(text), By: operator(),
			Broken: func(b importer.Broken) { broken = append(broken, b) }, Tell: func(p importer.Progress) { last = p },
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := (importer.Report{Mails: 6, Threads: 4, People: 3, Skipped: 2, Broken: 1, Doubles: 1, Auto: 1}); report != want {
			t.Errorf("%+v, not %+v", report, want)
		}
		if want := (importer.Broken{Number: 6, At: int64(strings.Index(text, "From nobody")), Reason: "no_header"}); !slices.Equal(broken, []importer.Broken{want}) {
			t.Errorf("%+v", broken)
		}
		if want := (importer.Progress{State: importer.Writing, Done: 6, Total: 6}); last != want {
			t.Errorf("%+v", last)
		}
		h.check(t)
		c := h.circle(t, "club")
		if c.Claimed || c.Name != "Club" {
			t.Errorf("the circle: %+v", c)
		}
		v := h.viewer(t, c.ID)
		talk, _, err := h.Threads.ListIn(t.Context(), db.Read, v, c.ID, "talk", "")
		if err != nil || len(talk) != 3 || talk[2].Title != "Lunch" || talk[0].Title != "Without an id" {
			t.Fatalf("%+v, %v", talk, err)
		}
		lunch, _, err := h.Threads.Messages(t.Context(), db.Read, v, talk[2].ID, "")
		if err != nil || len(lunch) != 2 {
			t.Fatal(lunch, err)
		}
		first, second := lunch[0], lunch[1]
		if first.Words != "Hello\nFrom the start" || second.Words != "Yes." || !strings.Contains(second.Quoted, "> Hello") || !strings.HasSuffix(second.Quoted, "\n\n--\nBo") {
			t.Errorf("%+v\n%+v", first, second)
		}
		if second.Answers != first.ID || !first.Past || first.Door != journal.Importer || !first.At.Equal(time.Date(2020, 1, 1, 9, 0, 0, 0, time.UTC)) {
			t.Errorf("%+v\n%+v", first, second)
		}
		if n := h.count(t, "SELECT count(*) FROM exchange_ask WHERE past AND title = 'Accountant' AND state = 'lapsed'"); n != 1 {
			t.Errorf("%d asks", n)
		}
		runs, err := h.Importer.Runs(t.Context(), db.Read, c.ID, 5)
		if err != nil || len(runs) != 1 || runs[0].State != importer.Done || runs[0].Mails != 6 || runs[0].Broken != 1 || runs[0].Name != "archive.mbox" {
			t.Errorf("%+v, %v", runs, err)
		}
	})
}

func TestDialectsOfOneArchive(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	text := letter("", "ana", "One", 1, "Hello\n\n>From here on") + letter("", "bo", "Two", 2, "There")
	if r := h.bring(t, "club", stream(text)); r.Mails != 2 {
		t.Fatalf("%+v", r)
	}
	for name, same := range map[string]string{
		"crlf":    strings.ReplaceAll(text, "\n", "\r\n"),
		"rfc4155": strings.ReplaceAll(text, ">From", ">>From"),
	} {
		if r := h.bring(t, "club", stream(same)); r.Mails != 0 || r.Doubles != 2 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	pipermail := "From zoe at example.org  Wed Jan  1 09:00:00 2020\nFrom: zoe at example.org (Zoé Le Bris)\nDate: Wed, 01 Jan 2020 09:00:00 +0000\n" +
		"Subject: [Club] Hello\nMessage-ID: <p1@example.org>\n\nHello\n"
	if r := h.bring(t, "club", stream(pipermail)); r.Mails != 1 {
		t.Errorf("%+v", r)
	}
	if n := h.count(t, "SELECT count(*) FROM person AS p JOIN person_address AS a ON a.person = p.id WHERE p.name = 'Zoé Le Bris' AND a.mailbox = 'zoe@example.org'"); n != 1 {
		t.Error("the address of Mailman's archive isn't read")
	}
}

// network writes an archive whose mails name each other at random.
func network(r *rand.Rand, n int) []string {
	mails := make([]string, n)
	for i := range mails {
		var refs []string
		for range r.IntN(3) {
			refs = append(refs, fmt.Sprintf("<m%d@x>", r.IntN(n+5)))
		}
		mails[i] = letter(fmt.Sprintf("m%d", i), string(rune('a'+r.IntN(9))), fmt.Sprintf("Re: Subject %d", r.IntN(n)), 1+r.IntN(300), fmt.Sprintf("Words of %d", i),
			"References: "+strings.Join(refs, " "))
	}
	return mails
}

func TestPiecesInAnyOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		for seed := range uint64(12) {
			r := rand.New(rand.NewPCG(seed, 7))
			mails := network(r, 5+r.IntN(20))
			whole, pieces := fmt.Sprintf("whole-%d", seed), fmt.Sprintf("pieces-%d", seed)
			h.bring(t, whole, stream(strings.Join(mails, "")))
			r.Shuffle(len(mails), func(i, j int) { mails[i], mails[j] = mails[j], mails[i] })
			for rest := mails; len(rest) > 0; {
				n := 1 + r.IntN(len(rest))
				h.bring(t, pieces, stream(strings.Join(rest[:n], "")))
				rest = rest[n:]
			}
			if got, want := h.sets(t, pieces), h.sets(t, whole); !slices.Equal(got, want) {
				t.Fatalf("seed %d:\n%s\nnot\n%s", seed, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	})
}

func TestALongerArchive(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		old := letter("1", "ana", "Lunch", 1, "Hello") + letter("2", "bo", "Tea", 2, "Hello")
		h.bring(t, "club", stream(old))
		// 3 answers 1, 4 has but the subject, 5 answers what was never here.
		longer := old + letter("3", "cy", "Re: Lunch", 40, "Yes", "In-Reply-To: <1@x>") + letter("4", "ana", "RE: [club] tea", 9, "Yes") + letter("5", "bo", "New", 50, "Yes", "In-Reply-To: <0@x>")
		if got, want := h.bring(t, "club", stream(longer)), (importer.Report{Mails: 3, Threads: 3, People: 3, Skipped: 2, Doubles: 2}); got != want {
			t.Errorf("%+v", got)
		}
		if got, want := h.sets(t, "club"), []string{"1@x 3@x", "2@x 4@x", "5@x"}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
		// 6 answers both 3 and 4: two threads were one.
		h.bring(t, "club", stream(letter("6", "ana", "Both", 51, "Yes", "References: <3@x> <4@x>")))
		if got, want := h.sets(t, "club"), []string{"1@x 3@x 2@x 4@x 6@x", "5@x"}; len(got) != len(want) {
			t.Errorf("%v", got)
		}
		c := h.circle(t, "club")
		talk, _, err := h.Threads.ListIn(t.Context(), db.Read, h.viewer(t, c.ID), c.ID, "talk", "")
		if err != nil || len(talk) != 2 || talk[0].Messages != 5 || talk[0].Title != "Lunch" {
			t.Errorf("%+v, %v", talk, err)
		}
	})
}

// Broken off at every step and run again, it ends as if nothing had happened.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := rand.New(rand.NewPCG(3, 3))
		var text string
		for i := range 300 {
			text += letter(fmt.Sprintf("m%d", i), string(rune('a'+r.IntN(9))), fmt.Sprintf("Re: Subject %d", i/4), 1+i/4, "Words")
		}
		h := open(t, db)
		h.bring(t, "whole", stream(text))
		for broken := 0; ; broken++ {
			ctx, stop := context.WithCancel(t.Context())
			h.Clock.Advance(time.Minute)
			_, err := h.door().Import(ctx, importer.Request{Circle: "pieces", Create: true, Source: stream(text), By: operator(), Tell: func(p importer.Progress) {
				if p.State == importer.Writing { // one body each time
					stop()
				}
			}})
			stop()
			if err == nil {
				if broken < 2 {
					t.Errorf("it was broken off %d times", broken)
				}
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			h.check(t)
		}
		if got, want := h.sets(t, "pieces"), h.sets(t, "whole"); !slices.Equal(got, want) {
			t.Errorf("%d threads, not %d", len(got), len(want))
		}
		c := h.circle(t, "pieces")
		runs, err := h.Importer.Runs(t.Context(), db.Read, c.ID, 50)
		if err != nil || runs[0].State != importer.Done || runs[1].State != importer.Stopped || !runs[1].Over() {
			t.Errorf("%+v, %v", runs[:2], err)
		}
	})
}

func TestWhoJoinsIsOfferedTheirHistory(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		people := h.House.House.House.House
		h.bring(t, "club", stream(letter("1", "ana", "Lunch", 1, "Hello")+letter("2", "bo", "Re: Lunch", 2, "Yes", "In-Reply-To: <1@x>")))
		ana := persontest.New(t, people, "Ana") // her address is ana@example.org
		offered, err := h.People.StagedFor(t.Context(), db.Read, ana.ID)
		if err != nil || len(offered) != 1 {
			t.Fatal(offered, err)
		}
		if err := h.People.TakeHistory(t.Context(), persontest.As(ana.ID), journal.Key{Name: "take"}, offered[0].Public); err != nil {
			t.Fatal(err)
		}
		author := func(mail string) string {
			c := h.circle(t, "club")
			there, err := h.Threads.ByMailIDs(t.Context(), db.Read, c.ID, []string{mail})
			if err != nil {
				t.Fatal(err)
			}
			cards, err := h.People.Cards(t.Context(), db.Read, []id.Person{there[mail].Author})
			if err != nil {
				t.Fatal(err)
			}
			return string(cards[there[mail].Author].Public)
		}
		if author("1@x") != string(ana.Public) {
			t.Error("her words aren't hers")
		}
		// What comes in later is hers at once.
		if r := h.bring(t, "club", stream(letter("3", "ana", "Tea", 3, "Hello"))); r.People != 1 || author("3@x") != string(ana.Public) {
			t.Errorf("%+v", r)
		}
	})
}

// A mail that is in the circle by another door stays as it is, and what answers it
// comes to stand behind it.
func TestALiveThread(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		h.bring(t, "club", stream(letter("1", "ana", "Lunch", 1, "Hello")))
		c := h.circle(t, "club")
		ana := persontest.New(t, h.House.House.House.House, "Ana Live")
		var live thread.Thread
		do(t, h, func(ctx context.Context, tx *journal.Tx) (err error) {
			live, err = h.Threads.Open(ctx, tx, thread.Opening{
				Subject: journal.Ref{Kind: "talk"}, Circle: c.ID, Title: "Tea", Audience: journal.Audience{Circles: ids(c.ID)},
				First: &thread.Draft{Author: ana.ID, Words: "By mail, now", MailID: "live@x"},
			})
			return err
		})
		text := letter("live", "ana", "Tea", 5, "By mail, now") + letter("2", "bo", "Re: Tea", 6, "Yes", "In-Reply-To: <live@x>")
		if got, want := h.bring(t, "club", stream(text)), (importer.Report{Mails: 1, Threads: 1, People: 1, Skipped: 1, Doubles: 1}); got != want {
			t.Errorf("%+v", got)
		}
		all, _, err := h.Threads.Messages(t.Context(), db.Read, h.viewer(t, c.ID), live.ID, "")
		if err != nil || len(all) != 2 {
			t.Errorf("%+v, %v", all, err)
		}
		if got := h.bring(t, "club", stream(text)); got.Mails != 0 || got.Doubles != 2 {
			t.Errorf("again: %+v", got)
		}
	})
}
