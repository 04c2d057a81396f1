package signin_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/refusal"
	"cordee/internal/signin"
	"cordee/internal/signin/signintest"
)

// model is what links and sessions of one person should do, told without a
// database: times and flags.
type model struct {
	h *signintest.House
	t *testing.T

	who   person.Person
	links []*modelLink
	open  []*modelSession
	asked int       // letters asked for
	since time.Time // in the hour that began then
	left  bool
}

type modelLink struct {
	token   string
	move    bool
	expires time.Time
	used    bool
	form    journal.Key // that used it
	opened  *modelSession
}

type modelSession struct {
	entered     signin.Entered
	cookies     []string
	made, seen  time.Time
	touched     time.Time
	ended       bool
	fromTheForm time.Time
}

func (m *model) now() time.Time { return m.h.Clock.Now() }

func (m *model) alive(s *modelSession) bool {
	return !m.left && !s.ended && m.now().Before(s.seen.Add(signin.IdleLife)) && m.now().Before(s.made.Add(signin.SessionLife))
}

// expected is the refusal that spending a link must meet, nil for none.
func (m *model) expected(l *modelLink) error {
	switch {
	case m.left:
		return signin.ErrLinkWrong() // links go with their person
	case l.used:
		return signin.ErrLinkUsed()
	case !m.now().Before(l.expires):
		return signin.ErrLinkExpired()
	}
	return nil
}

// Whatever people do with links and sessions in whatever order, only what the
// model allows opens, and each link works once.
func TestRandomLinksAndSessions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *signintest.House) {
		n := 0
		rapid.Check(t, func(r *rapid.T) {
			n++
			m := &model{h: h, t: t, who: persontest.New(t, h.House, fmt.Sprintf("Person %d", n))}
			acts := map[string]func(*rapid.T){
				"ask": m.ask, "print": m.print, "enter": m.enter, "again": m.again, "look": m.look, "end": m.end,
				"others": m.others, "flush": m.flush, "wait": m.wait, "move": m.move, "spend": m.spend, "leave": m.leave,
			}
			names := []string{
				"ask", "print", "print", "enter", "enter", "enter", "again", "look", "look", "end", "others", "flush",
				"wait", "wait", "wait", "move", "spend", "spend", "leave",
			}
			for range rapid.IntRange(3, 14).Draw(r, "steps") {
				acts[rapid.SampledFrom(names).Draw(r, "act")](r)
			}
			m.check(r)
		})
	})
}

func (m *model) ask(r *rapid.T) {
	if m.since.IsZero() || !m.now().Before(m.since.Add(time.Hour)) {
		m.since, m.asked = m.now(), 0
	}
	seq := head(m.t, m.h)
	err := ask(m.t, m.h, persontest.Address(m.who.Name))
	if m.asked == 5 {
		if rf, _ := refusal.As(err); rf == nil || rf.Code != "signin.too_many" {
			r.Fatalf("asked six times in an hour: %v", err)
		}
		return
	}
	m.asked++
	if err != nil {
		r.Fatal(err)
	}
	all := letters(m.t, m.h, seq)
	if m.left != (len(all) == 0) {
		r.Fatalf("%d letters, left %v", len(all), m.left)
	}
	for _, l := range all {
		m.links = append(m.links, &modelLink{token: l.Token, expires: m.now().Add(signin.SignInLife)})
	}
}

func (m *model) print(r *rapid.T) {
	token, err := m.h.SignIn.LinkFor(m.t.Context(), persontest.Outside(), m.who.ID)
	if m.left != (err != nil) {
		r.Fatalf("left %v: %v", m.left, err)
	}
	if err == nil {
		m.links = append(m.links, &modelLink{token: token, expires: m.now().Add(signin.TerminalLife)})
	}
}

