package journeys

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"cordee/internal/browsertest"
	"cordee/internal/lang"
)

// tale is what the people of a journey say, in one language.
type tale struct {
	circle, purpose                 string
	founder, mailed, linked         string // their names
	invitation, link                string // the words of the two invitations
	why, brings                     string
	talk, said, reply, word, folded string // a talk, an answer, a word in it and how it is looked for
	ask, help, thanks               string
	letter, answer, elsewhere       string
	charter, headline               string
}

func tales() map[lang.Tag]tale {
	return map[lang.Tag]tale{
		lang.FR: {
			circle: "Les relecteurs du mardi", purpose: "Se relire avant d’envoyer.",
			founder: "Aurore Lemaire", mailed: "Malik Benali", linked: "Solène Rey",
			invitation: "En mars, ton œil sur mon devis m’a sauvée. Je te garde une place.", link: "Viens relire avec nous, le mardi.",
			why: "Pour ne plus relire seul.", brings: "Vingt ans de devis.",
			talk: "J’ai un cœur de chêne à donner, deux mètres de long.", said: "Je passe samedi avec la remorque.", reply: "Parfait, je l’abrite d’ici là.", word: "cœur", folded: "coeur",
			ask: "Qui peut relire mon offre de formation ? Deux pages, avant vendredi.", help: "Je l’ai fait dix fois. Une heure jeudi ?", thanks: "Sans ton œil, j’envoyais une faute dans le titre.",
			letter: "Tu passes par Nantes le 20 ?", answer: "Oui, je t’apporte les plans.", elsewhere: "Pour le déjeuner où tout s’est éclairci.",
			charter: "Nous relisons sous trois jours, ou nous le disons.", headline: "Formatrice, le mardi relectrice",
		},
		lang.EN: {
			circle: "The Tuesday readers", purpose: "Read each other before sending.",
			founder: "Aurore Lemaire", mailed: "Malik Benali", linked: "Solène Rey",
			invitation: "In March your eye on my quote saved me. I keep a place for you.", link: "Come and read with us, on Tuesdays.",
			why: "So as not to read alone.", brings: "Twenty years of quotes.",
			talk: "I have an oak board for the café table to give away, two metres long.", said: "I’ll come by on Saturday with the trailer.", reply: "Lovely, it stays dry until then.", word: "café", folded: "cafe",
			ask: "Who can read my training offer? Two pages, before Friday.", help: "I have done it ten times. An hour on Thursday?", thanks: "Without your eye the title would have gone out with a mistake.",
			letter: "Will you be in Nantes on the 20th?", answer: "Yes, and I’ll bring the plans.", elsewhere: "For the lunch where it all became clear.",
			charter: "We read within three days, or we say so.", headline: "Trainer, reader on Tuesdays",
		},
		lang.ES: {
			circle: "Los lectores del martes", purpose: "Leernos antes de enviar.",
			founder: "Aurore Lemaire", mailed: "Malik Benali", linked: "Solène Rey",
			invitation: "En marzo tu mirada sobre mi presupuesto me salvó. Te guardo un lugar.", link: "Ven a leer con nosotros, los martes.",
			why: "Para no leer a solas.", brings: "Veinte años de presupuestos.",
			talk: "Regalo un corazón de roble, dos metros de largo.", said: "Paso el sábado con el remolque.", reply: "Perfecto, hasta entonces lo guardo bajo techo.", word: "corazón", folded: "corazon",
			ask: "¿Quién puede leer mi oferta de formación? Dos páginas, antes del viernes.", help: "Lo he hecho diez veces. ¿Una hora el jueves?", thanks: "Sin tu mirada el título salía con una falta.",
			letter: "¿Pasas por Nantes el 20?", answer: "Sí, y te llevo los planos.", elsewhere: "Por el almuerzo en que todo se aclaró.",
			charter: "Leemos en tres días, o lo decimos.", headline: "Formadora, los martes lectora",
		},
	}
}

