package mailtext_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/mailtext"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden reads each mail of testdata. The golden files were read by a person:
// when one changes, read it again.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".eml"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mailtext.Read(raw, mailtext.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := shown(m)
			golden := strings.TrimSuffix(f, ".eml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// shown writes what is known of a mail, leaving out what is empty.
func shown(m mailtext.Mail) string {
	var b strings.Builder
	say := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	address := func(a mailtext.Address) string {
		if a.IsZero() {
			return ""
		}
		return fmt.Sprintf("%q <%s>", a.Name, a.Address)
	}
	say("From", address(m.From))
	if m.FromHeader != m.From {
		say("Header", address(m.FromHeader))
	}
	say("Subject", m.Subject)
	if m.RawSubject != m.Subject {
		say("Raw", m.RawSubject)
	}
	say("Kind", strings.TrimSpace(fmt.Sprint(map[bool]string{true: "reply "}[m.Reply], map[bool]string{true: "forward "}[m.Forward], auto(m.Auto))))
	if !m.Date.IsZero() {
		say("Date", m.Date.Format(time.RFC3339))
	}
	say("Id", m.MessageID)
	say("In reply to", strings.Join(m.InReplyTo, " "))
	say("References", strings.Join(m.References, " "))
	say("List", strings.TrimSpace(m.ListID+" "+m.ListName))
	b.WriteString("== words\n" + m.Words + "\n")
	if m.Quoted != "" {
		b.WriteString("== quoted\n" + m.Quoted + "\n")
	}
	if m.Signature != "" {
		b.WriteString("== signature\n" + m.Signature + "\n")
	}
	if m.Footer != "" {
		b.WriteString("== footer\n" + m.Footer + "\n")
	}
	for _, a := range m.Attachments {
		fmt.Fprintf(&b, "== file %q %s, %d bytes, inline %v, %x\n", a.Name, a.Type, a.Size, a.Inline, a.SHA256[:4])
	}
	return b.String()
}

func auto(a mailtext.Auto) string {
	return [...]string{"", "automatic reply", "bounce", "receipt", "generated"}[a]
}
