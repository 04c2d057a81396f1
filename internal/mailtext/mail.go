package mailtext

import (
	"errors"
	"time"
)

// Mail is one mail, read.
type Mail struct {
	MessageID  string   // without angle brackets; empty when there is none
	InReplyTo  []string // mostly one
	References []string // the oldest first

	From       Address // the person who wrote it
	FromHeader Address // the From header as it stood, a list's address perhaps
	Sender     Address
	ReplyTo    []Address
	To, Cc     []Address

	Subject    string    // cleaned: no "Re:", no list's tag
	RawSubject string    // decoded, nothing else
	Reply      bool      // the subject says that this answers
	Forward    bool      // the subject says that this is handed on
	Date       time.Time // UTC; zero when nothing in the mail tells
	ListID     string    // "help.lists.example.org"
	ListName   string    // "Members who help each other"
	Auto       Auto

	Words       string // what this person newly wrote, as Markdown
	Quoted      string // the quoted past, as Markdown
	Signature   string // what the person hangs below, as plain text
	Footer      string // what machines do: list footer, disclaimer, as plain text
	Attachments []Attachment
}

// Address is a mailbox with the name beside it.
type Address struct {
	Name    string // cleaned of quotes and control characters; may be empty
	Address string // lower case; empty when what stood there is no address
}

// IsZero tells whether nothing is known.
func (a Address) IsZero() bool { return a == Address{} }

// Attachment is a file that came with a mail.
type Attachment struct {
	Name   string // a plain file name, never a path
	Type   string // "image/png"
	Inline bool   // meant to be shown in the text: a logo, a pasted picture
	Size   int
	SHA256 [32]byte
	Data   []byte // nil with Options.NoData
}

// Auto tells whether a machine wrote the mail.
type Auto int

// Who or what wrote.
const (
	// Human: a person, as far as one can tell.
	Human Auto = iota
	// AutoReply: "I am away" and the like (RFC 3834).
	AutoReply
	// Bounce: a mail could not be delivered (RFC 3464).
	Bounce
	// Receipt: a mail was delivered or shown (RFC 3464, RFC 8098).
	Receipt
	// Generated: sent by a program of its own accord.
	Generated
)

// Options say what the caller knows or doesn't want.
type Options struct {
	Envelope time.Time // when the mail arrived, if known from elsewhere (an mbox's From_ line)
	Tags     []string  // subject tags known to be the list's ("USRP-users")
	NoData   bool      // keep size and hash of attachments, not their bytes
}

// What a mail may hold at most; beyond, rule 8.
const (
	MaxBytes  = 50 << 20
	maxHeader = 256 << 10
	maxField  = 64 << 10
	maxRefs   = 500
	maxAddr   = 1000
	maxParts  = 500
	maxDepth  = 16
	maxText   = 256 << 10 // of plain text that is read line by line
	maxHTML   = 1 << 20
)

// The reasons for which bytes are no mail.
var (
	// ErrEmpty: nothing but white space.
	ErrEmpty = errors.New("the mail is empty")
	// ErrTooLarge: more than MaxBytes.
	ErrTooLarge = errors.New("the mail is larger than 50 MB")
	// ErrNoHeader: no header field at the start.
	ErrNoHeader = errors.New("the mail has no header")
)
