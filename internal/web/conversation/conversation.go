// Package conversation is what the pages of talks, letters, asks and exchanges
// share: the messages of a thread with their files, the form to answer, and what
// one may do with one's own words.
//
// A page loads a thread by Load, shows it by Messages and Reply, and reads the
// posted form by Draft. What happens to a single message, wherever it stands,
// has its routes here.
package conversation

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/thread"
	"cordee/internal/web/page"
)

// maxBody bounds a form with files.
const maxBody = thread.MaxFiles*thread.MaxFile + 1<<20

// Handlers are the handlers for messages, with the rooms that they ask.
type Handlers struct {
	DB        *store.DB
	People    *person.Room
	Circles   *circle.Room
	Threads   *thread.Room
	Exchanges *exchange.Room
}

// Routes are those of single messages and files.
func (h *Handlers) Routes() []page.Route {
	return []page.Route{
		page.Get("/messages/{message}", page.Member, h.goTo),
		page.Get("/messages/{message}/edit", page.Member, h.editForm),
		page.Post("/messages/{message}/edit", page.Member, h.edit),
		page.Post("/messages/{message}/delete", page.Member, h.remove),
		page.Post("/threads/{thread}/mute", page.Member, h.mute),
		page.Post("/threads/{thread}/unmute", page.Member, h.unmute),
		page.Get("/files/{file}/{name}", page.Member, h.file),
	}
}

// Takes is a route that takes a message with files.
func Takes(r page.Route) page.Route { return r.Takes(maxBody) }

// Shown is one page of a thread as a viewer gets to see it.
type Shown struct {
	Thread   thread.Thread
	Path     string // of the page it stands on
	Messages []thread.Message
	Cards    map[id.Person]person.Card
	Next     thread.Cursor
	MayPost  bool
	Muted    bool
	Skip     thread.MessageID                                     // shown elsewhere on the page
	Thanked  map[thread.MessageID]string                          // a sentence under a message
	Extra    func(v *page.View, m thread.Message) templ.Component // what else can be done with a message; may be nil
}

// Load reads the page of a thread that the URL's after names. The thread was
// loaded for the viewer.
func (h *Handlers) Load(ctx context.Context, v *page.View, who journal.Viewer, t thread.Thread, path string) (*Shown, error) {
	messages, next, err := h.Threads.Messages(ctx, h.DB.Read, who, t.ID, thread.Cursor(v.Query.Get("after")))
	if err != nil {
		return nil, err
	}
	ids := make([]id.Person, 0, len(messages))
	for _, m := range messages {
		ids = append(ids, m.Author)
	}
	cards, err := h.People.Cards(ctx, h.DB.Read, ids)
	if err != nil {
		return nil, err
	}
	muted, err := h.Threads.Muted(ctx, h.DB.Read, t.ID)
	if err != nil {
		return nil, err
	}
	s := &Shown{Thread: t, Path: path, Messages: messages, Cards: cards, Next: next, MayPost: t.MayPost(who)}
	for _, p := range muted {
		s.Muted = s.Muted || p == v.Person
	}
	return s, nil
}

// Viewer is the reader of a page as rooms know them.
func (h *Handlers) Viewer(ctx context.Context, v *page.View) (journal.Viewer, error) {
	s, err := h.Circles.Standing(ctx, h.DB.Read, v.Person)
	return s.Viewer(), err
}

// Draft is what the form of Reply sends.
type Draft struct {
	Words string                  `form:"words"`
	Files []*multipart.FileHeader `form:"files"`
}

