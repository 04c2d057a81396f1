package notify_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/post"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
	"cordee/internal/thread/threadtest"
)

// TestGolden writes the mails of one story to somebody who reads French (tu), to
// somebody who reads English and to somebody who reads Spanish, each as text with
// the headers that a reader sees. They are the product: read them.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, reader := range []struct {
		tag        lang.Tag
		name, zone string
		form       circle.Form
	}{
		{lang.FR, "Aurore", "Europe/Paris", circle.Tu},
		{lang.EN, "Tom", "Europe/London", circle.Vous},
		{lang.ES, "Lucía", "America/Mexico_City", circle.Vous},
	} {
		t.Run(string(reader.tag), func(t *testing.T) {
			t.Parallel()
			h := open(t, storetest.SQLite(t))
			s := &story{t: t, house: h, tag: string(reader.tag)}
			s.me = h.newcomer(t, person.Newcomer{Name: reader.name, Languages: []lang.Tag{reader.tag}, Zone: reader.zone})
			s.mail = persontest.Address(reader.name)
			s.malik = exchangetest.People(t, h.House, "Malik")[0]
			s.myriam = exchangetest.People(t, h.House, "Myriam")[0]
			s.circle = exchangetest.Circle(t, h.House, "Atelier Ouest", s.myriam, s.malik, s.me)
			if reader.form == circle.Vous {
				s.vous()
			}
			h.mails(t)
			s.tell()
		})
	}
}

type story struct {
	*house
	t                 *testing.T
	tag, mail         string
	me, malik, myriam id.Person
	circle            id.Circle
}

