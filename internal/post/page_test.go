package post_test

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"cordee/internal/lang"
	"cordee/internal/post"
)

func page(t *testing.T) (*post.Page, *post.Maildir, *httptest.Server) {
	t.Helper()
	d, err := post.NewMaildir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p, err := post.NewPage(d, day, nil)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(p.Handler())
	t.Cleanup(srv.Close)
	return p, d, srv
}

func visitor(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 5 * time.Second}
}

func get(t *testing.T, c *http.Client, address string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Language", "fr")
	return answer(t, c, req)
}

func answer(t *testing.T, c *http.Client, req *http.Request) (int, string, http.Header) {
	t.Helper()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body), resp.Header
}

func spend(t *testing.T, c *http.Client, base, link string) int {
	t.Helper()
	form := url.Values{"link": {link}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/open", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	code, _, _ := answer(t, c, req)
	return code
}

func TestPage(t *testing.T) {
	t.Parallel()
	p, d, srv := page(t)
	l := letters()["proposal.fr"]
	l.Subject = "<script>alert(1)</script>"
	m := compose(t, l)
	if err := d.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	stored, err := d.List(1)
	if err != nil {
		t.Fatal(err)
	}
	name := stored[0].Name
	link := p.Link(srv.URL)
	token := link[strings.Index(link, "=")+1:]

	stranger := visitor(t)
	for _, path := range []string{"/", "/?link=x", "/mails/" + name, "/mails/" + name + "/html"} {
		if code, body, _ := get(t, stranger, srv.URL+path); code != http.StatusGone || strings.Contains(body, "script") {
			t.Errorf("a stranger on %s: %d", path, code)
		}
	}
	me := visitor(t)
	for range 3 { // looking spends nothing
		if code, body, _ := get(t, me, link); code != http.StatusOK || !strings.Contains(body, "Ouvrir les courriels") {
			t.Fatalf("the link: %d %s", code, body)
		}
	}
	if code := spend(t, me, srv.URL, "wrong"); code != http.StatusGone {
		t.Errorf("a wrong link: %d", code)
	}
	if code := spend(t, me, srv.URL, token); code != http.StatusOK {
		t.Errorf("the right link: %d", code)
	}
	if code := spend(t, stranger, srv.URL, token); code != http.StatusGone {
		t.Errorf("the link works twice: %d", code)
	}
	_, body, _ := get(t, me, srv.URL+"/")
	if !strings.Contains(body, "&lt;script&gt;") || !strings.Contains(body, "/mails/"+name) || strings.Contains(body, "⟦") {
		t.Errorf("the list: %s", body)
	}
	_, body, h := get(t, me, srv.URL+"/mails/"+name)
	if !strings.Contains(body, "D’accord avec Malik") || !strings.Contains(body, `sandbox="allow-popups`) || strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
		t.Errorf("a mail: %s", body)
	}
	_, body, h = get(t, me, srv.URL+"/mails/"+name+"/html")
	if !strings.Contains(body, `<base target="_blank">`) || !strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the frame: %s", h.Get("Content-Security-Policy"))
	}
	if code, _, _ := get(t, me, srv.URL+"/mails/nothing"); code != http.StatusNotFound {
		t.Errorf("no such mail: %d", code)
	}
	if !strings.Contains(p.Link("http://x"), "link=") {
		t.Error("no link")
	}
}

// TestPageHost: a name that somebody made point to loopback opens nothing.
func TestPageHost(t *testing.T) {
	t.Parallel()
	p, _, srv := page(t)
	for host, want := range map[string]int{"evil.example:80": 421, "localhost:1": 200, "127.0.0.1": 200, "[::1]:80": 200, "10.0.0.1": 421} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Link(srv.URL), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		if code, _, _ := answer(t, visitor(t), req); code != want {
			t.Errorf("%s: %d, want %d", host, code, want)
		}
	}
}

func TestPageServes(t *testing.T) {
	t.Parallel()
	p, _, _ := page(t)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	ctx := t.Context()
	go func() { ended <- p.Serve(ctx, l) }()
	if code, _, _ := get(t, visitor(t), p.Link("http://"+l.Addr().String())); code != http.StatusOK {
		t.Error(code)
	}
	_ = l.Close()
	if err := <-ended; err == nil {
		t.Error("a closed listener isn't told")
	}
}

// TestFailureWords: each failure has words in each language.
func TestFailureWords(t *testing.T) {
	t.Parallel()
	for _, tag := range lang.All() {
		p := lang.For(tag, nil, day())
		for _, code := range post.Codes() {
			f := post.Failure{Code: code, Reply: "no"}
			for _, s := range f.Say(p, post.Settings{Host: "mail.example.org", Mailbox: "a@example.org"}) {
				if strings.Contains(s, "⟦") || strings.Contains(s, "{{") {
					t.Errorf("%s, %s: %s", tag, code, s)
				}
			}
		}
		l := post.TestLetter(p, post.Settings{Host: "mail.example.org", Mailbox: "a@example.org"}, "b@example.org", "test.1@example.org")
		if env := open(t, compose(t, l)); strings.Contains(env.Text, "⟦") {
			t.Errorf("%s: %s", tag, env.Text)
		}
	}
}
