package mailtext

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strings"

	"github.com/jhillyerd/enmime/v2/mediatype"
)

// part is one node of a mail's MIME tree (RFC 2046), its content still encoded.
type part struct {
	header  header
	kind    string // "text/plain"
	params  map[string]string
	file    string // name of the file, if one is given
	attach  bool   // Content-Disposition: attachment
	inline  bool   // Content-Disposition: inline
	content []byte
}

func newPart(h header, body []byte, defaultKind string) part {
	p := part{header: h, content: body}
	p.kind, p.params = mediaType(h.get("content-type"))
	if p.kind == "" {
		p.kind = defaultKind
	}
	disposition, params := mediaType(h.get("content-disposition"))
	p.attach, p.inline = disposition == "attachment", disposition == "inline"
	p.file = fileName(params["filename"], p.params["name"], p.params["file"])
	return p
}

// mediaType reads a content type with its parameters, in lower case but for the
// values. A type that can't be read counts as missing (RFC 2045 §5.2).
func mediaType(v string) (kind string, params map[string]string) {
	if v == "" {
		return "", nil
	}
	kind, params, _, err := mediatype.Parse(clip(v, 4096))
	if err != nil {
		kind, _, _ = strings.Cut(v, ";")
		params = nil
	}
	kind = strings.ToLower(strings.TrimSpace(kind))
	if strings.Count(kind, "/") != 1 || strings.ContainsAny(kind, " \t") {
		if kind == "text" {
			return "text/plain", params
		}
		return "", params
	}
	return kind, params
}

// fileName takes the first name that is one, without any path before it.
func fileName(names ...string) string {
	for _, n := range names {
		n = decodeHeader(n)
		if i := strings.LastIndexAny(n, `/\`); i >= 0 {
			n = n[i+1:]
		}
		n = strings.TrimLeft(strings.TrimSpace(n), ".")
		if n != "" {
			return string([]rune(n)[:min(len([]rune(n)), 150)])
		}
	}
	return ""
}

// decoded undoes the transfer encoding (RFC 2045 §6). What some server pasted in
// clear behind a base64 text is returned beside it.
func (p part) decoded() (data, pasted []byte) {
	switch strings.ToLower(strings.TrimSpace(p.header.get("content-transfer-encoding"))) {
	case "base64":
		return bodyBase64(p.content)
	case "quoted-printable":
		return bodyQP(p.content), nil
	case "x-uuencode", "uuencode", "x-uue":
		if f, ok := uudecode(p.content); ok {
			return f, nil
		}
	}
	return p.content, nil
}

func bodyBase64(b []byte) (data, pasted []byte) {
	rest := b
	for len(rest) > 0 {
		ln, after := cutLine(rest)
		ln = bytes.TrimSpace(ln)
		for _, c := range ln {
			if !isBase64(c) && c != '=' {
				return decodeBase64(b[:len(b)-len(rest)]), rest
			}
		}
		rest = after
	}
	return decodeBase64(b), nil
}

// bodyQP decodes quoted-printable; from the first thing on that isn't, byte by
// byte, since nothing may get lost.
func bodyQP(b []byte) []byte {
	out, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(b)))
	if err == nil {
		return out
	}
	out = make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] != '=':
			out = append(out, b[i])
		case i+2 < len(b) && unhex(b[i+1]) >= 0 && unhex(b[i+2]) >= 0:
			out = append(out, byte(unhex(b[i+1])<<4|unhex(b[i+2])))
			i += 2
		default:
			j := i + 1
			for j < len(b) && (b[j] == ' ' || b[j] == '\t' || b[j] == '\r') {
				j++
			}
			if j == len(b) || b[j] != '\n' {
				out = append(out, '=')
				continue
			}
			i = j // a soft line break
		}
	}
	return out
}

// text is the part's content as UTF-8 with LF line ends, in at most limit bytes;
// what is beyond is returned apart.
func (p part) text(limit int) (text, beyond string) {
	data, pasted := p.decoded()
	s := toUTF8(data, p.params["charset"])
	if len(pasted) > 0 {
		s += "\n\n" + toUTF8(pasted, "")
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ', r == 0x7f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
			return -1
		}
		return r
	}, s)
	return cutText(s, limit)
}

// cutText cuts at the end of a line if one is near, else between characters.
func cutText(s string, limit int) (text, beyond string) {
	if len(s) <= limit {
		return s, ""
	}
	cut := limit
	if i := strings.LastIndexByte(s[:limit], '\n'); i > limit/2 {
		cut = i + 1
	}
	for cut > 0 && s[cut]&0xc0 == 0x80 {
		cut--
	}
	return s[:cut], s[cut:]
}

// children cuts a multipart at its boundary (RFC 2046 §5.1.1), forgiving a
// missing last boundary. ok is false when there is nothing to cut at.
func (p part) children() (parts []part, ok bool) {
	boundary := p.params["boundary"]
	if boundary == "" {
		boundary = guessBoundary(p.content)
	}
	if boundary == "" {
		return nil, false
	}
	kind := "text/plain"
	if p.kind == "multipart/digest" {
		kind = "message/rfc822"
	}
	delim := []byte("--" + strings.TrimRight(boundary, " "))
	rest, found := p.content, false
	start := -1
	add := func(end int) {
		if start >= 0 && len(parts) < maxParts {
			body := bytes.TrimSuffix(bytes.TrimSuffix(p.content[start:end], []byte("\n")), []byte("\r"))
			h, content := splitPart(body)
			parts = append(parts, newPart(h, content, kind))
		}
	}
	for len(rest) > 0 {
		at := len(p.content) - len(rest)
		i := bytes.Index(rest, delim)
		if i < 0 {
			break
		}
		if i > 0 && rest[i-1] != '\n' {
			rest = rest[i+len(delim):]
			continue
		}
		ln, after := cutLine(rest[i+len(delim):])
		tail := bytes.TrimSpace(ln)
		last := bytes.HasPrefix(tail, []byte("--"))
		if len(tail) > 0 && !last { // another, longer boundary
			rest = rest[i+len(delim):]
			continue
		}
		found = true
		add(at + i)
		start = len(p.content) - len(after)
		rest = after
		if last {
			p.epilogue(after, &parts)
			return parts, true
		}
	}
	add(len(p.content))
	return parts, found
}

// epilogue keeps what a list appended behind the last boundary, where no mail
// program shows it: it is text of the mail all the same.
func (p part) epilogue(b []byte, parts *[]part) {
	if t := bytes.TrimSpace(b); len(t) > 0 && len(*parts) < maxParts && p.kind == "multipart/mixed" {
		*parts = append(*parts, newPart(nil, t, "text/plain"))
	}
}

// splitPart is splitHeader for a part, whose header may be empty (RFC 2046 §5.1).
func splitPart(b []byte) (header, []byte) {
	if ln, after := cutLine(b); len(bytes.TrimSpace(ln)) == 0 {
		return nil, after
	}
	return splitHeader(b)
}

// guessBoundary finds the boundary of a multipart that doesn't name it.
func guessBoundary(b []byte) string {
	for range 50 {
		ln, after := cutLine(b)
		if bytes.HasPrefix(ln, []byte("--")) && len(ln) > 4 && len(ln) < 76 && bytes.Contains(after, ln) {
			return string(bytes.TrimSpace(ln[2:]))
		}
		if len(after) == 0 {
			return ""
		}
		b = after
	}
	return ""
}
