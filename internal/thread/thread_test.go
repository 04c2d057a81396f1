package thread

import (
	"strings"
	"testing"
	"time"

	"cordee/internal/refusal"
)

func TestCleanKeepsWhatIsRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"lines of Windows":       {"a\r\nb\rc", "a\nb\nc"},
		"blank lines":            {"\n\n a\n\n\n\n\nb \n\n", " a\n\n\nb"},
		"a single blank line":    {"a\n\nb", "a\n\nb"},
		"a code block's indent":  {"    x := 1\n\ty", "    x := 1\n\ty"},
		"controls":               {"a\x00b\x1bc\u0085d", "abcd"},
		"turned direction":       {"a\u202egnp.exe\u2066", "agnp.exe"},
		"Arabic and Hebrew stay": {"مرحبا שלום", "مرحبا שלום"},
		"composed":               {"e\u0301te\u0301", "été"},
		"broken UTF-8":           {"a\xffb", "a\ufffdb"},
		"an emoji family":        {"👩‍👩‍👧", "👩‍👩‍👧"},
		"nothing":                {" \n\t\n ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Clean(c.in)
			if got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
			}
			if again := Clean(got); again != got {
				t.Errorf("cleaning twice: %q, then %q", got, again)
			}
		})
	}
}

func TestADraftIsRefusedBesideItsField(t *testing.T) {
	t.Parallel()
	small := Attachment{Name: "a.txt", Size: 3}
	for name, c := range map[string]struct {
		draft       Draft
		code, field string
	}{
		"empty":               {Draft{Words: " \n"}, "thread.empty", "words"},
		"a file is enough":    {Draft{Attachments: []Attachment{small}}, "", ""},
		"as long as may be":   {Draft{Words: strings.Repeat("é", MaxWords)}, "", ""},
		"too long":            {Draft{Words: strings.Repeat("é", MaxWords+1)}, "thread.too_long", "words"},
		"too many files":      {Draft{Words: "x", Attachments: make([]Attachment, MaxFiles+1)}, "thread.too_many_files", "files"},
		"a file too large":    {Draft{Words: "x", Attachments: []Attachment{{Size: MaxFile + 1}}}, "thread.file_too_large", "files"},
		"a file just allowed": {Draft{Words: "x", Attachments: []Attachment{{Size: MaxFile}}}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := c.draft.cleaned()
			r, refused := refusal.As(err)
			switch {
			case c.code == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.code != "" && (!refused || r.Code != c.code || r.Field != c.field):
				t.Errorf("got %v, want %s on %s", err, c.code, c.field)
			}
		})
	}
}

func TestWhatAnArchiveBringsIsCutRatherThanRefused(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("a", 99) + "\n"
	d, err := Draft{Words: strings.Repeat(line, maxPast/50)}.kept()
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Words) > maxPast+8 || !strings.HasSuffix(d.Words, "a\n…") {
		t.Errorf("%d bytes, ending %q", len(d.Words), d.Words[len(d.Words)-8:])
	}
	if _, err := (Draft{}).kept(); err == nil {
		t.Error("a mail without anything in it was kept")
	}
}

func TestFilesGetNamesThatAreOne(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"devis.pdf": "devis.pdf", "../../etc/passwd": "..-..-etc-passwd", "": "file", "\u202egpj.exe": "gpj.exe", "a\nb": "a b",
		".": "file", "..": "file", "...x": "...x",
	} {
		if got := (Attachment{Name: in}).cleaned().Name; got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"image/PNG": "image/png", "": "application/octet-stream", "text/html\r\nX: y": "application/octet-stream",
	} {
		if got := (Attachment{Type: in}).cleaned().Type; got != want {
			t.Errorf("type %q became %q, want %q", in, got, want)
		}
	}
}

func TestAnEditIsSilentForAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	m := Message{At: at, Words: "un"}
	if early := m.edit("deux", at.Add(Silent)); early.Edited() || early.Words != "deux" {
		t.Errorf("within the quarter: %+v", early)
	}
	late := m.edit("deux", at.Add(Silent+time.Microsecond))
	if !late.Edited() {
		t.Error("after the quarter it isn't marked")
	}
	if again := late.edit("trois", at.Add(time.Hour)); !again.EditedAt.Equal(at.Add(time.Hour)) {
		t.Errorf("edited again: %v", again.EditedAt)
	}
}

func TestACursorTellsNoMoreThanAPlace(t *testing.T) {
	t.Parallel()
	us, tie, ok := cursorAt(1_777_000_000_123_456, "abc").parts()
	if us != 1_777_000_000_123_456 || tie != "abc" || !ok {
		t.Error(us, tie, ok)
	}
	for _, forged := range []Cursor{"", "x", ".", "é.é", "1'; DROP TABLE thread; --"} {
		if _, _, ok := forged.parts(); ok {
			t.Errorf("%q was taken for a cursor", forged)
		}
	}
}

func TestChunksKeepOrderAndAll(t *testing.T) {
	t.Parallel()
	all := make([]Message, 0, 260)
	for i := range 260 {
		m := Message{Number: i + 1}
		if i%90 == 3 {
			m.Words = strings.Repeat("x", maxPast)
		}
		all = append(all, m)
	}
	next := 1
	for some := range chunks(all) {
		size := 0
		for _, m := range some {
			if m.Number != next {
				t.Fatalf("number %d where %d was due", m.Number, next)
			}
			next++
			size += len(m.Words)
		}
		if len(some) > 100 || size > maxPast {
			t.Errorf("a chunk of %d with %d bytes", len(some), size)
		}
	}
	if next != 261 {
		t.Errorf("ended at %d", next)
	}
}
