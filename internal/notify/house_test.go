package notify_test

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/notify"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/post"
	"cordee/internal/server"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/thread/threadtest"
)

// house is exchangetest's with the courier in it, whose mails land in a box.
type house struct {
	*exchangetest.House
	SignIn  *signin.Room
	Courier *notify.Courier
	Box     *box
	config  notify.Config
	seq     int64
}

func open(t *testing.T, db *store.DB) *house {
	t.Helper()
	h := &house{House: exchangetest.Open(t, db, signin.Acts()), Box: &box{}}
	h.SignIn = signin.New(signin.Config{Journal: h.Journal, DB: db, Keys: h.Keys, People: h.People})
	folder, err := post.NewMaildir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h.config = notify.Config{
		Journal: h.Journal, DB: db, Keys: h.Keys, Server: h.Server, People: h.People, SignIn: h.SignIn, Circles: h.Circles,
		Threads: h.Threads, Exchanges: h.Exchanges, Log: slog.New(slog.NewTextHandler(testLog{t}, nil)),
		URL: &url.URL{Scheme: "https", Host: "cordee.example.org"}, Folder: folder,
		Transport: func(post.Settings) post.Transport { return h.Box },
	}
	h.restart()
	h.mailOn(t, "mail.example.org")
	return h
}

// restart is a new process on the same data.
func (h *house) restart() { h.Courier = notify.New(h.config) }

func (h *house) mailOn(t *testing.T, host string) {
	t.Helper()
	m, err := h.Server.Mail(t.Context())
	if err == nil {
		m.Host, m.Security, m.From = host, server.StartTLS, "cordee@cordee.example.org"
		err = h.Server.SaveMail(t.Context(), journal.BySystem(), threadtest.Key(), m)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// work plans what happened and sends what is due.
func (h *house) work(t *testing.T) {
	t.Helper()
	var err error
	if h.seq, err = h.Courier.Plan(t.Context(), h.seq); err == nil {
		err = h.Courier.SendAll(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// mails works, and takes out of the box what came, each as "to: subject", sorted.
func (h *house) mails(t *testing.T) []string {
	t.Helper()
	h.work(t)
	var out []string
	for _, m := range h.Box.take() {
		out = append(out, strings.TrimSuffix(m.To, "@example.org")+": "+m.Subject)
	}
	slices.Sort(out)
	return out
}

// digest lets the clock come to somebody's next morning and gives the mails that
// came then.
func (h *house) digest(t *testing.T, p id.Person) []post.Mail {
	t.Helper()
	h.work(t)
	h.Box.take()
	who := exchangetest.Person(t, h.House, p)
	h.Clock.Advance(notify.NextDigest(h.Clock.Now(), who.Location()).Sub(h.Clock.Now()))
	if err := h.Courier.DigestsDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.work(t)
	return h.Box.take()
}

type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// box is a mail server: it keeps what comes, or refuses as a test says.
type box struct {
	mu     sync.Mutex
	mails  []post.Mail
	tried  []string // the Message-IDs of everything, refused or not
	refuse func(post.Mail) error
}

func (b *box) Send(_ context.Context, m post.Mail) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tried = append(b.tried, m.ID)
	if b.refuse != nil {
		if err := b.refuse(m); err != nil {
			return err
		}
	}
	b.mails = append(b.mails, m)
	return nil
}

func (b *box) Close() error { return nil }

func (b *box) take() []post.Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.mails
	b.mails = nil
	return all
}

func (b *box) refusing(f func(post.Mail) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse = f
}

// one takes the only mail to somebody out of the box.
func (h *house) one(t *testing.T, name string) post.Mail {
	t.Helper()
	h.work(t)
	all := h.Box.take()
	i := slices.IndexFunc(all, func(m post.Mail) bool { return m.To == persontest.Address(name) })
	if i < 0 {
		t.Fatalf("no mail to %s among %d", name, len(all))
	}
	return all[i]
}

func opened(t *testing.T, m post.Mail) post.Opened {
	t.Helper()
	o, err := post.Open(m.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func as(p id.Person) journal.By { return persontest.As(p) }

// newcomer is somebody with a language of their own.
func (h *house) newcomer(t *testing.T, n person.Newcomer) id.Person {
	t.Helper()
	n.Proved = true
	if n.Address == "" {
		n.Address = persontest.Address(n.Name)
	}
	return persontest.Newcomer(t, h.House.House.House.House, n).ID
}
