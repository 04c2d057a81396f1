package lang

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // so that the binary knows every zone, whatever machine it is on
)

// Printer speaks one language to one reader at one moment. It is immutable and
// may be used by many goroutines.
type Printer struct {
	words *catalogue
	tu    bool
	loc   *time.Location
	now   time.Time
}

// For makes the printer of a reader in a time zone (nil is UTC), at the time now.
func For(tag Tag, loc *time.Location, now time.Time) *Printer {
	if loc == nil {
		loc = time.UTC
	}
	return &Printer{words: catalogueOf(tag), loc: loc, now: now.In(loc)}
}

// Zone finds a time zone by its IANA name ("America/Mexico_City"); an unknown
// name is UTC and false. "Local" is nobody's zone.
func Zone(name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		return time.UTC, false
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC, false
	}
	return loc, true
}

// Tu speaks to somebody one says tu to.
func (p *Printer) Tu() *Printer {
	c := *p
	c.tu = true
	return &c
}

// Vous takes Tu back.
func (p *Printer) Vous() *Printer {
	c := *p
	c.tu = false
	return &c
}

// In tells times as clocks show them in another zone.
func (p *Printer) In(loc *time.Location) *Printer {
	c := *p
	if loc == nil {
		loc = time.UTC
	}
	c.loc, c.now = loc, p.now.In(loc)
	return &c
}

// Lang is the language spoken.
func (p *Printer) Lang() Tag { return p.words.tag }

// SaysTu tells whether the reader is one we say tu to.
func (p *Printer) SaysTu() bool { return p.tu }

// Now is the moment that relative times are told from, in the reader's zone.
func (p *Printer) Now() time.Time { return p.now }

// Has tells whether the key has words, be it in English alone.
func (p *Printer) Has(key string) bool { return p.find(key) != nil }

// T says what stands under key. args are pairs of a name and a value for the
// places {{.Name}}.
func (p *Printer) T(key string, args ...any) string {
	m := p.find(key)
	if m == nil {
		return "⟦" + key + "⟧"
	}
	return p.say(m.said[formOther], 0, false, args)
}

// TMap is T with the facts of a refusal or of an act.
func (p *Printer) TMap(key string, args map[string]any) string {
	pairs := make([]any, 0, 2*len(args))
	for name, v := range args {
		pairs = append(pairs, name, v)
	}
	return p.T(key, pairs...)
}

// N says what stands under key for n things.
func (p *Printer) N(key string, n int, args ...any) string {
	m := p.find(key)
	if m == nil {
		return "⟦" + key + "⟧"
	}
	return p.say(m.form(p.words.tag, n), n, true, args)
}

// Piece is a part of a sentence: text, or the name of a place that was left open.
type Piece struct{ Text, Name string }

// Pieces takes a sentence apart at the places that args don't fill, so that a
// page can put a link or a person there.
func (p *Printer) Pieces(key string, args ...any) []Piece {
	m := p.find(key)
	if m == nil {
		return []Piece{{Text: "⟦" + key + "⟧"}}
	}
	var (
		out  []Piece
		text strings.Builder
	)
	for _, part := range m.said[formOther] {
		if _, ok := argument(part.name, args); part.name != "" && !ok {
			lead := p.lead(part.helper)
			text.WriteString(lead)
			if text.Len() > 0 {
				out = append(out, Piece{Text: text.String()})
				text.Reset()
			}
			out = append(out, Piece{Name: part.name})
			continue
		}
		p.write(&text, part, 0, false, args)
	}
	if text.Len() > 0 {
		out = append(out, Piece{Text: text.String()})
	}
	return out
}

// find is the message for the reader: their language, else English.
func (p *Printer) find(key string) *message {
	m := p.words.messages[key]
	if m == nil {
		if p.words.tag == EN {
			return nil
		}
		if m = catalogueOf(EN).messages[key]; m == nil {
			return nil
		}
	}
	if p.tu && m.tu != nil {
		return m.tu
	}
	return m
}

func (p *Printer) say(s sentence, n int, counted bool, args []any) string {
	if len(s) == 0 {
		return ""
	}
	if len(s) == 1 && s[0].name == "" {
		return s[0].text
	}
	var b strings.Builder
	b.Grow(96)
	for _, part := range s {
		p.write(&b, part, n, counted, args)
	}
	return b.String()
}

func (p *Printer) write(b *strings.Builder, part piece, n int, counted bool, args []any) {
	if part.name == "" {
		b.WriteString(part.text)
		return
	}
	v, ok := argument(part.name, args)
	if !ok && counted {
		switch part.name {
		case "N":
			b.WriteString(p.counted(part.helper, n, false))
			return
		case "NF":
			b.WriteString(p.counted(part.helper, n, true))
			return
		}
	}
	if !ok {
		b.WriteString("⟦" + part.name + "⟧")
		return
	}
	b.WriteString(p.help(part.helper, v))
}

// argument finds a value among the pairs.
func argument(name string, args []any) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if s, ok := args[i].(string); ok && s == name {
			return args[i+1], true
		}
	}
	return nil, false
}

func (p *Printer) counted(h helper, n int, feminine bool) string {
	if h == helpDigits {
		return p.Number(n)
	}
	said := p.count(n, feminine)
	if h == helpCap {
		return Capital(said)
	}
	return said
}

func (p *Printer) help(h helper, v any) string {
	switch h {
	case helpCount, helpCountF:
		if n, ok := v.(int); ok {
			return p.count(n, h == helpCountF)
		}
	case helpDigits:
		if n, ok := v.(int); ok {
			return p.Number(n)
		}
	case helpCap:
		return Capital(p.format(v))
	case helpQuote:
		return p.Quote(p.format(v))
	case helpDe:
		return elide("de", p.format(v))
	case helpQue:
		return elide("que", p.format(v))
	case helpLe:
		return elide("le", p.format(v))
	case helpLa:
		return elide("la", p.format(v))
	case helpY:
		return spanishAnd(p.format(v)) + " " + p.format(v)
	case helpO:
		return spanishOr(p.format(v)) + " " + p.format(v)
	case plain:
	}
	return p.format(v)
}

// lead is what a helper says before a place that the caller fills: it can't know
// the name, so it says the full word.
func (p *Printer) lead(h helper) string {
	switch h {
	case helpDe:
		return "de "
	case helpQue:
		return "que "
	case helpLe:
		return "le "
	case helpLa:
		return "la "
	case helpY:
		return "y "
	case helpO:
		return "o "
	case plain, helpCap, helpQuote, helpCount, helpCountF, helpDigits:
	}
	return ""
}

// format says a value that fills a place.
func (p *Printer) format(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return p.Number(v)
	case int64:
		return p.Number(int(v))
	case time.Time:
		return p.When(v)
	case time.Duration:
		return p.Span(v)
	case []string:
		return p.List(v)
	case Tag:
		return v.Name()
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}
