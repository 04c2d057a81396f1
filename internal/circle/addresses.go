package circle

import (
	"net/mail"
	"strings"

	"cordee/internal/person"
)

// Outcome is what became of one line of pasted addresses.
type Outcome string

// The outcomes of a line.
const (
	Invited       Outcome = "invited"
	Double        Outcome = "double"         // the same address stands above
	AlreadyIn     Outcome = "already_in"     // somebody with this address is in the circle
	AlreadyOpen   Outcome = "already_open"   // an invitation to this address is open
	NotAnAddress  Outcome = "not_an_address" // nothing to write to
	TooManyAtOnce Outcome = "too_many"
)

// Line is one of the pasted addresses, and what became of it.
type Line struct {
	Number  int     `json:"number"` // of the line it stood on, from 1
	Text    string  `json:"-"`      // as it was pasted; never kept
	Name    string  `json:"-"`
	Address string  `json:"-"`
	Outcome Outcome `json:"outcome"`

	mailbox person.Mailbox
}

// ParseAddresses reads pasted addresses: one or several a line, between commas or
// semicolons, bare ("a@b.c") or with a name ("Ana <a@b.c>"). Doubles are told.
func ParseAddresses(pasted string) []Line {
	var all []Line
	seen := map[person.Mailbox]bool{}
	for number, row := range strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(pasted), "\n") {
		for _, part := range splitRow(row) {
			l := parseLine(part)
			l.Number = number + 1
			switch {
			case l.Outcome == NotAnAddress:
			case len(seen) >= maxPasted:
				l.Outcome = TooManyAtOnce
			case seen[l.mailbox]:
				l.Outcome = Double
			}
			if l.mailbox != "" {
				seen[l.mailbox] = true
			}
			all = append(all, l)
		}
	}
	return all
}

// splitRow cuts a line at commas and semicolons, but not within quotes or where
// a name holds a comma before its address in angle brackets.
func splitRow(row string) []string {
	var parts []string
	quoted, start := false, 0
	cut := func(end int) {
		if part := strings.Trim(row[start:end], " \t\u00a0"); part != "" {
			parts = append(parts, part)
		}
		start = end + 1
	}
	for i := range len(row) {
		switch row[i] {
		case '"':
			quoted = !quoted
		case ',', ';':
			// "Durand, Ana <ana@…>" is one person: there is no address before the comma.
			if !quoted && (row[i] == ';' || strings.Contains(row[start:i], "@") || !strings.Contains(row[i:], "<")) {
				cut(i)
			}
		}
	}
	if start < len(row) {
		cut(len(row))
	}
	return parts
}

func parseLine(part string) Line {
	l := Line{Text: part}
	bare := part
	if open := strings.LastIndexByte(part, '<'); open >= 0 && strings.HasSuffix(part, ">") {
		bare = part[open+1 : len(part)-1]
		l.Name = strings.Trim(part[:open], " \t\"'")
		if parsed, err := mail.ParseAddress(part); err == nil {
			l.Name = parsed.Name // quoted pairs and encoded words undone
		}
		l.Name = person.Shorten(person.Line(l.Name), person.MaxName)
	}
	address, mailbox, err := person.ParseAddress(strings.TrimPrefix(strings.TrimSpace(bare), "mailto:"))
	if err != nil {
		l.Outcome = NotAnAddress
		return l
	}
	l.Address, l.mailbox, l.Outcome = address, mailbox, Invited
	return l
}
