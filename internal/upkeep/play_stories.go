package upkeep

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/thread"
)

// talks notes what was said to everybody, and between two.
func (p *play) talks() {
	for _, t := range p.script.Talks {
		p.conversation(p.day(t.By, t.Ago, t.Title), t.By, t.Title, t.Steps, func(ctx context.Context) (circle.Wrote, error) {
			return p.Circles.Talk(ctx, p.by(t.By), journal.Key{}, circle.TalkInput{Circle: p.places[t.Circle].id, Title: t.Title, Words: t.Words})
		})
	}
	for _, l := range p.script.Letters {
		p.conversation(p.day(l.By, l.Ago, l.Title), l.By, l.Title, l.Steps, func(ctx context.Context) (circle.Wrote, error) {
			return p.Circles.Letter(ctx, p.by(l.By), journal.Key{}, circle.LetterInput{To: p.actors[l.To].id, Title: l.Title, Words: l.Words})
		})
	}
}

func (p *play) conversation(at time.Time, by, title string, steps []step, begin func(context.Context) (circle.Wrote, error)) {
	var wrote circle.Wrote
	all := []deed{{at, by + " begins " + title, func(ctx context.Context) (err error) {
		wrote, err = begin(ctx)
		return err
	}}}
	for _, s := range steps {
		at = p.later(at, s.By, s.After, s.Words)
		all = append(all, deed{at, s.By + " answers " + title, func(ctx context.Context) error {
			return p.reply(ctx, s.By, wrote.Thread, s.Words)
		}})
	}
	p.will(all...)
}

func (p *play) reply(ctx context.Context, by string, to thread.ID, words string) error {
	v, err := p.viewer(ctx, by)
	if err != nil {
		return err
	}
	_, err = p.Threads.Reply(ctx, p.by(by), journal.Key{}, v, thread.ReplyInput{Thread: to, Words: words})
	return err
}

func (p *play) viewer(ctx context.Context, key string) (journal.Viewer, error) {
	s, err := p.Circles.Standing(ctx, p.DB.Read, p.actors[key].id)
	return s.Viewer(), err
}

// stories notes what was asked, offered and done, and thanks for what was done
// elsewhere.
func (p *play) stories() {
	for _, s := range p.script.Stories {
		t := &told{play: p, story: s, exchanges: map[string]exchange.ID{}, said: map[string]thread.MessageID{}}
		at := p.day(s.By, s.Ago, s.Title)
		all := []deed{{at, s.By + " posts " + s.Title, t.post}}
		for _, st := range s.Steps {
			at = p.later(at, st.By, st.After, s.Title+st.Does+st.By)
			all = append(all, deed{at, fmt.Sprintf("%s does %s on %s", st.By, st.Does, s.Title), func(ctx context.Context) error { return t.step(ctx, st) }})
		}
		p.will(all...)
	}
	for _, g := range p.script.Thanks {
		var made exchange.Made[exchange.Thanks]
		at := p.day(g.By, g.Ago, g.Words)
		all := []deed{{at, g.By + " thanks " + g.To, func(ctx context.Context) (err error) {
			made, err = p.Exchanges.ThankElsewhere(ctx, p.by(g.By), journal.Key{}, exchange.ThankingElsewhere{
				Giver: p.actors[g.To].id, Kind: exchange.Kind(g.Kind), Words: g.Words, Circles: []id.Circle{p.places[g.Circle].id},
			})
			return err
		}}}
		if g.Pleasure {
			all = append(all, deed{p.later(at, g.To, 5, g.Words), g.To + " says with pleasure", func(ctx context.Context) error {
				return p.Exchanges.MoveThanks(ctx, p.by(g.To), journal.Key{}, made.ID, exchange.WithPleasure)
			}})
		}
		p.will(all...)
	}
}

// told is a story under way.
type told struct {
	*play

	story     story
	ask       exchange.Ask
	exchanges map[string]exchange.ID // by who proposed it
	proposed  string                 // who did so last
	said      map[string]thread.MessageID
	spoke     string // who answered last
}

