package post_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/net/html"

	"cordee/internal/lang"
	"cordee/internal/post"
)

func day() time.Time { return time.Date(2026, 3, 12, 17, 2, 0, 0, time.UTC) }

// letters are what the golden files show: one in each language, and each kind
// of block in one of them.
func letters() map[string]post.Letter {
	base := post.Letter{
		Date: day(),
		From: post.Mailbox{Address: "cordee@cordee.example.org"},
		To:   post.Mailbox{Name: "Aurore Lefèvre", Address: "aurore@exemple.fr"},
	}
	proposal := base
	proposal.ID = "proposal.1@cordee.example.org"
	proposal.Lang = lang.FR
	proposal.From.Name = "Malik · Atelier Ouest"
	proposal.Subject = "Migrer un site Drupal 7 sans perdre l’historique"
	proposal.InReplyTo = "ask.1@cordee.example.org"
	proposal.References = []string{"ask.1@cordee.example.org"}
	proposal.List = post.List{ID: "atelier-ouest.cordee.example.org", Name: "Atelier Ouest", Unsubscribe: "https://cordee.example.org/u/abc"}
	proposal.Body = []post.Block{
		post.Words{Markdown: "Je l’ai fait **deux fois** l’an dernier. Une heure en visio jeudi, et je vous laisse mes [scripts](https://exemple.fr/scripts).\n\n- l’export des contenus\n- les redirections\n\n```\ndrush migrate:import --all\n```"},
		post.Quote{Intro: "Vous écriviez hier\u00a0:", Markdown: "Quelqu’un a-t-il déjà migré un site Drupal\u00a07 en gardant les révisions\u202f? Le client y tient beaucoup, et je ne sais pas par où commencer."},
		post.Facts{{"Nature", "dépannage"}, {"Durée", "une heure, à distance"}},
		post.Buttons{
			{Label: "D’accord avec Malik", URL: "https://cordee.example.org/m/k7x2m9pq4w8z3n5v6t1r?x=agree", Main: true},
			{Label: "Pas cette fois", URL: "https://cordee.example.org/m/k7x2m9pq4w8z3n5v6t1r?x=decline"},
		},
		post.Para{Text: "Malik vous propose un coup de main. C’est votre mot qu’on attend."},
	}
	proposal.Footer = post.Footer{
		Lines: []string{"Atelier Ouest, par Cordée. Pour répondre, ouvrez la page\u00a0: une réponse à ce courriel n’arriverait à personne."},
		Links: []post.Link{
			{"Voir la demande", "https://cordee.example.org/asks/m3k9x2q7w5z8n4v6t2rp"},
			{"Recevoir moins de courriels", "https://cordee.example.org/settings/mail"},
			{"Ne plus recevoir ceux-ci", "https://cordee.example.org/u/abc"},
		},
	}

	signin := base
	signin.ID = "signin.1@cordee.example.org"
	signin.Lang = lang.EN
	signin.From.Name = "Cordée"
	signin.To = post.Mailbox{Name: "", Address: "tom@example.com"}
	signin.Subject = "Your link to sign in"
	signin.Body = []post.Block{
		post.Para{Text: "Somebody, you no doubt, asked to sign in to Cordée with this address. The link opens one page with one button, once, until 18:02."},
		post.Buttons{{Label: "Sign in", URL: "http://localhost:8080/signin/t.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", Main: true}},
		post.Para{Text: "If it wasn’t you, do nothing: without this mail nobody gets in.", Quiet: true},
	}
	signin.Footer = post.Footer{Lines: []string{"Cordée, at localhost:8080"}}

	digest := base
	digest.ID = "digest.1@cordee.example.org"
	digest.Lang = lang.ES
	digest.From.Name = "Cordée"
	digest.To = post.Mailbox{Name: "Lucía Ramírez", Address: "lucia@ejemplo.mx"}
	digest.Subject = "Tu jueves en Puente"
	digest.Body = []post.Block{
		post.Title{"Esperan tu palabra"},
		post.Entry{Text: "Nicolas te propone una hora de conversación en francés", URL: "https://cordee.example.org/exchanges/q7w5z8n4v6t2rpm3k9x2", Note: "desde el martes"},
		post.Title{"¿Puedes ayudar?"},
		post.Entry{Text: "Inès busca a alguien que revise un presupuesto antes de mandarlo a un cliente del sector público", URL: "https://cordee.example.org/asks/z8n4v6t2rpm3k9x2q7w5", Note: "diez minutos, a distancia, antes del viernes"},
		post.Entry{Text: "Octavio ofrece dos tardes de fotografía", URL: "https://cordee.example.org/asks/n4v6t2rpm3k9x2q7w5z8"},
		post.Title{"Un gracias"},
		post.Words{Thanks: true, Markdown: "Gracias a ti entregué a tiempo.\nY con calma."},
		post.Para{Text: "Myriam, a Lucía y a Nicolas", Quiet: true},
	}
	digest.Footer = post.Footer{Lines: []string{"Puente y Atelier Ouest, por Cordée"}, Links: []post.Link{{"Recibir menos correos", "https://cordee.example.org/settings/mail"}}}
	return map[string]post.Letter{"proposal.fr": proposal, "signin.en": signin, "digest.es": digest}
}

