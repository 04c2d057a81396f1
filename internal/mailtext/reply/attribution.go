package reply

import (
	"regexp"
	"strings"
)

// How mail programs introduce what they quote, in the languages of their users.

const wroteWords = `wrote|writes|wrote on|said|a écrit|écrit|ecrit|a ecrit|escribió|escribio|escribía|schrieb|schreibt|geschrieben|ha scritto|scrive|scrisse|` +
	`escreveu|schreef|geschreven|skrev|skriver|skreiv|kirjoitti|napisał|napisała|napisał\(a\)|napisal|napísal|pisze|napsal|napsal\(a\)|píše|írta|ezt írta|` +
	`a scris|написал|написала|написал\(а\)|писал|писал\(а\)|пишет|пише|έγραψε|yazdı|yazmış|đã viết|menulis|va escriure|idatzi du|skrifaði|rašė|kirjutas|` +
	`写道|寫道|さんは書きました|のメール|작성|כתב|כתבה|كتب`

var (
	wrote = regexp.MustCompile(`(?i)(?:^|[\s>)\]"”,])(?:` + wroteWords + `)(?:$|[\s:：,<"])|(?:写道|寫道|書きました|작성)\s?[:：]`)
	// introStart is how the first line of an attribution begins: a preposition, a day, a date.
	introStart = regexp.MustCompile(`(?i)^[-*_\s"“'=]*(?:(?:on|at|le|la|el|il|lo|am|um|op|em|den|dne|dnia|w dniu|på|vào|tanggal|pada|στις|a|în|il giorno|in data|in article|in message|quoting|zitat von|citando|citation de)\s` +
		`|(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mié|jue|sáb|dom|mo|di|mi|do|fr|sa|so|lør|søn|man|tir|ons|tor|fre|ma|ti|ke|to|pe|la|su|пн|вт|ср|чт|пт|сб|вс|pon|wt|śr|czw|pt|sob|niedz)[a-zé]*[.,]*\s+\d` +
		`|(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b|\d{1,4}[./年-]|\d{1,2}:\d{2}|\d{1,2}\s+\p{L}{3,})`)
	dated   = regexp.MustCompile(`\b(?:19|20)\d\d\b|\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|(?:19|20)\d\d年`)
	written = regexp.MustCompile(`[^\s<>"(),:]+@[^\s<>"(),:]+`)
	plainBy = regexp.MustCompile(`(?i)^[-*_>\s]*["“']?\p{L}[\p{L}\p{M}.'’\-\s,"”()0-9]{0,60}(?:<[^<>]*>|\([^()]*\))?,?\s*(?:` + wroteWords + `)\s?[:：]$`)
	bare    = regexp.MustCompile(`(?i)^(?:(?:` + wroteWords + `)\s?[:：]|[^\s]*@[^\s]*>?\s*(?:(?:` + wroteWords + `)\s?)?[:：])$`)
	asterix = regexp.MustCompile(`(?i)^-{2,}\s?on .{6,200} (?:wrote|écrit) ?-{2,}$`)
)

const introLines = 4 // an attribution that programs broke has at most this many

// introducedBy looks for an attribution in the lines that end at end, and returns
// where it starts. Strict asks for more proof, for a quote without marks.
func introducedBy(ls []Line, end int, strict bool) (start int, ok bool) {
	last := introText(ls[end])
	if len(last) > longest || !introEnds(last) {
		return 0, false
	}
	joined, plain := "", -1
	for n := 0; n < introLines && end-n >= 0; n++ {
		l := ls[end-n]
		if l.depth > 0 || l.blank() || l.mark == markSignature {
			break
		}
		joined = strings.TrimSpace(introText(l) + " " + joined)
		if len(joined) > longest {
			break
		}
		// A start that is known beats one that is merely possible below it.
		switch sure, maybe := isIntro(joined, n, strict); {
		case sure && (plain < 0 || dated.MatchString(joined)):
			start = end - n
			for start > 0 && n < introLines && leadsOn(ls[start-1]) {
				start--
				n++
			}
			return start, true
		case maybe && plain < 0:
			plain = end - n
		}
	}
	// "ana@example.org wrote:", if it isn't the end of something longer.
	if plain < 0 && !strict && wrote.MatchString(last) && strings.Contains(last, "@") && (end == 0 || ls[end-1].blank() || ls[end-1].depth > 0) {
		plain = end
	}
	return plain, plain >= 0
}