func (t *told) circles() []id.Circle { return []id.Circle{t.places[t.story.Circle].id} }

func (t *told) post(ctx context.Context) error {
	s := t.story
	v, err := t.viewer(ctx, s.By)
	if err != nil {
		return err
	}
	facts, err := t.Exchanges.Guess(ctx, t.DB.Read, v, s.Words, t.circles())
	if err != nil {
		return err
	}
	facts.Title, facts.Kind, facts.Tags, facts.Place, facts.Size = s.Title, exchange.Kind(s.Kind), s.Tags, s.Place, exchange.Size(s.Size)
	want := exchange.ForAsk
	if s.Want != "" {
		want = exchange.Want(s.Want)
	}
	made, err := t.Exchanges.Post(ctx, t.by(s.By), journal.Key{}, exchange.Posting{Want: want, Words: s.Words, Circles: t.circles(), Facts: &facts})
	if err != nil {
		return err
	}
	t.ask, err = t.Exchanges.GetAsk(ctx, t.DB.Read, made.ID)
	return err
}

// step is one thing that somebody does about the ask.
func (t *told) step(ctx context.Context, s step) error {
	by := t.by(s.By)
	switch s.Does {
	case "say":
		return t.say(ctx, s)
	case "propose":
		made, err := t.Exchanges.Propose(ctx, by, journal.Key{}, exchange.Proposing{Ask: t.ask.ID, Words: s.Words})
		t.exchanges[s.By], t.proposed = made.ID, s.By
		return err
	case "thank_message":
		_, err := t.Exchanges.ThankMessage(ctx, by, journal.Key{}, exchange.ThankingMessage{Message: t.said[t.other(s, t.spoke)], Words: s.Thanks, Circles: t.with(s)})
		return err
	case "settle":
		return t.Exchanges.Settle(ctx, by, journal.Key{}, exchange.Settling{Ask: t.ask.ID, Outcome: s.Words})
	case "renew":
		return t.Exchanges.Renew(ctx, by, journal.Key{}, t.ask.ID)
	}
	return t.move(ctx, s)
}

// say is a message: the author's in the thread, anybody else's as an answer.
func (t *told) say(ctx context.Context, s step) error {
	if s.By == t.story.By {
		return t.reply(ctx, s.By, t.ask.Thread, s.Words)
	}
	made, err := t.Exchanges.Answer(ctx, t.by(s.By), journal.Key{}, exchange.Answering{Ask: t.ask.ID, Words: s.Words})
	t.said[s.By], t.spoke = made.ID, s.By
	return err
}

// other is whom a step of the author's is about, by default the last one;
// anybody else's is about themselves.
func (t *told) other(s step, last string) string {
	switch {
	case s.Of != "":
		return s.Of
	case s.By != t.story.By:
		return s.By
	}
	return last
}

// with is whom thanks are shared with.
func (t *told) with(s step) []id.Circle {
	if s.Shared {
		return t.circles()
	}
	return nil
}

func (t *told) move(ctx context.Context, s step) error {
	move, known := map[string]exchange.Move{
		"agree": exchange.Agree, "decline": exchange.Decline, "withdraw": exchange.Withdraw, "done": exchange.MarkDone,
		"confirm": exchange.Confirm, "not_yet": exchange.NotYet, "call_off": exchange.CallOff, "did_not_happen": exchange.DidNotHappen,
	}[s.Does]
	if !known {
		return fmt.Errorf("nobody knows how to %q", s.Does)
	}
	x, err := t.Exchanges.Get(ctx, t.DB.Read, t.exchanges[t.other(s, t.proposed)])
	if err != nil {
		return err
	}
	// Who receives confirms by marking it done, when nobody else has before.
	if move == exchange.Confirm && !slices.Contains(x.Moves(t.actors[s.By].id), move) {
		move = exchange.MarkDone
	}
	return t.Exchanges.Move(ctx, t.by(s.By), journal.Key{}, exchange.Moving{Exchange: x.ID, Move: move, Words: s.Words, Thanks: s.Thanks, Circles: t.with(s)})
}
