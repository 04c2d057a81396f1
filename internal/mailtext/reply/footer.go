package reply

import (
	"regexp"
	"strings"
)

// What hangs below the words: signatures, what lists append, what the law
// department appends, what a telephone says of itself.

var (
	listWords = regexp.MustCompile(`(?i)mailing ?list\b|\bunsubscribe\b|/listinfo/|/mailman|mailman/|lists\.[a-z0-9.-]+/|/postorius/|se désabonner|désinscri|désabonnement|liste de (?:diffusion|discussion)|lista de (?:correo|distribución|discusión)|cancelar (?:la|tu|su) suscripción|darse de baja|para darte de baja|abbestellen|abmelden von|mailingliste|you (?:received|are receiving) this (?:message|e?mail) because|vous (?:recevez|avez reçu) ce (?:message|courriel|mail|e-mail) (?:car|parce)|recibiste este mensaje porque|has recibido este (?:mensaje|correo) porque|groups\.google\.com|groups\.io|/sympa|reply to this email directly|view it on github|listserv|yahoogroups|to post to this (?:group|list)|pour (?:quitter|vous désinscrire)|per cancellarsi|list info(?:rmation)?:|manage (?:your )?(?:subscription|preferences)|this list is|archives?\s?:\s+<?https?:`)
	wayOut    = regexp.MustCompile(`(?i)unsubscribe|désabonner|désinscri|suscripción|de baja|abbestellen|abmelden|you (?:received|are receiving) this|vous (?:recevez|avez reçu) ce|(?:recibiste|has recibido) este|view it on|quitter|cancellarsi`)
	anyLink   = regexp.MustCompile(`https?://\S+`)
	legal     = regexp.MustCompile(`(?i)(?:this|the information (?:contained )?in this) (?:e-?mail|message|communication|transmission)[^.]{0,160}(?:confidential|privileged|intended (?:only|solely|for))|confidentiality notice|(?:ce|cet) (?:message|courriel|e-?mail)[^.]{0,160}(?:confidentiel|destiné|usage exclusif)|avis de confidentialité|(?:este|el presente) (?:mensaje|correo|e-?mail)[^.]{0,160}(?:confidencial|dirigido|exclusiv)|aviso (?:de confidencialidad|legal)|diese (?:e-?mail|nachricht)[^.]{0,160}(?:vertraulich|bestimmt)|informazioni contenute in quest[oa] (?:messaggio|e-?mail)|(?:questo messaggio|questa e-?mail)[^.]{0,160}(?:riservat|confidenzial)|dit (?:bericht|e-?mail)[^.]{0,160}vertrouwelijk|please consider the environment|pensez à l['’]environnement|antes de imprimir|scanned (?:by|for) (?:viruses|mailscanner)|virus-free\.?\s|sans virus\.|l'absence de virus|checked by avg|avast antivirus|external email\b.*do not click|if you are not the intended recipient|si vous n['’]êtes pas le destinataire`) //nolint:misspell // some of it is Spanish
	device    = regexp.MustCompile(`(?i)^[*_(\[]*(?:sent (?:from|via|using|with|by)\b|sent on the move|envoyé (?:de|depuis|à partir d|avec|via)|envoyée depuis|enviado (?:desde|de|via|con|a partir)|gesendet (?:von|mit|über)|von (?:meinem|meiner) .{2,40} gesendet|diese nachricht wurde von meinem|inviato (?:da|con|dal)|verzonden (?:vanaf|met|via)|verstuurd vanaf|sendt fra|skickat från|lähetetty|wysłane z|wysłano z|отправлено (?:с|из)|get outlook for|obtenir outlook|obtener outlook|télécharg(?:er|ez) outlook|outlook für|iphoneから送信|发自我的|從我的|gönderildi|odoslané|odesláno z|sent: from my|provenance\s*:\s*courrier)`)
	scrubbed  = regexp.MustCompile(`^-+ next part -+$`)
	pgpBegin  = regexp.MustCompile(`^-----BEGIN PGP (SIGNED MESSAGE|SIGNATURE|PUBLIC KEY BLOCK)-----$`)
	pgpEnd    = regexp.MustCompile(`^-----END PGP (?:SIGNATURE|PUBLIC KEY BLOCK)-----$`)
	longRule  = regexp.MustCompile(`^\s*(?:_{5,}|-{5,}|={5,}|\*{5,}|~{5,}|#{5,}|(?:-=){3,}-?|(?:- ){5,}-?|(?:=-){3,}=?)\s*$`)
	sigRule   = regexp.MustCompile(`^\s*(?:--|__|—|––|—-|-- -|[—–―─]{3,})\s*$`)
)

