package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"cordee/internal/lang"
	"cordee/internal/mailtext"
	"cordee/internal/thread"
)

// fact is what the first reading keeps of a mail. Texts are kept as the first
// eight bytes of their SHA-256: two of a million differ with certainty enough.
type fact struct {
	id      uint64 // of its Message-ID
	refs    []uint64
	key     uint64 // of its subject's words; 0 when it has none
	author  uint64
	at      int64 // microseconds
	start   int64 // of its From_ line in the archive,
	body    int64 // and of what follows it
	size    int64
	number  int
	answers bool // it answers something, here or not

	thread thread.ID // of what is in the circle already
	mine   bool      // brought in by this very run, before it was broken off
}

// known tells whether the mail is in the circle already.
func (f *fact) known() bool { return !f.thread.IsZero() }

func sum(s string) uint64 {
	if s == "" {
		return 0
	}
	h := sha256.Sum256([]byte(s))
	return binary.BigEndian.Uint64(h[:8])
}

// Broken is a mail that can't be brought in.
type Broken struct {
	Number int    `json:"number"` // in the archive, from one
	At     int64  `json:"at"`     // the byte at which it begins
	Reason string `json:"reason"` // a key of the catalogue, behind "import.broken."
}

// The reasons for which a mail can't be brought in.
const (
	reasonEmpty    = "empty"     // nothing at all
	reasonTooLarge = "too_large" // more than 50 MB
	reasonNoHeader = "no_header" // no header field
	reasonNoSender = "no_sender" // nobody wrote it
	reasonNoDate   = "no_date"   // nothing tells when
	reasonNoWords  = "no_words"  // neither words, subject nor files
)

// archive is an mbox after its first reading.
type archive struct {
	name    string
	file    *opened
	facts   []fact
	doubles int // of a Message-ID that stood before
	auto    int // written by machines
	broken  []Broken
	faults  int // how many are broken, those beyond the list too
	people  map[uint64]*correspondent
	tags    []string

	language lang.Tag // of most of its words, as far as one can tell
}

// maxBroken is how many broken mails a run remembers.
const maxBroken = 200

// scan reads an archive for the first time.
func scan(ctx context.Context, name string, file *opened, now time.Time, tell func(bytes int64), broken func(Broken)) (*archive, error) {
	a := &archive{name: name, file: file, people: map[uint64]*correspondent{}}
	seen, tags, spoken := map[uint64]bool{}, tagCount{}, tongues{}
	box := newMailbox(io.NewSectionReader(file, 0, file.size))
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		raw, at, err := box.read()
		switch {
		case errors.Is(err, io.EOF) && box.count == 0, errors.Is(err, errNoFrom):
			return nil, errNotMbox(name)
		case errors.Is(err, io.EOF):
			if len(a.facts)+a.auto+a.doubles == 0 {
				return nil, errNoMail(name)
			}
			a.tags, a.language = tags.common(box.count), spoken.most()
			return a, nil
		case err != nil:
			return nil, err
		}
		tell(at.at)
		m, reason := glimpse(raw, at, now)
		if reason != "" {
			a.fault(Broken{Number: at.number, At: at.at, Reason: reason}, broken)
			continue
		}
		f := factOf(m, at)
		switch {
		case seen[f.id]:
			a.doubles++
			continue
		case m.auto():
			a.auto++
			continue
		}
		seen[f.id] = true
		a.facts = append(a.facts, f)
		a.person(f.author, m.From)
		tags.add(mailtext.SubjectTag(m.RawSubject), f.key)
		if len(a.facts) <= 300 {
			spoken.hear(raw)
		}
	}
}

func (a *archive) fault(b Broken, tell func(Broken)) {
	a.faults++
	if len(a.broken) < maxBroken {
		a.broken = append(a.broken, b)
	}
	tell(b)
}

func (a *archive) person(key uint64, who mailtext.Address) {
	p := a.people[key]
	if p == nil {
		p = &correspondent{address: who.Address}
		a.people[key] = p
	}
	p.called(who.Name)
}

// letter is a mail with what the archive adds to it.
type letter struct {
	mailtext.Mail

	id string // its Message-ID, or one that was made
}

// auto tells whether a machine answered: what a program sends of its own accord
// may be what a list is for.
func (l letter) auto() bool {
	return l.Auto == mailtext.AutoReply || l.Auto == mailtext.Bounce || l.Auto == mailtext.Receipt
}

// glimpse reads of a mail what its header tells, or why it can't be brought in.
func glimpse(raw []byte, at slice, now time.Time) (letter, string) {
	head := raw
	for _, end := range []string{"\n\n", "\n\r\n"} {
		if i := bytes.Index(head, []byte(end)); i >= 0 {
			head = raw[:i+1]
		}
	}
	if len(raw) > mailtext.MaxBytes {
		return letter{}, reasonTooLarge
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return letter{}, reasonEmpty
	}
	return whole(head, raw, at, now)
}

// again reads a mail out of the archive once more, and its From_ line.
func (a *archive) again(f *fact) (raw []byte, at slice, err error) {
	b := make([]byte, f.body+f.size-f.start)
	if _, err := io.ReadFull(io.NewSectionReader(a.file, f.start, int64(len(b))), b); err != nil {
		return nil, slice{}, err
	}
	from, _, _ := bytes.Cut(b, []byte("\n"))
	at = slice{number: f.number, at: f.start, body: f.body, size: f.size, from: strings.TrimSpace(strings.TrimPrefix(string(from), "From "))}
	return unquoted(b[f.body-f.start:]), at, nil
}

