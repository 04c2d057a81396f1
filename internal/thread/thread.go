package thread

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
)

// The limits of a message and of what goes with it.
const (
	MaxTitle  = 140
	MaxWords  = 20_000
	MaxFiles  = 10
	MaxFile   = 10 << 20 // bytes
	PageSize  = 50
	Silent    = 15 * time.Minute // an edit within it leaves no mark
	maxName   = 200
	maxType   = 127
	maxPast   = 400_000 // bytes of an imported mail; bun writes them into the statement
	maxPeople = 200     // persons and circles of one audience
)

// The keys.
type (
	// ID is the key of a thread.
	ID = id.Of[Thread]
	// MessageID is the key of a message.
	MessageID = id.Of[Message]
)

// The kinds of the refs that lead to a thread's own things; a subject has the
// kind that its owner gives it.
const (
	KindThread  = "thread"
	KindMessage = "message"
)

// Thread is what is known of the messages on one subject.
type Thread struct {
	ID         ID
	Public     id.Public
	Subject    journal.Ref
	Circle     id.Circle // the one it lives in; zero for letters
	Title      string
	Audience   journal.Audience
	Past       bool
	Closed     bool
	Messages   int // places, those of deleted messages too
	CreatedAt  time.Time
	LastAt     time.Time
	LastAuthor id.Person
	Version    int64
}

// Ref is the thread itself, where its subject isn't meant.
func (t Thread) Ref() journal.Ref { return journal.RefTo(KindThread, t.ID) }

// Message is the words of one author at one time.
type Message struct {
	ID          MessageID
	Public      id.Public
	Thread      ID
	Number      int
	Author      id.Person
	Words       string // Markdown
	Quoted      string // the folded past of a mail
	Door        journal.Door
	MailID      string // Message-ID without its brackets
	Answers     MessageID
	Past        bool
	At          time.Time
	EditedAt    time.Time // zero: not, or within Silent
	DeletedAt   time.Time
	Version     int64
	Attachments []Attachment
}

// Ref leads to the message.
func (m Message) Ref() journal.Ref { return journal.RefTo(KindMessage, m.ID) }

// Deleted tells whether only the place is left.
func (m Message) Deleted() bool { return !m.DeletedAt.IsZero() }

// Edited tells whether the message is to be marked as edited.
func (m Message) Edited() bool { return !m.EditedAt.IsZero() }

// MayChange tells whether p may edit or delete the message.
func (m Message) MayChange(p id.Person) bool {
	return !p.IsZero() && m.Author == p && !m.Deleted()
}

// edit is rule 3: new words, and a mark once the message is older than Silent.
func (m Message) edit(words string, at time.Time) Message {
	m.Words = words
	if at.Sub(m.At) > Silent {
		m.EditedAt = at
	}
	return m
}

// wiped is rule 5.
func (m Message) wiped(at time.Time) Message {
	m.Words, m.Quoted, m.Attachments, m.DeletedAt = "", "", nil, at
	return m
}

// Attachment is a file that goes with a message. To add one: Blobs.Put first,
// then Name, Type, Blob and Size; Public comes when the message is saved.
type Attachment struct {
	Public id.Public
	Blob   Hash
	Name   string
	Type   string // a media type
	Size   int64
}

// Picture tells whether browsers show the file as a picture.
func (a Attachment) Picture() bool {
	return slices.Contains([]string{"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"}, a.Type)
}

// Draft is a message to be.
type Draft struct {
	Author  id.Person
	Words   string
	Quoted  string
	Door    journal.Door // zero: the door of the transaction
	At      time.Time    // zero: now
	MailID  string
	Answers MessageID
	// AnswersMail is the Message-ID answered, where only that is known: PostMany
	// looks for it among the drafts before, then in the circle.
	AnswersMail string
	Attachments []Attachment
}

// Opening is a thread to be.
type Opening struct {
	// Subject is what the thread is about. One without an id has the thread's own:
	// the thread is the thing, as with a talk.
	Subject  journal.Ref
	Circle   id.Circle
	Title    string
	Audience journal.Audience
	Past     bool
	At       time.Time // zero: now
	First    *Draft
}

// cleaned gives the draft of a person as it is stored, or what is wrong with it.
func (d Draft) cleaned() (Draft, error) {
	d.Words = Clean(d.Words)
	switch n := utf8.RuneCountInString(d.Words); {
	case n > MaxWords:
		return d, errTooLong("words", MaxWords, n)
	case n == 0 && len(d.Attachments) == 0:
		return d, errEmpty()
	case len(d.Attachments) > MaxFiles:
		return d, errTooManyFiles()
	}
	files := make([]Attachment, 0, len(d.Attachments))
	for _, a := range d.Attachments {
		if a.Size > MaxFile {
			return d, errFileTooLarge(a.Name)
		}
		files = append(files, a.cleaned())
	}
	d.Attachments = files
	return d, nil
}

// kept is cleaned for what an archive brings, where there is nobody to ask: too
// much is cut at the end of a line, and only a mail without anything is refused.
func (d Draft) kept() (Draft, error) {
	d.Words, d.Quoted = cut(Clean(d.Words), maxPast), cut(Clean(d.Quoted), maxPast)
	if d.Words == "" && d.Quoted == "" && len(d.Attachments) == 0 {
		return d, errEmpty()
	}
	files := make([]Attachment, 0, len(d.Attachments))
	for _, a := range d.Attachments {
		files = append(files, a.cleaned())
	}
	d.Attachments = files
	return d, nil
}

func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	s = strings.ToValidUTF8(s[:limit], "")
	if i := strings.LastIndexByte(s, '\n'); i > limit/2 {
		s = s[:i]
	}
	return s + "\n…"
}

func (a Attachment) cleaned() Attachment {
	a.Name = person.Shorten(person.Line(strings.ReplaceAll(a.Name, "/", "-")), maxName)
	if strings.Trim(a.Name, ".") == "" { // of the dots alone no address could be made
		a.Name = "file"
	}
	a.Type = strings.ToLower(strings.TrimSpace(a.Type))
	if a.Type == "" || len(a.Type) > maxType || strings.ContainsFunc(a.Type, func(r rune) bool { return r <= ' ' || r > '~' }) {
		a.Type = "application/octet-stream"
	}
	return a
}

// ParseTitle cleans a title and refuses one that is too long; an empty one is fine.
func ParseTitle(s string) (string, error) {
	s = person.Line(s)
	if n := utf8.RuneCountInString(s); n > MaxTitle {
		return "", errTooLong("title", MaxTitle, n)
	}
	return s, nil
}
