package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/post"
	"cordee/internal/signin"
	"cordee/internal/thread"
	"cordee/internal/words"
)

// writing is one mail while it is being written.
type writing struct {
	*Courier
	d       Delivery
	s       *subject
	to      person.Correspondent
	p       *lang.Printer
	circle  circle.Circle // that it comes from; zero for none
	names   map[id.Person]string
	mailbox string // the server's own

	letter post.Letter
}

// letter writes the mail of a delivery, from what is true now. errMoot says that
// there is nothing left to say.
func (k *Courier) letter(ctx context.Context, d Delivery, mailbox string) (post.Letter, error) {
	w := &writing{Courier: k, d: d, mailbox: mailbox, names: map[id.Person]string{}}
	var err error
	switch {
	case d.Kind == kindDigest:
		err = w.digest(ctx)
	case d.Ref.Kind == signin.ObjectLink:
		err = w.link(ctx)
	case d.Ref.Kind == circle.KindInvitation && d.Class == AskedFor:
		err = w.invitation(ctx)
	default:
		err = w.news(ctx)
	}
	return w.letter, err
}

// begin sets what every mail has.
func (w *writing) begin(from string, to post.Mailbox) {
	w.letter.ID, w.letter.Date, w.letter.Lang = w.d.MessageID, w.d.MadeAt, w.p.Lang()
	w.letter.From = post.Mailbox{Name: from, Address: w.mailbox}
	w.letter.To = to
	w.letter.ReplyTo = post.Mailbox{Name: w.p.T("mail.reply_to"), Address: w.mailbox}
}

func (w *writing) say(blocks ...post.Block) { w.letter.Body = append(w.letter.Body, blocks...) }

// speak makes the printer of a reader; the time is the act's, so that the mail
// reads the same however often it is written.
func (w *writing) speak(tag lang.Tag, loc *time.Location, tu bool) {
	w.p = lang.For(tag, loc, w.d.MadeAt)
	if tu {
		w.p = w.p.Tu()
	}
}

// link writes the mails that signing in and proving an address are asked by.
func (w *writing) link(ctx context.Context) error {
	l, err := w.SignIn.Letter(ctx, id.As[signin.Link](w.d.Ref.ID))
	if errors.Is(err, signin.ErrNoLetter) {
		return errMoot
	}
	if err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	w.speak(l.Lang, l.Zone, false)
	key, path := "mail.sign_in", signInPath(l.Token)
	if l.Purpose == signin.ToProve {
		key, path = "mail.proof", proofPath(l.Token)
	}
	house := w.URL.Host
	w.begin("Cordée", post.Mailbox{Name: l.Name, Address: l.Address})
	w.letter.Subject = w.p.T(key + ".subject")
	w.say(
		post.Para{Text: w.p.T(key+".lead", "House", house, "For", w.p.Span(l.Expires.Sub(w.d.MadeAt)), "Address", l.Address)},
		post.Buttons{{Label: w.p.T(key + ".button"), URL: w.at(path), Main: true}},
		post.Para{Text: w.p.T(key + ".note"), Quiet: true},
	)
	w.letter.Footer = post.Footer{Lines: []string{w.p.T("mail.footer.house", "House", house)}}
	return nil
}

// invitation writes the mail by which Cordée brings an inviter's words.
func (w *writing) invitation(ctx context.Context) error {
	m, err := w.Circles.InvitationMail(ctx, w.DB.Read, id.As[circle.Invitation](w.d.Ref.ID))
	if err != nil {
		return err //nolint:wrapcheck // not found: moot
	}
	i := m.Invitation
	to := post.Mailbox{Name: i.Name, Address: i.Address}
	w.speak(m.Circle.Language, nil, m.Circle.SaysTu())
	if !i.Person.IsZero() {
		known, err := w.People.Correspondents(ctx, w.DB.Read, []id.Person{i.Person})
		if err != nil {
			return err //nolint:wrapcheck // the rooms wrap
		}
		if c, ok := known[i.Person]; ok {
			w.speak(c.Lang, c.Location, m.Circle.SaysTu())
			if to = (post.Mailbox{Name: c.Name, Address: c.Address}); i.Address != "" {
				to.Address = i.Address // its token proves the mailbox that it was meant for
			}
		}
	}
	names, err := w.People.Names(ctx, w.DB.Read, []id.Person{i.Inviter})
	if err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	who := names[i.Inviter]
	w.begin(who+" · "+m.Circle.Name, to)
	w.letter.Subject = w.p.T("mail.invitation.subject", "Who", who, "Circle", m.Circle.Name)
	w.say(
		post.Words{Markdown: i.Words},
		post.Para{Text: w.p.T("mail.invitation.lead", "Who", who, "Circle", m.Circle.Name)},
	)
	if m.Circle.Purpose != "" {
		w.say(post.Quote{Markdown: m.Circle.Purpose})
	}
	w.say(
		post.Buttons{{Label: w.p.T("mail.invitation.button"), URL: w.at(invitationPath(m.Token)), Main: true}},
		post.Para{Text: w.p.T("mail.invitation.note", "Until", w.p.Day(i.ExpiresAt)), Quiet: true},
	)
	w.letter.Footer.Lines = []string{w.p.T("mail.footer.circle", "Circle", m.Circle.Name)}
	if i.Address != "" {
		w.letter.Footer.Lines = append(w.letter.Footer.Lines, w.p.T("mail.footer.stranger", "Who", who))
	}
	return nil
}

