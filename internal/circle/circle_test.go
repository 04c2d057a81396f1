package circle

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cordee/internal/id"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/refusal"
)

func TestThreeWhoAgreedToTheSameMakeACircleActive(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		stage      Stage
		agreements map[int]int
		want       bool
	}{
		"nobody":                      {Gestation, nil, false},
		"two":                         {Gestation, map[int]int{1: 2}, false},
		"three":                       {Gestation, map[int]int{1: 3}, true},
		"four at once":                {Gestation, map[int]int{2: 4}, true},
		"three over two versions":     {Gestation, map[int]int{1: 2, 2: 1}, false},
		"three to an earlier version": {Gestation, map[int]int{1: 3, 2: 1}, true},
		"already active":              {Active, map[int]int{1: 3}, false},
		"dormant":                     {Dormant, map[int]int{1: 3}, false},
		"closed":                      {Closed, map[int]int{1: 3}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, now := Circle{Stage: c.stage}.activated(c.agreements, at)
			if now != c.want || (got.Stage == Active) != (c.want || c.stage == Active) || got.ActiveAt.Equal(at) != c.want {
				t.Errorf("%v, %+v", now, got)
			}
		})
	}
}

func TestWhoIsAwaitedOnACharter(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	early, late := since.Add(-time.Hour), since.Add(time.Hour)
	p := func(n byte) id.Person { return id.Person{n} }
	got := Circle{Charter: 2}.awaited([]Membership{
		{Person: p(1), Agreed: 2, JoinedAt: early},
		{Person: p(2), Agreed: 1, JoinedAt: early},
		{Person: p(3), Agreed: 1, JoinedAt: early, LeftAt: late},
		{Person: p(4), Agreed: 1, JoinedAt: late},
	}, since)
	if len(got) != 2 || got[0].Person != p(2) || !got[0].Since.Equal(since) || got[1].Person != p(4) || !got[1].Since.Equal(late) {
		t.Errorf("%+v", got)
	}
	if got[0].Move != MoveAgree || !got[0].Due.IsZero() {
		t.Errorf("silence is no answer, for ever: %+v", got[0])
	}
}

func TestTheStatesOfAnInvitation(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	sound := Invitation{Seats: 1, ExpiresAt: now.Add(time.Second), Person: id.Person{1}}
	for name, c := range map[string]struct {
		change func(*Invitation)
		want   State
		code   string
	}{
		"open":           {func(*Invitation) {}, Open, ""},
		"at its expiry":  {func(i *Invitation) { i.ExpiresAt = now }, Expired, "circle.invitation_expired"},
		"used":           {func(i *Invitation) { i.Taken = 1 }, Used, "circle.invitation_used"},
		"a seat is left": {func(i *Invitation) { i.Way, i.Seats, i.Taken = ByGroup, 3, 2 }, Open, ""},
		"no seat left":   {func(i *Invitation) { i.Way, i.Seats, i.Taken = ByGroup, 3, 3 }, Used, "circle.invitation_full"},
		"revoked":        {func(i *Invitation) { i.RevokedAt = now }, Revoked, "circle.invitation_revoked"},
		"declined":       {func(i *Invitation) { i.DeclinedAt = now }, Declined, "circle.invitation_declined"},
		"used, then old": {func(i *Invitation) { i.Taken, i.ExpiresAt = 1, now }, Used, "circle.invitation_used"},
		"declined, old":  {func(i *Invitation) { i.DeclinedAt, i.ExpiresAt = now, now }, Declined, "circle.invitation_declined"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := sound
			c.change(&i)
			if got := i.State(now); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			err := i.usable(now)
			if r, refused := refusal.As(err); refused != (c.code != "") || refused && (r.Code != c.code || r.Kind != refusal.Expired) {
				t.Errorf("%v, want %q", err, c.code)
			}
			if awaited := i.awaited(now); (len(awaited) == 1) != (c.want == Open) {
				t.Errorf("awaited: %+v", awaited)
			}
		})
	}
	if awaited := (Invitation{Seats: 1, ExpiresAt: now.Add(time.Second)}).awaited(now); len(awaited) != 0 {
		t.Errorf("nobody known is awaited: %+v", awaited)
	}
}

func TestSlugsAreFoldedAndReserved(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Planète Métiers": "planete-metiers", "L’Été à Ré": "l-ete-a-re", "Œuvre & cœur": "oeuvre-coeur", "  --a--b--c ": "a-b-c",
		"ab": "", "": "", "日本語": "", "settings": "", "Settings": "", "postmaster": "",
		strings.Repeat("a", 40): strings.Repeat("a", 40), strings.Repeat("a", 41): "", "<script>": "script", "42": "",
	} {
		got, err := ParseSlug(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q became %q (%v), want %q", in, got, err, want)
		}
	}
}

func TestEveryNameHasASlug(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Planète Métiers": "planete-metiers", "日本語": "cercle", "?": "cercle", "settings": "cercle-settings", "ab": "cercle-ab",
		"Les relectrices et relecteurs du mardi soir": "les-relectrices-et-relecteurs-du",
	} {
		all := suggestions(in)
		if all[0] != want {
			t.Errorf("%q: %q, want %q", in, all[0], want)
		}
		for _, s := range all {
			if got, err := ParseSlug(s); err != nil || got != s {
				t.Errorf("%q suggests %q, which is none: %v", in, s, err)
			}
		}
	}
}

