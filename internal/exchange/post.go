package exchange

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/search"
	"cordee/internal/store"
	"cordee/internal/thread"
)

// Posting is an ask or an offer to be: only Want and Words are required, and
// whom it is put to: circles, or one person.
type Posting struct {
	Want        Want
	Words       string
	Circles     []id.Circle
	To          id.Person
	ForWhom     string // for someone else: who, in a few words
	Facts       *Facts // nil: guessed from the words
	Attachments []thread.Attachment
	MailID      string // of the mail that it came by
}

// Post puts an ask or an offer to circles, or to one person.
func (r *Room) Post(ctx context.Context, by journal.By, key journal.Key, in Posting) (Made[Ask], error) {
	return made[Ask](r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		a, err := r.posting(ctx, tx, v, in)
		if err != nil {
			return err
		}
		t, err := r.threads.Open(ctx, tx, thread.Opening{
			Subject: a.Ref(), Circle: firstCircle(a.Circles), Title: a.Title, Audience: a.Audience(),
			First: &thread.Draft{Author: a.Author, Words: in.Words, Attachments: in.Attachments, MailID: in.MailID},
		})
		if err != nil {
			return err
		}
		a.Thread, a.Version = t.ID, 1
		if err := insertAsk(ctx, tx, a); err != nil {
			return err
		}
		tx.ActIn(only(a.Circles), ActAskPosted, a.Ref(), ActFacts{Want: a.Want, Kind: a.Kind, Author: a.Author, To: a.To, Circles: a.Circles})
		tx.Await(a.Ref(), a.Awaited()...)
		tx.Answer(Made[Ask]{ID: a.ID, Public: a.Public})
		return nil
	}))
}

// posting is the ask that a person may post, but for its thread.
func (r *Room) posting(ctx context.Context, tx *journal.Tx, v journal.Viewer, in Posting) (Ask, error) {
	a := Ask{
		ID: id.New[Ask](tx), Public: id.NewPublic(tx), Want: in.Want, Author: v.Person, To: in.To,
		State: AskOpen, At: tx.Now(), Until: in.Want.until(tx.Now()),
	}
	if !in.Want.Known() {
		return a, errChoice("want")
	}
	var err error
	if a.Circles, err = r.sharedCircles(v, in.Circles); err != nil {
		return a, err
	}
	switch {
	case in.To.IsZero() && len(a.Circles) == 0:
		return a, errNoCircle()
	case !in.To.IsZero() && len(a.Circles) > 0:
		return a, errCircleOrPerson()
	case in.To == v.Person:
		return a, errToYourself()
	case !in.To.IsZero():
		shared, err := r.acquainted(ctx, tx, v, in.To)
		if err != nil {
			return a, err
		}
		if len(shared) == 0 {
			return a, errNotAcquainted()
		}
	}
	if a.ForWhom, err = line("for_whom", in.ForWhom, MaxForWhom); err != nil {
		return a, err
	}
	if a.Facts, err = r.facts(ctx, tx, v.Person, in.Words, a.Circles, in.Facts); err != nil {
		return a, err
	}
	if in.Want == ForAsk {
		asked, err := tx.NewSelect().Model((*askRow)(nil)).Where("a.author = ?", v.Person).Where("a.want = ?", ForAsk).Exists(ctx)
		if err != nil {
			return a, fmt.Errorf("exchange: first ask: %w", err)
		}
		a.First = !asked
	}
	return a, nil
}

// facts are those given, filled up with what the words say: a title and a zone
// are never left empty.
func (r *Room) facts(ctx context.Context, db bun.IDB, author id.Person, words string, circles []id.Circle, given *Facts) (Facts, error) {
	guessed, err := r.guess(ctx, db, author, words, circles)
	if err != nil {
		return Facts{}, err
	}
	if given == nil {
		if guessed.Title == "" {
			return Facts{}, errNoWords()
		}
		return guessed.cleaned()
	}
	f := *given
	if f.Title == "" {
		f.Title = guessed.Title
	}
	if f.Kind == "" {
		f.Kind = guessed.Kind
	}
	if f.Zone == "" {
		f.Zone = guessed.Zone
	}
	return f.cleaned()
}

// Guess is what the words of an ask say about it, for a page that shows it
// before anything is posted.
func (r *Room) Guess(ctx context.Context, db bun.IDB, v journal.Viewer, words string, circles []id.Circle) (Facts, error) {
	circles = slices.DeleteFunc(slices.Clone(circles), func(c id.Circle) bool { return !slices.Contains(v.Circles, c) })
	return r.guess(ctx, db, v.Person, words, circles)
}

func (r *Room) guess(ctx context.Context, db bun.IDB, author id.Person, words string, circles []id.Circle) (Facts, error) {
	p, err := r.people.Get(ctx, db, author)
	if err != nil {
		return Facts{}, err
	}
	known, err := tagsIn(ctx, db, circles)
	if err != nil {
		return Facts{}, err
	}
	now := r.journal.Now()
	if tx, ok := db.(*journal.Tx); ok {
		now = tx.Now()
	}
	return Guess(words, now.In(p.Location()), known), nil
}

