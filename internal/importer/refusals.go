package importer

import "cordee/internal/refusal"

// errFolder: the name leads to a folder.
func errFolder(name string) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "import.folder", "Name", name).On("file")
}

// errEmpty: there is nothing in the file.
func errEmpty(name string) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "import.empty", "Name", name).On("file")
}

// errNotMbox: whatever it is, it is no mailbox file.
func errNotMbox(name string) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "import.not_mbox", "Name", name).On("file")
}

// errDamaged: the gzip ends too early, or its bytes were changed.
func errDamaged(name string) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "import.damaged", "Name", name).On("file")
}

// errTooLarge: more than can be taken; limit is in bytes.
func errTooLarge(name string, limit int64) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "import.too_large", "Name", name, "Max", int(limit>>20)).On("file")
}

// errNoMail: it looks like an mbox, and not one mail in it can be read.
func errNoMail(name string) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "import.no_mail", "Name", name).On("file")
}

// ErrNoCircle says that no circle has that slug.
func ErrNoCircle(slug string) *refusal.Refusal {
	return refusal.New(refusal.NotFound, "import.no_circle", "Slug", slug)
}

// errGaveUp: it was tried several times, and the house erred each time.
func errGaveUp() *refusal.Refusal { return refusal.New(refusal.Conflict, "import.gave_up") }

// errGone: the upload isn't there any more.
func errGone() *refusal.Refusal { return refusal.New(refusal.Expired, "import.gone") }