func compose(t *testing.T, l post.Letter) post.Mail {
	t.Helper()
	m, err := post.Compose(l)
	if err != nil {
		t.Fatalf("Compose: %v", err)
	}
	return m
}

// golden compares with testdata/name; CORDEE_GOLDEN=write writes it anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, "\r\n", "\n")
	path := filepath.Join("testdata", name)
	if os.Getenv("CORDEE_GOLDEN") == "write" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s has changed (-want +got); when that is meant, CORDEE_GOLDEN=write go test:\n%s", path, diff)
	}
}

// TestGolden: the layout is the product, so it stands in files to be read.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, l := range letters() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := compose(t, l)
			env := open(t, m)
			golden(t, name+".txt", env.Text)
			golden(t, name+".html", env.HTML)
			golden(t, name+".eml", string(m.Raw))
		})
	}
}

func open(t *testing.T, m post.Mail) *enmime.Envelope {
	t.Helper()
	env, err := enmime.ReadEnvelope(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatalf("enmime: %v", err)
	}
	for _, e := range env.Errors {
		t.Errorf("enmime finds fault: %v", e)
	}
	return env
}

// TestSameWords: both parts say the same, in the same order.
func TestSameWords(t *testing.T) {
	t.Parallel()
	for name, l := range letters() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := open(t, compose(t, l))
			if diff := cmp.Diff(wordsOf(visible(t, env.HTML)), wordsOf(env.Text)); diff != "" {
				t.Errorf("HTML (-) and text (+) differ:\n%s", diff)
			}
		})
	}
}

// wordsOf leaves addresses and signs out: only one of the parts needs them.
func wordsOf(s string) []string {
	s = regexp.MustCompile(`<?https?://\S+`).ReplaceAllString(s, " ")
	return regexp.MustCompile(`[\pL\pN]+`).FindAllString(s, -1)
}

func visible(t *testing.T, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" && n.Parent.Data != "title" {
			b.WriteString(n.Data + " ")
		}
	}
	return b.String()
}

func TestHTMLAsksNothingOfAnybody(t *testing.T) {
	t.Parallel()
	for name, l := range letters() {
		page := open(t, compose(t, l)).HTML
		for _, bad := range []string{"<img", "<script", "<table", "<link", "src=", "url(", "@import"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: the HTML part holds %q", name, bad)
			}
		}
	}
}

func TestTextReadsWell(t *testing.T) {
	t.Parallel()
	for name, l := range letters() {
		for line := range strings.SplitSeq(open(t, compose(t, l)).Text, "\n") {
			line = strings.TrimRight(line, "\r")
			if len([]rune(line)) > 72 && !strings.HasPrefix(line, "http") {
				t.Errorf("%s: %d columns: %q", name, len([]rune(line)), line)
			}
			if at := strings.Index(line, "http"); at > 0 && !strings.Contains(line, "(http") {
				t.Errorf("%s: an address isn't alone on its line: %q", name, line)
			}
		}
	}
}

// TestSameBytes: the same letter is the same mail, byte by byte.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	for name := range letters() {
		a, b := compose(t, letters()[name]), compose(t, letters()[name])
		if !bytes.Equal(a.Raw, b.Raw) {
			t.Errorf("%s: two compositions differ", name)
		}
	}
}