// news writes a mail about one act.
func (w *writing) news(ctx context.Context) error {
	raw, err := w.rawFacts(ctx, w.DB.Read, w.d.Act)
	if err != nil {
		return err
	}
	if w.s, err = w.load(ctx, w.DB.Read, w.d.Ref, w.d.Circle, raw); err != nil {
		return err
	}
	if err := w.reader(ctx); err != nil {
		return err
	}
	if err := w.findWords(ctx); err != nil {
		return err
	}
	if err := w.findNames(ctx); err != nil {
		return err
	}
	from := w.name(w.d.Actor)
	if w.d.Actor.IsZero() {
		from = "Cordée"
	}
	if w.circle.Name != "" {
		from += " · " + w.circle.Name
	}
	w.begin(from, post.Mailbox{Name: w.to.Name, Address: w.to.Address})
	w.letter.Subject = w.subject()
	if err := w.body(ctx); err != nil {
		return err
	}
	w.thread()
	w.footer()
	return nil
}

// reader finds who reads, in which language, and whether they still may.
func (w *writing) reader(ctx context.Context) error {
	who := []id.Person{w.d.Person}
	to, err := w.People.Correspondents(ctx, w.DB.Read, who)
	if err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	views, err := w.Circles.Viewers(ctx, w.DB.Read, who)
	if err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	known := false
	if w.to, known = to[w.d.Person]; !known || !w.s.seenBy(views[w.d.Person]) {
		return errMoot
	}
	from := w.d.Circle
	if mine := views[w.d.Person].Circles; !slices.Contains(mine, from) {
		for _, c := range w.s.circles { // of several circles, one that the reader is in
			if slices.Contains(mine, c) {
				from = c
				break
			}
		}
	}
	if !from.IsZero() && slices.Contains(views[w.d.Person].Circles, from) {
		if w.circle, err = w.Circles.Get(ctx, w.DB.Read, from); err != nil {
			return err //nolint:wrapcheck // the rooms wrap
		}
	}
	w.speak(w.to.Lang, w.to.Location, w.circle.SaysTu())
	return nil
}

// findWords finds the words that the act brought, where its facts don't say.
func (w *writing) findWords(ctx context.Context) error {
	from := thread.ID{}
	switch w.d.Kind {
	case exchange.ActAskPosted:
		from = w.s.ask.Thread
	case circle.ActTalked:
		from = w.s.thread.ID
	case exchange.ActProposed:
		from = w.s.exchange.Thread
	case circle.ActWrote:
		return w.findLetter(ctx)
	}
	if from.IsZero() {
		return nil
	}
	firsts, err := w.Threads.Firsts(ctx, w.DB.Read, []thread.ID{from})
	if err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	w.s.message = firsts[from]
	return nil
}

// findLetter finds the words of a letter in a thread that may hold many: those of
// that author at that time.
func (w *writing) findLetter(ctx context.Context) error {
	var which thread.MessageID
	err := w.DB.Read.NewSelect().TableExpr("thread_message AS m").Column("id").Where("m.thread = ?", w.s.thread.ID).
		Where("m.author = ?", w.d.Actor).Where("m.at = ?", w.d.MadeAt.UnixMicro()).OrderExpr("m.number DESC").Limit(1).Scan(ctx, &which)
	if err != nil {
		return errMoot
	}
	w.s.message, _, err = w.Threads.Message(ctx, w.DB.Read, which)
	return err //nolint:wrapcheck // the rooms wrap
}

