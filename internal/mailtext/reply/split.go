package reply

import (
	"regexp"
	"strings"
)

// reader is to whom a line is given.
type reader int

const (
	own    reader = iota // the words; with depth > 0 the small quote of an answer
	quoted               // the past
	footer               // what machines hang below
	signed               // what the writer hangs below
	shown                // somebody else's text that is handed on: it stands with the words
)

const (
	maxDepth = 8   // levels of quotes told apart
	longest  = 500 // bytes of a line that may be an attribution, a ruler, a divider
)

// split shares the lines of a text out (rule 1): as[i] says who gets ls[i].
type split struct {
	ls []Line
	as []reader
}

// Texts are what the three readers got.
type Texts struct {
	Words     string // what was newly written, as Markdown
	Quoted    string // the past, as Markdown
	Signature string // what the writer hangs below, as plain text
	Footer    string // what machines hang below, as plain text
}

// Share gives every line of a body to one of the four.
func Share(ls []Line) Texts { return share(ls).texts() }

// share decides for every line of a body.
func share(ls []Line) *split {
	t := &split{ls: ls, as: make([]reader, len(ls))}
	for i := range ls {
		t.ls[i].depth = min(t.ls[i].depth, maxDepth)
		t.ls[i].label = labelOf(t.ls[i])
		t.ls[i].rule = isRule(t.ls[i].text)
	}
	t.fragments()
	t.armor()
	t.appendices() // below the quotes
	t.cuts()
	t.attributions()
	t.standalone()
	t.signatures()
	t.appendices() // above the quotes that are folded now
	t.answers()
	return t
}

func (t *split) label(from, to int, r reader) {
	for i := from; i < to; i++ {
		t.as[i] = r
	}
}

// ownAbove tells whether the writer said something above a line that isn't just
// a greeting.
func (t *split) ownAbove(at int) bool {
	n, greets := 0, false
	for i := range at {
		if t.as[i] == own && t.ls[i].depth == 0 && !t.ls[i].blank() && !t.ls[i].rule {
			if n++; n > 1 {
				return true
			}
			greets = greeting.MatchString(t.ls[i].text)
		}
	}
	return n == 1 && !greets
}

var greeting = regexp.MustCompile(`(?i)^\s*(?:hi|hello|hey|dear|bonjour|bonsoir|salut|coucou|cher|chère|hola|buenos días|buenas|estimad[oa]s?|querid[oa]s?|hallo|liebe[rs]?|guten tag|ciao|buongiorno|salve|olá|oi|caro|beste|hej|moi|good (?:morning|afternoon|evening))\b[^.?!]{0,40}[,.:!]?\s*$`)

// fragments heals quotes that a program broke after marking: the end of a long
// quoted line that slipped to a line of its own, without its mark.
func (t *split) fragments() {
	for i := 1; i < len(t.ls); i++ { // "<ana@example.org" and on the next line ">:"
		if l, up := &t.ls[i], t.ls[i-1]; l.depth == 1 && l.text == ":" && up.depth == 0 && strings.Contains(up.text, "<") {
			l.depth, l.text = 0, ">:"
		}
	}
	for i := 1; i+1 < len(t.ls); i++ {
		l, up, down := t.ls[i], t.ls[i-1], t.ls[i+1]
		if l.depth > 0 || up.depth == 0 || down.depth == 0 || l.blank() || up.blank() {
			continue
		}
		first := []rune(strings.TrimLeft(l.text, " "))[0]
		end := up.text[len(up.text)-1]
		if len(up.text) >= 68 && first >= 'a' && first <= 'z' && strings.IndexByte(".?!:;", end) < 0 && len(l.text) < 60 {
			t.ls[i].depth = up.depth
		}
	}
}

