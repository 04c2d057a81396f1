package post

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// How a connection is kept.
const (
	idleFor  = 15 * time.Second // how long it stays open between two mails
	mailsMax = 50               // after so many it is made anew: many servers count
	dataEnd  = 4                // the last step may take so many times longer (RFC 5321 §4.5.3.2.6)
)

// SMTP sends through a server, one mail at a time, over one connection that it
// keeps for a burst. It may be called from several goroutines; they wait for
// each other.
type SMTP struct {
	settings Settings

	mu   sync.Mutex
	open *session
	idle *time.Timer
}

// NewSMTP makes a transport; it connects with the first mail.
func NewSMTP(s Settings) *SMTP { return &SMTP{settings: s} }

// Send hands one mail to the server. nil means that the server has taken
// charge of it.
func (t *SMTP) Send(ctx context.Context, m Mail) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.idle != nil {
		t.idle.Stop()
	}
	reused, err := t.ready(ctx)
	if err != nil {
		return err
	}
	err = t.open.send(ctx, m)
	if reused && staleConnection(err) {
		// The server had enough of the old connection, before it took anything.
		t.drop(ctx)
		if _, err = t.ready(ctx); err != nil {
			return err
		}
		err = t.open.send(ctx, m)
	}
	if t.open.broken || t.open.sent >= mailsMax {
		t.drop(ctx)
	} else {
		t.idle = time.AfterFunc(idleFor, t.rest)
	}
	return err
}

// Close says goodbye to the server.
func (t *SMTP) Close() error {
	t.rest()
	return nil
}

func (t *SMTP) rest() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(context.Background())
}

func (t *SMTP) drop(ctx context.Context) {
	if t.open != nil {
		t.open.close(ctx)
		t.open = nil
	}
}

// ready makes sure that there is a connection; reused tells that it is an old one.
func (t *SMTP) ready(ctx context.Context) (reused bool, err error) {
	if t.open != nil {
		if t.open.reset(ctx) == nil {
			return true, nil
		}
		t.drop(ctx)
	}
	t.open, err = dial(ctx, t.settings)
	return false, err
}

// staleConnection tells a failure that a fresh connection may mend.
func staleConnection(err error) bool {
	var f *Failure
	return errors.As(err, &f) && (f.Code == Lost || f.Status == 421)
}

// Test makes one connection of its own and sends one mail, for the page where
// the operator enters the settings.
func Test(ctx context.Context, s Settings, m Mail) error {
	if err := s.Check(); err != nil {
		return err
	}
	o, err := dial(ctx, s)
	if err != nil {
		return err
	}
	defer o.close(ctx)
	return o.send(ctx, m)
}

// session is one connection, signed in.
type session struct {
	conn   net.Conn // the one underneath TLS: deadlines are set on it
	client *smtp.Client
	step   time.Duration
	sent   int
	broken bool // nothing more can be said on it
	utf8   bool // the server takes addresses beyond ASCII
}

func dial(ctx context.Context, s Settings) (_ *session, err error) {
	dialCtx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(dialCtx, "tcp", s.address())
	if err != nil {
		return nil, dialFailure(err)
	}
	o := &session{conn: conn, step: s.timeout()}
	defer func() {
		if err != nil {
			o.close(ctx)
		}
	}()
	if err := o.greet(ctx, s); err != nil {
		return nil, err
	}
	if s.Security != TLS {
		if err := o.startTLS(ctx, s); err != nil {
			return nil, err
		}
	}
	if s.User != "" {
		if err := o.signIn(ctx, s); err != nil {
			return nil, err
		}
	}
	o.utf8, _ = o.client.Extension("SMTPUTF8")
	return o, nil
}

// do runs one step of the conversation within its time.
func (o *session) do(ctx context.Context, limit time.Duration, f func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = o.conn.SetDeadline(time.Unix(1, 0)) })
	err := f()
	if !stop() {
		o.broken = true
		return errors.Join(err, context.Cause(ctx))
	}
	var reply *textproto.Error
	if err != nil && (!errors.As(err, &reply) || reply.Code == 421) {
		o.broken = true
	}
	return err
}

