package words

import (
	"bytes"
	"html/template"
	"net/url"
	"regexp"
	"strings"

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
	if tangled(md) {
		return asTyped(md)
	}
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
)

// tangled tells whether a text is more than the parser should be given.
func tangled(md string) bool {
	if len(md) > maxBytes || strings.Count(md, "](") > maxLinks {
		return true
	}
	for line := range strings.Lines(md) {
		if depth(line) > maxDepth {
			return true
		}
	}
	return false
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

// asTyped shows a text without reading it: its paragraphs and lines.
func asTyped(md string) template.HTML {
	var b strings.Builder
	for para := range strings.SplitSeq(strings.ReplaceAll(md, "\r\n", "\n"), "\n\n") {
		if para = strings.Trim(para, "\n"); para != "" {
			b.WriteString("<p>" + strings.ReplaceAll(template.HTMLEscapeString(para), "\n", "<br>\n") + "</p>\n")
		}
	}
	return template.HTML(b.String()) //nolint:gosec // escaped
}

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
			n.SetAttributeString("rel", []byte(rel))
		}
		return ast.WalkContinue, nil
	})
	for _, n := range images {
		linkImage(n.(*ast.Image), reader.Source()) //nolint:forcetypeassert // collected above
	}
	for _, n := range dead {
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
		img.AppendChild(img, ast.NewString(bytes.Clone(img.Destination)))
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

// unwrap leaves a node's children in its place.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		parent.InsertBefore(parent, n, c)
	}
	parent.RemoveChild(parent, n)
}
