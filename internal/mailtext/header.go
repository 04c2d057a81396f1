package mailtext

import (
	"bytes"
	"strings"
)

// field is one header field, unfolded, its name in lower case, its value raw.
type field struct{ name, value string }

type header []field

// get returns the first field of that name.
func (h header) get(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// all returns every field of that name, in order.
func (h header) all(name string) []string {
	var out []string
	for _, f := range h {
		if f.name == name {
			out = append(out, f.value)
		}
	}
	return out
}

func (h header) has(name string) bool {
	for _, f := range h {
		if f.name == name {
			return true
		}
	}
	return false
}

// splitHeader reads the header and returns what follows it.
//
// Real headers break RFC 5322 §2.2 in a few ways that are worth mending: a mail
// that starts with blank lines or with an mbox's From_ line, a folded value whose
// continuation isn't indented, a body that follows without a blank line.
func splitHeader(raw []byte) (header, []byte) {
	raw = bytes.TrimLeft(raw, "\r\n")
	var h header
	rest, size := raw, 0
	for len(rest) > 0 {
		ln, after := cutLine(rest)
		if len(bytes.TrimSpace(ln)) == 0 && (len(ln) == 0 || len(h) > 0) {
			return h, after
		}
		size += len(ln)
		switch name, value, ok := cutField(ln); {
		case len(h) == 0 && (bytes.HasPrefix(ln, []byte("From ")) || bytes.HasPrefix(ln, []byte(">From "))):
			// The envelope of an mbox.
		case (ln[0] == ' ' || ln[0] == '\t') && len(h) > 0:
			h.extend(ln, size)
		case ok:
			if size <= maxHeader {
				h = append(h, field{name, clip(value, maxField)})
			}
		case len(h) > 0 && headerGoesOn(after):
			h.extend(ln, size)
		default:
			return h, rest
		}
		rest = after
	}
	return h, nil
}

// extend unfolds a further line into the last field (RFC 5322 §2.2.3).
func (h header) extend(ln []byte, size int) {
	last := &h[len(h)-1]
	if size > maxHeader || len(last.value)+len(ln) > maxField {
		return
	}
	last.value += " " + string(bytes.TrimSpace(ln))
}

// headerGoesOn tells whether a field follows before the header's blank line, so
// that a line without a colon must be a badly folded one.
func headerGoesOn(rest []byte) bool {
	for range 3 {
		ln, after := cutLine(rest)
		if len(ln) == 0 {
			return false
		}
		if name, _, ok := cutField(ln); ok && knownField(name) {
			return true
		}
		rest = after
	}
	return false
}

func knownField(name string) bool {
	switch name {
	case "from", "to", "cc", "date", "subject", "message-id", "in-reply-to", "references", "received",
		"content-type", "content-transfer-encoding", "mime-version", "reply-to", "list-id", "sender":
		return true
	}
	return strings.HasPrefix(name, "x-")
}

func cutField(ln []byte) (name, value string, ok bool) {
	i := bytes.IndexByte(ln, ':')
	if i <= 0 || i > 76 {
		return "", "", false
	}
	n := bytes.TrimRight(ln[:i], " \t")
	if len(n) == 0 {
		return "", "", false
	}
	for _, c := range n {
		if c <= ' ' || c >= 0x7f {
			return "", "", false
		}
	}
	return strings.ToLower(string(n)), string(bytes.TrimSpace(ln[i+1:])), true
}

// cutLine cuts at the first LF and drops a CR before it.
func cutLine(b []byte) (ln, rest []byte) {
	ln, rest, _ = bytes.Cut(b, []byte{'\n'})
	return bytes.TrimSuffix(ln, []byte{'\r'}), rest
}

func clip[T ~string | ~[]byte](s T, n int) T {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// messageIDs finds the ids of RFC 5322 §3.6.4 in a field, comments and words left aside.
func messageIDs(v string) []string {
	var out []string
	for len(out) < maxRefs {
		_, after, ok := strings.Cut(v, "<")
		if !ok {
			break
		}
		inner, rest, ok := strings.Cut(after, ">")
		if !ok {
			break
		}
		if i := strings.LastIndexByte(inner, '<'); i >= 0 {
			inner = inner[i+1:]
		}
		if id := cleanID(inner); id != "" {
			out = append(out, id)
		}
		v = rest
	}
	return out
}

// messageID reads the Message-ID field, brackets or not.
func messageID(v string) string {
	if ids := messageIDs(v); len(ids) > 0 {
		return ids[0]
	}
	v = strings.TrimSpace(v)
	if strings.ContainsAny(v, " \t<>") {
		return ""
	}
	return cleanID(v)
}

// cleanID drops what folding left inside an id and refuses what can't be one.
func cleanID(s string) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	if len(s) < 3 || len(s) > 990 {
		return ""
	}
	return strings.ToValidUTF8(s, "?")
}
