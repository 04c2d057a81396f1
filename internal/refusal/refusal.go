// Package refusal holds the one way in which a use case says no to a person.
//
// A refusal carries a code, the field it concerns and a few facts, never a
// sentence: each door maps its Kind to a status of its own, and words come from
// the catalogues under "refusal.<code>". Whatever error isn't a refusal is the
// house's own fault: the person gets a reference, the log gets the chain.
package refusal

import (
	"errors"
	"fmt"
)

// Kind is the closed list of reasons a door tells apart.
type Kind int

// The kinds, each with the HTTP status that the web door gives it.
const (
	// Invalid: something typed can't be taken; Field says where (422).
	Invalid Kind = iota + 1
	// NotFound: it doesn't exist, or this person may not know that it does (404).
	NotFound
	// Conflict: the state has moved on, or the move doesn't exist from here (409).
	Conflict
	// Expired: a link or an invitation is used up or too old (410).
	Expired
	// Forbidden: the person sees the thing but may not do this with it (403).
	Forbidden
	// TooMany: a limit is reached; Args may hold "until" (429).
	TooMany
	// SignIn: nobody is signed in and somebody has to be (401).
	SignIn
)

// Refusal is a no that a person gets to read.
type Refusal struct {
	Kind  Kind
	Code  string         // "exchange.not_agreed": the key of the words, under "refusal."
	Field string         // the form field concerned, if one is
	Args  map[string]any // facts for the words: a name, a length, a time
}

// New makes a refusal; args are pairs of a name and a value.
func New(kind Kind, code string, args ...any) *Refusal {
	r := &Refusal{Kind: kind, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if r.Args == nil {
			r.Args = map[string]any{}
		}
		r.Args[fmt.Sprint(args[i])] = args[i+1]
	}
	return r
}

// On says which field of the form the refusal concerns.
func (r *Refusal) On(field string) *Refusal {
	c := *r
	c.Field = field
	return &c
}

// Error is for the log alone.
func (r *Refusal) Error() string {
	if r.Field != "" {
		return "refused: " + r.Code + " on " + r.Field
	}
	return "refused: " + r.Code
}

// Is makes errors.Is compare by code, whatever the field and the facts.
func (r *Refusal) Is(target error) bool {
	var other *Refusal
	return errors.As(target, &other) && other.Code == r.Code
}

// As finds the refusal in a chain of errors.
func As(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}

// ErrNotFound is what a stranger gets for anything that isn't theirs to see.
func ErrNotFound() *Refusal { return New(NotFound, "not_found") }
