package mailtext_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/mailtext"
)

func TestCleanSubject(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"Re: Devis":                                   "Devis",
		"RE: RE : TR: Fwd: Devis":                     "Devis",
		"AW: WG: Antwort: Angebot":                    "Angebot",
		"RV: Re: Presupuesto":                         "Presupuesto",
		"SV: VS: Rif: Odp: YNT: tilbud":               "tilbud",
		"Re[2]: Re(3): Re^4: x":                       "x",
		"回复: 转发：报价":                                   "报价",
		"Отв: вопрос":                                 "вопрос",
		"[Entraide] Re: [Entraide] Devis":             "Devis",
		"Re: [entraide] [URGENT] Devis":               "[URGENT] Devis",
		"[Other] Re: Devis":                           "Devis",
		"[X310] does it work":                         "[X310] does it work",
		"Re: [EXTERNAL] Re: [SPAM] Devis":             "Devis",
		"***SPAM*** Devis":                            "Devis",
		"Devis (fwd)":                                 "Devis",
		"R: how to plot":                              "R: how to plot",
		"Reims : on se voit ?":                        "Reims : on se voit ?",
		"Reply: what do you use":                      "Reply: what do you use",
		"Re:":                                         "",
		"[Entraide]":                                  "[Entraide]",
		"":                                            "",
		"Recherche: un menuisier":                     "Recherche: un menuisier",
		"Transport: qui monte à Lyon":                 "Transport: qui monte à Lyon",
		"Re: Re: Re: Re: Re: Re: Re: Re: Re: Re: :-)": ":-)",
	} {
		if got := mailtext.CleanSubject(raw, []string{"entraide"}); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
}

