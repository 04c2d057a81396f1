package thread

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Hash is the SHA-256 of a file, in hexadecimal: its name among the blobs.
type Hash string

// maxBlob bounds what an archive may bring; people's files are held to MaxFile.
const maxBlob = 64 << 20

// Blobs keeps files by the hash of what they hold, so that the same file sent
// twice lies there once. A file is whole or absent, whenever the power fails:
// it is written aside, synced, then renamed into its place.
type Blobs struct {
	dir string
	mu  sync.Mutex // a file isn't let go while it is being put again
}

// OpenBlobs opens the store in a folder, which it makes if need be.
func OpenBlobs(dir string) (*Blobs, error) {
	if err := os.MkdirAll(filepath.Join(dir, "new"), 0o700); err != nil {
		return nil, fmt.Errorf("blobs: %w", err)
	}
	return &Blobs{dir: dir}, nil
}

// Put keeps all that r gives and tells its hash and size.
func (b *Blobs) Put(ctx context.Context, r io.Reader) (_ Hash, size int64, err error) {
	defer wrap(&err, "Blobs.Put")
	aside, err := os.CreateTemp(filepath.Join(b.dir, "new"), "*")
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = os.Remove(aside.Name()) }() // gone already when all went well
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(aside, sum), io.LimitReader(reader{ctx, r}, maxBlob+1))
	if err == nil && size > maxBlob {
		err = errFileTooLarge("")
	}
	if err = errors.Join(err, aside.Sync(), aside.Close()); err != nil {
		return "", 0, err
	}
	hash := Hash(hex.EncodeToString(sum.Sum(nil)))
	place := b.path(hash)
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return "", 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := os.Rename(aside.Name(), place); err != nil {
		return "", 0, err
	}
	return hash, size, syncDir(filepath.Dir(place))
}

// Open opens a blob for reading; fs.ErrNotExist when there is none.
func (b *Blobs) Open(hash Hash) (*os.File, error) {
	if !hash.valid() {
		return nil, fs.ErrNotExist
	}
	return os.Open(b.path(hash))
}

// sweep lets go of the blobs put before the given time that nothing uses, and of
// what a crash left aside.
func (b *Blobs) sweep(before time.Time, used func(Hash) (bool, error)) (gone int, err error) {
	err = filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		hash := Hash(d.Name())
		if aside := filepath.Base(filepath.Dir(path)) == "new"; !aside {
			if keep, err := used(hash); err != nil || keep {
				return err
			}
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			return nil
		}
		gone++
		return errors.Join(err, os.Remove(path)) //nolint:gosec // nobody but this process writes below DATA
	})
	return gone, err
}

func (b *Blobs) path(hash Hash) string {
	return filepath.Join(b.dir, string(hash[:2]), string(hash))
}

func (h Hash) valid() bool {
	return len(h) == sha256.Size*2 && strings.Trim(string(h), "0123456789abcdef") == ""
}

// syncDir makes a rename outlast a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // a folder of our own making
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// reader stops reading when nobody waits any more.
type reader struct {
	ctx context.Context //nolint:containedctx // lives as long as one Put
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// wrap says once, at the exported function, where an error came from.
func wrap(err *error, where string) {
	if *err != nil {
		*err = fmt.Errorf("thread: %s: %w", where, *err)
	}
}
