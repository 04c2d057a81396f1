package circle_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cordee/internal/circle"
	"cordee/internal/circle/circletest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/refusal"
	"cordee/internal/server"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
	"cordee/internal/thread/threadtest"
)

func code(err error) string {
	if r, ok := refusal.As(err); ok {
		return r.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// house is a house with a circle of one.
type house struct {
	*circletest.House
	ines   person.Person
	circle circle.Circle
}

func newHouse(t *testing.T, db *store.DB) house {
	t.Helper()
	h := circletest.Open(t, db)
	t.Cleanup(func() {
		if !t.Failed() {
			circletest.Check(t, h)
		}
	})
	ines := persontest.New(t, h.House.House, "Inès")
	return house{House: h, ines: ines, circle: circletest.Founded(t, h, ines, "Planète Métiers")}
}

func (h house) person(t *testing.T, name string) person.Person {
	t.Helper()
	return persontest.New(t, h.House.House.House, name)
}

func (h house) member(t *testing.T, name string) person.Person {
	t.Helper()
	p := h.person(t, name)
	circletest.Member(t, h.House, h.circle, p)
	return p
}

func (h house) again(t *testing.T) circle.Circle {
	t.Helper()
	return circletest.Again(t, h.House, h.circle.ID)
}

func (h house) standing(t *testing.T, p person.Person) circle.Standing {
	t.Helper()
	return circletest.Standing(t, h.House, p.ID)
}

func (h house) page(t *testing.T, p person.Person) circle.Page {
	t.Helper()
	page, err := h.Circles.Page(t.Context(), h.DB.Read, h.standing(t, p), h.again(t).Slug)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestAFoundedCircleIsInGestationWithItsFounderAsHost(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		c := h.circle
		if c.Stage != circle.Gestation || c.Slug != "planete-metiers" || c.Charter != 1 || c.Members != 1 || !c.Claimed || !c.SaysTu() {
			t.Errorf("%+v", c)
		}
		page := h.page(t, h.ines)
		if len(page.Members) != 1 || page.Mine.Role != circle.Host || page.Mine.Agreed != 1 || page.Members[0].Card.Name != "Inès" {
			t.Errorf("%+v", page)
		}
		if page.Charter.Words != "Nous nous entraidons sans compter." || page.Mine.Means != person.FewHours || len(page.Hosts()) != 1 {
			t.Errorf("%+v", page)
		}
		second := circletest.Founded(t, h.House, h.ines, "Planète Métiers")
		if second.Slug != "planete-metiers-2" {
			t.Errorf("the second is %s", second.Slug)
		}
		f := circletest.Founding("Une autre")
		f.Slug = "Planète métiers"
		if _, err := h.Circles.Found(t.Context(), persontest.As(h.ines.ID), threadtest.Key(), f); code(err) != "circle.slug_taken" {
			t.Errorf("%v", err)
		}
	})
}

func TestWhoMayFound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		bo := h.member(t, "Bo")
		sacha := h.person(t, "Sacha")
		found := func(who person.Person, parent id.Circle) string {
			f := circletest.Founding("Né de Planète")
			f.Parent = parent
			_, err := h.Circles.Found(t.Context(), persontest.As(who.ID), threadtest.Key(), f)
			return code(err)
		}
		for _, c := range []struct {
			who    server.Founding
			person person.Person
			parent id.Circle
			want   string
		}{
			{server.Nobody, h.ines, h.circle.ID, "circle.may_not_found"},
			{server.Hosts, h.ines, h.circle.ID, ""},
			{server.Hosts, bo, h.circle.ID, "circle.may_not_found"},
			{server.Hosts, sacha, id.Circle{}, "circle.may_not_found"},
			{server.Everybody, bo, h.circle.ID, ""},
			{server.Everybody, sacha, id.Circle{}, ""},
			{server.Everybody, sacha, h.circle.ID, "not_found"},
		} {
			circletest.MayFound(t, h.House, c.who)
			if got := found(c.person, c.parent); got != c.want {
				t.Errorf("%s, %s, parent %v: %q, want %q", c.who, c.person.Name, !c.parent.IsZero(), got, c.want)
			}
		}
		page := h.page(t, h.ines)
		if len(page.Born) != 2 {
			t.Errorf("born of it: %+v", page.Born)
		}
		if _, err := h.Circles.Found(t.Context(), journal.By{Actor: journal.Guest("x"), Door: journal.Test}, threadtest.Key(), circletest.Founding("x y z")); code(err) != "sign_in" {
			t.Errorf("a guest: %v", err)
		}
	})
}

