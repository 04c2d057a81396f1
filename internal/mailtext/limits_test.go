package mailtext_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"cordee/internal/mailtext"
)

const head = "From: Ana <ana@example.org>\nDate: Tue, 3 Mar 2026 10:12:00 +0100\nSubject: x\n"

// TestLimits is rule 8: what is too much costs no more than its length.
func TestLimits(t *testing.T) {
	t.Parallel()
	nested := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		return b.String() + "Content-Type: text/plain\n\ndeep words\n"
	}
	for name, raw := range map[string]string{
		"nested":             head + nested(10_000),
		"many parts":         head + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: text/plain\n\nx\n", 20_000) + "--b--\n",
		"huge field":         head + "X-Huge: " + strings.Repeat("a", 1<<20) + "\n\nwords",
		"huge header":        head + strings.Repeat("X-Many: a\n", 100_000) + "\nwords",
		"folded without end": head + "References: " + strings.Repeat("<a@example.org>\n ", 200_000) + "\n\nwords",
		"recipients":         head + "To: " + strings.Repeat("a@example.org, ", 100_000) + "\n\nwords",
		"encoded words":      head + "X-A: y\nCc: " + strings.Repeat("=?utf-8?q?a?= ", 50_000) + "\n\nwords",
		"long text":          head + "\n" + strings.Repeat("Many words on a line of a usual length, again.\n", 20_000),
		"long line":          head + "\n" + strings.Repeat("word ", 200_000),
		"quoted-printable":   head + "Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=", 500_000),
		"base64":             head + "Content-Transfer-Encoding: base64\nContent-Type: image/png\n\n" + strings.Repeat("iVBORw0KGgo=\n", 100_000),
		"boundaries":         head + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--bb\n", 100_000),
		"html":               head + "Content-Type: text/html\n\n" + strings.Repeat("<p>words<table><tr><td>", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := mailtext.Read([]byte(raw), mailtext.Options{NoData: true})
			if err != nil {
				t.Fatal(err)
			}
			if m.From.Address != "ana@example.org" {
				t.Errorf("got %+v", m.From)
			}
			kept := len(m.Words) + len(m.Quoted) + len(m.Signature) + len(m.Footer)
			for _, a := range m.Attachments {
				kept += a.Size
			}
			if kept == 0 {
				t.Error("nothing of it was kept")
			}
		})
	}
}

func TestNoMail(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]error{
		"":                                       mailtext.ErrEmpty,
		"\n\n \n":                                mailtext.ErrEmpty,
		"just words\nand more":                   mailtext.ErrNoHeader,
		strings.Repeat("x", mailtext.MaxBytes+1): mailtext.ErrTooLarge,
	} {
		if _, err := mailtext.Read([]byte(raw), mailtext.Options{}); !errors.Is(err, want) {
			t.Errorf("%.20q: got %v, want %v", raw, err, want)
		}
	}
}

// TestBeyond: a text that is too long goes on in a file.
func TestBeyond(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Many words on a line of a usual length, again.\n", 10_000)
	m, err := mailtext.Read([]byte(head+"\n"+text), mailtext.Options{})
	if err != nil || len(m.Attachments) != 1 {
		t.Fatalf("%d files, %v", len(m.Attachments), err)
	}
	if got := strings.Count(m.Words, "Many words") + strings.Count(string(m.Attachments[0].Data), "Many words"); got != 10_000 {
		t.Errorf("%d lines of 10000 are left", got)
	}
}

// FuzzRead: no bytes make it panic.
func FuzzRead(f *testing.F) {
	f.Add([]byte(head + "\nx"))
	f.Add([]byte(head + "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\nContent-Type: text/html\n\n<p>x\n--b--\n"))
	f.Add([]byte("From: =?utf-8?q?=C3?= =?utf-8?b?qQ==?= <a@b>\nSubject: =?x?y?z?=\n\n"))
	f.Add([]byte(head + "Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22\x01\x00\x02\x0c\x80\x02\x00\x01\x00\x00\x00x\x00\x00"))
	f.Add([]byte(head + "Content-Type: text/plain; charset=utf-7\n\n+AOk-"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 50_000 {
			t.Skip()
		}
		m, err := mailtext.Read(raw, mailtext.Options{})
		if err == nil && !m.Date.IsZero() && (m.Date.Year() < 1971 || m.Date.Year() > 2201) {
			t.Errorf("nobody wrote in %v", m.Date)
		}
	})
}
