// Package archtest holds the plan of the house as text and checks the code
// against it: who imports whom, who writes which table, that every package says
// what it is for, and that no test code ends up in the binary.
//
// The policy is policy.txt beside this file. A package that it doesn't name is a
// failure too: whoever adds a room says where it stands.
package archtest

import (
	"bufio"
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed policy.txt
var policyText string

// Place is one line of the policy: a package, its storey, what it may import.
type Place struct {
	Storey string // floor, room, courier, door, upkeep, top, test
	Name   string // below internal/: "exchange", "web/page", "web/*"
	May    []string
}

// Policy is the plan of the house.
type Policy []Place

// Read parses policy.txt.
func Read() (Policy, error) {
	var p Policy
	lines := bufio.NewScanner(strings.NewReader(policyText))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		head, may, ok := strings.Cut(line, ":")
		words := strings.Fields(head)
		if !ok || len(words) != 2 {
			return nil, fmt.Errorf("policy line %d: want «storey name : imports», got %q", n, line)
		}
		p = append(p, Place{Storey: words[0], Name: words[1], May: strings.Fields(may)})
	}
	return p, lines.Err()
}

// Place finds the line for a package; test helpers (exchange/exchangetest) and
// inner packages (thread/blob) stand where their room stands.
func (p Policy) Place(name string) (Place, bool) {
	for _, exact := range p {
		if exact.Name == name {
			return exact, true
		}
	}
	for _, wild := range p {
		if ok, _ := path.Match(wild.Name, name); ok {
			return wild, true
		}
	}
	if dir := path.Dir(name); dir != "." {
		return p.Place(dir)
	}
	return Place{}, false
}

// Allows tells whether from may import to, both named below internal/.
func (p Policy) Allows(from, to string) bool {
	a, okA := p.Place(from)
	b, okB := p.Place(to)
	if !okA || !okB {
		return false
	}
	switch {
	case a.Name == b.Name && !strings.Contains(a.Name, "*"), slices.Contains(a.May, "*"):
		return true
	case b.Storey == "floor" && a.Storey != "floor":
		return true
	}
	return slices.Contains(a.May, b.Name)
}
