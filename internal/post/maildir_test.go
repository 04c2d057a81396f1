package post_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cordee/internal/post"
)

func TestMaildir(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mail")
	d, err := post.NewMaildir(dir)
	if err != nil {
		t.Fatal(err)
	}
	first, second := letters()["proposal.fr"], letters()["digest.es"]
	second.Date = first.Date.Add(time.Hour)
	m := compose(t, first)
	for _, mail := range []post.Mail{m, compose(t, second), m} { // the first again, as after a crash
		if err := d.Send(t.Context(), mail); err != nil {
			t.Fatal(err)
		}
	}
	list, err := d.List(10)
	if err != nil || len(list) != 2 || !list[0].At.Equal(second.Date) {
		t.Fatalf("%v, %v", list, err)
	}
	raw, err := d.Read(list[1].Name)
	if err != nil || !bytes.Equal(raw, bytes.ReplaceAll(m.Raw, []byte("\r\n"), []byte("\n"))) {
		t.Errorf("read back: %v", err)
	}
	if _, err := d.Read("../../etc/passwd"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("out of the folder: %v", err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "new")} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v %v", path, st.Mode(), err)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "tmp")); len(left) != 0 {
		t.Errorf("left in tmp: %v", left)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if f := failure(t, d.Send(t.Context(), m)); f.Class != post.Later || f.Code != post.NotWritten {
		t.Error(f)
	}
}
