package mailtext

import (
	"bytes"
	"crypto/sha256"
	"regexp"
	"strconv"
	"strings"

	"cordee/internal/mailtext/reply"
)

// body is what a walk through a MIME tree gathers.
type body struct {
	opt    Options
	lines  []reply.Line // the text, in the order in which a reader meets it
	files  []Attachment
	count  int // parts seen
	budget int // bytes of text still welcome
	auto   Auto
}

// walk reads a part and all below it.
func (b *body) walk(p part, depth int) {
	if b.count++; b.count > maxParts || depth > maxDepth {
		b.attach(p, "")
		return
	}
	switch {
	case strings.HasPrefix(p.kind, "multipart/"):
		b.multipart(p, depth)
	case p.kind == "message/rfc822", p.kind == "message/global", p.kind == "message/news":
		b.enclosed(p)
	case p.kind == "message/delivery-status", p.kind == "message/disposition-notification":
		b.report(p)
	case isSignature(p.kind):
	case p.kind == "application/pkcs7-mime", p.kind == "application/x-pkcs7-mime":
		b.opaque(p, depth)
	case p.kind == "application/ms-tnef", p.kind == "application/vnd.ms-tnef", strings.EqualFold(p.file, "winmail.dat"):
		b.tnef(p)
	case p.readable(b):
		b.add(b.read(p))
	default:
		b.attach(p, "")
	}
}

// readable tells whether a part belongs to the text and not beside it. A text
// with a file's name is a file, but for the first, which some programs name.
func (p part) readable(b *body) bool {
	if !strings.HasPrefix(p.kind, "text/") || p.attach || p.header.has("content-id") && p.file != "" {
		return false
	}
	switch p.kind {
	case "text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/css", "text/csv", "text/rfc822-headers", "text/x-amp-html":
		return false
	}
	return p.file == "" || len(b.lines) == 0 && (p.kind == "text/plain" || p.kind == "text/html")
}

func isSignature(kind string) bool {
	switch kind {
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-encrypted":
		return true
	}
	return false
}

func (b *body) multipart(p part, depth int) {
	parts, ok := p.children()
	if !ok { // no boundary anywhere: it is text under a wrong name
		p.kind = "text/plain"
		b.add(b.read(p))
		return
	}
	switch p.kind {
	case "multipart/alternative":
		b.alternative(parts, depth)
	case "multipart/report":
		for i, c := range parts {
			if i > 0 && strings.HasPrefix(c.kind, "text/") {
				c.attach = true
			}
			b.walk(c, depth+1)
		}
	case "multipart/related":
		root := rootOf(p, parts)
		b.walk(parts[root], depth+1)
		for i, c := range parts {
			if i != root {
				c.inline = true
				b.walk(c, depth+1)
			}
		}
	default:
		for _, c := range parts {
			b.walk(c, depth+1)
		}
	}
}

// rootOf finds the part of a multipart/related that the others serve (RFC 2387 §3.2).
func rootOf(p part, parts []part) int {
	if start := strings.Trim(p.params["start"], "<> "); start != "" {
		for i, c := range parts {
			if strings.Trim(c.header.get("content-id"), "<> ") == start {
				return i
			}
		}
	}
	for i, c := range parts {
		if strings.HasPrefix(c.kind, "text/") || strings.HasPrefix(c.kind, "multipart/") {
			return i
		}
	}
	return 0
}

// alternative chooses one of several forms of the same text (rule 4) and keeps
// the files of all.
func (b *body) alternative(parts []part, depth int) {
	var plain, rich []reply.Line
	for _, c := range parts {
		sub := body{opt: b.opt, count: b.count, budget: b.budget}
		if c.kind == "text/html" || c.kind == "text/plain" {
			c.file = ""
		}
		sub.walk(c, depth+1)
		b.count, b.auto = sub.count, max(b.auto, sub.auto)
		b.files = append(b.files, sub.files...)
		isRich := c.kind != "text/plain" && !strings.HasPrefix(c.kind, "text/x-")
		if len(sub.lines) > 0 {
			if isRich {
				rich = sub.lines
			} else if plain == nil {
				plain = sub.lines
			}
		}
	}
	if plain == nil || rich != nil && reply.PreferRich(plain, rich) {
		plain = rich
	}
	b.add(plain)
}

