package post

import (
	"context"
	"time"

	"cordee/internal/lang"
)

// A Transport takes one mail at a time. An error is a *Failure.
type Transport interface {
	Send(ctx context.Context, m Mail) error
	Close() error
}

// Mailbox is a name and an address.
type Mailbox struct {
	Name    string
	Address string
}

// Letter is a mail before it has a form.
type Letter struct {
	ID   string // the Message-ID without its angle brackets, derived by the caller
	Date time.Time
	Lang lang.Tag

	From    Mailbox // the server's own mailbox under the name of who speaks: "Inès · Planète Métiers"
	To      Mailbox
	ReplyTo Mailbox // where an answer lands; empty = From
	Subject string

	Body   []Block
	Footer Footer

	// The thread: the Message-ID of what this answers, and of all before it,
	// the root first.
	InReplyTo  string
	References []string

	List List
}

// List is the circle that a mail comes from, as a mailbox sorts by it.
type List struct {
	ID          string // "planete-metiers.cordee.example.org" (RFC 2919)
	Name        string
	Unsubscribe string // one POST stops these mails (RFC 8058); left out unless it is https
}

// Footer is the small print: sentences, then links.
type Footer struct {
	Lines []string
	Links []Link
}

// Link is a label and where it leads.
type Link struct {
	Label, URL string
}

// Block is one of Para, Words, Quote, Facts, Buttons, Title, Entry.
type Block interface{ block() }

// Para is a paragraph of the house's own words.
type Para struct {
	Text  string
	Quiet bool // small print
}

// Words are what a person wrote, in Markdown.
type Words struct {
	Markdown string
	Thanks   bool // set apart as a thanks is
}

// Quote is what was said before, folded in as mail does it: "> …".
type Quote struct {
	Intro    string // "Inès wrote:"
	Markdown string
}

// Facts are a few lines of label and text: when, where, how much.
type Facts []Fact

// Fact is one of Facts.
type Fact struct{ Label, Text string }

// Buttons are what the reader can do from the mail.
type Buttons []Button

// Button opens a page for one move.
type Button struct {
	Label, URL string
	Main       bool // the one that most people will want
}

// Title heads a part of a digest.
type Title struct{ Text string }

// Entry is one thing of a digest: what it is, where it opens, a line about it.
type Entry struct {
	Text, URL string
	Note      string
}

func (Para) block()    {}
func (Words) block()   {}
func (Quote) block()   {}
func (Facts) block()   {}
func (Buttons) block() {}
func (Title) block()   {}
func (Entry) block()   {}

// Mail is a letter with its form: what a Transport carries.
type Mail struct {
	ID      string
	From    string // the envelope: where trouble is told
	To      string
	Subject string
	Date    time.Time
	UTF8    bool // an address needs SMTPUTF8 (RFC 6531)
	Raw     []byte
}
