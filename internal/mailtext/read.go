package mailtext

import (
	"bytes"

	"cordee/internal/mailtext/reply"
)

const textBudget = 2 << 20 // bytes of text in all parts of a mail

// Read reads one mail. The only errors are those of this package, and they are
// about bytes that are no mail; whatever is one is read as far as it goes.
func Read(raw []byte, opt Options) (Mail, error) {
	switch {
	case len(raw) > MaxBytes:
		return Mail{}, ErrTooLarge
	case len(bytes.TrimSpace(raw)) == 0:
		return Mail{}, ErrEmpty
	}
	h, content := splitHeader(raw)
	if len(h) == 0 {
		return Mail{}, ErrNoHeader
	}
	m := Mail{}
	m.headers(h, opt)
	b := body{opt: opt, budget: textBudget}
	b.walk(newPart(h, content, "text/plain"), 0)
	m.Auto = autoOf(h, m.FromHeader, m.RawSubject, b.auto)
	texts := reply.Share(b.lines)
	m.Words, m.Quoted, m.Signature, m.Footer = texts.Words, texts.Quoted, texts.Signature, texts.Footer
	m.Attachments = b.files
	m.retag(opt)
	return m, nil
}

// headers fills in all that the header tells.
func (m *Mail) headers(h header, opt Options) {
	m.MessageID = messageID(h.get("message-id"))
	m.InReplyTo = messageIDs(h.get("in-reply-to"))
	if len(m.InReplyTo) == 0 {
		if id := messageID(h.get("in-reply-to")); id != "" {
			m.InReplyTo = []string{id}
		}
	}
	m.References = messageIDs(h.get("references"))
	m.ListID, m.ListName = listID(h.get("list-id"))
	m.FromHeader = firstAddress(h.get("from"))
	m.Sender = firstAddress(h.get("sender"))
	m.ReplyTo = parseAddresses(h.get("reply-to"))
	m.To = parseAddresses(h.get("to"))
	m.Cc = parseAddresses(h.get("cc"))
	m.From = m.person(h)
	if m.From.IsZero() {
		m.From = m.Sender
	}
	m.RawSubject = decodeHeader(h.get("subject"))
	m.Subject, m.Reply, m.Forward = cleanSubject(m.RawSubject, append(m.listTags(), opt.Tags...))
	m.Date = dateOf(h, opt.Envelope)
}

func firstAddress(v string) Address {
	for _, a := range parseAddresses(v) {
		return a
	}
	return Address{}
}
