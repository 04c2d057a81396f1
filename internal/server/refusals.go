package server

import "cordee/internal/refusal"

// ErrSetUpUsed says that the server has been set up already.
func ErrSetUpUsed() *refusal.Refusal { return refusal.New(refusal.Expired, "server.setup_used") }

// ErrSetUpWrong says that a set-up link isn't this server's.
func ErrSetUpWrong() *refusal.Refusal { return refusal.New(refusal.NotFound, "server.setup_wrong") }

// ErrOperatorsOnly says that only who keeps the server may do this. To anybody
// else the page doesn't exist.
func ErrOperatorsOnly() *refusal.Refusal { return refusal.ErrNotFound() }

// ErrLastOperator says that somebody has to keep the server.
func ErrLastOperator() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "server.last_operator")
}

// ErrStale says that the settings were changed since they were read; the page
// loads them again and shows both.
func ErrStale(version int64) *refusal.Refusal {
	return refusal.New(refusal.Conflict, "server.stale", "Version", version)
}

// ErrFoundingClosed says that this person may not found a circle here.
func ErrFoundingClosed() *refusal.Refusal {
	return refusal.New(refusal.Forbidden, "server.founding_closed")
}

func errChoice(field string) error {
	return refusal.New(refusal.Invalid, "server.choice").On(field)
}

func errName(got int) error {
	return refusal.New(refusal.Invalid, "server.name_too_long", "Max", MaxName, "Got", got).On("name")
}

func errMailHost() error { return refusal.New(refusal.Invalid, "server.mail_host").On("host") }

func errMailPort() error { return refusal.New(refusal.Invalid, "server.mail_port").On("port") }

func errMailUser() error { return refusal.New(refusal.Invalid, "server.mail_user").On("username") }

func errMailFrom() error { return refusal.New(refusal.Invalid, "server.mail_from").On("from") }

func errMailPassword() error {
	return refusal.New(refusal.Invalid, "server.mail_password").On("password")
}

// errPasswordAgain says that the stored password isn't sent to another host or
// user than the one it was typed for.
func errPasswordAgain() error {
	return refusal.New(refusal.Invalid, "server.mail_password_again").On("password")
}
