package signin_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/refusal"
	"cordee/internal/signin"
	"cordee/internal/signin/signintest"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

func each(t *testing.T, f func(t *testing.T, h *signintest.House)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { f(t, signintest.Open(t, db, thingActs())) })
}

func thingActs() []journal.Kind {
	return []journal.Kind{{Name: "thing.moved", Object: "thing", Doc: "a thing was moved"}}
}

// letters are what the courier would send of the acts after seq.
func letters(t *testing.T, h *signintest.House, seq int64) []signin.Letter {
	t.Helper()
	acts, err := h.Journal.Since(t.Context(), seq, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var all []signin.Letter
	for _, a := range acts {
		if a.Kind != signin.ActLinkAsked && a.Kind != signin.ActProofAsked {
			continue
		}
		l, err := h.SignIn.Letter(t.Context(), signin.LinkID(a.Ref.ID))
		if err == nil {
			all = append(all, l)
		} else if !errors.Is(err, signin.ErrNoLetter) {
			t.Fatal(err)
		}
	}
	return all
}

func head(t *testing.T, h *signintest.House) int64 {
	t.Helper()
	seq, err := h.Journal.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func ask(t *testing.T, h *signintest.House, address string) error {
	t.Helper()
	return h.SignIn.AskLink(t.Context(), signintest.Guest(), h.Form(), signin.Ask{Address: address, Language: lang.EN})
}

func alive(t *testing.T, h *signintest.House, cookie string) bool {
	t.Helper()
	_, err := h.SignIn.Lookup(t.Context(), cookie)
	if err != nil && !errors.Is(err, signin.ErrSignIn()) {
		t.Fatal(err)
	}
	return err == nil
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		p := persontest.New(t, h.House, "Myriam")
		if err := ask(t, h, " MYRIAM@example.org "); err != nil {
			t.Fatal(err)
		}
		all := letters(t, h, 0)
		if len(all) != 1 {
			t.Fatalf("%d letters", len(all))
		}
		letter := all[0]
		if letter.Address != "myriam@example.org" || letter.Lang != lang.FR || letter.Name != "Myriam" || letter.To != p.ID ||
			letter.Purpose != signin.ToSignIn || letter.Zone.String() != "Europe/Paris" {
			t.Errorf("letter %+v", letter)
		}
		if again := letters(t, h, 0); again[0].Token != letter.Token {
			t.Error("the same letter carries another token")
		}
		for range 3 { // a scanner, twice, then the person
			shown, err := h.SignIn.ShowSignIn(t.Context(), letter.Token)
			if err != nil || shown.Person != p.Card() || shown.Address != "myriam@example.org" {
				t.Fatalf("shown %+v, %v", shown, err)
			}
		}
		form := h.Form()
		in, err := h.SignIn.SignIn(t.Context(), signintest.Guest(), form, letter.Token, "Firefox/150 Linux")
		if err != nil {
			t.Fatal(err)
		}
		s, err := h.SignIn.Lookup(t.Context(), in.Cookie)
		if d := cmp.Diff(in.Session, s); d != "" || err != nil || s.Person != p.ID || s.Device != "Firefox · Linux" {
			t.Errorf("%v, %v %+v", d, err, s)
		}
		if in.Person.ID != p.ID || len(in.Cookie) != 43 {
			t.Errorf("entered %+v", in)
		}
		// A double click: one session, two good cookies.
		twice, err := h.SignIn.SignIn(t.Context(), signintest.Guest(), form, letter.Token, "Firefox/150 Linux")
		if err != nil || twice.Session.ID != in.Session.ID || twice.Cookie == in.Cookie || !alive(t, h, in.Cookie) || !alive(t, h, twice.Cookie) {
			t.Errorf("sent twice: %+v, %v", twice, err)
		}
		h.Clock.Advance(3 * time.Minute)
		if _, err := h.SignIn.SignIn(t.Context(), signintest.Guest(), form, letter.Token, ""); !errors.Is(err, signin.ErrLinkUsed()) {
			t.Errorf("sent again much later: %v", err)
		}
		if _, err := h.SignIn.SignIn(t.Context(), signintest.Guest(), h.Form(), letter.Token, ""); !errors.Is(err, signin.ErrLinkUsed()) {
			t.Errorf("used twice: %v", err)
		}
		shown, err := h.SignIn.ShowSignIn(t.Context(), letter.Token)
		if !errors.Is(err, signin.ErrLinkUsed()) || shown.Person.Name != "Myriam" {
			t.Errorf("a used link shows %+v, %v", shown, err)
		}
		if len(letters(t, h, 0)) != 0 {
			t.Error("a used link is mailed again")
		}
		acts, err := h.Journal.ActsOn(t.Context(), journal.RefTo(signin.ObjectSession, in.Session.ID))
		if err != nil || len(acts) != 1 || acts[0].Kind != signin.ActSignedIn || acts[0].Person != p.ID {
			t.Errorf("acts %+v, %v", acts, err)
		}
	})
}

