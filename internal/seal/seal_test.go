package seal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cordee/internal/id"
)

func newKeys(t *testing.T) *Keys {
	t.Helper()
	k, err := Open(t.TempDir(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func row(s string) id.Any { return id.Derived[any](now(), s) }

func now() time.Time { return time.Date(2026, 3, 12, 18, 2, 0, 0, time.UTC) }

func TestToken(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	token := k.Token("signin.link", row("a"), now().Add(time.Hour))
	if len(token) != TokenLen {
		t.Fatalf("a token of %d signs", len(token))
	}
	for _, c := range []struct {
		name, purpose, token string
		now                  time.Time
		want                 error
	}{
		{"as made", "signin.link", token, now(), nil},
		{"in upper case", "signin.link", strings.ToUpper(token), now(), nil},
		{"last second", "signin.link", token, now().Add(time.Hour - time.Second), nil},
		{"expired", "signin.link", token, now().Add(time.Hour), ErrExpired},
		{"other purpose", "signin", token, now(), ErrForged},
		{"empty", "signin.link", "", now(), ErrForged},
		{"cut", "signin.link", token[:59], now(), ErrForged},
		{"longer", "signin.link", token + "a", now(), ErrForged},
		{"not of the alphabet", "signin.link", token[:59] + "é", now(), ErrForged},
	} {
		got, err := k.Check(c.purpose, c.token, c.now)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if !errors.Is(err, ErrForged) && got != row("a") {
			t.Errorf("%s: row %v", c.name, got)
		}
	}
	if _, err := k.Check("p", k.Token("p", row("a"), time.Time{}), now().AddDate(500, 0, 0)); err != nil {
		t.Errorf("a token without end: %v", err)
	}
	if _, err := k.Check("p", k.Token("p", row("a"), time.Unix(-5, 0)), now()); !errors.Is(err, ErrExpired) {
		t.Errorf("a token from before 1970: %v", err)
	}
	if _, err := newKeys(t).Check("signin.link", token, now()); !errors.Is(err, ErrForged) {
		t.Errorf("another house's token: %v", err)
	}
}

// Every changed sign makes a forgery, also in the spare bits at the end.
func TestTokenChangedAnywhere(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	token := k.Token("p", row("a"), now().Add(time.Hour))
	for i := range token {
		for _, sign := range "abcdefghijkmnpqrstuvwxyz23456789" {
			if changed := token[:i] + string(sign) + token[i+1:]; changed != token {
				if _, err := k.Check("p", changed, now()); !errors.Is(err, ErrForged) {
					t.Fatalf("sign %d changed to %c: %v", i, sign, err)
				}
			}
		}
	}
}

func TestSealed(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	secret := []byte("hunter2, très secret")
	a, b := k.Seal("smtp", secret), k.Seal("smtp", secret)
	if bytes.Equal(a, b) || bytes.Contains(a, secret) {
		t.Fatal("sealing shows something")
	}
	if got, err := k.Unseal("smtp", a); err != nil || !bytes.Equal(got, secret) {
		t.Fatalf("%q, %v", got, err)
	}
	if got, err := k.Unseal("smtp", k.Seal("smtp", nil)); err != nil || len(got) != 0 {
		t.Fatalf("nothing sealed: %q, %v", got, err)
	}
	for i := range a {
		changed := bytes.Clone(a)
		changed[i] ^= 1
		if _, err := k.Unseal("smtp", changed); !errors.Is(err, ErrForged) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
		if _, err := k.Unseal("smtp", a[:i]); !errors.Is(err, ErrForged) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	if _, err := k.Unseal("client", a); !errors.Is(err, ErrForged) {
		t.Fatalf("other purpose: %v", err)
	}
}

func TestRotationKeepsWhatWasMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, err := Open(dir, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	token, sealed, mac := old.Token("p", row("a"), time.Time{}), old.Seal("p", []byte("x")), old.MAC("p", "x")
	if _, err := old.Rotate(); err != nil {
		t.Fatal(err)
	}
	k, err := Open(dir, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if k.Count() != 2 {
		t.Fatalf("%d keys", k.Count())
	}
	if _, err := k.Check("p", token, now()); err != nil {
		t.Errorf("old token: %v", err)
	}
	if _, err := k.Unseal("p", sealed); err != nil {
		t.Errorf("old sealed text: %v", err)
	}
	macs := k.MACs("p", "x")
	if len(macs) != 2 || bytes.Equal(macs[0], mac) || !bytes.Equal(macs[1], mac) || !bytes.Equal(macs[0], k.MAC("p", "x")) {
		t.Errorf("digests: %x, the old one %x", macs, mac)
	}
	if _, err := old.Check("p", k.Token("p", row("a"), time.Time{}), now()); !errors.Is(err, ErrForged) {
		t.Errorf("keys that don't know the new one: %v", err)
	}
}

func TestKeysOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wg sync.WaitGroup
	tokens := make([]string, 8)
	for i := range tokens {
		wg.Go(func() {
			k, err := Open(dir, "", nil)
			if err != nil {
				t.Error(err)
				return
			}
			tokens[i] = k.Token("p", row("a"), time.Time{})
		})
	}
	wg.Wait()
	for _, token := range tokens {
		if token != tokens[0] {
			t.Fatal("two first openings made two keys")
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v: want the keys alone", entries, err)
	}
	path := filepath.Join(dir, "keys")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, "", nil); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Fatalf("keys that others read: %v", err)
	}
}

func TestKeysFromEnvironment(t *testing.T) {
	t.Parallel()
	good := "1:" + strings.Repeat("A", 43) + " 7:" + strings.Repeat("B", 42) + "A="
	dir := t.TempDir()
	k, err := Open(dir, good, nil)
	if err != nil {
		t.Fatal(err)
	}
	if k.Count() != 2 || k.newest != 7 {
		t.Errorf("%d keys, newest %d", k.Count(), k.newest)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("files were made: %v", entries)
	}
	if _, err := k.Rotate(); err == nil {
		t.Error("rotated keys of the environment")
	}
	for _, bad := range []string{"x", "1:short", "0:" + strings.Repeat("A", 43), "256:" + strings.Repeat("A", 43), good + " " + good, "# nothing"} {
		_, err := Open(dir, bad, nil)
		if err == nil {
			t.Errorf("took %q", bad)
		} else if strings.Contains(err.Error(), "AAAA") {
			t.Errorf("an error tells a key: %v", err)
		}
	}
}

func TestKeysNeverPrint(t *testing.T) {
	t.Parallel()
	k := newKeys(t)
	for _, f := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(f, k); got != "seal.Keys" {
			t.Errorf("%s prints %q", f, got)
		}
	}
}

func FuzzCheck(f *testing.F) {
	k, err := Open("", "1:"+strings.Repeat("A", 43), nil)
	if err != nil {
		f.Fatal(err)
	}
	good := k.Token("p", row("a"), time.Time{})
	f.Add(good)
	f.Add(strings.ToUpper(good))
	f.Add("")
	f.Add(strings.Repeat("a", TokenLen))
	f.Add(strings.Repeat("K", TokenLen-3) + "K")
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := k.Check("p", token, now()); err == nil && strings.ToLower(token) != good {
			t.Errorf("a forged token passes: %q", token)
		}
		if _, err := k.Unseal("p", []byte(token)); err == nil {
			t.Errorf("forged bytes open: %q", token)
		}
	})
}
