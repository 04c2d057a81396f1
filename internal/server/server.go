package server

import (
	"net/mail"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"cordee/internal/person"
)

// Founding is who may found a circle, besides operators.
type Founding string

// The choices, from the narrowest.
const (
	Nobody    Founding = "nobody"
	Hosts     Founding = "hosts" // whoever is host of some circle here
	Everybody Founding = "everybody"
)

// AllFoundings lists the choices, for forms.
func AllFoundings() []Founding { return []Founding{Nobody, Hosts, Everybody} }

// allows tells whether the choice lets somebody found who is no operator.
func (f Founding) allows(host bool) bool {
	switch f {
	case Everybody:
		return true
	case Hosts:
		return host
	case Nobody:
	}
	return false
}

// Server is what is known of the server itself.
type Server struct {
	Version   int64
	Name      string // as people call it; may be empty
	Founding  Founding
	OpenedAt  time.Time
	ClaimedAt time.Time // zero until the set-up link was used
}

// Claimed tells whether somebody has set the server up.
func (s Server) Claimed() bool { return !s.ClaimedAt.IsZero() }

// Security is how a connection to the mail server is kept private.
type Security string

// The choices. None is for a mail server on the same machine or network.
const (
	TLS      Security = "tls"      // from the first byte, usually port 465 (RFC 8314 §3.3)
	StartTLS Security = "starttls" // required, usually port 587
	None     Security = "none"
)

// AllSecurities lists the choices, for forms.
func AllSecurities() []Security { return []Security{TLS, StartTLS, None} }

// MailSettings is the mailbox by which Cordée sends.
type MailSettings struct {
	Version  int64
	Host     string // empty: no mail is sent
	Port     int
	Security Security
	Username string // empty: none is asked for
	Password string // write only on the page
	From     string // the address that mails come from
	TestedAt time.Time
}

// On tells whether mail is sent.
func (m MailSettings) On() bool { return m.Host != "" }

// MaxName is how long a server's name may be, in signs.
const MaxName = 80

const maxSetting = 255

// cleaned gives the settings as they are stored, or the first thing wrong.
func (m MailSettings) cleaned() (MailSettings, error) {
	m.Host, m.Username = strings.TrimSpace(m.Host), strings.TrimSpace(m.Username)
	if m.Host == "" {
		return MailSettings{Version: m.Version, Security: StartTLS}, nil
	}
	var ok bool
	if m.Host, ok = hostName(m.Host); !ok {
		return m, errMailHost()
	}
	if m.Port == 0 {
		m.Port = m.Security.port()
	}
	if m.Port < 1 || m.Port > 65535 {
		return m, errMailPort()
	}
	switch m.Security {
	case TLS, StartTLS, None:
	default:
		return m, errChoice("security")
	}
	if len(m.Username) > maxSetting || person.Line(m.Username) != m.Username {
		return m, errMailUser()
	}
	if len(m.Password) > 4*maxSetting {
		return m, errMailPassword()
	}
	from, err := mail.ParseAddress(strings.TrimSpace(m.From))
	if err != nil {
		return m, errMailFrom()
	}
	if m.From, _, err = person.ParseAddress(from.Address); err != nil {
		return m, errMailFrom()
	}
	return m, nil
}

// hostName reads the name or the IP address of a mail server, without a port.
func hostName(s string) (string, bool) {
	if ip, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return ip.String(), true
	}
	host, err := idna.Lookup.ToASCII(strings.ToLower(s))
	return host, err == nil && len(host) <= maxSetting && !strings.ContainsAny(host, " /@:[]")
}

// port is the usual one.
func (s Security) port() int {
	switch s {
	case TLS:
		return 465
	case None:
		return 25
	case StartTLS:
	}
	return 587
}
