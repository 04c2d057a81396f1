package page

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"cordee/internal/lang"
)

// Form is one form of a page. It knows whether it was just refused: then its
// fields show what was typed and the words beside it, and Begin shows on top what
// is to be looked at again.
type Form struct {
	v       *View
	action  string
	prefix  string // of the ids of its fields
	refused bool
	get     bool
	files   bool
	plain   bool
}

// Form is the form that posts to action, a path of this server. Two forms of one
// page have two actions.
func (v *View) Form(action string) *Form {
	return &Form{v: v, action: action, prefix: "f-" + strings.Trim(slug(action), "-") + "-", refused: v.trouble.action != "" && v.trouble.action == action}
}

// Question is a form that asks a page by GET and does nothing, such as a search;
// its values stand in the URL.
func (v *View) Question(action string) *Form {
	f := v.Form(action)
	f.get = true
	return f
}

// Files makes the form send files.
func (f *Form) Files() *Form {
	f.files = true
	return f
}

// Plain makes the browser send the form by itself even where scripts run: for
// those that change the language, the session, or answer with a file.
func (f *Form) Plain() *Form {
	f.plain = true
	return f
}

// Refused tells whether the form was just sent and can't be taken.
func (f *Form) Refused() bool { return f.refused }

// Value is what was typed into a field, or was there before.
func (f *Form) Value(name, before string) string {
	switch {
	case f.refused:
		return f.v.trouble.values.Get(name)
	case f.get && f.v.Query.Has(name):
		return f.v.Query.Get(name)
	}
	return before
}

func (f *Form) values(name string, before []string) []string {
	if f.refused {
		return f.v.trouble.values[name]
	}
	return before
}

// Wrong is what was said about a field, or "".
func (f *Form) Wrong(field string) string {
	if !f.refused {
		return ""
	}
	for _, w := range f.v.trouble.found {
		if w.field == field {
			return w.words
		}
	}
	return ""
}

func (f *Form) wrongs() []wrong {
	if !f.refused {
		return nil
	}
	return f.v.trouble.found
}

// ID is the id of the element of a field.
func (f *Form) ID(field string) string { return f.prefix + slug(field) }

func (f *Form) method() string {
	if f.get {
		return "get"
	}
	return "post"
}

// url is where the form is sent; the language asked for travels in it.
func (f *Form) url() templ.SafeURL {
	if f.get {
		return templ.SafeURL(f.action)
	}
	return templ.SafeURL(f.v.Link(f.action))
}

// sharpened is what htmx is told: swap the page in place, keep the scroll, ignore
// a second click while the first is under way.
func (f *Form) sharpened() templ.Attributes {
	a := templ.Attributes{}
	if f.files {
		a["enctype"] = "multipart/form-data"
	}
	if !f.get && !f.plain {
		a["hx-boost"] = "target:#page select:#page swap:'outerHTML show:none'"
		a["hx-sync"] = "drop"
	}
	return a
}

// Field is a line of text to fill in, or several.
type Field struct {
	Name  string // in the form, and of the refusals about it
	Label string
	Hint  string
	Value string // what stands there before anybody types

	Type     string // "email", "search", "date", "url", "tel", "number"; "" is text
	Complete string // what the browser may fill in: "email", "name", "off"
	Optional bool
	Focus    bool // the field the page is about: it has the focus at once
	Short    bool // no wider than a date or a time
	Rows     int  // of an Area: how many lines it shows when empty; 0 is three
	Bare     bool // the label is for those who can't see that it is obvious
}

func (in Field) kind() string {
	if in.Type == "" {
		return "text"
	}
	return in.Type
}

func (in Field) rows() int {
	if in.Rows == 0 {
		return 3
	}
	return in.Rows
}