// EditingAsk corrects what is told about an ask. Its words are edited as the
// first message of its thread.
type EditingAsk struct {
	Ask     AskID
	Version int64 // as it was read
	Facts   Facts
	ForWhom string
}

// EditAsk corrects what is told about one's own ask.
func (r *Room) EditAsk(ctx context.Context, by journal.By, key journal.Key, in EditingAsk) error {
	_, err := r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		before, err := lockAsk(ctx, tx, v, in.Ask)
		if err != nil {
			return err
		}
		a, err := before.Apply(AskEdit, v.Person, tx.Now())
		if err != nil {
			return err
		}
		if before.Version != in.Version {
			return errAskChanged(before)
		}
		if a.Facts, err = in.Facts.cleaned(); err != nil {
			return err
		}
		if a.ForWhom, err = line("for_whom", in.ForWhom, MaxForWhom); err != nil {
			return err
		}
		if a.Title != before.Title {
			if err := r.retitle(ctx, tx, a); err != nil {
				return err
			}
		}
		return r.saveAsk(ctx, tx, before, a, ActAskEdited, ActFacts{})
	})
	return err
}

// retitle writes an ask's title wherever it is kept: what is taken out of it is
// taken out everywhere.
func (r *Room) retitle(ctx context.Context, tx *journal.Tx, a Ask) error {
	if err := r.threads.SetTitle(ctx, tx, a.Thread, a.Title); err != nil {
		return err
	}
	var of []exchangeRow
	if err := tx.NewSelect().Model(&of).Column("id", "thread").Where("x.ask = ?", a.ID).OrderExpr("x.id").Scan(ctx); err != nil {
		return fmt.Errorf("exchange: retitle %s: %w", a.ID, err)
	}
	for _, x := range of {
		if x.Thread.IsZero() {
			continue
		}
		if err := r.threads.SetTitle(ctx, tx, x.Thread, a.Title); err != nil {
			return err
		}
	}
	_, err := tx.NewUpdate().Model((*exchangeRow)(nil)).Set("title = ?", a.Title).Where("ask = ?", a.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("exchange: retitle %s: %w", a.ID, err)
	}
	return nil
}

// Renew leaves one's own ask or offer open for another while.
func (r *Room) Renew(ctx context.Context, by journal.By, key journal.Key, which AskID) error {
	return r.moveAsk(ctx, by, key, which, AskRenew, ActAskRenewed)
}

// WithdrawAsk takes one's own ask or offer back. What was only proposed on it lapses.
func (r *Room) WithdrawAsk(ctx context.Context, by journal.By, key journal.Key, which AskID) error {
	return r.moveAsk(ctx, by, key, which, AskWithdraw, ActAskWithdrawn)
}

func (r *Room) moveAsk(ctx context.Context, by journal.By, key journal.Key, which AskID, move AskMove, act string) error {
	_, err := r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		before, err := lockAsk(ctx, tx, v, which)
		if err != nil {
			return err
		}
		a, err := before.Apply(move, v.Person, tx.Now())
		if err != nil {
			return err
		}
		if err := r.saveAsk(ctx, tx, before, a, act, ActFacts{}); err != nil {
			return err
		}
		if a.State == AskOpen {
			return nil
		}
		return r.orphan(ctx, tx, a)
	})
	return err
}

// orphan lets lapse what was only proposed on an ask that has ended.
func (r *Room) orphan(ctx context.Context, tx *journal.Tx, a Ask) error {
	all, err := exchanges(ctx, tx, tx.Lock(tx.NewSelect().Where("x.ask = ?", a.ID).OrderExpr("x.id")))
	if err != nil {
		return err
	}
	for _, before := range all {
		x, lapsed := before.orphaned(tx.Now())
		if !lapsed {
			continue
		}
		if err := r.save(ctx, tx, before, &x, ActLapsed, ActFacts{}); err != nil {
			return err
		}
	}
	return nil
}

// Answering is an answer in words to an ask or an offer.
type Answering struct {
	Ask         AskID
	Words       string
	Knows       bool // "I know someone": the words say who
	Answers     thread.MessageID
	Attachments []thread.Attachment
	MailID      string
}

// Answer writes in the thread of somebody else's ask or offer, as an answer to
// it: who was asked in person isn't awaited any more.
func (r *Room) Answer(ctx context.Context, by journal.By, key journal.Key, in Answering) (Made[thread.Message], error) {
	return made[thread.Message](r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		before, err := lockAsk(ctx, tx, v, in.Ask)
		if err != nil {
			return err
		}
		if before.Author == v.Person {
			return errToYourself()
		}
		m, err := r.threads.Post(ctx, tx, before.Thread, thread.Draft{
			Author: v.Person, Words: in.Words, Answers: in.Answers, Attachments: in.Attachments, MailID: in.MailID,
		})
		if err != nil {
			return err
		}
		a := before
		if a.AnsweredAt.IsZero() {
			a.AnsweredAt = tx.Now()
		}
		tx.Answer(Made[thread.Message]{ID: m.ID, Public: m.Public})
		return r.saveAsk(ctx, tx, before, a, ActAskAnswered, ActFacts{Message: m.ID, Knows: in.Knows})
	}))
}

