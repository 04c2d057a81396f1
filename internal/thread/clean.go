package thread

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean makes several lines of text fit to be kept: NFC, lines ended by \n, no
// control signs, none that turn the direction of what follows (UAX #9 §2), no
// blank lines at the ends and at most two in a row.
func Clean(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\ufffd"))
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\u2028', r == '\u2029':
			return '\n'
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff', unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	var b strings.Builder
	b.Grow(len(s))
	blank := 0
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " \t\u00a0")
		if line == "" {
			blank++
			continue
		}
		if b.Len() > 0 {
			b.WriteString(strings.Repeat("\n", 1+min(blank, 2)))
		}
		blank = 0
		b.WriteString(line)
	}
	return b.String()
}
