package words

import (
	"bytes"
	"html/template"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

const rel = "nofollow noopener noreferrer"

var (
	markdown = newMarkdown() //nolint:gochecknoglobals // immutable once made
	policy   = newPolicy()   //nolint:gochecknoglobals // immutable once made
)

// newMarkdown is CommonMark with tables, strikethrough and bare links; without
// HTML, link references, and headings made of underlining.
func newMarkdown() goldmark.Markdown {
	p := parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
		// No link references: a line "[1]: https://…" in a mail is to be read.
		parser.WithASTTransformers(util.Prioritized(tamer{}, 1000)),
	)
	return goldmark.New(
		goldmark.WithParser(p),
		goldmark.WithRendererOptions(html.WithHardWraps()),
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough,
			extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:", "mailto:"})),
		),
	)
}

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "li", "h3", "h4", "h5", "h6",
		"table", "thead", "tbody", "tr", "ol", "th", "td")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,9}$`)).OnElements("ol")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|right|center)$`)).OnElements("th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^` + rel + `$`)).OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	return p
}

// Render makes safe HTML of Markdown.
func Render(md string) template.HTML {
	md = strings.ReplaceAll(md, "\r\n", "\n")
	if unmarked(md) || tangled(md) {
		return asTyped(md)
	}
	return parsed(md)
}

func parsed(md string) template.HTML {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(md), &b); err != nil {
		return asTyped(md)
	}
	return template.HTML(policy.SanitizeReader(&b).String()) //nolint:gosec // sanitised
}

// What is read as Markdown. Nobody writes more than this; what is beyond, in an
// old list's mails or from somebody who means harm, is shown as it was typed,
// since the parser's time grows with the square of such things.
const (
	maxBytes = 100_000
	maxLinks = 1000 // counted as "]("
	maxDepth = 30   // quotes and lists within each other on one line
	maxRuns  = 2000 // of the marks of emphasis, which the parser pairs off with one another
)

// tangled tells whether a text is more than the parser should be given.
func tangled(md string) bool {
	if len(md) > maxBytes || strings.Count(md, "](") > maxLinks || runs(md) > maxRuns {
		return true
	}
	for line := range strings.Lines(md) {
		if depth(line) > maxDepth {
			return true
		}
	}
	return false
}

// runs counts how often marks of emphasis begin: a line drawn by them is one.
func runs(md string) int {
	n := 0
	for i := range len(md) {
		if c := md[i]; (c == '*' || c == '_' || c == '~') && (i == 0 || md[i-1] != c) {
			n++
		}
	}
	return n
}

// depth counts the marks of quotes and lists that a line begins with.
func depth(line string) int {
	for _, mark := range []string{"-", "*"} {
		if strings.Trim(line, mark+" \t\r\n") == "" {
			return 0 // a rule drawn by hand
		}
	}
	n := 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '>', c == '-', c == '+', c == '*':
			n++
		case (c == '.' || c == ')') && i > 0 && line[i-1] >= '0' && line[i-1] <= '9':
			n++
		case c == ' ', c == '\t', c >= '0' && c <= '9':
		default:
			return n
		}
	}
	return n
}

// unmarked tells that a text surely holds nothing for the parser to read, as most
// do: then its lines are all there is, thirty times faster.
func unmarked(md string) bool {
	start := true // only spaces since the line began
	for i := range len(md) {
		c := md[i]
		switch c {
		case '\n':
			start = true
			continue
		case '\\', '`', '*', '_', '[', ']', '<', '>', '|', '~', '&', '@', '#', 0x7f:
			return false
		case ':':
			if strings.HasPrefix(md[i:], "://") {
				return false
			}
		case 'w', 'W':
			if len(md) > i+3 && strings.EqualFold(md[i:i+4], "www.") {
				return false
			}
		case ' ':
			if start && strings.HasPrefix(md[i:], "    ") || strings.HasPrefix(md[i:], "  \n") {
				return false
			}
			continue
		case '+', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			if start {
				return false
			}
		}
		if c < ' ' {
			return false
		}
		start = false
	}
	return utf8.ValidString(md)
}

// asTyped shows a text without reading it: its paragraphs and lines.
func asTyped(md string) template.HTML {
	var b strings.Builder
	b.Grow(len(md) + len(md)/8 + 16)
	open := false
	for line := range strings.Lines(md) {
		line = strings.Trim(line, " \t\r\n")
		switch {
		case line == "" && open:
			b.WriteString("</p>\n")
			open = false
			continue
		case line == "":
			continue
		case open:
			b.WriteString("<br>\n")
		default:
			b.WriteString("<p>")
			open = true
		}
		_, _ = htmlEscaper.WriteString(&b, line) // a Builder never fails
	}
	if open {
		b.WriteString("</p>\n")
	}
	return template.HTML(b.String()) //nolint:gosec // escaped
}

// htmlEscaper writes what bluemonday would.
var htmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "\x00", "\uFFFD") //nolint:gochecknoglobals // immutable

// tamer changes the parsed text before anything is made of it: headings go down
// two levels, images become links, links get their rel or lose their target.
type tamer struct{}

// Transform is called by goldmark with each parsed text.
func (tamer) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	var images, dead []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function never fails
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+2, 6)
		case *ast.Image:
			images = append(images, n)
		case *ast.Link:
			n.Title = nil
			if good(string(n.Destination)) {
				n.SetAttributeString("rel", []byte(rel))
			} else {
				dead = append(dead, n)
			}
		case *ast.AutoLink:
			if n.AutoLinkType == ast.AutoLinkEmail || good(string(n.URL(reader.Source()))) {
				n.SetAttributeString("rel", []byte(rel))
			} else {
				dead = append(dead, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range images {
		linkImage(n.(*ast.Image), reader.Source()) //nolint:forcetypeassert // collected above
	}
	for _, n := range dead {
		if a, ok := n.(*ast.AutoLink); ok {
			a.Parent().ReplaceChild(a.Parent(), a, typed(a.Label(reader.Source())))
			continue
		}
		unwrap(n)
	}
}

// good tells whether a link may go there.
func good(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return u.Opaque != ""
	}
	return false
}

// linkImage puts a link in the place of an image: its description, or else its
// address, to read. Inside another link only the words stay.
func linkImage(img *ast.Image, source []byte) {
	if len(plainOf(img, source)) == 0 {
		img.AppendChild(img, typed(img.Destination))
	}
	inLink := false
	for p := img.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == ast.KindLink || p.Kind() == ast.KindImage {
			inLink = true
		}
	}
	if inLink || !good(string(img.Destination)) {
		unwrap(img)
		return
	}
	link := ast.NewLink()
	link.Destination = img.Destination
	link.SetAttributeString("rel", []byte(rel))
	for c := img.FirstChild(); c != nil; c = img.FirstChild() {
		link.AppendChild(link, c)
	}
	img.Parent().ReplaceChild(img.Parent(), img, link)
}

// typed is text that holds no marks.
func typed(b []byte) *ast.String {
	s := ast.NewString(bytes.Clone(b))
	s.SetRaw(true)
	return s
}

// unwrap leaves a node's children in its place.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		parent.InsertBefore(parent, n, c)
	}
	parent.RemoveChild(parent, n)
}