// attributes are what inputs and areas have in common.
func (f *Form) attributes(in Field) templ.Attributes {
	a := f.state(in.Name, in.Hint)
	if !in.Optional && !f.get {
		a["required"] = true
	}
	if in.Focus && !f.refused {
		a["autofocus"] = true
	}
	if in.Complete != "" {
		a["autocomplete"] = in.Complete
	}
	switch in.kind() {
	case "text", "search":
		a["dir"] = "auto"
	case "email", "url":
		a["autocapitalize"], a["spellcheck"] = "none", "false"
	}
	return a
}

// state tells assistive technology what stands beside a field.
func (f *Form) state(name, hint string) templ.Attributes {
	a := given("aria-describedby", f.describedBy(name, hint))
	if f.Wrong(name) != "" {
		a["aria-invalid"] = "true"
	}
	return a
}

// given is an attribute, unless it is empty.
func given(name, value string) templ.Attributes {
	if value == "" {
		return templ.Attributes{}
	}
	return templ.Attributes{name: value}
}

// leading keeps a first empty line, which HTML would drop (§13.2.6.4.7).
func leading(s string) string {
	if strings.HasPrefix(s, "\n") {
		return "\n" + s
	}
	return s
}

func (f *Form) describedBy(name, hint string) string {
	var by []string
	if hint != "" {
		by = append(by, f.ID(name)+"-hint")
	}
	if f.Wrong(name) != "" {
		by = append(by, f.ID(name)+"-wrong")
	}
	return strings.Join(by, " ")
}

// Option is one of several to choose from.
type Option struct {
	Value, Words, Hint string
	Group              string // of a Select: the heading it stands under
}

// Choices are options to choose one of, or many. Nothing that binds or shares is
// chosen in advance.
type Choices struct {
	Name, Label, Hint string
	Options           []Option
	Chosen            []string // before anybody chooses
	Many              bool
	Optional          bool
	Bare              bool // the label is for those who can't see that it is obvious
}

func (in Choices) kind() string {
	if in.Many {
		return "checkbox"
	}
	return "radio"
}

func (f *Form) chosen(in Choices, value string) bool {
	return slices.Contains(f.values(in.Name, in.Chosen), value)
}

// Tick is a single box, with a sentence that says what ticking it means.
type Tick struct {
	Name, Label, Hint string
	Ticked            bool
}

func (f *Form) ticked(in Tick) bool {
	if f.refused {
		return f.v.trouble.values.Get(in.Name) != ""
	}
	return in.Ticked
}

// Button sends the form. The first of a form is what Enter presses.
type Button struct {
	Words       string
	Name, Value string // which of several buttons it was
	Quiet       bool   // not the main one
	Grave       bool   // takes something away
}

func (b Button) class() string {
	switch {
	case b.Grave:
		return "grave"
	case b.Quiet:
		return ""
	}
	return "yes"
}

func (b Button) pair() templ.Attributes {
	if b.Name == "" {
		return templ.Attributes{}
	}
	return templ.Attributes{"name": b.Name, "value": b.Value}
}

// isOpen tells whether a folded part has to stand open: something in it was refused.
func (f *Form) isOpen(fields []string) bool {
	return slices.ContainsFunc(fields, func(name string) bool { return f.Wrong(name) != "" })
}

// LanguageOptions are the languages of Cordée, each by its own name.
func LanguageOptions() []Option {
	var out []Option
	for _, tag := range lang.All() {
		out = append(out, Option{Value: string(tag), Words: lang.Capital(tag.Name())})
	}
	return out
}

// groups puts the options of a Select under their headings, in order.
func groups(options []Option) []Option {
	var heads []Option
	for _, o := range options {
		if len(heads) == 0 || heads[len(heads)-1].Group != o.Group {
			heads = append(heads, Option{Group: o.Group})
		}
	}
	return heads
}

func inGroup(options []Option, group string) []Option {
	var out []Option
	for _, o := range options {
		if o.Group == group {
			out = append(out, o)
		}
	}
	return out
}

// slug makes an id out of a path or a name: letters and digits, the rest a dash.
func slug(s string) string {
	if u, err := url.Parse(s); err == nil {
		s = u.Path
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, s)
}