func TestWhatAFoundingNeeds(t *testing.T) {
	t.Parallel()
	sound := Founding{Name: "Planète", Purpose: "Relire.", Charter: "Nous nous relisons.", Language: lang.FR, Form: Tu}
	if _, err := sound.cleaned(); err != nil {
		t.Fatal(err)
	}
	for code, change := range map[string]func(*Founding){
		"circle.missing.name on name":       func(f *Founding) { f.Name = " \u202e " },
		"circle.too_long on name":           func(f *Founding) { f.Name = strings.Repeat("é", MaxName+1) },
		"circle.missing.purpose on purpose": func(f *Founding) { f.Purpose = "\n" },
		"circle.too_long on purpose":        func(f *Founding) { f.Purpose = strings.Repeat("é", MaxPurpose+1) },
		"circle.missing.charter on charter": func(f *Founding) { f.Charter = "" },
		"circle.too_long on charter":        func(f *Founding) { f.Charter = strings.Repeat("é", MaxCharter+1) },
		"circle.choice on language":         func(f *Founding) { f.Language = "de" },
		"circle.choice on form":             func(f *Founding) { f.Form = "" },
		"circle.slug on slug":               func(f *Founding) { f.Slug = "é" },
		"circle.slug_reserved on slug":      func(f *Founding) { f.Slug = "api" },
		"circle.too_long on why":            func(f *Founding) { f.Answers.Why = strings.Repeat("é", MaxAnswer+1) },
		"person.choice on means":            func(f *Founding) { f.Answers.Means = "a lot" },
	} {
		f := sound
		change(&f)
		_, err := f.cleaned()
		if r, ok := refusal.As(err); !ok || r.Code+" on "+r.Field != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
}

func TestTheThreeQuestionsComeFirstUnlessAGroupExists(t *testing.T) {
	t.Parallel()
	whole := Answers{Why: "a", Brings: "b", Means: person.ItDepends}
	if _, err := whole.cleaned(true); err != nil {
		t.Error(err)
	}
	for field, a := range map[string]Answers{
		"why": {Brings: "b", Means: person.Day}, "brings": {Why: "a", Means: person.Day}, "means": {Why: "a", Brings: "b"},
	} {
		if r, ok := refusal.As(second(a.cleaned(true))); !ok || r.Code != "circle.missing."+field || r.Field != field {
			t.Errorf("without %s: %v", field, r)
		}
		if _, err := a.cleaned(false); err != nil {
			t.Errorf("%s may wait: %v", field, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestPastedAddresses(t *testing.T) {
	t.Parallel()
	pasted := strings.Join([]string{
		"ana@example.org",
		"Bo Li <bo@example.org>; chloe@example.org, \"Durand, Éric\" <eric@example.org>",
		"",
		"Durand, Ana <ANA@Example.org>",
		"pas une adresse",
		"diego@example.org\r",
		" mailto:eva@example.org ;",
		"f@",
		"=?utf-8?q?Zo=C3=A9?= <zoe@example.org>",
		"Bo <bo@example.org>",
		"nom.de.famille@münchen.example",
	}, "\n")
	type seen struct {
		number        int
		name, address string
		outcome       Outcome
	}
	var got []seen
	for _, l := range ParseAddresses(pasted) {
		got = append(got, seen{l.Number, l.Name, l.Address, l.Outcome})
	}
	want := []seen{
		{1, "", "ana@example.org", Invited},
		{2, "Bo Li", "bo@example.org", Invited},
		{2, "", "chloe@example.org", Invited},
		{2, "Durand, Éric", "eric@example.org", Invited},
		{4, "Durand, Ana", "ANA@Example.org", Double},
		{5, "", "", NotAnAddress},
		{6, "", "diego@example.org", Invited},
		{7, "", "eva@example.org", Invited},
		{8, "", "", NotAnAddress},
		{9, "Zoé", "zoe@example.org", Invited},
		{10, "Bo", "bo@example.org", Double},
		{11, "", "nom.de.famille@münchen.example", Invited},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	many := ParseAddresses(manyAddresses(maxPasted + 2))
	if last := many[len(many)-1]; last.Outcome != TooManyAtOnce || many[maxPasted-1].Outcome != Invited {
		t.Errorf("the last of %d: %+v", len(many), last)
	}
}

func manyAddresses(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("a" + strings.Repeat("b", i%7) + string(rune('a'+i%26)) + strings.Repeat("c", i/26) + "@example.org\n")
	}
	return b.String()
}

func FuzzPastedAddresses(f *testing.F) {
	f.Add("Ana <a@b.c>, \"x, y\" <d@e.f>; <<>>\n@")
	f.Fuzz(func(t *testing.T, pasted string) {
		for _, l := range ParseAddresses(pasted) {
			if l.Outcome == Invited && (l.Address == "" || l.mailbox == "" || strings.ContainsAny(l.Address, "\r\n ,;<>")) {
				t.Errorf("%+v", l)
			}
			if l.Number < 1 || strings.ContainsAny(l.Name, "\r\n") {
				t.Errorf("%+v", l)
			}
		}
	})
}

func TestTheCharterToBeginWithIsFourSentencesInEachLanguage(t *testing.T) {
	t.Parallel()
	for _, tag := range lang.All() {
		draft := CharterDraft(lang.For(tag, time.UTC, time.Time{}))
		if n := strings.Count(draft, "\n\n") + 1; n != 4 {
			t.Errorf("%s: %d sentences: %q", tag, n, draft)
		}
	}
}
