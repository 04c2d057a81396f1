package circle_test

import (
	"strings"
	"testing"
	"time"

	"cordee/internal/circle"
	"cordee/internal/circle/circletest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread/threadtest"
)

func visitor() journal.By { return journal.By{Actor: journal.Guest("invitation"), Door: journal.Test} }

func (h house) invite(t *testing.T, in circle.InviteInput) circle.Invitation {
	t.Helper()
	in.Circle, in.Words = h.circle.ID, "Je te garde une place."
	sent, err := h.Circles.Invite(t.Context(), persontest.As(h.ines.ID), threadtest.Key(), in)
	if err != nil {
		t.Fatal(err)
	}
	i, err := h.Circles.Invitation(t.Context(), h.DB.Read, h.standing(t, h.ines), sent.Public)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (h house) accept(t *testing.T, by journal.By, a circle.Acceptance) (circle.Joined, string) {
	t.Helper()
	j, err := h.Circles.Accept(t.Context(), by, threadtest.Key(), a)
	return j, code(err)
}

func TestSomebodyNewComesInByTheMailThatCordeeWrote(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx := t.Context()
		i := h.invite(t, circle.InviteInput{Way: circle.ByCordee, Name: "Myriam", Address: "Myriam@Example.org"})
		mail, err := h.Circles.InvitationMail(ctx, db.Read, i.ID)
		if err != nil || mail.Invitation.Address != "Myriam@Example.org" || mail.Invitation.Words != "Je te garde une place." || mail.Circle.ID != h.circle.ID {
			t.Fatal(mail, err)
		}
		w, err := h.Circles.Welcome(ctx, db.Read, id.Person{}, circle.Arrival{Token: mail.Token})
		if err != nil || w.Inviter.Name != "Inès" || !w.Mailed || !w.Asks || w.State != circle.Open || w.Charter.Version != 1 || w.Inside {
			t.Fatalf("%+v, %v", w, err)
		}
		a := circletest.Acceptance(t, h.House, h.circle.ID, mail.Token)
		a.Newcomer = circletest.Newcomer("Myriam")
		for want, change := range map[string]func(*circle.Acceptance){
			"circle.agree_first":     func(a *circle.Acceptance) { a.Agreed = false },
			"circle.charter_changed": func(a *circle.Acceptance) { a.Charter = 7 },
			"circle.missing.why":     func(a *circle.Acceptance) { a.Answers.Why = "" },
			"person.name_missing":    func(a *circle.Acceptance) { a.Newcomer.Name = "" },
			"person.address":         func(a *circle.Acceptance) { a.Newcomer.Address = "myriam" },
			"not_found":              func(a *circle.Acceptance) { a.Token = strings.Repeat("a", 60) },
		} {
			b := a
			change(&b)
			if _, got := h.accept(t, visitor(), b); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		seq := threadtest.Seq(t, h.House.House)
		j, refused := h.accept(t, visitor(), a)
		if refused != "" || !j.New || !j.Proved || j.Slug != "planete-metiers" {
			t.Fatal(j, refused)
		}
		p, ok, err := h.People.ByAddress(ctx, db.Read, "myriam@example.org")
		if err != nil || !ok || p.ID != j.Person {
			t.Errorf("%+v, %v, %v", p, ok, err)
		}
		m, err := h.Circles.Membership(ctx, db.Read, h.circle.ID, j.Person)
		if err != nil || m.Sponsor != h.ines.ID || m.Role != circle.Member || m.Agreed != 1 || m.Invitation != i.ID || m.Means != person.HourAMonth {
			t.Errorf("%+v, %v", m, err)
		}
		if acts, err := h.Journal.Since(ctx, seq, 10); err != nil || acts[len(acts)-1].Kind != circle.ActJoined {
			t.Errorf("%+v, %v", acts, err)
		}
		if _, err := h.Circles.InvitationMail(ctx, db.Read, i.ID); code(err) != "not_found" {
			t.Errorf("a mail for a spent invitation: %v", err)
		}
		a.Newcomer = circletest.Newcomer("Nora")
		if _, got := h.accept(t, visitor(), a); got != "circle.invitation_used" {
			t.Errorf("used twice: %s", got)
		}
	})
}

