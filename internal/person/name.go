package person

import (
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/unicode/norm"

	"cordee/internal/id"
)

// Lengths, in signs (runes) after cleaning.
const (
	MaxName     = 80
	MaxShort    = 200 // headline, place, one thing helped with or learnt
	MaxThings   = 12  // things helped with, things learnt
	MaxTongues  = 8   // languages
	MaxMailbox  = 254 // bytes of an address, RFC 5321 §4.5.3.1.3 and its erratum 1690
	maxMarksRun = 6   // combining marks in a row; more is no script but a prank
)

// Line makes one clean line out of what somebody typed or an archive held: NFC,
// without control signs, without signs that turn the direction of a line or that
// nobody sees, spaces single and none at the ends. What emoji and Arabic, Persian
// or Indic scripts are joined with stays. Cleaning twice changes nothing.
func Line(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space, marks := false, 0
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "")) {
		if unicode.IsSpace(r) {
			space = true
			continue
		}
		if unseen(r) {
			continue
		}
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
			if marks++; marks > maxMarksRun {
				continue
			}
		} else {
			marks = 0
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	line := norm.NFC.String(b.String())
	if !visible(line) {
		return ""
	}
	return line
}

// unseen tells what has no place in a line: control signs, directional
// embeddings, overrides and isolates (UAX #9 §2), other invisible formatting,
// private use, and what Unicode hasn't assigned.
func unseen(r rune) bool {
	switch r {
	case '\u200c', '\u200d': // joiners: Persian, Indic scripts, emoji families
		return false
	case '\u200e', '\u200f', '\u061c': // single marks of direction: harmless inside a name, but nobody types them
		return true
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800': // fillers and the empty Braille cell pass for names
		return true
	case utf8.RuneError:
		return true
	}
	if r >= 0xe0020 && r <= 0xe007f || emojiBlock(r) { // tags make the flags of Scotland and Wales
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || !unicode.IsGraphic(r)
}

// visible tells whether a line has anything to see in it: marks, joiners and tags alone are nothing.
func visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.L, unicode.N, unicode.S, unicode.P) || emojiBlock(r)
	})
}

// emojiBlock holds pictures younger than the Unicode tables of this build.
func emojiBlock(r rune) bool { return r >= 0x1f000 && r <= 0x1faff }

// Signs counts what Line's lengths are told in.
func Signs(s string) int { return utf8.RuneCountInString(s) }

// Name cleans a name and refuses one that is empty or too long.
func Name(s string) (string, error) {
	switch name := Line(s); {
	case name == "":
		return "", errNameMissing()
	case Signs(name) > MaxName:
		return "", errTooLong("name", MaxName, Signs(name))
	default:
		return name, nil
	}
}

// Shorten cuts a line to n signs at the end of a whole grapheme: for what comes
// from elsewhere and can't be refused.
func Shorten(s string, n int) string {
	if Signs(s) <= n {
		return s
	}
	var b strings.Builder
	left := n
	for g := graphemes.FromString(s); g.Next(); {
		if left -= Signs(g.Value()); left < 0 {
			break
		}
		b.WriteString(g.Value())
	}
	if short := Line(b.String()); short != "" {
		return short
	}
	return Line(string([]rune(s)[:n])) // one grapheme longer than n: a pile of marks
}

// Initials are what a face shows: the first letters of the first and the last
// word ("MD"), of a single word its first two ("So"), of an emoji the emoji.
func Initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' || r == '‐' || r == '’' || r == '\'' })
	var heads []string
	for _, w := range words {
		if head := lettersOf(w, 1); head != "" {
			heads = append(heads, w)
		}
	}
	switch len(heads) {
	case 0:
		return firstGrapheme(name)
	case 1:
		return title(lettersOf(heads[0], 2))
	default:
		return strings.ToUpper(lettersOf(heads[0], 1) + lettersOf(heads[len(heads)-1], 1))
	}
}

// lettersOf gives the first n graphemes of a word that begin with a letter or a digit.
func lettersOf(word string, n int) string {
	var b strings.Builder
	for g := graphemes.FromString(word); n > 0 && g.Next(); {
		if r, _ := utf8.DecodeRuneInString(g.Value()); unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteString(g.Value())
			n--
		}
	}
	return b.String()
}

func firstGrapheme(s string) string {
	if g := graphemes.FromString(s); g.Next() {
		return g.Value()
	}
	return ""
}

func title(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToTitle(r)) + s[n:]
}

// Hues is how many colours of faces there are.
const Hues = 8

// hue picks a person's colour from their id, so that it is the same everywhere and for good.
func hue(p id.Person) int {
	h := fnv.New32a()
	_, _ = h.Write(p[:]) // a hash never fails
	sum := h.Sum32()     // its low bits mix little
	return int((sum >> 16) % Hues)
}
