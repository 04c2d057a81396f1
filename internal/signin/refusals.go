package signin

import (
	"errors"
	"time"

	"cordee/internal/refusal"
)

// ErrNoLetter tells a courier that there is nothing to send: nobody has the
// address that was asked for, or the link did its work or expired meanwhile.
var ErrNoLetter = errors.New("signin: no letter to send")

// ErrSignIn says that nobody is signed in.
func ErrSignIn() *refusal.Refusal { return refusal.New(refusal.SignIn, "signin.needed") }

// ErrLinkWrong says that a link isn't this server's, or not for this.
func ErrLinkWrong() *refusal.Refusal { return refusal.New(refusal.NotFound, "signin.link_wrong") }

// ErrLinkUsed says that a link has done its work.
func ErrLinkUsed() *refusal.Refusal { return refusal.New(refusal.Expired, "signin.link_used") }

// ErrLinkExpired says that a link came too late.
func ErrLinkExpired() *refusal.Refusal { return refusal.New(refusal.Expired, "signin.link_expired") }

// ErrTooMany says that enough letters were asked for; until is when there may be more.
func ErrTooMany(until time.Time) *refusal.Refusal {
	return refusal.New(refusal.TooMany, "signin.too_many", "Until", until).On("address")
}