// TestHeaders parses back with the standard library.
func TestHeaders(t *testing.T) {
	t.Parallel()
	m := compose(t, letters()["proposal.fr"])
	msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, msg.Body); err != nil {
		t.Fatal(err)
	}
	var dec mime.WordDecoder
	want := map[string]string{
		"From":                     `Malik · Atelier Ouest <cordee@cordee.example.org>`,
		"To":                       `Aurore Lefèvre <aurore@exemple.fr>`,
		"Subject":                  "Migrer un site Drupal 7 sans perdre l’historique",
		"Message-Id":               "<proposal.1@cordee.example.org>",
		"In-Reply-To":              "<ask.1@cordee.example.org>",
		"References":               "<ask.1@cordee.example.org>",
		"List-Id":                  `"Atelier Ouest" <atelier-ouest.cordee.example.org>`,
		"List-Unsubscribe":         "<https://cordee.example.org/u/abc>",
		"List-Unsubscribe-Post":    "List-Unsubscribe=One-Click",
		"Auto-Submitted":           "auto-generated",
		"X-Auto-Response-Suppress": "OOF, AutoReply",
		"Precedence":               "list",
		"Content-Language":         "fr",
		"Date":                     "Thu, 12 Mar 2026 17:02:00 +0000",
		"User-Agent":               "",
		"X-Mailer":                 "",
	}
	for name, value := range want {
		got, err := dec.DecodeHeader(msg.Header.Get(name))
		if err != nil || got != value {
			t.Errorf("%s: %q (%v), want %q", name, got, err, value)
		}
	}
	if strings.Contains(string(m.Raw), "@exemple.fr>") && strings.Count(string(m.Raw), "aurore@") != 1 {
		t.Error("the reader's address stands elsewhere than in To")
	}
}

// TestUnsubscribeWantsHTTPS (RFC 8058 §3.1).
func TestUnsubscribeWantsHTTPS(t *testing.T) {
	t.Parallel()
	l := letters()["proposal.fr"]
	l.List.Unsubscribe = "http://localhost:8080/u/abc"
	if raw := string(compose(t, l).Raw); strings.Contains(raw, "List-Unsubscribe") {
		t.Error("one-click over plain http")
	}
}

// TestInjection: whatever is typed, the headers stay those that we wrote.
func TestInjection(t *testing.T) {
	t.Parallel()
	nasty := []string{
		"Eve\r\nBcc: all@example.org",
		"Eve\nBcc: all@example.org\n\n<script>alert(1)</script>",
		"Eve\rX: y", "Eve\u2028Bcc: x", "Eve\x00\x0b\x0c", "\u202egro.knab\u202c", "\"; Bcc: x",
		"=?utf-8?q?Bcc:_all=40example.org?=", "Zoë 🧗🏽‍♀️ " + strings.Repeat("🪢", 200), "دانا · حلقة", "مرحبا\u200f",
		strings.Repeat("a", 5000), "Eve <all@example.org>", "Eve, all@example.org", "\xff\xfe",
	}
	clean := compose(t, letters()["proposal.fr"])
	want := headerNames(t, clean.Raw)
	for _, s := range nasty {
		l := letters()["proposal.fr"]
		l.From.Name, l.To.Name, l.Subject, l.List.Name = s, s, s, s
		l.ReplyTo = post.Mailbox{}
		l.Body = append(l.Body, post.Para{Text: s}, post.Words{Markdown: s}, post.Facts{{s, s}},
			post.Buttons{{Label: s, URL: "https://example.org/"}}, post.Quote{Intro: s, Markdown: s}, post.Entry{Text: s, Note: s}, post.Title{s})
		m := compose(t, l)
		if diff := cmp.Diff(want, headerNames(t, m.Raw)); diff != "" {
			t.Errorf("%q changes the headers:\n%s", s, diff)
		}
		msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		for _, field := range []string{"From", "To"} {
			list, err := msg.Header.AddressList(field)
			if err != nil || len(list) != 1 {
				t.Errorf("%q: %s is %v, %v", s, field, list, err)
				continue
			}
			if strings.ContainsAny(list[0].Name, "\r\n\u202e\u2028\x00") || len([]rune(list[0].Name)) > 120 {
				t.Errorf("%q: the name is %q", s, list[0].Name)
			}
			if strings.Contains(list[0].Name, "all@example.org") {
				t.Errorf("%q: an address is shown as a name: %q", s, list[0].Name)
			}
		}
		for line := range bytes.SplitSeq(m.Raw, []byte("\r\n")) {
			if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
				t.Errorf("%q: a line breaks RFC 5322: %.60q…", s, line)
			}
		}
		if env := open(t, m); strings.Contains(env.HTML, "<script") {
			t.Errorf("%q: a script survives", s)
		}
	}
}

