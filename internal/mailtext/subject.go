package mailtext

import (
	"regexp"
	"strings"
)

// Prefixes that mail programs put before a subject, by language. "R", Italian,
// is left out: there is a language of that name; so is "I".
const (
	replyPrefixes   = `re|rif|réf|ref|aw|antw|antwort|antwoord|sv|svar|vs|res|resp|odp|ynt|yan|cev|atb|hu|vá|ΑΠ|ΣΧΕΤ|отв|ответ|на|回复|回覆|答复|答覆|返信|回信|답장|bls|ang|ots|nj|r[eé]p|ré|回`
	forwardPrefixes = `fw|fwd|tr|trans|rv|reenv|wg|vb|vl|enc|i?lt|pd|doorst|továbbítás|πρθ|переслано|пересл|转发|轉寄|転送|전달|fs|mv`
)

var (
	replyPrefix = regexp.MustCompile(`(?i)^\s*(?:` + replyPrefixes + `)\s?(?:[\[(^]?\d{1,3}[\])]?)?\s*[:：]+\s*`)
	forwardMark = regexp.MustCompile(`(?i)^\s*(?:` + forwardPrefixes + `)\s?(?:[\[(^]?\d{1,3}[\])]?)?\s*[:：]+\s*`)
	gatewayTag  = regexp.MustCompile(`(?i)^\s*(?:\[(?:external|ext|externe|extern|externo|external email|email externe|non[- ]dod source|spam|spam\?|possible spam|suspected spam|was)\]|\*{2,}\s?(?:spam|external)\s?\*{2,}|caution:|\{spam\?\})\s*:?\s*`)
	bracketTag  = regexp.MustCompile(`^\s*\[([^\[\]]{1,60})\]\s*`)
	wasTail     = regexp.MustCompile(`(?i)\s+[\[(](?:was|war|était|era)\s?:[^\])]*[\])]\s*$`)
	fwdTail     = regexp.MustCompile(`(?i)\s+\((?:fwd|fw)\)\s*$`)
)

// cleanSubject takes off what programs put before the words of a subject: "Re:"
// in many languages, tags of the list, warnings of a gateway, in any order and
// number. A tag is the list's when it is among tags, or when it stands before a
// "Re:" (no person types there).
func cleanSubject(raw string, tags []string) (subject string, reply, forward bool) {
	s := raw
	for range 40 {
		before := s
		if m := replyPrefix.FindString(s); m != "" {
			s, reply = s[len(m):], true
		}
		if m := forwardMark.FindString(s); m != "" {
			s, forward = s[len(m):], true
		}
		if m := gatewayTag.FindString(s); m != "" {
			s = s[len(m):]
		}
		if m := bracketTag.FindStringSubmatch(s); m != nil {
			rest := s[len(m[0]):]
			if rest != "" && (isTag(m[1], tags) || replyPrefix.MatchString(rest)) {
				s = rest
			}
		}
		if s == before {
			break
		}
	}
	s = fwdTail.ReplaceAllString(s, "")
	return strings.TrimSpace(s), reply, forward
}

func isTag(tag string, tags []string) bool {
	for _, t := range tags {
		if strings.EqualFold(strings.TrimSpace(tag), t) {
			return true
		}
	}
	return false
}

// CleanSubject is what Mail.Subject holds, for those who learn a list's tags
// later than they read its mails.
func CleanSubject(raw string, tags []string) string {
	s, _, _ := cleanSubject(raw, tags)
	return s
}

// SubjectTag returns the tag in brackets that leads a decoded subject, past any
// "Re:", or nothing.
func SubjectTag(raw string) string {
	for range 40 {
		m := replyPrefix.FindString(raw)
		if m == "" {
			m = forwardMark.FindString(raw)
		}
		if m == "" {
			break
		}
		raw = raw[len(m):]
	}
	if m := bracketTag.FindStringSubmatch(raw); m != nil {
		return strings.TrimSpace(m[1])
	}
	return ""
}

// SubjectKey is what two subjects share when they speak of the same thing: case,
// blanks and a "(was: …)" don't count.
func SubjectKey(clean string) string {
	clean = wasTail.ReplaceAllString(clean, "")
	return strings.ToLower(strings.Join(strings.Fields(clean), " "))
}

// namedBelow is how a list's footer says its name.
var namedBelow = regexp.MustCompile(`(?im)^(?:liste |lista |the )?["“]?([\p{L}\d][\p{L}\d_.-]{1,40})["”]? (?:mailing ?list|mailingliste|liste de diffusion|maillist)\b`)

// retag cleans the subject again, once the footer has told the list's name.
func (m *Mail) retag(opt Options) {
	if f := namedBelow.FindStringSubmatch(m.Footer); f != nil {
		m.Subject, m.Reply, m.Forward = cleanSubject(m.RawSubject, append(append(m.listTags(), f[1]), opt.Tags...))
	}
}

// listTags guesses what tag the list of this mail uses: its short name.
func (m *Mail) listTags() []string {
	var out []string
	if m.ListID != "" {
		short, _, _ := strings.Cut(m.ListID, ".")
		out = append(out, short)
	}
	if m.ListName != "" {
		out = append(out, m.ListName)
	}
	return out
}
