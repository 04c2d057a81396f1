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

// newMarkdown is CommonMark with tables, strikethrough and bare links, without
// HTML and without headings made of underlining.
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
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
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
	var b bytes.Buffer
	if err := markdown.Convert([]byte(limit(md)), &b); err != nil {
		return template.HTML("<pre>" + template.HTMLEscapeString(md) + "</pre>") //nolint:gosec // escaped
	}
	return template.HTML(policy.SanitizeReader(&b).String()) //nolint:gosec // sanitised
}

// maxText bounds what is parsed: far more than anybody writes here, and enough
// for the mails of an old list. What lies beyond it isn't shown.
const maxText = 1 << 20

func limit(md string) string {
	if len(md) <= maxText {
		return md
	}
	return strings.ToValidUTF8(md[:maxText], "") + "…"
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
