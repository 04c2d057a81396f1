package notify

import (
	"context"
	"slices"
	"strings"
	"time"

	"cordee/internal/await"
	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/post"
	"cordee/internal/thread"
)

// body writes what a mail says: first the words of whoever acted, then what one
// can do, then one sentence on what happened and who is awaited.
func (w *writing) body(ctx context.Context) error {
	switch w.d.Kind {
	case exchange.ActAskPosted:
		return w.askPosted(ctx)
	case exchange.ActAskAnswered, thread.ActPosted:
		return w.answered(ctx)
	case exchange.ActAskSettled, exchange.ActAskWithdrawn, exchange.ActAskLapsed, exchange.ActAskReminded:
		return w.askEnded(ctx)
	case exchange.ActThanksNoted, exchange.ActThanksSaid, exchange.ActThanksWelcome:
		return w.thanked(ctx)
	case circle.ActTalked, circle.ActWrote:
		return w.wrote(ctx)
	}
	if w.s.ref.Kind == exchange.KindExchange {
		return w.exchanged(ctx)
	}
	return w.circleNews(ctx)
}

// lead is the sentence on what happened, in the catalogue under "mail.<act>".
func (w *writing) lead(variant string) string {
	return w.p.T("mail."+w.d.Kind+variant, "Who", w.name(w.d.Actor), "Person", w.name(w.s.facts.Person),
		"Circle", w.circle.Name, "Title", w.subject(), "Giver", w.name(w.s.thanks.Giver), "Thanker", w.name(w.s.thanks.Thanker))
}

// weekday names a day of these weeks: "jeudi 12 mars".
func weekday(p *lang.Printer, t time.Time) string { return p.Weekday(t) + " " + p.DayShort(t) }

// open is the link to the page of what the mail is about.
func (w *writing) open(label, path string) {
	w.letter.Footer.Links = append([]post.Link{{Label: w.p.T("mail.link." + label), URL: w.at(path)}}, w.letter.Footer.Links...)
}

// words says what the act brought in words, if it did.
func (w *writing) words() error {
	if w.s.message.ID.IsZero() {
		return nil
	}
	if w.s.message.Deleted() {
		return errMoot
	}
	if w.s.message.Words != "" {
		w.say(post.Words{Markdown: w.s.message.Words})
	}
	var files []string
	for _, a := range w.s.message.Attachments {
		files = append(files, a.Name)
	}
	if len(files) > 0 {
		w.say(post.Facts{{Label: w.p.T("mail.files"), Text: strings.Join(files, ", ")}})
	}
	return nil
}

// button is one move that the reader may make from the mail.
type button struct {
	ref   journal.Ref
	move  string
	label string // a key
	main  bool
}

// buttons makes the links of moves. They are made anew only when there are none
// yet, so a mail that is written again carries the same.
func (w *writing) buttons(ctx context.Context, all ...button) error {
	if len(all) == 0 {
		return nil
	}
	var out post.Buttons
	_, err := w.Journal.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		out = nil
		for _, b := range all {
			token, err := w.SignIn.NewMove(ctx, tx, w.d.Person, b.ref, b.move, time.Time{})
			if err != nil {
				return err //nolint:wrapcheck // the rooms wrap
			}
			out = append(out, post.Button{Label: w.p.T(b.label, "Who", w.name(w.d.Actor)), URL: w.at(movePath(token)), Main: b.main})
		}
		return nil
	})
	if err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	w.say(out)
	return nil
}

func (w *writing) askPosted(ctx context.Context) error {
	a := w.s.ask
	if a.State != exchange.AskOpen {
		return errMoot
	}
	if err := w.words(); err != nil {
		return err
	}
	w.say(w.askFacts(a))
	label := "move.exchange.propose"
	switch {
	case a.Kind == exchange.Company:
		label += ".company"
	case a.Want == exchange.ForOffer:
		label += ".offer"
	}
	if err := w.buttons(ctx, button{a.Ref(), exchange.KindAsk + "." + string(exchange.Propose), label, true}); err != nil {
		return err
	}
	variant := "." + string(a.Want)
	if a.To == w.d.Person {
		variant += ".you"
	}
	lead := w.lead(variant)
	if a.First {
		lead += " " + w.p.T("mail.first."+string(a.Want))
	}
	w.say(post.Para{Text: lead, Quiet: true})
	w.open(string(a.Want), askPath(a))
	return nil
}

