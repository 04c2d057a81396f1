package post

import (
	"errors"
	"fmt"
	"strings"
)

// Class says what to do about a failure.
type Class int

// The classes.
const (
	// Later: nobody is at fault for long; try again.
	Later Class = iota + 1
	// Person: this recipient's server has said no for good.
	Person
	// Wrong: no mail will go until the operator changes something.
	Wrong
)

// String names the class for the log.
func (c Class) String() string {
	switch c {
	case Later:
		return "later"
	case Person:
		return "person"
	case Wrong:
		return "settings"
	}
	return "unknown"
}

// Failure is why a mail wasn't taken. Its words are in the catalogue under
// "post.failure.<code>".
type Failure struct { //nolint:errname // the package's own word
	Class  Class
	Code   string
	Status int    // the server's reply code, 0 when it said nothing
	Reply  string // the server's own words on one line: for the operator, never for the log
	Err    error
}

// The codes, each with the class that it mostly comes with.
const (
	HostUnknown     = "host_unknown"     // no such name (Wrong)
	Unreachable     = "unreachable"      // nobody listens there, or the net is down (Later)
	NoAnswer        = "no_answer"        // too slow (Later)
	Lost            = "lost"             // the connection broke before the mail was handed over (Later)
	LostAfter       = "lost_after"       // it broke after: the mail may have been taken (Later)
	Busy            = "busy"             // a 4xx: greylisting, too many, quota (Later)
	TurnedAway      = "turned_away"      // the server doesn't talk to us at all (Wrong)
	NoStartTLS      = "no_starttls"      // encryption is wanted and isn't offered (Wrong)
	NotTLS          = "not_tls"          // the port speaks no TLS (Wrong)
	Certificate     = "certificate"      // it isn't the server's, or nobody known signed it (Wrong)
	NoAuth          = "no_auth"          // a password is set and the server takes none (Wrong)
	BadPassword     = "password"         // name or password refused (Wrong)
	Unprotected     = "unprotected"      // the password would travel in the open (Wrong)
	AuthWanted      = "auth_wanted"      // the server wants a name and a password (Wrong)
	SenderRefused   = "sender_refused"   // it doesn't send for this mailbox (Wrong)
	NoSuchAddress   = "no_such_address"  // nobody has that address (Person)
	MailboxFull     = "mailbox_full"     // full for good (Person)
	RecipientNo     = "recipient_no"     // their server won't take mail for them (Person)
	ContentRefused  = "content_refused"  // their server won't take this mail (Person)
	AddressUnusable = "address_unusable" // no mail address, or one that the server can't spell (Person)
	NotWritten      = "not_written"      // the folder of mails can't be written (Later)
)

// Codes lists them all.
func Codes() []string {
	return []string{
		HostUnknown, Unreachable, NoAnswer, Lost, LostAfter, Busy, TurnedAway, NoStartTLS, NotTLS, Certificate,
		NoAuth, BadPassword, Unprotected, AuthWanted, SenderRefused, NoSuchAddress, MailboxFull, RecipientNo,
		ContentRefused, AddressUnusable, NotWritten,
	}
}

// Error is for the log: it names neither a person nor what the server said.
func (f *Failure) Error() string {
	s := fmt.Sprintf("post: %s (%s)", f.Code, f.Class)
	if f.Status != 0 {
		s += fmt.Sprintf(", the server said %d", f.Status)
	}
	return s
}

// Unwrap gives the cause, which may hold the server's words.
func (f *Failure) Unwrap() error { return f.Err }

// Everyone tells whether the failure is the server's and would befall the next
// mail too: a queue does well to rest.
func (f *Failure) Everyone() bool {
	return f.Class == Wrong || f.Code == Unreachable || f.Code == NoAnswer || f.Code == NotWritten
}

// AddressBad tells whether the address itself is no good, so that no further
// mail should be tried on it before its owner has looked.
func (f *Failure) AddressBad() bool {
	switch f.Code {
	case NoSuchAddress, MailboxFull, RecipientNo, AddressUnusable:
		return true
	}
	return false
}

// AsFailure finds the failure in a chain of errors; anything else counts as
// something to try again.
func AsFailure(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return &Failure{Class: Later, Code: Lost, Err: err}
}

// oneLine makes a server's reply fit for a page.
func oneLine(s string) string {
	s = Clean(strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > 300 {
		s = string(r[:299]) + "…"
	}
	return s
}
