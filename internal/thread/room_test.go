package thread_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
	"cordee/internal/thread/threadtest"
)

func code(err error) string {
	if r, ok := refusal.As(err); ok {
		return r.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func viewer(p id.Person, circles ...id.Circle) journal.Viewer {
	return journal.Viewer{Person: p, Circles: circles}
}

// talk is a house with a talk in a circle, and two people of it.
type talk struct {
	*threadtest.House
	circle       id.Circle
	ines, myriam journal.Viewer
	stranger     journal.Viewer
	thread       thread.Thread
}

func newTalk(t *testing.T, db *store.DB) talk {
	t.Helper()
	h := threadtest.Open(t, db)
	c := threadtest.Circle(h)
	k := talk{
		House: h, circle: c,
		ines:     viewer(persontest.New(t, h.House, "Inès").ID, c),
		myriam:   viewer(persontest.New(t, h.House, "Myriam").ID, c),
		stranger: viewer(persontest.New(t, h.House, "Sacha").ID, threadtest.Circle(h)),
	}
	k.thread = threadtest.Talk(t, h, c, k.ines.Person, "La relecture de mardi", "Qui vient ?")
	t.Cleanup(func() {
		if !t.Failed() {
			threadtest.Check(t, h)
		}
	})
	return k
}

func (k talk) messages(t *testing.T, v journal.Viewer) []thread.Message {
	t.Helper()
	all, _, err := k.Threads.Messages(t.Context(), k.DB.Read, v, k.thread.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRepliesGrowAThread(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		seq := threadtest.Seq(t, k.House)
		k.Clock.Advance(time.Hour)
		first := k.messages(t, k.myriam)[0]
		posted, err := k.Threads.Reply(t.Context(), persontest.As(k.myriam.Person), threadtest.Key(), k.myriam, thread.ReplyInput{
			Thread: k.thread.ID, Words: "\r\nMoi.  \r\n", Answers: first.ID, Attachments: []thread.Attachment{threadtest.File(t, k.House, "plan.txt", "10 h")},
		})
		if err != nil {
			t.Fatal(err)
		}
		if posted.Number != 2 || posted.Thread != k.thread.Public {
			t.Errorf("posted %+v", posted)
		}
		all := k.messages(t, k.ines)
		if len(all) != 2 || all[1].Words != "Moi." || all[1].Answers != first.ID || all[1].Door != journal.Test {
			t.Fatalf("messages: %+v", all)
		}
		if files := all[1].Attachments; len(files) != 1 || files[0].Name != "plan.txt" || files[0].Size != 4 {
			t.Errorf("files: %+v", files)
		}
		now, err := k.Threads.ByPublic(t.Context(), db.Read, k.ines, k.thread.Public)
		if err != nil || now.Messages != 2 || now.LastAuthor != k.myriam.Person || !now.LastAt.Equal(k.Clock.Now()) {
			t.Errorf("thread: %+v, %v", now, err)
		}
		if kinds := threadtest.Kinds(t, k.House, seq); !slices.Equal(kinds, []string{thread.ActPosted}) {
			t.Errorf("acts: %v", kinds)
		}
	})
}

func TestARepeatPostsOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		key := threadtest.Key()
		in := thread.ReplyInput{Thread: k.thread.ID, Words: "Deux fois le même clic."}
		one, err1 := k.Threads.Reply(t.Context(), persontest.As(k.ines.Person), key, k.ines, in)
		two, err2 := k.Threads.Reply(t.Context(), persontest.As(k.ines.Person), key, k.ines, in)
		if err := errors.Join(err1, err2); err != nil || one != two {
			t.Fatal(one, two, err)
		}
		if n := len(k.messages(t, k.ines)); n != 2 {
			t.Errorf("%d messages", n)
		}
	})
}