const (
	sigLines  = 14 // a signature without the exact delimiter is at most this long
	footLines = 16
	footChars = 4000
	keyLines  = 300 // of an armoured key or signature
)

// isDevice recognises "Sent from my telephone", standing alone. A sentence that
// starts like it ("Sent from my desk, is much easier") isn't one.
func isDevice(s string) bool {
	s = strings.TrimSpace(s)
	if i := strings.Index(s, "<http"); i > 0 {
		s = s[:i]
	}
	s = strings.Trim(s, "*_ ")
	return len(s) <= 90 && !strings.ContainsAny(s, ",;?!") && !strings.Contains(s, ". ") &&
		len(strings.Fields(s)) <= 10 && device.MatchString(s)
}

// appendices labels what machines appended at the end of a text, from the end
// upwards, paragraph by paragraph.
func (t *split) appendices() {
	end := len(t.ls)
	for {
		from, to, ok := t.lastParagraph(end)
		if !ok || !t.appended(from, to) {
			return
		}
		for from > 0 && (t.ls[from-1].blank() || ruleAt(t.ls[from-1])) && t.ls[from-1].depth == 0 && t.as[from-1] == own {
			from--
		}
		t.label(from, to, footer)
		end = from
	}
}

func ruleAt(l Line) bool {
	return l.depth == 0 && len(l.text) <= longest && (longRule.MatchString(l.text) || sigRule.MatchString(l.text))
}

// lastParagraph finds the last run of own lines above end that aren't blank.
func (t *split) lastParagraph(end int) (from, to int, ok bool) {
	to = end
	for to > 0 && (t.as[to-1] == footer || t.as[to-1] == signed || t.ls[to-1].blank() || t.as[to-1] == quoted) {
		to--
	}
	if to == 0 || t.as[to-1] != own || t.ls[to-1].depth > 0 {
		return 0, 0, false
	}
	from = to
	for from > 0 && t.as[from-1] == own && t.ls[from-1].depth == 0 && !t.ls[from-1].blank() {
		from--
	}
	// A ruler inside a paragraph parts the words from what is appended.
	for i := to - 1; i > from; i-- {
		if ruleAt(t.ls[i]) && i < to-1 {
			return i, to, true
		}
	}
	return from, to, true
}

// appended tells whether a paragraph at the end is a list's footer or a disclaimer.
func (t *split) appended(from, to int) bool {
	size := 0
	for _, l := range t.ls[from:to] {
		size += len(l.text)
	}
	if to-from > footLines || size > footChars {
		return false
	}
	var b strings.Builder
	rules, words := 0, 0
	for _, l := range t.ls[from:to] {
		if ruleAt(l) {
			rules++
			continue
		}
		words++
		b.WriteString(l.text)
		b.WriteByte(' ')
	}
	if words == 0 {
		return rules > 0 && from > 0
	}
	text := b.String()
	if legal.MatchString(text) {
		return true
	}
	if !listWords.MatchString(text) || strings.Contains(text, "?") && rules == 0 {
		return false
	}
	// A ruler above; or the way out with its address, and words of a person above that.
	return rules > 0 || from > 0 && ruleAbove(t.ls, from) ||
		wayOut.MatchString(anyLink.ReplaceAllString(text, "")) && strings.ContainsAny(text, "@/") && shortLines(t.ls[from:to]) && t.anyOwn(from)
}

func ruleAbove(ls []Line, at int) bool {
	for i := at - 1; i >= 0 && i >= at-2; i-- {
		if !ls[i].blank() {
			return ruleAt(ls[i])
		}
	}
	return false
}

// shortLines tells whether lines look like a notice and not like a letter: few,
// and most with an address in them.
func shortLines(ls []Line) bool {
	links := 0
	for _, l := range ls {
		if strings.Contains(l.text, "://") || strings.Contains(l.text, "@") || listWords.MatchString(l.text) {
			links++
		}
	}
	return len(ls) <= 8 && 2*links >= len(ls)
}

