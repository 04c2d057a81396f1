package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cordee/internal/await"
	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/post"
	"cordee/internal/thread"
)

// digest writes one mail about all that waited for the morning.
func (w *writing) digest(ctx context.Context) error {
	var rows []deliveryRow
	if err := w.DB.Read.NewSelect().Model(&rows).Where("d.bundle = ?", w.d.ID).OrderExpr("d.made_at, d.id").Limit(200).Scan(ctx); err != nil {
		return fmt.Errorf("notify: what a digest tells: %w", err)
	}
	if err := w.digestReader(ctx); err != nil {
		return err
	}
	var lines []line
	for _, item := range deliveries(rows) {
		l, err := w.item(ctx, item)
		if gone(err) || err == errMoot { //nolint:errorlint // our own, never wrapped
			continue
		}
		if err != nil {
			return err
		}
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		return errMoot
	}
	waiting, err := w.awaitedLines(ctx)
	if err != nil {
		return err
	}
	w.begin("Cordée", post.Mailbox{Name: w.to.Name, Address: w.to.Address})
	w.letter.Subject = lang.Capital(w.p.T("mail.digest.subject", "Day", weekday(w.p, w.d.MadeAt)))
	for s, all := range compact(append(waiting, lines...)) {
		w.sectionOf(section(s), all)
	}
	w.letter.Footer = post.Footer{
		Lines: []string{w.p.T("mail.footer.digest", "House", w.URL.Host) + " " + w.p.T("mail.footer.answer")},
		Links: []post.Link{
			{Label: w.p.T("mail.link.today"), URL: w.at(todayPath())},
			{Label: w.p.T("mail.link.less"), URL: w.at(settingsPath())},
			{Label: w.p.T("mail.link.no_digest"), URL: w.at(unsubscribePath(w.stopToken()))},
		},
	}
	if w.https() {
		w.letter.List.Unsubscribe = w.at(unsubscribePath(w.stopToken()))
	}
	return nil
}

// digestReader finds who reads; it says tu where all their circles do.
func (w *writing) digestReader(ctx context.Context) error {
	to, err := w.People.Correspondents(ctx, w.DB.Read, []id.Person{w.d.Person})
	if err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	known := false
	if w.to, known = to[w.d.Person]; !known {
		return errMoot
	}
	standing, err := w.Circles.Standing(ctx, w.DB.Read, w.d.Person)
	if err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	tu := len(standing.Circles) > 0 && !slices.ContainsFunc(standing.Circles, func(p circle.Place) bool { return p.Form != circle.Tu })
	w.speak(w.to.Lang, w.to.Location, tu)
	return nil
}

func (w *writing) sectionOf(s section, all []line) {
	if len(all) == 0 {
		return
	}
	w.say(post.Title{Text: w.p.T("mail.digest." + s.key())})
	for _, l := range all {
		if len(l.blocks) > 0 {
			w.say(l.blocks...)
			continue
		}
		e := post.Entry{Text: l.title, URL: w.at(l.path)}
		if len(l.names) > 0 {
			e.Note = w.p.Names(l.names, 3)
		}
		w.say(e)
	}
}

// item writes one line of a digest, as the mail of that act alone would say it.
func (w *writing) item(ctx context.Context, d Delivery) (line, error) {
	one := &writing{Courier: w.Courier, d: d, mailbox: w.mailbox, names: map[id.Person]string{}}
	raw, err := w.rawFacts(ctx, w.DB.Read, d.Act)
	if err != nil {
		return line{}, err
	}
	if one.s, err = w.load(ctx, w.DB.Read, d.Ref, d.Circle, raw); err != nil {
		return line{}, err
	}
	if err := one.reader(ctx); err != nil {
		return line{}, err
	}
	if err := one.findNames(ctx); err != nil {
		return line{}, err
	}
	// It is told on the digest's day, in the digest's voice.
	one.p = w.p
	return one.line()
}

