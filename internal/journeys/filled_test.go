package journeys

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cordee/internal/circle"
	"cordee/internal/circle/circletest"
	"cordee/internal/exchange"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/server"
	"cordee/internal/signin"
	"cordee/internal/thread"
	"cordee/internal/thread/threadtest"
)

// The seven visitors, in the order of the columns of testdata/visitors.txt.
const (
	Stranger = "stranger" // without a session
	Invited  = "invited"  // known here from another circle, and invited to this one
	Member   = "member"   // of the circle; whose letter, message and session it is
	Other    = "other"    // a member of another circle only
	Host     = "host"     // of the circle
	Former   = "former"   // who was a member of the circle
	Operator = "operator" // who keeps the server, a member of another circle only
)

func visitors() []string {
	return []string{Stranger, Invited, Member, Other, Host, Former, Operator}
}

// Life is what happened in a filled house, as a test needs to know it. The circle
// is that of Member, Host and Former.
type Life struct {
	People  map[string]person.Person // by first name
	Who     map[string]id.Person     // by visitor
	Cookies map[string]string        // by visitor
	Params  map[string]string        // of patterns: "ask", "POST /messages/{message}/thank message"
	Shown   map[string]string        // more pages for Member, by a name
	Secrets []string                 // what only members of the circle may read
	Circle  id.Circle
}

// addresses that mails go to
func address(name string) string { return persontest.Address(name) }

// template is a filled house, closed, to be copied.
var template struct {
	once sync.Once
	dir  string
	life Life
	err  error
}

func dropTemplate() error {
	if template.dir == "" {
		return nil
	}
	return os.RemoveAll(template.dir)
}

// Furnished starts a copy of the filled house.
func Furnished(t *testing.T, o Options) (*House, Life) {
	t.Helper()
	if o.Postgres {
		h := Start(t, o)
		return h, fill(t, h)
	}
	template.once.Do(func() { template.err = buildTemplate(t) })
	if template.err != nil {
		t.Fatal(template.err)
	}
	if template.dir == "" {
		t.Fatal("the filled house couldn't be made, see the first test that wanted it")
	}
	dir := newFolder(t)
	if err := copyFolder(dir, template.dir); err != nil {
		t.Fatal(err)
	}
	o.Data = filepath.Join(dir, "house")
	return Start(t, o), template.life
}

// buildTemplate lives in a test of its own, so that its house is closed at its end.
func buildTemplate(t *testing.T) error {
	t.Helper()
	dir, err := os.MkdirTemp(ground(), "cordee-journeys-") //nolint:usetesting // outlives this test
	if err != nil {
		return err
	}
	var life Life
	ok := t.Run("filling", func(t *testing.T) {
		life = fill(t, Start(t, Options{Data: dir}))
	})
	if !ok {
		return errors.Join(errors.New("filling a house failed"), os.RemoveAll(dir))
	}
	template.dir, template.life = dir, life
	return nil
}

// builder writes a Life through the use cases.
type builder struct {
	t     *testing.T
	h     *House
	rooms *exchangetest.House
	life  Life
}

func (b *builder) fatal(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *builder) id(name string) id.Person { return b.life.People[name].ID }

func (b *builder) by(name string) journal.By { return persontest.As(b.id(name)) }

// secret notes what only the circle's members may read.
func (b *builder) secret(text string) string {
	b.life.Secrets = append(b.life.Secrets, text)
	return text
}

func (b *builder) later(d time.Duration) { b.h.Clock.Advance(d) }

// fill lives forty days in an empty house, up to the present.
func fill(t *testing.T, h *House) Life {
	t.Helper()
	ground := &persontest.House{DB: h.DB, Journal: h.Journal, Clock: persontest.NewClock(), People: h.People}
	b := &builder{t: t, h: h, life: Life{People: map[string]person.Person{}, Who: map[string]id.Person{}, Cookies: map[string]string{}, Params: map[string]string{}, Shown: map[string]string{}}}
	b.rooms = &exchangetest.House{Exchanges: h.Exchanges, House: &circletest.House{
		House: &threadtest.House{House: ground, Threads: h.Threads}, Keys: h.Keys, Server: h.Server, Circles: h.Circles,
	}}
	h.Clock.Back(40 * 24 * time.Hour)
	b.server()
	b.people()
	b.circles()
	b.talk()
	b.asks()
	b.thanks()
	b.charter()
	h.Clock.Back(0)
	b.links()
	b.quiet()
	b.enter()
	return b.life
}

