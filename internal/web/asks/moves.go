package asks

import (
	"context"
	"mime/multipart"
	"net/http"

	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/thread"
	"cordee/internal/web/page"
)

// reply is the form under the thread.
type reply struct {
	Words string                  `form:"words"`
	Knows bool                    `form:"knows"`
	Files []*multipart.FileHeader `form:"files"`
}

func (h *Handlers) answer(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in reply
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	s, err := h.load(r.Context(), v, r.PathValue("ask"))
	if err != nil {
		return err
	}
	which, err := h.replied(r, s, in)
	if err != nil {
		return h.refused(w, r, s.v, r.PathValue("ask"), err)
	}
	to, err := h.Talk.Landing(r.Context(), s.path(), which)
	if err != nil {
		return err
	}
	said := ""
	if !s.mine() {
		said = "ask.answered"
	}
	return page.Done(w, r, v, to, said)
}

// replied writes in the thread: an answer, or its author's further words.
func (h *Handlers) replied(r *http.Request, s *shown, in reply) (thread.MessageID, error) {
	ctx, key := r.Context(), page.Key(r)
	files, err := h.Talk.Attachments(ctx, in.Files)
	if err != nil {
		return thread.MessageID{}, err
	}
	if s.mine() {
		posted, err := h.Threads.Reply(ctx, s.v.By(), key, s.standing.Viewer(), thread.ReplyInput{Thread: s.ask.Thread, Words: in.Words, Attachments: files})
		return posted.Message, err
	}
	made, err := h.Exchanges.Answer(ctx, s.v.By(), key, exchange.Answering{Ask: s.ask.ID, Words: in.Words, Knows: in.Knows, Attachments: files})
	return made.ID, err
}

func (h *Handlers) propose(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Words string   `form:"words"`
		To    []string `form:"to"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	s, err := h.load(r.Context(), v, r.PathValue("ask"))
	if err != nil {
		return err
	}
	what := exchange.Proposing{Ask: s.ask.ID, Words: in.Words}
	if s.mine() {
		what.To = chosen(s.others, in.To)
	}
	made, err := h.Exchanges.Propose(r.Context(), v.By(), page.Key(r), what)
	if err != nil {
		return h.refused(w, r, s.v, r.PathValue("ask"), err)
	}
	return page.Done(w, r, v, "/exchanges/"+string(made.Public), "exchange.proposed")
}

// chosen are the people that a form named, of those it showed.
func chosen(of []person.Card, publics []string) []id.Person {
	var out []id.Person
	for _, p := range publics {
		for _, c := range of {
			if string(c.Public) == p {
				out = append(out, c.ID)
			}
		}
	}
	return out
}

func (h *Handlers) edit(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in draft
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	s, err := h.load(r.Context(), v, r.PathValue("ask"))
	if err != nil {
		return err
	}
	err = h.Exchanges.EditAsk(r.Context(), v.By(), page.Key(r), exchange.EditingAsk{
		Ask: s.ask.ID, Version: in.Version, ForWhom: in.ForWhom, Facts: in.told(s),
	})
	if err != nil {
		return h.refused(w, r, s.v, r.PathValue("ask"), err)
	}
	return page.Done(w, r, v, s.path(), "ask.edited")
}

// told are the facts as the form of correcting sends them: all of them. A new day
// is one of the author's own calendar.
func (d draft) told(s *shown) exchange.Facts {
	f := exchange.Facts{
		Title: d.Title, Kind: d.Kind, Tags: person.SplitThings(d.Tags), Remote: d.Remote, Place: d.Place,
		By: d.By, Zone: s.ask.Zone, Size: d.Size,
	}
	if f.By != s.ask.By {
		f.Zone = s.v.Now().Location().String()
	}
	return f
}

func (h *Handlers) renew(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.moved(w, r, v, "renewed", h.Exchanges.Renew)
}

func (h *Handlers) withdraw(w http.ResponseWriter, r *http.Request, v *page.View) error {
	return h.moved(w, r, v, "withdrawn", h.Exchanges.WithdrawAsk)
}

// moved makes a move that needs nothing but its button.
func (h *Handlers) moved(w http.ResponseWriter, r *http.Request, v *page.View, said string,
	move func(context.Context, journal.By, journal.Key, exchange.AskID) error,
) error {
	if err := page.Decode(r, &struct{}{}); err != nil {
		return err
	}
	s, err := h.load(r.Context(), v, r.PathValue("ask"))
	if err != nil {
		return err
	}
	if err := move(r.Context(), v.By(), page.Key(r), s.ask.ID); err != nil {
		return h.refused(w, r, s.v, r.PathValue("ask"), err)
	}
	return page.Done(w, r, v, s.path(), string(s.ask.Want)+"."+said)
}

// thankPath is where a message is thanked.
func thankPath(m thread.Message) string { return "/messages/" + string(m.Public) + "/thank" }

func (h *Handlers) thank(w http.ResponseWriter, r *http.Request, v *page.View) error {
	var in struct {
		Words   string   `form:"thanks"`
		Circles []string `form:"circles"`
	}
	if err := page.Decode(r, &in); err != nil {
		return err
	}
	m, s, err := h.message(r, v)
	if err != nil {
		return err
	}
	circles, err := circlesOf(s.standing, in.Circles)
	if err == nil {
		_, err = h.Exchanges.ThankMessage(r.Context(), v.By(), page.Key(r), exchange.ThankingMessage{Message: m.ID, Words: in.Words, Circles: circles})
	}
	if err != nil {
		return h.refused(w, r, s.v, string(s.ask.Public), err)
	}
	to, err := h.Talk.Landing(r.Context(), s.path(), m.ID)
	if err != nil {
		return err
	}
	return page.Done(w, r, v, to, "ask.thanked")
}

// message finds a message that the reader sees, and the ask that it answers. The
// page of the ask that is shown again is the one on which it stands.
func (h *Handlers) message(r *http.Request, v *page.View) (thread.Message, *shown, error) {
	ctx := r.Context()
	public, err := id.ParsePublic(r.PathValue("message"))
	if err != nil {
		return thread.Message{}, nil, refusal.ErrNotFound()
	}
	who, err := h.Talk.Viewer(ctx, v)
	if err != nil {
		return thread.Message{}, nil, err
	}
	m, t, err := h.Threads.MessageByPublic(ctx, h.DB.Read, who, public)
	if err == nil && t.Subject.Kind != exchange.KindAsk {
		err = refusal.ErrNotFound()
	}
	if err != nil {
		return m, nil, err
	}
	after, err := h.Threads.PageOf(ctx, h.DB.Read, m)
	if err != nil {
		return m, nil, err
	}
	v.Query.Set("after", string(after))
	a, err := h.Exchanges.GetAsk(ctx, h.DB.Read, id.As[exchange.Ask](t.Subject.ID))
	if err != nil {
		return m, nil, err
	}
	s, err := h.load(ctx, v, string(a.Public))
	return m, s, err
}
