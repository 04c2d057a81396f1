package post

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"cordee/internal/lang"
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

// markdown writes what a person wrote, line by line, as they wrote it: Markdown
// is made to be read so. Links show their address, code keeps its columns.
func (t *textPart) markdown(prefix, source string) {
	source = strings.TrimSpace(strings.ReplaceAll(source, "\r\n", "\n"))
	fence := ""
	for line := range strings.SplitSeq(source, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case fence != "":
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
				continue
			}
			t.fixed(prefix, line)
		case strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~"):
			fence = trimmed[:3]
		case strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t"):
			t.fixed(prefix, line)
		case strings.HasPrefix(trimmed, ">"):
			t.markdown(prefix+"> ", strings.TrimPrefix(strings.TrimPrefix(trimmed, ">"), " "))
		default:
			t.paragraph(prefix, unlink(line))
		}
	}
}

// unlink writes [label](address) as "label <address>".
func unlink(line string) string {
	return linkPattern.ReplaceAllStringFunc(line, func(s string) string {
		m := linkPattern.FindStringSubmatch(s)
		if m[1] == "" || m[1] == m[2] {
			return m[2]
		}
		return m[1] + " <" + m[2] + ">"
	})
}

var linkPattern = regexp.MustCompile(`!?\[([^\]\n]*)\]\(<?([^\s()<>]+)>?(?:\s+"[^"\n]*")?\)`) //nolint:gochecknoglobals // immutable

// paragraph writes one paragraph of flowed lines behind a prefix of quotes.
func (t *textPart) paragraph(prefix, text string) {
	text = printable(text)
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' })
	if len(words) == 0 {
		t.WriteString(strings.TrimRight(prefix, " ") + "\n")
		return
	}
	line, used := "", 0
	for _, w := range words {
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

// fixed writes a line that isn't flowed.
func (t *textPart) fixed(prefix, line string) {
	t.line(prefix, strings.TrimRight(printable(strings.ReplaceAll(line, "\t", "    ")), " "))
}

// line stuffs a space before what a reader of flowed text would take for
// something else (RFC 3676 §4.4).
func (t *textPart) line(prefix, s string) {
	if prefix == "" && (strings.HasPrefix(s, ">") || strings.HasPrefix(s, "From ") || strings.HasPrefix(s, " ")) {
		s = " " + s
	}
	t.WriteString(strings.TrimRight(prefix, " ") + strings.Repeat(" ", min(1, len(prefix))) + s + "\n")
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
