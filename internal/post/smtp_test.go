package post_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"cordee/internal/post"
)

// backend is a mail server of which a test says what it answers.
type backend struct {
	mu       sync.Mutex
	sessions int
	mails    [][]byte
	from, to []string

	password string // wanted when set
	onMail   error
	onRcpt   func(to string) error
	onData   func() error
}

type smtpSession struct {
	b        *backend
	signedIn bool
	from, to string
}

func (b *backend) NewSession(*smtp.Conn) (smtp.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sessions++
	return &smtpSession{b: b}, nil
}

func (s *smtpSession) AuthMechanisms() []string {
	if s.b.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *smtpSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "inès" || password != s.b.password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no"}
		}
		s.signedIn = true
		return nil
	}), nil
}

func (s *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.b.password != "" && !s.signedIn {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "who are you"}
	}
	s.from = from
	return s.b.onMail
}

func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.b.onRcpt != nil {
		return s.b.onRcpt(to)
	}
	return nil
}

func (s *smtpSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err //nolint:wrapcheck // a test
	}
	if s.b.onData != nil {
		if err := s.b.onData(); err != nil {
			return err
		}
	}
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.b.mails = append(s.b.mails, raw)
	s.b.from = append(s.b.from, s.from)
	s.b.to = append(s.b.to, s.to)
	return nil
}

func (s *smtpSession) Reset()        {}
func (s *smtpSession) Logout() error { return nil }

func (b *backend) got() (sessions int, mails [][]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sessions, b.mails
}

// certificate makes one for localhost, and the pool that trusts it.
func certificate(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// serve starts a server on loopback and gives the settings that reach it.
func serve(t *testing.T, b *backend, how post.Security) post.Settings {
	t.Helper()
	cert, pool := certificate(t, "localhost")
	srv := smtp.NewServer(b)
	srv.Domain = "localhost"
	srv.EnableSMTPUTF8 = true
	srv.AllowInsecureAuth = true
	srv.ErrorLog = silent{}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	switch how {
	case post.TLS:
		l = tls.NewListener(l, config)
	case post.StartTLS:
		srv.TLSConfig = config
	case post.Opportunistic:
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return post.Settings{
		Host: "localhost", Port: port, Security: how, Roots: pool,
		Mailbox: "cordee@cordee.example.org", Timeout: 5 * time.Second,
	}
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

func transport(t *testing.T, s post.Settings) *post.SMTP {
	t.Helper()
	tr := post.NewSMTP(s)
	t.Cleanup(func() { _ = tr.Close() })
	return tr
}

// TestSMTP: each way of protecting the connection carries the same bytes, and
// a burst shares a connection.
func TestSMTP(t *testing.T) {
	t.Parallel()
	for _, how := range []post.Security{post.StartTLS, post.TLS, post.Opportunistic} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			b := &backend{password: "sésame"}
			s := serve(t, b, how)
			s.User, s.Password = "inès", "sésame"
			tr := transport(t, s)
			m := compose(t, letters()["proposal.fr"])
			for range 5 {
				if err := tr.Send(t.Context(), m); err != nil {
					t.Fatal(err)
				}
			}
			sessions, mails := b.got()
			if len(mails) != 5 || sessions > 2 { // STARTTLS begins a second one
				t.Errorf("%d mails over %d connections", len(mails), sessions)
			}
			if !bytes.Equal(bytes.TrimRight(mails[0], "\r\n"), bytes.TrimRight(m.Raw, "\r\n")) {
				t.Error("the bytes changed on their way")
			}
			if b.from[0] != "cordee@cordee.example.org" || b.to[0] != "aurore@exemple.fr" {
				t.Errorf("envelope %v %v", b.from, b.to)
			}
		})
	}
}

func failure(t *testing.T, err error) *post.Failure {
	t.Helper()
	var f *post.Failure
	if !errors.As(err, &f) {
		t.Fatalf("not a failure: %v", err)
	}
	return f
}

func status(code int, a, b, c int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: text}
}

