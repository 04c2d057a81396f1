package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"cordee/internal/store/storetest"
)

// archive writes an mbox of so many mails, four to a thread.
func archive(mails int) string {
	var b strings.Builder
	at := time.Date(2020, 1, 1, 9, 0, 0, 0, time.UTC)
	for i := range mails {
		at = at.Add(time.Hour)
		fmt.Fprintf(&b, "From a@example.org %s\nFrom: Ana Ruiz <ana%d@example.org>\nDate: %s\nMessage-ID: <%d@example.org>\nSubject: Subject %d\n\n%s\n\n",
			at.Format(time.ANSIC), i%7, at.Format(time.RFC1123Z), i, i/4, strings.Repeat("Some words. ", 20))
	}
	return b.String()
}

func written(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// counts is the last line of an import.
func counts(t *testing.T, got ran) string {
	t.Helper()
	if got.code != 0 {
		t.Fatalf("code %d: %s", got.code, got.err)
	}
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	return lines[len(lines)-1]
}

func TestImportingByItself(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	text := archive(40) + "From a@example.org Tue Feb 18 19:16:56 2020\n\nnothing but words\n"
	args := []string{"import", "mbox", written(t, "list.mbox", []byte(text)), "--circle", "club", "--data", data}
	refused(t, nil, args, "“club”", "--create")
	if _, err := os.Stat(data); err == nil {
		t.Error("a folder was made for nothing")
	}
	got := ended(t, nil, append(args, "--create")...)
	if line := counts(t, got); line != "40 mails, 10 threads, 7 people, 0 skipped" {
		t.Error(line)
	}
	if want := fmt.Sprintf("Mail 41, at byte %d: it has no header.\n", strings.Index(text, "From a@example.org Tue Feb")); strings.ReplaceAll(got.err, ",", "") != strings.ReplaceAll(want, ",", "") {
		t.Errorf("%q, not %q", got.err, want)
	}
	if line := counts(t, ended(t, nil, append(args, "--create")...)); line != "0 mails, 0 threads, 0 people, 40 skipped" {
		t.Error(line)
	}
	stream := command(t, nil, "import", "mbox", "-", "--circle", "club", "--data", data)
	stream.Stdin = strings.NewReader(archive(44))
	if line := counts(t, finished(t, stream)); line != "4 mails, 1 threads, 4 people, 40 skipped" {
		t.Error(line)
	}
}

func TestImportingWhatIsNoArchive(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(archive(200))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for want, path := range map[string]string{
		"is a folder":      t.TempDir(),
		"isn’t an mbox":    written(t, "notes.txt", []byte("Hello.\n")),
		"is empty":         written(t, "empty.mbox", nil),
		"damaged gzip":     written(t, "short.gz", packed.Bytes()[:packed.Len()/2]),
		"no such file":     filepath.Join(t.TempDir(), "nowhere.mbox"),
		"not one mail":     written(t, "broken.mbox", []byte("From a@b.c Tue Feb 18 19:16:56 2020\n\nwords\n")),
		"letters or digit": written(t, "sound.mbox", []byte(archive(1))),
	} {
		slug := "club"
		if strings.Contains(path, "sound") {
			slug = "?!"
		}
		got := ended(t, nil, "import", "mbox", path, "--circle", slug, "--create", "--data", data)
		if lines := strings.Split(strings.TrimSpace(got.err), "\n"); got.code != 1 || got.out != "" || !strings.Contains(lines[len(lines)-1], want) {
			t.Errorf("%s: %+v", want, got)
		}
	}
	if _, err := os.Stat(filepath.Join(data, "cordee.db")); err == nil {
		if got := ended(t, nil, "doctor", "--data", data); !strings.Contains(got.out, "circles 0\n") || !strings.Contains(got.out, "people 0") {
			t.Error(got.out)
		}
	}
}

func TestImportingBesideAServer(t *testing.T) {
	t.Parallel()
	for name, postgres := range map[string]string{"sqlite": "", "postgres": storetest.Empty(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			place := []string{"--data", data}
			if postgres != "" {
				place = append(place, "--postgres", postgres)
			}
			server, _ := served(t, place...)
			socket := filepath.Join(data, "cordee.sock")
			if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info, err)
			}
			args := append([]string{"import", "mbox", written(t, "list.mbox", []byte(archive(100))), "--circle", "club"}, place...)
			refused(t, nil, args, "“club”")
			if line := counts(t, ended(t, nil, append(args, "--create")...)); line != "100 mails, 25 threads, 7 people, 0 skipped" {
				t.Error(line)
			}
			if line := counts(t, ended(t, nil, args...)); line != "0 mails, 0 threads, 0 people, 100 skipped" {
				t.Error(line)
			}
			if code := server.stop(t, syscall.SIGTERM); code != 0 {
				t.Errorf("code %d: %s", code, server.log())
			}
			if _, err := os.Stat(socket); err == nil {
				t.Error("the socket is left")
			}
		})
	}
}

func TestAnImportThatIsKilled(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	args := []string{"import", "mbox", written(t, "list.mbox", []byte(archive(2000))), "--circle", "club", "--create", "--data", data}
	for round := range 6 {
		p := start(t, command(t, nil, args...))
		select {
		case <-time.After(time.Duration(150*(round+1)) * time.Millisecond):
			_ = p.stop(t, syscall.SIGKILL)
		case err := <-p.over:
			if err != nil {
				t.Fatal(err, p.log())
			}
		}
	}
	counts(t, ended(t, nil, args...))
	if got := ended(t, nil, "doctor", "--data", data); got.code != 0 || !strings.Contains(got.out, "threads 500\nmessages 2000\n") {
		t.Error(got.out)
	}
}
