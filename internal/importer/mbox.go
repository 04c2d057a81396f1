package importer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"time"

	"cordee/internal/mailtext"
)

// An mbox has no grammar of its own (RFC 4155 describes one dialect): a mail
// begins at a line "From " with an address and a date, and nothing but custom keeps
// such lines out of the mails. So three witnesses are asked: an empty line before
// it, a date in it, and a header field after it. What is quoted (">From ", by mboxrd
// ">>From " too) is unquoted.

// slice is where a mail lies in the archive.
type slice struct {
	number int   // counted from one
	at     int64 // of its From_ line
	body   int64 // of the line after it
	size   int64 // from body to the next From_ line
	from   string
}

// maxLine bounds what is looked at of a line; longer ones are carried along.
const maxLine = 64 << 10

// mailbox reads an mbox from one end to the other.
type mailbox struct {
	r     *bufio.Reader
	off   int64 // of what r gives next
	next  slice // whose From_ line was read
	begun bool
	raw   []byte
	own   []byte // a line that may begin a mail
	count int
}

func newMailbox(r io.Reader) *mailbox {
	return &mailbox{r: bufio.NewReaderSize(r, 2*maxLine)}
}

// errNoFrom tells that the first line with anything on it begins no mail.
var errNoFrom = errors.New("importer: not an mbox")

// begin finds the first mail.
func (m *mailbox) begin() error {
	m.begun = true
	if b, err := m.r.Peek(3); err == nil && bytes.Equal(b, []byte("\ufeff")) {
		_, _ = m.r.Discard(3) // it was just seen
		m.off = 3
	}
	for {
		at := m.off
		line, whole, err := m.line()
		if len(bytes.TrimSpace(line)) > 0 {
			if !whole || !m.separates(line, true) {
				return errNoFrom
			}
			m.start(at, line)
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (m *mailbox) start(at int64, line []byte) {
	m.count++
	m.next = slice{number: m.count, at: at, body: m.off, from: strings.TrimSpace(string(line[len("From "):]))}
}

// read gives the next mail, unquoted, and where it lies; io.EOF after the last.
// The bytes are good until the next call. Of a mail that is too large it gives
// nothing but the place.
func (m *mailbox) read() (raw []byte, at slice, err error) {
	if !m.begun {
		if err := m.begin(); err != nil {
			return nil, slice{}, err
		}
	}
	if m.next.number == 0 {
		return nil, slice{}, io.EOF
	}
	at, m.next = m.next, slice{}
	m.raw = m.raw[:0]
	blank, fresh := false, true // the line before was empty; we stand at a line's start
	for {
		begin := m.off
		line, whole, err := m.line()
		if err != nil && len(line) == 0 {
			if !errors.Is(err, io.EOF) {
				return nil, at, err
			}
			at.size = begin - at.body
			return m.trimmed(), at, nil
		}
		if fresh && whole && m.separates(line, blank || begin == at.body) {
			at.size = begin - at.body
			m.start(begin, line)
			return m.trimmed(), at, nil
		}
		if fresh {
			line = unquote(line)
		}
		if len(m.raw) <= mailtext.MaxBytes { // one byte too many says enough
			m.raw = append(m.raw, line[:min(len(line), mailtext.MaxBytes+1-len(m.raw))]...)
		}
		blank, fresh = fresh && len(bytes.TrimRight(line, "\r\n")) == 0, whole
	}
}

// trimmed takes off the empty line that stands between two mails.
func (m *mailbox) trimmed() []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(m.raw, []byte("\n")), []byte("\r"))
}

// line reads a line with its end, or a part of one that is very long.
func (m *mailbox) line() (line []byte, whole bool, err error) {
	line, err = m.r.ReadSlice('\n')
	m.off += int64(len(line))
	if bytes.HasPrefix(line, []byte("From ")) { // peek may move what the reader holds
		m.own = append(m.own[:0], line...)
		line = m.own
	}
	if errors.Is(err, bufio.ErrBufferFull) {
		return line, false, nil
	}
	return line, true, err
}

// unquote takes one ">" from ">From ", ">>From " …
func unquote(line []byte) []byte {
	if len(line) > 0 && line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
		return line[1:]
	}
	return line
}

