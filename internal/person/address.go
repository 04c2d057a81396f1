package person

import (
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"cordee/internal/id"
)

// MaxAddresses is how many addresses one person may have.
const MaxAddresses = 10

// Claim is how far an address is a person's.
type Claim string

// The claims.
const (
	Waiting      Claim = "waiting"  // said to be theirs
	Verified     Claim = "verified" // proved
	FromThePast  Claim = "staged"   // found in an imported past
	maxLocalPart       = 64         // bytes, RFC 5321 §4.5.3.1.1
)

// Address is a mail address of a person.
type Address struct {
	Person     id.Person
	Mailbox    Mailbox
	Address    string // as it was written
	Claim      Claim
	Primary    bool
	AddedAt    time.Time
	VerifiedAt time.Time
}

// Mailbox is an address folded for comparing: lower case, the domain in ASCII.
// Two addresses with the same Mailbox are one.
type Mailbox string

// ParseAddress reads what somebody typed as their mail address: the address as
// it is written to, and its Mailbox.
func ParseAddress(s string) (string, Mailbox, error) {
	s = strings.TrimSpace(norm.NFC.String(s))
	if s == "" || len(s) > MaxMailbox || !utf8.ValidString(s) || strings.ContainsAny(s, " \t\r\n<>\"(),:;\\") {
		return "", "", ErrAddress()
	}
	if Line(s) != s {
		return "", "", ErrAddress()
	}
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Name != "" || parsed.Address != s {
		return "", "", ErrAddress()
	}
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], s[at+1:]
	ascii, err := idna.Lookup.ToASCII(strings.ToLower(domain))
	if err != nil || local == "" || len(local) > maxLocalPart || !plausible(ascii) {
		return "", "", ErrAddress()
	}
	return s, Mailbox(strings.ToLower(local) + "@" + ascii), nil
}

// plausible keeps out what no mail server has for a name; a single label is fine
// (an intranet's, localhost), an address in brackets or figures isn't.
func plausible(domain string) bool {
	if domain == "" || len(domain) > 253 {
		return false
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || strings.HasPrefix(l, "-") || strings.HasSuffix(l, "-") {
			return false
		}
	}
	return strings.ContainsFunc(labels[len(labels)-1], func(r rune) bool { return r < '0' || r > '9' })
}
