package post

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Maildir writes each mail as a file: tmp/, fsync, then new/ (the layout of
// cr.yp.to/proto/maildir.html, read by every mail program). Its file's name
// comes from the Message-ID, so a mail written twice is there once.
type Maildir struct{ dir string }

// NewMaildir makes the folder when it isn't there; nobody else may read it.
func NewMaildir(dir string) (*Maildir, error) {
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("post: make the folder of mails: %w", err)
		}
	}
	return &Maildir{dir: dir}, nil
}

// Dir is the folder.
func (d *Maildir) Dir() string { return d.dir }

// Send writes one mail; when it returns nil the mail survives a power cut.
func (d *Maildir) Send(ctx context.Context, m Mail) error {
	if err := ctx.Err(); err != nil {
		return &Failure{Class: Later, Code: NotWritten, Err: err}
	}
	if err := d.write(m); err != nil {
		return &Failure{Class: Later, Code: NotWritten, Err: err}
	}
	return nil
}

// Close does nothing: no file stays open.
func (d *Maildir) Close() error { return nil }

func (d *Maildir) write(m Mail) (err error) {
	name := fileName(m)
	tmp := filepath.Join(d.dir, "tmp", name)
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // a hash under our own folder
	if err != nil {
		return err //nolint:wrapcheck // Send wraps
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp)
		}
	}()
	// On disk lines end as the system's mail programs expect them.
	_, err = f.WriteString(strings.ReplaceAll(string(m.Raw), "\r\n", "\n"))
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, filepath.Join(d.dir, "new", name)); err != nil {
		return err //nolint:wrapcheck // Send wraps
	}
	return syncDir(filepath.Join(d.dir, "new"))
}

func fileName(m Mail) string {
	sum := sha256.Sum256([]byte(m.ID))
	return strconv.FormatInt(m.Date.Unix(), 10) + "." + hex.EncodeToString(sum[:12]) + ".cordee"
}

func syncDir(dir string) error {
	f, err := os.Open(dir) //nolint:gosec // our own folder
	if err != nil {
		return err //nolint:wrapcheck // Send wraps
	}
	return errors.Join(f.Sync(), f.Close())
}

// Stored is a mail in the folder.
type Stored struct {
	Name string // its file's name, without the flags that mail programs append
	At   time.Time
	path string
}

// List gives the latest mails, newest first.
func (d *Maildir) List(limit int) ([]Stored, error) {
	var all []Stored
	for _, sub := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(d.dir, sub))
		if err != nil {
			return nil, fmt.Errorf("post: list mails: %w", err)
		}
		for _, e := range entries {
			name, _, _ := strings.Cut(e.Name(), ":")
			sec, _, _ := strings.Cut(name, ".")
			at, err := strconv.ParseInt(sec, 10, 64)
			if err != nil || e.IsDir() {
				continue
			}
			all = append(all, Stored{Name: name, At: time.Unix(at, 0).UTC(), path: filepath.Join(d.dir, sub, e.Name())})
		}
	}
	slices.SortFunc(all, func(a, b Stored) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(b.Name, a.Name)
	})
	return all[:min(limit, len(all))], nil
}

// Read gives the bytes of one; fs.ErrNotExist when there is none.
func (d *Maildir) Read(name string) ([]byte, error) {
	all, err := d.List(1 << 20)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.Name == name {
			raw, err := os.ReadFile(s.path)
			if err != nil {
				return nil, fmt.Errorf("post: read a mail: %w", err)
			}
			return raw, nil
		}
	}
	return nil, fmt.Errorf("post: read a mail: %w", fs.ErrNotExist)
}

// opened takes a listed mail apart.
func (d *Maildir) opened(s Stored) (Opened, error) {
	raw, err := os.ReadFile(s.path)
	if err != nil {
		return Opened{}, fmt.Errorf("post: read a mail: %w", err)
	}
	return Open(raw)
}