func TestSetUpMakesThePersonTheOperatorAndTheCircle(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := circletest.Open(t, db)
		ctx := t.Context()
		token, err := h.Server.SetUpToken(ctx)
		if err != nil {
			t.Fatal(err)
		}
		visitor := journal.By{Actor: journal.Guest("setup"), Door: journal.Test}
		in := circle.SetUp{Token: "forged", Newcomer: circletest.Newcomer("Aurore"), Founding: circletest.Founding("Le premier")}
		if _, err := h.Circles.SetUp(ctx, visitor, threadtest.Key(), in); code(err) == "" {
			t.Error("a forged link set the server up")
		}
		in.Token = token
		made, err := h.Circles.SetUp(ctx, visitor, threadtest.Key(), in)
		if err != nil {
			t.Fatal(err)
		}
		s := circletest.Standing(t, h, made.Person)
		if !s.Operator || !s.Host(made.Circle) || made.Slug != "le-premier" {
			t.Errorf("%+v, %+v", s, made)
		}
		if _, ok, err := h.People.ByAddress(ctx, db.Read, "aurore@example.org"); err != nil || !ok {
			t.Errorf("the terminal vouched for the address: %v, %v", ok, err)
		}
		if _, err := h.Circles.SetUp(ctx, visitor, threadtest.Key(), in); code(err) == "" {
			t.Error("the link worked twice")
		}
		circletest.Check(t, h)
	})
}

func TestACircleOfAnArchiveWaitsToBeClaimed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := circletest.Open(t, db)
		ctx := t.Context()
		past := func(slug string) (c circle.Circle, made bool) {
			h.Do(t, func(ctx context.Context, tx *journal.Tx) (err error) {
				c, made, err = h.Circles.FoundPast(ctx, tx, slug, "Liste d’entraide", lang.FR)
				return err
			})
			return c, made
		}
		c, made := past("entraide")
		again, twice := past("Entraide")
		if !made || twice || again.ID != c.ID || c.Claimed || c.Members != 0 {
			t.Fatalf("%+v, %v, %v", c, made, twice)
		}
		waiting, err := h.Circles.Unclaimed(ctx, db.Read)
		if err != nil || len(waiting) != 1 {
			t.Fatal(waiting, err)
		}
		token, err := h.Server.SetUpToken(ctx)
		if err != nil {
			t.Fatal(err)
		}
		in := circle.SetUp{Token: token, Newcomer: circletest.Newcomer("Aurore"), Founding: circletest.Founding("Entraide"), Claim: c.ID}
		done, err := h.Circles.SetUp(ctx, journal.By{Actor: journal.Guest("setup"), Door: journal.Test}, threadtest.Key(), in)
		if err != nil || done.Circle != c.ID || done.Slug != "entraide" {
			t.Fatal(done, err)
		}
		if s := circletest.Standing(t, h, done.Person); !s.Host(c.ID) {
			t.Errorf("%+v", s)
		}
		other, _ := past("autre-liste")
		claim := func(who id.Person, c id.Circle) string {
			_, err := h.Circles.Claim(ctx, persontest.As(who), threadtest.Key(), c, circletest.Founding("Autre"))
			return code(err)
		}
		sacha := persontest.New(t, h.House.House, "Sacha")
		if got := claim(sacha.ID, other.ID); got != "not_found" {
			t.Errorf("no operator: %s", got)
		}
		if got := claim(done.Person, other.ID); got != "" {
			t.Errorf("the operator: %s", got)
		}
		if got := claim(done.Person, other.ID); got != "circle.claimed" {
			t.Errorf("twice: %s", got)
		}
		circletest.Check(t, h)
	})
}

