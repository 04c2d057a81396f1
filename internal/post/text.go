package post

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"cordee/internal/lang"
	"cordee/internal/words"
)

// The text part is format=flowed (RFC 3676): lines of at most 72 columns, a
// space at the end of each that goes on. A terminal shows it as it is; a phone
// flows it anew. Links stand alone on their lines, so that none is broken.

// columns is how wide a line may be: room for four quotes within 80.
const columns = 72

type textPart struct {
	strings.Builder
	tag lang.Tag
}

func textOf(l Letter) string {
	t := &textPart{tag: l.Lang}
	for _, b := range l.Body {
		if t.Len() > 0 {
			t.WriteByte('\n')
		}
		t.add(b)
	}
	t.footer(l.Footer)
	return t.String()
}

func (t *textPart) add(b Block) {
	switch b := b.(type) {
	case Para:
		t.paragraph("", b.Text)
	case Words:
		t.markdown("", b.Markdown)
	case Quote:
		if b.Intro != "" {
			t.paragraph("", b.Intro)
		}
		t.markdown("> ", b.Markdown)
	case Facts:
		for _, f := range b {
			t.paragraph("", f.Label+colon(t.tag)+" "+f.Text)
		}
	case Buttons:
		for i, button := range b {
			if i > 0 {
				t.WriteByte('\n')
			}
			t.paragraph("", "→ "+button.Label)
			t.link(button.URL)
		}
	case Title:
		t.paragraph("", b.Text)
		t.WriteString(strings.Repeat("-", min(columns, textWidth(Clean(b.Text)))) + "\n")
	case Entry:
		t.paragraph("", "* "+b.Text)
		if b.Note != "" {
			t.paragraph("", b.Note)
		}
		t.link(b.URL)
	}
}

// footer stands under the line by which mail programs know a signature
// (RFC 3676 §4.3): they grey it and leave it out of answers.
func (t *textPart) footer(f Footer) {
	if len(f.Lines)+len(f.Links) == 0 {
		return
	}
	t.WriteString("\n-- \n")
	for _, line := range f.Lines {
		t.paragraph("", line)
	}
	for _, l := range f.Links {
		t.paragraph("", l.Label+colon(t.tag))
		t.link(l.URL)
	}
}

func (t *textPart) link(url string) {
	if url != "" {
		t.WriteString(url + "\n")
	}
}

// markdown writes what a person wrote as words.Plain has it. A line that fits
// stays as it is, so that code keeps its columns; a longer one flows.
func (t *textPart) markdown(prefix, source string) {
	for line := range strings.SplitSeq(words.Plain(source), "\n") {
		before := prefix
		for strings.HasPrefix(line, ">") {
			before += "> "
			line = strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ")
		}
		if line = printable(line); textWidth(before+line) <= columns {
			t.line(before, strings.TrimRight(line, " "))
		} else {
			t.paragraph(before, line)
		}
	}
}

// paragraph writes one paragraph of flowed lines behind a prefix of quotes.
func (t *textPart) paragraph(prefix, text string) {
	text = printable(text)
	fields := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' })
	if len(fields) == 0 {
		t.line(prefix, "")
		return
	}
	line, used := "", 0
	for _, w := range fields {
		n := textWidth(w)
		if used > 0 && textWidth(prefix)+used+1+n > columns-1 {
			t.line(prefix, line+" ")
			line, used = "", 0
		}
		if used > 0 {
			line += " "
			used++
		}
		line += w
		used += n
	}
	t.line(prefix, line)
}

// line writes one line, with its quotes as flowed text has them (RFC 3676 §4.5)
// and a space before what a reader would take for something else (§4.4).
func (t *textPart) line(prefix, s string) {
	if depth := strings.Count(prefix, ">"); depth > 0 {
		t.WriteString(strings.Repeat(">", depth))
		if s != "" {
			t.WriteByte(' ')
		}
	} else if strings.HasPrefix(s, ">") || strings.HasPrefix(s, "From ") || strings.HasPrefix(s, " ") {
		t.WriteByte(' ')
	}
	t.WriteString(s + "\n")
}

// printable takes out what would disturb a terminal or turn its direction;
// spaces that don't break stay.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || turns(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}

// textWidth counts columns as terminals do: two for wide signs, none for marks.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) || unicode.Is(unicode.Cf, r):
		case r >= 0x1f000 && r <= 0x1faff:
			n += 2
		default:
			switch width.LookupRune(r).Kind() {
			case width.EastAsianWide, width.EastAsianFullwidth:
				n += 2
			case width.Neutral, width.EastAsianAmbiguous, width.EastAsianNarrow, width.EastAsianHalfwidth:
				n++
			}
		}
	}
	return n
}

// colon is the colon after a label: French keeps a space before it.
func colon(tag lang.Tag) string {
	if tag == lang.FR {
		return "\u00a0:"
	}
	return ":"
}
