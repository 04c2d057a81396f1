package notify

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/post"
	"cordee/internal/seal"
	"cordee/internal/server"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/thread"
)

// Config is what the courier is built of.
type Config struct {
	Journal   *journal.Journal
	DB        *store.DB
	Keys      *seal.Keys
	Server    *server.Room
	People    *person.Room
	SignIn    *signin.Room
	Circles   *circle.Room
	Threads   *thread.Room
	Exchanges *exchange.Room
	Log       *slog.Logger

	URL    *url.URL      // where people reach Cordée
	Folder *post.Maildir // where mails are written while no mail server is set
	All    bool          // write every mail to the folder, as the demonstration does
	Poll   time.Duration // how long to sleep when nobody wakes it; 0: five seconds
	// Transport makes what mail travels by; nil: SMTP with these settings. Tests set it.
	Transport func(post.Settings) post.Transport
}

// Courier tells people by mail what happened.
type Courier struct {
	Config
	decide map[string]Decision
	queues [2]*queue // what is asked for, and all else

	mu   sync.Mutex
	wake chan struct{} // closed when there may be something to send
}

// New builds a courier; Run lets it work.
func New(c Config) *Courier {
	if c.Poll <= 0 {
		c.Poll = 5 * time.Second
	}
	if c.Transport == nil {
		c.Transport = func(s post.Settings) post.Transport { return post.NewSMTP(s) }
	}
	k := &Courier{Config: c, decide: decisions(), wake: make(chan struct{})}
	k.queues = [2]*queue{
		{courier: k, name: "asked", classes: []Class{AskedFor}},
		{courier: k, name: "news", classes: []Class{News, DigestMail}},
	}
	return k
}

// Run follows the journal and sends until ctx is done.
func (k *Courier) Run(ctx context.Context) error {
	if err := k.release(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	// What is asked for has a follower of its own: planning who hears of an ask in
	// a circle of 150 mustn't stand before a sign-in mail.
	g.Go(func() error { return k.follow(ctx, "notify.asked", AskedFor) })
	g.Go(func() error { return k.follow(ctx, "notify", News) })
	for _, q := range k.queues {
		g.Go(func() error { return q.run(ctx) })
	}
	g.Go(func() error { return k.digests(ctx) })
	err := g.Wait()
	for _, q := range k.queues {
		q.close()
	}
	return err //nolint:wrapcheck // each part wraps its own
}

// rouse wakes the queues.
func (k *Courier) rouse() {
	k.mu.Lock()
	defer k.mu.Unlock()
	close(k.wake)
	k.wake = make(chan struct{})
}

func (k *Courier) woken() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.wake
}

// at is an address inside Cordée.
func (k *Courier) at(path string) string {
	return strings.TrimRight(k.URL.String(), "/") + path
}

func (k *Courier) https() bool { return k.URL.Scheme == "https" }