func TestAChangeOfMeaningAsksAgainAndSilenceKeepsAllRights(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx := t.Context()
		bo := h.member(t, "Bo")
		edit := func(who person.Person, version, edition int, words string, meaning bool) error {
			return h.Circles.EditCharter(ctx, persontest.As(who.ID), threadtest.Key(), circle.CharterInput{
				Circle: h.circle.ID, Version: version, Edition: edition, Words: words, Meaning: meaning,
			})
		}
		if err := edit(bo, 1, 1, "Tout est permis.", true); code(err) != "circle.hosts_only" {
			t.Errorf("a member: %v", err)
		}
		if err := edit(h.ines, 1, 1, "Nous nous entraidons, sans compter.", false); err != nil {
			t.Fatal(err)
		}
		if err := edit(h.ines, 1, 1, "autre", true); code(err) != "circle.stale" {
			t.Errorf("over an edition that is gone: %v", err)
		}
		if c := h.again(t); c.Charter != 1 || c.Stage != circle.Gestation {
			t.Errorf("wording alone: %+v", c)
		}
		if err := edit(h.ines, 1, 2, "Nous comptons.", true); err != nil {
			t.Fatal(err)
		}
		page := h.page(t, bo)
		if page.Charter.Version != 2 || page.Mine.Agreed != 1 || page.Charter.Words != "Nous comptons." {
			t.Errorf("%+v", page)
		}
		if _, err := h.Circles.Talk(ctx, persontest.As(bo.ID), threadtest.Key(), circle.TalkInput{Circle: h.circle.ID, Words: "Je parle encore."}); err != nil {
			t.Errorf("silence took a right: %v", err)
		}
		agree := func(version int) error {
			return h.Circles.Agree(ctx, persontest.As(bo.ID), threadtest.Key(), h.circle.ID, version)
		}
		if err := agree(1); code(err) != "circle.charter_changed" {
			t.Errorf("to the old one: %v", err)
		}
		seq := threadtest.Seq(t, h.House.House)
		if err := errors.Join(agree(2), agree(2)); err != nil {
			t.Fatal(err)
		}
		if kinds := threadtest.Kinds(t, h.House.House, seq); !slices.Equal(kinds, []string{circle.ActAgreed}) {
			t.Errorf("acts: %v", kinds)
		}
		charters, err := h.Circles.Charters(ctx, db.Read, h.standing(t, bo), h.circle.ID)
		if err != nil || len(charters) != 3 || charters[0].Version != 2 || charters[1].Edition != 2 {
			t.Errorf("on record: %+v, %v", charters, err)
		}
		if _, err := h.Circles.Charters(ctx, db.Read, circle.Standing{}, h.circle.ID); code(err) != "not_found" {
			t.Errorf("a stranger: %v", err)
		}
	})
}

func TestHostsAreNamedByHostsAndTheLastStays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx := t.Context()
		bo, sacha := h.member(t, "Bo"), h.person(t, "Sacha")
		name := func(by, who person.Person) string {
			return code(h.Circles.MakeHost(ctx, persontest.As(by.ID), threadtest.Key(), h.circle.ID, who.ID))
		}
		down := func(who person.Person) string {
			return code(h.Circles.StepDown(ctx, persontest.As(who.ID), threadtest.Key(), h.circle.ID))
		}
		for _, c := range []struct{ what, got, want string }{
			{"the last steps down", down(h.ines), "circle.last_host"},
			{"a member names", name(bo, bo), "circle.hosts_only"},
			{"a stranger names", name(sacha, sacha), "not_found"},
			{"a stranger is named", name(h.ines, sacha), "not_found"},
			{"a member is named", name(h.ines, bo), ""},
			{"and again", name(h.ines, bo), "circle.already_host"},
			{"the first steps down", down(h.ines), ""},
			{"who is none", down(h.ines), "circle.hosts_only"},
			{"the last again", down(bo), "circle.last_host"},
		} {
			if c.got != c.want {
				t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
			}
		}
		if s := h.standing(t, bo); !s.Host(h.circle.ID) || !s.HostSomewhere() {
			t.Errorf("%+v", s)
		}
	})
}

