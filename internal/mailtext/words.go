package mailtext

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"
)

// encodedWord is RFC 2047 §2, with the language of RFC 2231 §5, and tolerant of
// the spaces that programs leave inside.
var encodedWord = regexp.MustCompile(`=\?([^?\s*]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=`)

// decodeHeader turns a raw value into what a reader sees.
//
// A long text is cut into several encoded words, by some programs in the middle
// of a character; so the bytes of neighbours with one charset are joined before
// they are decoded. White space between two encoded words doesn't count (§6.2).
func decodeHeader(v string) string {
	at := encodedWord.FindAllStringSubmatchIndex(v, -1)
	if at == nil {
		return tidy(toUTF8([]byte(v), ""))
	}
	var out strings.Builder
	var pending []byte
	label, end := "", 0
	flush := func() {
		if len(pending) > 0 {
			out.WriteString(toUTF8(pending, label))
			pending = nil
		}
	}
	for _, m := range at {
		between := v[end:m[0]]
		cs := strings.ToLower(v[m[2]:m[3]])
		if end == 0 || strings.TrimSpace(between) != "" {
			flush()
			out.WriteString(toUTF8([]byte(between), ""))
		} else if cs != label {
			flush()
		}
		label = cs
		pending = append(pending, decodeWord(v[m[4]], v[m[6]:m[7]])...)
		end = m[1]
	}
	flush()
	out.WriteString(toUTF8([]byte(v[end:]), ""))
	return tidy(out.String())
}

func decodeWord(how byte, s string) []byte {
	if how == 'b' || how == 'B' {
		return decodeBase64([]byte(s))
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '_':
			out = append(out, ' ')
		case s[i] == '=' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0:
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// decodeBase64 takes what can be taken: line breaks and blanks don't count, and
// each padding starts afresh, since some join two encoded texts.
func decodeBase64(b []byte) []byte {
	clean := make([]byte, 0, len(b))
	out := make([]byte, 0, len(b)*3/4)
	flush := func() {
		if len(clean)%4 == 1 {
			clean = clean[:len(clean)-1]
		}
		part := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
		n, _ := base64.RawStdEncoding.Decode(part, clean) // what was read before a fault is kept
		out = append(out, part[:n]...)
		clean = clean[:0]
	}
	for _, c := range b {
		switch {
		case isBase64(c):
			clean = append(clean, c)
		case c == '=' && len(clean) > 0:
			flush()
		}
	}
	flush()
	return out
}

// tidy makes one line without control characters, without signs that turn the
// direction of what follows, and without double blanks.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || r == '\u00a0':
			return ' '
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff, r == 0x200e, r == 0x200f:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
