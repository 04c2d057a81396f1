package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold makes texts comparable that people take for the same: compatibility
// forms, marks and case go, œ is oe, æ is ae, ß is ss, ø is o, ’ is '.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	fold(s, func(r rune, _, _ int) { b.WriteRune(r) })
	return b.String()
}

// fold gives the folded runes of s, each with the bytes of s that it came from.
func fold(s string, emit func(r rune, start, end int)) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf && (i+1 == len(s) || s[i+1] < utf8.RuneSelf) {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			emit(rune(c), i, i+1)
			i++
			continue
		}
		n := max(1, norm.NFKD.NextBoundaryInString(s[i:], true))
		if r, size := utf8.DecodeRuneInString(s[i:]); size == n && r < latin {
			for _, r := range latinFolded[r] {
				foldRune(r, i, i+n, emit)
			}
		} else {
			for _, r := range norm.NFKD.String(s[i : i+n]) {
				foldRune(r, i, i+n, emit)
			}
		}
		i += n
	}
}

// latin is where the letters of western languages end.
const latin = 0x250

// latinFolded is what NFKD makes of single letters, which most texts are made of.
var latinFolded = func() (table [latin][]rune) { //nolint:gochecknoglobals // an immutable table
	for r := range table {
		table[r] = []rune(norm.NFKD.String(string(rune(r))))
	}
	return table
}()

func foldRune(r rune, start, end int, emit func(r rune, start, end int)) {
	if r < utf8.RuneSelf {
		emit(unicode.ToLower(r), start, end)
		return
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) { // marks, soft hyphens, zero widths
		return
	}
	switch r = unicode.ToLower(r); r {
	case 'œ':
		emit('o', start, end)
		emit('e', start, end)
	case 'æ':
		emit('a', start, end)
		emit('e', start, end)
	case 'ß':
		emit('s', start, end)
		emit('s', start, end)
	case 'þ':
		emit('t', start, end)
		emit('h', start, end)
	case 'ø':
		emit('o', start, end)
	case 'đ', 'ð':
		emit('d', start, end)
	case 'ł':
		emit('l', start, end)
	case 'ı':
		emit('i', start, end)
	case 'ς':
		emit('σ', start, end)
	case '’', '‘', 'ʼ':
		emit('\'', start, end)
	default:
		emit(r, start, end)
	}
}

// word is one word of a text, folded, and the bytes where it stands.
type word struct {
	text       string
	start, end int
}

// Limits that keep a doc within what both databases index (PostgreSQL: 1 MiB a
// tsvector, 16,383 positions). What lies beyond isn't found.
const (
	maxWord  = 64 // bytes; longer ones are found by their beginning
	maxWords = 12_000
)

// cutWords finds at most limit words.
func cutWords(s string, limit int) []word {
	c := cutter{s: s, limit: limit, words: make([]word, 0, min(limit, len(s)/6+1))}
	fold(s, c.take)
	c.flush()
	return c.words
}

// cutter gathers folded runes into words.
type cutter struct {
	s     string
	limit int
	words []word
	run   []byte // the word so far
	at    word
}

func (c *cutter) take(r rune, start, end int) {
	switch {
	case alone(r):
		c.flush()
		c.run, c.at.start, c.at.end = utf8.AppendRune(c.run, r), start, end
		c.flush()
	case inWord(r):
		if len(c.run) == 0 {
			c.at.start = start
		}
		if len(c.run)+utf8.RuneLen(r) <= maxWord {
			c.run = utf8.AppendRune(c.run, r)
		}
		c.at.end = end
	default:
		c.flush()
	}
}

func (c *cutter) flush() {
	if len(c.run) == 0 {
		return
	}
	if len(c.words) < c.limit {
		if as := c.s[c.at.start:c.at.end]; as == string(c.run) {
			c.at.text = as // most words fold to themselves
		} else {
			c.at.text = string(c.run)
		}
		c.words = append(c.words, c.at)
	}
	c.run = c.run[:0]
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.Mc)
}

// alone tells characters of scripts that don't part words.
func alone(r rune) bool {
	return r >= 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