// TestReplies: what each reply means for the mail.
func TestReplies(t *testing.T) {
	t.Parallel()
	type sut struct {
		name  string
		b     *backend
		class post.Class
		code  string
	}
	rcpt := func(err error) *backend { return &backend{onRcpt: func(string) error { return err }} }
	data := func(err error) *backend { return &backend{onData: func() error { return err }} }
	for _, c := range []sut{
		{"unknown", rcpt(status(550, 5, 1, 1, "no such user")), post.Person, post.NoSuchAddress},
		{"greylisted", rcpt(status(451, 4, 7, 1, "come back in five minutes")), post.Later, post.Busy},
		{"full today", rcpt(status(452, 4, 2, 2, "over quota")), post.Later, post.Busy},
		{"full", rcpt(status(552, 5, 2, 2, "over quota")), post.Person, post.MailboxFull},
		{"blocked", rcpt(status(550, 5, 7, 1, "blocked by policy")), post.Person, post.RecipientNo},
		{"relay", rcpt(status(554, 5, 7, 1, "Relay access denied")), post.Wrong, post.AuthWanted},
		{"spam", data(status(554, 5, 7, 1, "looks like spam")), post.Person, post.ContentRefused},
		{"quota of the day", data(status(550, 5, 4, 5, "daily quota exceeded")), post.Later, post.Busy},
		{"storm", data(status(421, 4, 3, 2, "shutting down")), post.Later, post.Busy},
		{"sender", &backend{onMail: status(553, 5, 7, 1, "not your address")}, post.Wrong, post.SenderRefused},
		{"sender later", &backend{onMail: status(450, 4, 1, 8, "dns")}, post.Later, post.Busy},
		{"no password", &backend{password: "x"}, post.Wrong, post.AuthWanted},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := c.b
			tr := transport(t, serve(t, b, post.StartTLS))
			m := compose(t, letters()["proposal.fr"])
			f := failure(t, tr.Send(t.Context(), m))
			if f.Class != c.class || f.Code != c.code {
				t.Errorf("%s/%s, want %s/%s (%s)", f.Class, f.Code, c.class, c.code, f.Reply)
			}
			if strings.Contains(f.Error(), "aurore") || f.Reply != "" && strings.Contains(f.Error(), f.Reply) {
				t.Errorf("the log would name people: %s", f.Error())
			}
			// The connection serves the next mail.
			b.mu.Lock()
			b.onMail, b.onRcpt, b.onData, b.password = nil, nil, nil, ""
			b.mu.Unlock()
			if err := tr.Send(t.Context(), m); err != nil {
				t.Errorf("the next mail: %v", err)
			}
		})
	}
}

func TestSettingsWrong(t *testing.T) {
	t.Parallel()
	m := compose(t, letters()["signin.en"])
	send := func(t *testing.T, s post.Settings, class post.Class, code string) {
		t.Helper()
		f := failure(t, post.Test(t.Context(), s, m))
		if f.Class != class || f.Code != code {
			t.Errorf("%s/%s, want %s/%s: %v", f.Class, f.Code, class, code, f.Err)
		}
	}
	t.Run("password", func(t *testing.T) {
		t.Parallel()
		s := serve(t, &backend{password: "sésame"}, post.StartTLS)
		s.User, s.Password = "inès", "wrong"
		send(t, s, post.Wrong, post.BadPassword)
	})
	t.Run("no auth", func(t *testing.T) {
		t.Parallel()
		s := serve(t, &backend{}, post.StartTLS)
		s.User, s.Password = "inès", "x"
		send(t, s, post.Wrong, post.NoAuth)
	})
	t.Run("no starttls", func(t *testing.T) {
		t.Parallel()
		s := serve(t, &backend{}, post.Opportunistic)
		s.Security = post.StartTLS
		send(t, s, post.Wrong, post.NoStartTLS)
	})
	t.Run("unknown authority", func(t *testing.T) {
		t.Parallel()
		s := serve(t, &backend{}, post.StartTLS)
		s.Roots = x509.NewCertPool()
		send(t, s, post.Wrong, post.Certificate)
	})
	t.Run("another's certificate", func(t *testing.T) {
		t.Parallel()
		s := serve(t, &backend{}, post.TLS)
		s.Host = "127.0.0.1"
		send(t, s, post.Wrong, post.Certificate)
	})
	t.Run("opportunistic keeps a password back", func(t *testing.T) {
		t.Parallel()
		b := &backend{password: "sésame"}
		s := serve(t, b, post.StartTLS)
		s.Security, s.Roots = post.Opportunistic, x509.NewCertPool()
		s.User, s.Password = "inès", "sésame"
		send(t, s, post.Wrong, post.Certificate)
	})
	t.Run("opportunistic without a password takes any", func(t *testing.T) {
		t.Parallel()
		s := serve(t, &backend{}, post.StartTLS)
		s.Security, s.Roots = post.Opportunistic, x509.NewCertPool()
		if err := post.Test(t.Context(), s, m); err != nil {
			t.Error(err)
		}
	})
	t.Run("not tls", func(t *testing.T) {
		t.Parallel()
		s := serve(t, &backend{}, post.StartTLS)
		s.Security = post.TLS
		send(t, s, post.Wrong, post.NotTLS)
	})
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := post.Settings{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: post.StartTLS, Mailbox: "a@b.c"}
		_ = l.Close()
		send(t, s, post.Later, post.Unreachable)
	})
	t.Run("utf8 wanted", func(t *testing.T) {
		t.Parallel()
		l := letters()["signin.en"]
		l.To.Address = "inès@exemple.fr"
		b := &backend{}
		s := serve(t, b, post.StartTLS)
		if err := post.Test(t.Context(), s, compose(t, l)); err != nil {
			t.Error(err)
		}
		f := failure(t, post.Test(t.Context(), scripted(t, "220 hi", "250 plain"), compose(t, l)))
		if f.Code != post.AddressUnusable || f.Class != post.Person {
			t.Error(f)
		}
	})
}

