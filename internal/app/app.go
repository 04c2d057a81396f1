// Package app builds the house out of its rooms, doors and couriers and runs
// their parts side by side. It holds no rule: whatever is decided is decided in a
// room.
//
// Open takes the data folder for this process alone, opens database and keys and
// builds the rooms. Run serves until its context ends or a part fails, and ends
// the parts in order. Close lets go of everything, in reverse.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/importer"
	"cordee/internal/job"
	"cordee/internal/journal"
	"cordee/internal/notify"
	"cordee/internal/person"
	"cordee/internal/post"
	"cordee/internal/seal"
	"cordee/internal/server"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/upkeep"
	"cordee/internal/web"
)

// Config is what a house is opened with.
type Config struct {
	Data     string         // the folder of all data; made when it isn't there
	Listen   string         // "localhost:8420"; port 0 takes any free one
	URL      string         // how people reach it; empty: http://localhost and the port
	Postgres string         // empty: SQLite in the data folder
	Proxies  []netip.Prefix // whose X-Forwarded-For is believed
	Keys     string         // $CORDEE_KEYS; empty: files in the data folder
	Clock    func() time.Time
	Rand     io.Reader
	Log      *slog.Logger
	AllMail  bool // write every mail though there is no SMTP: the demonstration
	Volatile bool // a throw-away house: SQLite needn't wait for the disk
}

// House is everything, opened.
type House struct {
	Config Config

	DB        *store.DB
	Journal   *journal.Journal
	Jobs      *job.Jobs
	Keys      *seal.Keys
	Server    *server.Room
	People    *person.Room
	SignIns   *signin.Room
	Threads   *thread.Room
	Circles   *circle.Room
	Exchanges *exchange.Room
	Notify    *notify.Courier
	Importer  *importer.Importer
	Maildir   *post.Maildir // where mail is written while no mail server is set

	base         *url.URL
	listener     net.Listener
	controls     net.Listener // for commands
	door         *web.Server
	mails        *post.Page
	mailListener net.Listener
	lock         *store.Lock
	closers      []func() error
}

// Kinds are the acts of every room.
func Kinds() []journal.Kind { return upkeep.Kinds() }

// Open builds the house. Nothing listens and nothing runs yet, but whoever has it
// can call its rooms.
func Open(ctx context.Context, cfg Config) (_ *House, err error) {
	cfg = cfg.withDefaults()
	h := &House{Config: cfg}
	defer func() {
		if err != nil {
			_ = h.Close()
		}
	}()
	if err := h.openData(ctx); err != nil {
		return nil, err
	}
	if h.base, err = baseURL(cfg.URL, cfg.Listen); err != nil {
		return nil, err
	}
	return h, h.furnish(ctx)
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = time.Now //nolint:forbidigo // the one place where the house gets its clock
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// openData takes the folder, opens keys and database.
func (h *House) openData(ctx context.Context) (err error) {
	if err := os.MkdirAll(h.Config.Data, 0o700); err != nil {
		return fmt.Errorf("the data folder %s can't be made: %w", h.Config.Data, plain(err))
	}
	if h.lock, err = store.LockDir(h.Config.Data); err != nil {
		return err
	}
	h.closers = append(h.closers, h.lock.Close)
	if h.Keys, err = seal.Open(h.Config.Data, h.Config.Keys, h.Config.Rand); err != nil {
		return err
	}
	if h.DB, err = store.Open(ctx, store.Config{Dir: h.Config.Data, Postgres: h.Config.Postgres, Volatile: h.Config.Volatile}); err != nil {
		return err
	}
	h.closers = append(h.closers, h.DB.Close)
	return nil
}

// furnish builds journal and rooms, each from those it may lean on.
func (h *House) furnish(ctx context.Context) (err error) {
	cfg := h.Config
	if h.Jobs, err = job.New(h.DB, cfg.Log); err != nil {
		return err
	}
	h.Journal = journal.Open(journal.Config{DB: h.DB, Clock: cfg.Clock, Rand: cfg.Rand, Log: cfg.Log, Kinds: Kinds(), Jobs: h.Jobs})
	h.closers = append(h.closers, h.Journal.Close)
	blobs, err := thread.OpenBlobs(filepath.Join(cfg.Data, "blobs"))
	if err != nil {
		return err
	}
	h.Server = server.New(server.Config{Journal: h.Journal, DB: h.DB, Keys: h.Keys})
	h.People = person.New(person.Config{Journal: h.Journal, DB: h.DB})
	h.SignIns = signin.New(signin.Config{Journal: h.Journal, DB: h.DB, Keys: h.Keys, People: h.People})
	h.Threads = thread.New(thread.Config{Journal: h.Journal, DB: h.DB, Blobs: blobs})
	h.Circles = circle.New(circle.Config{Journal: h.Journal, DB: h.DB, Keys: h.Keys, People: h.People, Server: h.Server, Threads: h.Threads})
	h.Exchanges = exchange.New(exchange.Config{Journal: h.Journal, DB: h.DB, People: h.People, Circles: h.Circles, Threads: h.Threads, Log: cfg.Log})
	if h.Maildir, err = post.NewMaildir(filepath.Join(cfg.Data, "mail")); err != nil {
		return err
	}
	h.Notify = notify.New(notify.Config{
		Journal: h.Journal, DB: h.DB, Keys: h.Keys, Server: h.Server, People: h.People, SignIn: h.SignIns, Circles: h.Circles,
		Threads: h.Threads, Exchanges: h.Exchanges, Log: cfg.Log, URL: h.base, Folder: h.Maildir, All: cfg.AllMail,
	})
	h.Importer = importer.New(importer.Config{
		Journal: h.Journal, DB: h.DB, People: h.People, Circles: h.Circles, Threads: h.Threads, Exchanges: h.Exchanges,
		Folder: filepath.Join(cfg.Data, "imports"), Log: cfg.Log,
	})
	job.Register(h.Jobs, importer.Policy(), h.Importer.Work)
	return h.Server.Open(ctx)
}

// Base is how people reach the house. With port 0 it is known once Listen was called.
func (h *House) Base() *url.URL { return h.base }

// Close lets go of everything, the last opened first.
func (h *House) Close() error {
	var all []error
	for _, f := range slices.Backward(h.closers) {
		all = append(all, f())
	}
	h.closers = nil
	return errors.Join(all...)
}

// baseURL is what links and mails are made of.
func baseURL(given, listen string) (*url.URL, error) {
	if given == "" {
		_, port, err := net.SplitHostPort(listen)
		if err != nil {
			return nil, fmt.Errorf("%q is no address to listen on; write HOST:PORT, such as localhost:8420", listen)
		}
		return &url.URL{Scheme: "http", Host: net.JoinHostPort("localhost", port)}, nil
	}
	u, err := url.Parse(given)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no address that people can open; write it whole, such as https://cordee.example.org", given)
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%q has a path; Cordée lives at the root of a host, such as https://cordee.example.org", given)
	}
	u.Path = ""
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("%q would carry sessions in the clear; use https, or localhost", given)
	}
	return u, nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// plain is the reason alone, without Go's account of the call.
func plain(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