// server sets up the server: Odile keeps it, and founds a circle of her own.
func (b *builder) server() {
	ctx := b.t.Context()
	token, err := b.h.Server.SetUpToken(ctx)
	b.fatal(err)
	b.life.Params["GET /set-up/{token} token"] = token
	b.life.Params["POST /set-up/{token} token"] = token
	founding := circletest.Founding("Le Refuge")
	founding.Purpose = "Ne plus être seul quand on tient un lieu en montagne."
	made, err := b.h.Circles.SetUp(ctx, persontest.Outside(), threadtest.Key(), circle.SetUp{
		Token: token, Founding: founding,
		Newcomer: person.Newcomer{Name: "Odile Brun", Languages: []lang.Tag{lang.FR}, Zone: "Europe/Paris", Address: address("Odile Brun")},
	})
	b.fatal(err)
	b.life.People["Odile"] = exchangetest.Person(b.t, b.rooms, made.Person)
	b.life.Who[Operator] = made.Person
	s, err := b.h.Server.Get(ctx, b.h.DB.Read)
	b.fatal(err)
	b.fatal(b.h.Server.Edit(ctx, b.by("Odile"), threadtest.Key(), s.Version, server.Edit{Name: "Cordée des Alpes", Founding: server.Everybody}))
	if b.h.Mailbox != nil {
		b.fatal(b.h.Collect(ctx, made.Person))
	}
	b.life.Params["GET /server/claim/{slug} slug"] = "liste-entraide"
	b.life.Params["POST /server/claim/{slug} slug"] = "liste-entraide"
	b.h.Do(b.t, func(ctx context.Context, tx *journal.Tx) error {
		_, _, err := b.h.Circles.FoundPast(ctx, tx, "liste-entraide", "Liste d’entraide", lang.FR)
		return err
	})
}

// Collect makes a house send its mails to its Mailbox, as its operator does.
func (h *House) Collect(ctx context.Context, operator id.Person) error {
	m, err := h.Server.Mail(ctx)
	if err != nil {
		return err
	}
	return h.Server.SaveMail(ctx, persontest.As(operator), threadtest.Key(), server.MailSettings{
		Version: m.Version, Host: "127.0.0.1", Port: h.Mailbox.Port, Security: server.None, From: "cordee@cordee.example.org",
	})
}

func (b *builder) people() {
	for _, name := range []string{
		"Hélène Marchand", "Mina Farouk", "Paul Arnaud", "Aurore Lemaire", "Malik Benali", "Tomás Ruiz", "Fanny Leroy",
		"Octave Petit", "Nora Vidal", "Inès Roux",
	} {
		p := persontest.New(b.t, b.rooms.House.House.House, name)
		first, _, _ := strings.Cut(name, " ")
		b.life.People[first] = p
	}
	for visitor, name := range map[string]string{Host: "Hélène", Member: "Mina", Other: "Octave", Former: "Fanny", Invited: "Inès"} {
		b.life.Who[visitor] = b.id(name)
	}
	for _, name := range []string{"Mina", "Paul", "Aurore", "Malik", "Tomás", "Fanny"} {
		b.secret(b.life.People[name].Name)
	}
	b.profile("Paul", func(p *person.Profile) {
		p.Place, p.Headline = "Grenoble", b.secret("Charpentier, et un peu ferronnier")
		p.Helps, p.Learns, p.Means = []string{"devis", "bois"}, []string{"espagnol"}, person.FewHours
	})
	b.profile("Mina", func(p *person.Profile) {
		p.Place, p.Headline = "Lyon", "Graphiste indépendante"
		p.Helps, p.Learns, p.Means = []string{"identité visuelle", "relecture"}, []string{"comptabilité"}, person.FewHours
	})
}

func (b *builder) profile(name string, change func(*person.Profile)) {
	p := exchangetest.Person(b.t, b.rooms, b.id(name))
	change(&p.Profile)
	p, err := b.h.People.Edit(b.t.Context(), b.by(name), threadtest.Key(), p.Version, p.Profile)
	b.fatal(err)
	b.life.People[name] = p
}