func (w *writing) findNames(ctx context.Context) error {
	ids := []id.Person{
		w.d.Actor, w.s.ask.Author, w.s.ask.To, w.s.thanks.Giver, w.s.thanks.Thanker, w.s.facts.Person, w.s.message.Author,
	}
	ids = append(append(ids, w.s.exchange.People()...), w.s.thread.Audience.Persons...)
	names, err := w.People.Names(ctx, w.DB.Read, ids)
	w.names = names
	return err //nolint:wrapcheck // the rooms wrap
}

// name is somebody's, or what one says of nobody that is known any more.
func (w *writing) name(p id.Person) string {
	if n := w.names[p]; n != "" {
		return n
	}
	return w.p.T("mail.somebody")
}

// subject is what stays put: the title of what it is about.
func (w *writing) subject() string {
	switch {
	case w.s.ask.Title != "":
		return w.s.ask.Title
	case w.s.exchange.Title != "":
		return w.s.exchange.Title
	case w.s.thread.Title != "":
		return w.s.thread.Title
	case w.s.thread.Subject.Kind == circle.KindLetter:
		return w.p.T("mail.letter.subject", "Who", w.name(w.other()))
	case w.s.ref.Kind == exchange.KindThanks:
		return w.p.T("mail.thanks.subject", "Thanker", w.name(w.s.thanks.Thanker), "Giver", w.name(w.s.thanks.Giver))
	}
	return w.p.T("mail."+w.d.Kind+".subject", "Who", w.name(w.d.Actor), "Person", w.name(w.s.facts.Person), "Circle", w.circle.Name)
}

// other is whom a letter is between besides the reader.
func (w *writing) other() id.Person {
	for _, p := range w.s.thread.Audience.Persons {
		if p != w.d.Person {
			return p
		}
	}
	return w.d.Actor
}

// root is what all mails about the same thing refer to; zero for a thing of its own.
func (s *subject) root() journal.Ref {
	switch {
	case !s.ask.ID.IsZero():
		return s.ask.Ref()
	case !s.exchange.ID.IsZero():
		return s.exchange.Ref()
	case !s.thanks.ID.IsZero() && !s.thanks.Ask.IsZero():
		return journal.RefTo(exchange.KindAsk, s.thanks.Ask)
	case !s.thanks.ID.IsZero():
		return s.thanks.Ref()
	}
	return s.thread.Subject
}

// thread ties the mail to those about the same thing, and to the mail that an
// answered message once came by.
func (w *writing) thread() {
	if root := w.s.root(); !root.IsZero() {
		w.letter.InReplyTo = rootID(root, host(w.URL))
		w.letter.References = []string{w.letter.InReplyTo}
	}
	if w.circle.Slug != "" {
		w.letter.List = post.List{ID: w.circle.Slug + "." + host(w.URL), Name: w.circle.Name}
		if w.https() {
			w.letter.List.Unsubscribe = w.at(unsubscribePath(w.stopToken()))
		}
	}
}

// footer says where it comes from, how to answer and how to hear less.
func (w *writing) footer() {
	house := w.p.T("mail.footer.house", "House", w.URL.Host)
	if w.circle.Name != "" {
		house = w.p.T("mail.footer.circle", "Circle", w.circle.Name)
	}
	w.letter.Footer.Lines = append(w.letter.Footer.Lines, house+" "+w.p.T("mail.footer.answer"))
	w.letter.Footer.Links = append(w.letter.Footer.Links, post.Link{Label: w.p.T("mail.link.less"), URL: w.at(settingsPath())})
	if w.circle.Slug != "" {
		w.letter.Footer.Links = append(w.letter.Footer.Links, post.Link{Label: w.p.T("mail.link.stop"), URL: w.at(unsubscribePath(w.stopToken()))})
	}
}

// quoted is what a message answers, shortened, as mail shows it.
func (w *writing) quoted(ctx context.Context) error {
	if w.s.message.Answers.IsZero() {
		return nil
	}
	before, _, err := w.Threads.Message(ctx, w.DB.Read, w.s.message.Answers)
	if gone(err) || err == nil && before.Deleted() {
		return nil
	}
	if err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	names, err := w.People.Names(ctx, w.DB.Read, []id.Person{before.Author})
	if err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	intro := w.p.T("mail.wrote", "Who", names[before.Author], "When", w.p.On(before.At))
	if before.Author == w.d.Person {
		intro = w.p.T("mail.wrote.you", "When", w.p.On(before.At))
	}
	w.say(post.Quote{Intro: intro, Markdown: plainly(words.Excerpt(before.Words, 400))})
	if before.MailID != "" {
		w.letter.References = append(w.letter.References, before.MailID)
	}
	return nil
}

// plainly keeps plain text from being read as Markdown again.
func plainly(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "<", `\<`, "#", `\#`, ">", `\>`).Replace(s)
}
