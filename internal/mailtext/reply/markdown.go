package reply

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// block is a paragraph, or a piece of code, at one depth.
type block struct {
	depth int
	code  bool
	info  string // what stands behind the writer's own fence
	lines []Line
}

// markdown writes lines as Markdown that shows what was written (rule 3).
func markdown(ls []Line) string {
	blocks := blocksOf(ls)
	widths := widthsOf(ls)
	var b strings.Builder
	for i, bl := range blocks {
		if i > 0 {
			b.WriteString(strings.TrimRight(strings.Repeat("> ", min(bl.depth, blocks[i-1].depth)), " "))
			b.WriteByte('\n')
		}
		var out []string
		if bl.code {
			out = fenced(bl)
		} else {
			out = prose(bl.lines, widths[bl.depth])
		}
		prefix := strings.Repeat("> ", bl.depth)
		for _, s := range out {
			b.WriteString(prefix)
			b.WriteString(s)
			b.WriteByte('\n')
		}
	}
	return strings.TrimRight(b.String(), "\n ")
}

// blocksOf parts lines into paragraphs and joins pieces of code that blank lines part.
func blocksOf(ls []Line) []block {
	var out []block
	gap := true
	for i := 0; i < len(ls); i++ { // a fence takes several lines at once
		l := ls[i]
		if l.blank() {
			gap = true
			continue
		}
		if end := fence(ls, i); end > 0 {
			info := strings.TrimLeft(strings.TrimSpace(l.text), "`")
			out = append(out, block{depth: l.depth, code: true, info: info, lines: ls[i+1 : end : end]})
			i, gap = end, true
			continue
		}
		if n := len(out); gap || l.rule || n == 0 || out[n-1].depth != l.depth {
			out = append(out, block{depth: l.depth})
		}
		last := &out[len(out)-1]
		last.lines = append(last.lines, l)
		gap = l.rule
	}
	joined := out[:0]
	for _, bl := range out {
		n := len(joined)
		before := n > 0 && joined[n-1].code && joined[n-1].depth == bl.depth
		fenced := bl.code
		bl.code = bl.code || looksCode(bl.lines, before)
		if bl.code && before && !fenced && joined[n-1].info == "" {
			joined[n-1].lines = append(append(joined[n-1].lines, Line{}), bl.lines...)
			continue
		}
		joined = append(joined, bl)
	}
	return joined
}

// fence finds the end of a piece of code that its writer fenced; 0 when line i
// opens none.
func fence(ls []Line, i int) int {
	if s := strings.TrimSpace(ls[i].text); !strings.HasPrefix(s, "```") || strings.Contains(strings.TrimLeft(s, "`"), "`") {
		return 0
	}
	for j := i + 1; j < len(ls) && j < i+2000 && ls[j].depth == ls[i].depth; j++ {
		if strings.TrimSpace(ls[j].text) == "```" {
			return j
		}
	}
	return 0
}

var (
	codeStart = regexp.MustCompile(`^\s*(?:\$ |>>> |\.\.\. |#include|#define|#if|import [\w.]+$|from [\w.]+ import|def \w+\(|class \w+[:({]|return [\w.()"']+;?$|if ?\(|for ?\(|while ?\(|try:?$|else:?$|//|/\*|\[(?:INFO|ERROR|WARN|WARNING|DEBUG|TRACE|FATAL)\]|File ".*", line|Traceback \(|\+\+\+ |@@ |diff --|[\w./-]+\.\w+:\d+:|[\w.-]+@[\w.-]+[:~][^ ]*[$#] )`)
	codeInner = regexp.MustCompile(`\w+(?:::|->|\.)\w+\(| [=!+]?= |::\w|\w->\w|&&|\|\||</\w|/>|\b0x[0-9a-fA-F]{2,}|\w\[\w+\]|^\s*\w[\w.]*\([^()]*\);?$|^\s*(?:for|while|if|elif|with|except)\b.*[:{]$`)
	codeEnd   = regexp.MustCompile(`[;{}\\]$|^\s*[{}()\[\]]+[,;]?$`)
	columns   = regexp.MustCompile(`\S {3,}\S|\S\t+\S`)
)

