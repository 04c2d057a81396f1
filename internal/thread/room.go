package thread

import (
	"context"
	"slices"
	"strings"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/search"
	"cordee/internal/store"
	"cordee/internal/words"
)

// Config is what the room is built from.
type Config struct {
	Journal *journal.Journal
	DB      *store.DB
	Blobs   *Blobs
}

// Room keeps the threads.
type Room struct {
	journal *journal.Journal
	db      *store.DB
	blobs   *Blobs
}

// New builds the room.
func New(c Config) *Room { return &Room{journal: c.Journal, db: c.DB, blobs: c.Blobs} }

// Blobs is where files are put before a draft mentions them.
func (r *Room) Blobs() *Blobs { return r.blobs }

// Open starts a thread, with its first message if there is one. A subject has one
// thread: opening it again gives the one that is there, and posts nothing.
func (r *Room) Open(ctx context.Context, tx *journal.Tx, o Opening) (_ Thread, err error) {
	defer wrap(&err, "Open")
	title, err := ParseTitle(o.Title)
	if err != nil {
		return Thread{}, err
	}
	at := orNow(tx, o.At)
	t := Thread{
		ID: id.New[Thread](tx), Public: id.NewPublic(tx), Subject: o.Subject, Circle: o.Circle, Title: title,
		Audience: tidy(o.Audience), Past: o.Past, CreatedAt: at, LastAt: at, Version: 1,
	}
	if t.Subject.ID.IsZero() {
		t.Subject.ID = id.As[any](t.ID)
	}
	row := rowOf(t)
	res, err := tx.NewInsert().Model(&row).On("CONFLICT (subject_kind, subject_id) DO NOTHING").Exec(ctx)
	if err != nil {
		return Thread{}, err
	}
	if n, err := res.RowsAffected(); err != nil {
		return Thread{}, err
	} else if n == 0 {
		return r.BySubject(ctx, tx, t.Subject)
	}
	if err := saveAudience(ctx, tx, t); err != nil {
		return Thread{}, err
	}
	if o.First != nil {
		if _, err := r.post(ctx, tx, &t, *o.First); err != nil {
			return Thread{}, err
		}
	}
	return t, nil
}

// Post adds a message for the owner of the subject, closed or not.
func (r *Room) Post(ctx context.Context, tx *journal.Tx, to ID, d Draft) (_ Message, err error) {
	defer wrap(&err, "Post")
	t, err := lock(ctx, tx, to)
	if err != nil {
		return Message{}, err
	}
	return r.post(ctx, tx, &t, d)
}

func (r *Room) post(ctx context.Context, tx *journal.Tx, t *Thread, d Draft) (Message, error) {
	d, err := d.cleaned()
	if err != nil {
		return Message{}, err
	}
	if !d.Answers.IsZero() {
		if m, err := oneMessage(ctx, tx, tx.NewSelect().Where("m.id = ?", d.Answers).Where("m.thread = ?", t.ID)); err != nil {
			return Message{}, err
		} else if m.Deleted() {
			d.Answers = MessageID{}
		}
	}
	m := message(tx, *t, d, id.New[Message](tx))
	m.Number = t.Messages + 1
	if err := insert(ctx, tx, *t, []Message{m}); err != nil {
		return Message{}, err
	}
	return m, r.grown(ctx, tx, t, []Message{m})
}

// message makes of a draft what is stored; its number comes after.
func message(tx *journal.Tx, t Thread, d Draft, key MessageID) Message {
	m := Message{
		ID: key, Public: id.NewPublic(tx), Thread: t.ID, Author: d.Author, Words: d.Words, Quoted: d.Quoted,
		Door: d.Door, MailID: d.MailID, Answers: d.Answers, Past: t.Past, At: orNow(tx, d.At), Version: 1,
		Attachments: slices.Clone(d.Attachments),
	}
	if m.Door == "" {
		m.Door = tx.By().Door
	}
	for i := range m.Attachments {
		m.Attachments[i].Public = id.NewPublic(tx)
	}
	return m
}

