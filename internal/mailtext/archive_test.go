package mailtext_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"strings"
	"testing"

	"cordee/internal/mailtext"
)

// archive is a year of a real list; it lies beside the project and isn't part of it.
const archive = "../../../shared/data/mail/help-list.mbox.gz"

// TestRealMails reads a year of a list: who wrote, when, and words for each.
func TestRealMails(t *testing.T) {
	t.Parallel()
	mails := rawMails(t)
	if len(mails) != 449 {
		t.Fatalf("%d mails", len(mails))
	}
	senders, ids, files, silent, folded := map[string]bool{}, map[string]bool{}, 0, 0, 0
	for i, raw := range mails {
		if i%every > 0 {
			continue
		}
		m, err := mailtext.Read(raw, mailtext.Options{NoData: true})
		if err != nil {
			t.Fatalf("mail %d: %v", i, err)
		}
		senders[m.From.Address], ids[m.MessageID] = true, true
		files += len(m.Attachments)
		if m.Date.Year() != 2025 || m.From.Name == "" || m.Subject == "" || m.Auto != mailtext.Human {
			t.Errorf("mail %d: %v %+v %q %d", i, m.Date, m.From, m.Subject, m.Auto)
		}
		if m.Words == "" && len(m.Attachments) == 0 {
			silent++
		}
		if m.Quoted != "" {
			folded++
		}
		for _, sign := range []string{"mailing list -- ", "\ufffd", "To unsubscribe send"} {
			if strings.Contains(m.Words, sign) && !strings.Contains(m.Words, ">") {
				t.Errorf("mail %d: %q stands among the words", i, sign)
			}
		}
		if strings.Contains(m.Subject, "USRP-users") && i > 0 && m.Footer != "" {
			t.Errorf("mail %d: the list's tag stayed: %q", i, m.Subject)
		}
	}
	if every > 1 {
		return
	}
	if len(senders) != 75 || len(ids) != 449 || silent > 0 {
		t.Errorf("%d senders, %d ids, %d without a word", len(senders), len(ids), silent)
	}
	if files < 25 || folded < 250 {
		t.Errorf("%d files, %d with a folded past", files, folded)
	}
}

// BenchmarkRead tells what one real mail takes.
func BenchmarkRead(b *testing.B) {
	mails := rawMails(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := mailtext.Read(mails[i%len(mails)], mailtext.Options{NoData: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func rawMails(tb testing.TB) [][]byte {
	tb.Helper()
	f, err := os.Open(archive)
	if err != nil {
		tb.Skip("the year of a list isn't beside the project: " + archive)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	all, err := io.ReadAll(zr)
	if err != nil {
		tb.Fatal(err)
	}
	mails := bytes.Split(all, []byte("\nFrom mboxrd@z "))
	for i := 1; i < len(mails); i++ {
		mails[i] = append([]byte("From mboxrd@z "), mails[i]...)
	}
	return mails
}
