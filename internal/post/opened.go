package post

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
)

// Opened is one of our own mails taken apart again. Mail from elsewhere takes
// more to read; that is mailtext's work.
type Opened struct {
	From, To, Subject string
	Date              time.Time
	Text, HTML        string
}

// Open reads what Compose made.
func Open(raw []byte) (Opened, error) {
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Opened{}, fmt.Errorf("post: open a mail: %w", err)
	}
	o := headOf(msg.Header)
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return Opened{}, fmt.Errorf("post: open a mail: not one of ours (%q)", kind)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF { //nolint:errorlint // as io.Reader says
			return o, nil
		}
		if err != nil {
			return o, fmt.Errorf("post: open a mail: %w", err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return o, fmt.Errorf("post: open a mail: %w", err)
		}
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			o.HTML = text
		} else {
			o.Text = text
		}
	}
}

func headOf(h mail.Header) Opened {
	var (
		dec mime.WordDecoder
		o   Opened
	)
	for field, to := range map[string]*string{"From": &o.From, "To": &o.To, "Subject": &o.Subject} {
		*to = h.Get(field)
		if s, err := dec.DecodeHeader(*to); err == nil {
			*to = s
		}
	}
	o.Date, _ = h.Date()
	return o
}
