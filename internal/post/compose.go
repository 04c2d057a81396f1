package post

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// subjectLength is how much of a subject is kept (runes); mailboxes show less.
const subjectLength = 150

// Compose gives a letter its form. A letter that can't be sent to its address
// is a *Failure of class Person; any other error is the caller's mistake.
func Compose(l Letter) (Mail, error) {
	to, err := mailbox(l.To)
	if err != nil {
		return Mail{}, &Failure{Class: Person, Code: AddressUnusable, Err: err}
	}
	from, err := mailbox(l.From)
	if err != nil {
		return Mail{}, &Failure{Class: Wrong, Code: SenderRefused, Err: err}
	}
	if !messageID(l.ID) || l.Date.IsZero() {
		return Mail{}, errors.New("post: a letter needs a Message-ID and a date")
	}
	l.Subject = cut(Clean(l.Subject), subjectLength)
	html, err := htmlOf(l)
	if err != nil {
		return Mail{}, fmt.Errorf("post: write the HTML part: %w", err)
	}

	m := gomail.NewMsg(
		gomail.WithNoDefaultUserAgent(),
		gomail.WithBoundary(boundary(l.ID)),
		gomail.WithEncoding(gomail.EncodingQP),
	)
	m.FromMailAddress(from)
	m.ToMailAddress(to)
	if l.ReplyTo.Address != "" {
		reply, err := mailbox(l.ReplyTo)
		if err != nil {
			return Mail{}, fmt.Errorf("post: where answers go: %w", err)
		}
		m.ReplyToMailAddress(reply)
	}
	m.Subject(encoded(l.Subject))
	m.SetDateWithValue(l.Date)
	m.SetMessageIDWithValue(l.ID)
	m.SetGenHeader("Content-Language", string(l.Lang)) // RFC 3282
	setThread(m, l)
	setList(m, l.List)
	m.SetBodyString(`text/plain; format=flowed`, crlf(textOf(l)))
	m.AddAlternativeString(gomail.TypeTextHTML, crlf(html))

	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		return Mail{}, fmt.Errorf("post: write a mail: %w", err)
	}
	return Mail{
		ID: l.ID, From: from.Address, To: to.Address, Subject: l.Subject, Date: l.Date,
		UTF8: !ascii(from.Address) || !ascii(to.Address), Raw: raw.Bytes(),
	}, nil
}

// setThread ties a mail to those before it (RFC 5322 §3.6.4).
func setThread(m *gomail.Msg, l Letter) {
	if messageID(l.InReplyTo) {
		m.SetGenHeader(gomail.HeaderInReplyTo, "<"+l.InReplyTo+">")
	}
	var before []string
	for _, id := range l.References {
		if messageID(id) {
			before = append(before, "<"+id+">")
		}
	}
	if len(before) > 0 {
		m.SetGenHeader(gomail.HeaderReferences, strings.Join(before, " "))
	}
}

// setList tells mailboxes what this is and how to stop it, and tells machines
// not to answer (RFC 3834 §5; the second header is Exchange's own).
func setList(m *gomail.Msg, l List) {
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	if l.ID != "" && hostNamePattern.MatchString(l.ID) {
		id := "<" + l.ID + ">"
		if name := cut(Clean(l.Name), 60); name != "" {
			id = phrase(name) + " " + id
		}
		m.SetGenHeader("List-Id", id) // RFC 2919
		m.SetGenHeader("Precedence", "list")
	}
	if u, err := url.Parse(l.Unsubscribe); err == nil && u.Scheme == "https" && u.Host != "" {
		m.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+u.String()+">")
		m.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click") // RFC 8058 §3.1
	}
}

// encoded writes a text beyond ASCII as encoded words (RFC 2047) that are short
// enough to stand beside the header's name: a line that holds the name alone is
// allowed, but some filters of spam take it amiss.
func encoded(s string) string {
	if ascii(s) && !strings.Contains(s, "=?") {
		return s
	}
	var parts []string
	chunk := ""
	for _, r := range s {
		q := qEncoded(string(r))
		if len(chunk)+len(q) > encodedWord {
			parts = append(parts, chunk)
			chunk = ""
		}
		chunk += q
	}
	return "=?utf-8?q?" + strings.Join(append(parts, chunk), "?= =?utf-8?q?") + "?="
}

// encodedWord is how much an encoded word holds; RFC 2047 §2 ends at 75 with
// what stands around it.
const encodedWord = 50

// qEncoded is RFC 2047 §4.2, with few signs left as they are.
func qEncoded(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c == ' ':
			b.WriteByte('_')
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == ',' || c == '/':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}

// phrase writes a name before angle brackets (RFC 5322 §3.2.5, RFC 2047 §5).
func phrase(name string) string {
	if !ascii(name) {
		return encoded(name)
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// messageID tells whether s can stand between angle brackets (RFC 5322 §3.6.4).
func messageID(s string) bool { return messageIDPattern.MatchString(s) && len(s) < 250 }

var messageIDPattern = regexp.MustCompile(`^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9.\[\]:-]+$`)

// boundary comes from the Message-ID, so that the same letter is the same bytes.
func boundary(id string) string {
	sum := sha256.Sum256([]byte("boundary " + id))
	return "cordee-" + hex.EncodeToString(sum[:14])
}

// crlf ends lines as mail does; a bare CR or LF is what smuggling is made of
// (RFC 5321 §2.3.8).
func crlf(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	return strings.ReplaceAll(s, "\n", "\r\n")
}