func TestLinksThatDontOpen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		persontest.New(t, h.House, "Myriam")
		if err := ask(t, h, "myriam@example.org"); err != nil {
			t.Fatal(err)
		}
		token := letters(t, h, 0)[0].Token
		for name, forged := range map[string]string{
			"empty": "", "cut": token[:50], "changed": "a" + token[1:], "nonsense": strings.Repeat("z", len(token)),
			"another purpose": h.Keys.Token("signin.move", id.Any(signin.LinkID{1}), h.Clock.Now().Add(time.Hour)),
			"no such row":     h.Keys.Token("signin.sign-in", id.Any{1}, h.Clock.Now().Add(time.Hour)),
		} {
			if forged == token {
				continue
			}
			if _, err := h.SignIn.SignIn(t.Context(), signintest.Guest(), h.Form(), forged, ""); !errors.Is(err, signin.ErrLinkWrong()) {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := h.SignIn.ShowSignIn(t.Context(), forged); !errors.Is(err, signin.ErrLinkWrong()) {
				t.Errorf("%s, shown: %v", name, err)
			}
		}
		if err := h.SignIn.Prove(t.Context(), signintest.Guest(), h.Form(), token, signin.SessionID{}); !errors.Is(err, signin.ErrLinkWrong()) {
			t.Errorf("a sign-in link proves an address: %v", err)
		}
		h.Clock.Advance(signin.SignInLife)
		if _, err := h.SignIn.SignIn(t.Context(), signintest.Guest(), h.Form(), token, ""); !errors.Is(err, signin.ErrLinkExpired()) {
			t.Errorf("too late: %v", err)
		}
		for _, cookie := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("é", 30)} {
			if alive(t, h, cookie) {
				t.Errorf("cookie %q opens", cookie)
			}
		}
	})
}

