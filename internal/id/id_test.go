package id_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordee/internal/id"
)

type source struct {
	at  time.Time
	rnd io.Reader
}

func (s source) Now() time.Time  { return s.at }
func (s source) Rand() io.Reader { return s.rnd }

func TestNewTellsItsTimeVersionAndVariant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64Range(0, 1<<47).Draw(t, "ms")).UTC()
		v := id.New[any](source{at, rand.Reader})
		if !v.Time().Equal(at) {
			t.Fatalf("time %v, want %v", v.Time(), at)
		}
		if s := v.String(); s[14] != '7' || !strings.ContainsRune("89ab", rune(s[19])) {
			t.Fatalf("%s is no UUIDv7", s)
		}
	})
}

func TestEveryWrittenFormIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var v id.Person
		copy(v[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		for name, src := range map[string]any{"blob": v[:], "text": v.String(), "bytes of text": []byte(v.String())} {
			var got id.Person
			if err := got.Scan(src); err != nil || got != v {
				t.Fatalf("%s: %v, %v", name, got, err)
			}
		}
		text, _ := v.MarshalText()
		var got id.Person
		if err := got.UnmarshalText(text); err != nil || got != v {
			t.Fatalf("text: %v, %v", got, err)
		}
	})
}

func TestMalformedIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"x", "0190b3f0-0000-7000-8000-00000000000", "0190b3f0_0000-7000-8000-000000000000", "zz90b3f0-0000-7000-8000-000000000000"} {
		if _, err := id.Parse[any](s); err == nil {
			t.Errorf("%q was taken for an id", s)
		}
	}
	var v id.Any
	if err := v.Scan(3); err == nil {
		t.Error("a number was taken for an id")
	}
}

func TestDerivedIsTheSameForTheSame(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 2, 18, 9, 0, 0, 0, time.UTC)
	a, b, c := id.Derived[any](at, "<x@y>"), id.Derived[any](at, "<x@y>"), id.Derived[any](at, "<z@y>")
	if a != b || a == c {
		t.Fatalf("%v %v %v", a, b, c)
	}
}

func TestPublic(t *testing.T) {
	t.Parallel()
	p := id.NewPublic(source{time.Time{}, bytes.NewReader(make([]byte, 12))})
	if p != "aaaaaaaaaaaaaaaaaaaa" {
		t.Fatalf("%q", p)
	}
	fresh := id.NewPublic(source{time.Time{}, rand.Reader})
	if got, err := id.ParsePublic(strings.ToUpper(string(fresh))); err != nil || got != fresh {
		t.Fatalf("%q, %v", got, err)
	}
	for _, s := range []string{"", "short", strings.Repeat("l", 20), strings.Repeat("'", 20)} {
		if _, err := id.ParsePublic(s); err == nil {
			t.Errorf("%q was taken for a public id", s)
		}
	}
}