// Attachments keeps the files of a form, so that a message can carry them.
func (h *Handlers) Attachments(ctx context.Context, files []*multipart.FileHeader) ([]thread.Attachment, error) {
	var all []thread.Attachment
	for _, f := range files {
		if f.Size == 0 && f.Filename == "" {
			continue
		}
		a, err := h.keep(ctx, f)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func (h *Handlers) keep(ctx context.Context, f *multipart.FileHeader) (_ thread.Attachment, err error) {
	if f.Size > thread.MaxFile {
		return thread.Attachment{}, refusal.New(refusal.Invalid, "thread.file_too_large", "Name", f.Filename, "Max", thread.MaxFile>>20).On("files")
	}
	body, err := f.Open()
	if err != nil {
		return thread.Attachment{}, err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	hash, size, err := h.Threads.Blobs().Put(ctx, body)
	return thread.Attachment{Blob: hash, Size: size, Name: f.Filename, Type: f.Header.Get("Content-Type")}, err
}

// Answer posts the form of Reply into a thread that needs nothing more than that.
func (h *Handlers) Answer(r *http.Request, v *page.View, who journal.Viewer, t thread.ID) (thread.Posted, error) {
	var in Draft
	if err := page.Decode(r, &in); err != nil {
		return thread.Posted{}, err
	}
	files, err := h.Attachments(r.Context(), in.Files)
	if err != nil {
		return thread.Posted{}, err
	}
	return h.Threads.Reply(r.Context(), v.By(), page.Key(r), who, thread.ReplyInput{Thread: t, Words: in.Words, Attachments: files})
}

// Landing is where a message stands: on which page of its thread, and where on it.
func (h *Handlers) Landing(ctx context.Context, path string, which thread.MessageID) (string, error) {
	m, _, err := h.Threads.Message(ctx, h.DB.Read, which)
	if err != nil {
		return "", err
	}
	after, err := h.Threads.PageOf(ctx, h.DB.Read, m)
	if err != nil || after == "" {
		return At(path, m.Public), err
	}
	return At(path+"?after="+url.QueryEscape(string(after)), m.Public), nil
}

// goTo leads to a message on the page of its thread, as the viewer may see it.
func (h *Handlers) goTo(w http.ResponseWriter, r *http.Request, v *page.View) error {
	public, err := id.ParsePublic(r.PathValue("message"))
	if err != nil {
		return refusal.ErrNotFound()
	}
	who, err := h.Viewer(r.Context(), v)
	if err != nil {
		return err
	}
	m, t, err := h.Threads.MessageByPublic(r.Context(), h.DB.Read, who, public)
	if err != nil {
		return err
	}
	path, err := h.path(r.Context(), t)
	if err != nil {
		return err
	}
	to, err := h.Landing(r.Context(), path, m.ID)
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.Link(to), http.StatusSeeOther) //nolint:gosec // a path of this server, made of public ids
	return nil
}

// path is the page on which a thread stands.
func (h *Handlers) path(ctx context.Context, t thread.Thread) (string, error) {
	switch t.Subject.Kind {
	case circle.KindTalk:
		return "/talk/" + string(t.Public), nil
	case circle.KindLetter:
		return "/letters/" + string(t.Public), nil
	case exchange.KindAsk:
		a, err := h.Exchanges.GetAsk(ctx, h.DB.Read, id.As[exchange.Ask](t.Subject.ID))
		return "/asks/" + string(a.Public), err
	case exchange.KindExchange:
		x, err := h.Exchanges.Get(ctx, h.DB.Read, id.As[exchange.Exchange](t.Subject.ID))
		return "/exchanges/" + string(x.Public), err
	}
	return "", refusal.ErrNotFound()
}

// At is the place of a message on a page of its thread.
func At(path string, m id.Public) string { return path + "#m-" + string(m) }

// message loads a message that the viewer wrote.
func (h *Handlers) message(ctx context.Context, v *page.View, public string) (thread.Message, journal.Viewer, error) {
	p, err := id.ParsePublic(public)
	if err != nil {
		return thread.Message{}, journal.Viewer{}, refusal.ErrNotFound()
	}
	who, err := h.Viewer(ctx, v)
	if err != nil {
		return thread.Message{}, journal.Viewer{}, err
	}
	m, _, err := h.Threads.MessageByPublic(ctx, h.DB.Read, who, p)
	if err == nil && !m.MayChange(v.Person) {
		err = refusal.ErrNotFound()
	}
	return m, who, err
}

func (h *Handlers) editForm(w http.ResponseWriter, r *http.Request, v *page.View) error {
	m, _, err := h.message(r.Context(), v, r.PathValue("message"))
	if err != nil {
		return err
	}
	return page.Render(w, r, v, editPage(v, m, page.Local(v.Query.Get("back")), false))
}

func (h *Handlers) edit(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Words   string `form:"words"`
		Version string `form:"version"`
		Back    string `form:"back"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	m, who, err := h.message(r.Context(), v, r.PathValue("message"))
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(in.Version, 10, 64)
	err = h.Threads.Edit(r.Context(), v.By(), page.Key(r), who, thread.EditInput{Message: m.ID, Version: version, Words: in.Words})
	if err != nil {
		return page.Refuse(w, r, v, err, func(v *page.View) (templ.Component, error) {
			return editPage(v, m, page.Local(in.Back), m.Version != version), nil
		})
	}
	return page.Done(w, r, v, At(page.Local(in.Back), m.Public), "")
}

func (h *Handlers) remove(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Back string `form:"back"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	m, who, err := h.message(r.Context(), v, r.PathValue("message"))
	if gone := m.Author == v.Person && m.Deleted(); gone { // pressed twice
		return page.Done(w, r, v, page.Local(in.Back), "message.deleted")
	}
	if err == nil {
		err = h.Threads.Delete(r.Context(), v.By(), page.Key(r), who, m.ID)
	}
	if err != nil {
		return err
	}
	return page.Done(w, r, v, page.Local(in.Back), "message.deleted")
}

func (h *Handlers) mute(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.setMuted(w, r, v, "thread.muted", h.Threads.Mute)
}

func (h *Handlers) unmute(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.setMuted(w, r, v, "thread.unmuted", h.Threads.Unmute)
}

func (h *Handlers) setMuted(w http.ResponseWriter, r *http.Request, v *page.View, said string,
	set func(context.Context, journal.By, journal.Key, journal.Viewer, thread.ID) error,
) error {
	var in struct {
		Back string `form:"back"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	p, err := id.ParsePublic(r.PathValue("thread"))
	if err != nil {
		return refusal.ErrNotFound()
	}
	who, err := h.Viewer(r.Context(), v)
	if err != nil {
		return err
	}
	t, err := h.Threads.ByPublic(r.Context(), h.DB.Read, who, p)
	if err != nil {
		return err
	}
	if err := set(r.Context(), v.By(), page.Key(r), who, t.ID); err != nil {
		return err
	}
	return page.Done(w, r, v, page.Local(in.Back), said)
}

// file gives a file as something to keep, never as something to run: whatever it
// claims to be, the browser saves it (except pictures, which it may show).
func (h *Handlers) file(w http.ResponseWriter, r *http.Request, v *page.View) (err error) {
	p, err := id.ParsePublic(r.PathValue("file"))
	if err != nil {
		return refusal.ErrNotFound()
	}
	who, err := h.Viewer(r.Context(), v)
	if err != nil {
		return err
	}
	a, f, err := h.Threads.OpenFile(r.Context(), h.DB.Read, who, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head := w.Header()
	head.Set("Content-Type", "application/octet-stream")
	head.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(a.Name)) // RFC 6266 §4.3
	if a.Picture() {
		head.Set("Content-Type", a.Type)
	}
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	// Asked for each time: who may see it is, and whether its author took it back.
	head.Set("Cache-Control", "private, no-cache")
	head.Set("ETag", `"`+string(a.Blob)+`"`)
	http.ServeContent(w, r, "", v.Now(), f)
	return nil
}

// said is a message as the page's part wants it.
func (s *Shown) said(v *page.View, m thread.Message) page.Message {
	out := page.Message{
		Anchor: "m-" + string(m.Public), Author: s.Cards[m.Author], At: m.At, Edited: m.Edited(), Deleted: m.Deleted(),
		Words: m.Words, Quoted: m.Quoted, Thanked: s.Thanked[m.ID],
	}
	if m.Door == journal.Mail || m.Door == journal.Importer {
		out.Via = v.T("conversation.by_mail")
	}
	for _, a := range m.Attachments {
		out.Files = append(out.Files, page.File{Name: a.Name, Path: "/files/" + string(a.Public) + "/" + url.PathEscape(a.Name), Bytes: a.Size})
	}
	var extra templ.Component
	if s.Extra != nil && !m.Deleted() {
		extra = s.Extra(v, m)
	}
	if own := m.MayChange(v.Person); own || extra != nil {
		out.Actions = actions(v, m, s.Path, own, extra)
	}
	return out
}

// older is the page after this one.
func (s *Shown) older() string {
	if s.Next == "" {
		return ""
	}
	return s.Path + "?after=" + url.QueryEscape(string(s.Next))
}