// insert writes messages and their files.
func insert(ctx context.Context, tx *journal.Tx, t Thread, all []Message) error {
	rows := make([]messageRow, 0, len(all))
	for _, m := range all {
		rows = append(rows, messageRow{
			ID: m.ID, Public: m.Public, Thread: m.Thread, Number: m.Number, Circle: t.Circle, Author: m.Author,
			Words: m.Words, Quoted: m.Quoted, Door: m.Door, MailID: m.MailID, Answers: m.Answers, Past: m.Past,
			At: store.Micros(m.At), Version: m.Version,
		})
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return err
	}
	var blobs []blobRow
	var files []fileRow
	for _, m := range all {
		for i, a := range m.Attachments {
			if !slices.ContainsFunc(blobs, func(b blobRow) bool { return b.Hash == a.Blob }) {
				blobs = append(blobs, blobRow{Hash: a.Blob, Size: a.Size, At: store.Micros(tx.Now())})
			}
			files = append(files, fileRow{
				ID: id.New[Attachment](tx), Public: a.Public, Owner: m.ID, Place: i, Blob: a.Blob, Name: a.Name, Type: a.Type,
			})
		}
	}
	if len(files) == 0 {
		return nil
	}
	// The update holds the row against Sweep, which looks at the time again.
	slices.SortFunc(blobs, func(a, b blobRow) int { return strings.Compare(string(a.Hash), string(b.Hash)) })
	if _, err := tx.NewInsert().Model(&blobs).On("CONFLICT (hash) DO UPDATE").Set("at = EXCLUDED.at").Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewInsert().Model(&files).Exec(ctx)
	return err
}

// grown brings the thread's own row and the search up to the new messages.
func (r *Room) grown(ctx context.Context, tx *journal.Tx, t *Thread, all []Message) error {
	for _, m := range all {
		t.Messages++
		if !m.At.Before(t.LastAt) || t.LastAuthor.IsZero() {
			t.LastAt, t.LastAuthor = m.At, m.Author
		}
	}
	if err := find(ctx, tx, *t, all...); err != nil {
		return err
	}
	return save(ctx, tx, t)
}

// PostMany adds messages from an archive, in the order given. A draft whose
// Message-ID is in the circle already is skipped; so is one without anything in
// it. It tells how many were added, and one act when any was.
func (r *Room) PostMany(ctx context.Context, tx *journal.Tx, to ID, drafts []Draft) (added int, err error) {
	defer wrap(&err, "PostMany")
	t, err := lock(ctx, tx, to)
	if err != nil {
		return 0, err
	}
	wanted := make([]string, 0, 2*len(drafts))
	for _, d := range drafts {
		wanted = append(wanted, d.MailID, d.AnswersMail)
	}
	slices.Sort(wanted)
	wanted = slices.DeleteFunc(slices.Compact(wanted), func(s string) bool { return s == "" })
	there, err := r.ByMailIDs(ctx, tx, t.Circle, wanted)
	if err != nil {
		return 0, err
	}
	var fresh []Message
	for _, d := range drafts {
		if _, double := there[d.MailID]; double && d.MailID != "" {
			continue
		}
		d, err := d.kept()
		if err != nil {
			continue
		}
		if d.Answers.IsZero() {
			d.Answers = there[d.AnswersMail].ID
		}
		m := message(tx, t, d, mailKey(tx, t, d))
		m.Number = t.Messages + len(fresh) + 1
		fresh = append(fresh, m)
		if m.MailID != "" {
			there[m.MailID] = m
		}
	}
	if len(fresh) == 0 {
		return 0, nil
	}
	for some := range chunks(fresh) {
		if err := insert(ctx, tx, t, some); err != nil {
			return 0, err
		}
	}
	tx.ActIn(t.Circle, ActImported, t.Ref(), ImportedFacts{Messages: len(fresh)})
	return len(fresh), r.grown(ctx, tx, &t, fresh)
}

// mailKey gives the same mail the same key, whenever it is imported.
func mailKey(tx *journal.Tx, t Thread, d Draft) MessageID {
	if d.MailID == "" || t.Circle.IsZero() {
		return id.New[Message](tx)
	}
	return id.Derived[Message](orNow(tx, d.At), t.Circle.String()+" "+d.MailID)
}

// chunks cuts messages so that no statement grows beyond what SQLite takes (a
// megabyte), since bun writes the words into it.
func chunks(all []Message) func(yield func([]Message) bool) {
	return func(yield func([]Message) bool) {
		start, size := 0, 0
		for i, m := range all {
			have := len(m.Words) + len(m.Quoted) + 400
			if i > start && (size+have > maxPast || i-start == 100) {
				if !yield(all[start:i]) {
					return
				}
				start, size = i, 0
			}
			size += have
		}
		if start < len(all) {
			yield(all[start:])
		}
	}
}