func (s *story) vous() {
	s.t.Helper()
	c, err := s.Circles.Get(s.t.Context(), s.DB.Read, s.circle)
	if err == nil {
		err = s.Circles.Edit(s.t.Context(), as(s.myriam), threadtest.Key(), circle.EditInput{
			Circle: c.ID, Edition: c.Edition, Slug: c.Slug, Name: c.Name, Purpose: c.Purpose, Form: circle.Vous, Language: c.Language,
		})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// looks compares the mail that the reader got with its golden file.
func (s *story) looks(name string) {
	s.t.Helper()
	s.house.work(s.t)
	for _, m := range s.Box.take() {
		if m.To == s.mail {
			s.compare(name, m)
			s.Clock.Advance(time.Minute)
			return
		}
	}
	s.t.Errorf("%s: no mail came", name)
}

func (s *story) compare(name string, m post.Mail) {
	s.t.Helper()
	o := opened(s.t, m)
	got := "From: " + o.From + "\nTo: " + o.To + "\nSubject: " + o.Subject + "\n\n" + o.Text
	got = secrets.ReplaceAllString(got, "$1…")
	path := filepath.Join("testdata", name+"."+s.tag+".txt")
	if os.Getenv("CORDEE_GOLDEN") == "write" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			s.t.Fatal(err)
		}
		if dir := os.Getenv("CORDEE_GOLDEN_HTML"); dir != "" { // to look at in a browser
			if err := os.WriteFile(filepath.Join(dir, name+"."+s.tag+".html"), []byte(o.HTML), 0o600); err != nil {
				s.t.Fatal(err)
			}
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		s.t.Errorf("%s has changed (-want +got); when that is meant, CORDEE_GOLDEN=write go test:\n%s", path, diff)
	}
}

// secrets are what differs from run to run: tokens and public ids.
var secrets = regexp.MustCompile(`((?:/moves|/sign-in|/addresses|/invitations|/unsubscribe|/asks|/exchanges|/thanks|/letters|/talk)/|#m-)[a-z0-9]+`)

func (s *story) tell() {
	t, ctx := s.t, s.t.Context()
	by := func(p id.Person) (journal.By, journal.Key) { return as(p), threadtest.Key() }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	friday := s.Clock.Now().AddDate(0, 0, 11).Format(time.DateOnly)
	a := exchangetest.Posted(t, s.House, s.malik, exchange.Posting{
		Want: exchange.ForAsk, Circles: []id.Circle{s.circle},
		Words: "Bonjour,\n\nQuelqu’un a-t-il déjà migré un site **Drupal 7** en gardant les révisions ? Le client y tient beaucoup, et je ne sais pas par où commencer.\n\nMalik",
		Facts: &exchange.Facts{Title: "Migrer un site Drupal 7 sans perdre l’historique", Kind: exchange.Help, Size: exchange.AnHour, Remote: true, By: friday, Zone: "Europe/Paris"},
	})
	s.looks("ask")

	mine := exchangetest.Posted(t, s.House, s.me, exchange.Posting{
		Want: exchange.ForAsk, Words: "Qui peut relire mon devis ?", Circles: []id.Circle{s.circle},
	})
	s.house.work(t)
	s.Box.take()
	m, err := s.Exchanges.Answer(ctx, as(s.myriam), threadtest.Key(), exchange.Answering{Ask: mine.ID, Words: "Je l’ai parcouru : la page 2 oublie la TVA."})
	must(err)
	s.looks("answer")
	_, err = s.Threads.Reply(ctx, as(s.malik), threadtest.Key(), exchangetest.Viewer(t, s.House, s.malik), thread.ReplyInput{
		Thread: mine.Thread, Words: "Et la date en haut.", Answers: m.ID,
	})
	must(err)
	s.looks("reply")
	made, err := s.Exchanges.Propose(ctx, as(s.malik), threadtest.Key(), exchange.Proposing{
		Ask: mine.ID, Words: "Je l’ai fait deux fois l’an dernier. Une heure en visio jeudi, et je vous laisse mes scripts.",
	})
	must(err)
	s.looks("proposed")
	exchangetest.Moved(t, s.House, s.me, made.ID, exchange.Agree)
	exchangetest.Moved(t, s.House, s.malik, made.ID, exchange.MarkDone)
	s.looks("done")

	mineToo := exchangetest.Proposed(t, s.House, s.me, a.ID)
	exchangetest.Moved(t, s.House, s.malik, mineToo.ID, exchange.Agree)
	s.looks("agreed")
	exchangetest.Moved(t, s.House, s.me, mineToo.ID, exchange.MarkDone)
	must(s.Exchanges.Move(ctx, as(s.malik), threadtest.Key(), exchange.Moving{
		Exchange: mineToo.ID, Move: exchange.Confirm, Thanks: "Grâce à toi j’ai livré à l’heure.\nEt au calme.", Circles: []id.Circle{s.circle},
	}))
	s.looks("confirmed")

	_, err = s.Exchanges.ThankElsewhere(ctx, as(s.myriam), threadtest.Key(), exchange.ThankingElsewhere{
		Giver: s.me, Kind: exchange.Help, Words: "Merci pour hier, au téléphone.",
	})
	must(err)
	s.looks("elsewhere")
	_, err = s.Circles.Letter(ctx, as(s.malik), threadtest.Key(), circle.LetterInput{To: s.me, Words: "Tu passes par Nantes le 20 ?"})
	must(err)
	s.looks("letter")
	c, err := s.Circles.Get(ctx, s.DB.Read, s.circle)
	must(err)
	by1, key := by(s.myriam)
	must(s.Circles.EditCharter(ctx, by1, key, circle.CharterInput{Circle: c.ID, Version: c.Charter, Edition: 1, Words: "Nous nous entraidons sans compter, et nous disons merci.", Meaning: true}))
	s.looks("charter")

	s.askLink(t, nameOf(s.mail))
	s.looks("signin")
	other := exchangetest.Circle(t, s.House, "Planète Métiers", s.malik)
	_, err = s.Circles.Invite(ctx, as(s.malik), threadtest.Key(), circle.InviteInput{
		Circle: other, Way: circle.ByCordee, Person: s.me, Words: "En mars tu as sauvé mon devis. Je te garde une place.",
	})
	must(err)
	s.looks("invitation")

	began(t, s.house, s.malik, s.circle, "Un nouveau local")
	exchangetest.Offered(t, s.House, s.myriam, s.circle, "Deux places dans ma voiture pour le salon.")
	must(s.Courier.Prefer(ctx, as(s.me), threadtest.Key(), nil))
	for _, m := range s.digest(t, s.me) {
		if m.To == s.mail {
			s.compare("digest", m)
		}
	}
}

func nameOf(address string) string { return strings.TrimSuffix(address, "@example.org") }
