package thread

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/refusal"
)

// Cursor is where a list goes on; the empty one is its beginning, and what a
// list answers at its end.
type Cursor string

func cursorAt(us int64, tie string) Cursor { return Cursor(strconv.FormatInt(us, 36) + "." + tie) }

func (c Cursor) parts() (us int64, tie string, ok bool) {
	at, tie, ok := strings.Cut(string(c), ".")
	us, err := strconv.ParseInt(at, 36, 64)
	return us, tie, ok && err == nil
}

// Get loads a thread for its owner and for couriers, who see to visibility
// themselves (Thread.Sees).
func (r *Room) Get(ctx context.Context, db bun.IDB, t ID) (_ Thread, err error) {
	defer wrap(&err, "Get")
	return one(ctx, db, db.NewSelect().Where("t.id = ?", t))
}

// BySubject loads the thread on a subject, as Get does.
func (r *Room) BySubject(ctx context.Context, db bun.IDB, subject journal.Ref) (_ Thread, err error) {
	defer wrap(&err, "BySubject")
	return one(ctx, db, db.NewSelect().Where("t.subject_kind = ?", subject.Kind).Where("t.subject_id = ?", subject.ID))
}

// ByPublic loads a thread that the viewer sees.
func (r *Room) ByPublic(ctx context.Context, db bun.IDB, v journal.Viewer, public id.Public) (_ Thread, err error) {
	defer wrap(&err, "ByPublic")
	return one(ctx, db, seenBy(db.NewSelect().Where("t.public = ?", public), v))
}

// Message loads a message with its thread, as Get does.
func (r *Room) Message(ctx context.Context, db bun.IDB, m MessageID) (_ Message, _ Thread, err error) {
	defer wrap(&err, "Message")
	return r.message(ctx, db, db.NewSelect().Where("m.id = ?", m))
}

// MessageByPublic loads a message that the viewer sees, with its thread.
func (r *Room) MessageByPublic(ctx context.Context, db bun.IDB, v journal.Viewer, public id.Public) (_ Message, _ Thread, err error) {
	defer wrap(&err, "MessageByPublic")
	m, t, err := r.message(ctx, db, db.NewSelect().Where("m.public = ?", public))
	if err == nil && !t.Sees(v) {
		return Message{}, Thread{}, refusal.ErrNotFound()
	}
	return m, t, err
}

func (r *Room) message(ctx context.Context, db bun.IDB, q *bun.SelectQuery) (Message, Thread, error) {
	m, err := oneMessage(ctx, db, q)
	if err != nil {
		return Message{}, Thread{}, err
	}
	t, err := r.Get(ctx, db, m.Thread)
	return m, t, err
}

// Messages lists a thread's messages, the oldest first, one page after the
// cursor. Who calls has loaded the thread for the viewer.
func (r *Room) Messages(ctx context.Context, db bun.IDB, v journal.Viewer, t ID, after Cursor) (_ []Message, next Cursor, err error) {
	defer wrap(&err, "Messages")
	var rows []messageRow
	q := db.NewSelect().Model(&rows).Join("JOIN thread AS t ON t.id = m.thread").
		Where("m.thread = ?", t).OrderExpr("m.at, m.number").Limit(PageSize + 1)
	if us, tie, ok := after.parts(); ok {
		number, _ := strconv.Atoi(tie)
		q.Where("(m.at, m.number) > (?, ?)", us, number)
	}
	if err := seenBy(q, v).Scan(ctx); err != nil {
		return nil, "", err
	}
	if len(rows) > PageSize {
		rows = rows[:PageSize]
		last := rows[PageSize-1]
		next = cursorAt(last.At, strconv.Itoa(last.Number))
	}
	all, err := withFiles(ctx, db, rows)
	return all, next, err
}

// PageOf is the cursor of the page on which a message stands, and the empty one
// when it stands on the first.
func (r *Room) PageOf(ctx context.Context, db bun.IDB, m Message) (_ Cursor, err error) {
	defer wrap(&err, "PageOf")
	earlier := func(rows *[]messageRow) *bun.SelectQuery {
		return db.NewSelect().Model(rows).Column("at", "number").Where("m.thread = ?", m.Thread).
			Where("(m.at, m.number) < (?, ?)", m.At.UnixMicro(), m.Number)
	}
	var rows []messageRow
	before, err := earlier(&rows).Count(ctx)
	if err != nil || before < PageSize {
		return "", err
	}
	if err := earlier(&rows).OrderExpr("m.at DESC, m.number DESC").Limit(before%PageSize + 1).Scan(ctx); err != nil || len(rows) == 0 {
		return "", err
	}
	last := rows[len(rows)-1]
	return cursorAt(last.At, strconv.Itoa(last.Number)), nil
}