// journey is three people on their way, on one house.
type journey struct {
	t    *testing.T
	h    *House
	tale tale
	tu   bool
	slug string

	aurore, malik, solene *walker
}

// TestFromNothingToThanks goes the whole way in each language, on a phone: with
// scripts among people who say tu, and its twin without scripts among people who
// say vous. One of them lives on PostgreSQL.
func TestFromNothingToThanks(t *testing.T) {
	t.Parallel()
	for _, tag := range lang.All() {
		for _, bare := range []bool{false, true} {
			o := browsertest.Options{Lang: string(tag), Phone: true, NoJS: bare}
			t.Run(o.Name(), func(t *testing.T) {
				t.Parallel()
				h := Start(t, Options{Postgres: tag == lang.ES && !bare})
				seen := map[string]bool{}
				j := &journey{t: t, h: h, tale: tales()[tag], tu: !bare}
				j.aurore = newWalker(t, h, o, "aurore@example.org", j.tu, seen)
				j.malik = newWalker(t, h, o, "malik@example.org", j.tu, seen)
				j.solene = newWalker(t, h, o, "solene@example.org", j.tu, seen)
				j.founds()
				j.mailbox()
				j.invites()
				j.join()
				j.talks()
				j.asks()
				j.letters()
				j.charter()
				j.elsewhere()
				j.settles()
				j.returns()
			})
		}
	}
}

// founds: the set-up link leads to the founder and the circle.
func (j *journey) founds() {
	w := j.aurore
	token, err := j.h.Server.SetUpToken(j.t.Context())
	if err != nil {
		j.t.Fatal(err)
	}
	w.Go("/set-up/" + token)
	w.Look("set-up")
	w.Press(w.T("setup.submit")) // nothing typed yet
	w.See(w.plain.N("form.look_again", 1))
	w.Look("set-up-refused")
	w.Write(w.T("setup.name"), j.tale.founder)
	w.Write(w.T("setup.address"), w.address)
	w.Write(w.T("found.name"), j.tale.circle)
	w.Write(w.T("found.purpose"), j.tale.purpose)
	if j.tu {
		w.Tap(w.T("found.more"))
		w.Tap(w.T("found.form.says_tu"))
	}
	w.Press(w.T("setup.submit"))
	w.See(w.C("said.circle.founded", "Circle", j.tale.circle))
	j.slug, _, _ = strings.Cut(strings.TrimPrefix(w.URL(), "/circles/"), "?")
	w.See(w.C("circle.gestation"))
	w.Look("circle-founded")
}

// mailbox: she keeps the server too, and tells it by which mailbox to write.
func (j *journey) mailbox() {
	w := j.aurore
	w.Press(".self")
	w.Look("settings")
	w.Press(w.T("settings.server"))
	w.Look("server")
	w.Write(w.T("servers.host"), "127.0.0.1")
	w.Write(w.T("servers.port"), strconv.Itoa(j.h.Mailbox.Port))
	w.Tap(w.T("server.security.none"))
	w.Write(w.T("servers.from"), "cordee@example.org")
	w.Press(w.T("common.save"))
	w.See(w.T("said.server.mail_saved"))
	w.Press(w.T("servers.test"))
	w.See(w.T("said.server.mail_tested"))
	j.h.Mailbox.Wait(j.t, w.address, "")
}

// invites: one person by a mail of Cordée's, one by a link in a messenger.
func (j *journey) invites() {
	w := j.aurore
	w.Place("/circles")
	w.Look("circles")
	w.Press(j.tale.circle)
	w.Press(w.C("circle.invite"))
	w.Look("invite")
	w.Write(w.C("invite.words"), j.tale.invitation)
	w.Write(w.C("invite.name"), j.tale.mailed)
	w.Write(w.C("invite.address"), j.malik.address)
	w.Press(w.C("invite.submit"))
	w.See(w.C("said.circle.invited"))
	w.Look("invited-by-mail")
	w.Press(w.C("invite.back"))

	w.Press(w.C("circle.invite"))
	w.Write(w.C("invite.words"), j.tale.link)
	w.Tap(w.C("circle.way.link"))
	w.Press(w.C("invite.submit"))
	w.Look("invited-by-link")
	link, err := url.Parse(w.Value(w.C("invite.link")))
	if err != nil {
		j.t.Fatal(err)
	}

	mail := j.h.Mailbox.Wait(j.t, j.malik.address, "/invitations/")
	j.reads(mail, j.tale.invitation, j.tale.circle)
	j.malik.Go(mail.Paths("/invitations/")[0])
	j.solene.Count()
	j.solene.Go(link.Path)
}

