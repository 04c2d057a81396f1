package mailtext

import (
	"regexp"
	"strings"
)

var (
	awaySubject = regexp.MustCompile(`(?i)^(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|autoreply|out of (?:the )?office|réponse automatique|absence du bureau|automatische antwort|abwesenheit|respuesta automática|fuera de la oficina|risposta automatica|resposta automática|automatisch antwoord|autosvar|automaattinen vastaus|автоответ|自动回复)\b`)
	bounceWords = regexp.MustCompile(`(?i)^(?:undeliver(?:able|ed)|mail delivery (?:failed|failure|subsystem)|delivery status notification|returned mail|failure notice|non remis|échec de la remise|unzustellbar|no se puede entregar|mancato recapito)`)
)

// autoOf tells whether a machine wrote (RFC 3834 §5, and what came before it).
func autoOf(h header, from Address, subject string, reported Auto) Auto {
	if reported != Human {
		return reported
	}
	local, _, _ := strings.Cut(from.Address, "@")
	nobody := strings.TrimSpace(h.get("return-path")) == "<>"
	submitted, _, _ := strings.Cut(strings.ToLower(h.get("auto-submitted")), ";")
	submitted = strings.TrimSpace(submitted)
	precedence := strings.ToLower(h.get("precedence"))
	switch {
	case (local == "mailer-daemon" || local == "postmaster" || nobody) && bounceWords.MatchString(subject), h.has("x-failed-recipients"):
		return Bounce
	case strings.HasPrefix(submitted, "auto-replied"), h.has("x-autoreply"), h.has("x-autorespond"), precedence == "auto_reply",
		strings.EqualFold(h.get("x-auto-response-suppress"), "all") && awaySubject.MatchString(subject):
		return AutoReply
	case awaySubject.MatchString(subject):
		return AutoReply
	case strings.HasPrefix(submitted, "auto-"), local == "mailer-daemon", h.has("feedback-id") && precedence == "bulk" && !h.has("list-id"):
		return Generated
	}
	return Human
}
