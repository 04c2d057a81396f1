package reply

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HTML reads an HTML mail as lines: blocks end lines, paragraphs part them
// by blank ones, lists get their signs, links keep their address, quotes become
// depth. What mail programs write around quotes and signatures is told by marks.
func HTML(text string) []Line {
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil { // nested too deeply: the words without the structure
		return plainWhole(stripTags(text))
	}
	var w htmlWalk
	w.node(doc, context{})
	w.flush()
	return w.trimmed()
}

// context is what an element hands down to those inside it.
type context struct {
	depth  int
	mark   mark
	pre    bool
	lists  int
	number *int // of the ordered list around; nil in an unordered one
}

type htmlWalk struct {
	out    []Line
	cur    strings.Builder
	ctx    context // of the line being written
	prefix string  // of the next line: a list's sign
	blank  bool    // a blank line is due before the next text
	cut    bool    // the next line starts the quoted past
}

// text adds words to the line being written, white space folded but in pre.
func (w *htmlWalk) text(s string, c context) {
	if c.pre {
		for i, part := range strings.Split(strings.ReplaceAll(s, "\r", ""), "\n") {
			if i > 0 {
				w.endLine(c)
			}
			w.write(part, c)
		}
		return
	}
	s = strings.ReplaceAll(s, "\u00a0", " ")
	words := strings.Fields(s)
	if len(words) == 0 {
		if s != "" && w.cur.Len() > 0 && !strings.HasSuffix(w.cur.String(), " ") {
			w.cur.WriteByte(' ')
		}
		return
	}
	if w.cur.Len() > 0 && startsBlank(s) && !strings.HasSuffix(w.cur.String(), " ") {
		w.cur.WriteByte(' ')
	}
	w.write(strings.Join(words, " "), c)
	if last := s[len(s)-1]; last == ' ' || last == '\n' || last == '\t' || last == '\r' {
		w.cur.WriteByte(' ')
	}
}

func startsBlank(s string) bool { return s[0] == ' ' || s[0] == '\n' || s[0] == '\t' || s[0] == '\r' }

func (w *htmlWalk) write(s string, c context) {
	if s == "" {
		return
	}
	if w.cur.Len() == 0 {
		w.ctx = c
		w.cur.WriteString(w.prefix)
		w.prefix = ""
	}
	if w.cur.Len()+len(s) > maxLine {
		w.endLine(c)
		w.ctx = c
	}
	w.cur.WriteString(s)
}

// flush ends the line being written, if anything is on it.
func (w *htmlWalk) flush() {
	if strings.TrimSpace(w.cur.String()) != "" {
		w.endLine(w.ctx)
	}
	w.cur.Reset()
}

// endLine ends a line even if it is empty.
func (w *htmlWalk) endLine(c context) {
	s := strings.TrimRight(w.cur.String(), " ")
	w.cur.Reset()
	if s != "" {
		c = w.ctx
		if w.blank && len(w.out) > 0 {
			w.out = append(w.out, Line{depth: min(c.depth, w.out[len(w.out)-1].depth)})
		}
		w.blank = false
	}
	l := Line{depth: c.depth, text: s, mark: c.mark, whole: true, pre: c.pre}
	if w.cut && s != "" {
		l.mark, w.cut = markCut, false
	}
	// Text inside some blockquotes bears marks as well.
	if more, rest := quoteMarks(s); more > 0 && !c.pre {
		l.depth, l.text = l.depth+more, rest
	}
	w.out = append(w.out, l)
}

// paragraph ends a line and asks for a blank one before the next.
func (w *htmlWalk) paragraph() {
	w.flush()
	w.blank = true
}

func (w *htmlWalk) node(n *html.Node, c context) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data, c)
		return
	case html.ElementNode:
		w.element(n, c)
		return
	case html.DocumentNode:
		w.children(n, c)
	case html.ErrorNode, html.CommentNode, html.DoctypeNode, html.RawNode:
	}
}

func (w *htmlWalk) children(n *html.Node, c context) {
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		w.node(k, c)
	}
}

func (w *htmlWalk) element(n *html.Node, c context) {
	if hidden(n) {
		return
	}
	c = w.landmark(n, c)
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript, atom.Object, atom.Svg:
	case atom.Br:
		w.endLine(c)
	case atom.Hr:
		w.paragraph()
		if n.NextSibling != nil || n.Parent != nil {
			w.text("---", c)
		}
		w.paragraph()
	case atom.A:
		w.link(n, c)
	case atom.Img:
		w.image(n, c)
	case atom.Pre, atom.Listing, atom.Plaintext, atom.Xmp:
		c.pre = true
		w.paragraph()
		w.children(n, c)
		w.paragraph()
	case atom.Blockquote:
		if !indentOnly(n) {
			c.depth++
		}
		w.paragraph()
		w.children(n, c)
		w.paragraph()
	case atom.Code, atom.Tt, atom.Kbd, atom.Samp:
		w.code(n, c)
	case atom.Ul, atom.Ol, atom.Dl:
		w.list(n, c)
	case atom.Li, atom.Dd:
		w.flush()
		w.item(n, c)
		w.flush()
	case atom.Tr:
		w.flush()
		w.row(n, c)
		w.flush()
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Fieldset, atom.Figure:
		w.paragraph()
		w.children(n, c)
		w.paragraph()
	case atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Aside, atom.Nav,
		atom.Address, atom.Center, atom.Form, atom.Dt, atom.Body, atom.Figcaption, atom.Caption:
		w.flush()
		w.children(n, c)
		w.flush()
	default:
		w.children(n, c)
	}
}