// standalone finds footers anywhere: the ruler with a list's notice under it that
// Mailman writes, "next part" of its archives, and lines of telephones.
func (t *split) standalone() {
	for i := range t.ls {
		l := t.ls[i]
		if l.depth > 0 || t.as[i] != own || l.blank() {
			continue
		}
		switch {
		case len(l.text) >= 20 && len(l.text) <= longest && longRule.MatchString(l.text):
			to := i + 1
			for to < len(t.ls) && to <= i+6 && t.ls[to].depth == 0 && !t.ls[to].blank() {
				to++
			}
			if to > i+1 && to <= i+6 && listWords.MatchString(joinText(t.ls[i+1:to])) && shortLines(t.ls[i+1:to]) {
				t.label(i, to, footer)
			}
		case scrubbed.MatchString(l.text):
			to := i + 1
			for to < len(t.ls) && to <= i+8 && !t.ls[to].blank() && t.ls[to].depth == 0 {
				to++
			}
			if to > i+1 && strings.Contains(t.ls[i+1].text, "scrubbed") {
				t.label(i, to, footer)
			} else {
				t.label(i, i+1, footer)
			}
		case isDevice(l.text) && t.alone(i):
			t.label(i, i+1, footer)
		}
	}
}

// alone tells whether a line has nothing of the writer's directly around it.
func (t *split) alone(i int) bool {
	edge := func(j int) bool {
		return j < 0 || j >= len(t.ls) || t.ls[j].blank() || t.ls[j].depth > 0 || t.as[j] != own || ruleAt(t.ls[j])
	}
	if !edge(i - 1) {
		return false
	}
	if edge(i + 1) {
		return true
	}
	// Directly above an attribution or a header block.
	for j := i + 1; j < len(t.ls) && j < i+1+introLines; j++ {
		if _, ok := introducedBy(t.ls, j, true); ok {
			return true
		}
	}
	return headerBlock(t.ls, i+1)
}

// armor puts the wrapping of a PGP-signed text (RFC 9580 §7) into the footer.
func (t *split) armor() {
	for i := 0; i < len(t.ls); i++ {
		m := pgpBegin.FindStringSubmatch(t.ls[i].text)
		if m == nil || t.ls[i].depth > 0 {
			continue
		}
		to := i + 1
		if m[1] == "SIGNED MESSAGE" {
			for to < len(t.ls) && !t.ls[to].blank() && to < i+5 {
				to++
			}
			for j := to; j < len(t.ls); j++ { // §7.2: dashes are escaped
				t.ls[j].text = strings.TrimPrefix(t.ls[j].text, "- ")
				if strings.HasPrefix(t.ls[j].text, "-----BEGIN PGP") {
					break
				}
			}
		} else {
			for to < len(t.ls) && to < i+keyLines && !pgpEnd.MatchString(t.ls[to].text) {
				to++
			}
			if to == len(t.ls) || to == i+keyLines { // it doesn't end: leave all below it alone
				to = i
			}
			to++
		}
		t.label(i, to, footer)
		i = to - 1
	}
}

// signatures labels what stands below a delimiter (RFC 3676 §4.3), until the
// writer's run of lines ends.
func (t *split) signatures() {
	for i := 0; i < len(t.ls); i++ {
		l := t.ls[i]
		marked := l.mark == markSignature
		if l.depth > 0 || t.as[i] != own || !marked && l.text != sigExact && (len(l.text) > longest || !sigRule.MatchString(l.text)) {
			continue
		}
		to := i + 1
		for to < len(t.ls) && to-i <= 4*sigLines && t.as[to] == own && t.ls[to].depth == 0 && (!marked || t.ls[to].mark == markSignature || t.ls[to].blank()) {
			to++
		}
		switch {
		case marked && t.ownAbove(i) && to-i <= sigLines,
			!marked && l.text == sigExact && to-i <= 3*sigLines,
			!marked && t.ownAbove(i) && t.looksSigned(i+1, to):
			t.label(i, to, signed)
			i = to
		case marked:
			i = to
		}
	}
}

// looksSigned tells whether lines under an inexact delimiter are a signature: few
// and short.
func (t *split) looksSigned(from, to int) bool {
	n := 0
	for _, l := range t.ls[from:to] {
		if l.blank() {
			continue
		}
		if n++; len([]rune(l.text)) > 100 {
			return false
		}
	}
	return n > 0 && n <= sigLines-4
}

func joinText(ls []Line) string {
	var b strings.Builder
	for _, l := range ls {
		b.WriteString(l.text)
		b.WriteByte(' ')
	}
	return b.String()
}