// circles: Planète Métiers with its seven members, of whom one has left; the
// Refuge with two more; and Relecture, where Hélène knows Inès from.
func (b *builder) circles() {
	ctx := b.t.Context()
	founding := circletest.Founding("Planète Métiers")
	founding.Purpose = "Des indépendants de métiers différents qui s’entraident **sans compter**."
	founding.Charter = circle.CharterDraft(lang.For(lang.FR, nil, time.Time{}).Tu())
	made, err := b.h.Circles.Found(ctx, b.by("Hélène"), threadtest.Key(), founding)
	b.fatal(err)
	b.life.Circle, b.life.Params["slug"] = made.Circle, made.Slug
	c := circletest.Again(b.t, b.rooms.House, made.Circle)
	for _, name := range []string{"Mina", "Paul", "Aurore", "Malik", "Tomás", "Fanny"} {
		b.later(3 * time.Hour)
		c = circletest.Member(b.t, b.rooms.House, c, b.life.People[name])
	}
	refuge := b.standing("Odile").Circles[0].Circle
	for _, name := range []string{"Octave", "Nora"} {
		circletest.Member(b.t, b.rooms.House, circletest.Again(b.t, b.rooms.House, refuge), b.life.People[name])
	}
	circletest.Active(b.t, b.rooms.House, "Relecture", b.life.People["Hélène"], b.life.People["Inès"])
	b.leaves("Fanny", c.ID)
}

func (b *builder) standing(name string) circle.Standing {
	return circletest.Standing(b.t, b.rooms.House, b.id(name))
}

// leaves ends a membership. Leaving is no use case yet: these are the rows that
// it will write.
func (b *builder) leaves(name string, c id.Circle) {
	b.h.Do(b.t, func(ctx context.Context, tx *journal.Tx) error {
		_, err := tx.NewRaw("UPDATE circle_membership SET left_at = ?, version = version + 1 WHERE circle = ? AND person = ?", tx.Now().UnixMicro(), c, b.id(name)).Exec(ctx)
		if err != nil {
			return err
		}
		_, err = tx.NewRaw("UPDATE circle SET members = members - 1 WHERE id = ?", c).Exec(ctx)
		if err != nil {
			return err
		}
		return b.h.People.HideFrom(ctx, tx, b.id(name), c)
	})
}

// talk: two talks of the circle, the first with a file, and a letter.
func (b *builder) talk() {
	ctx, h := b.t.Context(), b.rooms.House.House
	b.later(5 * 24 * time.Hour)
	lunch, err := b.h.Circles.Talk(ctx, b.by("Mina"), threadtest.Key(), circle.TalkInput{
		Circle: b.life.Circle, Title: b.secret("Repas de mai au bord du lac"),
		Words:       b.secret("Qui vient déjeuner dimanche ? J’apporte une tarte aux blettes."),
		Attachments: []thread.Attachment{threadtest.File(b.t, h, "plan du lac.txt", b.secret("Passer derrière la capitainerie."))},
	})
	b.fatal(err)
	b.life.Params["thread"] = string(lunch.Public)
	first := b.message(lunch.Message)
	b.life.Params["message"], b.life.Params["file"], b.life.Params["name"] = string(first.Public), string(first.Attachments[0].Public), "plan.txt"
	b.reply("Paul", lunch.Thread, "Présent, avec du *pain de campagne*.")
	b.reply("Aurore", lunch.Thread, "Moi aussi. Voici un long mot : anticonstitutionnellement, et une adresse https://example.org/un/chemin/tres/long/qui/ne/finit/pas/et/qui/doit/pourtant/tenir/sur/un/telephone")
	b.later(26 * time.Hour)
	_, err = b.h.Circles.Talk(ctx, b.by("Malik"), threadtest.Key(), circle.TalkInput{
		Circle: b.life.Circle, Title: b.secret("L’assurance des ateliers partagés"),
		Words: "Je lis les conditions :\n\n1. le local,\n2. les outils,\n3. les gens.\n\n> On n’assure pas l’usure.\n\n`Article 12` dit le reste.",
	})
	b.fatal(err)
	letter, err := b.h.Circles.Letter(ctx, b.by("Paul"), threadtest.Key(), circle.LetterInput{
		To: b.id("Mina"), Title: b.secret("Ton logo pour la scierie"), Words: b.secret("Je garde ça entre nous : la scierie ferme à l’automne."),
	})
	b.fatal(err)
	b.life.Params["GET /letters/{thread} thread"], b.life.Params["POST /letters/{thread} thread"] = string(letter.Public), string(letter.Public)
}