// whole reads a mail from part (its header, or all of raw) and completes what is
// missing. The second reading does the same with everything.
func whole(part, raw []byte, at slice, now time.Time) (letter, string) {
	sender, arrived := at.envelope()
	m, err := mailtext.Read(part, mailtext.Options{Envelope: arrived})
	switch {
	case errors.Is(err, mailtext.ErrEmpty):
		return letter{}, reasonEmpty
	case errors.Is(err, mailtext.ErrTooLarge):
		return letter{}, reasonTooLarge
	case err != nil:
		return letter{}, reasonNoHeader
	}
	l := letter{Mail: m, id: m.MessageID}
	if l.From.IsZero() {
		l.From.Address = sender
	}
	switch {
	case l.From.IsZero():
		return letter{}, reasonNoSender
	case l.Date.IsZero():
		return letter{}, reasonNoDate
	case l.Date.After(now): // nothing was written tomorrow
		l.Date = now
		if !arrived.IsZero() && arrived.Before(now) {
			l.Date = arrived
		}
	}
	if l.id == "" {
		l.id = madeID(l.Mail, raw)
	}
	return l, ""
}

// madeID gives a mail without a Message-ID the same one whenever it is met, in
// whatever dialect of mbox.
func madeID(m mailtext.Mail, raw []byte) string {
	h := sha256.New()
	for _, s := range []string{m.Date.Format(time.RFC3339), m.From.Address, m.From.Name, m.RawSubject} {
		_, _ = io.WriteString(h, s+"\n") // a hash takes everything
	}
	_, body, _ := bytes.Cut(bytes.ReplaceAll(raw, []byte("\r"), nil), []byte("\n\n"))
	for line := range bytes.Lines(bytes.TrimSpace(body)) {
		line = bytes.TrimRight(line, " \t\n")
		if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) { // quoted or not
			line = bytes.TrimLeft(line, ">")
		}
		_, _ = h.Write(append(line, '\n'))
	}
	return hex.EncodeToString(h.Sum(nil)[:16]) + "@no-message-id.invalid"
}

func factOf(l letter, at slice) fact {
	f := fact{
		id: sum(l.id), key: sum(subjectKey(l.RawSubject)), at: l.Date.UnixMicro(), author: sum(whose(l.From)),
		start: at.at, body: at.body, size: at.size, number: at.number, answers: l.Reply || len(l.InReplyTo)+len(l.References) > 0,
	}
	for _, ref := range l.parents() {
		if r := sum(ref); r != f.id && !slices.Contains(f.refs, r) && len(f.refs) < maxRefs {
			f.refs = append(f.refs, r)
		}
	}
	return f
}

// maxRefs bounds what is kept of a thread's past; what a mail answers stands first.
const maxRefs = 60

// parents are the Message-IDs that a mail names, the likeliest to be what it
// answers first.
func (l letter) parents() []string {
	all := slices.Clone(l.InReplyTo)
	for _, ref := range slices.Backward(l.References) {
		if !slices.Contains(all, ref) {
			all = append(all, ref)
		}
	}
	return all
}

// whose is by what a person is told apart: the address, else the name.
func whose(a mailtext.Address) string {
	if a.Address != "" {
		return a.Address
	}
	return "\x00" + strings.ToLower(a.Name)
}

// subjectKey is a subject without anything that a program put before it, all tags
// included: it must not depend on the other mails.
func subjectKey(raw string) string {
	s := mailtext.CleanSubject(raw, nil)
	for range 20 {
		tag := mailtext.SubjectTag(s)
		if tag == "" {
			break
		}
		rest := mailtext.CleanSubject(s, []string{tag})
		if rest == s || rest == tag {
			break
		}
		s = rest
	}
	return mailtext.SubjectKey(s)
}

// tagCount finds the tag that a list puts before its subjects: one that many
// mails bear, about more than one thing.
type tagCount map[string]*tagUse

type tagUse struct {
	mails int
	key   uint64
	many  bool // subjects
}

func (c tagCount) add(tag string, key uint64) {
	if tag == "" {
		return
	}
	u := c[tag]
	if u == nil {
		if len(c) > 1000 {
			return
		}
		u = &tagUse{key: key}
		c[tag] = u
	}
	u.mails++
	u.many = u.many || u.key != key
}

func (c tagCount) common(mails int) []string {
	var out []string
	for tag, u := range c {
		if u.many && u.mails*5 >= mails {
			out = append(out, tag)
		}
	}
	slices.Sort(out)
	return out
}

// tongues counts little words that three languages don't share, in plain ASCII so
// that encodings don't matter.
type tongues map[lang.Tag]int

func (t tongues) hear(raw []byte) {
	raw = raw[:min(len(raw), 32<<10)]
	for tag, little := range map[lang.Tag][]string{
		lang.EN: {" the ", " and ", " with ", " you "},
		lang.FR: {" les ", " est ", " pour ", " vous "},
		lang.ES: {" los ", " el ", " para ", " por "},
	} {
		for _, w := range little {
			t[tag] += bytes.Count(raw, []byte(w))
		}
	}
}

func (t tongues) most() lang.Tag {
	best := lang.EN
	for _, tag := range []lang.Tag{lang.FR, lang.ES} {
		if t[tag] > t[best] {
			best = tag
		}
	}
	return best
}