// read turns a text part into lines.
func (b *body) read(p part) []reply.Line {
	limit := maxText
	if p.kind == "text/html" {
		limit = maxHTML
	}
	text, beyond := p.text(max(0, min(limit, b.budget)))
	b.budget -= len(text)
	if beyond != "" {
		b.keep(Attachment{Name: "text-" + strconv.Itoa(b.count) + extension(p.kind), Type: p.kind}, []byte(beyond))
	}
	if p.kind != "text/html" {
		text = b.unembed(text)
	}
	switch {
	case p.kind == "text/html":
		return reply.HTML(text)
	case p.kind == "text/enriched", p.kind == "text/richtext":
		return reply.Plain(stripEnriched(text))
	case strings.EqualFold(p.params["format"], "flowed"):
		return reply.Flowed(text, strings.EqualFold(p.params["delsp"], "yes"))
	}
	return reply.Plain(text)
}

// embedded is a file that a converter to Markdown wrote into the text itself.
var embedded = regexp.MustCompile(`(?:!?\[[^\]\n]{0,200}\]\()?data:([\w.+-]+/[\w.+-]+)(?:;[\w=.+-]+)*;base64,([A-Za-z0-9+/=\s]{200,})(?:\s*"[^"\n]{0,200}")?\)?`)

// unembed makes attachments of the files that are written into a text.
func (b *body) unembed(text string) string {
	if !strings.Contains(text, ";base64,") {
		return text
	}
	return embedded.ReplaceAllStringFunc(text, func(s string) string {
		m := embedded.FindStringSubmatch(s)
		data := decodeBase64([]byte(m[2]))
		b.keep(Attachment{Name: "file-" + strconv.Itoa(len(b.files)+1) + extension(m[1]), Type: m[1], Inline: true}, data)
		return ""
	})
}

// add appends a text to what came before, a blank line between.
func (b *body) add(ls []reply.Line) {
	if len(ls) == 0 {
		return
	}
	if len(b.lines) > 0 {
		b.lines = append(b.lines, reply.Blank())
	}
	b.lines = append(b.lines, ls...)
}

// enclosed keeps a forwarded mail as a file, named by its subject.
func (b *body) enclosed(p part) {
	data, _ := p.decoded()
	h, _ := splitHeader(clip(data, maxHeader))
	name := clip(fileName(decodeHeader(h.get("subject"))), 120)
	b.attach(p, firstOf(name, "mail")+".eml")
}

// report reads what became of an earlier mail (RFC 3464 §2.3.3, RFC 8098 §3.2.6).
func (b *body) report(p part) {
	data, _ := p.decoded()
	low := strings.ToLower(string(clip(data, maxField)))
	switch {
	case p.kind == "message/disposition-notification":
		b.auto = max(b.auto, Receipt)
	case strings.Contains(low, "action: delivered"), strings.Contains(low, "action: relayed"):
		b.auto = Receipt
	default:
		b.auto = Bounce
	}
}

func (b *body) attach(p part, name string) {
	data, _ := p.decoded()
	if len(bytes.TrimSpace(data)) == 0 {
		return
	}
	kind := p.kind
	if kind == "" || strings.HasPrefix(kind, "multipart/") {
		kind = "application/octet-stream"
	}
	name = firstOf(name, firstOf(p.file, "file-"+strconv.Itoa(len(b.files)+1)+extension(kind)))
	b.keep(Attachment{Name: name, Type: kind, Inline: p.inline && p.header.has("content-id")}, data)
}

func (b *body) keep(a Attachment, data []byte) {
	a.Size, a.SHA256 = len(data), sha256.Sum256(data)
	if !b.opt.NoData {
		a.Data = data
	}
	b.files = append(b.files, a)
}

func extension(kind string) string {
	switch kind {
	case "text/plain":
		return ".txt"
	case "text/html":
		return ".html"
	case "text/calendar":
		return ".ics"
	case "text/vcard", "text/x-vcard":
		return ".vcf"
	case "image/jpeg":
		return ".jpg"
	case "image/png", "image/gif", "image/webp", "application/pdf", "application/zip":
		return "." + kind[strings.IndexByte(kind, '/')+1:]
	case "message/rfc822":
		return ".eml"
	}
	return ".bin"
}