func TestToAStrangerAThreadDoesNotExist(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		m := k.messages(t, k.ines)[0]
		ctx, by := t.Context(), persontest.As(k.stranger.Person)
		_, _, gotFile := k.Threads.OpenFile(ctx, db.Read, k.stranger, "aaaaaaaaaaaaaaaaaaaa")
		_, byPublic := k.Threads.ByPublic(ctx, db.Read, k.stranger, k.thread.Public)
		_, _, message := k.Threads.MessageByPublic(ctx, db.Read, k.stranger, m.Public)
		_, reply := k.Threads.Reply(ctx, by, threadtest.Key(), k.stranger, thread.ReplyInput{Thread: k.thread.ID, Words: "x"})
		_, forged := k.Threads.Reply(ctx, by, threadtest.Key(), k.ines, thread.ReplyInput{Thread: k.thread.ID, Words: "in another's name"})
		for name, err := range map[string]error{
			"file": gotFile, "thread": byPublic, "message": message, "reply": reply, "another's standing": forged,
			"edit":   k.Threads.Edit(ctx, by, threadtest.Key(), k.stranger, thread.EditInput{Message: m.ID, Version: 1, Words: "x"}),
			"delete": k.Threads.Delete(ctx, by, threadtest.Key(), k.stranger, m.ID),
			"mute":   k.Threads.Mute(ctx, by, threadtest.Key(), k.stranger, k.thread.ID),
		} {
			if code(err) != "not_found" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if all := k.messages(t, k.stranger); len(all) != 0 {
			t.Errorf("a stranger reads %d messages", len(all))
		}
		guest := journal.By{Actor: journal.Guest("x"), Door: journal.Test}
		if _, err := k.Threads.Reply(ctx, guest, threadtest.Key(), journal.Viewer{}, thread.ReplyInput{Thread: k.thread.ID, Words: "x"}); code(err) != "sign_in" {
			t.Errorf("a guest: %v", err)
		}
	})
}

func TestEditsAndDeletionsAreTheAuthors(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		ctx, ines := t.Context(), persontest.As(k.ines.Person)
		m := k.messages(t, k.ines)[0]
		edit := func(version int64, words string) error {
			return k.Threads.Edit(ctx, ines, threadtest.Key(), k.ines, thread.EditInput{Message: m.ID, Version: version, Words: words})
		}
		if err := k.Threads.Edit(ctx, persontest.As(k.myriam.Person), threadtest.Key(), k.myriam, thread.EditInput{Message: m.ID, Version: 1, Words: "x"}); code(err) != "thread.not_author" {
			t.Errorf("somebody else's edit: %v", err)
		}
		if err := edit(1, "Qui vient mardi ?"); err != nil {
			t.Fatal(err)
		}
		if now := k.messages(t, k.myriam)[0]; now.Edited() || now.Words != "Qui vient mardi ?" || now.Version != 2 {
			t.Errorf("silently: %+v", now)
		}
		err := edit(1, "Ce que j’avais sous les yeux")
		if r, _ := refusal.As(err); code(err) != "thread.stale" || r.Field != "words" || r.Args["Words"] != "Qui vient mardi ?" || r.Args["Version"] != int64(2) {
			t.Errorf("stale: %v", err)
		}
		k.Clock.Advance(16 * time.Minute)
		if err := edit(2, "Qui vient jeudi ?"); err != nil {
			t.Fatal(err)
		}
		if now := k.messages(t, k.myriam)[0]; !now.Edited() {
			t.Errorf("later: %+v", now)
		}
		if err := edit(3, " "); code(err) != "thread.empty" {
			t.Errorf("emptied: %v", err)
		}
		if err := k.Threads.Delete(ctx, ines, threadtest.Key(), k.ines, m.ID); err != nil {
			t.Fatal(err)
		}
		now := k.messages(t, k.myriam)[0]
		if !now.Deleted() || now.Words != "" || now.Number != 1 || now.Author != k.ines.Person {
			t.Errorf("deleted: %+v", now)
		}
		if err := k.Threads.Delete(ctx, ines, threadtest.Key(), k.ines, m.ID); code(err) != "thread.deleted" {
			t.Errorf("deleted twice: %v", err)
		}
	})
}