func TestOldSlugsLeadThereForEver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx := t.Context()
		edit := func(edition int, name, slug string) error {
			return h.Circles.Edit(ctx, persontest.As(h.ines.ID), threadtest.Key(), circle.EditInput{
				Circle: h.circle.ID, Edition: edition, Name: name, Slug: slug, Purpose: "Relire.", Form: circle.Vous, Language: lang.ES,
			})
		}
		if err := edit(1, "Planeta", "planeta"); err != nil {
			t.Fatal(err)
		}
		if err := edit(1, "x y", ""); code(err) != "circle.stale" {
			t.Errorf("stale: %v", err)
		}
		for _, slug := range []string{"planete-metiers", "planeta"} {
			c, err := h.Circles.BySlug(ctx, db.Read, h.standing(t, h.ines), slug)
			if err != nil || c.Slug != "planeta" || c.Language != lang.ES || c.SaysTu() {
				t.Errorf("%s: %+v, %v", slug, c, err)
			}
		}
		if other := circletest.Founded(t, h.House, h.ines, "Planète Métiers"); other.Slug != "planete-metiers-2" {
			t.Errorf("an old slug was given away: %s", other.Slug)
		}
		if err := edit(2, "Planète", "planete-metiers"); err != nil {
			t.Errorf("back to its own: %v", err)
		}
		sacha := h.person(t, "Sacha")
		if _, err := h.Circles.BySlug(ctx, db.Read, h.standing(t, sacha), "planeta"); code(err) != "not_found" {
			t.Errorf("a stranger: %v", err)
		}
	})
}

func TestTalkIsForTheWholeCircle(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx := t.Context()
		bo, sacha := h.member(t, "Bo"), h.person(t, "Sacha")
		seq := threadtest.Seq(t, h.House.House)
		wrote, err := h.Circles.Talk(ctx, persontest.As(h.ines.ID), threadtest.Key(), circle.TalkInput{
			Circle: h.circle.ID, Words: "Qui vient relire mardi ? J’apporte le café.\n\nOn commence à dix heures.",
		})
		if err != nil {
			t.Fatal(err)
		}
		if kinds := threadtest.Kinds(t, h.House.House, seq); !slices.Equal(kinds, []string{circle.ActTalked}) {
			t.Errorf("acts: %v", kinds)
		}
		got, err := h.Threads.ByPublic(ctx, db.Read, h.standing(t, bo).Viewer(), wrote.Public)
		if err != nil || got.Title == "" || strings.Contains(got.Title, "\n") || got.Subject.Kind != circle.KindTalk || got.Circle != h.circle.ID {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := h.Threads.ByPublic(ctx, db.Read, h.standing(t, sacha).Viewer(), wrote.Public); code(err) != "not_found" {
			t.Errorf("a stranger: %v", err)
		}
		talk := func(who person.Person, in circle.TalkInput) string {
			_, err := h.Circles.Talk(ctx, persontest.As(who.ID), threadtest.Key(), in)
			return code(err)
		}
		if got := talk(sacha, circle.TalkInput{Circle: h.circle.ID, Words: "x"}); got != "not_found" {
			t.Errorf("a stranger talks: %s", got)
		}
		if got := talk(bo, circle.TalkInput{Circle: h.circle.ID, Title: "Rien"}); got != "thread.empty" {
			t.Errorf("without words: %s", got)
		}
		if got := talk(bo, circle.TalkInput{Circle: h.circle.ID, Title: strings.Repeat("é", thread.MaxTitle+1), Words: "x"}); got != "thread.too_long" {
			t.Errorf("a long title: %s", got)
		}
	})
}