// pick draws a link of the one or the other use, nil when there is none.
func (m *model) pick(r *rapid.T, move bool) *modelLink {
	var all []*modelLink
	for _, l := range m.links {
		if l.move == move {
			all = append(all, l)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return rapid.SampledFrom(all).Draw(r, "link")
}

func (m *model) enter(r *rapid.T) {
	l := m.pick(r, false)
	if l == nil {
		return
	}
	want, form := m.expected(l), m.h.Form()
	in, err := m.h.SignIn.SignIn(m.t.Context(), signintest.Guest(), form, l.token, "")
	if !errors.Is(err, want) || want == nil && err != nil {
		r.Fatalf("entered: %v, want %v", err, want)
	}
	if err == nil {
		l.used, l.form = true, form
		l.opened = &modelSession{entered: in, cookies: []string{in.Cookie}, made: m.now(), seen: m.now(), fromTheForm: m.now()}
		m.open = append(m.open, l.opened)
	}
}

// again sends a form that signed in once more.
func (m *model) again(r *rapid.T) {
	l := m.pick(r, false)
	if l == nil || l.opened == nil {
		return
	}
	in, err := m.h.SignIn.SignIn(m.t.Context(), signintest.Guest(), l.form, l.token, "")
	good := m.alive(l.opened) && !m.now().After(l.opened.fromTheForm.Add(2*time.Minute))
	if good != (err == nil) {
		r.Fatalf("sent again: %v, want good %v", err, good)
	}
	if good {
		l.opened.cookies = append(l.opened.cookies, in.Cookie)
	}
}

func (m *model) look(r *rapid.T) {
	for _, s := range m.open {
		for _, c := range s.cookies {
			if got := alive(m.t, m.h, c); got != m.alive(s) {
				r.Fatalf("a session opens: %v, want %v", got, m.alive(s))
			}
		}
		if m.alive(s) && m.now().Sub(s.seen) >= signin.SeenInterval {
			s.touched = m.now()
		}
	}
}

func (m *model) flush(r *rapid.T) {
	if err := m.h.SignIn.Flush(m.t.Context()); err != nil {
		r.Fatal(err)
	}
	for _, s := range m.open {
		if !s.ended && s.touched.After(s.seen) {
			s.seen = s.touched
		}
	}
}

func (m *model) end(r *rapid.T) {
	if len(m.open) == 0 {
		return
	}
	s := rapid.SampledFrom(m.open).Draw(r, "session")
	if err := m.h.SignIn.End(m.t.Context(), persontest.As(m.who.ID), m.h.Form(), s.entered.Session.Public); err != nil {
		r.Fatal(err)
	}
	s.ended = true
}

func (m *model) others(r *rapid.T) {
	if len(m.open) == 0 {
		return
	}
	s := rapid.SampledFrom(m.open).Draw(r, "session")
	if err := m.h.SignIn.EndOthers(m.t.Context(), persontest.As(m.who.ID), m.h.Form(), s.entered.Session.ID); err != nil {
		r.Fatal(err)
	}
	for _, o := range m.open {
		o.ended = o.ended || o != s
	}
}

func (m *model) wait(r *rapid.T) {
	m.h.Clock.Advance(rapid.SampledFrom([]time.Duration{
		time.Minute, 3 * time.Minute, time.Hour, 2 * time.Hour, 24 * time.Hour, 8 * 24 * time.Hour, 29 * 24 * time.Hour,
	}).Draw(r, "wait"))
}

func (m *model) ref() journal.Ref { return journal.RefTo("thing", id.Any(m.who.ID)) }

func (m *model) move(*rapid.T) {
	if m.left {
		return
	}
	name := fmt.Sprintf("move-%d", len(m.links))
	token := signintest.Move(m.t, m.h, m.who.ID, m.ref(), name)
	m.links = append(m.links, &modelLink{token: token, move: true, expires: m.now().Add(signin.MoveLife)})
}

func (m *model) spend(r *rapid.T) {
	l := m.pick(r, true)
	if l == nil {
		return
	}
	want := m.expected(l)
	key := m.h.Form()
	key.Also = m.h.SignIn.SpendMove(l.token)
	receipt, err := m.h.Journal.Do(m.t.Context(), persontest.As(m.who.ID), key, func(_ context.Context, tx *journal.Tx) error {
		tx.Act("thing.moved", m.ref(), nil)
		return nil
	})
	if !errors.Is(err, want) || want == nil && err != nil {
		r.Fatalf("spent: %v, want %v", err, want)
	}
	l.used = l.used || err == nil && receipt.Seq > 0
}

func (m *model) leave(r *rapid.T) {
	if m.left || rapid.IntRange(0, 3).Draw(r, "really") > 0 {
		return
	}
	m.h.Do(m.t, func(ctx context.Context, tx *journal.Tx) error {
		if err := m.h.People.Leave(ctx, tx, m.who.ID); err != nil {
			return err
		}
		return m.h.SignIn.EndAll(ctx, tx, m.who.ID)
	})
	m.left = true
	for _, s := range m.open {
		s.ended = true
	}
}

// check holds at the end of every story: the devices shown are those that open,
// looking at links consumes nothing, every move that was made has one act.
func (m *model) check(r *rapid.T) {
	m.look(r)
	want := 0
	for _, s := range m.open {
		if m.alive(s) {
			want++
		}
	}
	all, err := m.h.SignIn.Devices(m.t.Context(), m.who.ID)
	if err != nil || len(all) != want {
		r.Fatalf("%d devices, want %d, %v", len(all), want, err)
	}
	moved := 0
	for _, l := range m.links {
		var err error
		if l.move {
			_, err = m.h.SignIn.PeekMove(m.t.Context(), l.token)
		} else {
			_, err = m.h.SignIn.ShowSignIn(m.t.Context(), l.token)
		}
		if want := m.expected(l); !errors.Is(err, want) || want == nil && err != nil {
			r.Fatalf("shown: %v, want %v", err, want)
		}
		if l.move && l.used {
			moved++
		}
	}
	acts, err := m.h.Journal.ActsOn(m.t.Context(), m.ref())
	if err != nil || len(acts) != moved {
		r.Fatalf("%d moves have %d acts, %v", moved, len(acts), err)
	}
}
