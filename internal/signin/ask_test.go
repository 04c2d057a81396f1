package signin_test

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/refusal"
	"cordee/internal/signin"
	"cordee/internal/signin/signintest"
)

func TestAskingTellsNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		persontest.New(t, h.House, "Myriam")
		persontest.Staged(t, h.House, "Old Hand", "old@example.org", id.Circle{1})
		left := persontest.New(t, h.House, "Gone")
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error { return h.People.Leave(ctx, tx, left.ID) })
		type trace struct {
			Links, Limits, Acts int
			Kind, Facts         string
			Actor               journal.Actor
		}
		var known trace
		for i, address := range []string{"myriam@example.org", "nobody@example.org", "old@example.org", "gone@example.org"} {
			before := head(t, h)
			links, limits := count(t, h, "signin_link"), count(t, h, "signin_limit")
			if err := ask(t, h, address); err != nil {
				t.Fatalf("%s: %v", address, err)
			}
			acts, err := h.Journal.Since(t.Context(), before, 10)
			if err != nil || len(acts) != 1 {
				t.Fatalf("%s: %d acts, %v", address, len(acts), err)
			}
			got := trace{
				count(t, h, "signin_link") - links, count(t, h, "signin_limit") - limits, len(acts),
				acts[0].Kind, string(acts[0].Facts), acts[0].Actor,
			}
			if i == 0 {
				known = got
			} else if d := cmp.Diff(known, got); d != "" {
				t.Errorf("%s differs: %s", address, d)
			}
			if n := len(letters(t, h, before)); n != map[bool]int{true: 1}[i == 0] {
				t.Errorf("%s: %d letters", address, n)
			}
		}
		var kept []string
		err := h.DB.Read.NewSelect().Table("signin_link").Column("address").Where("address <> ''").Scan(t.Context(), &kept)
		if err != nil || len(kept) != 1 {
			t.Errorf("kept %v, %v", kept, err)
		}
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		persontest.New(t, h.House, "Myriam")
		for _, address := range []string{"myriam@example.org", "nobody@example.org"} {
			for i := range 5 {
				if err := ask(t, h, address); err != nil {
					t.Fatalf("%s, %d: %v", address, i, err)
				}
			}
			err := ask(t, h, strings.ToUpper(address))
			r, _ := refusal.As(err)
			if r == nil || r.Code != "signin.too_many" || r.Args["Until"] != h.Clock.Now().Add(time.Hour) {
				t.Errorf("%s: %v", address, err)
			}
		}
		h.Clock.Advance(time.Hour)
		if err := ask(t, h, "myriam@example.org"); err != nil {
			t.Errorf("an hour later: %v", err)
		}
		from := func(addr string, i int) error {
			return h.SignIn.AskLink(t.Context(), signintest.Guest(), h.Form(), signin.Ask{
				Address: fmt.Sprintf("a%d@example.org", i), From: netip.MustParseAddr(addr),
			})
		}
		for i := range 30 {
			if err := from(fmt.Sprintf("192.0.2.%d", i), i); err != nil {
				t.Fatal(err)
			}
		}
		if r, _ := refusal.As(from("::ffff:192.0.2.99", 99)); r == nil || r.Code != "signin.too_many" {
			t.Error("a network asks on and on")
		}
		for i := range 40 {
			if err := from("127.0.0.1", 100+i); err != nil {
				t.Fatalf("loopback: %v", err)
			}
		}
		if err := from("198.51.100.1", 200); err != nil {
			t.Errorf("another network: %v", err)
		}
	})
}

type statements struct {
	mu  sync.Mutex
	all []string
}

func (s *statements) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, values.ReplaceAllString(e.Query, "?"))
	return ctx
}

func (s *statements) AfterQuery(context.Context, *bun.QueryEvent) {}

func (s *statements) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.all
	s.all = nil
	return all
}

var values = regexp.MustCompile(`X?'(?:[^']|'')*'(?:::\w+)?|\bNULL\b|\b\d+\b`)

func TestAskingTakesTheSameSteps(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		persontest.New(t, h.House, "Myriam")
		var sent statements
		h.DB.Write.AddQueryHook(&sent) //nolint:staticcheck // the house is open already
		var known []string
		for i, address := range []string{"myriam@example.org", "nobody@example.org"} {
			if err := ask(t, h, address); err != nil {
				t.Fatal(err)
			}
			got := sent.take()
			if i == 0 {
				known = got
			} else if d := cmp.Diff(known, got); d != "" || len(got) < 5 {
				t.Errorf("%d statements; %s", len(got), d)
			}
		}
	})
}