func TestTwoWhoWriteAtOnceGetNumbersOfTheirOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		var wg sync.WaitGroup
		fail := make(chan error, 16)
		for i := range 16 {
			v := []journal.Viewer{k.ines, k.myriam}[i%2]
			wg.Go(func() {
				_, err := k.Threads.Reply(t.Context(), persontest.As(v.Person), threadtest.Key(), v, thread.ReplyInput{Thread: k.thread.ID, Words: strconv.Itoa(i)})
				fail <- err
			})
		}
		wg.Wait()
		close(fail)
		for err := range fail {
			if err != nil {
				t.Error(err)
			}
		}
		seen := map[int]bool{}
		for _, m := range k.messages(t, k.ines) {
			seen[m.Number] = true
		}
		if len(seen) != 17 || !seen[1] || !seen[17] {
			t.Errorf("numbers: %v", seen)
		}
	})
}

func TestTwoEditsAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		m := k.messages(t, k.ines)[0]
		results := make(chan error, 2)
		for i := range 2 {
			go func() {
				results <- k.Threads.Edit(t.Context(), persontest.As(k.ines.Person), threadtest.Key(), k.ines,
					thread.EditInput{Message: m.ID, Version: 1, Words: "version " + strconv.Itoa(i)})
			}()
		}
		codes := []string{code(<-results), code(<-results)}
		slices.Sort(codes)
		if !slices.Equal(codes, []string{"", "thread.stale"}) {
			t.Errorf("%q", codes)
		}
	})
}

func TestMutingIsOnesOwnAndWritingChangesNothingAboutIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		ctx := t.Context()
		threadtest.Replied(t, k.House, k.myriam, k.thread.ID, "Moi.")
		seq := threadtest.Seq(t, k.House)
		mute := func(f func(context.Context, journal.By, journal.Key, journal.Viewer, thread.ID) error) {
			t.Helper()
			if err := f(ctx, persontest.As(k.myriam.Person), threadtest.Key(), k.myriam, k.thread.ID); err != nil {
				t.Fatal(err)
			}
		}
		mute(k.Threads.Mute)
		mute(k.Threads.Mute)
		threadtest.Replied(t, k.House, k.myriam, k.thread.ID, "Et encore moi.")
		taking, err := k.Threads.Participants(ctx, db.Read, k.thread.ID)
		if err != nil || !slices.Equal(taking, []id.Person{k.ines.Person}) {
			t.Errorf("participants: %v, %v", taking, err)
		}
		muted, err := k.Threads.Muted(ctx, db.Read, k.thread.ID)
		if err != nil || !slices.Equal(muted, []id.Person{k.myriam.Person}) {
			t.Errorf("muted: %v, %v", muted, err)
		}
		mute(k.Threads.Unmute)
		if muted, err := k.Threads.Muted(ctx, db.Read, k.thread.ID); err != nil || len(muted) != 0 {
			t.Errorf("unmuted: %v, %v", muted, err)
		}
		want := []string{thread.ActMuted, thread.ActPosted, thread.ActUnmuted}
		if kinds := threadtest.Kinds(t, k.House, seq); !slices.Equal(kinds, want) {
			t.Errorf("acts: %v", kinds)
		}
	})
}

func TestAClosedThreadIsReadOnly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		reply := func() error {
			_, err := k.Threads.Reply(t.Context(), persontest.As(k.ines.Person), threadtest.Key(), k.ines, thread.ReplyInput{Thread: k.thread.ID, Words: "x"})
			return err
		}
		k.Do(t, func(ctx context.Context, tx *journal.Tx) error { return k.Threads.Close(ctx, tx, k.thread.ID) })
		if err := reply(); code(err) != "thread.closed" {
			t.Errorf("%v", err)
		}
		k.Do(t, func(ctx context.Context, tx *journal.Tx) error { return k.Threads.Reopen(ctx, tx, k.thread.ID) })
		if err := reply(); err != nil {
			t.Error(err)
		}
	})
}

