package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

func TestDoctorWithoutData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	refused(t, nil, []string{"doctor", "--data", filepath.Join(dir, "none")}, "none", "--data")
	refused(t, nil, []string{"doctor", "--data", dir}, dir, "--data")
	refused(t, nil, []string{"doctor", "--postgres", storetest.Empty(t)}, "holds no data")
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("it made %v, %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(dir, store.File), []byte(strings.Repeat("a letter to Aurore. ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, nil, []string{"doctor", "--data", dir}, store.File, "isn't a Cordée database")
}

// TestDoctor examines what is being served, and finds what is wrong.
func TestDoctor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, first := served(t, "--data", dir)
	founded(t, first)
	got := ended(t, nil, "doctor", "--data", dir)
	if got.code != 0 || got.err != "" || !strings.HasSuffix(got.out, "\nNothing is wrong.\n") || !strings.HasPrefix(got.out, "people 1\ncircles 1\nthreads 0\nmessages 0\nasks 0\nexchanges 0\nthanks 0\n") {
		t.Errorf("%+v", got)
	}
	if code := p.stop(t, syscall.SIGINT); code != 0 {
		t.Errorf("exit %d: %s", code, p.log())
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, store.File))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "UPDATE circle SET members = 7"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	got = ended(t, nil, "doctor", "--data", dir)
	if got.code != 1 || got.err != "" || !strings.HasSuffix(got.out, "The circle Atelier Ouest says that it has 7 members and has 1.\n1 thing is wrong.\n") {
		t.Errorf("%+v", got)
	}
}
