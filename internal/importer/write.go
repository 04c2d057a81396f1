package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/mailtext"
	"cordee/internal/person"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/words"
)

// How much goes into one body of the journal. It has five seconds and holds others
// up meanwhile; so it grows and shrinks towards that of half a second.
const (
	firstBody = 40 // mails
	mostBody  = 200
	leastBody = 10
	maxText   = 1 << 20 // bytes of text
	maxParts  = 40      // threads
	quick     = 250 * time.Millisecond
	slow      = time.Second
)

// part is what one body writes into one thread.
type part struct {
	t       *talk
	room    thread.ID // where it goes on; zero: it begins here
	title   string
	asks    bool
	words   string // of the first mail, to guess from
	mails   []int  // places of facts
	letters []letter
	drafts  []thread.Draft
}

// writer gathers mails for the next body.
type writer struct {
	*work

	archive *archive
	parts   []*part
	mails   int
	text    int
}

// add takes up a thread, in as many bodies as it needs.
func (w *writer) add(ctx context.Context, t talk) error {
	fresh := w.firsts(t)
	if len(fresh) == 0 {
		return nil
	}
	if len(w.parts) > 0 && w.mails+len(fresh) > w.size { // rather whole than in two
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	var p *part
	for _, i := range fresh {
		l, reason, err := w.letter(i)
		if err != nil {
			return err
		}
		if reason == "" && l.auto() { // its body told
			w.archive.auto++
			w.total--
			continue
		}
		d, ok := draftOf(l)
		if reason == "" && !ok {
			reason = reasonNoWords
		}
		if reason != "" {
			w.archive.fault(Broken{Number: w.facts[i].number, At: w.facts[i].start, Reason: reason}, w.broken)
			w.total--
			continue
		}
		if d.Attachments, err = w.files(ctx, l); err != nil {
			return err
		}
		if p == nil {
			p = w.part(&t, i, l, d)
		}
		p.mails, p.letters, p.drafts = append(p.mails, i), append(p.letters, l.light()), append(p.drafts, d)
		w.mails, w.text = w.mails+1, w.text+len(d.Words)+len(d.Quoted)
		if w.mails >= mostBody || w.text >= maxText {
			if err := w.flush(ctx); err != nil {
				return err
			}
			t.rooms, p = []thread.ID{p.room}, nil
		}
	}
	if len(w.parts) >= maxParts || w.mails >= w.size {
		return w.flush(ctx)
	}
	return nil
}

// part begins the next part of a thread.
func (w *writer) part(t *talk, i int, l letter, d thread.Draft) *part {
	p := &part{t: t, title: titleOf(l, d, w.archive.tags), words: d.Words}
	if len(t.rooms) == 0 {
		p.asks = i == t.mails[0] && !w.facts[i].answers && !l.Forward && plainlyAsks(l.Subject, d.Words)
	}
	w.parts = append(w.parts, p)
	return p
}

// letter reads a mail for the second time, with everything.
func (w *writer) letter(i int) (letter, string, error) {
	f := &w.facts[i]
	raw, at, err := w.archive.again(f)
	if err != nil {
		return letter{}, "", fmt.Errorf("%s has changed while it was read: %w", w.archive.name, err)
	}
	l, reason := whole(raw, raw, at, w.now())
	if reason == "" && sum(l.id) != f.id {
		return letter{}, "", fmt.Errorf("%s has changed while it was read", w.archive.name)
	}
	return l, reason, nil
}

// light is what is still wanted of a letter once its draft is made.
func (l letter) light() letter {
	return letter{id: l.id, Mail: mailtext.Mail{From: l.From, Date: l.Date, InReplyTo: l.InReplyTo, References: l.References}}
}

// draftOf makes a message of a mail, or tells that there is nothing in it.
func draftOf(l letter) (thread.Draft, bool) {
	d := thread.Draft{
		Words: strings.TrimSpace(l.Words), Quoted: strings.TrimSpace(l.Quoted), At: l.Date, MailID: l.id, Door: journal.Importer,
	}
	if d.Words == "" && d.Quoted == "" && len(l.Attachments) == 0 && !l.Reply { // "Done, thanks": the subject is all there is
		d.Words = escape(l.Subject)
	}
	if !strings.Contains(d.Quoted, "\n") && strings.HasSuffix(d.Quoted, ":") && strings.Contains(d.Words, "> ") {
		d.Quoted = "" // "Ana wrote:", and what she wrote stands among the words
	}
	if s := strings.TrimSpace(l.Signature); s != "" {
		if !strings.HasPrefix(s, "--") {
			s = "--\n" + s
		}
		d.Quoted = strings.TrimSpace(d.Quoted + "\n\n" + s)
	}
	return d, d.Words != "" || d.Quoted != "" || len(l.Attachments) > 0
}

// escape keeps a subject's signs from being read as Markdown.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "#", `\#`, "<", `\<`, "[", `\[`, "`", "\\`", ">", `\>`).Replace(s)
}

