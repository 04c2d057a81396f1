package words

import (
	"bufio"
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	mdhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// Plain makes plain text of Markdown, as one would type it in a mail: quotes
// under ">", lists under dashes and numbers, links with their address behind.
func Plain(md string) string { return plain(md, false) }

// Excerpt is the beginning of a text on one line, at most n runes, cut at the
// end of a word. Quotes and code are left out unless there is nothing else.
func Excerpt(md string, n int) string {
	line := oneLine(plain(md, true))
	if line == "" {
		line = oneLine(Plain(md))
	}
	return cut(line, n)
}

// Title guesses a title: the first line that says something, which a greeting
// doesn't, shortened to its first sentence if it is long, at most n runes.
func Title(md string, n int) string {
	var first string
	for line := range strings.Lines(plain(md, true)) {
		line = oneLine(strings.TrimLeft(line, "–>•# "))
		if line == "" {
			continue
		}
		if first == "" {
			first = line
		}
		if !greeting(line) {
			first = line
			break
		}
	}
	if first == "" {
		return Excerpt(md, n)
	}
	if utf8.RuneCountInString(first) > n {
		if i := sentenceEnd(first); i > 0 {
			first = first[:i]
		}
	}
	return cut(strings.TrimRight(first, " .,:;\u00a0\u202f"), n)
}

// sentenceEnd is the place after the first sentence of at least 20 bytes, or 0.
func sentenceEnd(s string) int {
	for i := 20; i+1 < len(s); i++ {
		if strings.ContainsRune(".?!…", rune(s[i])) && s[i+1] == ' ' {
			return i + 1
		}
	}
	return 0
}

// greeting tells "Bonjour à toutes et à tous," from a line that says something.
func greeting(line string) bool {
	if utf8.RuneCountInString(line) > 48 {
		return false
	}
	first, _, _ := strings.Cut(strings.ToLower(line), " ")
	switch strings.TrimRight(first, ",.:;!\u00a0\u202f") {
	case "bonjour", "bonsoir", "salut", "coucou", "cher", "chère", "chers", "chères", "hello", "hi", "hey", "dear", "greetings",
		"good", "hola", "buenos", "buenas", "querido", "querida", "queridos", "queridas", "estimado", "estimada", "estimados", "estimadas":
		last, _ := utf8.DecodeLastRuneInString(line)
		return len(first) == len(line) || last == ',' || last == '!' || last == '.' || last == ':' || !strings.Contains(line, ",") && strings.Count(line, " ") < 6
	}
	return false
}

// cut shortens a line to n runes at the end of a word, with "…" for what is gone.
func cut(s string, n int) string {
	if n <= 0 || utf8.RuneCountInString(s) <= n {
		return s
	}
	end, space, count := 0, 0, 0
	for i, r := range s {
		if count == n-1 {
			end = i
			break
		}
		if unicode.IsSpace(r) {
			space = i
		}
		count++
	}
	if r, _ := utf8.DecodeRuneInString(s[end:]); !unicode.IsSpace(r) && space > end/2 {
		end = space
	}
	return strings.TrimRight(s[:end], " ,;:–-\u00a0\u202f") + "…"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func plain(md string, brief bool) string {
	md = strings.ReplaceAll(md, "\r\n", "\n")
	if unmarked(md) {
		return tidy(md)
	}
	if tangled(md) {
		return strings.TrimSpace(md)
	}
	return plainParsed(md, brief)
}

func plainParsed(md string, brief bool) string {
	source := []byte(md)
	w := plainWriter{source: source, brief: brief}
	w.blocks(markdown.Parser().Parse(text.NewReader(source)), "", "")
	return strings.TrimRight(w.out.String(), " \n")
}

// tidy trims lines, and leaves one empty line between paragraphs.
func tidy(md string) string {
	var b strings.Builder
	b.Grow(len(md))
	gap := false
	for line := range strings.Lines(md) {
		line = strings.Trim(line, " \n")
		if line == "" {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('\n')
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(line)
		gap = false
	}
	return b.String()
}

// plainWriter walks over a parsed text. Brief leaves out quotes, code and the
// addresses of links.
type plainWriter struct {
	source []byte
	brief  bool
	out    strings.Builder
}

// blocks writes the blocks inside n; first stands before their first line, rest
// before all others.
func (w *plainWriter) blocks(n ast.Node, first, rest string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.block(c, first, rest)
		first = rest
		if c.NextSibling() == nil {
			continue
		}
		if _, tight := c.(*ast.TextBlock); !tight {
			w.line(rest)
		}
	}
}

func (w *plainWriter) block(n ast.Node, first, rest string) {
	switch n := n.(type) {
	case *ast.Blockquote:
		if !w.brief {
			w.blocks(n, first+"> ", rest+"> ")
		}
	case *ast.List:
		w.list(n, first, rest)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		if !w.brief {
			w.lines(w.code(n), first, rest)
		}
	case *ast.ThematicBreak:
		if !w.brief {
			w.line(first + "———")
		}
	case *extast.Table:
		w.table(n, first, rest)
	default:
		if n.Type() == ast.TypeBlock && n.FirstChild() != nil && n.FirstChild().Type() == ast.TypeBlock {
			w.blocks(n, first, rest)
			return
		}
		w.lines(plainInline(n, w.source, !w.brief), first, rest)
	}
}

func (w *plainWriter) list(n *ast.List, first, rest string) {
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		bullet := "– "
		if n.IsOrdered() {
			bullet = strconv.Itoa(number) + ". "
			number++
		}
		w.blocks(item, first+bullet, rest+strings.Repeat(" ", utf8.RuneCountInString(bullet)))
		first = rest
		if !n.IsTight && item.NextSibling() != nil {
			w.line(rest)
		}
	}
}

func (w *plainWriter) table(n *extast.Table, first, rest string) {
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, plainInline(cell, w.source, !w.brief))
		}
		w.line(first + strings.Join(cells, " · "))
		first = rest
	}
}

