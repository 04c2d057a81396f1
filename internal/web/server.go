package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cordee/internal/refusal"
	"cordee/internal/web/assets"
	"cordee/internal/web/page"
)

// Sessions finds the session of a cookie's token; false when there is none (any
// more). An error is the house's fault and becomes a 500.
type Sessions func(ctx context.Context, token string) (page.Session, bool, error)

// Config is what the door needs.
type Config struct {
	Base     *url.URL       // how people reach this server; decides cookie, origin and links
	Proxies  []netip.Prefix // whose X-Forwarded-For is believed
	Routes   []page.Route
	Sessions Sessions
	Clock    func() time.Time
	Rand     io.Reader // nil is crypto/rand
	Log      *slog.Logger
}

// Server answers every request of the door.
type Server struct {
	cfg      Config
	mux      *http.ServeMux
	settings *page.Settings
	origin   *http.CrossOriginProtection
}

// New checks the routes and makes the door.
func New(cfg Config) (*Server, error) {
	if cfg.Base == nil || cfg.Sessions == nil || cfg.Clock == nil || cfg.Log == nil {
		return nil, errors.New("web: Config needs Base, Sessions, Clock and Log")
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	s := &Server{cfg: cfg, mux: http.NewServeMux(), origin: http.NewCrossOriginProtection()}
	if err := s.origin.AddTrustedOrigin(cfg.Base.Scheme + "://" + cfg.Base.Host); err != nil {
		return nil, fmt.Errorf("web: base URL: %w", err)
	}
	s.settings = &page.Settings{Base: cfg.Base, Rand: cfg.Rand, Places: places(cfg.Routes)}
	if err := s.mount(cfg.Routes); err != nil {
		return nil, err
	}
	return s, nil
}

// Routes is the table of routes, for whoever walks it.
func (s *Server) Routes() []page.Route { return slices.Clone(s.cfg.Routes) }

// HTTP is a server for the door, with the time-outs that keep slow clients from
// holding it. Pages that stay open clear their write deadline themselves.
func (s *Server) HTTP(addr string) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
	}
}

// ServeHTTP answers one request; see the package comment for the way it goes.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := s.cfg.Clock()
	reference := s.reference()
	a := &answer{ResponseWriter: w, gzip: assets.AcceptsGzip(r)}
	headers(a.Header(), s.cfg.Base.Scheme == "https")
	a.Header().Set("X-Request-Id", reference)

	if strings.HasPrefix(r.URL.Path, assets.Prefix) && readOnly(r) && assets.Serve(w, r) {
		return // no line in the log: files say nothing about what happens here
	}
	if r.URL.Path == "/livez" && readOnly(r) {
		a.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(a, "alive\n")
		return
	}
	visit := &visit{client: clientOf(r, s.cfg.Proxies)}
	r = r.WithContext(context.WithValue(r.Context(), visitKey{}, visit))
	defer func() {
		if trouble := recover(); trouble != nil {
			s.panicked(a, r, visit, reference, trouble)
		}
		a.close()
		s.log(r, a, visit, reference, begun)
	}()
	s.answer(a, r, visit, reference)
}

// visit is what is known of a request while it is answered.
type visit struct {
	client netip.Addr
	view   *page.View
}

type visitKey struct{}

