package lang

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	xmessage "golang.org/x/text/message"
	"golang.org/x/text/number"
)

const (
	nbsp  = "\u00a0" // no-break space
	nnbsp = "\u202f" // narrow no-break space
)

// Count says a number in words up to ten, in figures above; masculine where the
// language asks. Capital makes it start a sentence.
func (p *Printer) Count(n int) string { return p.count(n, false) }

// CountF is Count before a feminine noun: "une personne".
func (p *Printer) CountF(n int) string { return p.count(n, true) }

func (p *Printer) count(n int, feminine bool) string {
	if n < 0 || n > 10 {
		return p.Number(n)
	}
	if n == 1 && feminine {
		switch p.words.tag {
		case FR:
			return "une"
		case ES:
			return "una"
		case EN:
		}
	}
	return spelled[p.words.tag.number()][n]
}

var spelled = [...][11]string{ //nolint:gochecknoglobals // an immutable table, in the order of Tag.number
	{"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"},
	{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"},
	{"cero", "un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"},
}

// Number writes a whole number with the separators of the language.
func (p *Printer) Number(n int) string {
	// Spanish groups from five figures on (RAE, Ortografía 2010, VIII 2.2.1).
	if n > -1000 && n < 1000 || p.words.tag == ES && n > -10_000 && n < 10_000 {
		return strconv.Itoa(n)
	}
	s := xmessage.NewPrinter(p.words.tag.xtext()).Sprint(number.Decimal(n))
	switch p.words.tag {
	case FR:
		return strings.ReplaceAll(s, nbsp, nnbsp)
	case ES:
		return strings.ReplaceAll(s, ".", nnbsp) // a space, not a dot (the same, 2.2.2)
	case EN:
	}
	return s
}

// List joins things with commas and a last "and".
func (p *Printer) List(items []string) string {
	switch p.words.tag {
	case FR:
		return join(items, "et")
	case ES:
		if len(items) == 0 {
			return ""
		}
		return join(items, spanishAnd(items[len(items)-1]))
	case EN:
	}
	return join(items, "and")
}

// Or joins things with commas and a last "or".
func (p *Printer) Or(items []string) string {
	switch p.words.tag {
	case FR:
		return join(items, "ou")
	case ES:
		if len(items) == 0 {
			return ""
		}
		return join(items, spanishOr(items[len(items)-1]))
	case EN:
	}
	return join(items, "or")
}

// Names is a list of people cut short: "Aurore, Malik et trois autres". At most
// limit names are told, and nobody stands alone behind "one other" for want of room.
func (p *Printer) Names(names []string, limit int) string {
	if len(names) <= limit+1 || limit < 1 {
		return p.List(names)
	}
	return p.N("list.others", len(names)-limit, "Names", strings.Join(names[:limit], ", "))
}

func join(items []string, last string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	n := len(items) - 1
	return strings.Join(items[:n], ", ") + " " + last + " " + items[n]
}

// Quote puts words between the quotation marks of the language.
func (p *Printer) Quote(s string) string {
	switch p.words.tag {
	case FR:
		return "«" + nbsp + s + nbsp + "»"
	case ES:
		return "«" + s + "»"
	case EN:
	}
	return "“" + s + "”"
}

// Of is the possessive before a name: "de Malik", "d’Aurore", "of Aurore".
func (p *Printer) Of(name string) string {
	switch p.words.tag {
	case FR:
		return elide("de", name)
	case ES:
		return "de " + name
	case EN:
	}
	return "of " + name
}

// Elide puts a French word before another: "que" and "Aurore" make "qu’Aurore".
// In other languages it joins them with a space.
func (p *Printer) Elide(word, next string) string {
	if p.words.tag == FR {
		return elide(word, next)
	}
	return word + " " + next
}

// Capital makes the first letter a capital.
func Capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 || r == utf8.RuneError {
		return s
	}
	return string(unicode.ToTitle(r)) + s[size:]
}