// titleOf is a thread's title: the subject without the list's tag, else the first
// words.
func titleOf(l letter, d thread.Draft, tags []string) string {
	title := l.Subject
	if tag := mailtext.SubjectTag(l.RawSubject); tag != "" {
		for _, t := range tags {
			if strings.EqualFold(t, tag) {
				title = mailtext.CleanSubject(l.RawSubject, tags)
			}
		}
	}
	if title = person.Line(title); title == "" {
		title = person.Line(words.Title(d.Words, thread.MaxTitle/2))
	}
	return person.Shorten(title, thread.MaxTitle)
}

// files keeps what came with a mail, before the body that mentions it.
func (w *writer) files(ctx context.Context, l letter) ([]thread.Attachment, error) {
	var all []thread.Attachment
	for _, a := range l.Attachments {
		hash, size, err := w.threads.Blobs().Put(ctx, bytes.NewReader(a.Data))
		if err != nil {
			return nil, err
		}
		all = append(all, thread.Attachment{Blob: hash, Size: size, Name: a.Name, Type: a.Type})
	}
	return all, nil
}

// wrote is what a body tells, the first time and again.
type wrote struct {
	Rooms []thread.ID `json:"rooms"` // of the parts
	Here  []string    `json:"here"`  // Message-IDs that were in the circle by another door
}

// flush writes what was gathered.
func (w *writer) flush(ctx context.Context) error {
	if len(w.parts) == 0 {
		return nil
	}
	begun := w.now()
	staged := map[uint64]id.Person{}
	receipt, err := w.journal.Do(ctx, w.by, w.key(), func(ctx context.Context, tx *journal.Tx) error {
		clear(staged)
		out, err := w.body(ctx, tx, staged)
		tx.Answer(out)
		return err
	})
	if err != nil {
		return err
	}
	var out wrote
	if err := json.Unmarshal(receipt.Result, &out); err != nil {
		return err
	}
	for author, who := range staged {
		w.staged[author] = who
	}
	w.settle(out)
	w.done += w.mails
	w.tell(Progress{State: Writing, Done: int64(w.done), Total: int64(w.total)})
	w.pace(w.now().Sub(begun))
	w.parts, w.mails, w.text = nil, 0, 0
	return nil
}

// pace fits the size of a body to the time that one takes here.
func (w *writer) pace(took time.Duration) {
	switch {
	case took > slow:
		w.size = max(leastBody, w.size/2)
	case took < quick && w.mails >= w.size:
		w.size = min(mostBody, w.size*2)
	}
}

// key makes a body happen once in its run.
func (w *writer) key() journal.Key {
	h := sha256.New()
	for _, p := range w.parts {
		for _, l := range p.letters {
			_, _ = io.WriteString(h, l.id+"\n") // a hash takes everything
		}
	}
	digest := hexOf(h.Sum(nil))
	return journal.Key{Name: "import:" + w.run.String() + ":" + digest[:32], Digest: digest}
}

// settle notes where the mails came to stand.
func (w *writer) settle(out wrote) {
	here := map[uint64]bool{}
	for _, mail := range out.Here {
		here[sum(mail)] = true
	}
	moved := map[thread.ID]thread.ID{}
	for n, p := range w.parts {
		p.room = out.Rooms[n]
		for _, old := range p.t.rooms {
			if old != p.room {
				moved[old] = p.room
			}
		}
		for _, i := range p.mails {
			w.facts[i].thread = p.room
			w.facts[i].mine = !here[w.facts[i].id]
		}
	}
	if len(moved) == 0 {
		return
	}
	for i := range w.facts {
		if to, ok := moved[w.facts[i].thread]; ok {
			w.facts[i].thread = to
		}
	}
}

// body writes all parts.
func (w *writer) body(ctx context.Context, tx *journal.Tx, staged map[uint64]id.Person) (wrote, error) {
	var mails []string
	for _, p := range w.parts {
		for _, l := range p.letters {
			mails = append(mails, l.id)
		}
	}
	here, err := w.threads.ByMailIDs(ctx, tx, w.circle, mails)
	if err != nil {
		return wrote{}, err
	}
	var out wrote
	for _, p := range w.parts {
		if err := w.author(ctx, tx, p, staged); err != nil {
			return wrote{}, err
		}
		room, err := w.place(ctx, tx, p, here)
		if err != nil {
			return wrote{}, err
		}
		out.Rooms = append(out.Rooms, room)
	}
	for mail := range here {
		out.Here = append(out.Here, mail)
	}
	if err := w.note(ctx, tx, out); err != nil {
		return wrote{}, err
	}
	return out, w.far(ctx, tx)
}