func (s *Server) answer(w *answer, r *http.Request, visit *visit, reference string) {
	session, err := s.session(r)
	visit.view = page.NewView(r, s.settings, session, visit.client, reference, s.cfg.Clock())
	if err != nil {
		s.fail(w, r, visit.view, fmt.Errorf("web: session: %w", err))
		return
	}
	if err := s.origin.Check(r); err != nil {
		s.fail(w, r, visit.view, refusal.New(refusal.Forbidden, "form.elsewhere"))
		return
	}
	if !isText(r.URL) {
		s.fail(w, r, visit.view, refusal.ErrNotFound())
		return
	}
	h, pattern := s.mux.Handler(r)
	if pattern == "" {
		s.unknown(w, r, visit.view, h)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// isText tells whether an address is made of text: what isn't names nothing here,
// and no database takes it (PostgreSQL only UTF-8, SQLite's statements end at NUL).
func isText(u *url.URL) bool {
	sound := func(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
	if !sound(u.Path) {
		return false
	}
	for name, values := range u.Query() {
		if !sound(name) || slices.ContainsFunc(values, func(v string) bool { return !sound(v) }) {
			return false
		}
	}
	return true
}

// session reads the cookie.
func (s *Server) session(r *http.Request) (page.Session, error) {
	cookie, err := r.Cookie(page.CookieName(s.cfg.Base.Scheme == "https"))
	if err != nil || cookie.Value == "" || len(cookie.Value) > 200 {
		return page.Session{}, nil //nolint:nilerr // no cookie is no session
	}
	session, ok, err := s.cfg.Sessions(r.Context(), cookie.Value)
	if err != nil || !ok {
		return page.Session{}, err
	}
	return session, nil
}

// unknown answers what no route is for. The mux tells a wrong method from a wrong
// path, but in plain text: its answer is read and said as a page.
func (s *Server) unknown(w *answer, r *http.Request, v *page.View, h http.Handler) {
	if readOnly(r) && len(r.URL.Path) > 1 && strings.HasSuffix(r.URL.Path, "/") {
		if to := s.withoutSlash(r); to != "" {
			http.Redirect(w, r, to, http.StatusMovedPermanently)
			return
		}
	}
	probe := &silent{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		s.finish(w, r, v, page.RenderStatus(w, r, v, http.StatusMethodNotAllowed))
		return
	}
	s.finish(w, r, v, page.RenderProblem(w, r, v, refusal.ErrNotFound()))
}

// withoutSlash is the same page without the slash that somebody typed at its end.
func (s *Server) withoutSlash(r *http.Request) string {
	trimmed := "/" + strings.Trim(r.URL.Path, "/")
	probe := &http.Request{Method: r.Method, Host: r.Host, URL: &url.URL{Path: trimmed}}
	if _, pattern := s.mux.Handler(probe); pattern == "" {
		return ""
	}
	return (&url.URL{Path: trimmed, RawQuery: r.URL.RawQuery}).String()
}

// fail answers an error that a handler gave back.
func (s *Server) fail(w *answer, r *http.Request, v *page.View, err error) {
	if w.begun() {
		s.cfg.Log.ErrorContext(r.Context(), "answer broken off", "ref", v.Request, "route", r.Pattern, "error", err)
		return
	}
	no, ok := refusal.As(err)
	switch {
	case ok && no.Kind == refusal.SignIn && readOnly(r) && !v.SignedIn():
		http.Redirect(w, r, v.Link(page.SignInPath(r.URL.Path, r.URL.Query())), http.StatusSeeOther) //nolint:gosec // always /sign-in
	case ok:
		s.finish(w, r, v, page.RenderProblem(w, r, v, no))
	case r.Context().Err() != nil:
		w.status = statusGone // whoever asked has left: nobody reads an answer
	default:
		s.cfg.Log.ErrorContext(r.Context(), "request failed", "ref", v.Request, "route", r.Pattern, "error", err)
		s.finish(w, r, v, page.RenderStatus(w, r, v, http.StatusInternalServerError))
	}
}

// finish is the last resort, for a problem page that can't be rendered.
func (s *Server) finish(w *answer, r *http.Request, v *page.View, err error) {
	if err == nil {
		return
	}
	s.cfg.Log.ErrorContext(r.Context(), "no page for a problem", "ref", v.Request, "error", err)
	if !w.begun() {
		http.Error(w, "Something went wrong. Reference: "+v.Request, http.StatusInternalServerError)
	}
}

// reference is a short name for a request that a person can read out.
func (s *Server) reference() string {
	var b [5]byte
	if _, err := io.ReadFull(s.cfg.Rand, b[:]); err != nil {
		return "none"
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

func readOnly(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}
