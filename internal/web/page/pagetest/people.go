package pagetest

import (
	"encoding/binary"
	"fmt"

	"cordee/internal/id"
	"cordee/internal/person"
)

// Card is the card of a person who exists in tests alone; n tells them apart.
func Card(n int, name string) person.Card {
	var who id.Person
	binary.BigEndian.PutUint64(who[8:], uint64(n)+1)
	return person.Card{
		ID: who, Public: id.Public(fmt.Sprintf("%020d", n)), Name: name,
		Initials: person.Initials(name), Hue: n % 8, State: person.Active,
	}
}

// Past is somebody who is only a name in history.
func Past(n int, name string) person.Card {
	c := Card(n, name)
	c.State = person.Staged
	return c
}

// HardNames are those that break pages: long, right-to-left, emoji, one sign.
func HardNames() []string {
	return []string{
		"Aurore", "Ñ", "מרים בן־דוד", "عائشة القرطبي", "👩🏽‍🔧 Zoé", "Maria do Carmo da Conceição de Albuquerque e Vasconcelos de Sá",
		"Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen", "李小龍", "O’Connor-García Müller", "<script>alert(1)</script>",
	}
}

// Members are n people with plausible names.
func Members(n int) []person.Card {
	names := []string{
		"Solène", "Malik", "Inès", "Nicolas", "Aurore", "Bastien", "Lucía", "Tomás", "Myriam", "Octavio", "Gaëlle", "Émeric",
		"Yolanda", "Quentin", "Ximena", "Hélène", "Karim", "Jimena", "Pascal", "Violette", "Rodrigo", "Fatou", "Damien", "Úrsula",
	}
	out := make([]person.Card, n)
	for i := range out {
		out[i] = Card(i, names[i%len(names)])
	}
	return out
}