// SetAudience changes who may see a thread.
func (r *Room) SetAudience(ctx context.Context, tx *journal.Tx, to ID, a journal.Audience) (err error) {
	defer wrap(&err, "SetAudience")
	t, err := lock(ctx, tx, to)
	if err != nil {
		return err
	}
	t.Audience = tidy(a)
	if _, err := tx.NewDelete().Model((*audienceRow)(nil)).Where("thread = ?", to).Exec(ctx); err != nil {
		return err
	}
	if err := saveAudience(ctx, tx, t); err != nil {
		return err
	}
	if err := save(ctx, tx, &t); err != nil {
		return err
	}
	return r.findAgain(ctx, tx, t)
}

// SetTitle changes a thread's title, as its owner's own words change.
func (r *Room) SetTitle(ctx context.Context, tx *journal.Tx, to ID, title string) (err error) {
	defer wrap(&err, "SetTitle")
	t, err := lock(ctx, tx, to)
	if err != nil {
		return err
	}
	if t.Title, err = ParseTitle(title); err != nil {
		return err
	}
	if err := save(ctx, tx, &t); err != nil {
		return err
	}
	return r.findAgain(ctx, tx, t)
}

// Close ends the writing in a thread; Reopen lets people write again.
func (r *Room) Close(ctx context.Context, tx *journal.Tx, to ID) error {
	return r.setClosed(ctx, tx, to, true)
}

// Reopen takes Close back.
func (r *Room) Reopen(ctx context.Context, tx *journal.Tx, to ID) error {
	return r.setClosed(ctx, tx, to, false)
}

func (r *Room) setClosed(ctx context.Context, tx *journal.Tx, to ID, closed bool) (err error) {
	defer wrap(&err, "setClosed")
	t, err := lock(ctx, tx, to)
	if err != nil || t.Closed == closed {
		return err
	}
	t.Closed = closed
	return save(ctx, tx, &t)
}

func lock(ctx context.Context, tx *journal.Tx, t ID) (Thread, error) {
	return one(ctx, tx, tx.Lock(tx.NewSelect().Where("t.id = ?", t)))
}

func save(ctx context.Context, tx *journal.Tx, t *Thread) error {
	row := rowOf(*t)
	row.Version++
	err := tx.Saved(tx.NewUpdate().Model(&row).
		Column("title", "closed", "messages", "last_at", "last_author", "version").
		Where("t.id = ?", t.ID).Where("t.version = ?", t.Version).Exec(ctx))
	t.Version = row.Version
	return err
}

func saveAudience(ctx context.Context, tx *journal.Tx, t Thread) error {
	rows := make([]audienceRow, 0, len(t.Audience.Circles)+len(t.Audience.Persons))
	for _, c := range t.Audience.Circles {
		rows = append(rows, audienceRow{Thread: t.ID, Circle: c})
	}
	for _, p := range t.Audience.Persons {
		rows = append(rows, audienceRow{Thread: t.ID, Person: p})
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// find puts messages where search finds them.
func find(ctx context.Context, tx *journal.Tx, t Thread, all ...Message) error {
	docs := make([]search.Doc, 0, len(all))
	for _, m := range all {
		if !m.Deleted() {
			docs = append(docs, search.Doc{
				Ref: m.Ref(), In: t.Subject, Title: t.Title, Text: words.Plain(m.Words), Audience: t.Audience,
				Author: m.Author, At: m.At, Past: m.Past,
			})
		}
	}
	return search.PutAll(ctx, tx, docs)
}

// findAgain does so with all messages of a thread.
func (r *Room) findAgain(ctx context.Context, tx *journal.Tx, t Thread) error {
	for last := 0; ; {
		var rows []messageRow
		if err := tx.NewSelect().Model(&rows).Where("m.thread = ?", t.ID).Where("m.number > ?", last).
			OrderExpr("m.number").Limit(200).Scan(ctx); err != nil || len(rows) == 0 {
			return err
		}
		all := make([]Message, 0, len(rows))
		for _, row := range rows {
			all, last = append(all, row.message()), row.Number
		}
		if err := find(ctx, tx, t, all...); err != nil {
			return err
		}
	}
}

// tidy drops doubles and what names nobody.
func tidy(a journal.Audience) journal.Audience {
	return journal.Audience{Circles: distinct(a.Circles), Persons: distinct(a.Persons)}
}

func distinct[K any](ids []id.Of[K]) []id.Of[K] {
	var all []id.Of[K]
	for _, v := range ids {
		if !v.IsZero() && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

func orNow(tx *journal.Tx, at time.Time) time.Time {
	if at.IsZero() {
		return tx.Now()
	}
	return at.UTC().Truncate(time.Microsecond)
}
