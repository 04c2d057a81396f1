package importer

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"
)

// cut reads all mails of a text.
func cut(tb testing.TB, text string) (mails []string, at []slice) {
	tb.Helper()
	box := newMailbox(iotest.OneByteReader(strings.NewReader(text))) // nothing is there at once
	for {
		raw, s, err := box.read()
		if errors.Is(err, io.EOF) {
			return mails, at
		}
		if err != nil {
			tb.Fatal(err)
		}
		mails, at = append(mails, string(raw)), append(at, s)
	}
}

func TestWhereMailsBegin(t *testing.T) {
	t.Parallel()
	const ctime, head = "From ana@example.org Tue Feb 18 19:16:56 2025\n", "Subject: x\n\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"two":             {ctime + head + "a\n\n" + ctime + head + "b\n", []string{head + "a\n", head + "b"}},
		"mboxrd":          {ctime + head + ">From here\n>>From there\n", []string{head + "From here\n>From there"}},
		"text, undated":   {ctime + head + "\nFrom the start it went well.\nYes.\n", []string{head + "\nFrom the start it went well.\nYes."}},
		"text, with year": {ctime + head + "\nFrom 10:30 in 2019 on:\nyes: no\n", []string{head + "\nFrom 10:30 in 2019 on:\nyes: no"}},
		"no empty line":   {ctime + head + "a\n" + ctime + head + "b\n", []string{head + "a", head + "b"}},
		"pasted, no header": {
			ctime + head + "He sent\n" + ctime + "and then no more\n",
			[]string{head + "He sent\n" + ctime + "and then no more"},
		},
		"crlf":        {strings.ReplaceAll(ctime+head+"a\n\n"+ctime+head+"b\n", "\n", "\r\n"), []string{"Subject: x\r\n\r\na\r\n", "Subject: x\r\n\r\nb"}},
		"bom, blanks": {"\ufeff\n\n" + ctime + head + "a\n", []string{head + "a"}},
		"pipermail":   {"From ana at example.org  Tue Feb 18 19:16:56 2025\nFrom: ana at example.org (Ana)\n" + head + "a\n", []string{"From: ana at example.org (Ana)\n" + head + "a"}},
		"gmail":       {"From 17@xxx Tue Feb 18 19:16:56 +0000 2025\nX-GM-THRID: 1\n" + head + "a\n", []string{"X-GM-THRID: 1\n" + head + "a"}},
		"thunderbird": {"From - Tue Feb 18 19:16:56 2025\nX-Mozilla-Status: 0001\n" + head + "a\n", []string{"X-Mozilla-Status: 0001\n" + head + "a"}},
		"rfc 822":     {"From ana@example.org Tue, 18 Feb 2025 19:16:56 +0100\n" + head + "a\n", []string{head + "a"}},
		"iso":         {"From ana@example.org 2025-02-18 19:16:56 +0100\n" + head + "a\n", []string{head + "a"}},
		"no date":     {"From ana@example.org\n" + head + "a\n\nFrom bo@example.org\nTo: x\n\nb\n", []string{head + "a\n", "To: x\n\nb"}},
		"empty mail":  {ctime + "\n" + ctime + head + "b\n", []string{"", head + "b"}},
		"last cut":    {ctime + "Subject: x", []string{"Subject: x"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, at := cut(t, c.text)
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
			for i, s := range at {
				if again := unquoted([]byte(c.text[s.body : s.body+s.size])); string(again) != got[i] {
					t.Errorf("read again: %q, not %q", again, got[i])
				}
				if !strings.HasPrefix(c.text[s.at:], "From ") || s.number != i+1 {
					t.Errorf("place %+v", s)
				}
			}
		})
	}
}

func TestWhatIsNoMbox(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Hello\n", "root:x:0:0\n", "From here it went downhill.\n", "PK\x03\x04", strings.Repeat("x", 3*maxLine), "Subject: a mail alone\n\nx\n"} {
		if _, _, err := newMailbox(strings.NewReader(text)).read(); !errors.Is(err, errNoFrom) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func TestEnvelopes(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 2, 18, 19, 16, 56, 0, time.UTC)
	for from, want := range map[string]string{
		"ana@example.org Tue Feb 18 19:16:56 2025":     "ana@example.org",
		"ana at example.org  Tue Feb 18 19:16:56 2025": "ana@example.org",
		"mboxrd@z Tue Feb 18 19:16:56 2025":            "",
		"MAILER-DAEMON Tue Feb 18 19:16:56 2025":       "",
		"- Tue Feb 18 19:16:56 2025":                   "",
	} {
		who, when := slice{from: from}.envelope()
		if who != want || !when.Equal(at) {
			t.Errorf("%s: %q, %s", from, who, when)
		}
	}
}

func FuzzMailbox(f *testing.F) {
	f.Add([]byte("From a@b.c Tue Feb 18 19:16:56 2025\nSubject: x\n\n>From a\n\nFrom a@b.c Tue Feb 18 19:16:56 2025\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		box := newMailbox(bytes.NewReader(text))
		var total int64
		for {
			_, s, err := box.read()
			if err != nil {
				return
			}
			if s.at < total || s.body < s.at || s.body+s.size > int64(len(text)) {
				t.Fatalf("%+v after %d of %d", s, total, len(text))
			}
			total = s.body + s.size
		}
	})
}

// Quoting as mboxrd does and reading gives back what was written.
func TestWhatIsQuotedComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "From x", ">From y", "> From z", "From a@b.c Tue Feb 18 19:16:56 2025", "Subject: s"}), 1, 12)
		var mails []string
		var b strings.Builder
		for range rapid.IntRange(1, 4).Draw(t, "mails") {
			body := "Subject: s\n\n" + strings.Join(lines.Draw(t, "body"), "\n")
			mails = append(mails, body)
			b.WriteString("From a@b.c Tue Feb 18 19:16:56 2025\n")
			for line := range strings.SplitSeq(body, "\n") {
				if strings.HasPrefix(strings.TrimLeft(line, ">"), "From ") {
					line = ">" + line
				}
				b.WriteString(line + "\n")
			}
			b.WriteString("\n")
		}
		box := newMailbox(strings.NewReader(b.String()))
		for _, want := range mails {
			raw, _, err := box.read()
			if err != nil || strings.TrimRight(string(raw), "\n") != strings.TrimRight(want, "\n") {
				t.Fatalf("%q, %v\nwant %q\nof %q", raw, err, want, b.String())
			}
		}
	})
}
