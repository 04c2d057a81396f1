package notify_test

import (
	"context"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/notify"
	"cordee/internal/person/persontest"
	"cordee/internal/post"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread/threadtest"
)

func guest() signin.Ask { return signin.Ask{From: netip.MustParseAddr("192.0.2.7")} }

func (h *house) askLink(t *testing.T, name string) {
	t.Helper()
	ask := guest()
	ask.Address = persontest.Address(name)
	if err := h.SignIn.AskLink(t.Context(), persontest.Outside(), threadtest.Key(), ask); err != nil {
		t.Fatal(err)
	}
}

// TestCrashBetweenSendingAndMarking: what goes out again is the same mail, byte by byte.
func TestCrashBetweenSendingAndMarking(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		p := exchangetest.People(t, h.House, "Myriam", "Malik")
		c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1])
		h.mails(t)
		a := exchangetest.Asked(t, h.House, p[0], c, "Un café ?")
		exchangetest.Proposed(t, h.House, p[1], a.ID)
		h.askLink(t, "Myriam")
		// Killed each time after the mail was taken and before it was marked.
		killed := func(m post.Mail) error {
			h.Box.mails = append(h.Box.mails, m)
			return &post.Failure{Class: post.Later, Code: post.LostAfter}
		}
		h.Box.refusing(killed)
		h.work(t)
		first := h.Box.take()
		for range 2 {
			h.Clock.Advance(16 * time.Minute)
			h.restart()
			if err := h.Courier.Release(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.work(t)
			again := h.Box.take()
			byID := func(a, b post.Mail) int { return strings.Compare(a.ID, b.ID) }
			slices.SortFunc(first, byID)
			slices.SortFunc(again, byID)
			if len(first) != 3 || len(again) != 3 {
				t.Fatalf("%d mails, then %d", len(first), len(again))
			}
			for i := range first {
				if diff := cmp.Diff(string(first[i].Raw), string(again[i].Raw)); diff != "" {
					t.Errorf("another mail:\n%s", diff)
				}
			}
		}
		h.Box.refusing(nil)
		h.Clock.Advance(time.Hour)
		h.work(t)
		h.work(t)
		if got := h.Box.take(); len(got) != 2 { // the sign-in link has expired by now
			t.Errorf("%d mails at last", len(got))
		}
	})
}

// TestPlannedTwice: a follower that reads acts again makes nobody hear twice.
func TestPlannedTwice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		p := exchangetest.People(t, h.House, "Myriam", "Malik", "Aurore")
		c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1], p[2])
		exchangetest.Asked(t, h.House, p[0], c, "Un café ?")
		h.askLink(t, "Malik")
		h.work(t)
		n := len(h.Box.take())
		h.seq = 0
		if again := h.mails(t); n != 5 || len(again) != 0 {
			t.Errorf("%d mails, and again %v", n, again)
		}
	})
}