func TestOneSubjectHasOneThread(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		subject := journal.RefTo("ask", threadtest.Circle(k.House))
		o := thread.Opening{Subject: subject, Title: "Une relecture", Audience: journal.Audience{Persons: []id.Person{k.ines.Person, k.ines.Person, {}}}}
		one, two := threadtest.Opened(t, k.House, o), threadtest.Opened(t, k.House, o)
		if one.ID != two.ID || one.Subject != subject {
			t.Errorf("%+v and %+v", one, two)
		}
		got, err := k.Threads.BySubject(t.Context(), db.Read, subject)
		if err != nil || got.ID != one.ID || len(got.Audience.Persons) != 1 {
			t.Errorf("%+v, %v", got, err)
		}
		if k.thread.Subject.Kind != "talk" || k.thread.Subject.ID != id.As[any](k.thread.ID) {
			t.Errorf("a talk is its own subject: %v", k.thread.Subject)
		}
	})
}

func TestTheAudienceAndTheTitleAreTheOwners(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		k.Do(t, func(ctx context.Context, tx *journal.Tx) error {
			return errors.Join(
				k.Threads.SetAudience(ctx, tx, k.thread.ID, journal.Audience{Persons: []id.Person{k.stranger.Person}}),
				k.Threads.SetTitle(ctx, tx, k.thread.ID, "  Un autre titre "))
		})
		if _, err := k.Threads.ByPublic(t.Context(), db.Read, k.ines, k.thread.Public); code(err) != "not_found" {
			t.Errorf("who is out: %v", err)
		}
		got, err := k.Threads.ByPublic(t.Context(), db.Read, k.stranger, k.thread.Public)
		if err != nil || got.Title != "Un autre titre" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestPagesHoldFifty(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		const extra = 119
		for range extra / 7 {
			k.Do(t, func(ctx context.Context, tx *journal.Tx) error {
				for i := range 7 {
					if _, err := k.Threads.Post(ctx, tx, k.thread.ID, thread.Draft{Author: k.myriam.Person, Words: strconv.Itoa(i)}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		var all []thread.Message
		var sizes []int
		for after, more := thread.Cursor(""), true; more; more = after != "" {
			some, next, err := k.Threads.Messages(t.Context(), db.Read, k.ines, k.thread.ID, after)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range some {
				if at, err := k.Threads.PageOf(t.Context(), db.Read, m); err != nil || at != after {
					t.Fatalf("message %d stands after %q, not %q (%v)", m.Number, after, at, err)
				}
			}
			all, sizes, after = append(all, some...), append(sizes, len(some)), next
		}
		if !slices.Equal(sizes, []int{50, 50, 20}) {
			t.Errorf("pages of %v", sizes)
		}
		for i, m := range all {
			if m.Number != i+1 {
				t.Fatalf("place %d has number %d", i, m.Number)
			}
		}
	})
}

func TestListsGoByTheLastWord(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		ctx := t.Context()
		for i := range 60 {
			k.Clock.Advance(time.Minute)
			threadtest.Talk(t, k.House, k.circle, k.ines.Person, fmt.Sprint("Causerie ", i), "…")
		}
		threadtest.Opened(t, k.House, thread.Opening{
			Subject: journal.Ref{Kind: "letter"}, Audience: journal.Audience{Persons: []id.Person{k.ines.Person, k.stranger.Person}},
			First: &thread.Draft{Author: k.stranger.Person, Words: "Bonjour"},
		})
		k.Clock.Advance(time.Minute)
		threadtest.Replied(t, k.House, k.myriam, k.thread.ID, "Celle-ci est la dernière.")
		first, next, err := k.Threads.ListIn(ctx, db.Read, k.myriam, k.circle, "talk", "")
		if err != nil || len(first) != 50 || first[0].ID != k.thread.ID || first[1].Title != "Causerie 59" {
			t.Fatalf("%d, %v", len(first), err)
		}
		rest, end, err := k.Threads.ListIn(ctx, db.Read, k.myriam, k.circle, "talk", next)
		if err != nil || len(rest) != 11 || end != "" || rest[10].Title != "Causerie 0" {
			t.Errorf("%d, %q, %v", len(rest), end, err)
		}
		latest, err := k.Threads.Latest(ctx, db.Read, k.myriam, "talk", 3)
		if err != nil || len(latest) != 3 || latest[0].ID != k.thread.ID {
			t.Errorf("latest: %d, %v", len(latest), err)
		}
		letters, _, err := k.Threads.ListWith(ctx, db.Read, k.ines, "letter", "")
		if err != nil || len(letters) != 1 {
			t.Errorf("letters: %d, %v", len(letters), err)
		}
		firsts, err := k.Threads.Firsts(ctx, db.Read, []thread.ID{k.thread.ID, letters[0].ID})
		if err != nil || firsts[k.thread.ID].Words != "Qui vient ?" || firsts[letters[0].ID].Words != "Bonjour" {
			t.Errorf("firsts: %+v, %v", firsts, err)
		}
		opening := firsts[k.thread.ID]
		publics, err := k.Threads.Publics(ctx, db.Read, []thread.MessageID{opening.ID})
		if err != nil || publics[opening.ID] != opening.Public {
			t.Errorf("publics: %v, %v", publics, err)
		}
	})
}

func TestFilesLieUnderWhatTheyHold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		ctx := t.Context()
		file := threadtest.File(t, k.House, "plan.txt", "10 h chez Zoé")
		if again := threadtest.File(t, k.House, "copie.txt", "10 h chez Zoé"); again.Blob != file.Blob {
			t.Error("the same content lies twice")
		}
		posted, err := k.Threads.Reply(ctx, persontest.As(k.ines.Person), threadtest.Key(), k.ines, thread.ReplyInput{
			Thread: k.thread.ID, Attachments: []thread.Attachment{file, file},
		})
		if err != nil {
			t.Fatal(err)
		}
		m, _, err := k.Threads.MessageByPublic(ctx, db.Read, k.myriam, posted.Public)
		if err != nil || len(m.Attachments) != 2 {
			t.Fatal(m, err)
		}
		public := m.Attachments[1].Public
		a, content, err := k.Threads.OpenFile(ctx, db.Read, k.myriam, public)
		if err != nil {
			t.Fatal(err)
		}
		defer content.Close()
		if got, _ := io.ReadAll(content); string(got) != "10 h chez Zoé" || a.Name != "plan.txt" || a.Size != int64(len(got)) {
			t.Errorf("%q, %+v", got, a)
		}
		if _, _, err := k.Threads.OpenFile(ctx, db.Read, k.stranger, public); code(err) != "not_found" {
			t.Errorf("a stranger: %v", err)
		}
		orphan := threadtest.File(t, k.House, "x", "nobody mentions me")
		k.Clock.Advance(-48 * time.Hour) // files are dated by the machine's clock
		if gone, err := k.Threads.Sweep(ctx); err != nil || gone != 0 {
			t.Errorf("too early: %d, %v", gone, err)
		}
		if err := k.Threads.Delete(ctx, persontest.As(k.ines.Person), threadtest.Key(), k.ines, m.ID); err != nil {
			t.Fatal(err)
		}
		k.Clock.Advance(20 * 365 * 24 * time.Hour)
		if gone, err := k.Threads.Sweep(ctx); err != nil || gone != 2 {
			t.Errorf("swept %d, %v", gone, err)
		}
		for _, h := range []thread.Hash{file.Blob, orphan.Blob, "../../etc/passwd", ""} {
			if f, err := k.Threads.Blobs().Open(h); err == nil {
				f.Close()
				t.Errorf("%s is still there", h)
			}
		}
	})
}

func TestAFileThatIsTooMuchIsRefusedWhole(t *testing.T) {
	t.Parallel()
	blobs, err := thread.OpenBlobs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := blobs.Put(t.Context(), io.LimitReader(zeros{}, 65<<20)); code(err) != "thread.file_too_large" {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := blobs.Put(ctx, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
