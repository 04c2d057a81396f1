package upkeep

import (
	"embed"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

//go:embed stories/*.toml
var storyFiles embed.FS

// script is what the demonstration plays: who there is and what they lived, told
// in files beside this one so that it can be read and changed like a story.
type script struct {
	Persons []player `toml:"person"`
	Circles []scene  `toml:"circle"`
	Talks   []talk   `toml:"talk"`
	Letters []letter `toml:"letter"`
	Stories []story  `toml:"story"`
	Thanks  []gift   `toml:"thanks"`
}

type player struct {
	Key, Name, Zone, Place, Headline, Means string
	Lang, Helps, Learns                     []string
}

type scene struct {
	Key, Name, Slug, Lang, Form, Parent, Founder, Purpose, Charter string

	Why, Brings string // the founder's own

	Ago     int
	Members []entry `toml:"member"`
}

type entry struct {
	Person, By, Words, Why, Brings string

	Ago int
}

type talk struct {
	Circle, By, Title, Words string

	Ago   int
	Steps []step
}

type letter struct {
	By, To, Title, Words string

	Ago   int
	Steps []step
}

type story struct {
	Circle, By, Want, Kind, Title, Words, Size, Place string

	Ago   int
	Tags  []string
	Steps []step
}

// step is one thing that somebody does, some hours after the one before. Of
// names the giver where several have offered.
type step struct {
	By, Does, Words, Thanks, Of string

	After  int
	Shared bool
}

type gift struct {
	Circle, By, To, Kind, Words string

	Ago      int
	Pleasure bool
}

// readScript reads the files and checks that everybody named exists.
func readScript() (*script, error) {
	var s script
	for _, name := range []string{"people", "stories"} {
		text, err := storyFiles.ReadFile("stories/" + name + ".toml")
		if err != nil {
			return nil, err
		}
		dec := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields()
		if err := dec.Decode(&s); err != nil {
			return nil, fmt.Errorf("stories/%s.toml: %w", name, err)
		}
	}
	return &s, s.check()
}

func (s *script) check() error {
	people, circles := map[string]bool{}, map[string]bool{"": true}
	for _, p := range s.Persons {
		people[p.Key] = true
	}
	var unknown []string
	known := func(where string, names ...string) {
		for _, n := range names {
			if n != "" && !people[n] {
				unknown = append(unknown, where+": "+n)
			}
		}
	}
	for _, c := range s.Circles {
		if !circles[c.Parent] {
			unknown = append(unknown, c.Key+": the parent "+c.Parent)
		}
		circles[c.Key] = true
		known(c.Key, c.Founder)
		for _, m := range c.Members {
			known(c.Key, m.Person, m.By)
		}
	}
	steps := func(where string, all []step) {
		for _, st := range all {
			known(where, st.By, st.Of)
		}
	}
	in := func(where, circle string) {
		if circle == "" || !circles[circle] {
			unknown = append(unknown, where+": the circle "+circle)
		}
	}
	for _, t := range s.Talks {
		in(t.Title, t.Circle)
		known(t.Title, t.By)
		steps(t.Title, t.Steps)
	}
	for _, l := range s.Letters {
		known(l.Title, l.By, l.To)
		steps(l.Title, l.Steps)
	}
	for _, st := range s.Stories {
		in(st.Title, st.Circle)
		known(st.Title, st.By)
		steps(st.Title, st.Steps)
	}
	for _, g := range s.Thanks {
		in(g.Words, g.Circle)
		known(g.Words, g.By, g.To)
	}
	if len(unknown) > 0 {
		return fmt.Errorf("the stories name whom nobody introduced: %s", strings.Join(unknown, "; "))
	}
	return nil
}