// cuts finds where a quote without marks begins: a divider, a header block, a
// mark of the HTML; all below it is quoted.
func (t *split) cuts() {
	for i := range t.ls {
		if t.as[i] != own || t.ls[i].depth > 0 || t.ls[i].blank() || len(t.ls[i].text) > longest {
			continue
		}
		handedOn := forwarded.MatchString(t.ls[i].text) || begins.MatchString(strings.TrimSpace(t.ls[i].text))
		switch {
		case handedOn, divider.MatchString(t.ls[i].text), headerBlock(t.ls, i), t.ls[i].mark == markCut && t.ownAbove(i):
			t.cut(i, handedOn)
			return
		}
	}
}

// cut folds all from a line on. What nobody answered but handed on is what the
// writer wants read: without own words above, it stays among the words.
func (t *split) cut(at int, handedOn bool) {
	for at > 0 && t.as[at-1] == own && t.ls[at-1].depth == 0 && (t.ls[at-1].blank() || t.ls[at-1].rule) {
		at--
	}
	keep := !t.anyOwn(at) || handedOn && !t.ownAbove(at)
	for i := at; i < len(t.ls); i++ {
		switch {
		case t.as[i] != own:
		case keep:
			t.ls[i].depth++
			t.as[i] = shown
		default:
			t.as[i] = quoted
		}
	}
}

func (t *split) anyOwn(before int) bool {
	for i := range before {
		if t.as[i] == own && t.ls[i].depth == 0 && !t.ls[i].blank() {
			return true
		}
	}
	return false
}

// attributions gives "On … wrote:" to the quote it introduces; above a quote
// without marks it takes all below with it.
func (t *split) attributions() {
	lastMark := t.lastMark()
	for i := range t.ls {
		if t.as[i] != own || t.ls[i].depth > 0 || t.ls[i].blank() {
			continue
		}
		next := i + 1
		for next < len(t.ls) && t.ls[next].blank() && t.ls[next].depth == 0 {
			next++
		}
		marked := next < len(t.ls) && t.ls[next].depth > 0
		if t.ls[i].mark == markAttribution && (marked || next == len(t.ls)) {
			t.as[i] = quoted
			continue
		}
		start, ok := introducedBy(t.ls, i, !marked)
		if !ok || !t.allOwn(start, i) {
			continue
		}
		switch {
		case marked:
			t.label(start, next, quoted)
		case next < len(t.ls) && t.as[next] == own && t.ownAbove(start):
			t.cut(start, false)
			return
		case next == len(t.ls) || t.as[next] != own || next <= lastMark:
			t.label(start, i+1, quoted)
		}
	}
}

// lastMark is the last line that somebody quoted by marks, or -1.
func (t *split) lastMark() int {
	for i := len(t.ls) - 1; i >= 0; i-- {
		if t.as[i] == own && t.ls[i].depth > 0 {
			return i
		}
	}
	return -1
}

func (t *split) allOwn(from, to int) bool {
	for i := from; i <= to; i++ {
		if t.as[i] != own {
			return false
		}
	}
	return true
}

// run is a stretch of lines that are all quoted by marks, or all the writer's.
type run struct {
	from, to int
	marks    bool
}

// runs parts what isn't footer into stretches; lines already given to quoted
// count as marked.
func (t *split) runs() []run {
	var out []run
	for i := range t.ls {
		if t.as[i] == footer || t.as[i] == signed {
			continue
		}
		marks := t.ls[i].depth > 0 || t.as[i] == quoted
		if t.ls[i].blank() && t.ls[i].depth == 0 && len(out) > 0 && t.as[i] == own {
			out[len(out)-1].to = i + 1 // a blank line belongs to what is above it
			continue
		}
		if n := len(out); n > 0 && out[n-1].marks == marks {
			out[n-1].to = i + 1
			continue
		}
		out = append(out, run{i, i + 1, marks})
	}
	return out
}

const (
	smallQuote = 8   // lines of a quote that stand with their answer
	smallChars = 800 // and characters
)