func (w *writing) askFacts(a exchange.Ask) post.Facts {
	f := post.Facts{{Label: w.p.T("mail.fact.kind"), Text: w.p.T("kind." + string(a.Kind))}}
	if a.Size != "" {
		f = append(f, post.Fact{Label: w.p.T("mail.fact.size"), Text: w.p.T("size." + string(a.Size))})
	}
	switch {
	case a.Place != "":
		f = append(f, post.Fact{Label: w.p.T("mail.fact.place"), Text: a.Place})
	case a.Remote:
		f = append(f, post.Fact{Label: w.p.T("mail.fact.place"), Text: w.p.T("mail.remote")})
	}
	if due := a.DueAt(); !due.IsZero() {
		f = append(f, post.Fact{Label: w.p.T("mail.fact.by"), Text: weekday(w.p.In(due.Location()), due.Add(-time.Hour))})
	}
	if a.ForWhom != "" {
		f = append(f, post.Fact{Label: w.p.T("mail.fact.for"), Text: a.ForWhom})
	}
	return f
}

// answered writes a message in a thread: of an ask, a talk, a letter, an exchange.
func (w *writing) answered(ctx context.Context) error {
	if w.s.message.ID.IsZero() {
		return errMoot
	}
	if err := w.words(); err != nil {
		return err
	}
	if err := w.quoted(ctx); err != nil {
		return err
	}
	label, path := w.place()
	w.say(post.Buttons{{Label: w.p.T("mail.answer"), URL: w.at(path + messageAnchor(w.s.message)), Main: true}})
	switch {
	case !w.s.ask.ID.IsZero() && w.s.ask.Author == w.d.Person:
		w.say(post.Para{Text: w.lead("." + string(w.s.ask.Want)), Quiet: true})
	case w.s.thread.Subject.Kind == circle.KindLetter:
		w.say(post.Para{Text: w.p.T("mail.between", "Who", w.name(w.d.Actor)), Quiet: true})
	}
	w.open(label, path)
	return nil
}

// place is where the thread stands.
func (w *writing) place() (label, path string) {
	switch w.s.thread.Subject.Kind {
	case exchange.KindAsk:
		return string(w.s.ask.Want), askPath(w.s.ask)
	case exchange.KindExchange:
		return "exchange", exchangePath(w.s.exchange.Public)
	case circle.KindLetter:
		return "letter", letterPath(w.s.thread)
	}
	return "talk", talkPath(w.s.thread)
}

func (w *writing) wrote(context.Context) error {
	if err := w.words(); err != nil {
		return err
	}
	label, path := w.place()
	w.say(post.Buttons{{Label: w.p.T("mail.answer"), URL: w.at(path), Main: true}}, post.Para{Text: w.lead(""), Quiet: true})
	w.open(label, path)
	return nil
}

func (w *writing) askEnded(context.Context) error {
	a := w.s.ask
	w.say(post.Para{Text: w.lead("." + string(a.Want))})
	if a.Outcome != "" {
		w.say(post.Quote{Markdown: plainly(a.Outcome)})
	}
	w.open(string(a.Want), askPath(a))
	return nil
}

func (w *writing) thanked(ctx context.Context) error {
	t := w.s.thanks
	if t.Words != "" {
		w.say(post.Words{Markdown: t.Words, Thanks: true})
	}
	if w.d.Kind == exchange.ActThanksNoted {
		if !slices.Contains(t.Moves(w.d.Person), exchange.WithPleasure) {
			return errMoot
		}
		if err := w.buttons(ctx, button{t.Ref(), exchange.KindThanks + "." + string(exchange.WithPleasure), "move.thanks.with_pleasure", true}); err != nil {
			return err
		}
	}
	w.say(post.Para{Text: w.lead(""), Quiet: t.Words != ""})
	w.open("thanks", thanksPath(t))
	return nil
}

// exchanged writes the moves of an exchange.
func (w *writing) exchanged(ctx context.Context) error {
	x := w.s.exchange
	waiting := w.waiting(x.Awaited(), w.d.Person)
	if w.late(waiting) {
		return errMoot
	}
	if err := w.words(); err != nil {
		return err
	}
	if err := w.theirThanks(ctx); err != nil {
		return err
	}
	lead := post.Para{Text: w.lead(w.variant(x)), Quiet: true}
	if wordless := len(w.letter.Body) == 0; wordless {
		lead.Quiet = false
		w.say(lead)
	}
	if err := w.buttons(ctx, w.moves(x, waiting)...); err != nil {
		return err
	}
	if lead.Quiet {
		w.say(lead)
	}
	if who := w.awaitedOthers(x); who != "" {
		w.say(post.Para{Text: who, Quiet: true})
	}
	if !w.s.ask.ID.IsZero() {
		w.open(string(w.s.ask.Want), askPath(w.s.ask))
	}
	w.open("exchange", exchangePath(x.Public))
	return nil
}

