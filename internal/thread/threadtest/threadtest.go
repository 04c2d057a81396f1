// Package threadtest builds threads for tests: the house of persontest with the
// room thread in it, and messages written through the front door.
package threadtest

import (
	"context"
	"crypto/rand"
	"io"
	"slices"
	"strings"
	"testing"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/store"
	"cordee/internal/thread"
)

// House is persontest's with threads.
type House struct {
	*persontest.House
	Threads *thread.Room
}

// Open builds a house on a database. kinds are the acts of other rooms that the
// test writes.
func Open(tb testing.TB, db *store.DB, kinds ...[]journal.Kind) *House {
	tb.Helper()
	house := persontest.Open(tb, db, append([][]journal.Kind{thread.Acts()}, kinds...)...)
	blobs, err := thread.OpenBlobs(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	return &House{House: house, Threads: thread.New(thread.Config{Journal: house.Journal, DB: db, Blobs: blobs})}
}

// Key is a fresh one, as a form has.
func Key() journal.Key { return journal.Key{Name: "form:" + rand.Text(), Digest: "test"} }

// Circle is the id of a circle that only its id is needed of.
func Circle(h *House) id.Circle { return id.Circle(id.New[any](source{h.Clock})) }

// source makes ids outside a transaction.
type source struct{ *persontest.Clock }

// Rand is the randomness of ids.
func (source) Rand() io.Reader { return rand.Reader }

// Talk opens a talk of a circle with a first message.
func Talk(tb testing.TB, h *House, c id.Circle, author id.Person, title, words string) thread.Thread {
	tb.Helper()
	return Opened(tb, h, thread.Opening{
		Subject: journal.Ref{Kind: "talk"}, Circle: c, Title: title, Audience: journal.Audience{Circles: []id.Circle{c}},
		First: &thread.Draft{Author: author, Words: words},
	})
}

// Opened opens a thread as its owner does.
func Opened(tb testing.TB, h *House, o thread.Opening) thread.Thread {
	tb.Helper()
	var opened thread.Thread
	h.Do(tb, func(ctx context.Context, tx *journal.Tx) (err error) {
		opened, err = h.Threads.Open(ctx, tx, o)
		return err
	})
	return opened
}

// Replied writes in a thread.
func Replied(tb testing.TB, h *House, v journal.Viewer, to thread.ID, words string) thread.Posted {
	tb.Helper()
	posted, err := h.Threads.Reply(tb.Context(), persontest.As(v.Person), Key(), v, thread.ReplyInput{Thread: to, Words: words})
	if err != nil {
		tb.Fatal(err)
	}
	return posted
}

// File puts a file and gives what a draft mentions of it.
func File(tb testing.TB, h *House, name, content string) thread.Attachment {
	tb.Helper()
	hash, size, err := h.Threads.Blobs().Put(tb.Context(), strings.NewReader(content))
	if err != nil {
		tb.Fatal(err)
	}
	return thread.Attachment{Blob: hash, Size: size, Name: name, Type: "text/plain"}
}

// Check fails where what is kept of threads beside their messages differs from
// what the messages say.
func Check(tb testing.TB, h *House) {
	tb.Helper()
	for _, q := range []string{
		"SELECT count(*) FROM thread AS t WHERE t.messages <> (SELECT count(*) FROM thread_message AS m WHERE m.thread = t.id)",
		"SELECT count(*) FROM thread AS t WHERE t.messages > 0 AND t.last_at <> (SELECT max(at) FROM thread_message AS m WHERE m.thread = t.id)",
		"SELECT count(*) FROM thread AS t WHERE t.messages <> (SELECT coalesce(max(number), 0) FROM thread_message AS m WHERE m.thread = t.id)",
		"SELECT count(*) FROM thread_message AS m WHERE m.deleted_at > 0 AND (m.words <> '' OR m.quoted <> '' OR EXISTS (SELECT 1 FROM attachment AS f WHERE f.owner = m.id))",
		"SELECT count(*) FROM thread_message AS m JOIN thread_message AS a ON a.id = m.answers AND a.thread <> m.thread",
		"SELECT count(*) FROM thread AS t JOIN thread_message AS m ON m.thread = t.id WHERE m.past <> t.past OR coalesce(m.circle, t.id) <> coalesce(t.circle, t.id)",
	} {
		var wrong int
		if err := h.DB.Read.NewRaw(q).Scan(context.WithoutCancel(tb.Context()), &wrong); err != nil {
			tb.Fatalf("%s: %v", q, err)
		}
		if wrong != 0 {
			tb.Errorf("%d rows: %s", wrong, q)
		}
	}
}

// Kinds lists the kinds of the acts told after seq, in order.
func Kinds(tb testing.TB, h *House, seq int64) []string {
	tb.Helper()
	acts, err := h.Journal.Since(tb.Context(), seq, 1000)
	if err != nil {
		tb.Fatal(err)
	}
	kinds := make([]string, len(acts))
	for i, a := range acts {
		kinds[i] = a.Kind
	}
	return slices.Clip(kinds)
}

// Seq is where the journal stands.
func Seq(tb testing.TB, h *House) int64 {
	tb.Helper()
	seq, err := h.Journal.Head(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return seq
}
