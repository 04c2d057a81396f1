package mailtext

import "strings"

// stripEnriched takes the commands out of text/enriched (RFC 1896).
func stripEnriched(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		switch j := strings.IndexByte(s, '>'); {
		case strings.HasPrefix(s, "<<"):
			b.WriteByte('<')
			s = s[2:]
		case j > 0 && j < 60 && !strings.ContainsAny(s[:j], " \n@"):
			s = s[j+1:]
		default:
			b.WriteByte('<')
			s = s[1:]
		}
	}
	b.WriteString(s)
	return b.String()
}
