package exchange

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
}