func TestAnAddressIsProvedOnlyByTheMailThatWentThere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		take := func(token, name string) circle.Joined {
			t.Helper()
			a := circletest.Acceptance(t, h.House, h.circle.ID, token)
			a.Newcomer = circletest.Newcomer(name)
			a.Newcomer.Proved = true // a door can't say so
			j, refused := h.accept(t, visitor(), a)
			if refused != "" {
				t.Fatal(refused)
			}
			return j
		}
		mailed := h.invite(t, circle.InviteInput{Way: circle.ByCordee, Address: "ana@example.org"})
		mail, err := h.Circles.InvitationMail(t.Context(), db.Read, mailed.ID)
		if err != nil {
			t.Fatal(err)
		}
		if j := take(mail.Token, "Beatriz"); j.Proved {
			t.Error("another address than the one that the mail went to")
		}
		linked := h.invite(t, circle.InviteInput{Way: circle.ByCordee, Address: "chloe@example.org"})
		if j := take(h.Circles.LinkToken(linked), "Chloé"); j.Proved {
			t.Error("by the link that the inviter has, to the right address")
		}
		shared := h.invite(t, circle.InviteInput{Way: circle.ByLink})
		if j := take(h.Circles.LinkToken(shared), "Diego"); j.Proved {
			t.Error("by a share link")
		}
		again := h.invite(t, circle.InviteInput{Way: circle.ByLink})
		a := circletest.Acceptance(t, h.House, h.circle.ID, h.Circles.LinkToken(again))
		a.Newcomer = circletest.Newcomer("Inès")
		if _, got := h.accept(t, visitor(), a); got != "circle.address_known" {
			t.Errorf("an address that somebody has proved: %s", got)
		}
	})
}

func TestSomebodyKnownIsAwaitedAndAcceptsSignedIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx := t.Context()
		bo, sacha := h.person(t, "Bo"), h.person(t, "Sacha")
		i := h.invite(t, circle.InviteInput{Way: circle.ByCordee, Address: "bo@example.org"})
		if i.Person != bo.ID {
			t.Fatalf("%+v", i)
		}
		circletest.Check(t, h.House)
		all, err := h.Circles.InvitationsTo(ctx, db.Read, bo.ID)
		if err != nil || len(all) != 1 || all[0].Circle.Name != "Planète Métiers" || all[0].Inviter.Name != "Inès" {
			t.Fatalf("%+v, %v", all, err)
		}
		a := circletest.Acceptance(t, h.House, h.circle.ID, "")
		a.Public = i.Public
		if _, got := h.accept(t, persontest.As(sacha.ID), a); got != "not_found" {
			t.Errorf("somebody else: %s", got)
		}
		if _, got := h.accept(t, visitor(), a); got != "not_found" {
			t.Errorf("nobody: %s", got)
		}
		if j, got := h.accept(t, persontest.As(bo.ID), a); got != "" || j.Person != bo.ID || j.New {
			t.Errorf("%+v, %s", j, got)
		}
		other := h.invite(t, circle.InviteInput{Way: circle.ByLink})
		a = circletest.Acceptance(t, h.House, h.circle.ID, h.Circles.LinkToken(other))
		if _, got := h.accept(t, persontest.As(bo.ID), a); got != "circle.already_member" {
			t.Errorf("in already: %s", got)
		}
		if w, err := h.Circles.Welcome(ctx, db.Read, bo.ID, a.Arrival); err != nil || !w.Inside || w.State != circle.Open {
			t.Errorf("%+v, %v", w, err)
		}
	})
}

