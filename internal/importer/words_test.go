package importer

import (
	"testing"

	"cordee/internal/mailtext"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Inès Abadie": "Inès Abadie", "Abadie, Inès": "Inès Abadie", "INÈS ABADIE": "Inès Abadie", "Inès Abadie (ACME)": "Inès Abadie",
		"Ruiz, Ltd": "Ruiz, Ltd", "Marta Ruiz, PhD": "Marta Ruiz, PhD", "王小明": "王小明", "IBM": "IBM",
	} {
		if got := tidyName(name); got != want {
			t.Errorf("%s: %q, not %q", name, got, want)
		}
	}
	for _, c := range []struct {
		address string
		names   []string
		want    string
	}{
		{"ines.abadie@example.org", nil, "Ines Abadie"},
		{"ines@example.org", nil, "ines"},
		{"x9.y@example.org", nil, "x9.y"},
		{"ines@example.org", []string{"ines", "ines", "ines", "Inès Abadie"}, "Inès Abadie"},
		{"ines@example.org", []string{"Inès", "Inès A.", "Inès Abadie", "Inès Abadie"}, "Inès Abadie"},
		{"ines@example.org", []string{"ines@example.org", "Inès"}, "Inès"},
	} {
		p := correspondent{address: c.address}
		for _, n := range c.names {
			p.called(n)
		}
		if got := p.name(); got != c.want {
			t.Errorf("%v: %q, not %q", c, got, c.want)
		}
	}
}

func TestPlainlyAsks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ subject, words string }{
		{"Comptable", "Bonjour,\n\nQuelqu’un connaît-il un comptable qui suit des indépendants ?"},
		{"Relieur", "Je cherche un relieur près de Nantes."},
		{"Aide", "Pourriez-vous m’aider à relire un devis ?"},
		{"Accountant", "Does anyone know a good accountant in Lyon?"},
		{"X310 link", "It worked until Monday.\nAny ideas on what to look at?"},
		{"Translation", "I'm looking for someone who translates from Catalan."},
		{"Contable", "¿Alguien conoce a una contable de confianza?"},
		{"Ayuda", "Hola, ¿me podrían ayudar con un presupuesto?"},
	} {
		if !plainlyAsks(c.subject, c.words) {
			t.Errorf("an ask: %q", c.words)
		}
	}
	for _, c := range []struct{ subject, words string }{
		{"Compte rendu de mardi", "Quelqu’un a-t-il relu ? Voici le compte rendu."},
		{"Nouvelle adresse", "Bonjour à tous, j’ai déménagé à Rennes."},
		{"[ANN] Release 4.8", "We are looking for a few more testers. Any feedback would help."},
		{"Thanks", "Thank you all, this helped a lot."},
		{"Fwd", "> Does anyone know a good accountant?\n\nVoir ci-dessus."},
		{"Une histoire", "La société cherche un développeur, et c’est une bonne nouvelle."},
		{"Reunión", "El jueves nos vemos a las seis."},
	} {
		if plainlyAsks(c.subject, c.words) {
			t.Errorf("no ask: %q", c.words)
		}
	}
}

func TestTitles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, want string }{
		{"[radio-club] Lunch", "Lunch"},
		{"Re: [radio-club] Lunch", "Lunch"},
		{"[urgent] Lunch", "[urgent] Lunch"},
		{"", "Who comes along?"},
	} {
		m := mailtext.Mail{RawSubject: c.raw, Subject: mailtext.CleanSubject(c.raw, nil)}
		d, _ := draftOf(letter{Mail: mailtext.Mail{Words: "Who comes along?\n\nI do."}})
		if got := titleOf(letter{Mail: m}, d, []string{"radio-club"}); got != c.want {
			t.Errorf("%q: %q, not %q", c.raw, got, c.want)
		}
	}
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	d, ok := draftOf(letter{Mail: mailtext.Mail{Subject: "Found it *again*, thanks"}})
	if !ok || d.Words != `Found it \*again\*, thanks` {
		t.Errorf("a subject is all there is: %+v", d)
	}
	if d, ok := draftOf(letter{Mail: mailtext.Mail{Subject: "Lunch", Reply: true}}); ok {
		t.Errorf("nothing was answered: %+v", d)
	}
	d, _ = draftOf(letter{Mail: mailtext.Mail{Words: "> Lunch?\n\nYes.", Quoted: "On Monday Ana wrote:", Signature: "Bo, Nantes"}})
	if d.Quoted != "--\nBo, Nantes" {
		t.Errorf("%q", d.Quoted)
	}
}