func TestFailures(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		p := exchangetest.People(t, h.House, "Myriam", "Malik", "Aurore")
		c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1], p[2])
		h.mails(t)
		overview := func() notify.Overview {
			t.Helper()
			o, err := h.Courier.Overview(t.Context(), h.DB.Read)
			if err != nil {
				t.Fatal(err)
			}
			return o
		}

		// Greylisted: tried again by the table, and arrives once.
		h.Box.refusing(func(m post.Mail) error {
			if m.To == "malik@example.org" {
				return &post.Failure{Class: post.Later, Code: post.Busy, Status: 451}
			}
			return nil
		})
		exchangetest.Asked(t, h.House, p[0], c, "Un café ?")
		if got := h.mails(t); len(got) != 1 {
			t.Errorf("greylisting one holds up others: %v", got)
		}
		if o := overview(); o.Waiting != 1 || o.Trouble != post.Busy {
			t.Errorf("%+v", o)
		}
		h.Box.refusing(nil)
		h.Clock.Advance(59 * time.Second)
		if got := h.mails(t); len(got) != 0 {
			t.Errorf("too early: %v", got)
		}
		h.Clock.Advance(2 * time.Second)
		if got := h.mails(t); len(got) != 1 {
			t.Errorf("after a minute: %v", got)
		}

		// No such address: noted for the person and the operator, never tried again.
		h.Box.refusing(func(m post.Mail) error {
			if m.To == "malik@example.org" {
				return &post.Failure{Class: post.Person, Code: post.NoSuchAddress, Status: 550}
			}
			return nil
		})
		exchangetest.Asked(t, h.House, p[0], c, "Un thé ?")
		h.mails(t)
		troubles, err := h.Courier.Troubles(t.Context(), h.DB.Read, p[1])
		if err != nil || len(troubles) != 1 || troubles[0].Code != post.NoSuchAddress || troubles[0].Mailbox != "malik@example.org" {
			t.Errorf("%+v, %v", troubles, err)
		}
		if o := overview(); o.Waiting != 0 || len(o.Failed) != 1 || o.Failed[0].Person != p[1] || o.Addresses != 1 {
			t.Errorf("%+v", o)
		}
		h.Box.refusing(nil)
		h.Clock.Advance(time.Hour)
		if got := h.mails(t); len(got) != 0 {
			t.Errorf("tried again: %v", got)
		}
		exchangetest.Asked(t, h.House, p[0], c, "Un jus ?")
		if got := h.mails(t); len(got) != 1 {
			t.Errorf("news for an address that refuses mail: %v", got)
		}
		h.askLink(t, "Malik")
		h.mails(t)
		if troubles, _ := h.Courier.Troubles(t.Context(), h.DB.Read, p[1]); len(troubles) != 0 {
			t.Errorf("a mail arrived, and the trouble stays: %+v", troubles)
		}

		// The server is away: nothing is tried in vain, nothing is lost.
		down := &post.Failure{Class: post.Later, Code: post.Unreachable}
		h.Box.refusing(func(post.Mail) error { return down })
		for i := range 20 {
			exchangetest.Asked(t, h.House, p[0], c, "Encore "+string(rune('a'+i))+" ?")
			h.Clock.Advance(time.Second)
		}
		h.Box.tried = nil
		h.work(t)
		if n := len(h.Box.tried); n != 1 {
			t.Errorf("%d tries at a server that is away", n)
		}
		for range 24 {
			h.Clock.Advance(time.Hour)
			h.work(t)
		}
		h.Box.refusing(nil)
		h.Clock.Advance(12 * time.Hour)
		seen := map[string]bool{}
		for _, m := range h.Box.take() {
			t.Errorf("sent while away: %s", m.ID)
		}
		h.work(t)
		for _, m := range h.Box.take() {
			if seen[m.ID] {
				t.Errorf("twice: %s", m.ID)
			}
			seen[m.ID] = true
		}
		if len(seen) != 40 {
			t.Errorf("%d of 40 arrive after a day", len(seen))
		}

		// Wrong settings: what waits goes out as soon as they are changed.
		h.Box.refusing(func(post.Mail) error { return &post.Failure{Class: post.Wrong, Code: post.BadPassword} })
		exchangetest.Asked(t, h.House, p[0], c, "Et là ?")
		h.work(t)
		if o := overview(); o.Trouble != post.BadPassword || o.Waiting != 2 {
			t.Errorf("%+v", o)
		}
		h.Box.refusing(nil)
		h.mailOn(t, "other.example.org")
		if got := h.mails(t); len(got) != 2 {
			t.Errorf("after the change: %v", got)
		}

		// Given up after three days.
		h.Box.refusing(func(post.Mail) error { return down })
		exchangetest.Asked(t, h.House, p[0], c, "Trop tard ?")
		for range 90 {
			h.work(t)
			h.Clock.Advance(time.Hour)
		}
		h.Box.refusing(nil)
		if got := h.mails(t); len(got) != 0 {
			t.Errorf("after three days: %v", got)
		}
		if o := overview(); o.Waiting != 0 || len(o.Failed) != 4 {
			t.Errorf("%+v", o)
		}
	})
}