// scripted is a server that answers line by line from a list, then hangs up.
// "…" waits until the client goes.
func scripted(t *testing.T, replies ...string) post.Settings {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		r := bufio.NewReader(conn)
		for i, reply := range replies {
			if i > 0 {
				if _, err := r.ReadString('\n'); err != nil {
					return
				}
			}
			if reply == "…" {
				_, _ = io.Copy(io.Discard, r)
				return
			}
			if reply == "data" {
				for line := ""; line != ".\r\n"; {
					if line, err = r.ReadString('\n'); err != nil {
						return
					}
				}
				return
			}
			_, _ = io.WriteString(conn, reply+"\r\n")
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return post.Settings{
		Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: post.Opportunistic,
		Mailbox: "cordee@cordee.example.org", Timeout: 100 * time.Millisecond,
	}
}

// TestBrokenConversations: what is lost, and what may have arrived all the same.
func TestBrokenConversations(t *testing.T) {
	t.Parallel()
	m := compose(t, letters()["signin.en"])
	for name, c := range map[string]struct {
		replies []string
		class   post.Class
		code    string
	}{
		"says nothing":            {[]string{"…"}, post.Later, post.NoAnswer},
		"hangs up at once":        {nil, post.Later, post.Lost},
		"turns away":              {[]string{"554 go away"}, post.Wrong, post.TurnedAway},
		"busy":                    {[]string{"421 later"}, post.Later, post.Busy},
		"no mail server":          {[]string{"HTTP/1.0 400 Bad Request"}, post.Later, post.Lost},
		"slow after EHLO":         {[]string{"220 hi", "250 x", "…"}, post.Later, post.NoAnswer},
		"hangs up after RCPT":     {[]string{"220 hi", "250 x", "250 ok", "250 ok"}, post.Later, post.Lost},
		"half closed after DATA":  {[]string{"220 hi", "250 x", "250 ok", "250 ok", "354 go", "data"}, post.Later, post.LostAfter},
		"answers nothing to DATA": {[]string{"220 hi", "250 x", "250 ok", "250 ok", "354 go", "…"}, post.Later, post.LostAfter},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := transport(t, scripted(t, c.replies...))
			f := failure(t, tr.Send(t.Context(), m))
			if f.Class != c.class || f.Code != c.code {
				t.Errorf("%s/%s, want %s/%s: %v", f.Class, f.Code, c.class, c.code, f.Err)
			}
		})
	}
}

// TestReconnects: a server that ended the connection between two mails doesn't
// cost the second one.
func TestReconnects(t *testing.T) {
	t.Parallel()
	b := &backend{}
	s := serve(t, b, post.TLS)
	tr := transport(t, s)
	m := compose(t, letters()["signin.en"])
	if err := tr.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	_ = tr.Close()
	if err := tr.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if sessions, mails := b.got(); sessions != 2 || len(mails) != 2 {
		t.Errorf("%d mails over %d connections", len(mails), sessions)
	}
}

// TestCancelled: whoever closes the house doesn't wait for a slow server.
func TestCancelled(t *testing.T) {
	t.Parallel()
	s := scripted(t, "220 hi", "…")
	s.Timeout = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if f := failure(t, transport(t, s).Send(ctx, compose(t, letters()["signin.en"]))); f.Class != post.Later {
		t.Error(f)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	good := post.Settings{Host: "mail.example.org", Security: post.StartTLS, Mailbox: "a@example.org"}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for field, change := range map[string]func(*post.Settings){
		"host":     func(s *post.Settings) { s.Host = "mail example" },
		"port":     func(s *post.Settings) { s.Port = 70000 },
		"security": func(s *post.Settings) { s.Security = "magic" },
		"mailbox":  func(s *post.Settings) { s.Mailbox = "nobody" },
		"user":     func(s *post.Settings) { s.Password = "x" },
		"password": func(s *post.Settings) { s.User, s.Password = "a", "x\r\ny" },
	} {
		s := good
		change(&s)
		if err := s.Check(); err == nil || !strings.HasSuffix(err.Error(), " on "+field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