// Somebody joins with an address that isn't theirs and stays signed in, waiting
// for its owner to press the button in the letter.
func TestAFirstProofEndsTheSessionsBefore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		for name, mine := range map[string]bool{"in another browser": false, "where one is signed in": true} {
			address := persontest.Address("Ana " + name)
			p := persontest.Newcomer(t, h.House, person.Newcomer{Name: "Ana", Languages: []lang.Tag{lang.ES}, Address: address})
			other, here := signintest.Enter(t, h, p.ID), signintest.Enter(t, h, p.ID)
			in := signin.SessionID{}
			if mine {
				in = here.Session.ID
			}
			prove := func(address string) {
				t.Helper()
				seq := head(t, h)
				if err := h.SignIn.AskProof(t.Context(), persontest.As(p.ID), h.Form(), person.Mailbox(address)); err != nil {
					t.Fatal(err)
				}
				if err := h.SignIn.Prove(t.Context(), signintest.Guest(), h.Form(), letters(t, h, seq)[0].Token, in); err != nil {
					t.Fatal(err)
				}
			}
			prove(address)
			if alive(t, h, other.Cookie) || alive(t, h, here.Cookie) != mine {
				t.Errorf("%s: open still: the other %v, this one %v", name, alive(t, h, other.Cookie), alive(t, h, here.Cookie))
			}
			// One more address of somebody known ends nothing.
			again := signintest.Enter(t, h, p.ID)
			more := "more." + address
			if err := h.SignIn.AddAddress(t.Context(), persontest.As(p.ID), h.Form(), more); err != nil {
				t.Fatal(err)
			}
			prove(more)
			if !alive(t, h, again.Cookie) {
				t.Errorf("%s: another address ended a session", name)
			}
		}
	})
}

func TestComingInByAClaim(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		p := persontest.Newcomer(t, h.House, person.Newcomer{Name: "Ana", Languages: []lang.Tag{lang.ES}, Address: "ana@example.org"})
		before := signintest.Enter(t, h, p.ID)
		if err := ask(t, h, "ana@example.org"); err != nil {
			t.Fatal(err)
		}
		all := letters(t, h, 0)
		if len(all) != 1 || all[0].To != p.ID {
			t.Fatalf("letters %+v", all)
		}
		in, err := h.SignIn.SignIn(t.Context(), signintest.Guest(), h.Form(), all[0].Token, "")
		if err != nil {
			t.Fatal(err)
		}
		if alive(t, h, before.Cookie) || !alive(t, h, in.Cookie) {
			t.Error("the session from before the proof is still open")
		}
		if _, ok, err := h.People.ByAddress(t.Context(), h.DB.Read, "ana@example.org"); !ok || err != nil {
			t.Errorf("not proved: %v", err)
		}
		// Their claim on another address lets nobody in any more.
		seq := head(t, h)
		if err := h.SignIn.AddAddress(t.Context(), persontest.As(p.ID), h.Form(), "claim@example.org"); err != nil {
			t.Fatal(err)
		}
		if err := ask(t, h, "claim@example.org"); err != nil {
			t.Fatal(err)
		}
		for _, l := range letters(t, h, seq) {
			if l.Purpose == signin.ToSignIn {
				t.Error("a claim lets in somebody who has proved another address")
			}
		}
	})
}

// Who was sent to the sign-in page gets to the page that they wanted, on whatever
// device they open the letter; its path, which may hold a token, is kept sealed.
func TestSigningInLeadsOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		persontest.New(t, h.House, "Myriam")
		for next, want := range map[string]string{
			"/invitations/abc?x=é": "/invitations/abc?x=é", "": "", "/" + strings.Repeat("x", signin.MaxNext): "",
		} {
			seq := head(t, h)
			err := h.SignIn.AskLink(t.Context(), signintest.Guest(), h.Form(), signin.Ask{Address: "myriam@example.org", Next: next})
			if err != nil {
				t.Fatal(err)
			}
			form, token := h.Form(), letters(t, h, seq)[0].Token
			for range 2 { // a double click leads there too
				in, err := h.SignIn.SignIn(t.Context(), signintest.Guest(), form, token, "")
				if err != nil || in.Next != want {
					t.Errorf("%.20q leads to %.20q, %v", next, in.Next, err)
				}
			}
		}
		var readable int
		if err := h.DB.Read.NewRaw("SELECT count(*) FROM signin_link WHERE cast(next AS text) LIKE '%invitations%'").Scan(t.Context(), &readable); err != nil || readable != 0 {
			t.Errorf("%d paths can be read, %v", readable, err)
		}
	})
}
