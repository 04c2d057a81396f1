package reply

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What mail programs write around quotes and signatures in HTML. Seen in mails
// of 2019 to 2025; a name that is no longer written costs nothing.

// landmark changes the context where an element is known to hold somebody
// else's words, an attribution or a signature.
func (w *htmlWalk) landmark(n *html.Node, c context) context {
	if n.Type != html.ElementNode {
		return c
	}
	class, ident := " "+strings.ToLower(attr(n, "class"))+" ", strings.ToLower(attr(n, "id"))
	if class == "  " && ident == "" {
		return c
	}
	switch {
	case hasClass(class, "moz-cite-prefix", "gmail_attr", "protonmail_quote_header"):
		c.mark = markAttribution
	case hasClass(class, "gmail_signature", "moz-signature", "protonmail_signature_block", "ms-outlook-mobile-signature", "apple-mail-signature"),
		strings.HasSuffix(ident, "applemailsignature"), ident == "ms-outlook-mobile-signature", ident == "signature", ident == "x_signature":
		c.mark = markSignature
	case hasClass(class, "outlookmessageheader"),
		ident == "divrplyfwdmsg", ident == "x_divrplyfwdmsg", ident == "appendonsend", ident == "mail-editor-reference-message-container":
		// Those have the quoted mail behind them, not inside.
		if c.depth == 0 {
			w.flush()
			w.cut = true
		}
	case hasClass(class, "yahoo_quoted", "protonmail_quote", "zmail_extra", "tutanota_quote") && n.DataAtom != atom.Blockquote,
		ident == "olk_src_body_section", ident == "replybody", strings.HasPrefix(ident, "yahoo_quoted"):
		c.depth++
	}
	return c
}

func hasClass(class string, names ...string) bool {
	for _, n := range names {
		if strings.Contains(class, " "+n+" ") {
			return true
		}
	}
	return false
}

// indentOnly recognises the blockquote that Gmail and Outlook write for the
// button "indent more": it quotes nobody.
func indentOnly(n *html.Node) bool {
	if attr(n, "type") == "cite" || attr(n, "cite") != "" || hasClass(" "+strings.ToLower(attr(n, "class"))+" ", "gmail_quote") {
		return false
	}
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	return strings.Contains(style, "border:none") && strings.Contains(style, "margin")
}

// hidden elements are seen by no reader: preview lines, counting pictures.
func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			s := strings.ReplaceAll(strings.ToLower(a.Val), " ", "")
			if strings.Contains(s, "display:none") || strings.Contains(s, "mso-hide:all") {
				return true
			}
		}
	}
	return false
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
