package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Marked is a text in parts; those that were asked for are marked.
type Marked []Part

// Part is a stretch of text.
type Part struct {
	Text string
	Mark bool
}

// String is the text without marks.
func (m Marked) String() string {
	var b strings.Builder
	for _, p := range m {
		b.WriteString(p.Text)
	}
	return b.String()
}

// Snippet is the part of a text, at most n runes, where most of what the question
// asks for stands together, on one line, marked; the beginning if nothing does.
func Snippet(text, asked string, n int) Marked { return parse(asked).snippet(text, n) }

// found is a stretch of bytes that a term met.
type found struct{ start, end int }

// find gives the stretches of s that the question asks for, in order and apart.
func (q question) find(s string) []found {
	words := cutWords(s, maxWords)
	var out []found
	for i := 0; i < len(words); i++ {
		for _, t := range q.want {
			if n := t.meets(words[i:]); n > 0 {
				out = append(out, found{words[i].start, words[i+n-1].end})
				i += n - 1
				break
			}
		}
	}
	return out
}

// meets tells how many words at the beginning are the term, 0 for none.
func (t term) meets(words []word) int {
	if len(words) < len(t.words) {
		return 0
	}
	for i, w := range t.words {
		if words[i].text != w && (!t.prefix || i < len(t.words)-1 || !strings.HasPrefix(words[i].text, w)) {
			return 0
		}
	}
	return len(t.words)
}

// mark is the whole text, what was asked for marked.
func (q question) mark(s string) Marked { return marked(s, q.find(s)) }

func (q question) snippet(s string, n int) Marked {
	s = strings.Join(strings.Fields(s), " ")
	all := q.find(s)
	if utf8.RuneCountInString(s) <= n {
		return marked(s, all)
	}
	start := 0
	if len(all) > 0 {
		start = densest(s, all, n)
	}
	start, end := window(s, start, n)
	var inside []found
	for _, f := range all {
		if f.start >= start && f.end <= end {
			inside = append(inside, found{f.start - start, f.end - start})
		}
	}
	m := marked(s[start:end], inside)
	if start > 0 {
		m = append(Marked{{Text: "… "}}, m...)
	}
	if end < len(s) {
		m = append(m, Part{Text: " …"})
	}
	return m
}

// densest is where the stretch of n runes begins that holds most of what was found.
func densest(s string, all []found, n int) int {
	best, most, last := 0, 0, 0
	for i := range all {
		last = max(last, i)
		for last+1 < len(all) && utf8.RuneCountInString(s[all[i].start:all[last+1].end]) <= n*2/3 {
			last++
		}
		if last-i+1 > most {
			best, most = i, last-i+1
		}
	}
	return all[best].start
}

// window is n runes of s around at, a third of them before it, cut between words.
func window(s string, at, n int) (start, end int) {
	n -= 4 // the two ellipses
	start = at
	for before := n / 3; before > 0 && start > 0; before-- {
		_, size := utf8.DecodeLastRuneInString(s[:start])
		start -= size
	}
	end = forward(s, start, n)
	for missing := n - utf8.RuneCountInString(s[start:end]); missing > 0 && start > 0; missing-- {
		_, size := utf8.DecodeLastRuneInString(s[:start])
		start -= size
	}
	if start > 0 {
		if i := strings.IndexByte(s[start:min(at, end)], ' '); i >= 0 {
			start += i + 1
		}
	}
	if end < len(s) && s[end] != ' ' {
		if i := strings.LastIndexByte(s[start:end], ' '); i > 0 && start+i > at {
			end = start + i
		}
	}
	return start, start + len(strings.TrimRightFunc(s[start:end], unicode.IsSpace))
}

// forward is the place n runes after start.
func forward(s string, start, n int) int {
	i := start
	for ; n > 0 && i < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return i
}

func marked(s string, all []found) Marked {
	var m Marked
	at := 0
	for _, f := range all {
		if f.start > at {
			m = append(m, Part{Text: s[at:f.start]})
		}
		m = append(m, Part{Text: s[f.start:f.end], Mark: true})
		at = f.end
	}
	if at < len(s) {
		m = append(m, Part{Text: s[at:]})
	}
	return m
}
