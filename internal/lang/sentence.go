package lang

import (
	"fmt"
	"strings"
)

// sentence is a text taken apart once, so that saying it costs a walk over its
// pieces and no reflection.
type sentence []piece

// piece is literal text, or (with a name) a place to fill, through a helper or none.
type piece struct {
	text   string
	name   string
	helper helper
}

type helper int

const (
	plain helper = iota
	helpCap
	helpQuote
	helpCount
	helpCountF
	helpDigits
	helpDe
	helpQue
	helpLe
	helpLa
	helpY
	helpO
)

func helperNamed(name string) (helper, bool) {
	switch name {
	case "cap":
		return helpCap, true
	case "quote":
		return helpQuote, true
	case "count":
		return helpCount, true
	case "countf":
		return helpCountF, true
	case "digits":
		return helpDigits, true
	case "de":
		return helpDe, true
	case "que":
		return helpQue, true
	case "le":
		return helpLe, true
	case "la":
		return helpLa, true
	case "y":
		return helpY, true
	case "o":
		return helpO, true
	}
	return plain, false
}

// parseSentence takes a text apart. What it can't read stays in the text as it
// is written, and is told in the error for the tests.
func parseSentence(text string) (sentence, error) {
	var (
		s       sentence
		problem error
		rest    = text
	)
	for {
		before, after, open := strings.Cut(rest, "{{")
		inside, tail, closed := strings.Cut(after, "}}")
		if !open || !closed {
			if open || strings.Contains(rest, "}}") {
				problem = fmt.Errorf("braces don't match in %q", text)
			}
			if rest != "" || len(s) == 0 {
				s = append(s, piece{text: rest})
			}
			return s, problem
		}
		if before != "" {
			s = append(s, piece{text: before})
		}
		p, ok := parsePlace(inside)
		if !ok {
			problem = fmt.Errorf("can't read {{%s}} in %q", inside, text)
			p = piece{text: "{{" + inside + "}}"}
		}
		s = append(s, p)
		rest = tail
		if rest == "" {
			return s, problem
		}
	}
}

func parsePlace(inside string) (piece, bool) {
	words := strings.Fields(inside)
	var p piece
	if len(words) == 2 {
		h, ok := helperNamed(words[0])
		if !ok {
			return p, false
		}
		p.helper = h
		words = words[1:]
	}
	if len(words) != 1 || len(words[0]) < 2 || words[0][0] != '.' || strings.ContainsAny(words[0][1:], ". |()$\"") {
		return p, false
	}
	p.name = words[0][1:]
	return p, true
}

// names lists the places of a sentence; NF counts as N, which it spells.
func (s sentence) names() []string {
	var out []string
	for _, p := range s {
		switch p.name {
		case "":
		case "NF":
			out = append(out, "N")
		default:
			out = append(out, p.name)
		}
	}
	return out
}
