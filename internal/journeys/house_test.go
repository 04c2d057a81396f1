package journeys

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cordee/internal/app"
	"cordee/internal/browsertest"
	"cordee/internal/journal"
	"cordee/internal/store/storetest"
	"cordee/internal/upkeep"
)

func TestMain(m *testing.M) {
	code := browsertest.Main(m)
	if err := dropTemplate(); err != nil {
		fmt.Fprintln(os.Stderr, "journeys:", err)
		code = 1
	}
	os.Exit(code)
}

// Clock is the time of a house: the real one, moved by a test.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
}

// Now is what the house takes for now.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

// Advance moves the house on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// Back sets the house that long before the real time; 0 is the present.
func (c *Clock) Back(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = -d
}

// Options say which house.
type Options struct {
	Postgres bool   // else SQLite
	Data     string // a folder that holds a house already; "" is an empty one
	Allow    string // what the log may complain of
	NoMail   bool   // without a mailbox that collects
}

// House is a house that runs.
type House struct {
	*app.House

	URL     string
	Clock   *Clock
	Mailbox *Mailbox
	Log     *ErrorLog

	stop func()
}

// Stop closes the house before its test ends, for a test that needs many of them.
func (h *House) Stop() { h.stop() }

// Start opens a house and lets it run until the test ends.
func Start(t *testing.T, o Options) *House {
	t.Helper()
	h := &House{Clock: &Clock{}, Log: &ErrorLog{}}
	cfg := app.Config{Data: o.Data, Listen: "localhost:0", Clock: h.Clock.Now, Log: slog.New(slog.NewTextHandler(h.Log, &slog.HandlerOptions{Level: slog.LevelWarn})), Volatile: true}
	if cfg.Data == "" {
		cfg.Data = newFolder(t)
	}
	if o.Postgres {
		cfg.Postgres = storetest.Empty(t)
	}
	var err error
	if h.House, err = app.Open(context.Background(), cfg); err != nil {
		t.Fatal(err)
	}
	if err := h.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.URL = h.Base().String()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	h.stop = sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		h.examine(t)
		if err := h.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		for _, line := range h.Log.Lines() {
			if o.Allow == "" || !strings.Contains(line, o.Allow) {
				t.Errorf("the house complains: %s", line)
			}
		}
	})
	t.Cleanup(h.stop)
	if !o.NoMail {
		h.Mailbox = newMailbox(t)
	}
	return h
}

// examine lets the doctor look at a house in which a test has lived.
func (h *House) examine(t *testing.T) {
	t.Helper()
	report, err := upkeep.Check(context.Background(), upkeep.Patient{DB: h.DB, Blobs: filepath.Join(h.Config.Data, "blobs")})
	if err != nil {
		t.Errorf("the doctor: %v", err)
	}
	for _, found := range report.Findings {
		t.Errorf("the doctor finds %s: %s", found.Code, found.Words)
	}
}

// Head is where the journal stands: a GET leaves it there.
func (h *House) Head(t *testing.T) int64 {
	t.Helper()
	seq, err := h.Journal.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// Since are the acts told after one.
func (h *House) Since(t *testing.T, seq int64) []journal.Act {
	t.Helper()
	acts, err := h.Journal.Since(t.Context(), seq, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return acts
}

// Do runs a body of verbs as the house itself, for what no use case does yet.
func (h *House) Do(t testing.TB, body func(ctx context.Context, tx *journal.Tx) error) {
	t.Helper()
	if _, err := h.Journal.Do(context.Background(), journal.By{Actor: journal.System(), Door: journal.Test}, journal.Key{}, body); err != nil {
		t.Fatal(err)
	}
}

// ErrorLog keeps what the house complains of.
type ErrorLog struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write takes what slog writes.
func (l *ErrorLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

// Lines are what it complained of, one each.
func (l *ErrorLog) Lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for line := range strings.SplitSeq(l.buf.String(), "\n") {
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

// newFolder is an empty data folder, in memory where the system has files there.
func newFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(ground(), "cordee-journeys-") //nolint:usetesting // in memory where that can be had
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove the data folder: %v", err)
		}
	})
	return dir
}

func ground() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return os.TempDir()
}

// copyFolder copies a house that is closed; as os.CopyFS does, but for nobody else.
func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, "house", below)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o600)
	})
}