func (w *htmlWalk) list(n *html.Node, c context) {
	c.number = nil
	if n.DataAtom == atom.Ol {
		first, err := strconv.Atoi(attr(n, "start"))
		if err != nil || first < 0 || first > 1e6 {
			first = 1
		}
		c.number = &first
	}
	if c.lists == 0 {
		w.paragraph()
	} else {
		w.flush()
	}
	c.lists++
	w.children(n, c)
	if c.lists == 1 {
		w.paragraph()
	}
}

func (w *htmlWalk) item(n *html.Node, c context) {
	w.prefix = strings.Repeat("   ", max(0, min(c.lists, 6)-1)) + "- "
	if c.number != nil {
		w.prefix = strings.Repeat("   ", max(0, min(c.lists, 6)-1)) + strconv.Itoa(*c.number) + ". "
		*c.number++
	}
	w.blank = w.blank && c.lists <= 1
	w.children(n, c)
	w.prefix = ""
}

// row writes the cells of a table's row into one line, unless they hold blocks,
// as in tables that only lay out a page.
func (w *htmlWalk) row(n *html.Node, c context) {
	first := true
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		if k.Type != html.ElementNode || k.DataAtom != atom.Td && k.DataAtom != atom.Th {
			w.node(k, c)
			continue
		}
		if !first && strings.TrimSpace(w.cur.String()) != "" {
			w.cur.WriteString(" | ")
		}
		w.children(k, w.landmark(k, c))
		first = false
	}
}

// code sets a few words of code between the signs that people use for it.
func (w *htmlWalk) code(n *html.Node, c context) {
	k := n.FirstChild
	if c.pre || k == nil || k.NextSibling != nil || k.Type != html.TextNode || strings.Contains(k.Data, "`") || strings.TrimSpace(k.Data) == "" {
		w.children(n, c)
		return
	}
	w.text("`"+strings.TrimSpace(k.Data)+"`", c)
}

// link writes "words <address>", or the one of the two that says it all.
func (w *htmlWalk) link(n *html.Node, c context) {
	before := w.cur.Len()
	lines := len(w.out)
	w.children(n, c)
	href := strings.TrimSpace(attr(n, "href"))
	low := strings.ToLower(href)
	if !strings.HasPrefix(low, "http://") && !strings.HasPrefix(low, "https://") || len(href) > 2000 || strings.ContainsAny(href, " <>\n") {
		return
	}
	said := ""
	if lines == len(w.out) && before <= w.cur.Len() {
		said = strings.TrimSpace(w.cur.String()[before:])
	}
	if said == "" || sameLink(said, href) || strings.Contains(said, "@") {
		return
	}
	w.text(" <"+href+">", c)
}

func sameLink(said, href string) bool {
	plain := func(s string) string {
		s = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(s), "https://"), "http://")
		return strings.TrimRight(strings.TrimPrefix(s, "www."), "/.…")
	}
	a, b := plain(said), plain(href)
	return a == b || strings.Contains(said, ".") && !strings.Contains(said, " ") && strings.HasPrefix(b, a)
}

// image writes what a picture stands for when that is a sign, as an emoji is.
func (w *htmlWalk) image(n *html.Node, c context) {
	if alt := strings.TrimSpace(attr(n, "alt")); alt != "" && len([]rune(alt)) <= 3 {
		w.text(alt, c)
	}
}

// trimmed drops blank lines at both ends and double ones in between.
func (w *htmlWalk) trimmed() []Line {
	out := w.out[:0]
	for _, l := range w.out {
		if l.blank() && !l.pre && (len(out) == 0 || out[len(out)-1].blank()) {
			continue
		}
		out = append(out, l)
	}
	for len(out) > 0 && out[len(out)-1].blank() {
		out = out[:len(out)-1]
	}
	return out
}

func plainWhole(text string) []Line {
	ls := Plain(text)
	for i := range ls {
		ls[i].whole = true
	}
	return ls
}

// stripTags is for HTML that can't be parsed within limits.
func stripTags(s string) string {
	z := html.NewTokenizer(strings.NewReader(s))
	var b strings.Builder
	skip := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			switch t := z.Token(); t.DataAtom {
			case atom.Script, atom.Style:
				skip = 0
				if t.Type == html.StartTagToken {
					skip = 1
				}
			case atom.Br, atom.P, atom.Div, atom.Tr, atom.Li:
				b.WriteByte('\n')
			default:
			}
		case html.CommentToken, html.DoctypeToken:
		}
	}
}