// introText is a line as the rules compare it: French puts a blank of its own
// before a colon.
func introText(l Line) string {
	return strings.TrimSpace(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(l.text))
}

// introEnds tells cheaply whether a line may be the last of an attribution.
func introEnds(s string) bool {
	s = strings.TrimRight(s, "*_ ")
	for _, end := range [...]string{":", "：", "wrote --", "wrote ----", "[…]", "wrote", "écrit", "ecrit", "escribió", "schrieb", "scritto", "escreveu", "schreef", "skrev", "napisał(a)"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// leadsOn recognises the first piece of an attribution of many lines, "On 3 May,".
func leadsOn(l Line) bool {
	s := introText(l)
	return l.depth == 0 && len(s) < 60 && strings.HasSuffix(s, ",") && introStart.MatchString(s) && dated.MatchString(s)
}

// isIntro tells whether lines joined are an attribution: surely, by how they
// begin and what they hold, or maybe, by the name before the verb.
func isIntro(s string, extra int, strict bool) (sure, maybe bool) {
	if asterix.MatchString(s) {
		return true, false
	}
	verb, when, who := wrote.MatchString(s), dated.MatchString(s), written.MatchString(s)
	if introStart.MatchString(s) {
		if strict {
			return verb && (when || who) || when && who, false
		}
		return verb || when && who, false
	}
	if strict || bare.MatchString(s) {
		return false, false
	}
	// "Ana Ruiz wrote:", or "Ana Ruiz <ana@example.org>" with the verb on the next line.
	return false, plainBy.MatchString(s) && extra == 0 || verb && who && extra <= 1 && !strings.HasPrefix(s, "<")
}

// attributed tells whether a text holds an attribution with an unmarked quote below.
func attributed(ls []Line) bool {
	for i, l := range ls {
		if l.depth == 0 && !l.blank() {
			if _, ok := introducedBy(ls, i, true); ok {
				return true
			}
		}
	}
	return false
}

var (
	// divider is what stands above a quoted or forwarded mail.
	divider = regexp.MustCompile(`(?i)^[-_=*\s]{2,}\s*(?:original[ -]?(?:message|e?mail|nachricht)|ursprüngliche (?:nachricht|mail)|originalnachricht|message d['’]origine|message original|courriel original|mensaje original|mensagem original|messaggio originale|oorspronkelijk(?:e)? bericht|oprindelig (?:besked|meddelelse)|opprinnelig melding|originalmeddelande|ursprungligt meddelande|alkuperäinen viesti|wiadomość oryginalna|původní zpráva|исходное сообщение|orijinal mesaj|原始邮件|原始郵件|元のメッセージ|reply message|reply above this line)[^-_=*]{0,10}[-_=*\s]{2,}$`)
	// forwarded is its sister, of a mail that is handed on.
	forwarded = regexp.MustCompile(`(?i)^[-_=*>\s]{2,}\s*(?:forwarded (?:message|e?mail)|begin forwarded message|message transféré|message réexpédié|courriel transféré|weitergeleitete (?:nachricht|mail)|mensaje reenviado|mensagem (?:reencaminhada|encaminhada)|messaggio inoltrato|doorgestuurd bericht|videresendt (?:besked|melding)|vidarebefordrat meddelande|välitetty viesti|przekazana wiadomość|пересылаемое сообщение|转发的邮件|轉寄的郵件)[^-_=*]{0,60}[-_=*\s]{2,}$`)
	begins    = regexp.MustCompile(`(?i)^(?:begin forwarded message|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|anfang der weitergeleiteten nachricht|inizio messaggio inoltrato|início da mensagem (?:re)?encaminhada)\s?:$`)
	ruled     = regexp.MustCompile(`^\s*(?:[-_=*]\s?){3,}\s*$|^\s*[—–―─]{3,}\s*$`)
	label     = regexp.MustCompile(`^[\s*_|]{0,12}(\p{L}[\p{L}’' ]{0,18}?)[*_]{0,2}\s?[:：][*_]{0,2}(?:\s*(.*))?$`)
)

// isRule tells whether a line is drawn, not written.
func isRule(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) >= 3 && len(s) <= longest && strings.ContainsRune("-_=*—–―─", []rune(s[:min(len(s), 4)])[0]) && ruled.MatchString(s)
}

type labelKind int

const (
	noLabel labelKind = iota
	fromLabel
	dateLabel
	toLabel
	subjectLabel
)

// labelOf tells which header a line "From: …" names, in any of the languages
// that Outlook and its like speak.
func labelOf(l Line) labelKind {
	if i := strings.IndexByte(l.text, ':'); len(l.text) > 1000 || (i < 0 || i > 60) && !strings.Contains(l.text, "：") {
		return noLabel
	}
	m := label.FindStringSubmatch(introText(l))
	if m == nil {
		return noLabel
	}
	switch strings.ToLower(strings.TrimSpace(strings.ReplaceAll(m[1], "’", "'"))) {
	case "from", "de", "von", "da", "van", "fra", "från", "od", "от", "lähettäjä", "feladó", "gönderen", "kimden", "από", "发件人", "寄件者",
		"差出人", "보낸 사람", "expéditeur", "remitente", "remetente", "mittente", "afzender", "reply-to", "répondre à", "nga", "de la":
		return fromLabel
	case "sent", "date", "envoyé", "envoyé le", "gesendet", "datum", "inviato", "inviato il", "data", "verzonden", "enviado", "enviado el", "enviado em", "enviada em",
		"fecha", "sendt", "skickat", "dato", "wysłano", "wysłane", "отправлено", "дата", "päivämäärä", "lähetetty", "gönderilen", "gönderildi", "tarih",
		"发送时间", "日期", "日時", "送信日時", "날짜", "odesláno", "message du", "elküldve", "dátum", "sent at", "ημερομηνία", "trimis":
		return dateLabel
	case "to", "à", "a", "an", "para", "aan", "til", "till", "do", "кому", "vastaanottaja", "kime", "προς", "收件人", "宛先", "받는 사람", "komu", "címzett",
		"cc", "copie à", "copie", "kopie", "copia", "kopi", "kopia", "копия", "kopio", "抄送", "副本", "dw", "udw", "destinataire", "către", "cci", "bcc":
		return toLabel
	case "subject", "objet", "betreff", "oggetto", "onderwerp", "asunto", "assunto", "emne", "ämne", "temat", "тема", "aihe", "konu", "θέμα",
		"主题", "主旨", "件名", "제목", "předmět", "tárgy", "sujet", "subiect":
		return subjectLabel
	}
	return noLabel
}

// headerBlock tells whether the header of a quoted mail starts at a line, as
// Outlook and phones write it.
func headerBlock(ls []Line, at int) bool {
	first := ls[at].label
	if first != fromLabel && first != dateLabel {
		return false
	}
	var seen [5]bool
	seen[first] = true
	loose := 0
	for i := at + 1; i < len(ls) && i < at+12 && loose < 3; i++ {
		if ls[i].depth != ls[at].depth {
			break
		}
		k := ls[i].label
		seen[k] = true
		switch {
		case k != noLabel:
			loose = 0
		case ls[i].blank() && loose > 0, strings.Contains(ls[i].text, ". "):
			loose = 3
		default:
			loose++
		}
	}
	kinds := 0
	for _, s := range seen[fromLabel:] {
		if s {
			kinds++
		}
	}
	return seen[fromLabel] && (kinds >= 3 || kinds == 2 && (seen[dateLabel] || seen[subjectLabel]) && ruledAbove(ls, at))
}

// ruledAbove tells whether a ruler or divider stands above a line, blanks aside.
func ruledAbove(ls []Line, at int) bool {
	for i := at - 1; i >= 0 && i >= at-3; i-- {
		if !ls[i].blank() {
			return ls[i].rule || divider.MatchString(ls[i].text) || forwarded.MatchString(ls[i].text)
		}
	}
	return false
}