func (o *session) greet(ctx context.Context, s Settings) error {
	err := o.do(ctx, o.step, func() (err error) {
		wire := o.conn
		if s.Security == TLS {
			secure := tls.Client(o.conn, s.tls())
			if err := secure.HandshakeContext(ctx); err != nil {
				return err
			}
			wire = secure
		}
		o.client, err = smtp.NewClient(wire, s.Host)
		return err
	})
	if err != nil {
		return openFailure(err)
	}
	o.client.SkipSMTPUTF8(true)
	if err := o.do(ctx, o.step, func() error { return o.client.Hello(s.hello()) }); err != nil {
		return openFailure(err)
	}
	return nil
}

func (o *session) startTLS(ctx context.Context, s Settings) error {
	if offered, _ := o.client.Extension("STARTTLS"); !offered {
		if s.Security == Opportunistic {
			return nil
		}
		return &Failure{Class: Wrong, Code: NoStartTLS}
	}
	if err := o.do(ctx, o.step, func() error { return o.client.StartTLS(s.tls()) }); err != nil {
		return openFailure(err)
	}
	return nil
}

func (s Settings) tls() *tls.Config {
	return &tls.Config{
		ServerName: s.Host,
		RootCAs:    s.Roots,
		MinVersion: tls.VersionTLS12,
		//nolint:gosec // RFC 7435: an unverified certificate is better than none, and no password travels
		InsecureSkipVerify: s.Security == Opportunistic && s.User == "",
	}
}

func (o *session) signIn(ctx context.Context, s Settings) error {
	offered, mechanisms := o.client.Extension("AUTH")
	if !offered {
		return &Failure{Class: Wrong, Code: NoAuth}
	}
	if _, secure := o.client.TLSConnectionState(); !secure && !s.local() {
		return &Failure{Class: Wrong, Code: Unprotected}
	}
	auth := chooseAuth(strings.Fields(strings.ToUpper(mechanisms)), s)
	if auth == nil {
		return &Failure{Class: Wrong, Code: NoAuth}
	}
	if err := o.do(ctx, o.step, func() error { return o.client.Auth(auth) }); err != nil {
		return authFailure(err)
	}
	return nil
}

// chooseAuth takes the first that the server offers, the ones that don't give
// the password away first.
func chooseAuth(offered []string, s Settings) smtp.Auth {
	has := map[string]bool{}
	for _, m := range offered {
		has[m] = true
	}
	switch {
	case has["SCRAM-SHA-256"]:
		return smtp.ScramSHA256Auth(s.User, s.Password)
	case has["SCRAM-SHA-1"]:
		return smtp.ScramSHA1Auth(s.User, s.Password)
	case has["PLAIN"]:
		return smtp.PlainAuth("", s.User, s.Password, s.Host, false)
	case has["LOGIN"]:
		return smtp.LoginAuth(s.User, s.Password, s.Host, false)
	case has["CRAM-MD5"]:
		return smtp.CRAMMD5Auth(s.User, s.Password)
	}
	return nil
}

// reset asks whether an old connection still stands.
func (o *session) reset(ctx context.Context) error {
	if o.broken {
		return errBroken
	}
	return o.do(ctx, o.step, o.client.Reset)
}

var errBroken = errors.New("post: the connection is broken")

func (o *session) send(ctx context.Context, m Mail) error {
	if m.UTF8 && !o.utf8 {
		return &Failure{Class: Person, Code: AddressUnusable}
	}
	o.client.SkipSMTPUTF8(!m.UTF8)
	if err := o.do(ctx, o.step, func() error { return o.client.Mail("<" + m.From + ">") }); err != nil {
		return mailFailure(err)
	}
	if err := o.do(ctx, o.step, func() error { return o.client.Rcpt("<" + m.To + ">") }); err != nil {
		return rcptFailure(err)
	}
	whole := false // the final dot may have reached the server
	err := o.do(ctx, dataEnd*o.step, func() error {
		w, err := o.client.Data()
		if err != nil {
			return err
		}
		if _, err := w.Write(m.Raw); err != nil {
			return err
		}
		whole = true
		return w.Close()
	})
	if err != nil {
		return dataFailure(err, whole)
	}
	o.sent++
	return nil
}

// close says goodbye, for a second at most, even where the caller has been stopped.
func (o *session) close(ctx context.Context) {
	if o.client != nil && !o.broken {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = o.do(ctx, time.Second, o.client.Quit)
	}
	_ = o.conn.Close()
}