// late tells that the reader has given their word meanwhile.
func (w *writing) late(waiting []string) bool {
	switch w.d.Kind {
	case exchange.ActProposed:
		return !slices.Contains(waiting, exchange.KindExchange+"."+string(exchange.Agree))
	case exchange.ActDone:
		return !slices.Contains(waiting, exchange.KindExchange+"."+string(exchange.Confirm))
	case exchange.ActAskedForNews:
		return len(waiting) == 0
	}
	return false
}

// variant is how the sentence on a move reads: company has no giver, and who is
// proposed a help reads another one than who is asked for it.
func (w *writing) variant(x exchange.Exchange) string {
	switch {
	case w.d.Kind != exchange.ActProposed:
		return ""
	case x.Company():
		return ".company"
	case x.Giver == w.d.Person:
		return ".giver"
	}
	return ""
}

// theirThanks are the words that came with a confirmation, for whom they are for.
func (w *writing) theirThanks(ctx context.Context) error {
	if w.s.facts.Thanks.IsZero() {
		return nil
	}
	all, err := w.Exchanges.ThanksByID(ctx, w.DB.Read, []exchange.ThanksID{w.s.facts.Thanks})
	if err != nil {
		return err //nolint:wrapcheck // the rooms wrap
	}
	if t := all[w.s.facts.Thanks]; t.Words != "" && t.Giver == w.d.Person {
		w.say(post.Words{Markdown: t.Words, Thanks: true})
	}
	return nil
}

// waiting are the moves that somebody is awaited for.
func (w *writing) waiting(all []await.Awaited, who id.Person) []string {
	var moves []string
	for _, a := range all {
		if a.Person == who && !slices.Contains(moves, a.Move) {
			moves = append(moves, a.Move)
		}
	}
	return moves
}

// moves are the buttons of an exchange: what the reader is awaited for, and the
// ways to say no to it. What isn't awaited is on the page.
func (w *writing) moves(x exchange.Exchange, waiting []string) []button {
	if len(waiting) == 0 {
		return nil
	}
	var all []button
	for _, m := range x.Moves(w.d.Person) {
		move := exchange.KindExchange + "." + string(m)
		b := button{x.Ref(), move, "move." + move, slices.Contains(waiting, move)}
		switch m {
		case exchange.Agree, exchange.Decline: // with the name of whom one says yes to
			b.label = "mail.move." + string(m)
		case exchange.MarkDone:
			if !b.main {
				continue
			}
		case exchange.Confirm, exchange.NotYet, exchange.DidNotHappen:
		case exchange.Propose, exchange.Withdraw, exchange.CallOff, exchange.Lapse:
			continue
		}
		all = append(all, b)
	}
	slices.SortStableFunc(all, func(a, b button) int { return rankOf(a) - rankOf(b) })
	return all
}

func rankOf(b button) int {
	if b.main {
		return 0
	}
	return 1
}

// awaitedOthers says whose word is awaited, when it isn't the reader's.
func (w *writing) awaitedOthers(x exchange.Exchange) string {
	var names []string
	for _, p := range x.AwaitedPeople() {
		if p == w.d.Person {
			return ""
		}
		names = append(names, w.name(p))
	}
	if len(names) == 0 || w.d.Kind == exchange.ActAgreed {
		return "" // between agreeing and doing nobody's word is late
	}
	return w.p.T("mail.awaited", "Names", w.p.List(names))
}

func (w *writing) circleNews(ctx context.Context) error {
	w.say(post.Para{Text: w.lead("")})
	if w.d.Kind == circle.ActCharterChanged {
		rows, err := await.On(ctx, w.DB.Read, w.s.ref.Kind, w.s.ref.ID)
		if err != nil {
			return err //nolint:wrapcheck // nothing to add
		}
		if !slices.ContainsFunc(rows, func(r await.Row) bool { return r.Person == w.d.Person }) {
			return errMoot
		}
		// The page behind it shows the charter, with one button.
		if err := w.buttons(ctx, button{w.s.ref, circle.MoveAgree, "mail.charter", true}); err != nil {
			return err
		}
	}
	w.open("circle", circlePath(w.circle))
	return nil
}
