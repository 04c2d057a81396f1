package web

import (
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"cordee/internal/web/page"
)

// statusGone is what the log shows for a visitor who left before the answer.
const statusGone = 499

// least is the size from which compressing pays.
const least = 1200

var zippers = sync.Pool{New: func() any { //nolint:gochecknoglobals // a pool has to outlive requests
	z, _ := gzip.NewWriterLevel(io.Discard, gzip.DefaultCompression)
	return z
}}

// answer is a response that remembers what the log wants to know, and compresses
// pages on their way out.
type answer struct {
	http.ResponseWriter
	gzip   bool // the browser takes it
	status int
	bytes  int
	zip    *gzip.Writer
}

// Unwrap lets http.ResponseController reach deadlines and Flush.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) begun() bool { return a.status != 0 }

// WriteHeader sends the status.
func (a *answer) WriteHeader(status int) {
	if a.begun() {
		return
	}
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body. Pages come in one piece, so the first piece
// tells whether compressing pays.
func (a *answer) Write(b []byte) (int, error) {
	if !a.begun() {
		a.WriteHeader(http.StatusOK)
	}
	a.bytes += len(b)
	if a.zip != nil {
		return a.zip.Write(b)
	}
	return a.ResponseWriter.Write(b)
}

// Page sends a whole body, compressed where the browser takes it.
func (a *answer) Page(status int, b []byte) {
	h := a.Header()
	h.Add("Vary", "Accept-Encoding")
	if !a.gzip || len(b) < least || h.Get("Content-Encoding") != "" || !strings.HasPrefix(h.Get("Content-Type"), "text/") {
		a.WriteHeader(status)
		_, _ = a.Write(b)
		return
	}
	h.Set("Content-Encoding", "gzip")
	z, _ := zippers.Get().(*gzip.Writer)
	z.Reset(a.ResponseWriter)
	a.zip = z
	a.WriteHeader(status)
	_, _ = a.Write(b)
}

// close ends what was compressed.
func (a *answer) close() {
	if a.zip == nil {
		return
	}
	_ = a.zip.Close() // a reader who left is nobody's error
	a.zip.Reset(io.Discard)
	zippers.Put(a.zip)
	a.zip = nil
}

// silent takes an answer that nobody is to see.
type silent struct {
	header http.Header
	status int
}

func (s *silent) Header() http.Header         { return s.header }
func (s *silent) Write(b []byte) (int, error) { return len(b), nil }
func (s *silent) WriteHeader(status int)      { s.status = status }

// panicked answers a request whose handler panicked.
func (s *Server) panicked(a *answer, r *http.Request, visit *visit, reference string, trouble any) {
	if trouble == http.ErrAbortHandler { //nolint:errorlint // net/http compares it like this
		panic(trouble)
	}
	s.cfg.Log.ErrorContext(r.Context(), "request panicked", "ref", reference, "route", r.Pattern,
		"panic", slog.AnyValue(trouble), "stack", string(debug.Stack()))
	switch {
	case a.begun():
	case visit.view == nil:
		http.Error(a, "Something went wrong. Reference: "+reference, http.StatusInternalServerError)
	default:
		s.lastPage(a, r, visit, reference)
	}
}

// log says one line about a request: ids, never a path or a name.
func (s *Server) log(r *http.Request, a *answer, visit *visit, reference string, begun time.Time) {
	attrs := []slog.Attr{
		slog.String("ref", reference), slog.String("method", r.Method), slog.String("route", r.Pattern),
		slog.Int("status", a.status), slog.Int("bytes", a.bytes),
		slog.Float64("ms", float64(s.cfg.Clock().Sub(begun).Microseconds())/1000),
	}
	if v := visit.view; v != nil && v.SignedIn() {
		attrs = append(attrs, slog.String("person", v.Person.String()))
	}
	level := slog.LevelInfo
	if a.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.cfg.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

// lastPage is the page of a panic; should it panic too, plain text.
func (s *Server) lastPage(a *answer, r *http.Request, visit *visit, reference string) {
	defer func() {
		if recover() != nil && !a.begun() {
			http.Error(a, "Something went wrong. Reference: "+reference, http.StatusInternalServerError)
		}
	}()
	s.finish(a, r, visit.view, page.RenderStatus(a, r, visit.view, http.StatusInternalServerError))
}
