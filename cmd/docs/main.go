// Command docs writes those pages of docs/ that are drawn from the code:
// docs/acts.md and docs/states.md. `make gen` runs it; the linters' script fails
// when the pages are not what it writes.
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"cordee/internal/app"
	"cordee/internal/exchange"
	"cordee/internal/journal"
	"cordee/internal/notify"
)

func main() {
	for name, text := range map[string]string{"docs/acts.md": acts(), "docs/states.md": states()} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil { //nolint:gosec // a page for everybody
			fmt.Fprintln(os.Stderr, "docs:", err)
			os.Exit(1)
		}
	}
}

func acts() string {
	kinds := app.Kinds()
	slices.SortFunc(kinds, func(a, b journal.Kind) int { return strings.Compare(a.Name, b.Name) })
	heard := map[string]notify.Decision{}
	for _, d := range notify.Decisions() {
		heard[d.Kind] = d
	}
	var b strings.Builder
	b.WriteString("# Acts\n\nEvery line of the journal is of one of these kinds. Drawn from the rooms' `acts.go` and from\n" +
		"`internal/notify/decisions.go` by `make gen`; don't edit. Facts hold ids and small facts, never words.\n\n" +
		"| act | on | what has happened | facts | who hears |\n|---|---|---|---|---|\n")
	for _, k := range kinds {
		facts := k.Facts
		if facts == "" {
			facts = "–"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", k.Name, k.Object, k.Doc, facts, hears(heard[k.Name]))
	}
	return b.String()
}

// hears says who hears of an act, and how soon.
func hears(d notify.Decision) string {
	if len(d.Heard) == 0 {
		if d.Why == "" {
			return "nobody"
		}
		return "nobody: " + d.Why
	}
	var all []string
	for _, h := range d.Heard {
		soon := "at once"
		if h.Usual == notify.Daily {
			soon = "in the digest"
		}
		all = append(all, string(h.By)+" "+soon)
	}
	return strings.Join(all, ", ")
}

func states() string {
	return "# States and moves\n\nDrawn from the tables of `internal/exchange` by `make gen`; don't edit.\n\n" + exchange.StatesMarkdown()
}
