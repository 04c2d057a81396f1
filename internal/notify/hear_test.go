package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/notify"
	"cordee/internal/person"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread/threadtest"
)

// TestWhoHearsWhat goes through a circle's life and looks into everybody's mailbox.
func TestWhoHearsWhat(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		p := exchangetest.People(t, h.House, "Myriam", "Malik", "Aurore", "Nicolas")
		myriam, malik, aurore, nicolas := p[0], p[1], p[2], p[3]
		c := exchangetest.Circle(t, h.House, "Atelier Ouest", myriam, malik, aurore)
		expect := func(what string, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, h.mails(t)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		expect("joining: who invited hears, the others read it in the morning",
			"myriam: Aurore rejoint Atelier Ouest", "myriam: Malik rejoint Atelier Ouest")

		a := exchangetest.Asked(t, h.House, myriam, c, "Quelqu’un peut relire mon devis ?")
		title := a.Title
		expect("an ask in a small circle", "aurore: "+title, "malik: "+title)
		x := exchangetest.Proposed(t, h.House, malik, a.ID)
		expect("a proposal", "myriam: "+title)
		exchangetest.Moved(t, h.House, myriam, x.ID, exchange.Agree)
		expect("agreed", "malik: "+title)
		answered(t, h, aurore, a, "Je connais quelqu’un.")
		expect("an answer where I wrote", "myriam: "+title)
		exchangetest.Moved(t, h.House, malik, x.ID, exchange.MarkDone)
		expect("done", "myriam: "+title)
		if err := h.Exchanges.Settle(t.Context(), as(myriam), threadtest.Key(), exchange.Settling{
			Ask: a.ID, Outcome: "Relu, envoyé.", Helped: []exchange.Helper{{Person: malik, Words: "Merci.", Circles: []id.Circle{c}}},
		}); err != nil {
			t.Fatal(err)
		}
		expect("settled: one mail each, to who helped about the thanks", "aurore: "+title, "malik: "+title)

		if _, err := h.Circles.Letter(t.Context(), as(aurore), threadtest.Key(), circle.LetterInput{To: malik, Words: "Tu viens ?"}); err != nil {
			t.Fatal(err)
		}
		expect("a letter", "malik: Lettre d’Aurore")
		talk, err := h.Circles.Talk(t.Context(), as(malik), threadtest.Key(), circle.TalkInput{Circle: c, Title: "Locaux", Words: "On déménage ?"})
		if err != nil {
			t.Fatal(err)
		}
		expect("talk waits for the morning")
		exchangetest.Replied(t, h.House, aurore, talk.Thread, "Oui.")
		expect("an answer where I wrote", "malik: Locaux")
		if _, err := h.Exchanges.ThankElsewhere(t.Context(), as(malik), threadtest.Key(), exchange.ThankingElsewhere{
			Giver: aurore, Kind: exchange.Help, Words: "Au téléphone, hier.", Circles: []id.Circle{c},
		}); err != nil {
			t.Fatal(err)
		}
		expect("thanks for something done elsewhere", "aurore: Merci de Malik à Aurore")
		if _, err := h.Circles.Invite(t.Context(), as(myriam), threadtest.Key(), circle.InviteInput{
			Circle: c, Way: circle.ByCordee, Name: "Zoé", Address: "zoe@example.net", Words: "Viens.",
		}); err != nil {
			t.Fatal(err)
		}
		expect("an invitation", "zoe@example.net: Myriam t’invite : Atelier Ouest")
		_ = nicolas // not in the circle: hears of nothing
	})
}

func answered(t *testing.T, h *house, by id.Person, a exchange.Ask, words string) {
	t.Helper()
	if _, err := h.Exchanges.Answer(t.Context(), as(by), threadtest.Key(), exchange.Answering{Ask: a.ID, Words: words}); err != nil {
		t.Fatal(err)
	}
}

// TestLargeCircle: ten hear at once, the others in the morning; all when it is due soon.
func TestLargeCircle(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		names := []string{"Myriam"}
		for i := range 34 {
			names = append(names, fmt.Sprintf("Membre %02d", i))
		}
		p := exchangetest.People(t, h.House, names...)
		c := exchangetest.Circle(t, h.House, "Grande maison", p[0], p[1:]...)
		setHelps(t, h, p[7], "mise en page")
		h.Clock.Advance(4 * 24 * time.Hour) // who joined isn't news any more
		h.work(t)
		h.Box.take()
		exchangetest.Posted(t, h.House, p[0], exchange.Posting{
			Want: exchange.ForAsk, Words: "Une relecture de ma mise en page ?", Circles: []id.Circle{c},
		})
		at := h.mails(t)
		if len(at) != 10 || !slices.ContainsFunc(at, func(s string) bool { return strings.HasPrefix(s, "membre.06:") }) {
			t.Errorf("%d hear at once: %v", len(at), at)
		}
		later := h.digest(t, p[0])
		if len(later) != 24 {
			t.Errorf("%d read it in the morning", len(later))
		}
		soon := h.Clock.Now().AddDate(0, 0, 1).Format(time.DateOnly)
		exchangetest.Posted(t, h.House, p[0], exchange.Posting{
			Want: exchange.ForAsk, Words: "Pour demain !", Circles: []id.Circle{c},
			Facts: &exchange.Facts{Title: "Pour demain", Kind: exchange.Help, By: soon, Zone: "Europe/Paris"},
		})
		if at := h.mails(t); len(at) != 34 {
			t.Errorf("due tomorrow, and %d hear at once", len(at))
		}
	})
}

