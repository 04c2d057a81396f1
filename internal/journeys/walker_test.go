package journeys

import (
	"strings"
	"testing"
	"time"

	"cordee/internal/browsertest"
	"cordee/internal/lang"
)

// walker is one person of a journey with their phone. It counts what they press,
// fill in and have to read.
type walker struct {
	*browsertest.Page

	t        *testing.T
	o        browsertest.Options
	address  string
	plain    *lang.Printer // as the house speaks outside of circles
	circle   *lang.Printer // as the circle speaks
	seen     map[string]bool
	counting bool

	clicks, fields, words int
}

func newWalker(t *testing.T, h *House, o browsertest.Options, address string, tu bool, seen map[string]bool) *walker {
	t.Helper()
	zone, ok := lang.Zone("Europe/Paris")
	if !ok {
		t.Fatal("no Paris")
	}
	tag, _ := lang.Parse(o.Lang)
	p := lang.For(tag, zone, time.Now())
	w := &walker{Page: browsertest.Open(t, h.URL, o), t: t, o: o, address: address, plain: p, circle: p, seen: seen}
	if tu {
		w.circle = p.Tu()
	}
	return w
}

// T are the words of a key as the house says them; C as the circle does.
func (w *walker) T(key string, args ...any) string { return w.said(w.plain, key, args) }

// C are the words of a key as the circle says them.
func (w *walker) C(key string, args ...any) string { return w.said(w.circle, key, args) }

func (w *walker) said(p *lang.Printer, key string, args []any) string {
	w.t.Helper()
	if !p.Has(key) {
		w.t.Fatalf("no words for %s", key)
	}
	return p.T(key, args...)
}

// Go opens a page by its address, as from a mail or a bookmark.
func (w *walker) Go(path string) {
	w.t.Helper()
	w.Goto(path)
	w.read(1)
}

// Press presses something that leads to another page.
func (w *walker) Press(what string) {
	w.t.Helper()
	w.Page.Press(what)
	w.read(1)
}

// Tap presses something that leaves the page where it is.
func (w *walker) Tap(what string) {
	w.t.Helper()
	w.Click(what)
	w.clicks++
}

// Write fills a field in.
func (w *walker) Write(label, text string) {
	w.t.Helper()
	w.Fill(label, text)
	w.fields++
}

func (w *walker) read(clicks int) {
	w.t.Helper()
	if w.counting {
		w.clicks += clicks
		w.words += len(strings.Fields(w.Text("main")))
	}
}

// Count begins to count, from nothing.
func (w *walker) Count() { w.counting, w.clicks, w.fields, w.words = true, 0, 0, 0 }

// Look checks the page as it stands, the first time that a journey comes by it.
func (w *walker) Look(name string) {
	w.t.Helper()
	if w.seen[name] {
		return
	}
	w.seen[name] = true
	w.Overflow()
	w.Targets(44)
	w.Screenshot("journey-" + name)
	if w.o.NoJS {
		w.Axe()
		return
	}
	w.Both()
}

// Place opens one of the five places of the bar below.
func (w *walker) Place(path string) {
	w.t.Helper()
	w.Press(`.places a[href="` + path + `"]`)
}