// looksCode tells whether a paragraph was typed for its columns: code, logs, tables.
func looksCode(ls []Line, afterCode bool) bool {
	n := 0.0
	for _, l := range ls {
		if l.pre {
			return true
		}
		s := strings.TrimRight(l.text, " ")
		if len(s) > 400 {
			continue
		}
		indented := strings.HasPrefix(s, "    ") || strings.HasPrefix(s, "\t")
		if !strings.ContainsAny(s, ";{}()=<>[]#$/\\&|:.\"\t") && !strings.Contains(s, "   ") {
			continue
		}
		marked := codeStart.MatchString(s) || codeInner.MatchString(s) || codeEnd.MatchString(s)
		switch {
		case indented && marked:
			n += 1.5
		case marked:
			n++
		case columns.MatchString(strings.TrimSpace(s)):
			n += 0.8
		case indented:
			n += 0.3
		}
	}
	share := n / float64(len(ls))
	switch {
	case afterCode:
		return share >= 0.5
	case len(ls) == 1:
		s := strings.TrimSpace(ls[0].text)
		return share >= 1.5 || strings.HasPrefix(s, "$ ") || strings.HasPrefix(s, ">>> ")
	}
	return share >= 0.6
}

// fenced writes code between fences that it doesn't contain, its common indent off.
func fenced(bl block) []string {
	mark, indent := "```", 1<<10
	for _, l := range bl.lines {
		for strings.Contains(l.text, mark) {
			mark += "`"
		}
		if !l.blank() {
			indent = min(indent, len(l.text)-len(strings.TrimLeft(l.text, " ")))
		}
	}
	out := []string{mark + bl.info}
	for _, l := range bl.lines {
		out = append(out, strings.TrimRight(clipLeft(l.text, indent), " "))
	}
	return append(out, mark)
}

func clipLeft(s string, n int) string { return s[min(n, len(s)):] }

// widthsOf guesses, for each depth, at what width the program broke lines: the
// longest line, if it is near one that programs use.
func widthsOf(ls []Line) [maxDepth + 2]int {
	var w [maxDepth + 2]int
	for i := range w {
		w[i] = 62
	}
	for _, l := range ls {
		if n := utf8.RuneCountInString(l.text); n <= 100 && !strings.Contains(l.text, "://") {
			w[l.depth] = max(w[l.depth], min(n, 80))
		}
	}
	return w
}

var item = regexp.MustCompile(`^(\s*)(?:([-*+•·‣◦▪●])|(\d{1,3})([.)]))\s+(\S.*)$`)

// prose writes a paragraph: lines that a program broke joined, lines that the
// writer ended kept by a hard break (CommonMark §6.7).
func prose(ls []Line, width int) []string {
	if len(ls) == 1 && ls[0].rule {
		return []string{"---"}
	}
	var out [][]byte
	indent0 := -1
	for i, l := range ls {
		text := strings.TrimSpace(l.text)
		m := item.FindStringSubmatch(l.text)
		if m != nil && emphasised(text) {
			m = nil
		}
		switch {
		case m == nil && i > 0 && broken(ls[i-1], l, width):
			last := &out[len(out)-1]
			*last = append(append(*last, ' '), escape(text, false)...)
			continue
		case m == nil:
			out = append(out, []byte(escape(text, true)))
			continue
		case indent0 < 0:
			indent0 = len(m[1])
		}
		sign := m[3] + m[4]
		if sign == "" {
			sign = "-"
		}
		pad := strings.Repeat(" ", max(0, min(len(m[1])-indent0, 9)))
		out = append(out, []byte(pad+sign+" "+escape(m[5], true)))
	}
	lines := make([]string, len(out))
	for i, b := range out {
		lines[i] = string(b)
	}
	return lines
}

// emphasised tells "* word* more" from a list.
func emphasised(s string) bool {
	return strings.HasPrefix(s, "*") && !strings.HasPrefix(s, "* ")
}

// broken tells whether a program ended the line before next: its first word
// wouldn't have fitted any more.
func broken(l, below Line, width int) bool {
	if l.whole || l.mark == markAttribution || strings.HasSuffix(l.text, ":") || below.label != noLabel {
		return false
	}
	next := strings.TrimSpace(below.text)
	word, _, _ := strings.Cut(next, " ")
	n := utf8.RuneCountInString(strings.TrimRight(l.text, " "))
	if l.tail > 0 { // in flowed text most breaks are meant, but some programs break twice
		if r, _ := utf8.DecodeRuneInString(next); l.depth == 0 && !unicode.IsLower(r) {
			return false
		}
		n = min(n, l.tail)
	}
	return n > 30 && n+1+utf8.RuneCountInString(word) > width
}