func setHelps(t *testing.T, h *house, p id.Person, helps string) {
	t.Helper()
	who := exchangetest.Person(t, h.House, p)
	profile := who.Profile
	profile.Helps = []string{helps}
	if _, err := h.People.Edit(t.Context(), as(p), threadtest.Key(), who.Version, profile); err != nil {
		t.Fatal(err)
	}
}

// TestChoices: each member may change each topic, and be left alone.
func TestChoices(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		p := exchangetest.People(t, h.House, "Myriam", "Malik", "Aurore")
		c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1], p[2])
		h.mails(t)
		choose := func(who id.Person, topic notify.Topic, choice notify.Choice) {
			t.Helper()
			if err := h.Courier.Prefer(t.Context(), as(who), threadtest.Key(), []notify.Preference{{Circle: c, Topic: topic, Choice: choice}}); err != nil {
				t.Fatal(err)
			}
		}
		ask := func() []string {
			t.Helper()
			exchangetest.Asked(t, h.House, p[0], c, "Un café ?")
			return h.mails(t)
		}
		choose(p[1], notify.Asks, notify.Never)
		choose(p[2], notify.Asks, notify.Daily)
		if got := ask(); len(got) != 0 {
			t.Errorf("never and daily: %v", got)
		}
		choose(p[1], notify.Asks, notify.Usual)
		if got := ask(); !slices.Equal(got, []string{"malik: Un café ?"}) {
			t.Errorf("as usual again: %v", got)
		}
		choose(p[1], notify.Rest, notify.AtOnce)
		if _, err := h.Circles.Talk(t.Context(), as(p[0]), threadtest.Key(), circle.TalkInput{Circle: c, Title: "Locaux", Words: "Oui ?"}); err != nil {
			t.Fatal(err)
		}
		if got := h.mails(t); !slices.Equal(got, []string{"malik: Locaux"}) {
			t.Errorf("talk at once: %v", got)
		}
		prefs, err := h.Courier.Preferences(t.Context(), h.DB.Read, p[1])
		if err != nil || !slices.Equal(prefs, []notify.Preference{{Circle: c, Topic: notify.Rest, Choice: notify.AtOnce}}) {
			t.Errorf("%v, %v", prefs, err)
		}
		other := exchangetest.Circle(t, h.House, "Ailleurs", p[0])
		if err := h.Courier.Prefer(t.Context(), as(p[1]), threadtest.Key(), []notify.Preference{{Circle: other, Topic: notify.Rest, Choice: notify.Never}}); err == nil {
			t.Error("a choice about a circle that isn't mine")
		}
		if err := h.Courier.Prefer(t.Context(), as(p[1]), threadtest.Key(), []notify.Preference{{Circle: c, Topic: "x", Choice: notify.Never}}); err == nil {
			t.Error("a topic that doesn't exist")
		}

		// Who is away hears of asks in the morning; of what is meant for them at once.
		who := exchangetest.Person(t, h.House, p[1])
		profile := who.Profile
		profile.Presence = person.Away
		if _, err := h.People.Edit(t.Context(), as(p[1]), threadtest.Key(), who.Version, profile); err != nil {
			t.Fatal(err)
		}
		if got := ask(); len(got) != 0 {
			t.Errorf("away: %v", got)
		}
		// Who would rather not isn't asked by that person at all.
		if err := h.Exchanges.RatherNot(t.Context(), as(p[2]), threadtest.Key(), p[0], true); err != nil {
			t.Fatal(err)
		}
		ask()
		mails := h.digest(t, p[2])
		for _, m := range mails {
			if m.To == "aurore@example.org" && strings.Count(opened(t, m).Text, "Un café") != 3 {
				t.Errorf("rather not: %s", opened(t, m).Text)
			}
		}
	})
}

// TestMuted: who muted a thread hears no more of it.
func TestMuted(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	p := exchangetest.People(t, h.House, "Myriam", "Malik")
	c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1])
	talk, err := h.Circles.Talk(t.Context(), as(p[0]), threadtest.Key(), circle.TalkInput{Circle: c, Title: "Locaux", Words: "Oui ?"})
	if err != nil {
		t.Fatal(err)
	}
	h.mails(t)
	if err := h.Threads.Mute(t.Context(), as(p[0]), threadtest.Key(), exchangetest.Viewer(t, h.House, p[0]), talk.Thread); err != nil {
		t.Fatal(err)
	}
	exchangetest.Replied(t, h.House, p[1], talk.Thread, "Non.")
	if got := h.mails(t); len(got) != 0 {
		t.Errorf("muted: %v", got)
	}
}

// TestOldNews: what is older than three days, and what an archive brought, makes no noise.
func TestOldNews(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	p := exchangetest.People(t, h.House, "Myriam", "Malik")
	c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1])
	exchangetest.Asked(t, h.House, p[0], c, "Un café ?")
	h.Clock.Advance(73 * time.Hour)
	if got := h.mails(t); len(got) != 0 {
		t.Errorf("after three days: %v", got)
	}
	by := journal.ByPerson(p[0], journal.Importer)
	if _, err := h.Circles.Talk(t.Context(), by, threadtest.Key(), circle.TalkInput{Circle: c, Title: "Autrefois", Words: "Oui ?"}); err != nil {
		t.Fatal(err)
	}
	h.mails(t)
	if got := h.digest(t, p[1]); len(got) != 0 {
		t.Errorf("an archive makes noise: %d", len(got))
	}
}

func began(t *testing.T, h *house, by id.Person, c id.Circle, title string) {
	t.Helper()
	if _, err := h.Circles.Talk(t.Context(), as(by), threadtest.Key(), circle.TalkInput{Circle: c, Title: title, Words: "Oui ?"}); err != nil {
		t.Fatal(err)
	}
}
