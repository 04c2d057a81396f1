package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// Lock is the right to be the one process that writes in a data folder. The
// system lets go of it when the process ends, however it ends.
type Lock struct{ f *os.File }

// LockDir takes that right, or answers at once with a *Problem of ErrServed.
func LockDir(dir string) (*Lock, error) {
	path := filepath.Join(dir, "cordee.lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator's own folder
	if err != nil {
		if _, stat := os.Stat(dir); errors.Is(stat, os.ErrNotExist) {
			return nil, &Problem{Kind: ErrNoFolder, Where: dir, Cause: err}
		}
		return nil, fileProblem(path, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, &Problem{Kind: ErrServed, Where: dir, Cause: err}
		}
		return nil, fileProblem(path, err)
	}
	return &Lock{f: f}, nil
}

// Close lets go. The file stays: removing it would let two processes hold two
// files of the same name.
func (l *Lock) Close() error { return l.f.Close() }