// author finds or makes the people of a part.
func (w *writer) author(ctx context.Context, tx *journal.Tx, p *part, staged map[uint64]id.Person) error {
	for n, i := range p.mails {
		author := w.facts[i].author
		who, ok := w.staged[author]
		if !ok {
			who, ok = staged[author]
		}
		if !ok {
			c := w.archive.people[author]
			one, err := w.people.Stage(ctx, tx, person.Past{Name: c.name(), Address: c.address, Circle: w.circle, At: time.UnixMicro(w.facts[i].at).UTC()})
			if err != nil {
				return err
			}
			who = one.ID
			staged[author] = who
		}
		p.drafts[n].Author = who
	}
	return nil
}

// place brings a part into its thread: the one that is there, or a new one.
func (w *writer) place(ctx context.Context, tx *journal.Tx, p *part, here map[string]thread.Message) (thread.ID, error) {
	rooms := p.t.rooms
	for _, l := range p.letters {
		if m, ok := here[l.id]; ok && !slices.Contains(rooms, m.Thread) {
			rooms = append(rooms[:len(rooms):len(rooms)], m.Thread)
		}
	}
	drafts := w.answering(p)
	if len(rooms) > 0 {
		into, err := w.join(ctx, tx, rooms)
		if err != nil {
			return thread.ID{}, err
		}
		_, err = w.threads.PostMany(ctx, tx, into, drafts)
		return into, err
	}
	if p.asks {
		a, err := w.exchanges.Bring(ctx, tx, exchange.PastAsk{
			Circle: w.circle, Author: drafts[0].Author, Want: exchange.ForAsk, Title: p.title, Words: p.words, At: drafts[0].At,
		})
		if err != nil {
			return thread.ID{}, err
		}
		_, err = w.threads.PostMany(ctx, tx, a.Thread, drafts)
		return a.Thread, err
	}
	t, _, err := w.circles.PastTalk(ctx, tx, w.circle, p.title, drafts)
	return t.ID, err
}

// answering gives the drafts of a part, each with the mail that it answers: the
// first that it names and that is there.
func (w *writer) answering(p *part) []thread.Draft {
	there := map[uint64]bool{}
	for _, i := range p.t.mails {
		there[w.facts[i].id] = true
	}
	for n, l := range p.letters {
		p.drafts[n].AnswersMail = ""
		for _, ref := range l.parents() {
			if ref != l.id && there[sum(ref)] {
				p.drafts[n].AnswersMail = ref
				break
			}
		}
	}
	return p.drafts
}

// join makes one thread of several that a mail ties together: an ask before talk,
// then the one that began first. Those that people write in now stay as they are.
func (w *writer) join(ctx context.Context, tx *journal.Tx, rooms []thread.ID) (thread.ID, error) {
	if len(rooms) == 1 {
		return rooms[0], nil
	}
	all := make([]thread.Thread, 0, len(rooms))
	for _, r := range rooms {
		t, err := w.threads.Get(ctx, tx, r)
		if err != nil {
			return thread.ID{}, err
		}
		all = append(all, t)
	}
	into := all[0]
	for _, t := range all[1:] {
		if before(t, into) {
			into = t
		}
	}
	for _, t := range all {
		if t.ID == into.ID || !t.Past || !into.Past || t.Subject.Kind != circle.KindTalk {
			continue
		}
		if err := w.threads.Merge(ctx, tx, into.ID, t.ID); err != nil {
			return thread.ID{}, err
		}
		if _, err := tx.NewUpdate().Model((*mailRow)(nil)).Set("thread = ?", into.ID).Where("thread = ?", t.ID).Exec(ctx); err != nil {
			return thread.ID{}, err
		}
	}
	return into.ID, nil
}

// before tells into which of two threads the other goes.
func before(a, b thread.Thread) bool {
	rank := func(t thread.Thread) int {
		switch {
		case !t.Past:
			return 0
		case t.Subject.Kind != circle.KindTalk:
			return 1
		}
		return 2
	}
	if ra, rb := rank(a), rank(b); ra != rb {
		return ra < rb
	}
	if !a.CreatedAt.Equal(b.CreatedAt) {
		return a.CreatedAt.Before(b.CreatedAt)
	}
	return a.ID.String() < b.ID.String()
}

// note remembers the mails of a body.
func (w *writer) note(ctx context.Context, tx *journal.Tx, out wrote) error {
	var rows []mailRow
	for n, p := range w.parts {
		for _, i := range p.mails {
			rows = append(rows, w.facts[i].row(w.circle, w.run, out.Rooms[n]))
		}
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

// far writes into the run how far it has come.
func (w *writer) far(ctx context.Context, tx *journal.Tx) error {
	_, err := tx.NewUpdate().Model((*runRow)(nil)).
		Set("state = ?", Writing).Set("total = ?", w.total).Set("mails = ?", w.done+w.mails).
		Set("updated_at = ?", store.Micros(tx.Now())).Where("id = ?", w.run).Exec(ctx)
	return err
}
