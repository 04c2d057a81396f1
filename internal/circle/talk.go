package circle

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/thread"
	"cordee/internal/words"
)

// TalkInput begins a talk.
type TalkInput struct {
	Circle      id.Circle
	Title       string // empty: made of the first words
	Words       string
	MailID      string // of the mail that it came by
	Attachments []thread.Attachment
}

// Wrote says where the words came to stand.
type Wrote struct {
	Thread  thread.ID        `json:"thread"`
	Public  id.Public        `json:"public"` // the thread's
	Message thread.MessageID `json:"message"`
}

// Talk begins a talk with the whole circle.
func (r *Room) Talk(ctx context.Context, by journal.By, key journal.Key, in TalkInput) (_ Wrote, err error) {
	defer wrap(&err, "Talk")
	title, err := thread.ParseTitle(in.Title)
	if err != nil {
		return Wrote{}, err
	}
	if title == "" {
		title = words.Title(in.Words, thread.MaxTitle/2)
	}
	return answer[Wrote](r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		s, err := r.Standing(ctx, tx, tx.By().Person())
		switch at, in := s.Place(in.Circle); {
		case err != nil:
			return err
		case s.Person.IsZero():
			return errSignIn()
		case !in:
			return errNotFound()
		case at.Stage == Closed:
			return errClosed()
		}
		t, err := r.threads.Open(ctx, tx, thread.Opening{
			Subject: journal.Ref{Kind: KindTalk}, Circle: in.Circle, Title: title,
			Audience: journal.Audience{Circles: []id.Circle{in.Circle}},
		})
		if err != nil {
			return err
		}
		m, err := r.threads.Post(ctx, tx, t.ID, thread.Draft{Author: s.Person, Words: in.Words, MailID: in.MailID, Attachments: in.Attachments})
		if err != nil {
			return err
		}
		tx.ActIn(in.Circle, ActTalked, t.Subject, WroteFacts{Message: m.ID})
		tx.Answer(Wrote{Thread: t.ID, Public: t.Public, Message: m.ID})
		return nil
	}))
}

// PastTalk brings in a thread of a circle's past. When one of its mails is in the
// circle already, the rest joins it there. It tells how many messages were new.
func (r *Room) PastTalk(ctx context.Context, tx *journal.Tx, c id.Circle, title string, drafts []thread.Draft) (_ thread.Thread, added int, err error) {
	defer wrap(&err, "PastTalk")
	if _, err := r.lock(ctx, tx, c); err != nil { // one import after the other
		return thread.Thread{}, 0, err
	}
	mails := make([]string, 0, 2*len(drafts))
	for _, d := range drafts {
		mails = append(mails, d.MailID, d.AnswersMail)
	}
	there, err := r.threads.ByMailIDs(ctx, tx, c, slices.DeleteFunc(mails, func(s string) bool { return s == "" }))
	if err != nil {
		return thread.Thread{}, 0, err
	}
	t, err := r.pastThread(ctx, tx, c, title, drafts, there)
	if err != nil {
		return thread.Thread{}, 0, err
	}
	added, err = r.threads.PostMany(ctx, tx, t.ID, drafts)
	if err != nil {
		return thread.Thread{}, 0, err
	}
	t, err = r.threads.Get(ctx, tx, t.ID)
	return t, added, err
}

func (r *Room) pastThread(ctx context.Context, tx *journal.Tx, c id.Circle, title string, drafts []thread.Draft, there map[string]thread.Message) (thread.Thread, error) {
	var at time.Time
	for _, d := range drafts {
		for _, mail := range []string{d.MailID, d.AnswersMail} {
			if m, ok := there[mail]; ok {
				return r.threads.Get(ctx, tx, m.Thread)
			}
		}
		if at.IsZero() || d.At.Before(at) {
			at = d.At
		}
	}
	return r.threads.Open(ctx, tx, thread.Opening{
		Subject: journal.Ref{Kind: KindTalk}, Circle: c, Title: title, Past: true, At: at,
		Audience: journal.Audience{Circles: []id.Circle{c}},
	})
}

// LetterInput is a letter to one person.
type LetterInput struct {
	To          id.Person
	Title       string // empty: it goes on where the two left off
	Words       string
	Attachments []thread.Attachment
}

// Letter writes to somebody with whom one shares a circle (rule 10).
func (r *Room) Letter(ctx context.Context, by journal.By, key journal.Key, in LetterInput) (_ Wrote, err error) {
	defer wrap(&err, "Letter")
	title, err := thread.ParseTitle(in.Title)
	if err != nil {
		return Wrote{}, err
	}
	return answer[Wrote](r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		me := tx.By().Person()
		if me.IsZero() {
			return errSignIn()
		}
		if me == in.To {
			return errOneself()
		}
		if shares, err := r.Shares(ctx, tx, me, in.To); err != nil || !shares {
			return orNotFound(err)
		}
		t, err := r.threads.Open(ctx, tx, thread.Opening{
			Subject: letterBetween(me, in.To, title), Title: title, Audience: journal.Audience{Persons: []id.Person{me, in.To}},
		})
		if err != nil {
			return err
		}
		m, err := r.threads.Post(ctx, tx, t.ID, thread.Draft{Author: me, Words: in.Words, Attachments: in.Attachments})
		if err != nil {
			return err
		}
		tx.Act(ActWrote, t.Subject, WroteFacts{Message: m.ID, Person: in.To})
		tx.Answer(Wrote{Thread: t.ID, Public: t.Public, Message: m.ID})
		return nil
	}))
}

// letterBetween is the subject of two people's letters without a title, which
// stay one thread, or a new one where there is a title.
func letterBetween(a, b id.Person, title string) journal.Ref {
	if title != "" {
		return journal.Ref{Kind: KindLetter}
	}
	if a.String() > b.String() {
		a, b = b, a
	}
	return journal.RefTo(KindLetter, id.Derived[any](time.UnixMilli(0), "letter "+a.String()+" "+b.String()))
}

// Shares tells whether two people are in a circle together.
func (r *Room) Shares(ctx context.Context, db bun.IDB, a, b id.Person) (_ bool, err error) {
	defer wrap(&err, "Shares")
	return db.NewSelect().TableExpr("circle_membership AS x").
		Join("JOIN circle_membership AS y ON y.circle = x.circle AND y.left_at = 0").
		Where("x.person = ?", a).Where("x.left_at = 0").Where("y.person = ?", b).Exists(ctx)
}
