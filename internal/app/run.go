package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"cordee/internal/id"
	"cordee/internal/refusal"
	"cordee/internal/web"
	"cordee/internal/web/page"
)

// grace is how long requests and jobs at work may take when the house closes.
const grace = 10 * time.Second

// Listen takes the address, so that the port is known, and builds the door, so
// that whatever is wrong is told before anything is served.
func (h *House) Listen(ctx context.Context) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", h.Config.Listen)
	if err != nil {
		return fmt.Errorf("%s can't be listened on: %w; another program may have it, so choose another with --listen", h.Config.Listen, lastCause(err))
	}
	h.listener = l
	h.closers = append(h.closers, func() error {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	if h.Config.URL == "" {
		if tcp, ok := l.Addr().(*net.TCPAddr); ok {
			h.base.Host = net.JoinHostPort("localhost", fmt.Sprint(tcp.Port))
		}
	}
	h.openControl(ctx)
	h.door, err = web.New(web.Config{
		Base: h.base, Proxies: h.Config.Proxies, Routes: h.Routes(), Sessions: h.session,
		Clock: h.Config.Clock, Rand: h.Config.Rand, Log: h.Config.Log,
	})
	return err
}

// Run serves until ctx ends or a part fails, then ends every part in order. Call
// Listen before.
func (h *House) Run(ctx context.Context) error {
	if err := h.Importer.Resume(ctx); err != nil {
		return err
	}
	if err := h.Jobs.Start(ctx); err != nil {
		return err
	}
	parts, inner := errgroup.WithContext(ctx)
	parts.Go(func() error { return serve(inner, h.door.HTTP(h.Config.Listen), h.listener) })
	parts.Go(func() error { return h.mailPage(inner) })
	parts.Go(func() error { return h.control(inner) })
	parts.Go(func() error { return h.Notify.Run(inner) })
	for _, t := range h.timers() {
		parts.Go(func() error { h.tick(inner, t); return nil })
	}
	err := parts.Wait()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = nil
	}
	return errors.Join(err, h.rest(ctx))
}

// rest ends what works behind the requests: jobs, and what memory still holds.
func (h *House) rest(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return errors.Join(h.Jobs.Stop(ctx), h.SignIns.Flush(ctx))
}

// serve answers requests until ctx ends; those under way are answered.
func serve(ctx context.Context, s *http.Server, l net.Listener) error {
	s.BaseContext = func(net.Listener) context.Context { return context.WithoutCancel(ctx) }
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := s.Shutdown(late); err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}

// session is what the door asks once a request.
func (h *House) session(ctx context.Context, token string) (page.Session, bool, error) {
	s, err := h.SignIns.Lookup(ctx, token)
	if _, no := refusal.As(err); no {
		return page.Session{}, false, nil
	} else if err != nil {
		return page.Session{}, false, err
	}
	who, err := h.People.Get(ctx, h.DB.Read, s.Person)
	if err != nil {
		return page.Session{}, false, err
	}
	return page.Session{ID: id.Any(s.ID), Card: who.Card(), Lang: who.Lang(), Zone: who.Location()}, true, nil
}

// timer is work that is due now and then, and harmless when done twice.
type timer struct {
	name  string
	every time.Duration
	work  func(context.Context) error
}

func (h *House) timers() []timer {
	return []timer{
		{"exchange.lapse", time.Minute, func(ctx context.Context) error { _, err := h.Exchanges.Lapse(ctx); return err }},
		{"circle.lapse", 10 * time.Minute, func(ctx context.Context) error { _, err := h.Circles.Lapse(ctx); return err }},
		{"signin.flush", time.Minute, h.SignIns.Flush},
		{"signin.prune", 24 * time.Hour, h.SignIns.Prune},
		{"notify.prune", 24 * time.Hour, h.Notify.Prune},
		{"journal.forget", 24 * time.Hour, func(ctx context.Context) error { _, err := h.Journal.Forget(ctx); return err }},
		{"thread.sweep", 24 * time.Hour, func(ctx context.Context) error { _, err := h.Threads.Sweep(ctx); return err }},
	}
}

// tick does a timer's work at once and then each period; a failure is told and
// tried again at the next.
func (h *House) tick(ctx context.Context, t timer) {
	next := time.NewTicker(t.every)
	defer next.Stop()
	for {
		if err := t.work(ctx); err != nil && ctx.Err() == nil {
			h.Config.Log.ErrorContext(ctx, "timer failed", "timer", t.name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
	}
}

// lastCause is the innermost reason, without Go's account of the call.
func lastCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
