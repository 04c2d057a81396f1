package importer

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cordee/internal/refusal"
)

// Limits of an archive.
const (
	MaxUpload  = 512 << 20 // bytes that a page takes
	maxArchive = 8 << 30   // bytes of an archive, unpacked
)

// Source is where an archive comes from: a file, or a stream.
type Source struct {
	Name   string // as people call it; shown in sentences
	Path   string // of a file; read in place unless it is packed
	Stream io.Reader
}

// opened is an archive that can be read twice.
type opened struct {
	*os.File

	size int64
	temp bool // made here: it goes when the archive is closed
}

// Close lets go of the archive.
func (o *opened) Close() error {
	err := o.File.Close()
	if o.temp {
		err = errors.Join(err, os.Remove(o.Name()))
	}
	return err
}

// open makes a source readable twice: what is packed or streamed is written to a
// file in the folder first. Whatever is wrong with the file as a whole is refused.
func (s Source) open(ctx context.Context, folder string) (_ *opened, err error) {
	in := s.Stream
	if in == nil {
		file, err := s.file()
		if err != nil {
			return nil, err
		}
		in = file.File
		if packed, err := isPacked(file.File); err != nil || !packed {
			if err != nil {
				return nil, errors.Join(err, file.Close())
			}
			return file, nil
		}
		defer func() { err = errors.Join(err, file.Close()) }()
	}
	plain, err := unpacked(in)
	if err != nil {
		return nil, s.damaged(err)
	}
	path, size, err := Spool(ctx, folder, plain, maxArchive)
	if err != nil {
		return nil, s.damaged(err)
	}
	if size == 0 {
		return nil, errors.Join(errEmpty(s.Name), os.Remove(path))
	}
	file, err := os.Open(path) //nolint:gosec // it was just made
	return &opened{File: file, size: size, temp: true}, err
}

// file opens a file by its path.
func (s Source) file() (*opened, error) {
	file, err := os.Open(s.Path)
	if err != nil {
		return nil, fmt.Errorf("%s can't be read: %w", s.Name, plainly(err))
	}
	info, err := file.Stat()
	switch {
	case err == nil && info.IsDir():
		err = errFolder(s.Name)
	case err == nil && info.Mode().IsRegular() && info.Size() == 0:
		err = errEmpty(s.Name)
	case err == nil && info.Size() > maxArchive:
		err = errTooLarge(s.Name, maxArchive)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if !info.Mode().IsRegular() { // a pipe: it can be read but once
		return &opened{File: file, size: -1}, nil
	}
	return &opened{File: file, size: info.Size()}, nil
}

// plainly is the reason alone, without Go's account of the call.
func plainly(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (s Source) damaged(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, errSpoolFull):
		return errTooLarge(s.Name, maxArchive)
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &corrupt):
		return errDamaged(s.Name)
	}
	return err
}

// gzipped is how a gzip begins (RFC 1952 §2.3.1).
func gzipped(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b}) }

// isPacked tells whether a file has to be written anew before it is read.
func isPacked(f *os.File) (bool, error) {
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return true, err
	}
	head := make([]byte, 2)
	if _, err := f.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return false, plainly(err)
	}
	return gzipped(head), nil
}

// unpacked undoes a gzip, if it is one.
func unpacked(in io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(in, 64<<10)
	head, err := b.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !gzipped(head) {
		return b, nil
	}
	return gzip.NewReader(b)
}

var errSpoolFull = errors.New("importer: more than can be taken")

// Spool writes what r gives to a new file in the folder and tells its path and
// size. More than limit is refused, and nothing of it stays.
func Spool(ctx context.Context, folder string, r io.Reader, limit int64) (path string, size int64, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", 0, fmt.Errorf("%s can't be made: %w", folder, plainly(err))
	}
	file, err := os.CreateTemp(folder, "archive-*")
	if err != nil {
		return "", 0, fmt.Errorf("nothing can be written to %s: %w", folder, plainly(err))
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			_ = os.Remove(file.Name()) // what went wrong is told already
		}
	}()
	size, err = io.Copy(file, io.LimitReader(&heeding{ctx: ctx, r: r}, limit+1))
	if err == nil && size > limit {
		err = errSpoolFull
	}
	return file.Name(), size, err
}

// heeding stops a copy when nobody waits for it any more.
type heeding struct {
	ctx context.Context //nolint:containedctx // it lives as long as one copy
	r   io.Reader
}

// Read reads on.
func (h *heeding) Read(b []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	return h.r.Read(b)
}

// Receive takes what a page uploads: it is kept in the folder under a name of its
// own until its run is over. What is no archive at a first glance is refused at
// once.
func (i *Importer) Receive(ctx context.Context, name string, r io.Reader) (Upload, error) {
	path, size, err := Spool(ctx, i.folder, r, MaxUpload)
	switch {
	case errors.Is(err, errSpoolFull):
		return Upload{}, errTooLarge(name, MaxUpload)
	case err != nil:
		return Upload{}, err
	}
	u := Upload{Name: shortName(name), File: filepath.Base(path)}
	if size == 0 {
		err = errEmpty(u.Name)
	} else {
		err = glance(u.Name, path)
	}
	if err != nil {
		return Upload{}, errors.Join(err, i.Discard(u))
	}
	return u, nil
}

// Discard lets go of an upload that no run wants.
func (i *Importer) Discard(u Upload) error {
	err := os.Remove(i.path(u.File))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (i *Importer) path(file string) string { return filepath.Join(i.folder, filepath.Base(file)) }

// glance looks at the beginning of a file.
func glance(name, path string) (err error) {
	file, err := os.Open(path) //nolint:gosec // it was just made
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	s := Source{Name: name}
	plain, err := unpacked(file)
	if err != nil {
		return s.damaged(err)
	}
	if err := newMailbox(plain).begin(); err != nil {
		if _, told := refusal.As(s.damaged(err)); told {
			return s.damaged(err)
		}
		if errors.Is(err, errNoFrom) || errors.Is(err, io.EOF) {
			return errNotMbox(name)
		}
		return err
	}
	return nil
}

// Glance looks at a file before anybody opens a house for it: at its beginning, or
// at the whole of it, so that a damaged one leaves no empty house behind. Of a
// stream or a pipe it says nothing.
func (s Source) Glance(whole bool) (err error) {
	if s.Stream != nil {
		return nil
	}
	file, err := s.file()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if file.size < 0 {
		return nil
	}
	if err := glance(s.Name, s.Path); err != nil || !whole {
		return err
	}
	plain, err := unpacked(file)
	if err == nil {
		_, err = io.Copy(io.Discard, plain)
	}
	return s.damaged(err)
}