func TestLettersStayBetweenTwo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx := t.Context()
		bo, chloe, sacha := h.member(t, "Bo"), h.member(t, "Chloé"), h.person(t, "Sacha")
		write := func(from, to person.Person, title string) circle.Wrote {
			t.Helper()
			wrote, err := h.Circles.Letter(ctx, persontest.As(from.ID), threadtest.Key(), circle.LetterInput{To: to.ID, Title: title, Words: "Bonjour."})
			if err != nil {
				t.Fatal(err)
			}
			return wrote
		}
		seq := threadtest.Seq(t, h.House.House)
		first, answer, titled := write(h.ines, bo, ""), write(bo, h.ines, ""), write(h.ines, bo, "Le devis")
		acts, err := h.Journal.Since(ctx, seq, 10)
		if err != nil || len(acts) != 3 || !strings.Contains(string(acts[1].Facts), answer.Message.String()) {
			t.Errorf("each letter's act names its own message: %+v, %v", acts, err)
		}
		if first.Thread != answer.Thread || titled.Thread == first.Thread {
			t.Errorf("%v, %v, %v", first.Thread, answer.Thread, titled.Thread)
		}
		for _, reader := range []person.Person{h.ines, bo} {
			letters, _, err := h.Threads.ListWith(ctx, db.Read, h.standing(t, reader).Viewer(), circle.KindLetter, "")
			if err != nil || len(letters) != 2 {
				t.Errorf("%s has %d letters, %v", reader.Name, len(letters), err)
			}
		}
		if _, err := h.Threads.ByPublic(ctx, db.Read, h.standing(t, chloe).Viewer(), first.Public); code(err) != "not_found" {
			t.Errorf("somebody of the same circle reads it: %v", err)
		}
		for want, to := range map[string]id.Person{"not_found": sacha.ID, "circle.oneself": h.ines.ID} {
			if _, err := h.Circles.Letter(ctx, persontest.As(h.ines.ID), threadtest.Key(), circle.LetterInput{To: to, Words: "x"}); code(err) != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
	})
}

func TestPastTalkJoinsWhatIsThereAlready(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		zoe := persontest.Staged(t, h.House.House.House, "Zoé", "zoe@example.org", h.circle.ID).ID
		at := time.Date(2019, 3, 12, 8, 0, 0, 0, time.UTC)
		bring := func(drafts ...thread.Draft) (got thread.Thread, added int) {
			h.Do(t, func(ctx context.Context, tx *journal.Tx) (err error) {
				got, added, err = h.Circles.PastTalk(ctx, tx, h.circle.ID, "Un vieux fil", drafts)
				return err
			})
			return got, added
		}
		a := thread.Draft{Author: zoe, Words: "Qui ?", At: at, MailID: "a@x"}
		b := thread.Draft{Author: zoe, Words: "Moi.", At: at.Add(time.Hour), MailID: "b@x", AnswersMail: "a@x"}
		c := thread.Draft{Author: zoe, Words: "Merci.", At: at.Add(2 * time.Hour), MailID: "c@x", AnswersMail: "b@x"}
		first, n := bring(a, b)
		same, m := bring(a, b)
		more, o := bring(c)
		if n != 2 || m != 0 || o != 1 || same.ID != first.ID || more.ID != first.ID || more.Messages != 3 || !more.Past {
			t.Errorf("%d, %d, %d: %+v", n, m, o, more)
		}
		listed, _, err := h.Threads.ListIn(t.Context(), db.Read, h.standing(t, h.ines).Viewer(), h.circle.ID, circle.KindTalk, "")
		if err != nil || len(listed) != 1 || !listed[0].CreatedAt.Equal(at) {
			t.Errorf("%+v, %v", listed, err)
		}
		if h.again(t).Members != 1 {
			t.Error("a staged person became a member")
		}
	})
}