// reads checks that a mail says what it should, in both of its parts.
func (j *journey) reads(mail *Mail, words ...string) {
	j.t.Helper()
	for _, part := range []string{flat(mail.Text), flat(Answer{Body: mail.HTML}.Text())} {
		for _, want := range words {
			if !strings.Contains(part, flat(want)) {
				j.t.Errorf("the mail %q doesn't say %q:\n%s", mail.Subject, want, part)
			}
		}
		if strings.Contains(part, "⟦") {
			j.t.Errorf("the mail %q lacks words:\n%s", mail.Subject, part)
		}
	}
}

// join: both read, answer, agree and are in; the third yes makes the circle active.
func (j *journey) join() {
	for _, w := range []*walker{j.malik, j.solene} {
		name, words := j.tale.mailed, j.tale.invitation
		if w == j.solene {
			name, words = j.tale.linked, j.tale.link
		}
		w.See(words)
		w.Look("invitation")
		w.Write(w.C("invited.name"), name)
		w.Write(w.C("invited.address"), w.address)
		w.Write(w.C("invited.why"), j.tale.why)
		w.Write(w.C("invited.brings"), j.tale.brings)
		w.Tap(w.C("person.means.few_hours"))
		if w == j.malik { // who forgets to agree hears so, and has to type nothing again
			w.Press(w.C("invited.join", "Circle", j.tale.circle))
			w.Look("invitation-refused")
			if got := w.Value(w.C("invited.why")); got != j.tale.why {
				j.t.Errorf("what was typed is gone: %q", got)
			}
		}
		w.Tap(w.C("invited.agree"))
		w.Press(w.C("invited.join", "Circle", j.tale.circle))
		w.See(w.C("said.circle.joined", "Circle", j.tale.circle, "Host", j.tale.founder))
		w.Look("circle-joined")
	}
	j.solene.SeeNot(j.solene.C("circle.gestation"))
	proof := j.h.Mailbox.Path(j.t, j.solene.address, "/addresses/")
	back := j.solene.URL()
	j.solene.Go(proof)
	j.solene.Look("proof")
	j.solene.Press("<main form button>")
	j.solene.See(j.solene.T("said.address.proved"))
	j.solene.Goto(back)
}

// talks: a word to all, an answer from a mail, an answer to the answer; and it is
// found again by a word without its accent.
func (j *journey) talks() {
	w := j.aurore
	w.Place("/circles")
	w.Press(j.tale.circle)
	w.Press(w.C("circle.do_talk"))
	w.Look("talk-new")
	w.Write(w.C("talk.words"), j.tale.talk)
	w.Press(w.C("talk.send"))
	w.See(w.C("said.talk.begun"))
	w.See(j.tale.talk)
	w.Look("talk")

	j.malik.Place("/")
	j.malik.Look("today-newcomer")
	j.malik.Press(`<aside a[href^="/talk/"]>`)
	j.malik.Write(j.malik.C("talk.reply"), j.tale.said)
	j.malik.Press(j.malik.C("common.send"))
	j.malik.See(j.tale.said)

	mail := j.h.Mailbox.Wait(j.t, w.address, "/talk/")
	j.reads(mail, j.tale.said)
	path, _, _ := strings.Cut(mail.Paths("/talk/")[0], "#")
	w.Go(path)
	w.Write(w.C("talk.reply"), j.tale.reply)
	w.Press(w.C("common.send"))
	w.See(j.tale.reply)

	w.Place("/search")
	w.Write(w.T("search.what"), j.tale.folded)
	w.Press(w.T("nav.search"))
	w.See(j.tale.word)
	w.Look("search")
	w.Press(".entry h2 a")
	w.See(j.tale.talk)
}

