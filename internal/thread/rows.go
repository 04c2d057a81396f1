package thread

import (
	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/store"
)

type threadRow struct {
	bun.BaseModel `bun:"table:thread,alias:t"`

	ID          ID        `bun:"id,pk"`
	Public      id.Public `bun:"public"`
	SubjectKind string    `bun:"subject_kind"`
	SubjectID   id.Any    `bun:"subject_id"`
	Circle      id.Circle `bun:"circle"`
	Title       string    `bun:"title"`
	Past        bool      `bun:"past"`
	Closed      bool      `bun:"closed"`
	Messages    int       `bun:"messages"`
	CreatedAt   int64     `bun:"created_at"`
	LastAt      int64     `bun:"last_at"`
	LastAuthor  id.Person `bun:"last_author"`
	Version     int64     `bun:"version"`
	Origin      string    `bun:"origin"`
	URI         string    `bun:"uri"`
}

func (r threadRow) thread() Thread {
	return Thread{
		ID: r.ID, Public: r.Public, Subject: journal.Ref{Kind: r.SubjectKind, ID: r.SubjectID},
		Circle: r.Circle, Title: r.Title, Past: r.Past, Closed: r.Closed, Messages: r.Messages,
		CreatedAt: store.Time(r.CreatedAt), LastAt: store.Time(r.LastAt), LastAuthor: r.LastAuthor,
		Version: r.Version,
	}
}

func rowOf(t Thread) threadRow {
	return threadRow{
		ID: t.ID, Public: t.Public, SubjectKind: t.Subject.Kind, SubjectID: t.Subject.ID,
		Circle: t.Circle, Title: t.Title, Past: t.Past, Closed: t.Closed, Messages: t.Messages,
		CreatedAt: store.Micros(t.CreatedAt), LastAt: store.Micros(t.LastAt), LastAuthor: t.LastAuthor,
		Version: t.Version,
	}
}

type audienceRow struct {
	bun.BaseModel `bun:"table:thread_audience,alias:a"`

	Thread ID        `bun:"thread"`
	Circle id.Circle `bun:"circle"`
	Person id.Person `bun:"person"`
}

type messageRow struct {
	bun.BaseModel `bun:"table:thread_message,alias:m"`

	ID        MessageID    `bun:"id,pk"`
	Public    id.Public    `bun:"public"`
	Thread    ID           `bun:"thread"`
	Number    int          `bun:"number"`
	Circle    id.Circle    `bun:"circle"`
	Author    id.Person    `bun:"author"`
	Words     string       `bun:"words"`
	Quoted    string       `bun:"quoted"`
	Door      journal.Door `bun:"door"`
	MailID    string       `bun:"mail_id"`
	Answers   MessageID    `bun:"answers"`
	Past      bool         `bun:"past"`
	At        int64        `bun:"at"`
	EditedAt  int64        `bun:"edited_at"`
	DeletedAt int64        `bun:"deleted_at"`
	Version   int64        `bun:"version"`
	Origin    string       `bun:"origin"`
	URI       string       `bun:"uri"`
}

func (r messageRow) message() Message {
	return Message{
		ID: r.ID, Public: r.Public, Thread: r.Thread, Number: r.Number, Author: r.Author,
		Words: r.Words, Quoted: r.Quoted, Door: r.Door, MailID: r.MailID, Answers: r.Answers, Past: r.Past,
		At: store.Time(r.At), EditedAt: store.Time(r.EditedAt), DeletedAt: store.Time(r.DeletedAt),
		Version: r.Version,
	}
}

type muteRow struct {
	bun.BaseModel `bun:"table:thread_mute,alias:u"`

	Thread ID        `bun:"thread,pk"`
	Person id.Person `bun:"person,pk"`
	At     int64     `bun:"at"`
}

type blobRow struct {
	bun.BaseModel `bun:"table:blob,alias:b"`

	Hash Hash  `bun:"hash,pk"`
	Size int64 `bun:"size"`
	At   int64 `bun:"at"`
}

type fileRow struct {
	bun.BaseModel `bun:"table:attachment,alias:f"`

	ID     id.Of[Attachment] `bun:"id,pk"`
	Public id.Public         `bun:"public"`
	Owner  MessageID         `bun:"owner"`
	Place  int               `bun:"place"`
	Blob   Hash              `bun:"blob"`
	Name   string            `bun:"name"`
	Type   string            `bun:"type"`
	Size   int64             `bun:"size,scanonly"`
}

func (r fileRow) attachment() Attachment {
	return Attachment{Public: r.Public, Blob: r.Blob, Name: r.Name, Type: r.Type, Size: r.Size}
}
