package post

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// What a server's reply means at each step of the conversation. The codes are
// RFC 5321 §4.2.3, the enhanced ones ("5.1.1") RFC 3463 and RFC 5248.

// dialFailure: nothing was said yet.
func dialFailure(err error) error {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return &Failure{Class: Wrong, Code: HostUnknown, Err: err}
	case slow(err):
		return &Failure{Class: Later, Code: NoAnswer, Err: err}
	}
	return &Failure{Class: Later, Code: Unreachable, Err: err}
}

// openFailure: greeting, EHLO, STARTTLS.
func openFailure(err error) error {
	var (
		certificate *tls.CertificateVerificationError
		host        x509.HostnameError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	switch {
	case errors.As(err, &certificate), errors.As(err, &host):
		return &Failure{Class: Wrong, Code: Certificate, Err: err}
	case errors.As(err, &record), errors.As(err, &alert):
		return &Failure{Class: Wrong, Code: NotTLS, Err: err}
	}
	return reply(err, Lost, func(_ *textproto.Error, f *Failure) {
		f.Class, f.Code = Wrong, TurnedAway
	})
}

func authFailure(err error) error {
	if errors.Is(err, smtp.ErrUnencrypted) {
		return &Failure{Class: Wrong, Code: Unprotected, Err: err}
	}
	return reply(err, Lost, func(r *textproto.Error, f *Failure) {
		f.Class, f.Code = Wrong, BadPassword
		if r.Code == 504 || r.Code == 502 { // mechanism not taken (RFC 4954 §4)
			f.Code = NoAuth
		}
	})
}

func mailFailure(err error) error {
	return reply(err, Lost, func(r *textproto.Error, f *Failure) {
		f.Class, f.Code = Wrong, SenderRefused
		if r.Code == 530 || r.Code == 535 || enhanced(r, "5.7.0") {
			f.Code = AuthWanted
		}
	})
}

func rcptFailure(err error) error {
	return reply(err, Lost, func(r *textproto.Error, f *Failure) {
		f.Class = Person
		switch {
		case r.Code == 530 || r.Code == 535 || relayDenied(r):
			f.Class, f.Code = Wrong, AuthWanted
		case r.Code == 552 || enhanced(r, "5.2.2"):
			f.Code = MailboxFull
		case enhanced(r, "5.1.7") || enhanced(r, "5.1.8"): // it is the sender that is wrong
			f.Class, f.Code = Wrong, SenderRefused
		case enhanced(r, "5.7.") || enhanced(r, "5.3."):
			f.Code = RecipientNo
		default:
			f.Code = NoSuchAddress
		}
	})
}

// dataFailure: whole tells that the final dot may have arrived.
func dataFailure(err error, whole bool) error {
	lost := Lost
	if whole {
		lost = LostAfter
	}
	return reply(err, lost, func(r *textproto.Error, f *Failure) {
		f.Class, f.Code = Person, ContentRefused
		switch {
		case r.Code == 530 || r.Code == 535:
			f.Class, f.Code = Wrong, AuthWanted
		case enhanced(r, "5.1.1"):
			f.Code = NoSuchAddress
		case enhanced(r, "5.2.2"):
			f.Code = MailboxFull
		}
	})
}

// reply sorts what every step has in common; a 5xx goes to permanent.
func reply(err error, lost string, permanent func(*textproto.Error, *Failure)) error {
	var r *textproto.Error
	if !errors.As(err, &r) {
		if slow(err) && lost != LostAfter {
			return &Failure{Class: Later, Code: NoAnswer, Err: err}
		}
		return &Failure{Class: Later, Code: lost, Err: err}
	}
	f := &Failure{Class: Later, Code: Busy, Status: r.Code, Reply: oneLine(r.Msg), Err: err}
	// A quota of the day is a 5xx at some large providers (RFC 5248: X.4.5).
	if r.Code >= 500 && r.Code < 600 && !enhanced(r, "5.4.5") {
		permanent(r, f)
	}
	return f
}

func enhanced(r *textproto.Error, prefix string) bool {
	return strings.HasPrefix(enhancedPattern.FindString(r.Msg), prefix)
}

func relayDenied(r *textproto.Error) bool {
	return relayPattern.MatchString(r.Msg)
}

var (
	enhancedPattern = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}`)
	relayPattern    = regexp.MustCompile(`(?i)\brelay(ing)?\b|authenticat`)
)

func slow(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}
