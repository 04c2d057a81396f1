package lang

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// elide joins two French words: de + Aurore = d’Aurore, de + Malik = de Malik.
func elide(word, next string) string {
	if word == "" || !opensWithVowel(next) {
		return word + " " + next
	}
	return word[:len(word)-1] + "’" + next
}

// opensWithVowel tells whether French elides before a word. Beside the vowels:
//
//   - y before a consonant is a vowel (Yves), before a vowel it isn't (Yann);
//   - h is mute in the French names below and aspirated in all others, which
//     come from languages that breathe it (Hamid, Hiro);
//   - onze, oui and ouistiti are the exceptions everybody knows.
func opensWithVowel(s string) bool {
	first, rest := bareWord(s)
	switch first {
	case 'a', 'e', 'i', 'o', 'u':
		return !neverElided[string(first)+rest]
	case 'y':
		return rest == "" || !strings.ContainsRune("aeiouy", rune(rest[0]))
	case 'h':
		return muteH[rest]
	}
	return false
}

// bareWord is the first word in lower case without marks: its first letter and the rest.
func bareWord(s string) (first rune, rest string) {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.TrimLeft(firstRunes(s, 40), "«“\"‘’'( \u00a0\u202f")) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'œ' || r == 'Œ':
			b.WriteString("oe")
		case r == 'æ' || r == 'Æ':
			b.WriteString("ae")
		case unicode.IsLetter(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			if b.Len() > 0 {
				return split(b.String())
			}
			return 0, ""
		}
	}
	return split(b.String())
}

func split(s string) (first rune, rest string) {
	for i, r := range s {
		if i > 0 {
			return first, s[i:]
		}
		first = r
	}
	return first, ""
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// neverElided start with a vowel and still take the full word.
var neverElided = set("onze onzieme oui ouistiti") //nolint:gochecknoglobals // an immutable table

// muteH are French names and common words without their mute h.
var muteH = set("abit abitude ebdomadaire eberge ebergement eure eureux istoire iver omme omonyme onneur opital oraire orizon otel uile" + //nolint:gochecknoglobals // an immutable table
	" adrien elene elena elias eliette elie eloise enri enrietta enriette eracles erbert erminie ermine ermione erve esther ilaire ilarion ilda ippolyte" +
	" omere onore onorine orace ortense ubert ugues uguette umbert yacinthe")

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// spanishAnd is y, and e before the sound i: "Marta e Inés", "agua y hielo".
func spanishAnd(next string) string {
	first, rest := bareWord(next)
	switch {
	case first == 'i' && !startsVowel(rest),
		first == 'h' && strings.HasPrefix(rest, "i") && !startsVowel(rest[1:]),
		first == 'y' && rest != "" && !startsVowel(rest):
		return "e"
	}
	return "y"
}

// spanishOr is o, and u before the sound o: "siete u ocho", "mujer u hombre".
func spanishOr(next string) string {
	first, rest := bareWord(next)
	if first == 'o' || first == 'h' && strings.HasPrefix(rest, "o") || strings.HasPrefix(next, "8") {
		return "u"
	}
	return "o"
}

func startsVowel(s string) bool { return s != "" && strings.ContainsRune("aeou", rune(s[0])) }