// Whoever asks learns nothing: same answer, same rows, same acts, same statements.
func count(t *testing.T, h *signintest.House, table string) int {
	t.Helper()
	n, err := h.DB.Read.NewSelect().Table(table).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

func TestProvingAnAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		p := persontest.New(t, h.House, "Myriam")
		as := persontest.As(p.ID)
		if err := h.SignIn.AddAddress(t.Context(), as, h.Form(), "Work@example.com"); err != nil {
			t.Fatal(err)
		}
		if err := h.SignIn.AskProof(t.Context(), as, h.Form(), "work@example.com"); err != nil {
			t.Fatal(err)
		}
		all := letters(t, h, 0)
		if len(all) != 2 || all[0].Address != "Work@example.com" || all[0].Purpose != signin.ToProve {
			t.Fatalf("letters %+v", all)
		}
		if shown, err := h.SignIn.ShowProof(t.Context(), all[0].Token); err != nil || shown.Address != "Work@example.com" {
			t.Errorf("shown %+v, %v", shown, err)
		}
		form := h.Form()
		for range 2 {
			if err := h.SignIn.Prove(t.Context(), signintest.Guest(), form, all[0].Token, signin.SessionID{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.SignIn.Prove(t.Context(), signintest.Guest(), h.Form(), all[0].Token, signin.SessionID{}); !errors.Is(err, signin.ErrLinkUsed()) {
			t.Errorf("used twice: %v", err)
		}
		if err := h.SignIn.Prove(t.Context(), signintest.Guest(), h.Form(), all[1].Token, signin.SessionID{}); err != nil {
			t.Errorf("the other letter: %v", err)
		}
		if got, ok, err := h.People.ByAddress(t.Context(), h.DB.Read, "work@example.com"); !ok || err != nil || got.ID != p.ID {
			t.Errorf("proved: %v, %v", ok, err)
		}
		if err := h.SignIn.AskProof(t.Context(), as, h.Form(), "elsewhere@example.com"); !errors.Is(err, refusal.ErrNotFound()) {
			t.Errorf("not my address: %v", err)
		}
		// Taken away before the letter is opened.
		if err := h.SignIn.AddAddress(t.Context(), as, h.Form(), "old@example.com"); err != nil {
			t.Fatal(err)
		}
		last := letters(t, h, 0)
		if err := h.People.RemoveAddress(t.Context(), as, h.Form(), "old@example.com"); err != nil {
			t.Fatal(err)
		}
		if err := h.SignIn.Prove(t.Context(), signintest.Guest(), h.Form(), last[len(last)-1].Token, signin.SessionID{}); !errors.Is(err, person.ErrAddressWaits()) {
			t.Errorf("proved what was taken away: %v", err)
		}
	})
}

// Somebody joined by a share link and never proved their address: a sign-in link
// there proves it, and ends what was open before.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		p, other := persontest.New(t, h.House, "Myriam"), persontest.New(t, h.House, "Ana")
		a, b, c := signintest.Enter(t, h, p.ID), signintest.Enter(t, h, p.ID), signintest.Enter(t, h, p.ID)
		foreign := signintest.Enter(t, h, other.ID)
		as := persontest.As(p.ID)
		if err := h.SignIn.End(t.Context(), persontest.As(other.ID), h.Form(), a.Session.Public); !errors.Is(err, refusal.ErrNotFound()) {
			t.Errorf("somebody else's: %v", err)
		}
		for range 2 {
			if err := h.SignIn.End(t.Context(), as, h.Form(), a.Session.Public); err != nil {
				t.Fatal(err)
			}
		}
		if alive(t, h, a.Cookie) || !alive(t, h, b.Cookie) {
			t.Error("the wrong one ended")
		}
		if all, err := h.SignIn.Devices(t.Context(), p.ID); err != nil || len(all) != 2 {
			t.Errorf("devices %+v, %v", all, err)
		}
		if err := h.SignIn.EndOthers(t.Context(), as, h.Form(), c.Session.ID); err != nil {
			t.Fatal(err)
		}
		if alive(t, h, b.Cookie) || !alive(t, h, c.Cookie) || !alive(t, h, foreign.Cookie) {
			t.Error("others: the wrong ones ended")
		}
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error {
			if err := h.People.Leave(ctx, tx, p.ID); err != nil {
				return err
			}
			return h.SignIn.EndAll(ctx, tx, p.ID)
		})
		if alive(t, h, c.Cookie) || !alive(t, h, foreign.Cookie) {
			t.Error("who leaves stays signed in")
		}
		h.Do(t, func(ctx context.Context, tx *journal.Tx) error { return h.People.Leave(ctx, tx, other.ID) })
		if alive(t, h, foreign.Cookie) {
			t.Error("a former person's session opens, though nobody ended it")
		}
		if _, err := h.SignIn.LinkFor(t.Context(), persontest.Outside(), p.ID); !errors.Is(err, person.ErrNotActive()) {
			t.Errorf("a link for a former person: %v", err)
		}
	})
}

func TestLastSeen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		in := signintest.Enter(t, h, persontest.New(t, h.House, "Myriam").ID)
		seen := func() time.Time {
			t.Helper()
			if err := h.SignIn.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			all, err := h.SignIn.Devices(t.Context(), in.Session.Person)
			if err != nil || len(all) != 1 {
				t.Fatalf("devices %+v, %v", all, err)
			}
			return all[0].SeenAt
		}
		start, seq := h.Clock.Now(), head(t, h)
		h.Clock.Advance(59 * time.Minute)
		alive(t, h, in.Cookie)
		if got := seen(); !got.Equal(start) {
			t.Errorf("written within the hour: %v", got)
		}
		h.Clock.Advance(time.Minute)
		alive(t, h, in.Cookie)
		if got := seen(); !got.Equal(start.Add(time.Hour)) {
			t.Errorf("seen %v", got)
		}
		for range 29 { // used, it lives on …
			h.Clock.Advance(6 * 24 * time.Hour)
			if !alive(t, h, in.Cookie) {
				t.Fatal("ended while used")
			}
			seen()
		}
		h.Clock.Advance(6 * 24 * time.Hour) // … until the 180th day
		if alive(t, h, in.Cookie) {
			t.Error("no end")
		}
		if head(t, h) != seq {
			t.Error("looking wrote acts")
		}
	})
}