// ListIn lists the threads of one kind of subject that live in a circle and that
// the viewer sees, those with the latest words first.
func (r *Room) ListIn(ctx context.Context, db bun.IDB, v journal.Viewer, circle id.Circle, kind string, after Cursor) (_ []Thread, next Cursor, err error) {
	defer wrap(&err, "ListIn")
	return page(ctx, db, seenBy(db.NewSelect().Where("t.circle = ?", circle).Where("t.subject_kind = ?", kind), v), after, PageSize)
}

// Latest gives the first few of what ListIn lists, over all circles of the viewer.
func (r *Room) Latest(ctx context.Context, db bun.IDB, v journal.Viewer, kind string, limit int) (_ []Thread, err error) {
	defer wrap(&err, "Latest")
	if len(v.Circles) == 0 {
		return nil, nil
	}
	all, _, err := page(ctx, db, seenBy(db.NewSelect().Where("t.circle IN (?)", bun.List(v.Circles)).Where("t.subject_kind = ?", kind), v), "", limit)
	return all, err
}

// ListWith lists the threads of one kind that name the viewer in their audience,
// such as letters, those with the latest words first.
func (r *Room) ListWith(ctx context.Context, db bun.IDB, v journal.Viewer, kind string, after Cursor) (_ []Thread, next Cursor, err error) {
	defer wrap(&err, "ListWith")
	return page(ctx, db, seenBy(db.NewSelect().Where("t.subject_kind = ?", kind), journal.Viewer{Person: v.Person}), after, PageSize)
}

// Firsts loads the first message of each thread, for lists that show a few words of it.
func (r *Room) Firsts(ctx context.Context, db bun.IDB, threads []ID) (_ map[ID]Message, err error) {
	defer wrap(&err, "Firsts")
	if len(threads) == 0 {
		return map[ID]Message{}, nil
	}
	var rows []messageRow
	if err := db.NewSelect().Model(&rows).Where("m.thread IN (?)", bun.List(threads)).Where("m.number = 1").Scan(ctx); err != nil {
		return nil, err
	}
	all := make(map[ID]Message, len(rows))
	for _, row := range rows {
		all[row.Thread] = row.message()
	}
	return all, nil
}

// Publics gives the public ids of messages, for links to what a search found.
func (r *Room) Publics(ctx context.Context, db bun.IDB, messages []MessageID) (_ map[MessageID]id.Public, err error) {
	defer wrap(&err, "Publics")
	all := make(map[MessageID]id.Public, len(messages))
	if len(messages) == 0 {
		return all, nil
	}
	var rows []messageRow
	err = db.NewSelect().Model(&rows).Column("id", "public").Where("m.id IN (?)", bun.List(messages)).Scan(ctx)
	for _, row := range rows {
		all[row.ID] = row.Public
	}
	return all, err
}

// ByMailIDs finds which Message-IDs are already in a circle, for imports.
func (r *Room) ByMailIDs(ctx context.Context, db bun.IDB, circle id.Circle, mailIDs []string) (_ map[string]Message, err error) {
	defer wrap(&err, "ByMailIDs")
	all := make(map[string]Message, len(mailIDs))
	for len(mailIDs) > 0 {
		some := mailIDs[:min(500, len(mailIDs))]
		mailIDs = mailIDs[len(some):]
		var rows []messageRow
		if err := db.NewSelect().Model(&rows).ExcludeColumn("words", "quoted").
			Where("m.circle = ?", circle).Where("m.mail_id <> ''"). // without which SQLite leaves the index unused
			Where("m.mail_id IN (?)", bun.List(some)).Scan(ctx); err != nil {
			return nil, err
		}
		for _, row := range rows {
			all[row.MailID] = row.message()
		}
	}
	return all, nil
}

// Participants are those who take part in a thread: its authors and the persons
// of its audience, without those who muted it. An author may have lost sight of
// it since; whoever writes to them checks Thread.Sees.
func (r *Room) Participants(ctx context.Context, db bun.IDB, t ID) (_ []id.Person, err error) {
	defer wrap(&err, "Participants")
	var all []id.Person
	err = db.NewRaw(`SELECT person FROM (
			SELECT author AS person FROM thread_message WHERE thread = ?
			UNION SELECT person FROM thread_audience WHERE thread = ? AND person IS NOT NULL
		) AS p WHERE NOT EXISTS (SELECT 1 FROM thread_mute AS u WHERE u.thread = ? AND u.person = p.person)
		ORDER BY person`, t, t, t).Scan(ctx, &all)
	return all, err
}