func TestSubjectKeys(t *testing.T) {
	t.Parallel()
	if a, b := mailtext.SubjectKey("Le  Devis (was: prix)"), mailtext.SubjectKey("le devis"); a != b {
		t.Errorf("%q and %q speak of the same", a, b)
	}
	if got := mailtext.SubjectTag("Re: Fwd: [Entraide] x"); got != "Entraide" {
		t.Errorf("got %q", got)
	}
	if got := mailtext.SubjectTag("x [Entraide]"); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"Tue, 03 Mar 2026 10:12:00 +0100":         "2026-03-03T09:12:00Z",
		"Tue, 3 Mar 2026 10:12 GMT":               "2026-03-03T10:12:00Z",
		"3 Mar 26 10:12:00 EST":                   "2026-03-03T15:12:00Z",
		"Mon, 3 Mar 99 10:12:00 PDT":              "1999-03-03T17:12:00Z",
		"Wed, 03 Mar 2026 10:12:00 +0100 (CET)":   "2026-03-03T09:12:00Z",
		"Tue Mar  3 10:12:00 2026":                "2026-03-03T10:12:00Z",
		"Tue Mar 3 10:12:00 CET 2026":             "2026-03-03T09:12:00Z",
		"2026-03-03 10:12:00":                     "2026-03-03T10:12:00Z",
		"2026-03-03T10:12:00+02:00":               "2026-03-03T08:12:00Z",
		"2026-03-03T10:12:00Z":                    "2026-03-03T10:12:00Z",
		"Tuesday, March 3, 2026 4:12 PM":          "2026-03-03T16:12:00Z",
		"Tue, 03 Mar 2026 10.12.00 +0000":         "2026-03-03T10:12:00Z",
		"Tue, 3-Mar-2026 10:12:00 -0500":          "2026-03-03T15:12:00Z",
		"Tue, 03 Mar 2026 10:12:00 GMT+0200":      "2026-03-03T08:12:00Z",
		"Mar, 03 mars 2026 10:12:00 +0100":        "2026-03-03T09:12:00Z",
		"lundi 2 mars 2026 10:12:00 +0100":        "2026-03-02T09:12:00Z",
		"Tue, 03 Mar 2026 10:12:00 +9999":         "2026-03-03T10:12:00Z",
		"Thu, 1 Jan 1970 00:00:00 +0000":          "",
		"Tue, 45 Mar 2026 10:12:00 +0000":         "",
		"yesterday":                               "",
		"":                                        "",
		"Tue, 03 Mar 12026 10:12:00 +0000":        "",
		"31 Feb 2026 10:00:00 +0000":              "2026-03-03T10:00:00Z",
		"Fri, 03 Mar 2026 10:12:00 +0100 (Paris)": "2026-03-03T09:12:00Z",
	} {
		got := mailtext.ParseDate(raw)
		text := ""
		if !got.IsZero() {
			text = got.Format(time.RFC3339)
		}
		if text != want {
			t.Errorf("%q: got %s, want %s", raw, text, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	type as = []mailtext.Address
	for raw, want := range map[string]as{
		`Ana Ruiz <Ana@Example.org>`:                                       {{Name: "Ana Ruiz", Address: "ana@example.org"}},
		`"Ruiz, Ana" <ana@example.org>, bob@example.org`:                   {{Name: "Ruiz, Ana", Address: "ana@example.org"}, {Address: "bob@example.org"}},
		`ana@example.org (Ana Ruiz)`:                                       {{Name: "Ana Ruiz", Address: "ana@example.org"}},
		`ana at example.org (Ana Ruiz)`:                                    {{Name: "Ana Ruiz", Address: "ana@example.org"}},
		`"'Ana Ruiz'" <ana@example.org>`:                                   {{Name: "Ana Ruiz", Address: "ana@example.org"}},
		`=?utf-8?q?Ruiz=2C_Ana?= <ana@example.org>; Bob <bob@example.org>`: {{Name: "Ruiz, Ana", Address: "ana@example.org"}, {Name: "Bob", Address: "bob@example.org"}},
		`"=?utf-8?q?Ana_Ru=C3=ADz?=" <ana@example.org>`:                    {{Name: "Ana Ruíz", Address: "ana@example.org"}},
		`undisclosed-recipients:;`:                                         nil,
		`Friends: ana@example.org, bob@example.org;`:                       {{Address: "ana@example.org"}, {Address: "bob@example.org"}},
		`"Ana \"la grande\" Ruiz" <ana@example.org>`:                       {{Name: `Ana "la grande" Ruiz`, Address: "ana@example.org"}},
		`Ana Ruiz ana@example.org`:                                         {{Name: "Ana Ruiz", Address: "ana@example.org"}},
		`Ana <not an address>`:                                             {{Name: "Ana"}},
		`<ana@example.org> (Ana)`:                                          {{Name: "Ana", Address: "ana@example.org"}},
		`Ana "Ruiz <ana@example.org>`:                                      {{Name: `Ana "Ruiz`, Address: "ana@example.org"}},
	} {
		m, err := mailtext.Read([]byte("To: "+raw+"\nFrom: x@example.org\n\nx"), mailtext.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, m.To); diff != "" {
			t.Errorf("%s: -want +got\n%s", raw, diff)
		}
	}
}

func TestEnvelopeDate(t *testing.T) {
	t.Parallel()
	arrived := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Time{
		"Date: Tue, 3 Mar 2026 09:00:00 +0000": arrived.Add(-time.Hour),
		"Date: Tue, 3 Mar 2020 09:00:00 +0000": time.Date(2020, 3, 3, 9, 0, 0, 0, time.UTC), // an old mail moved into an archive
		"Date: Tue, 3 Mar 2036 09:00:00 +0000": arrived,
		"Date: nonsense":                       arrived,
		"X-No: date":                           arrived,
	} {
		m, err := mailtext.Read([]byte("From: x@example.org\n"+header+"\n\nx"), mailtext.Options{Envelope: arrived})
		if err != nil || !m.Date.Equal(want) {
			t.Errorf("%s: got %v, %v", header, m.Date, err)
		}
	}
}
