package lang

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
)

//go:embed words/*.toml
var files embed.FS

// form is a plural form of CLDR, and besides it zero: exactly none.
type form int

const (
	formOther form = iota
	formZero
	formOne
	formMany
	forms
)

func formNamed(s string) (form, bool) {
	switch s {
	case "zero":
		return formZero, true
	case "one":
		return formOne, true
	case "many":
		return formMany, true
	case "other":
		return formOther, true
	}
	return 0, false
}

// formOf picks the form for n things, by the rules of CLDR 48 for whole numbers.
func formOf(t Tag, n int) form {
	if n < 0 {
		n = -n
	}
	switch {
	case n == 1, n == 0 && t == FR:
		return formOne
	case n != 0 && n%1_000_000 == 0 && t != EN:
		return formMany
	}
	return formOther
}

// message is what one key says.
type message struct {
	said   [forms]sentence // formOther alone unless plural
	plural bool
	tu     *message // the .tu beside it, if there is one
	area   string
}

func (m *message) form(t Tag, n int) sentence {
	if !m.plural {
		return m.said[formOther]
	}
	if n == 0 && m.said[formZero] != nil {
		return m.said[formZero]
	}
	if s := m.said[formOf(t, n)]; s != nil {
		return s
	}
	return m.said[formOther]
}

// catalogue is all the words of one language.
type catalogue struct {
	tag      Tag
	messages map[string]*message
	calendar calendar
	problems []error
}

// catalogues are read once, each when it is first needed.
var catalogues = [...]func() *catalogue{ //nolint:gochecknoglobals // immutable once read
	sync.OnceValue(func() *catalogue { return load(files, FR) }),
	sync.OnceValue(func() *catalogue { return load(files, EN) }),
	sync.OnceValue(func() *catalogue { return load(files, ES) }),
}

func catalogueOf(t Tag) *catalogue { return catalogues[t.number()]() }

// load reads words/*.TAG.toml. What is wrong in them is kept in problems, for
// the tests; the rest is used.
func load(from fs.FS, tag Tag) *catalogue {
	c := &catalogue{tag: tag, messages: map[string]*message{}}
	names, err := fs.Glob(from, "words/*."+string(tag)+".toml")
	if err != nil {
		c.problems = append(c.problems, err)
	}
	for _, name := range names {
		c.read(from, name)
	}
	for key, m := range c.messages {
		if base, ok := strings.CutSuffix(key, ".tu"); ok && c.messages[base] != nil {
			c.messages[base].tu = m
		}
	}
	c.calendar = newCalendar(c)
	return c
}

func (c *catalogue) read(from fs.FS, name string) {
	text, err := fs.ReadFile(from, name)
	if err != nil {
		c.problem(name, err)
		return
	}
	var tree map[string]any
	if err := toml.Unmarshal(text, &tree); err != nil {
		var where *toml.DecodeError
		if errors.As(err, &where) {
			line, column := where.Position()
			err = fmt.Errorf("%d:%d: %w", line, column, err)
		}
		c.problem(name, err)
		return
	}
	area, _, _ := strings.Cut(path.Base(name), ".")
	c.flatten(name, area, "", tree)
}

// flatten gives each leaf its dotted key. Quoted keys with dots and nested
// tables mean the same. A table of plural forms, "one" and "other" among them, is
// one message.
//
// In TOML whatever is written below ["x"] belongs to x. Keys that were written
// below a plural are taken as what their writer meant, and told as a problem.
func (c *catalogue) flatten(file, area, prefix string, tree map[string]any) {
	for name, v := range tree {
		key := prefix + name
		switch v := v.(type) {
		case string:
			m := &message{area: area}
			c.sentence(file, key, m, formOther, v)
			c.add(file, key, m)
		case map[string]any:
			if !isPlural(v) {
				c.flatten(file, area, key+".", v)
				continue
			}
			m := &message{area: area, plural: true}
			below := map[string]any{}
			for f, text := range v {
				at, ok := formNamed(f)
				said, isText := text.(string)
				if !ok || !isText {
					below[f] = text
					continue
				}
				c.sentence(file, key, m, at, said)
			}
			c.add(file, key, m)
			if len(below) > 0 {
				c.problem(file, fmt.Errorf("%s: %d keys stand below this plural, so in TOML they are part of it: put plurals at the end of the file", key, len(below)))
				c.flatten(file, area, "", below)
			}
		default:
			c.problem(file, fmt.Errorf("%s: is a %T and not a text", key, v))
		}
	}
}

func isPlural(v map[string]any) bool {
	_, one := v["one"].(string)
	_, other := v["other"].(string)
	return one && other
}

func (c *catalogue) sentence(file, key string, m *message, at form, text string) {
	s, err := parseSentence(text)
	if err != nil {
		c.problem(file, fmt.Errorf("%s: %w", key, err))
	}
	m.said[at] = s
}

func (c *catalogue) add(file, key string, m *message) {
	if had := c.messages[key]; had != nil {
		c.problem(file, fmt.Errorf("%s: stands in area %s too", key, had.area))
		return
	}
	c.messages[key] = m
}

func (c *catalogue) problem(file string, err error) {
	c.problems = append(c.problems, fmt.Errorf("%s: %w", file, err))
}

// keys lists the keys, sorted.
func (c *catalogue) keys() []string {
	out := make([]string, 0, len(c.messages))
	for k := range c.messages {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// text is a message without places, for the tables made at loading.
func (c *catalogue) text(key string) string {
	if m := c.messages[key]; m != nil && len(m.said[formOther]) == 1 {
		return m.said[formOther][0].text
	}
	return "⟦" + key + "⟧"
}