func (b *builder) message(which thread.MessageID) thread.Message {
	m, _, err := b.h.Threads.Message(b.t.Context(), b.h.DB.Read, which)
	b.fatal(err)
	return m
}

func (b *builder) reply(name string, to thread.ID, words string) thread.MessageID {
	b.later(40 * time.Minute)
	return exchangetest.Replied(b.t, b.rooms, b.id(name), to, words)
}

// asks: one of Mina's that is open and answered, one that Paul did and that she
// may confirm, others at every stage.
func (b *builder) asks() {
	b.later(6 * 24 * time.Hour)
	in := b.life.Circle
	open := exchangetest.Asked(b.t, b.rooms, b.id("Mina"), in, b.secret("Qui saurait relire mon contrat de cession de droits ?")+" Deux pages, sans urgence, à distance.")
	b.life.Params["ask"] = string(open.Public)
	answer := b.reply("Malik", open.Thread, b.secret("Regarde l’article sur la durée : dix ans, c’est trop."))
	b.life.Params["POST /messages/{message}/thank message"] = string(b.message(answer).Public)
	b.life.Shown["exchange-proposed"] = "/exchanges/" + string(exchangetest.Proposed(b.t, b.rooms, b.id("Aurore"), open.ID).Public)

	b.later(24 * time.Hour)
	quote := exchangetest.Asked(b.t, b.rooms, b.id("Mina"), in, b.secret("Une heure pour préparer un devis de menuiserie"))
	done := exchangetest.Proposed(b.t, b.rooms, b.id("Paul"), quote.ID)
	exchangetest.Moved(b.t, b.rooms, b.id("Mina"), done.ID, exchange.Agree)
	exchangetest.Moved(b.t, b.rooms, b.id("Paul"), done.ID, exchange.MarkDone)
	b.life.Params["exchange"] = string(done.Public)
	b.life.Params["POST /exchanges/{exchange}/{move} move"] = string(exchange.Confirm)

	b.later(24 * time.Hour)
	offer := exchangetest.Offered(b.t, b.rooms, b.id("Aurore"), in, b.secret("Je montre la couture invisible")+" à qui veut, samedi matin à Lyon.")
	b.life.Shown["offer"] = "/asks/" + string(offer.Public)
	press := exchangetest.Posted(b.t, b.rooms, b.id("Tomás"), exchange.Posting{
		Want: exchange.ForAsk, Words: b.secret("¿Quién me presenta una imprenta en Oaxaca?"), Circles: []id.Circle{in},
	})
	b.life.Shown["exchange-agreed"] = "/exchanges/" + string(exchangetest.Moved(b.t, b.rooms, b.id("Tomás"), exchangetest.Proposed(b.t, b.rooms, b.id("Mina"), press.ID).ID, exchange.Agree).Public)
	b.life.Shown["ask-under-way"] = "/asks/" + string(press.Public)
	coffee := exchangetest.Posted(b.t, b.rooms, b.id("Hélène"), exchange.Posting{
		Want: exchange.ForAsk, Words: b.secret("Un café mardi pour parler tarifs ?"), Circles: []id.Circle{in}, Facts: &exchange.Facts{Kind: exchange.Company},
	})
	b.life.Shown["ask-company"] = "/asks/" + string(coffee.Public)
	toMina := exchangetest.Posted(b.t, b.rooms, b.id("Paul"), exchange.Posting{Want: exchange.ForAsk, Words: b.secret("Tu pourrais dessiner mon enseigne ?"), To: b.id("Mina")})
	b.life.Shown["ask-to-me"] = "/asks/" + string(toMina.Public)
	exchangetest.Asked(b.t, b.rooms, b.id("Octave"), b.standing("Octave").Circles[0].Circle, "Qui a une tronçonneuse à prêter au Refuge ?")
}