func TestMoves(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		p, other := persontest.New(t, h.House, "Myriam"), persontest.New(t, h.House, "Ana")
		ref := journal.RefTo("thing", id.Any{15: 1})
		token := signintest.Move(t, h, p.ID, ref, "agree")
		if again := signintest.Move(t, h, p.ID, ref, "agree"); again != token {
			t.Error("a mail written twice carries another link")
		}
		if signintest.Move(t, h, p.ID, ref, "decline") == token || signintest.Move(t, h, other.ID, ref, "agree") == token {
			t.Error("two moves share a link")
		}
		peek, err := h.SignIn.PeekMove(t.Context(), token)
		if err != nil || peek.Person != p.ID || peek.Ref != ref || peek.Move != "agree" {
			t.Fatalf("peek %+v, %v", peek, err)
		}
		move := func(by journal.By, key journal.Key, refuse error) (journal.Receipt, error) {
			key.Also = h.SignIn.SpendMove(token)
			return h.Journal.Do(t.Context(), by, key, func(_ context.Context, tx *journal.Tx) error {
				tx.Act("thing.moved", ref, nil)
				return refuse
			})
		}
		if _, err := move(persontest.As(other.ID), h.Form(), nil); !errors.Is(err, signin.ErrLinkWrong()) {
			t.Errorf("somebody else's link: %v", err)
		}
		if _, err := move(persontest.As(p.ID), h.Form(), refusal.New(refusal.Conflict, "thing.no")); err == nil {
			t.Error("not refused")
		}
		if _, err := h.SignIn.PeekMove(t.Context(), token); err != nil {
			t.Errorf("a refused move spends the link: %v", err)
		}
		form := h.Form()
		for i := range 2 {
			if receipt, err := move(persontest.As(p.ID), form, nil); err != nil || receipt.Repeat != (i == 1) {
				t.Fatalf("%+v, %v", receipt, err)
			}
		}
		if _, err := move(persontest.As(p.ID), h.Form(), nil); !errors.Is(err, signin.ErrLinkUsed()) {
			t.Errorf("used twice: %v", err)
		}
		if peek, err := h.SignIn.PeekMove(t.Context(), token); !errors.Is(err, signin.ErrLinkUsed()) || peek.Ref != ref || peek.UsedAt.IsZero() {
			t.Errorf("a used link tells %+v, %v", peek, err)
		}
		if alive(t, h, token) {
			t.Error("a move link is a cookie")
		}
		fresh := signintest.Move(t, h, p.ID, ref, "agree")
		if fresh == token {
			t.Error("a used link is given again")
		}
		h.Clock.Advance(signin.MoveLife)
		if _, err := h.SignIn.PeekMove(t.Context(), fresh); !errors.Is(err, signin.ErrLinkExpired()) {
			t.Errorf("too late: %v", err)
		}
	})
}

func TestPrune(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		p := persontest.New(t, h.House, "Myriam")
		old := signintest.Enter(t, h, p.ID)
		if err := ask(t, h, "myriam@example.org"); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(100 * 24 * time.Hour)
		in := signintest.Enter(t, h, p.ID)
		if err := h.SignIn.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if alive(t, h, old.Cookie) || !alive(t, h, in.Cookie) {
			t.Error("the wrong session was forgotten")
		}
		got := map[string]int{}
		for _, table := range []string{"signin_link", "signin_session", "signin_cookie", "signin_limit"} {
			got[table] = count(t, h, table)
		}
		if d := cmp.Diff(map[string]int{"signin_link": 1, "signin_session": 1, "signin_cookie": 1, "signin_limit": 0}, got); d != "" {
			t.Error(d)
		}
	})
}

func TestTwoSpendOneLinkAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		p := persontest.New(t, h.House, "Myriam")
		token, err := h.SignIn.LinkFor(t.Context(), persontest.Outside(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = h.SignIn.SignIn(t.Context(), signintest.Guest(), h.Form(), token, "")
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, signin.ErrLinkUsed()) {
				t.Error(err)
			}
		}
		if won != 1 || count(t, h, "signin_session") != 1 {
			t.Errorf("%d came in", won)
		}
	})
}

// One form sent eight times at once opens one session, and each answer is good.
func TestOneFormAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		p := persontest.New(t, h.House, "Myriam")
		token, err := h.SignIn.LinkFor(t.Context(), persontest.Outside(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		form := h.Form()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				in, err := h.SignIn.SignIn(t.Context(), signintest.Guest(), form, token, "")
				if err != nil || !alive(t, h, in.Cookie) {
					t.Errorf("entered %+v, %v", in, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, h, "signin_session"); n != 1 {
			t.Errorf("%d sessions", n)
		}
	})
}

// statements records what is sent to the database, without the values.
// Asking takes the same work whether anybody has the address or not.
