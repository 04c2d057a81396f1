package mailtext

import (
	"regexp"
	"strings"
)

// parseAddresses reads an address list as tolerantly as people write them:
// RFC 5322 §3.4, the older "ana@example.org (Ana)", and what archives make
// of addresses to hide them from robots, "ana at example.org".
func parseAddresses(v string) []Address {
	var out []Address
	for _, s := range splitAddresses(clip(v, maxField)) {
		if a := parseAddress(s); !a.IsZero() {
			out = append(out, a)
		}
		if len(out) == maxAddr {
			break
		}
	}
	return out
}

// splitAddresses cuts at commas and semicolons outside quotes, comments and
// brackets, and drops the names of groups.
func splitAddresses(v string) []string {
	var out []string
	var quoted, angle bool
	depth, start := 0, 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\\':
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case angle:
		case c == ',' || c == ';':
			out = append(out, v[start:i])
			start = i + 1
		case c == ':' && !strings.Contains(v[start:i], "@"):
			start = i + 1
		}
	}
	if quoted && start == 0 && strings.Contains(v, ",") && strings.Count(v, `"`) == 1 {
		return splitAddresses(strings.ReplaceAll(v, `"`, ""))
	}
	return append(out, v[min(start, len(v)):])
}

var (
	obfuscated = regexp.MustCompile(`^([^\s@<>"]+)(?: (?:at|AT) | ?[\[({]at[\])}] ?)([^\s@<>"]+\.[^\s@<>"]+)$`)
	plausible  = regexp.MustCompile(`^[^\s@<>(),;:"\[\]]+@[^\s@<>(),;:"]+$`)
)

func parseAddress(s string) Address {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		addr, _, _ := strings.Cut(s[i+1:], ">")
		a := Address{Name: cleanName(s[:i]), Address: cleanAddress(addr)}
		if a.Name == "" {
			_, comment := cutComment(s[i:])
			a.Name = cleanName(comment)
		}
		return a
	}
	bare, comment := cutComment(s)
	if addr := cleanAddress(bare); addr != "" {
		return Address{Name: cleanName(comment), Address: addr}
	}
	// "Ana Ruiz ana@example.org", brackets forgotten.
	if i := strings.LastIndexAny(bare, " \t"); i >= 0 {
		if addr := cleanAddress(bare[i+1:]); addr != "" {
			return Address{Name: cleanName(bare[:i]), Address: addr}
		}
	}
	return Address{Name: cleanName(bare)}
}

// cutComment takes "(…)" out of a mailbox.
func cutComment(s string) (rest, comment string) {
	i := strings.IndexByte(s, '(')
	j := strings.LastIndexByte(s, ')')
	if i < 0 || j < i {
		return s, ""
	}
	return strings.TrimSpace(s[:i] + s[j+1:]), s[i+1 : j]
}

func cleanAddress(s string) string {
	s = strings.TrimSpace(decodeHeader(s))
	s = strings.TrimPrefix(strings.Trim(s, `<>"' `), "mailto:")
	if m := obfuscated.FindStringSubmatch(s); m != nil {
		s = m[1] + "@" + m[2]
	}
	s = strings.ToLower(strings.TrimRight(s, ".,; "))
	if len(s) > 254 || !plausible.MatchString(s) {
		return ""
	}
	return s
}

// cleanName decodes a display name and takes the quotes off, of which there are
// sometimes two pairs.
func cleanName(s string) string {
	s = strings.TrimSpace(s)
	if strings.Contains(s, `\`) {
		s = unescapeQuoted(s)
	}
	s = decodeHeader(strings.Trim(s, `"`))
	for len(s) > 1 && (s[0] == '"' && s[len(s)-1] == '"' || s[0] == '\'' && s[len(s)-1] == '\'') {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	return strings.TrimSpace(strings.Trim(s, `"<>`))
}

func unescapeQuoted(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// viaList recognises what lists make of a sender whose domain forbids passing on
// (DMARC): "Ana Ruiz via Help <help@lists.example.org>".
var viaList = regexp.MustCompile(`(?i)^['"]?(.+?)['"]? (?:via|par|über|vía|por|per|through) (.+)$`)

// person undoes what a list did to From (rule 6).
func (m *Mail) person(h header) Address {
	from := m.FromHeader
	name := from.Name
	if s := viaList.FindStringSubmatch(name); s != nil {
		name = strings.Trim(s[1], `'" `)
	} else if !m.ownAddress(from.Address) {
		return from
	}
	// A list that writes who it was says so in a header of its own, else in
	// Reply-To, else in Cc.
	for _, f := range []string{"x-original-from", "x-mailfrom-original", "original-from", "x-google-original-from"} {
		if as := parseAddresses(h.get(f)); len(as) > 0 && as[0].Address != "" {
			return Address{Name: firstOf(as[0].Name, name), Address: as[0].Address}
		}
	}
	var others []Address
	for _, a := range m.ReplyTo {
		if a.Address != "" && a.Address != from.Address && !m.ownAddress(a.Address) {
			others = append(others, a)
		}
	}
	if len(others) == 1 && (others[0].Name == "" || name == "" || strings.EqualFold(others[0].Name, name)) {
		return Address{Name: firstOf(name, others[0].Name), Address: others[0].Address}
	}
	if name == "" {
		return from
	}
	for _, a := range append(others, m.Cc...) {
		if a.Address != "" && strings.EqualFold(a.Name, name) && !m.ownAddress(a.Address) {
			return Address{Name: name, Address: a.Address}
		}
	}
	return Address{Name: name, Address: from.Address}
}

// ownAddress tells whether an address is the list's own: "help.lists.example.org"
// in List-Id is help@lists.example.org.
func (m *Mail) ownAddress(addr string) bool {
	return addr != "" && m.ListID != "" && strings.Replace(addr, "@", ".", 1) == m.ListID
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// listID reads RFC 2919: a phrase and an identifier in brackets.
func listID(v string) (id, name string) {
	v = decodeHeader(v)
	i := strings.LastIndexByte(v, '<')
	if i < 0 {
		return strings.ToLower(strings.TrimSpace(v)), ""
	}
	id, _, _ = strings.Cut(v[i+1:], ">")
	return strings.ToLower(strings.TrimSpace(id)), strings.Trim(strings.TrimSpace(v[:i]), `"' `)
}
