package reply

import "strings"

// PreferRich tells whether the plain form of a text is a stub or a worse witness.
func PreferRich(plain, rich []Line) bool {
	p, r := wordCount(plain), wordCount(rich)
	if p == 0 || p < 40 && r > 4*p+20 {
		return true // "Your program can't show HTML"
	}
	if 2*p < r {
		return false // HTML with much around the text
	}
	return escapedByProgram(plain) || marks(rich) && !marks(plain) && attributed(plain)
}

// escapedByProgram recognises plain text made by a converter to Markdown, where
// "\-Ana" stands for "-Ana" and a backslash for the end of a line.
func escapedByProgram(ls []Line) bool {
	for _, l := range ls {
		i := strings.IndexByte(l.text, '\\')
		if i >= 0 && (i+1 == len(l.text) || strings.IndexByte("-_.#*[]!+>~", l.text[i+1]) >= 0) || strings.Contains(l.text, "](http") {
			return true
		}
	}
	return false
}

func marks(ls []Line) bool {
	for _, l := range ls {
		if l.depth > 0 {
			return true
		}
	}
	return false
}

func wordCount(ls []Line) int {
	n := 0
	for _, l := range ls {
		n += len(strings.Fields(l.text))
	}
	return n
}