func headerNames(t *testing.T, raw []byte) []string {
	t.Helper()
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	var names []string
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if name, _, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") && name != "Reply-To" {
			names = append(names, name)
		}
	}
	return names
}

func TestComposeRefuses(t *testing.T) {
	t.Parallel()
	l := letters()["signin.en"]
	l.To.Address = "nobody"
	_, err := post.Compose(l)
	var f *post.Failure
	if !errors.As(err, &f) || f.Class != post.Person || f.Code != post.AddressUnusable || !f.AddressBad() {
		t.Errorf("an unusable address: %v", err)
	}
	l = letters()["signin.en"]
	l.ID = "a b>\r\nBcc: x"
	if _, err := post.Compose(l); err == nil {
		t.Error("a forged Message-ID is taken")
	}
}

func TestParseAddress(t *testing.T) {
	t.Parallel()
	good := map[string]string{
		"Aurore@EXEMPLE.fr":              "Aurore@exemple.fr",
		"a.b+c@x.example.org":            "a.b+c@x.example.org",
		"inès@exemple.fr":                "inès@exemple.fr",
		"ine\u0300s@exemple.fr":          "inès@exemple.fr",
		"x@bücher.example":               "x@xn--bcher-kva.example",
		"x@例え.テスト":                       "x@xn--r8jz45g.xn--zckzah",
		"root@localhost":                 "root@localhost",
		"o'neil@example.org":             "o'neil@example.org",
		strings.Repeat("a", 64) + "@x.y": strings.Repeat("a", 64) + "@x.y",
	}
	good[" aurore@exemple.fr\t"] = "aurore@exemple.fr"
	for in, want := range good {
		if got, err := post.ParseAddress(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	bad := []string{
		"", "a", "@x.org", "a@", "a@b", "a b@x.org", ".a@x.org", "a.@x.org", "a..b@x.org", "a@-x.org", "a@x..org", "a@[192.0.2.1]",
		`"a b"@x.org`, "a@x.org\r\nBcc: b@x.org", "a@x.org,b@x.org", "a@x.org>", "<a@x.org>", "a\u202e@x.org", "a\u00a0b@x.org",
		strings.Repeat("a", 65) + "@x.org", "a@" + strings.Repeat("x.", 130) + "org", "a@x_y.org", "a(b)@x.org", "a@x.org;",
	}
	for _, in := range bad {
		if got, err := post.ParseAddress(in); err == nil {
			t.Errorf("%q is taken as %q", in, got)
		}
	}
}

// TestSubjects come back as they were, whatever their script and length.
func TestSubjects(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"Plain", "Migrer un site Drupal 7 sans perdre l’historique, ni les révisions, ni la patience de l’équipe",
		strings.Repeat("é", 150), strings.Repeat("日本", 70), "a " + strings.Repeat("🪢 ", 60) + "z", "=?utf-8?q?x?=", strings.Repeat("word ", 25) + "end",
	} {
		l := letters()["signin.en"]
		l.Subject = s
		m := compose(t, l)
		msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
		if err != nil {
			t.Fatal(err)
		}
		got, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
		if err != nil || got != m.Subject || !strings.HasPrefix(s, strings.TrimSuffix(got, "…")) && s != "=?utf-8?q?x?=" {
			t.Errorf("%q comes back as %q, %v", s, got, err)
		}
		if bytes.Contains(m.Raw, []byte("Subject:\r\n")) {
			t.Errorf("%q: the header's name stands alone", s)
		}
	}
}

// TestQuotes within quotes, code and long lines of what a person wrote.
func TestQuotes(t *testing.T) {
	t.Parallel()
	l := letters()["signin.en"]
	l.Body = []post.Block{post.Quote{Markdown: "> > " + strings.Repeat("deep ", 30) + "\n\n```\nif x {\n    y()\n}\n```\nFrom here on"}, post.Words{Markdown: "From here\n\n    indented\n"}}
	l.Footer = post.Footer{}
	full := ">>> " + strings.Repeat("deep ", 13) + "\n"
	want := full + full + ">>> " + strings.TrimSpace(strings.Repeat("deep ", 4)) + "\n" +
		">\n> if x {\n>     y()\n> }\n>\n> From here on\n\n From here\n\nindented\n"
	if diff := cmp.Diff(want, strings.ReplaceAll(open(t, compose(t, l)).Text, "\r\n", "\n")); diff != "" {
		t.Error(diff)
	}
}