// Settling ends an ask or an offer with an outcome in a line. Who helped with an
// ask is confirmed and thanked.
type Settling struct {
	Ask     AskID
	Outcome string
	Helped  []Helper
}

// Helper is one who helped, and the thanks.
type Helper struct {
	Person  id.Person
	Words   string
	Circles []id.Circle
}

// Settle ends one's own ask or offer: what each helper did is confirmed, whether
// it had been proposed, was a message, or happened elsewhere (which counts once
// they say "with pleasure").
func (r *Room) Settle(ctx context.Context, by journal.By, key journal.Key, in Settling) error {
	_, err := r.do(ctx, by, key, func(ctx context.Context, tx *journal.Tx, v journal.Viewer) error {
		before, err := lockAsk(ctx, tx, v, in.Ask)
		if err != nil {
			return err
		}
		a, err := before.Apply(AskSettle, v.Person, tx.Now())
		if err != nil {
			return err
		}
		if a.Outcome, err = line("outcome", in.Outcome, MaxOutcome); err != nil {
			return err
		}
		if a.Want == ForOffer && len(in.Helped) > 0 {
			return errNobodyHelped()
		}
		if err := r.saveAsk(ctx, tx, before, a, ActAskSettled, ActFacts{}); err != nil {
			return err
		}
		var done []id.Person
		for _, h := range in.Helped {
			if slices.Contains(done, h.Person) {
				continue
			}
			done = append(done, h.Person)
			if err := r.helped(ctx, tx, v, a, h); err != nil {
				return err
			}
		}
		return r.orphan(ctx, tx, a)
	})
	return err
}

// PastAsk is an ask or an offer that an archive brings in.
type PastAsk struct {
	Circle id.Circle
	Author id.Person
	Want   Want
	Title  string
	Words  string // to guess from; the messages themselves go into the thread
	At     time.Time
}

// Bring makes a past ask with an empty thread, for the importer to fill. It
// tells no act: the import does.
func (r *Room) Bring(ctx context.Context, tx *journal.Tx, in PastAsk) (Ask, error) {
	at := in.At.UTC().Truncate(time.Microsecond)
	f := Guess(in.Words, at, nil)
	a := Ask{
		Public: id.NewPublic(tx), Want: in.Want, Author: in.Author, Circles: []id.Circle{in.Circle},
		Facts: Facts{Title: in.Title, Kind: f.Kind, Remote: f.Remote, Size: f.Size, Zone: "UTC"},
		State: AskLapsed, Past: true, At: at, Until: at, EndedAt: at,
	}
	a.ID = id.Derived[Ask](at, string(a.Public))
	if a.Title == "" {
		a.Title = f.Title
	}
	t, err := r.threads.Open(ctx, tx, thread.Opening{
		Subject: a.Ref(), Circle: in.Circle, Title: a.Title, Audience: journal.Audience{Circles: a.Circles}, Past: true, At: at,
	})
	if err != nil {
		return Ask{}, err
	}
	a.Thread = t.ID
	return a, insertAsk(ctx, tx, a)
}

// tagsIn are the tags lately in use in circles, the most recent first.
func tagsIn(ctx context.Context, db bun.IDB, circles []id.Circle) ([]string, error) {
	if len(circles) == 0 {
		return nil, nil
	}
	var rows []askRow
	err := db.NewSelect().Model(&rows).Column("tags").Where("a.tags <> '[]'").
		Where("EXISTS (SELECT 1 FROM exchange_ask_circle AS s WHERE s.ask = a.id AND s.circle IN (?))", bun.List(circles)).
		OrderExpr("a.id DESC").Limit(200).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("exchange: tags: %w", err)
	}
	var out []string
	for i := range rows {
		a, err := rows[i].ask()
		if err != nil {
			return nil, err
		}
		for _, t := range a.Tags {
			if !slices.ContainsFunc(out, func(o string) bool { return search.Fold(o) == search.Fold(t) }) {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

func firstCircle(circles []id.Circle) id.Circle {
	if len(circles) == 0 {
		return id.Circle{}
	}
	return circles[0]
}

// heard writes what the clock has heard; that is no change of the exchange.
func heard(ctx context.Context, tx *journal.Tx, x Exchange) error {
	_, err := tx.NewUpdate().Model((*exchangeRow)(nil)).Set("heard_at = ?", store.Micros(x.HeardAt)).Where("id = ?", x.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("exchange: heard %s: %w", x.ID, err)
	}
	tx.Await(x.Ref(), x.Awaited()...)
	return nil
}
