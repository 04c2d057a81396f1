package page

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"cordee/internal/person"
	"cordee/internal/words"
)

// Dot stands between the parts of a quiet line: who · when · where. templ drops
// the spaces around a bare sign, so write { page.Dot }.
const Dot = " · "

// headings are those that people type into their words.
var headings = regexp.MustCompile(`<(/?)h[1-6]>`)

// prose is Markdown as HTML. What people type as a heading looks like one but is
// none: a thread of thirty messages keeps one outline, that of the page.
func prose(markdown string) string {
	return headings.ReplaceAllStringFunc(string(words.Render(markdown)), func(tag string) string {
		if tag[1] == '/' {
			return "</b></p>"
		}
		return `<p class="heading"><b>`
	})
}

// hues is how many colours of faces the stylesheet knows.
const hues = 8

func faceClass(c person.Card, size string) string {
	class := "face hue-" + strconv.Itoa(((c.Hue%hues)+hues)%hues)
	if size != "" {
		class += " " + size
	}
	if c.State == person.Former || c.State == person.Staged {
		class += " past"
	}
	return class
}

// PersonPath is the page of a person, or "" for somebody who has none: who is
// known from an imported past alone, or has left.
func PersonPath(c person.Card) string {
	if c.Public == "" || c.State != person.Active {
		return ""
	}
	return "/people/" + string(c.Public)
}

// NameOf is how a card is called: "vous" is left to the sentences.
func (v *View) NameOf(c person.Card) string {
	if c.Name == "" {
		return v.T("common.former")
	}
	return c.Name
}

// Rope is the members of a circle, tied together.
type Rope struct {
	Label   string // what the list is: "The members of Planète Métiers"
	Members []person.Card
	Free    string // path to invite somebody; "" draws no free place
}

// size tells the stylesheet how much room each member gets, and how many places
// stand in a row where there is room: rows of a like length, none left over.
func (r Rope) size() string {
	places := len(r.Members)
	if r.Free != "" {
		places++
	}
	switch {
	case places <= 13:
		return "rope few"
	case places <= 39:
		return "rope some of-" + strconv.Itoa(even(places, 13))
	}
	return "rope many of-" + strconv.Itoa(even(places, 19))
}

// even is how long rows of at most so many are when all are as long as they can.
func even(places, most int) int {
	rows := (places + most - 1) / most
	return (places + rows - 1) / rows
}

// shortNames are first names, with the next word's first letter where two of the
// circle would else be called the same.
func shortNames(v *View, all []person.Card) []string {
	count := map[string]int{}
	names := make([]string, len(all))
	for i, c := range all {
		names[i], _, _ = strings.Cut(v.NameOf(c), " ")
		count[names[i]]++
	}
	for i, c := range all {
		if _, rest, more := strings.Cut(v.NameOf(c), " "); more && count[names[i]] > 1 {
			letter, _ := utf8.DecodeRuneInString(rest)
			names[i] += " " + string(letter) + "."
		}
	}
	return names
}

// swing is one piece of the rope, from the left edge of a member's place to the
// right edge: a crest and a trough in turn, of several heights. All pieces leave
// and arrive at the same height with nearly the same slope (0.62), so that the
// rope is one line however many places stand in a row. The stylesheet's swing-N
// puts the faces where the curve is in the middle, three quarters of its pull away.
func swing(i int) (path, class string) {
	along := [...]int{38, 46, 42, 48, 40, 45}[i%6]
	pull := (along*62 + 50) / 100
	if i%2 == 0 {
		pull = -pull
	}
	return fmt.Sprintf("M-.5 40H0C%d %d %d %[2]d 100 40h.5", along, 40+pull, 100-along), "swing-" + strconv.Itoa(i%6)
}

// KnotState is where an exchange stands towards one of its steps.
type KnotState string

// The states of a knot. Broken ends the line: called off, declined, lapsed.
const (
	KnotDone   KnotState = "done"
	KnotNow    KnotState = "now"
	KnotAhead  KnotState = "ahead"
	KnotBroken KnotState = "broken"
)

// Knot is one step of an exchange.
type Knot struct {
	Words string // "proposed"
	When  string // "Monday", "Thursday, says Malik"; may be empty
	State KnotState
}

func (k Knot) attributes() templ.Attributes {
	if k.State == KnotNow || k.State == KnotBroken {
		return templ.Attributes{"aria-current": "step"}
	}
	return templ.Attributes{}
}

// Message is what somebody said in a thread.
type Message struct {
	Anchor  string // id of its element, for links: "m-" and its public id
	Author  person.Card
	At      time.Time
	Via     string // "by mail", or ""
	Edited  bool
	Deleted bool
	Words   string // Markdown
	Quoted  string // what it answers, as the mail quoted it; folded away
	Files   []File
	Thanked string          // a sentence: "Aurore said thanks for this"; or ""
	Actions templ.Component // thank, edit, delete; may be nil
}

// File is something attached.
type File struct {
	Name, Path string
	Bytes      int64
}

// Thanks are somebody's words of thanks.
type Thanks struct {
	Words  string      // may be empty: a bare fact
	From   person.Card // who thanks
	For    string      // whom, or what for, in words; may be empty
	Where  string      // the circle; may be empty
	At     time.Time
	Detail templ.Component // a link or a move; may be nil
}

// Entry is one line of a list: something with a title that leads somewhere.
type Entry struct {
	Card  *person.Card // whose face stands before it; nil for none
	Badge templ.Component
	Title string
	Path  string
	Under templ.Component // a quiet line
	Level int             // of its heading: 2 or 3; 0 is 3
}

// Nothing is what an empty page says: what it is for, and the one next step.
type Nothing struct {
	Title string // may be empty
	Words string
	Step  string // what the link says; may be empty
	Path  string
}

// Pages leads through a long list; a path is empty where there is nothing more.
type Pages struct{ Newer, Older string }

// Link is a component for a place in a sentence.
func Link(v *View, path, words string) templ.Component {
	return link(templ.SafeURL(v.Link(path)), words)
}

// Sentence says what stands under key with people and links in its places: args
// are pairs of a name and a value, and a value may be a component.
//
//	@page.Sentence(v, "exchange.proposed", "Who", page.Named(v, card), "Title", page.Link(v, path, title))
func Sentence(v *View, key string, args ...any) templ.Component {
	filled := make(map[string]templ.Component)
	var rest []any
	for i := 0; i+1 < len(args); i += 2 {
		name, _ := args[i].(string)
		if c, ok := args[i+1].(templ.Component); ok {
			filled[name] = c
			continue
		}
		rest = append(rest, name, args[i+1])
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, piece := range v.Pieces(key, rest...) {
			if c := filled[piece.Name]; piece.Name != "" && c != nil {
				if err := c.Render(ctx, w); err != nil {
					return err
				}
				continue
			}
			if _, err := io.WriteString(w, templ.EscapeString(piece.Text)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Words is plain text as a component.
func Words(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(s))
		return err
	})
}

// size says how large a file is.
func (v *View) size(bytes int64) string {
	const kilo, mega = 1000, 1000 * 1000
	switch {
	case bytes < kilo:
		return v.T("size.bytes", "Size", int(bytes))
	case bytes < mega:
		return v.T("size.kilobytes", "Size", int((bytes+kilo/2)/kilo))
	}
	return v.T("size.megabytes", "Size", int((bytes+mega/2)/mega))
}

func (e Entry) level() int {
	if e.Level == 0 {
		return 3
	}
	return e.Level
}

func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }
