package store

import (
	"errors"
	"fmt"
)

// What a person can mend before the house opens. A *Problem carries one of them.
var (
	// ErrNewer: a newer Cordée has already changed this data.
	ErrNewer = errors.New("was written by a newer version of Cordée; start that version, or restore the backup made before the upgrade")
	// ErrOlder: the data hasn't been through all migrations of this binary. Look
	// alone says so; Open brings it up to date.
	ErrOlder = errors.New("is of an older version of Cordée; start this one on it once, and it brings the data up to date")
	// ErrNoData: nothing of Cordée is there. Look alone says so; Open makes it.
	ErrNoData = errors.New("holds no data of Cordée; name the data folder with --data, or the database with --postgres")
	// ErrNotDatabase: the file is there, but it is no database of ours.
	ErrNotDatabase = errors.New("isn't a Cordée database; move it away, or restore a backup")
	// ErrNoRights: this user may not read or write there.
	ErrNoRights = errors.New("can't be read and written by this user; check its owner and its rights")
	// ErrNoFolder: the data folder doesn't exist.
	ErrNoFolder = errors.New("isn't a folder; create it first")
	// ErrServed: another process already serves this folder.
	ErrServed = errors.New("is already served by another cordee; stop that one first")
	// ErrUnreachable: no PostgreSQL answers there.
	ErrUnreachable = errors.New("can't be reached; check its address and that PostgreSQL is running")
)

// Problem is a reason not to open that a person can mend. Its Error is one
// sentence for the terminal; the cause is for the log.
type Problem struct { //nolint:errname // what a person reads of it
	Kind  error  // one of the errors above
	Where string // the file, folder or database concerned
	Cause error  // what the system said, may be nil
}

// Error is the sentence.
func (p *Problem) Error() string { return fmt.Sprintf("%s %s", p.Where, p.Kind) }

// Unwrap lets errors.Is find both the kind and the cause.
func (p *Problem) Unwrap() []error {
	if p.Cause == nil {
		return []error{p.Kind}
	}
	return []error{p.Kind, p.Cause}
}
