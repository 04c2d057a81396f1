package reply

import (
	"strings"
)

// Line is one line of a text, its quote marks taken off and counted.
type Line struct {
	depth int // 0: nobody is quoted
	text  string
	mark  mark
	whole bool      // ends where its writer ended it, not where a program broke it
	tail  int       // of a flowed line: bytes of the last piece it was joined from
	label labelKind // what header it names, if it looks like one
	rule  bool      // nothing but dashes and the like
	pre   bool      // typed with care for columns (HTML's pre)
}

// Blank is the line between two texts.
func Blank() Line { return Line{} }

func (l Line) blank() bool { return strings.TrimSpace(l.text) == "" }

// mark is what the markup of an HTML mail told of a line.
type mark int

const (
	markNone mark = iota
	markAttribution
	markSignature
	markCut // from here on, everything is quoted
)

// Plain reads text that bears its quote marks in the lines.
func Plain(text string) []Line {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	raw := strings.Split(strings.TrimRight(text, "\n"), "\n")
	out := make([]Line, 0, len(raw))
	for _, s := range raw {
		depth, rest := quoteMarks(s)
		if rest != sigExact {
			rest = strings.TrimRight(rest, " \t\u00a0")
		}
		out = append(out, Line{depth: depth, text: rest})
	}
	pythonPrompts(out)
	superCites(out)
	return out
}

// quoteMarks counts and takes off "> > >", ">>>" and their mixtures.
func quoteMarks(s string) (depth int, rest string) {
	if strings.HasPrefix(s, " > ") || s == " >" {
		s = s[1:]
	}
	for strings.HasPrefix(s, ">") {
		depth++
		s = s[1:]
		if strings.HasPrefix(s, " >") {
			s = s[1:]
		}
	}
	if depth > 0 {
		s = strings.TrimPrefix(s, " ")
	}
	return depth, s
}

// pythonPrompts gives ">>> import this" back to its writer: three marks in a
// text that has no lines with one are no quote.
func pythonPrompts(ls []Line) {
	for _, l := range ls {
		if l.depth == 1 || l.depth == 2 {
			return
		}
	}
	for i := range ls {
		if ls[i].depth == 3 {
			ls[i].depth, ls[i].text = 0, strings.TrimRight(">>> "+ls[i].text, " ")
		}
	}
}

// superCites recognises "JD> text", as some programs of old quoted, where at
// least two lines follow each other so.
func superCites(ls []Line) {
	for i := 0; i < len(ls); {
		who, _, ok := superCite(ls[i])
		if !ok {
			i++
			continue
		}
		j := i
		for ; j < len(ls); j++ {
			if w, _, ok := superCite(ls[j]); !ok || w != who {
				break
			}
		}
		if j-i >= 2 {
			for k := i; k < j; k++ {
				_, ls[k].text, _ = superCite(ls[k])
				ls[k].depth++
			}
			for k := i - 1; k >= 0 && k >= i-2; k-- { // its herald, ">>>>> Jane Doe writes:"
				if ls[k].depth > 3 && strings.HasSuffix(ls[k].text, ":") {
					ls[k].depth, ls[k].text = 0, strings.Repeat(">", ls[k].depth)+" "+ls[k].text
				}
			}
		}
		i = j
	}
}

func superCite(l Line) (who, rest string, ok bool) {
	if l.depth > 0 {
		return "", "", false
	}
	s := strings.TrimPrefix(l.text, " ")
	i := strings.IndexByte(s, '>')
	if i < 2 || i > 3 {
		return "", "", false
	}
	for _, c := range s[:i] {
		if c < 'A' || c > 'Z' {
			return "", "", false
		}
	}
	return s[:i], strings.TrimPrefix(s[i+1:], " "), true
}

// Flowed reads format=flowed (RFC 3676 §4): a line that ends in a blank goes
// on in the next one of the same depth. Lines that end without one, inside a
// quote, may still have been broken by the program of whoever is quoted.
func Flowed(text string, delsp bool) []Line {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var out []Line
	open := false // the last line goes on
	for s := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		marks := 0
		for marks < len(s) && s[marks] == '>' {
			marks++
		}
		depth, rest := marks, strings.TrimPrefix(s[marks:], " ")
		if marks > 0 {
			more, inner := quoteMarks(rest)
			if more > 0 {
				depth, rest = depth+more, inner
			}
		}
		flows := strings.HasSuffix(rest, " ") && rest != sigExact && strings.TrimSpace(rest) != ""
		if flows && delsp {
			rest = rest[:len(rest)-1]
		}
		if open && out[len(out)-1].depth == depth && rest != sigExact {
			last := &out[len(out)-1]
			if !delsp {
				rest = strings.TrimLeft(rest, " ")
			}
			if len(last.text)+len(rest) <= maxLine {
				last.text += rest
				last.tail = len(rest)
				open = flows
				continue
			}
		}
		out = append(out, Line{depth: depth, text: rest, tail: len(rest)})
		open = flows
	}
	for i := range out {
		if out[i].text != sigExact {
			out[i].text = strings.TrimRight(out[i].text, " \t\u00a0")
		}
	}
	return out
}

const (
	maxLine  = 64 << 10
	sigExact = "-- " // RFC 3676 §4.3
)
