package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"cordee/internal/importer"
	"cordee/internal/journal"
	"cordee/internal/refusal"
)

// Commands that write come to whoever serves the data folder through a socket in
// it, DATA/cordee.sock, which nobody but the folder's own user may open (0600). What
// is said there is HTTP: a command is a POST, and its answer a line of JSON for each
// thing that happens, until the last tells how it ended.

// socketName is the socket's name in the data folder.
const socketName = "cordee.sock"

// maxSocket is how long the path of a socket may be on every system (sockaddr_un).
const maxSocket = 100

// event is one line of an answer.
type event struct {
	Progress *importer.Progress `json:"progress,omitempty"`
	Broken   *importer.Broken   `json:"broken,omitempty"`
	Report   *importer.Report   `json:"report,omitempty"`
	Refusal  *refusal.Refusal   `json:"refusal,omitempty"`
	Error    string             `json:"error,omitempty"`
}

// socketPath is the path by which the socket in a folder can be reached: the short
// form where the long one is too long for the system.
func socketPath(data, name string) (string, error) {
	path := filepath.Join(data, name)
	if len(path) <= maxSocket {
		return path, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if short, err := filepath.Rel(here, path); err == nil && len(short) <= maxSocket {
		return short, nil
	}
	return "", fmt.Errorf("the path of %s is too long for a socket", path)
}

// openControl makes the socket. A house without one works all the same, but
// commands have to wait until it is closed.
func (h *House) openControl(ctx context.Context) {
	l, err := h.listenControl(ctx)
	if err != nil {
		h.Config.Log.WarnContext(ctx, "no socket for commands", slog.Any("error", err))
		return
	}
	h.controls = l
	path := filepath.Join(h.Config.Data, socketName)
	h.closers = append(h.closers, func() error {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	})
}

// control serves the socket until ctx ends.
func (h *House) control(ctx context.Context) error {
	if h.controls == nil {
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /import", h.controlImport)
	return serve(ctx, &http.Server{
		Handler: ending(ctx, mux), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(h.Config.Log.Handler(), slog.LevelDebug),
	}, h.controls)
}

// listenControl makes the socket in a folder of its own and moves it into its
// place, so that it is never there with other rights than its own.
func (h *House) listenControl(ctx context.Context) (_ net.Listener, err error) {
	dir, err := os.MkdirTemp(h.Config.Data, ".s")
	if err != nil {
		return nil, plain(err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path, err := socketPath(dir, "s")
	if err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if u, ok := l.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(plain(err), l.Close())
	}
	if err := os.Rename(path, filepath.Join(h.Config.Data, socketName)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// ending ends the requests under way as soon as the house closes: what they do is
// kept as far as it has come, and can be run again.
func ending(ctx context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		next.ServeHTTP(w, r.WithContext(inner))
	})
}

// controlImport brings in the archive that is sent.
func (h *House) controlImport(w http.ResponseWriter, r *http.Request) {
	out := json.NewEncoder(w)
	flush := http.NewResponseController(w)
	say := func(e event) {
		_ = out.Encode(e) // who left hears nothing, and ends the request
		_ = flush.Flush()
	}
	q := r.URL.Query()
	report, err := h.Importer.Import(r.Context(), importer.Request{
		Circle: q.Get("circle"), Create: q.Get("create") != "", By: operator(),
		Source: importer.Source{Name: q.Get("name"), Stream: r.Body},
		Tell:   calmly(func(p importer.Progress) { say(event{Progress: &p}) }),
		Broken: func(b importer.Broken) { say(event{Broken: &b}) },
	})
	no, refused := refusal.As(err)
	switch {
	case refused:
		say(event{Refusal: no})
	case err != nil && r.Context().Err() != nil:
		say(event{Error: "the server was stopped meanwhile; run the import again, and it takes up what is missing"})
	case err != nil:
		h.Config.Log.ErrorContext(r.Context(), "import failed", "error", err)
		say(event{Error: err.Error()})
	default:
		say(event{Report: &report})
	}
}

// operator is who imports from the terminal.
func operator() journal.By { return journal.By{Actor: journal.System(), Door: journal.Importer} }

// calmly passes on one step of a hundred, and the last of each kind.
func calmly(tell func(importer.Progress)) func(importer.Progress) {
	var last importer.Progress
	return func(p importer.Progress) {
		if p.State == last.State && p.Done < p.Total && p.Done-last.Done < p.Total/100 {
			return
		}
		last = p
		tell(p)
	}
}

// Beside is the house that somebody else serves.
type Beside struct {
	client *http.Client
}

// FindBeside finds out whether somebody serves a data folder and takes commands.
func FindBeside(ctx context.Context, data string) (*Beside, bool) {
	path, err := socketPath(data, socketName)
	if err != nil {
		return nil, false
	}
	dial := func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	conn, err := dial(ctx)
	if err != nil {
		return nil, false
	}
	_ = conn.Close() // it was only to see whether anybody is there
	return &Beside{client: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
	}}}, true
}

// Import is the importer's own, done by whoever serves the folder.
func (b *Beside) Import(ctx context.Context, req importer.Request) (_ importer.Report, err error) {
	body := req.Source.Stream
	if body == nil {
		file, err := os.Open(req.Source.Path)
		if err != nil {
			return importer.Report{}, fmt.Errorf("%s can't be read: %w", req.Source.Name, plain(err))
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		body = file
	}
	q := url.Values{"circle": {req.Circle}, "name": {req.Source.Name}}
	if req.Create {
		q.Set("create", "yes")
	}
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://cordee/import?"+q.Encode(), io.NopCloser(body))
	if err != nil {
		return importer.Report{}, err
	}
	answer, err := b.client.Do(call)
	if err != nil {
		return importer.Report{}, gone(ctx, err)
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	if answer.StatusCode != http.StatusOK {
		return importer.Report{}, errors.New("the server that is running doesn't know this command (" + strconv.Itoa(answer.StatusCode) + "); restart it with this version")
	}
	return follow(ctx, answer.Body, req)
}

// follow reads what happens, to the end.
func follow(ctx context.Context, body io.Reader, req importer.Request) (importer.Report, error) {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return importer.Report{}, gone(ctx, err)
		}
		switch {
		case e.Progress != nil && req.Tell != nil:
			req.Tell(*e.Progress)
		case e.Broken != nil && req.Broken != nil:
			req.Broken(*e.Broken)
		case e.Report != nil:
			return *e.Report, nil
		case e.Refusal != nil:
			return importer.Report{}, e.Refusal
		case e.Error != "":
			return importer.Report{}, errors.New(e.Error)
		}
	}
	return importer.Report{}, gone(ctx, lines.Err())
}

// gone says that the other end went away.
func gone(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(errors.New("the server went away; run the import again, and it takes up what is missing"), err)
}