func TestSomebodyKnownSaysYesFromTheMailItself(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		bo := h.person(t, "Bo")
		i := h.invite(t, circle.InviteInput{Way: circle.ByCordee, Address: "bo@example.org"})
		mail, err := h.Circles.InvitationMail(t.Context(), db.Read, i.ID)
		if err != nil {
			t.Fatal(err)
		}
		w, err := h.Circles.Welcome(t.Context(), db.Read, id.Person{}, circle.Arrival{Token: mail.Token})
		if err != nil || w.Known.ID != bo.ID || w.Inside {
			t.Errorf("%+v, %v", w, err)
		}
		byHand := circle.Arrival{Token: h.Circles.LinkToken(i)}
		if w, err := h.Circles.Welcome(t.Context(), db.Read, id.Person{}, byHand); err != nil || !w.Known.ID.IsZero() {
			t.Errorf("a link says nothing of who has an account: %+v, %v", w, err)
		}
		a := circletest.Acceptance(t, h.House, h.circle.ID, byHand.Token)
		if _, got := h.accept(t, visitor(), a); got != "person.name_missing" {
			t.Errorf("by a link nobody is known: %s", got)
		}
		a.Token = mail.Token
		if j, got := h.accept(t, visitor(), a); got != "" || j.Person != bo.ID || j.New {
			t.Errorf("%+v, %s", j, got)
		}
	})
}

func TestACircleIsFullAtAHundredAndFifty(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		token := circletest.Link(t, h.House, h.circle, h.ines.ID)
		members := func(n int) {
			if _, err := db.Write.NewRaw("UPDATE circle SET members = ?", n).Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		members(circle.MaxMembers)
		if _, got := h.accept(t, persontest.As(h.person(t, "Bo").ID), circletest.Acceptance(t, h.House, h.circle.ID, token)); got != "circle.full" {
			t.Errorf("%s", got)
		}
		members(1)
	})
}

func TestJoiningByAnotherWayEndsWhatElseIsOpen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		bo := h.person(t, "Bo")
		i := h.invite(t, circle.InviteInput{Way: circle.ByCordee, Address: "bo@example.org"})
		circletest.Member(t, h.House, h.circle, bo)
		if all, err := h.Circles.InvitationsTo(t.Context(), db.Read, bo.ID); err != nil || len(all) != 0 {
			t.Errorf("%+v, %v", all, err)
		}
		if err := h.Circles.Revoke(t.Context(), persontest.As(h.ines.ID), threadtest.Key(), i.ID); code(err) != "circle.invitation_used" {
			t.Errorf("%v", err)
		}
	})
}

func TestWhomAnInvitationIsFor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		bo, sacha := h.member(t, "Bo"), h.person(t, "Sacha")
		other := circletest.Founded(t, h.House, bo, "Un autre cercle")
		circletest.Member(t, h.House, other, sacha)
		invite := func(who person.Person, in circle.InviteInput) string {
			if in.Circle.IsZero() {
				in.Circle = h.circle.ID
			}
			_, err := h.Circles.Invite(t.Context(), persontest.As(who.ID), threadtest.Key(), in)
			return code(err)
		}
		for _, c := range []struct {
			what string
			who  person.Person
			in   circle.InviteInput
			want string
		}{
			{"without words", bo, circle.InviteInput{Way: circle.ByLink}, "circle.missing.words"},
			{"by no way", bo, circle.InviteInput{Way: "pigeon", Words: "x"}, "circle.choice"},
			{"a group's way", bo, circle.InviteInput{Way: circle.ByGroup, Words: "x"}, "circle.choice"},
			{"by Cordée to nowhere", bo, circle.InviteInput{Way: circle.ByCordee, Words: "x"}, "person.address"},
			{"a member's address", bo, circle.InviteInput{Way: circle.ByCordee, Words: "x", Address: "ines@example.org"}, "circle.address_in_circle"},
			{"a member", bo, circle.InviteInput{Way: circle.ByCordee, Words: "x", Person: h.ines.ID}, "circle.already_member"},
			{"a stranger by id", h.ines, circle.InviteInput{Way: circle.ByCordee, Words: "x", Person: sacha.ID}, "not_found"},
			{"somebody of another circle", bo, circle.InviteInput{Way: circle.ByCordee, Words: "x", Person: sacha.ID}, ""},
			{"a first time", bo, circle.InviteInput{Way: circle.ByMailto, Words: "x", Address: "zoe@example.org"}, ""},
			{"a second time", h.ines, circle.InviteInput{Way: circle.ByCordee, Words: "x", Address: "ZOE@example.org"}, "circle.already_invited"},
			{"by a stranger", sacha, circle.InviteInput{Way: circle.ByLink, Words: "x"}, "not_found"},
		} {
			if got := invite(c.who, c.in); got != c.want {
				t.Errorf("%s: %q, want %q", c.what, got, c.want)
			}
		}
	})
}

