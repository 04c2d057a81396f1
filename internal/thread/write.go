package thread

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/refusal"
	"cordee/internal/search"
	"cordee/internal/store"
)

// ReplyInput is what somebody writes in a thread.
type ReplyInput struct {
	Thread      ID
	Words       string
	Quoted      string    // what a mail repeats
	Answers     MessageID // zero: nothing in particular
	MailID      string    // of the mail that it came by
	Attachments []Attachment
}

// Posted says where a message came to stand.
type Posted struct {
	Message MessageID `json:"message"`
	Public  id.Public `json:"public"`
	Thread  id.Public `json:"thread"`
	Number  int       `json:"number"`
}

// Reply writes in a thread.
func (r *Room) Reply(ctx context.Context, by journal.By, key journal.Key, v journal.Viewer, in ReplyInput) (_ Posted, err error) {
	defer wrap(&err, "Reply")
	return answer[Posted](r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		t, err := r.lockSeen(ctx, tx, v, in.Thread)
		if err != nil {
			return err
		}
		if t.Closed {
			return errClosed()
		}
		m, err := r.post(ctx, tx, &t, Draft{
			Author: v.Person, Words: in.Words, Quoted: Clean(in.Quoted), MailID: in.MailID, Answers: in.Answers, Attachments: in.Attachments,
		})
		if err != nil {
			return err
		}
		tx.ActIn(t.Circle, ActPosted, m.Ref(), Facts{Thread: t.ID, Answers: m.Answers})
		tx.Answer(Posted{Message: m.ID, Public: m.Public, Thread: t.Public, Number: m.Number})
		return nil
	}))
}

// EditInput is a message's new words, and the version that they were written over.
type EditInput struct {
	Message MessageID
	Version int64
	Words   string
}

// Edit changes the words of one's own message (rules 3 and 4).
func (r *Room) Edit(ctx context.Context, by journal.By, key journal.Key, v journal.Viewer, in EditInput) (err error) {
	defer wrap(&err, "Edit")
	_, err = r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		m, t, err := r.lockOwn(ctx, tx, v, in.Message)
		if err != nil {
			return err
		}
		if m.Version != in.Version {
			return errStale(m)
		}
		d, err := Draft{Words: in.Words, Attachments: m.Attachments}.cleaned()
		if err != nil || d.Words == m.Words {
			return err
		}
		m = m.edit(d.Words, tx.Now())
		if err := saveMessage(ctx, tx, m); err != nil {
			return err
		}
		tx.ActIn(t.Circle, ActEdited, m.Ref(), Facts{Thread: t.ID})
		return find(ctx, tx, t, m)
	})
	return err
}

// Delete takes the words of one's own message and leaves its place (rule 5).
func (r *Room) Delete(ctx context.Context, by journal.By, key journal.Key, v journal.Viewer, message MessageID) (err error) {
	defer wrap(&err, "Delete")
	_, err = r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		m, t, err := r.lockOwn(ctx, tx, v, message)
		if err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*fileRow)(nil)).Where("owner = ?", m.ID).Exec(ctx); err != nil {
			return err
		}
		m = m.wiped(tx.Now())
		if err := saveMessage(ctx, tx, m); err != nil {
			return err
		}
		tx.ActIn(t.Circle, ActDeleted, m.Ref(), Facts{Thread: t.ID})
		return search.Remove(ctx, tx, m.Ref())
	})
	return err
}

// Mute makes a thread silent for the viewer.
func (r *Room) Mute(ctx context.Context, by journal.By, key journal.Key, v journal.Viewer, t ID) (err error) {
	defer wrap(&err, "Mute")
	return r.mute(ctx, by, key, v, t, true)
}

// Unmute takes Mute back.
func (r *Room) Unmute(ctx context.Context, by journal.By, key journal.Key, v journal.Viewer, t ID) (err error) {
	defer wrap(&err, "Unmute")
	return r.mute(ctx, by, key, v, t, false)
}

func (r *Room) mute(ctx context.Context, by journal.By, key journal.Key, v journal.Viewer, to ID, on bool) error {
	_, err := r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		t, err := r.lockSeen(ctx, tx, v, to)
		if err != nil {
			return err
		}
		row, kind := muteRow{Thread: t.ID, Person: v.Person, At: store.Micros(tx.Now())}, ActMuted
		var res sql.Result
		if on {
			res, err = tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
		} else {
			kind = ActUnmuted
			res, err = tx.NewDelete().Model(&row).WherePK().Exec(ctx)
		}
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		tx.ActIn(t.Circle, kind, t.Ref(), nil)
		return nil
	})
	return err
}

// lockSeen loads a thread that the viewer sees, for a change by that viewer.
func (r *Room) lockSeen(ctx context.Context, tx *journal.Tx, v journal.Viewer, to ID) (Thread, error) {
	if tx.By().Person().IsZero() {
		return Thread{}, errSignIn()
	}
	t, err := lock(ctx, tx, to)
	if err == nil && (!t.Sees(v) || v.Person != tx.By().Person()) {
		return Thread{}, refusal.ErrNotFound()
	}
	return t, err
}

// lockOwn loads a message that the viewer wrote, with its thread, for a change.
func (r *Room) lockOwn(ctx context.Context, tx *journal.Tx, v journal.Viewer, key MessageID) (Message, Thread, error) {
	m, err := oneMessage(ctx, tx, tx.Lock(tx.NewSelect().Where("m.id = ?", key)))
	if err != nil {
		return Message{}, Thread{}, err
	}
	t, err := r.Get(ctx, tx, m.Thread)
	switch by := tx.By().Person(); {
	case err != nil:
		return Message{}, Thread{}, err
	case by.IsZero():
		return Message{}, Thread{}, errSignIn()
	case !t.Sees(v) || v.Person != by:
		return Message{}, Thread{}, refusal.ErrNotFound()
	case m.Author != by:
		return Message{}, Thread{}, errNotAuthor()
	case m.Deleted():
		return Message{}, Thread{}, errDeleted()
	}
	return m, t, nil
}

func saveMessage(ctx context.Context, tx *journal.Tx, m Message) error {
	row := messageRow{
		Words: m.Words, Quoted: m.Quoted,
		EditedAt: store.Micros(m.EditedAt), DeletedAt: store.Micros(m.DeletedAt), Version: m.Version + 1,
	}
	return tx.Saved(tx.NewUpdate().Model(&row).Column("words", "quoted", "edited_at", "deleted_at", "version").
		Where("m.id = ?", m.ID).Where("m.version = ?", m.Version).Exec(ctx))
}

// Sweep lets go of the files that no message has any more, a day after they were
// last put. Run it daily.
func (r *Room) Sweep(ctx context.Context) (gone int, err error) {
	defer wrap(&err, "Sweep")
	before := r.journal.Now().Add(-24 * time.Hour)
	_, err = r.journal.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		_, err := tx.NewDelete().Model((*blobRow)(nil)).Where("b.at < ?", store.Micros(before)).
			Where("NOT EXISTS (SELECT 1 FROM attachment AS f WHERE f.blob = b.hash)").Exec(ctx)
		return err
	})
	if err != nil {
		return 0, err
	}
	return r.blobs.sweep(before, func(h Hash) (bool, error) {
		return r.db.Read.NewSelect().Model((*blobRow)(nil)).Where("b.hash = ?", h).Exists(ctx)
	})
}

// answer reads what a body answered, now or the first time that it ran.
func answer[T any](receipt journal.Receipt, err error) (T, error) {
	var v T
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal(receipt.Result, &v)
}
