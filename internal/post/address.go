package post

import (
	"errors"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// ErrAddress tells that a text is no mail address that mail can be sent to.
var ErrAddress = errors.New("post: not a mail address")

// ParseAddress reads an address as a person typed it and gives it as mail
// carries it: the domain lower-case and in ASCII (RFC 5891), the local part as
// it was (RFC 5321 §2.4 forbids to fold it), in NFC. Addresses of machines
// ("[192.0.2.1]"), quoted local parts and comments are refused: no person of
// our time has one, and each has carried an attack.
func ParseAddress(s string) (string, error) {
	s = norm.NFC.String(strings.TrimSpace(s))
	at := strings.LastIndexByte(s, '@')
	if at < 1 || len(s) > 254 { // RFC 5321 §4.5.3.1.3, less the angle brackets
		return "", ErrAddress
	}
	local, domain := s[:at], s[at+1:]
	if !localPart(local) {
		return "", ErrAddress
	}
	host, err := domainASCII(domain)
	if err != nil {
		return "", ErrAddress
	}
	return local + "@" + host, nil
}

// localPart is a Dot-string (RFC 5321 §4.1.2) whose atoms may hold UTF-8
// (RFC 6531 §3.3).
func localPart(s string) bool {
	if len(s) > 64 || !utf8.ValidString(s) { // RFC 5321 §4.5.3.1.1
		return false
	}
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" {
			return false
		}
		for _, r := range atom {
			if r < utf8.RuneSelf && !atext(r) || r >= utf8.RuneSelf && (!unicode.IsPrint(r) || unicode.IsSpace(r)) {
				return false
			}
		}
	}
	return true
}

// atext is RFC 5322 §3.2.3.
func atext(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
		strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

func domainASCII(s string) (string, error) {
	s = strings.TrimSuffix(s, ".")
	host, err := idna.Lookup.ToASCII(s)
	if err != nil {
		return "", err //nolint:wrapcheck // the caller says ErrAddress
	}
	if !strings.Contains(host, ".") && host != "localhost" || len(host) > 253 || !hostNamePattern.MatchString(host) {
		return "", ErrAddress
	}
	return strings.ToLower(host), nil
}

var hostNamePattern = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`)

// ascii tells whether s can travel without SMTPUTF8.
func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// Clean makes one line out of what a person typed, fit for a header: no line
// ends, no controls, nothing that turns the direction of writing (it could
// make "gro.knab" of "bank.org"), no invisible padding, single spaces.
func Clean(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "")) {
		switch {
		case r == ' ' || r == '\t' || r == '\r' || r == '\n' || r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f' || r == '\u0085':
			space = b.Len() > 0
			continue
		case unicode.IsControl(r), turns(r), r == '\ufeff' || r == '\u200b' || r == '\u2060' || r == '\u00ad':
			continue
		case r >= '\U000e0000' && r <= '\U000e007f': // tags: text that nobody sees
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// turns tells the embeddings, overrides and isolates of Unicode's UAX #9. The
// plain marks (U+200E, U+200F) stay: Arabic and Hebrew names need them.
func turns(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// displayName is Clean, short enough for a header, and never an address: of
// "ines@example.org" only "ines" is shown, since From must not give away what
// its owner didn't.
func displayName(s string) string {
	words := strings.Split(Clean(s), " ")
	for i, w := range words {
		if at := strings.IndexByte(w, '@'); at > 0 && at < len(w)-1 {
			words[i] = strings.TrimLeft(w[:at], `"'<(`)
		}
	}
	return cut(strings.Join(words, " "), 120)
}

// cut shortens s to n runes, with an ellipsis when something is lost.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return strings.TrimSpace(string(r[:n-1])) + "…"
}

// mailbox makes a header's mailbox of a name and a checked address.
func mailbox(m Mailbox) (*mail.Address, error) {
	address, err := ParseAddress(m.Address)
	if err != nil {
		return nil, err
	}
	return &mail.Address{Name: displayName(m.Name), Address: address}, nil
}
