package journeys

import (
	"bytes"
	"errors"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jhillyerd/enmime/v2"
)

// patience is how long a mail may take; it comes in a moment, unless the machine
// is busy with other tests.
const patience = time.Minute

// Mail is one that arrived, as a mail program reads it.
type Mail struct {
	To, From    string // of the envelope; From as the header says it
	Subject     string
	Text, HTML  string
	Header      func(name string) string
	takenBefore bool
}

// Mailbox is an SMTP server on loopback that keeps every mail.
type Mailbox struct {
	Port int

	mu    sync.Mutex
	mails []*Mail
	came  chan struct{} // closed when a mail comes, and made anew
}

func newMailbox(t *testing.T) *Mailbox {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &Mailbox{Port: l.Addr().(*net.TCPAddr).Port, came: make(chan struct{})}
	s := smtp.NewServer(m)
	s.Domain = "localhost"
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := <-ended; err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Errorf("smtp: %v", err)
		}
	})
	return m
}

// NewSession is a connection, for go-smtp.
func (m *Mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &delivery{box: m}, nil }

type delivery struct {
	box *Mailbox
	to  string
}

func (d *delivery) Mail(string, *smtp.MailOptions) error      { return nil }
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error { d.to = to; return nil }
func (d *delivery) Reset()                                    {}
func (d *delivery) Logout() error                             { return nil }

func (d *delivery) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	read, err := enmime.ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	d.box.put(&Mail{
		To: d.to, From: read.GetHeader("From"), Subject: read.GetHeader("Subject"),
		Text: strings.ReplaceAll(read.Text, "\r\n", "\n"), HTML: read.HTML, Header: read.GetHeader,
	})
	return nil
}

func (m *Mailbox) put(mail *Mail) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mails = append(m.mails, mail)
	close(m.came)
	m.came = make(chan struct{})
}

// take gives the oldest mail that fits and wasn't taken, and how to hear of more.
func (m *Mailbox) take(fits func(*Mail) bool) (*Mail, <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, mail := range m.mails {
		if !mail.takenBefore && fits(mail) {
			mail.takenBefore = true
			return mail, nil
		}
	}
	return nil, m.came
}

// All are the mails that came so far.
func (m *Mailbox) All() []*Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.mails)
}

// Wait waits for a mail to somebody that holds a link to a path that begins so,
// and takes it: a second call waits for the next. An empty prefix is any mail.
func (m *Mailbox) Wait(t *testing.T, to, prefix string) *Mail {
	t.Helper()
	return m.WaitFor(t, to, prefix, "")
}

// WaitFor is Wait for a mail that says something, too.
func (m *Mailbox) WaitFor(t *testing.T, to, prefix, words string) *Mail {
	t.Helper()
	late := time.After(patience)
	for {
		mail, more := m.take(func(one *Mail) bool {
			return one.To == to && (prefix == "" || len(one.Paths(prefix)) > 0) && strings.Contains(flat(one.Text), flat(words))
		})
		if mail != nil {
			return mail
		}
		select {
		case <-more:
		case <-late:
			var came []string
			for _, one := range m.All() {
				came = append(came, one.To+": "+one.Subject)
			}
			t.Fatalf("no mail to %s with a link to %s… and the words %q; there came:\n%s", to, prefix, words, strings.Join(came, "\n"))
		}
	}
}

// Path waits for such a mail and gives the path of its first such link.
func (m *Mailbox) Path(t *testing.T, to, prefix string) string {
	t.Helper()
	return m.Wait(t, to, prefix).Paths(prefix)[0]
}

var links = regexp.MustCompile(`https?://[^/\s]+(/[^\s<>"]*)`)

// Paths are the paths of the links in the text part that begin so.
func (m *Mail) Paths(prefix string) []string {
	var out []string
	for _, found := range links.FindAllStringSubmatch(m.Text, -1) {
		if strings.HasPrefix(found[1], prefix) {
			out = append(out, found[1])
		}
	}
	return out
}

// Settled waits until no mail is on its way any more. A delivery is noted a moment
// after its mail was taken, and nothing tells of that: this is the one place that
// looks again.
func (h *House) Settled(t *testing.T) {
	t.Helper()
	late := time.After(patience)
	for {
		news, err := h.Notify.Overview(t.Context(), h.DB.Read)
		if err != nil {
			t.Fatal(err)
		}
		if news.Waiting == 0 {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-late:
			t.Fatalf("%d mails are still on their way", news.Waiting)
		}
	}
}