// answers decides for each quote whether it stays with the words below it (rule 2).
func (t *split) answers() {
	runs := t.runs()
	last := -1 // the last run in which the writer speaks
	for i, r := range runs {
		if !r.marks && t.speaks(r) {
			last = i
		}
	}
	between, seen := false, false // words stand between two quotes
	for i, r := range runs[:max(last, 0)] {
		between = between || seen && !r.marks && t.speaks(r)
		seen = seen || t.quotes(runs[i:i+1])
	}
	between = between || seen && t.quotes(runs[last+1:])
	for i, r := range runs {
		if r.marks && i < last {
			t.foldNotices(r)
		}
		switch {
		case !r.marks:
		case i > last:
			t.fold(r.from, r.to)
		case t.small(r):
		case between:
			t.fold(r.from, t.lastParagraphOf(r))
		default:
			t.fold(r.from, r.to)
		}
	}
}

// foldNotices takes signatures and list footers out of a quote that may stay.
func (t *split) foldNotices(r run) {
	for i := r.from; i < r.to; i++ {
		l := t.ls[i]
		to := i + 1
		for to < r.to && t.ls[to].depth == l.depth && (to <= i+6 || l.text == "--") {
			to++
		}
		switch {
		case l.depth == 0 || t.as[i] != own:
		case len(l.text) >= 10 && len(l.text) <= longest && longRule.MatchString(l.text) && listWords.MatchString(joinText(t.ls[i+1:to])),
			strings.TrimRight(l.text, " ") == "--" && to-i <= sigLines:
			t.fold(i, to)
			i = to - 1
		}
	}
}

// fold gives lines that stood with the words to the past.
func (t *split) fold(from, to int) {
	for i := from; i < to; i++ {
		if t.as[i] == own {
			t.as[i] = quoted
		}
	}
}

func (t *split) speaks(r run) bool {
	for i := r.from; i < r.to; i++ {
		if t.as[i] == own && t.ls[i].depth == 0 && !t.ls[i].blank() {
			return true
		}
	}
	return false
}

// quotes tells whether somebody is quoted by marks in any of the runs.
func (t *split) quotes(runs []run) bool {
	for _, r := range runs {
		for i := r.from; i < r.to && r.marks; i++ {
			if t.as[i] == own && !t.ls[i].blank() {
				return true
			}
		}
	}
	return false
}

func (t *split) small(r run) bool {
	lines, chars := 0, 0
	for i := r.from; i < r.to; i++ {
		if t.as[i] == own && !t.ls[i].blank() {
			lines++
			chars += len(t.ls[i].text)
		}
	}
	return lines <= smallQuote && chars <= smallChars
}

// lastParagraphOf finds where the last paragraph of a quote starts, or its last
// lines if that is long too.
func (t *split) lastParagraphOf(r run) int {
	at := r.to
	for at > r.from && (t.ls[at-1].blank() || t.as[at-1] != own) {
		at--
	}
	if at == r.from {
		return r.to
	}
	depth := t.ls[at-1].depth
	for n := 0; at > r.from && n < smallQuote; n++ {
		if l := t.ls[at-1]; l.blank() || l.depth != depth || t.as[at-1] != own {
			break
		}
		at--
	}
	return at
}

// texts hands the lines to their readers.
func (t *split) texts() Texts {
	var w, q []Line
	var s, f []string
	for i, l := range t.ls {
		switch t.as[i] {
		case own, shown:
			w = append(w, l)
		case quoted:
			q = append(q, l)
		case footer:
			f = append(f, strings.TrimRight(l.text, " "))
		case signed:
			s = append(s, strings.TrimRight(l.text, " "))
		}
		// A gap keeps apart what didn't stand together.
		if i > 0 && t.as[i] != t.as[i-1] {
			switch t.as[i] {
			case own, shown:
				w = apart(w)
			case quoted:
				q = apart(q)
			case footer, signed:
			}
		}
	}
	return Texts{
		Words: markdown(w), Quoted: markdown(q),
		Signature: strings.TrimSpace(strings.Join(s, "\n")), Footer: strings.TrimSpace(strings.Join(f, "\n")),
	}
}

// apart puts a blank line before the last one.
func apart(ls []Line) []Line {
	last := ls[len(ls)-1]
	return append(ls[:len(ls)-1], Line{depth: 0}, last)
}