func TestRevokingDecliningAndRunningOut(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx := t.Context()
		bo, chloe := h.member(t, "Bo"), h.member(t, "Chloé")
		sacha := h.person(t, "Sacha")
		i := h.invite(t, circle.InviteInput{Way: circle.ByCordee, Address: "sacha@example.org"})
		revoke := func(who person.Person) string {
			return code(h.Circles.Revoke(ctx, persontest.As(who.ID), threadtest.Key(), i.ID))
		}
		if got := revoke(chloe); got != "not_found" {
			t.Errorf("neither host nor inviter: %s", got)
		}
		if got := revoke(h.ines); got != "" {
			t.Errorf("the inviter: %s", got)
		}
		a := circletest.Acceptance(t, h.House, h.circle.ID, "")
		a.Public = i.Public
		if _, got := h.accept(t, persontest.As(sacha.ID), a); got != "circle.invitation_revoked" {
			t.Errorf("revoked: %s", got)
		}

		i = h.invite(t, circle.InviteInput{Way: circle.ByCordee, Address: "sacha@example.org"})
		a.Public = i.Public
		if err := h.Circles.Decline(ctx, persontest.As(sacha.ID), threadtest.Key(), a.Arrival); err != nil {
			t.Fatal(err)
		}
		if _, got := h.accept(t, persontest.As(sacha.ID), a); got != "circle.invitation_declined" {
			t.Errorf("declined: %s", got)
		}
		if w, err := h.Circles.Welcome(ctx, db.Read, sacha.ID, a.Arrival); err != nil || w.State != circle.Declined {
			t.Errorf("its page still says who invited: %+v, %v", w, err)
		}

		i = h.invite(t, circle.InviteInput{Way: circle.ByCordee, Address: "sacha@example.org"})
		token := h.Circles.LinkToken(i)
		h.Clock.Advance(30 * 24 * time.Hour)
		a.Public, a.Token = "", token
		if _, got := h.accept(t, persontest.As(sacha.ID), a); got != "circle.invitation_expired" {
			t.Errorf("expired: %s", got)
		}
		for want := range 2 {
			if n, err := h.Circles.Lapse(ctx); err != nil || n != 1-want {
				t.Errorf("lapsed %d, %v", n, err)
			}
		}
		if all, err := h.Circles.InvitationsTo(ctx, db.Read, sacha.ID); err != nil || len(all) != 0 {
			t.Errorf("%+v, %v", all, err)
		}
		if _, _, err := h.Circles.Invitations(ctx, db.Read, h.standing(t, bo), h.circle.ID, ""); err != nil {
			t.Error(err)
		}
	})
}

func TestAGroupIsInvitedLineByLine(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx := t.Context()
		bo, sacha := h.member(t, "Bo"), h.person(t, "Sacha")
		h.invite(t, circle.InviteInput{Way: circle.ByMailto, Address: "deja@example.org"})
		in := circle.GroupInput{Circle: h.circle.ID, Words: "Notre liste vient ici.", Addresses: strings.Join([]string{
			"Ana <ana@example.org>", "bo@example.org", "rien", "ana@example.org", "deja@example.org", "sacha@example.org",
		}, "\n")}
		if _, err := h.Circles.InviteGroup(ctx, persontest.As(bo.ID), threadtest.Key(), in); code(err) != "circle.hosts_only" {
			t.Errorf("a member: %v", err)
		}
		key := threadtest.Key()
		seq := threadtest.Seq(t, h.House.House)
		for range 2 { // a double click answers the same
			lines, err := h.Circles.InviteGroup(ctx, persontest.As(h.ines.ID), key, in)
			if err != nil {
				t.Fatal(err)
			}
			want := []circle.Outcome{circle.Invited, circle.AlreadyIn, circle.NotAnAddress, circle.Double, circle.AlreadyOpen, circle.Invited}
			for n, l := range lines {
				if l.Outcome != want[n] || l.Number != n+1 || l.Text == "" {
					t.Errorf("%+v, want %s", l, want[n])
				}
			}
		}
		if kinds := threadtest.Kinds(t, h.House.House, seq); len(kinds) != 2 {
			t.Errorf("acts: %v", kinds)
		}
		all, err := h.Circles.InvitationsTo(ctx, db.Read, sacha.ID)
		if err != nil || len(all) != 1 || all[0].Asks {
			t.Fatalf("%+v, %v", all, err)
		}
		a := circle.Acceptance{Arrival: circle.Arrival{Public: all[0].Invitation.Public}, Charter: 1, Agreed: true}
		if _, got := h.accept(t, persontest.As(sacha.ID), a); got != "" {
			t.Errorf("for people of an existing group the yes is enough: %s", got)
		}
		if _, err := h.Circles.InviteGroup(ctx, persontest.As(h.ines.ID), threadtest.Key(), circle.GroupInput{Circle: h.circle.ID, Words: "x", Addresses: " \n"}); code(err) != "circle.nobody_to_invite" {
			t.Errorf("%v", err)
		}
	})
}

