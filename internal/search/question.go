package search

import (
	"strings"
	"unicode"
)

// Limits of a question: what lies beyond is ignored.
const (
	maxQuestion = 400 // bytes
	maxTerms    = 12
)

// term is one thing asked for: words that stand together, of which the last may
// go on.
type term struct {
	words  []string
	prefix bool
}

// question is what somebody asks for and what they exclude.
type question struct{ want, not []term }

// parse reads any text as a question.
func parse(text string) question {
	if len(text) > maxQuestion {
		text = strings.ToValidUTF8(text[:maxQuestion], "")
	}
	var q question
	for rest := text; rest != "" && len(q.want)+len(q.not) < maxTerms; {
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		said, minus := rest, false
		if after, ok := strings.CutPrefix(said, "-"); ok {
			said, minus = after, true
		}
		quoted, tail, isQuote := cutQuote(said)
		if !isQuote {
			end := strings.IndexFunc(said, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`"«»“”„`, r) })
			if end < 0 {
				end = len(said)
			}
			quoted, tail = said[:end], said[end:]
			if end == 0 && tail != "" { // a quotation mark by itself
				_, tail = cutRune(tail)
			}
		}
		if t, ok := newTerm(quoted, !isQuote); ok {
			if minus {
				q.not = append(q.not, t)
			} else {
				q.want = append(q.want, t)
			}
		}
		rest = tail
	}
	return q
}

func newTerm(s string, prefix bool) (term, bool) {
	var t term
	for _, w := range cutWords(s, maxTerms) {
		t.words = append(t.words, w.text)
	}
	if len(t.words) == 0 {
		return t, false
	}
	// A single letter would go on as almost anything.
	last := t.words[len(t.words)-1]
	t.prefix = prefix && (len(last) > 1)
	return t, true
}

// cutQuote takes what stands between quotation marks at the beginning of s.
func cutQuote(s string) (inside, rest string, ok bool) {
	first, after := cutRune(s)
	closing := map[string]string{`"`: `"”`, "“": `”"“`, "„": `“”"`, "«": "»"}[first]
	if closing == "" {
		return "", s, false
	}
	end := strings.IndexAny(after, closing)
	if end < 0 {
		return "", s, false
	}
	_, rest = cutRune(after[end:])
	return after[:end], rest, true
}

func cutRune(s string) (first, rest string) {
	for i := range s {
		if i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// whole is the question without going on.
func whole(terms []term) []term {
	out := make([]term, len(terms))
	for i, t := range terms {
		out[i] = term{words: t.words}
	}
	return out
}

// language writes questions for one database. Words hold letters and digits
// alone, so quoting them is safe.
type language struct {
	term  func(t term, title bool) string
	and   string
	or    string
	title func(expr string) string
	but   func(expr, not string) string
}

func fts5() language {
	return language{
		term: func(t term, _ bool) string {
			s := `"` + strings.Join(t.words, " ") + `"`
			if t.prefix {
				s += " *"
			}
			return s
		},
		and: " AND ", or: " OR ",
		title: func(expr string) string { return "title : (" + expr + ")" },
		but:   func(expr, not string) string { return "(" + expr + ") NOT (" + not + ")" },
	}
}

func tsquery() language {
	return language{
		term: func(t term, title bool) string {
			parts := make([]string, len(t.words))
			for i, w := range t.words {
				if title {
					w = "=" + w
				}
				parts[i] = "'" + w + "'"
				if t.prefix && i == len(t.words)-1 {
					parts[i] += ":*"
				}
			}
			return strings.Join(parts, " <-> ")
		},
		and: " & ", or: " | ",
		title: func(expr string) string { return expr },
		but:   func(expr, not string) string { return "(" + expr + ") & !(" + not + ")" },
	}
}

func (l language) join(terms []term, with string, title bool) string {
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = "(" + l.term(t, title) + ")"
	}
	return strings.Join(parts, with)
}

// ranks writes the question once for each rank, best first; what one finds the
// next ones don't.
func (q question) ranks(l language) []string {
	if len(q.want) == 0 {
		return nil
	}
	inTitle := l.title(l.join(q.want, l.and, true))
	exact := l.join(whole(q.want), l.and, false)
	all := l.join(q.want, l.and, false)
	not := func(more ...string) string {
		if len(q.not) > 0 {
			more = append(more, l.join(q.not, l.or, false))
		}
		for i := range more {
			more[i] = "(" + more[i] + ")"
		}
		return strings.Join(more, l.or)
	}
	out := []string{inTitle, l.but(exact, not(inTitle))}
	if len(q.not) > 0 {
		out[0] = l.but(inTitle, not())
	}
	if exact != all {
		out = append(out, l.but(all, not(inTitle, exact)))
	}
	return out
}