var (
	address   = regexp.MustCompile(`^(?:https?|ftp)://[^\s<>"]+`)
	autolink  = regexp.MustCompile(`^<(?:(?:https?|ftp|mailto):[^\s<>]+|[\w.+-]+@[\w.-]+\w)>`)
	strong    = regexp.MustCompile(`^\*\*[^\s*](?:[^*\n]{0,120}[^\s*])?\*\*`)
	bold      = regexp.MustCompile(`^\*([^\s*](?:[^*\n]{0,120}[^\s*])?)\*`)
	italic    = regexp.MustCompile(`^_([^\s_](?:[^_\n]{0,120}[^\s_])?)_`)
	codeSpan  = regexp.MustCompile("^`[^`\n]+`")
	entity    = regexp.MustCompile(`^&(?:#\w+|\w+);`)
	longItem  = regexp.MustCompile(`^(\d{1,9})([.)])(\s|$)`)
	heading   = regexp.MustCompile(`^#{1,6}(?:\s|$)`)
	reference = regexp.MustCompile(`^\[[^\]]+\]:`)
	setext    = regexp.MustCompile(`^(?:=+|-+|\|?[\s:|-]*-[\s:|-]*)$`)
)

// escape makes signs that Markdown would take for its own show as they are, but
// for those that people use so in plain text: *this*, _that_, `code`, links.
func escape(s string, start bool) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	if start {
		switch m := longItem.FindStringSubmatch(s); {
		case m != nil:
			b.WriteString(m[1] + `\` + m[2])
			s = s[len(m[1])+1:]
		case heading.MatchString(s), strings.HasPrefix(s, ">"), setext.MatchString(s),
			strings.HasPrefix(s, "- "), strings.HasPrefix(s, "+ "), s == "+", strings.HasPrefix(s, "~~~"):
			b.WriteString(`\` + s[:1])
			s = s[1:]
		}
	}
	linked, struck := strings.Contains(s, "](") || reference.MatchString(s), strings.Count(s, "~") > 1
	prev := rune(' ')
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if m := verbatim(s, r, prev); m > 0 {
			b.WriteString(s[:m])
			prev, _ = utf8.DecodeLastRuneInString(s[:m])
			s = s[m:]
			continue
		}
		if m := bold.FindStringSubmatch(s); r == '*' && m != nil && open(prev) && closed(s[len(m[0]):]) {
			b.WriteString("**" + escape(m[1], false) + "**")
			prev, s = '*', s[len(m[0]):]
			continue
		}
		next, _ := utf8.DecodeRuneInString(s[n:])
		if special(s, r, prev, next) || r == '[' && linked || r == '~' && struck {
			b.WriteByte('\\')
		}
		b.WriteString(s[:n])
		prev, s = r, s[n:]
	}
	return b.String()
}

// verbatim measures what is copied as it is: links, code, emphasis.
func verbatim(s string, r, prev rune) int {
	switch r {
	case 'h', 'f':
		if !unicode.IsLetter(prev) {
			return len(address.FindString(s))
		}
	case '<':
		return len(autolink.FindString(s))
	case '*':
		if m := strong.FindString(s); m != "" && open(prev) && closed(s[len(m):]) && !strings.ContainsAny(m, "<[`\\&~_") {
			return len(m)
		}
	case '`':
		return len(codeSpan.FindString(s))
	case '_':
		if m := italic.FindStringSubmatch(s); m != nil && open(prev) && closed(s[len(m[0]):]) && !strings.ContainsAny(m[1], "<[*`\\&~") {
			return len(m[0])
		}
	}
	return 0
}

// special tells whether a sign could be markup where it stands.
func special(s string, r, prev, next rune) bool {
	switch r {
	case '`':
		return true
	case '\\':
		return next < utf8.RuneSelf && (unicode.IsPunct(next) || unicode.IsSymbol(next))
	case '*':
		return !unicode.IsSpace(prev) || !unicode.IsSpace(next) && next != utf8.RuneError
	case '<':
		return next < utf8.RuneSelf && (unicode.IsLetter(next) || next == '/' || next == '!' || next == '?')
	case '_':
		return !alnum(prev) || !alnum(next)
	case '&':
		return entity.MatchString(s)
	}
	return false
}

func alnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func open(prev rune) bool {
	return unicode.IsSpace(prev) || strings.ContainsRune(`("'«“‘—–[`, prev)
}

func closed(rest string) bool {
	if rest == "" {
		return true
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsSpace(r) || strings.ContainsRune(`.,;:!?)"'»”’—–]`, r)
}
