package thread

import (
	"errors"

	"cordee/internal/refusal"
)

func errEmpty() *refusal.Refusal {
	return refusal.New(refusal.Invalid, "thread.empty").On("words")
}

func errTooLong(field string, limit, have int) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "thread.too_long", "Max", limit, "Have", have).On(field)
}

func errTooManyFiles() *refusal.Refusal {
	return refusal.New(refusal.Invalid, "thread.too_many_files", "Max", MaxFiles).On("files")
}

func errFileTooLarge(name string) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "thread.file_too_large", "Name", name, "Max", MaxFile>>20).On("files")
}

func errClosed() *refusal.Refusal { return refusal.New(refusal.Conflict, "thread.closed") }

// errStale holds the words as they are now, and the version to edit next.
func errStale(now Message) *refusal.Refusal {
	return refusal.New(refusal.Conflict, "thread.stale", "Words", now.Words, "Version", now.Version).On("words")
}

func errDeleted() *refusal.Refusal { return refusal.New(refusal.Conflict, "thread.deleted") }

func errNotAuthor() *refusal.Refusal { return refusal.New(refusal.Forbidden, "thread.not_author") }

func errSignIn() *refusal.Refusal { return refusal.New(refusal.SignIn, "sign_in") }

// errNotMergeable is for whoever brings archives in: two threads that aren't both
// of one circle's past stay two.
func errNotMergeable() error { return errors.New("not two threads of one circle's past") }