// asks: a newcomer's first exchange, from the ask to the thanks. She agrees by the
// mail's button, or on Today; he says done on the page; she confirms and thanks.
func (j *journey) asks() {
	s, m := j.solene, j.malik
	s.Press(s.C("circle.ask"))
	s.Look("ask-new")
	s.Press(s.C("ask.submit.ask")) // nothing typed yet
	s.See(s.plain.N("form.look_again", 1))
	s.Write(s.C("ask.words.ask"), j.tale.ask)
	s.Press(s.C("ask.submit.ask"))
	s.See(s.C("said.ask.posted"))
	s.Look("ask-posted")

	mail := j.h.Mailbox.WaitFor(j.t, m.address, "/asks/", j.tale.ask)
	j.reads(mail, j.tale.ask)
	m.Go(mail.Paths("/asks/")[0])
	m.Look("ask")
	m.Write(m.C("ask.help.words", "Name", j.tale.linked), j.tale.help)
	m.Press(m.C("move.exchange.propose"))
	m.Look("exchange-proposed")

	j.agrees()
	m.Place("/")
	m.Press(`<aside a[href^="/exchanges/"]>`)
	m.Look("exchange-agreed")
	m.Press(m.C("move.exchange.mark_done"))
	m.Look("exchange-done")

	done := j.h.Mailbox.Wait(j.t, s.address, "/moves/")
	s.Go(done.Paths("/exchanges/")[0])
	s.Look("exchange-to-confirm")
	s.Write(s.C("exchange.thank.label"), j.tale.thanks)
	s.Tap(s.C("exchange.reach.circle", "Circle", j.tale.circle))
	s.Press(s.C("exchange.confirm_to", "Name", j.tale.mailed))
	s.See(j.tale.thanks)
	s.Look("exchange-confirmed")
	j.t.Logf("a newcomer's first exchange, from the invitation to the thanks: %d clicks, %d fields, %d words to read", s.clicks, s.fields, s.words)
	s.counting = false

	j.reads(j.h.Mailbox.WaitFor(j.t, m.address, "/exchanges/", j.tale.thanks), j.tale.thanks)
	j.aurore.Place("/circles")
	j.aurore.Press(j.tale.circle)
	j.aurore.See(j.tale.thanks)
	j.aurore.Look("circle-alive")
}

// agrees is Solène's yes: by the button of the mail, or by that of Today.
func (j *journey) agrees() {
	s := j.solene
	mail := j.h.Mailbox.WaitFor(j.t, s.address, "/moves/", j.tale.help)
	j.reads(mail, j.tale.help)
	if s.o.NoJS {
		s.Place("/")
		s.Look("today-awaited")
		s.Press(s.C("today.agree", "Name", j.tale.mailed))
	} else {
		s.Go(mail.Paths("/moves/")[0])
		s.Look("move")
		s.Press("<main form button>")
	}
	s.Look("agreed")
	if s.o.NoJS {
		return
	}
	s.Go(mail.Paths("/moves/")[0]) // the link has done its work
	s.See(s.C("moves.title.used"))
	s.Look("move-used")
}

// letters: between two, and nobody else finds them.
func (j *journey) letters() {
	w, m := j.aurore, j.malik
	w.Place("/people")
	w.Look("people")
	w.Press(j.tale.mailed)
	w.Look("person")
	w.Press(w.C("people.write"))
	w.Look("letter-new")
	w.Write(w.T("letters.words"), j.tale.letter)
	w.Press(w.T("common.send"))
	w.See(w.T("said.letter.sent", "Name", j.tale.mailed))

	mail := j.h.Mailbox.Wait(j.t, m.address, "/letters/")
	j.reads(mail, j.tale.letter)
	m.Go(mail.Paths("/letters/")[0])
	m.Write(m.T("letters.answer", "Name", j.tale.founder), j.tale.answer)
	m.Press(m.T("common.send"))
	m.See(j.tale.answer)
	m.Look("letter")
	w.Place("/letters")
	w.Look("letters")

	s := j.solene
	s.Place("/search")
	s.Write(s.T("search.what"), "Nantes")
	s.Press(s.T("nav.search"))
	s.SeeNot(j.tale.letter)
}

