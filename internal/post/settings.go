package post

import (
	"crypto/x509"
	"net"
	"strconv"
	"strings"
	"time"

	"cordee/internal/refusal"
)

// Security is how the connection to the mail server is protected.
type Security string

// The ways.
const (
	// StartTLS begins in the open and must go on encrypted (port 587).
	StartTLS Security = "starttls"
	// TLS is encrypted from the first byte (port 465; RFC 8314 §3.3).
	TLS Security = "tls"
	// Opportunistic encrypts when the server offers to, and doesn't insist on
	// its certificate unless there is a password to protect (RFC 7435): for a
	// relay in one's own house (port 25).
	Opportunistic Security = "opportunistic"
)

// Settings say through which server mail goes out.
type Settings struct {
	Host     string
	Port     int // 0: what Security is used with
	Security Security
	User     string // empty: the server takes our mail without
	Password string
	Mailbox  string // the address that mail comes from
	Hello    string // what we call ourselves (EHLO); empty: the domain of Mailbox

	Timeout time.Duration  // of each step but the last; 0: half a minute
	Roots   *x509.CertPool // who may sign certificates; nil: the system's
}

// Set tells whether a server is named at all.
func (s Settings) Set() bool { return s.Host != "" }

// Check says what can't be right about settings that somebody typed, with the
// field that it concerns.
func (s Settings) Check() error {
	switch host := strings.TrimSpace(s.Host); {
	case host == "":
		return refusal.New(refusal.Invalid, "post.host_wanted").On("host")
	case !hostNamePattern.MatchString(host) && net.ParseIP(host) == nil:
		return refusal.New(refusal.Invalid, "post.host_malformed").On("host")
	case s.Port < 0 || s.Port > 65535:
		return refusal.New(refusal.Invalid, "post.port_malformed").On("port")
	}
	switch s.Security {
	case StartTLS, TLS, Opportunistic:
	default:
		return refusal.New(refusal.Invalid, "post.security_wanted").On("security")
	}
	if _, err := ParseAddress(s.Mailbox); err != nil {
		return refusal.New(refusal.Invalid, "post.mailbox_malformed").On("mailbox")
	}
	if s.User == "" && s.Password != "" {
		return refusal.New(refusal.Invalid, "post.user_wanted").On("user")
	}
	if strings.ContainsAny(s.User+s.Password, "\x00\r\n") {
		return refusal.New(refusal.Invalid, "post.password_malformed").On("password")
	}
	return nil
}

func (s Settings) address() string {
	port := s.Port
	if port == 0 {
		switch s.Security {
		case TLS:
			port = 465
		case Opportunistic:
			port = 25
		case StartTLS:
			port = 587
		default:
			port = 587
		}
	}
	return net.JoinHostPort(s.Host, strconv.Itoa(port))
}

// hello is our name towards the server (RFC 5321 §4.1.1.1).
func (s Settings) hello() string {
	if s.Hello != "" && hostNamePattern.MatchString(s.Hello) {
		return s.Hello
	}
	if _, domain, ok := strings.Cut(s.Mailbox, "@"); ok {
		if host, err := domainASCII(domain); err == nil {
			return host
		}
	}
	return "localhost"
}

func (s Settings) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return 30 * time.Second
}

// local tells whether the server is on this machine, by its name alone.
func (s Settings) local() bool {
	if s.Host == "localhost" {
		return true
	}
	ip := net.ParseIP(s.Host)
	return ip != nil && ip.IsLoopback()
}