// Muted are those who want to hear no more of a thread.
func (r *Room) Muted(ctx context.Context, db bun.IDB, t ID) (_ []id.Person, err error) {
	defer wrap(&err, "Muted")
	var all []id.Person
	err = db.NewSelect().Model((*muteRow)(nil)).Column("person").Where("thread = ?", t).OrderExpr("person").Scan(ctx, &all)
	return all, err
}

// OpenFile gives a file of a message that the viewer sees. The caller closes it.
func (r *Room) OpenFile(ctx context.Context, db bun.IDB, v journal.Viewer, public id.Public) (_ Attachment, _ *os.File, err error) {
	defer wrap(&err, "OpenFile")
	var row fileRow
	q := db.NewSelect().Model(&row).ColumnExpr("f.*, b.size").
		Join("JOIN blob AS b ON b.hash = f.blob").
		Join("JOIN thread_message AS m ON m.id = f.owner").
		Join("JOIN thread AS t ON t.id = m.thread").
		Where("f.public = ?", public)
	if err := seenBy(q, v).Scan(ctx); err != nil {
		return Attachment{}, nil, missing(err)
	}
	file, err := r.blobs.Open(row.Blob)
	return row.attachment(), file, err
}

func one(ctx context.Context, db bun.IDB, q *bun.SelectQuery) (Thread, error) {
	var row threadRow
	if err := q.Model(&row).Scan(ctx); err != nil {
		return Thread{}, missing(err)
	}
	all, err := withAudiences(ctx, db, []threadRow{row})
	if err != nil {
		return Thread{}, err
	}
	return all[0], nil
}

func oneMessage(ctx context.Context, db bun.IDB, q *bun.SelectQuery) (Message, error) {
	var row messageRow
	if err := q.Model(&row).Scan(ctx); err != nil {
		return Message{}, missing(err)
	}
	all, err := withFiles(ctx, db, []messageRow{row})
	if err != nil {
		return Message{}, err
	}
	return all[0], nil
}

func page(ctx context.Context, db bun.IDB, q *bun.SelectQuery, after Cursor, size int) (_ []Thread, next Cursor, err error) {
	var rows []threadRow
	q = q.Model(&rows).OrderExpr("t.last_at DESC, t.public DESC").Limit(int64(size) + 1)
	if us, tie, ok := after.parts(); ok {
		q.Where("(t.last_at, t.public) < (?, ?)", us, tie)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", err
	}
	if len(rows) > size {
		rows = rows[:size]
		next = cursorAt(rows[size-1].LastAt, string(rows[size-1].Public))
	}
	all, err := withAudiences(ctx, db, rows)
	return all, next, err
}

func withAudiences(ctx context.Context, db bun.IDB, rows []threadRow) ([]Thread, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	all, place := make([]Thread, len(rows)), map[ID]int{}
	ids := make([]ID, len(rows))
	for i, row := range rows {
		all[i], ids[i], place[row.ID] = row.thread(), row.ID, i
	}
	var audience []audienceRow
	if err := db.NewSelect().Model(&audience).Where("a.thread IN (?)", bun.List(ids)).
		OrderExpr("a.thread, a.circle, a.person").Scan(ctx); err != nil {
		return nil, fmt.Errorf("audiences: %w", err)
	}
	for _, a := range audience {
		to := &all[place[a.Thread]].Audience
		if a.Circle.IsZero() {
			to.Persons = append(to.Persons, a.Person)
		} else {
			to.Circles = append(to.Circles, a.Circle)
		}
	}
	return all, nil
}

func withFiles(ctx context.Context, db bun.IDB, rows []messageRow) ([]Message, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	all, place := make([]Message, len(rows)), map[MessageID]int{}
	ids := make([]MessageID, len(rows))
	for i, row := range rows {
		all[i], ids[i], place[row.ID] = row.message(), row.ID, i
	}
	var files []fileRow
	if err := db.NewSelect().Model(&files).ColumnExpr("f.*, b.size").Join("JOIN blob AS b ON b.hash = f.blob").
		Where("f.owner IN (?)", bun.List(ids)).OrderExpr("f.owner, f.place").Scan(ctx); err != nil {
		return nil, fmt.Errorf("attachments: %w", err)
	}
	for _, f := range files {
		to := &all[place[f.Owner]]
		to.Attachments = append(to.Attachments, f.attachment())
	}
	return all, nil
}

// missing says not found where there is no row.
func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return refusal.ErrNotFound()
	}
	return err
}