// TestWithoutServer is rule 8.
func TestWithoutServer(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	h.config.URL = &url.URL{Scheme: "http", Host: "localhost:8080"}
	h.restart()
	h.mailOn(t, "")
	p := exchangetest.People(t, h.House, "Myriam", "Malik")
	c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1])
	exchangetest.Asked(t, h.House, p[0], c, "Un café ?")
	h.askLink(t, "Malik")
	h.askLink(t, "Personne")
	h.work(t)
	stored, err := h.config.Folder.List(10)
	if err != nil || len(stored) != 1 {
		t.Fatalf("%d mails in the folder, %v", len(stored), err)
	}
	raw, err := h.config.Folder.Read(stored[0].Name)
	if err != nil {
		t.Fatal(err)
	}
	o, err := post.Open(raw)
	if err != nil || o.From != "Cordée <cordee@localhost>" || !strings.Contains(o.Text, "http://localhost:8080/sign-in/") {
		t.Errorf("%+v, %v", o, err)
	}
	h.config.All = true
	h.restart()
	exchangetest.Asked(t, h.House, p[0], c, "Un thé ?")
	h.work(t)
	if stored, _ = h.config.Folder.List(10); len(stored) != 2 {
		t.Errorf("in demo everything is written: %d", len(stored))
	}
}

// TestNothingLeftToSay: a mail is written from what is true when it goes out.
func TestNothingLeftToSay(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	p := exchangetest.People(t, h.House, "Myriam", "Malik", "Aurore")
	c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1], p[2])
	h.mails(t)
	h.Box.refusing(func(post.Mail) error { return &post.Failure{Class: post.Later, Code: post.Busy} })
	a := exchangetest.Asked(t, h.House, p[0], c, "Un café ?")
	x := exchangetest.Proposed(t, h.House, p[1], a.ID)
	h.work(t)
	exchangetest.Moved(t, h.House, p[0], x.ID, exchange.Agree)
	if err := h.Exchanges.WithdrawAsk(t.Context(), as(p[0]), threadtest.Key(), a.ID); err != nil {
		t.Fatal(err)
	}
	h.Box.refusing(nil)
	h.Clock.Advance(time.Hour)
	if got := h.mails(t); !slices.Equal(got, []string{"malik: Un café ?"}) {
		t.Errorf("an ask that is withdrawn, a proposal that is answered: %v", got)
	}
}

// TestStop: the link in a mail stops mails of that kind, once and for all.
func TestStop(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	p := exchangetest.People(t, h.House, "Myriam", "Malik")
	c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1])
	other := exchangetest.Circle(t, h.House, "Ailleurs", p[0], p[1])
	h.mails(t)
	post := func() {
		exchangetest.Posted(t, h.House, p[0], exchange.Posting{Want: exchange.ForAsk, Words: "Un café ?", Circles: []id.Circle{c, other}})
	}
	post()
	m := h.one(t, "Malik")
	token := stopToken(t, string(m.Raw))
	stop, err := h.Courier.PeekStop(t.Context(), token)
	if err != nil || stop.Person != p[1] || stop.Topic != notify.Asks || len(stop.From) != 2 {
		t.Errorf("%+v, %v", stop, err)
	}
	for range 2 {
		if err := h.Courier.Unsubscribe(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	post()
	if got := h.mails(t); len(got) != 0 {
		t.Errorf("still: %v", got)
	}
	if _, err := h.Courier.PeekStop(t.Context(), token[:len(token)-1]+"x"); err == nil {
		t.Error("a forged token is taken")
	}
}

func stopToken(t *testing.T, raw string) string {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	token, ok := strings.CutPrefix(m.Header.Get("List-Unsubscribe"), "<https://cordee.example.org/unsubscribe/")
	if !ok || m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Fatalf("List-Unsubscribe: %q", m.Header.Get("List-Unsubscribe"))
	}
	return strings.TrimSuffix(token, ">")
}