// charter: its meaning changes; one says yes from Today, one from the mail.
func (j *journey) charter() {
	w := j.aurore
	w.Place("/circles")
	w.Press(j.tale.circle)
	w.Press(w.C("circle.charter.short", "Version", "1"))
	w.Look("charter")
	w.Press(w.C("circle.charter.edit"))
	w.Look("charter-edit")
	w.Write(w.C("circle.charter"), j.tale.charter)
	w.Tap(w.C("circle.change.meaning"))
	w.Press(w.C("common.save"))
	w.See(w.C("said.circle.charter_meaning"))

	j.malik.Place("/")
	j.malik.Look("today-charter")
	j.malik.Press(j.malik.C("today.charter.read"))
	j.malik.See(j.tale.charter)
	j.malik.Press(j.malik.C("circle.charter.agree"))
	j.malik.See(j.malik.C("said.circle.agreed"))

	j.solene.Go(j.h.Mailbox.Path(j.t, j.solene.address, "/moves/"))
	j.solene.Look("move-charter")
	j.solene.Press("<main form button>")
	j.solene.Look("charter-agreed")
}

// elsewhere: thanks for something that happened at a table.
func (j *journey) elsewhere() {
	w, m := j.aurore, j.malik
	w.Place("/circles")
	w.Press(j.tale.circle)
	w.Press(w.C("circle.thank"))
	w.Look("thank")
	w.Choose(w.C("thanks.to_whom"), j.tale.mailed)
	w.Write(w.C("thanks.words"), j.tale.elsewhere)
	w.Tap(w.C("thanks.reach.circle", "Circle", j.tale.circle))
	w.Press(w.C("move.thanks.say"))
	w.See(j.tale.elsewhere)
	w.Look("thanks-noted")
	m.Place("/")
	m.Look("today-thanks")
	m.Press(m.C("move.thanks.with_pleasure"))
	m.See(m.C("said.thanks.with_pleasure"))
	m.Look("thanks")
}

// settles: she says more of herself; he settles nothing and asks nothing of anybody.
func (j *journey) settles() {
	s := j.solene
	s.Press(".self")
	s.Write(s.T("person.headline"), j.tale.headline)
	s.Press(s.T("common.save"))
	s.See(s.T("said.settings.saved"))
	j.malik.Place("/people")
	j.malik.See(j.tale.headline)
	s.Press(s.T("settings.mail"))
	s.Look("settings-mail")
	s.Press(s.T("common.save"))
	s.See(s.T("said.settings.saved"))
	s.Press(s.T("nav.settings"))
	s.Press(s.T("settings.devices"))
	s.Look("devices")
	s.Press(s.T("settings.addresses"))
	s.Look("addresses")
}

// returns: she signs out, and comes back by a link in her mail.
func (j *journey) returns() {
	s := j.solene
	s.Press(s.T("settings.sign_out"))
	s.See(s.T("said.signed_out"))
	s.Look("signed-out")
	s.Write(s.T("signin.address"), s.address)
	s.Press(s.T("signin.ask"))
	s.See(s.T("signin.sent"))
	s.Look("sign-in-sent")
	s.Go(j.h.Mailbox.Path(j.t, s.address, "/sign-in/"))
	s.See(s.T("signin.hello", "Name", j.tale.linked))
	s.Look("sign-in-link")
	s.Press(s.T("signin.enter"))
	s.Look("today-back")
	if got := s.Cookies(); len(got) != 1 {
		j.t.Errorf("cookies: %v", got)
	}
}
