package signin

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"cordee/internal/id"
	"cordee/internal/person"
)

// SessionID identifies a session.
type SessionID = id.Of[Session]

// How long sessions last, and how finely their last use is kept.
const (
	IdleLife     = 30 * 24 * time.Hour
	SessionLife  = 180 * 24 * time.Hour
	SeenInterval = time.Hour
	// againFor is how long a form that opened a session may be sent again and
	// still get a cookie for it: a double click, a reload of the answer.
	againFor = 2 * time.Minute
)

// Session is a device on which a person is signed in.
type Session struct {
	ID      SessionID
	Public  id.Public
	Person  id.Person
	Device  string // "Firefox · Linux"; empty when nothing is known
	MadeAt  time.Time
	SeenAt  time.Time
	EndedAt time.Time
}

// Alive tells whether the session opens anything at now.
func (s Session) Alive(now time.Time) bool {
	return s.EndedAt.IsZero() && now.Before(s.SeenAt.Add(IdleLife)) && now.Before(s.MadeAt.Add(SessionLife))
}

// Until is when the session ends at the latest: what the cookie's age is set to.
func (s Session) Until() time.Time { return s.MadeAt.Add(SessionLife) }

// Entered is what a person gets who has just signed in.
type Entered struct {
	Session Session
	Cookie  string // the cookie's value: told once, kept by nobody but the browser
	Person  person.Person
	Next    string // by a link that was asked for: the page that they wanted then
}

const secretSize = 32

// newSecret makes a cookie's value and the hash that is kept of it.
func newSecret(rnd io.Reader) (cookie string, hash []byte, err error) {
	var secret [secretSize]byte
	if _, err := io.ReadFull(rnd, secret[:]); err != nil {
		return "", nil, fmt.Errorf("signin: no randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(secret[:]), hashOf(secret[:]), nil
}

// readCookie gives the hash of a cookie's value; false for what can't be one.
func readCookie(cookie string) ([]byte, bool) {
	if len(cookie) != base64.RawURLEncoding.EncodedLen(secretSize) {
		return nil, false // the decoder skips line ends
	}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(cookie)
	if err != nil || len(secret) != secretSize {
		return nil, false
	}
	return hashOf(secret), true
}

func hashOf(secret []byte) []byte {
	sum := sha256.Sum256(secret)
	return sum[:]
}