func (w *plainWriter) code(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.Write(line.Value(w.source))
	}
	return strings.TrimRight(b.String(), "\n")
}

func (w *plainWriter) lines(s, first, rest string) {
	for line := range strings.SplitSeq(s, "\n") {
		w.line(first + line)
		first = rest
	}
}

func (w *plainWriter) line(s string) {
	w.out.WriteString(strings.TrimRight(s, " "))
	w.out.WriteByte('\n')
}

func plainOf(n ast.Node, source []byte) string { return plainInline(n, source, false) }

// plainInline is the text inside a node, its line breaks kept.
func plainInline(n ast.Node, source []byte, addresses bool) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function never fails
		switch n := n.(type) {
		case *ast.Text:
			if !entering {
				break
			}
			value := n.Segment.Value(source)
			if n.IsRaw() || inCode(n) {
				b.Write(value)
			} else {
				b.Write(unescape(value))
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.String:
			if entering {
				b.Write(n.Value)
			}
		case *ast.AutoLink:
			if entering {
				b.Write(n.Label(source))
			}
		case *ast.Link:
			if address := string(n.Destination); !entering && addresses && !strings.HasSuffix(b.String(), strings.TrimPrefix(address, "mailto:")) {
				b.WriteString(" (" + address + ")")
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

func inCode(n ast.Node) bool { return n.Parent() != nil && n.Parent().Kind() == ast.KindCodeSpan }

// unescape resolves what Markdown writes with a backslash or an entity, exactly
// as the HTML will show it.
func unescape(b []byte) []byte {
	if !bytes.ContainsAny(b, `\&`) {
		return b
	}
	var shown bytes.Buffer
	w := bufio.NewWriter(&shown)
	mdhtml.DefaultWriter.Write(w, b)
	if err := w.Flush(); err != nil {
		return b
	}
	return []byte(html.UnescapeString(shown.String()))
}