// TestDigest comes once a day, with news alone, and can be stopped.
func TestDigest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		p := exchangetest.People(t, h.House, "Myriam", "Malik", "Aurore")
		c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1], p[2])
		h.mails(t)
		if got := h.digest(t, p[1]); len(got) != 3 {
			t.Errorf("who is new, and that the circle is active: %d", len(got))
		}
		if got := h.digest(t, p[1]); len(got) != 0 {
			t.Errorf("a digest with nothing to say: %d", len(got))
		}
		talk := func() {
			threadtest.Talk(t, h.House.House.House, c, p[0], "x", "y") // no act: nothing is told
			if _, err := h.Courier.Plan(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
		}
		talk()
		if got := h.digest(t, p[1]); len(got) != 0 {
			t.Errorf("nothing was told: %d", len(got))
		}
		// The clock goes back a day: no second digest of that morning.
		began(t, h, p[0], c, "Locaux")
		if got := h.digest(t, p[1]); len(got) != 2 {
			t.Errorf("%d digests", len(got))
		}
		began(t, h, p[0], c, "Chauffage")
		h.work(t)
		h.Clock.Advance(-24 * time.Hour)
		if got := h.digest(t, p[1]); len(got) != 0 {
			t.Errorf("the same morning twice: %d", len(got))
		}
		m := h.digest(t, p[1])
		if len(m) != 2 {
			t.Fatalf("%d digests the next morning", len(m))
		}
		i := slices.IndexFunc(m, func(m post.Mail) bool { return m.To == "malik@example.org" })
		if text := opened(t, m[i]).Text; strings.Count(text, "Chauffage") != 1 || strings.Contains(text, "Locaux") {
			t.Errorf("nothing twice: %s", text)
		}
		if err := h.Courier.Unsubscribe(t.Context(), stopToken(t, string(m[i].Raw))); err != nil {
			t.Fatal(err)
		}
		if on, err := h.Courier.Digest(t.Context(), h.DB.Read, p[1]); on || err != nil {
			t.Errorf("still on: %v", err)
		}
		began(t, h, p[0], c, "Encore")
		if got := h.digest(t, p[1]); len(got) != 1 {
			t.Errorf("%d digests after one has stopped theirs", len(got))
		}
		if err := h.Courier.SetDigest(t.Context(), as(p[1]), threadtest.Key(), true); err != nil {
			t.Fatal(err)
		}
		began(t, h, p[0], c, "Et encore")
		if got := h.digest(t, p[1]); len(got) != 2 {
			t.Errorf("%d digests after it is wanted again", len(got))
		}
	})
}

// TestRun: the courier at work, and a sign-in mail that passes a slow queue.
func TestRun(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		p := exchangetest.People(t, h.House, "Myriam", "Malik")
		c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1])
		asked, slow, free := make(chan post.Mail, 1), make(chan struct{}, 16), make(chan struct{})
		h.Box.refusing(nil)
		h.config.Transport = func(post.Settings) post.Transport {
			return carrier(func(ctx context.Context, m post.Mail) error {
				if strings.Contains(m.Subject, "lien") {
					asked <- m
					return nil
				}
				slow <- struct{}{}
				select { // a server that takes its time
				case <-free:
				case <-ctx.Done():
				}
				return ctx.Err()
			})
		}
		h.restart()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- h.Courier.Run(ctx) }()
		exchangetest.Asked(t, h.House, p[0], c, "Un café ?")
		<-slow
		h.askLink(t, "Malik")
		select {
		case m := <-asked:
			if m.To != "malik@example.org" {
				t.Errorf("to %s", m.To)
			}
		case <-time.After(20 * time.Second):
			t.Error("the sign-in mail waits for others")
		}
		close(free)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

type carrier func(context.Context, post.Mail) error

func (c carrier) Send(ctx context.Context, m post.Mail) error { return c(ctx, m) }
func (carrier) Close() error                                  { return nil }

// TestPrune forgets what is long over, and nothing else.
func TestPrune(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		p := exchangetest.People(t, h.House, "Myriam", "Malik")
		c := exchangetest.Circle(t, h.House, "Atelier", p[0], p[1])
		a := exchangetest.Asked(t, h.House, p[0], c, "Un café ?")
		began(t, h, p[0], c, "Locaux")
		if len(h.digest(t, p[1])) != 1 {
			t.Fatal("no digest")
		}
		left := func() int {
			t.Helper()
			all, err := h.Courier.On(t.Context(), db.Read, a.Ref())
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		for _, want := range []int{1, 0} {
			if err := h.Courier.Prune(t.Context()); err != nil {
				t.Fatal(err)
			}
			if left() != want {
				t.Errorf("%d left, want %d", left(), want)
			}
			h.Clock.Advance(91 * 24 * time.Hour)
		}
	})
}
