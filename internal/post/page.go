package post

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"cordee/internal/lang"
)

// Page shows the mails of a Maildir in a browser, for the day on which no mail
// server is set. It lives on a loopback port of its own. What opens it is a
// link that is printed where Cordée was started and that works once: behind a
// proxy everybody comes from a loopback address, so that says nothing about who
// asks. Mails stand in a sandboxed frame, under a policy that loads nothing.
type Page struct {
	dir *Maildir
	now func() time.Time

	mu      sync.Mutex
	link    string // the one-time token; empty once used
	session string
}

// NewPage makes the page with a fresh link; random may be nil for the system's.
func NewPage(d *Maildir, now func() time.Time, random io.Reader) (*Page, error) {
	if random == nil {
		random = rand.Reader
	}
	p := &Page{dir: d, now: now}
	for _, secret := range []*string{&p.link, &p.session} {
		b := make([]byte, 24)
		if _, err := io.ReadFull(random, b); err != nil {
			return nil, fmt.Errorf("post: no randomness for the mail page: %w", err)
		}
		*secret = base64.RawURLEncoding.EncodeToString(b)
	}
	return p, nil
}

// Link is what to print: it opens the page once. base is where the page
// listens, "http://127.0.0.1:4040".
func (p *Page) Link(base string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.TrimRight(base, "/") + "/?link=" + p.link
}

// Serve answers on l until ctx ends.
func (p *Page) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: p.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("post: serve the mail page: %w", err)
	}
	return nil
}

// Handler is the page without its listener.
func (p *Page) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.list)
	mux.HandleFunc("POST /open", p.open)
	mux.HandleFunc("GET /mails/{name}", p.mail)
	mux.HandleFunc("GET /mails/{name}/html", p.html)
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = io.WriteString(w, pageCSS)
	})
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		if !loopbackHost(r.Host) { // a name that somebody made point here
			http.Error(w, "not here", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	}))
}

const (
	cookieName  = "cordee-mails"
	pagePolicy  = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	framePolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
	listed      = 200
)

func loopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// open spends the link. Following it alone spends nothing: programs that look
// at links before people do must not lock them out.
func (p *Page) open(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.link == "" || !equal(r.PostFormValue("link"), p.link) {
		p.show(w, r, http.StatusGone, pageView{Shut: true})
		return
	}
	p.link = ""
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: p.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode}) //nolint:gosec // loopback without TLS
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (p *Page) in(r *http.Request) bool {
	c, err := r.Cookie(cookieName)
	return err == nil && equal(c.Value, p.session)
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

type pageView struct {
	P     *lang.Printer
	Shut  bool   // the link is used, or none was given
	Link  string // the link is good: one button
	Mails []mailView
	One   *mailView
}

// Say is a word of the page, for its template.
func (v pageView) Say(key string) string { return v.P.T("post.page." + key) }

type mailView struct {
	Opened
	Name string
}

func (p *Page) list(w http.ResponseWriter, r *http.Request) {
	if !p.in(r) {
		given := r.URL.Query().Get("link")
		p.mu.Lock()
		good := p.link != "" && equal(given, p.link)
		p.mu.Unlock()
		if !good {
			p.show(w, r, http.StatusGone, pageView{Shut: true})
			return
		}
		p.show(w, r, http.StatusOK, pageView{Link: given})
		return
	}
	stored, err := p.dir.List(listed)
	if err != nil {
		p.show(w, r, http.StatusInternalServerError, pageView{Shut: true})
		return
	}
	view := pageView{Mails: []mailView{}}
	for _, s := range stored {
		if o, err := p.dir.opened(s); err == nil {
			view.Mails = append(view.Mails, mailView{Name: s.Name, Opened: o})
		}
	}
	p.show(w, r, http.StatusOK, view)
}

func (p *Page) one(w http.ResponseWriter, r *http.Request) (mailView, bool) {
	if !p.in(r) {
		p.show(w, r, http.StatusGone, pageView{Shut: true})
		return mailView{}, false
	}
	name := r.PathValue("name")
	raw, err := p.dir.Read(name)
	if err != nil {
		http.NotFound(w, r)
		return mailView{}, false
	}
	o, err := Open(raw)
	if err != nil {
		http.NotFound(w, r)
		return mailView{}, false
	}
	return mailView{Name: name, Opened: o}, true
}

func (p *Page) mail(w http.ResponseWriter, r *http.Request) {
	if m, ok := p.one(w, r); ok {
		p.show(w, r, http.StatusOK, pageView{One: &m})
	}
}

// html is what stands in the frame; its links open beside it.
func (p *Page) html(w http.ResponseWriter, r *http.Request) {
	m, ok := p.one(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Security-Policy", framePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, strings.Replace(m.HTML, "<head>", `<head><base target="_blank">`, 1))
}

func (p *Page) show(w http.ResponseWriter, r *http.Request, status int, v pageView) {
	v.P = lang.For(lang.Match(r.Header.Get("Accept-Language")), time.Local, p.now()) //nolint:gosmopolitan // who looks sits at this machine
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = parsedPage.Execute(w, v)
}

var parsedPage = template.Must(template.New("page").Parse(pageHTML)) //nolint:gochecknoglobals // parsed once, immutable

const pageHTML = `<!DOCTYPE html>
<html lang="{{.P.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{with .One}}{{.Subject}} · {{end}}{{$.Say "title"}}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
{{- if .Shut}}
<h1>{{$.Say "title"}}</h1>
<p>{{$.Say "shut"}}</p>
{{- else if .Link}}
<h1>{{$.Say "title"}}</h1>
<p>{{$.Say "what"}}</p>
<form method="post" action="/open"><input type="hidden" name="link" value="{{.Link}}"><button>{{$.Say "open"}}</button></form>
{{- else if .One}}
<p><a href="/">{{$.Say "all"}}</a></p>
<h1>{{.One.Subject}}</h1>
<dl>
<dt>{{$.Say "from"}}</dt><dd>{{.One.From}}</dd>
<dt>{{$.Say "to"}}</dt><dd>{{.One.To}}</dd>
<dt>{{$.Say "date"}}</dt><dd>{{.P.When .One.Date}}</dd>
</dl>
<iframe src="/mails/{{.One.Name}}/html" title="{{.One.Subject}}" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
<h2>{{$.Say "text"}}</h2>
<pre tabindex="0">{{.One.Text}}</pre>
{{- else}}
<h1>{{$.Say "title"}}</h1>
<p>{{$.Say "what"}}</p>
{{- if .Mails}}
<ul>
{{- range .Mails}}
<li><a href="/mails/{{.Name}}">{{.Subject}}</a><br><small>{{.From}} → {{.To}} · {{$.P.When .Date}}</small></li>
{{- end}}
</ul>
{{- else}}
<p>{{$.Say "none"}}</p>
{{- end}}
{{- end}}
</main>
</body>
</html>
`

const pageCSS = `:root { color-scheme: light dark; --paper: light-dark(#faf7f1, #171a1f); --sheet: light-dark(#fffdf9, #1f242b); --line: light-dark(#e4dccd, #343b45); --ink: light-dark(#20262e, #ece6da); --quiet: light-dark(#5b6470, #a9b0ba); --lake: light-dark(#2b5c8f, #8fbcea); --pine: light-dark(#24594a, #7fc7ae) }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.5 system-ui, sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1, h2 { font-family: Georgia, serif; line-height: 1.2; overflow-wrap: anywhere } h2 { font-size: 1.15rem; margin-top: 2rem }
a { color: var(--lake) } small, dt { color: var(--quiet) }
ul { list-style: none; padding: 0 } li { border-top: 1px solid var(--line); padding: .7rem 0; overflow-wrap: anywhere } li a { display: inline-block; min-height: 1.75rem }
dl { display: grid; grid-template-columns: auto 1fr; gap: .2rem 1rem } dd { margin: 0; overflow-wrap: anywhere }
button { font: 600 1rem system-ui, sans-serif; min-height: 2.75rem; padding: .5rem 1.2rem; border: 0; border-radius: 99px; background: var(--pine); color: light-dark(#fff, #10241d); cursor: pointer }
:focus-visible { outline: 3px solid var(--lake); outline-offset: 2px }
iframe { width: 100%; height: 32rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--sheet); resize: vertical; overflow: auto }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; font-size: .95rem }
`
