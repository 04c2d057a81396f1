package web_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"cordee/internal/id"
	"cordee/internal/lang"
	"cordee/internal/web"
	"cordee/internal/web/page"
	"cordee/internal/web/page/pagetest"
)

// gallery is a server with the gallery's pages, at which Solène may be signed in.
type gallery struct {
	*web.Server
	log *journal
}

// journal keeps what was logged.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

func newGallery(t *testing.T, base string, change func(*web.Config)) gallery {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	log := &journal{}
	paris, _ := lang.Zone("Europe/Paris")
	cfg := web.Config{
		Base: u, Routes: pagetest.Gallery(),
		Clock: func() time.Time { return time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC) },
		Log:   slog.New(slog.NewTextHandler(log, nil)),
		Sessions: func(_ context.Context, token string) (page.Session, bool, error) {
			switch token {
			case "solene":
				return page.Session{ID: id.Any{1}, Card: pagetest.Card(1, "Solène"), Lang: lang.FR, Zone: paris}, true, nil
			case "trouble":
				return page.Session{}, false, errors.New("the database is away")
			}
			return page.Session{}, false, nil
		},
	}
	if change != nil {
		change(&cfg)
	}
	s, err := web.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return gallery{s, log}
}

// serve runs the gallery on a real port; its base URL is its own.
func serve(t *testing.T) string {
	t.Helper()
	return serveWith(t, nil)
}

func serveWith(t *testing.T, change func(*web.Config)) string {
	t.Helper()
	unstarted := httptest.NewUnstartedServer(nil)
	g := newGallery(t, "http://"+unstarted.Listener.Addr().String(), change)
	unstarted.Config.Handler = g
	unstarted.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	unstarted.Start()
	t.Cleanup(unstarted.Close)
	return unstarted.URL
}