// thanks: Paul's from Mina, shared; Mina's from Aurore, which she may welcome.
func (b *builder) thanks() {
	b.later(2 * 24 * time.Hour)
	ctx := b.t.Context()
	confirmed := exchangetest.Confirmed(b.t, b.rooms, b.id("Paul"), b.id("Mina"))
	page, err := b.h.Exchanges.ExchangePage(ctx, b.h.DB.Read, b.standing("Mina").Viewer(), confirmed.Public)
	b.fatal(err)
	b.life.Shown["thanks-said"] = "/thanks/" + string(page.Thanks[0].Public)
	b.life.Shown["exchange-confirmed"] = "/exchanges/" + string(confirmed.Public)
	past := exchangetest.Asked(b.t, b.rooms, b.id("Malik"), b.life.Circle, "Une affiche pour la fête de l’atelier")
	x := exchangetest.Proposed(b.t, b.rooms, b.id("Mina"), past.ID)
	exchangetest.Moved(b.t, b.rooms, b.id("Malik"), x.ID, exchange.Agree)
	b.later(3 * 24 * time.Hour)
	b.fatal(b.h.Exchanges.Move(ctx, b.by("Malik"), threadtest.Key(), exchange.Moving{
		Exchange: x.ID, Move: exchange.MarkDone, Thanks: b.secret("Grâce à toi la fête a fait salle comble."), Circles: []id.Circle{b.life.Circle},
	}))
	b.life.Shown["exchange-given"] = "/exchanges/" + string(x.Public)
	made, err := b.h.Exchanges.ThankElsewhere(ctx, b.by("Aurore"), threadtest.Key(), exchange.ThankingElsewhere{
		Giver: b.id("Mina"), Kind: exchange.Help, Words: b.secret("Merci pour le coup de fil du soir où tout brûlait."), Circles: []id.Circle{b.life.Circle},
	})
	b.fatal(err)
	b.life.Params["thanks"] = string(made.Public)
	b.life.Params["POST /thanks/{thanks}/{move} move"] = string(exchange.WithPleasure)
}

// charter: its meaning has changed, Paul has said yes again; Aurore hosts too.
func (b *builder) charter() {
	b.later(24 * time.Hour)
	ctx := b.t.Context()
	b.fatal(b.h.Circles.MakeHost(ctx, b.by("Hélène"), threadtest.Key(), b.life.Circle, b.id("Aurore")))
	b.fatal(b.h.Circles.EditCharter(ctx, b.by("Hélène"), threadtest.Key(), circle.CharterInput{
		Circle: b.life.Circle, Version: 1, Edition: 1, Meaning: true,
		Words: circle.CharterDraft(lang.For(lang.FR, nil, time.Time{}).Tu()) + "\n\nNous déjeunons ensemble **une fois par saison**.",
	}))
	b.fatal(b.h.Circles.Agree(ctx, b.by("Paul"), threadtest.Key(), b.life.Circle, 2))
}

// links: invitations and everything else that opens by a token.
func (b *builder) links() {
	ctx := b.t.Context()
	b.life.Params["person"] = string(b.life.People["Paul"].Public)
	sent, err := b.h.Circles.Invite(ctx, b.by("Mina"), threadtest.Key(), circle.InviteInput{
		Circle: b.life.Circle, Way: circle.ByLink, Name: "Zoé", Words: "En mars tu as sauvé mon devis. Je te garde une place.",
	})
	b.fatal(err)
	b.life.Params["invitation"] = string(sent.Public)
	b.life.Params["token"] = circletest.Token(b.t, b.rooms.House, circletest.Again(b.t, b.rooms.House, b.life.Circle), b.id("Mina"), sent.Public)
	declined := circletest.Link(b.t, b.rooms.House, circletest.Again(b.t, b.rooms.House, b.life.Circle), b.id("Hélène"))
	b.fatal(b.h.Circles.Decline(ctx, persontest.Outside(), threadtest.Key(), circle.Arrival{Token: declined}))
	b.life.Params["GET /invitations/{token}/declined token"] = declined
	_, err = b.h.Circles.Invite(ctx, b.by("Hélène"), threadtest.Key(), circle.InviteInput{
		Circle: b.life.Circle, Way: circle.ByCordee, Person: b.id("Inès"), Words: "Viens donc aussi de ce côté-ci.",
	})
	b.fatal(err)

	enter, err := b.h.SignIns.LinkFor(ctx, persontest.Outside(), b.id("Mina"))
	b.fatal(err)
	b.forBoth("/sign-in/{token} token", enter)
	b.fatal(b.h.SignIns.AddAddress(ctx, b.by("Mina"), threadtest.Key(), "mina@atelier.example.org"))
	b.forBoth("/addresses/{token} token", b.proof())
	b.fatal(b.h.SignIns.AddAddress(ctx, b.by("Mina"), threadtest.Key(), "m.farouk@example.net"))
	b.fatal(b.h.SignIns.Prove(ctx, persontest.Outside(), threadtest.Key(), b.proof(), signin.SessionID{}))
	x, err := id.ParsePublic(b.life.Params["exchange"])
	b.fatal(err)
	page, err := b.h.Exchanges.ExchangePage(ctx, b.h.DB.Read, b.standing("Mina").Viewer(), x)
	b.fatal(err)
	b.h.Do(b.t, func(ctx context.Context, tx *journal.Tx) error {
		token, err := b.h.SignIns.NewMove(ctx, tx, b.id("Mina"), page.Ref(), "exchange."+string(exchange.Confirm), tx.Now().Add(signin.MoveLife))
		b.forBoth("/moves/{token} token", token)
		return err
	})
	b.h.Do(b.t, func(ctx context.Context, tx *journal.Tx) error {
		_, err := b.h.People.Stage(ctx, tx, person.Past{Name: "M. Farouk", Address: address("Mina Farouk"), Circle: b.life.Circle})
		return err
	})
	history, err := b.h.People.StagedFor(ctx, b.h.DB.Read, b.id("Mina"))
	b.fatal(err)
	if len(history) > 0 {
		b.life.Params["POST /people/{person}/history person"] = string(history[0].Public)
	}
	b.life.Params["POST /circles/{slug}/members/{person}/host person"] = string(b.life.People["Paul"].Public)
}