func TestAGroupsLinkHasSeatsAndFourteenDays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx := t.Context()
		link := func(seats int) (circle.Sent, error) {
			return h.Circles.GroupLink(ctx, persontest.As(h.ines.ID), threadtest.Key(), circle.LinkInput{Circle: h.circle.ID, Seats: seats, Words: "Pour le groupe."})
		}
		for _, seats := range []int{0, -1, 151} {
			if _, err := link(seats); code(err) != "circle.seats" {
				t.Errorf("%d seats: %v", seats, err)
			}
		}
		sent, err := link(2)
		if err != nil {
			t.Fatal(err)
		}
		token := circletest.Token(t, h.House, h.circle, h.ines.ID, sent.Public)
		a := circletest.Acceptance(t, h.House, h.circle.ID, token)
		a.Answers = circle.Answers{}
		for _, name := range []string{"Ana", "Bo"} {
			a.Newcomer = circletest.Newcomer(name)
			if _, got := h.accept(t, visitor(), a); got != "" {
				t.Errorf("%s: %s", name, got)
			}
		}
		a.Newcomer = circletest.Newcomer("Chloé")
		if _, got := h.accept(t, visitor(), a); got != "circle.invitation_full" {
			t.Errorf("a third: %s", got)
		}
		if err := h.Circles.Decline(ctx, visitor(), threadtest.Key(), a.Arrival); code(err) != "not_found" {
			t.Errorf("one can't decline for a group: %v", err)
		}
		if c := h.again(t); c.Stage != circle.Active || c.Members != 3 {
			t.Errorf("%+v", c)
		}
		sent, err = link(1)
		if err != nil {
			t.Fatal(err)
		}
		a.Token = circletest.Token(t, h.House, h.circle, h.ines.ID, sent.Public)
		h.Clock.Advance(14 * 24 * time.Hour)
		if _, got := h.accept(t, visitor(), a); got != "circle.invitation_expired" {
			t.Errorf("after a fortnight: %s", got)
		}
	})
}

func TestActsHoldNoWordsNoAddressesNoTokens(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		i := h.invite(t, circle.InviteInput{Way: circle.ByCordee, Name: "Zoé", Address: "zoe@example.org"})
		mail, err := h.Circles.InvitationMail(t.Context(), db.Read, i.ID)
		if err != nil {
			t.Fatal(err)
		}
		a := circletest.Acceptance(t, h.House, h.circle.ID, mail.Token)
		a.Newcomer = circletest.Newcomer("Zoé")
		if _, got := h.accept(t, visitor(), a); got != "" {
			t.Fatal(got)
		}
		var all []string
		if err := db.Read.NewRaw("SELECT facts FROM journal_act UNION ALL SELECT result FROM journal_once").Scan(t.Context(), &all); err != nil {
			t.Fatal(err)
		}
		for _, facts := range all {
			for _, secret := range []string{"zoe@", "Zoé", "place", mail.Token, "relus"} {
				if strings.Contains(facts, secret) {
					t.Errorf("%s holds %q", facts, secret)
				}
			}
		}
	})
}
