package app

import (
	"context"
	"errors"
	"net"

	"cordee/internal/post"
)

// ListenMail opens the page on which the mails in the folder can be read, on a
// loopback port of its own, and gives the link that opens it once. Run serves it.
func (h *House) ListenMail(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	h.closers = append(h.closers, func() error {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	if h.mails, err = post.NewPage(h.Maildir, h.Config.Clock, h.Config.Rand); err != nil {
		return "", err
	}
	h.mailListener = l
	return h.mails.Link("http://" + l.Addr().String()), nil
}

// mailPage serves that page, if it was opened.
func (h *House) mailPage(ctx context.Context) error {
	if h.mails == nil {
		return nil
	}
	return h.mails.Serve(ctx, h.mailListener)
}

// MailOn tells whether a mail server is set.
func (h *House) MailOn(ctx context.Context) (bool, error) {
	m, err := h.Server.Mail(ctx)
	return m.On(), err
}