// proof is the token of the latest letter that asks somebody to prove an address.
func (b *builder) proof() string {
	var links []signin.LinkID
	b.fatal(b.h.DB.Read.NewRaw("SELECT id FROM signin_link WHERE purpose = ? ORDER BY id DESC LIMIT 1", signin.ToProve).Scan(b.t.Context(), &links))
	letter, err := b.h.SignIns.Letter(b.t.Context(), links[0])
	b.fatal(err)
	return letter.Token
}

func (b *builder) forBoth(pattern, value string) {
	b.life.Params["GET "+pattern], b.life.Params["POST "+pattern] = value, value
}

// quiet waits until every mail has left, and turns mail off: copies of the house
// have nobody to send to.
func (b *builder) quiet() {
	ctx, box := b.t.Context(), b.h.Mailbox
	if box == nil {
		return
	}
	b.forBoth("/unsubscribe/{token} token", strings.TrimPrefix(box.Path(b.t, address("Mina Farouk"), "/unsubscribe/"), "/unsubscribe/"))
	exchangetest.Replied(b.t, b.rooms, b.id("Mina"), b.letter(), "Promis, je n’en parle à personne.")
	box.Wait(b.t, address("Paul Arnaud"), "/letters/")
	b.h.Settled(b.t)
	m, err := b.h.Server.Mail(ctx)
	b.fatal(err)
	b.fatal(b.h.Server.SaveMail(ctx, b.by("Odile"), threadtest.Key(), server.MailSettings{Version: m.Version, Security: server.StartTLS, Port: 587}))
}

func (b *builder) letter() thread.ID {
	public, err := id.ParsePublic(b.life.Params["GET /letters/{thread} thread"])
	b.fatal(err)
	t, err := b.h.Threads.ByPublic(b.t.Context(), b.h.DB.Read, b.standing("Mina").Viewer(), public)
	b.fatal(err)
	return t.ID
}

// enter signs every visitor in, Mina on two devices.
func (b *builder) enter() {
	for _, visitor := range append(slices.Clone(visitors()[1:]), Member) {
		token, err := b.h.SignIns.LinkFor(b.t.Context(), persontest.Outside(), b.life.Who[visitor])
		b.fatal(err)
		guest := journal.By{Actor: journal.Guest("visitor"), Door: journal.Test}
		in, err := b.h.SignIns.SignIn(b.t.Context(), guest, threadtest.Key(), token, "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0")
		b.fatal(err)
		if visitor == Member && b.life.Cookies[Member] != "" {
			b.life.Params["session"] = string(in.Session.Public)
			continue
		}
		b.life.Cookies[visitor] = in.Cookie
	}
}