var (
	// dated is the end of a From_ line: ctime's date, with a zone where it may
	// stand, or what other programs write there.
	dated = regexp.MustCompile(`\s(?:` +
		`(?:[A-Z][a-z]{2},? +)?[A-Z][a-z]{2} +\d{1,2},? +\d{1,2}:\d{2}(?::\d{2})?(?: +[A-Z]{1,5}| +[+-]\d{4})* +(?:19|20)\d{2}(?: +[+-]\d{4}| +[A-Z]{1,5})?` +
		`|(?:[A-Z][a-z]{2},? +)?\d{1,2}[ -][A-Z][a-z]{2}[ -](?:\d{2}|(?:19|20)\d{2}) +\d{1,2}:\d{2}(?::\d{2})?(?: +[+-]\d{4}| +[A-Z]{1,5})?` +
		`|(?:[A-Z][a-z]{2},? +)?[A-Z][a-z]{2} +\d{1,2} +(?:19|20)\d{2} +\d{1,2}:\d{2}(?::\d{2})?(?: +[+-]\d{4}| +[A-Z]{1,5})?` +
		`|(?:19|20)\d{2}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}\S*(?: +[+-]\d{4}| +[A-Z]{1,5})?` +
		`)\s*$`)
	anyField   = regexp.MustCompile(`^[!-9;-~]{1,76}[ \t]*:`)
	knownField = regexp.MustCompile(`(?i)^(?:from|to|cc|date|subject|message-id|received|return-path|delivered-to|x-[!-9;-~]+|mime-version|content-[a-z-]+|reply-to|sender|status|in-reply-to|references|list-[a-z-]+|dkim-signature|arc-[a-z-]+|authentication-results|envelope-to|delivery-date|original-from)[ \t]*:`)
	oneWord    = regexp.MustCompile(`^From \S+\s*$`)
)

// separates tells whether a line begins a mail; apart says that the line before is
// empty or that there is none.
func (m *mailbox) separates(line []byte, apart bool) bool {
	if !bytes.HasPrefix(line, []byte("From ")) || len(line) > 1000 {
		return false
	}
	next := m.peek()
	switch {
	case dated.Match(bytes.TrimRight(line, "\r\n")):
		return apart && (anyField.Match(next) || len(bytes.TrimSpace(next)) == 0 || bytes.HasPrefix(next, []byte(">From "))) || knownField.Match(next)
	case oneWord.Match(line):
		return apart && knownField.Match(next)
	}
	return false
}

// peek is the line that comes next, as far as it matters.
func (m *mailbox) peek() []byte {
	b, _ := m.r.Peek(200) // less at the end of the file
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return line
}

// envelope reads what a From_ line tells: who handed the mail in, and when.
func (s slice) envelope() (address string, at time.Time) {
	text := " " + s.from
	if i := dated.FindStringIndex(text); i != nil {
		at = mailtext.ParseDate(text[i[0]:])
		text = text[:i[0]]
	}
	address = strings.ToLower(strings.TrimSpace(text))
	address = strings.Replace(address, " at ", "@", 1)
	name, host, ok := strings.Cut(address, "@")
	if !ok || name == "" || strings.ContainsAny(address, " \t<>") || !strings.Contains(host, ".") || strings.HasPrefix(name, "mailer-daemon") {
		address = ""
	}
	return address, at
}

// unquoted is one mail cut out of an archive, as read gives it.
func unquoted(b []byte) []byte {
	out := b[:0]
	for len(b) > 0 {
		line := b
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line = b[:i+1]
		}
		b = b[len(line):]
		out = append(out, unquote(line)...)
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(out, []byte("\n")), []byte("\r"))
}