func (w *writing) line() (line, error) {
	l := line{section: sectionNews, about: w.s.ref, title: w.lead("")}
	switch w.d.Kind {
	case exchange.ActAskPosted:
		if w.s.ask.State != exchange.AskOpen {
			return l, errMoot
		}
		l.section, l.path, l.title = sectionAsks, askPath(w.s.ask), w.s.ask.Title
		l.blocks = []post.Block{post.Entry{Text: l.title, URL: w.at(l.path), Note: w.askNote()}}
	case exchange.ActAskAnswered, thread.ActPosted, circle.ActTalked, circle.ActWrote:
		if w.s.message.Deleted() {
			return l, errMoot
		}
		_, path := w.place()
		l.section, l.about, l.path, l.title, l.names = sectionTalk, w.s.root(), path, w.subject(), []string{w.name(w.d.Actor)}
	case exchange.ActThanksSaid, exchange.ActThanksWelcome:
		l.section, l.blocks = sectionThanks, w.thanksLine()
	case exchange.ActAskReminded:
		return l, errMoot // stands among what is awaited
	case exchange.ActAskSettled, exchange.ActAskWithdrawn, exchange.ActAskLapsed:
		l.title, l.path = w.lead("."+string(w.s.ask.Want)), askPath(w.s.ask)
	default:
		l.path = circlePath(w.circle)
		switch w.s.ref.Kind {
		case exchange.KindExchange:
			l.title, l.path = w.lead(w.variant(w.s.exchange)), exchangePath(w.s.exchange.Public)
		case exchange.KindThanks:
			l.path = thanksPath(w.s.thanks)
		case circle.KindCircle, circle.KindInvitation:
			l.about = journal.Ref{} // each newcomer is news
		}
	}
	return l, nil
}

func (w *writing) askNote() string {
	a := w.s.ask
	note := []string{w.name(a.Author), w.p.T("kind." + string(a.Kind))}
	if a.Size != "" {
		note = append(note, w.p.T("size."+string(a.Size)))
	}
	if due := a.DueAt(); !due.IsZero() {
		note = append(note, w.p.In(due.Location()).DayShort(due.Add(-1)))
	}
	return strings.Join(note, " · ")
}

func (w *writing) thanksLine() []post.Block {
	t := w.s.thanks
	told := w.p.T("mail.digest.thanked", "Thanker", w.name(t.Thanker), "Giver", w.name(t.Giver))
	if t.Giver == w.d.Person {
		told = w.p.T("mail.digest.thanked.you", "Thanker", w.name(t.Thanker))
	}
	if t.Words == "" {
		return []post.Block{post.Entry{Text: told, URL: w.at(thanksPath(t))}}
	}
	return []post.Block{post.Words{Markdown: t.Words, Thanks: true}, post.Para{Text: told, Quiet: true}}
}

// awaitedLines are what awaits the reader's word, the oldest first.
func (w *writing) awaitedLines(ctx context.Context) ([]line, error) {
	rows, err := await.Of(ctx, w.DB.Read, w.d.Person, w.d.MadeAt)
	if err != nil {
		return nil, fmt.Errorf("notify: what is awaited: %w", err)
	}
	var all []line
	for _, row := range rows {
		one := &writing{Courier: w.Courier, d: Delivery{Person: w.d.Person, MadeAt: w.d.MadeAt}, p: w.p, to: w.to}
		one.s, err = w.load(ctx, w.DB.Read, journal.Ref{Kind: row.Object, ID: row.ID}, id.Circle{}, nil)
		if gone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := one.findNames(ctx); err != nil {
			return nil, err
		}
		if l, ok := one.awaitedLine(row.Move); ok {
			all = append(all, l)
		}
	}
	return all, nil
}

func (w *writing) awaitedLine(move string) (line, bool) {
	l := line{section: sectionAwaited, about: w.s.ref}
	switch w.s.ref.Kind {
	case exchange.KindAsk:
		l.title, l.path = w.s.ask.Title, askPath(w.s.ask)
	case exchange.KindExchange:
		l.title, l.path = w.subject(), exchangePath(w.s.exchange.Public)
	case exchange.KindThanks:
		l.title, l.path = w.subject(), thanksPath(w.s.thanks)
	default:
		return l, false // invitations and charters were mailed, and stand on Today
	}
	l.blocks = []post.Block{post.Entry{Text: l.title, URL: w.at(l.path), Note: w.p.T("awaited." + move + ".you")}}
	return l, true
}
