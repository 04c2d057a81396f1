package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"cordee/internal/await"
	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/search"
	"cordee/internal/signin"
	"cordee/internal/store"
)

// hearer is one person who hears of an act.
type hearer struct {
	Person id.Person // zero: somebody who isn't here yet
	How    Choice    // AtOnce or Daily
	Topic  Topic
}

// hearers are those who hear of an act: by their role, as they chose, and only
// who may see it, may be written to and isn't the one who did it.
func (k *Courier) hearers(ctx context.Context, db bun.IDB, act journal.Act, s *subject, d Decision) ([]hearer, error) {
	var all []hearer
	place := map[id.Person]bool{}
	if d.Class != AskedFor { // nobody hears of their own acts, but gets what they asked for
		place[act.Person] = true
	}
	for _, h := range d.Heard {
		now, later, err := k.role(ctx, db, act, s, h.By)
		if err != nil {
			return nil, err
		}
		for _, p := range now {
			if (!p.IsZero() || d.Class == AskedFor) && !place[p] {
				all = append(all, hearer{p, h.Usual, h.Topic})
				place[p] = true
			}
		}
		for _, p := range later {
			if !place[p] {
				all = append(all, hearer{p, Daily, h.Topic})
				place[p] = true
			}
		}
	}
	if d.Class == AskedFor || len(all) == 0 {
		return all, nil
	}
	return k.allowed(ctx, db, s, all)
}

// allowed leaves those who may hear of it, each as they chose.
func (k *Courier) allowed(ctx context.Context, db bun.IDB, s *subject, all []hearer) ([]hearer, error) {
	ids := make([]id.Person, len(all))
	for i, h := range all {
		ids[i] = h.Person
	}
	views, err := k.Circles.Viewers(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	reachable, err := k.People.Correspondents(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	chosen, err := k.chosen(ctx, db, ids, s.circles)
	if err != nil {
		return nil, err
	}
	off, err := k.digestOff(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	var muted []id.Person
	if !s.thread.ID.IsZero() {
		if muted, err = k.Threads.Muted(ctx, db, s.thread.ID); err != nil {
			return nil, err
		}
	}
	var left []hearer
	for _, h := range all {
		if _, ok := reachable[h.Person]; !ok || !s.seenBy(views[h.Person]) || slices.Contains(muted, h.Person) {
			continue
		}
		if h.How = chosen.of(h.Person, h.Topic, views[h.Person].Circles).over(h.How); h.How == AtOnce || h.How == Daily && !off[h.Person] {
			left = append(left, h)
		}
	}
	return left, nil
}

// role lists the people of a role: those of the usual way, and those for whom it
// stands in the digest whatever the usual way.
func (k *Courier) role(ctx context.Context, db bun.IDB, act journal.Act, s *subject, by Role) (now, later []id.Person, err error) {
	switch by {
	case Addressee:
		now, err = k.addressee(ctx, s)
	case Awaited:
		now, err = k.awaited(ctx, db, act, s)
	case Parties:
		now = parties(act, s)
	case GiverRole:
		now = []id.Person{s.exchange.Giver}
		if s.ref.Kind == exchange.KindThanks {
			now = []id.Person{s.thanks.Giver}
		}
	case ThankerRole:
		now = []id.Person{s.thanks.Thanker}
	case Author:
		now = []id.Person{s.ask.Author}
	case Asked:
		now = []id.Person{s.ask.To}
	case Named:
		now = []id.Person{s.facts.Person}
	case Inviter:
		now, err = k.inviter(ctx, db, s)
	case Members:
		now, err = k.membersOf(ctx, db, act, s)
	case Helpers:
		return k.helpers(ctx, db, s)
	case Participants:
		now, err = k.Threads.Participants(ctx, db, s.thread.ID)
	case Others:
		now, err = k.members(ctx, db, s.thread.Audience.Circles, act.At)
	}
	return now, nil, err
}

// addressee is whom a link or an invitation is mailed to: nobody when there is
// nothing to mail, the zero person when they aren't here yet.
func (k *Courier) addressee(ctx context.Context, s *subject) ([]id.Person, error) {
	if s.ref.Kind != signin.ObjectLink {
		if s.facts.Way != circle.ByCordee {
			return nil, nil
		}
		return []id.Person{s.facts.Person}, nil
	}
	l, err := k.SignIn.Letter(ctx, id.As[signin.Link](s.ref.ID))
	if errors.Is(err, signin.ErrNoLetter) {
		return nil, nil
	}
	return []id.Person{l.To}, err //nolint:wrapcheck // the rooms wrap
}

// awaited are those whose word is awaited on the object, now. A charter awaits
// words when its meaning has changed, and only then anew.
func (k *Courier) awaited(ctx context.Context, db bun.IDB, act journal.Act, s *subject) ([]id.Person, error) {
	if act.Kind == circle.ActCharterChanged && !s.facts.Meaning {
		return nil, nil
	}
	rows, err := await.On(ctx, db, s.ref.Kind, s.ref.ID)
	if err != nil {
		return nil, fmt.Errorf("notify: who is awaited: %w", err)
	}
	var all []id.Person
	for _, row := range rows {
		if !row.Person.IsZero() {
			all = append(all, row.Person)
		}
	}
	return all, nil
}

// parties are those of an exchange whom a move concerns: the giver's moves those
// whose lines moved, a receiver's the giver alone. How one receiver decided is
// nobody else's news.
func parties(act journal.Act, s *subject) []id.Person {
	switch {
	case act.Person.IsZero():
		return append([]id.Person{s.exchange.Giver}, s.facts.Receivers...)
	case act.Person == s.exchange.Giver:
		return s.facts.Receivers
	}
	return []id.Person{s.exchange.Giver}
}

func (k *Courier) inviter(ctx context.Context, db bun.IDB, s *subject) ([]id.Person, error) {
	if !s.facts.Sponsor.IsZero() {
		return []id.Person{s.facts.Sponsor}, nil
	}
	if s.ref.Kind != circle.KindInvitation {
		return nil, nil
	}
	var inviter id.Person
	err := db.NewSelect().TableExpr("circle_invitation AS i").Column("inviter").Where("i.id = ?", s.ref.ID).Scan(ctx, &inviter)
	if err != nil {
		return nil, fmt.Errorf("notify: who invited: %w", err)
	}
	return []id.Person{inviter}, nil
}

// membersOf are the members whom it concerns: of thanks those they are shared
// with, but for the two.
func (k *Courier) membersOf(ctx context.Context, db bun.IDB, act journal.Act, s *subject) ([]id.Person, error) {
	all, err := k.members(ctx, db, s.circles, act.At)
	return slices.DeleteFunc(all, func(p id.Person) bool {
		return p == s.thanks.Giver || p == s.thanks.Thanker || p == s.facts.Person
	}), err
}

// members are those of the circles who were there at the time.
func (k *Courier) members(ctx context.Context, db bun.IDB, circles []id.Circle, at time.Time) ([]id.Person, error) {
	var all []id.Person
	for _, c := range circles {
		members, err := k.Circles.Members(ctx, db, c)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if !m.JoinedAt.After(at) && !slices.Contains(all, m.Person) {
				all = append(all, m.Person)
			}
		}
	}
	return all, nil
}

// helpers splits the members of an ask's circles by the rule of choose.go.
func (k *Courier) helpers(ctx context.Context, db bun.IDB, s *subject) (now, later []id.Person, err error) {
	var dueIn time.Duration
	if due := s.ask.DueAt(); !due.IsZero() {
		dueIn = max(time.Minute, due.Sub(s.ask.At))
	}
	for _, c := range s.ask.Circles {
		ids, err := k.members(ctx, db, []id.Circle{c}, s.ask.At)
		if err != nil {
			return nil, nil, err
		}
		size := len(ids)
		ids = slices.DeleteFunc(ids, func(p id.Person) bool { return p == s.ask.Author })
		all, err := k.candidates(ctx, db, s.ask, ids, size > smallCircle)
		if err != nil {
			return nil, nil, err
		}
		some, others := whoHears(all, size, dueIn, s.ref.ID)
		now, later = append(now, some...), append(later, others...)
	}
	return now, later, nil
}

// candidates loads what the rule weighs, in a few queries however many there are.
func (k *Courier) candidates(ctx context.Context, db bun.IDB, a exchange.Ask, ids []id.Person, weigh bool) ([]candidate, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	people, err := k.People.Many(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	var notes []id.Person
	if err := db.NewSelect().TableExpr("exchange_rather_not AS n").Column("person").
		Where("n.other = ?", a.Author).Where("n.person IN (?)", bun.List(ids)).Scan(ctx, &notes); err != nil {
		return nil, fmt.Errorf("notify: who would rather not: %w", err)
	}
	gave, asked := map[id.Person]int{}, map[id.Person]int{}
	if weigh {
		if gave, err = count(ctx, db.NewSelect().TableExpr("exchange AS x").ColumnExpr("x.giver AS person, count(*) AS n").
			Where("x.kind = ?", a.Kind).Where("x.state = ?", exchange.Confirmed).Where("x.giver IN (?)", bun.List(ids)).Group("x.giver")); err != nil {
			return nil, err
		}
		if asked, err = count(ctx, db.NewSelect().TableExpr("notify_delivery AS d").ColumnExpr("d.person, count(*) AS n").
			Where("d.kind = ?", exchange.ActAskPosted).Where("d.channel = ?", byMail).Where("d.object_id <> ?", a.ID).
			Where("d.made_at > ?", store.Micros(a.At.Add(-90*24*time.Hour))).Where("d.person IN (?)", bun.List(ids)).Group("d.person")); err != nil {
			return nil, err
		}
	}
	all := make([]candidate, 0, len(ids))
	for _, p := range ids {
		all = append(all, candidate{
			Person: p, Shared: shared(a, people[p].Helps), Exchanges: gave[p], Asked: asked[p],
			Away: people[p].IsAway(a.At), RatherNot: slices.Contains(notes, p),
		})
	}
	return all, nil
}

func count(ctx context.Context, q *bun.SelectQuery) (map[id.Person]int, error) {
	var rows []struct {
		Person id.Person
		N      int
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("notify: count: %w", err)
	}
	all := make(map[id.Person]int, len(rows))
	for _, row := range rows {
		all[row.Person] = row.N
	}
	return all, nil
}

// shared counts what somebody gladly helps with that the ask's tags or title name.
func shared(a exchange.Ask, helps []string) int {
	wanted := map[string]bool{}
	for _, w := range wordsOf(a.Title + " " + strings.Join(a.Tags, " ")) {
		wanted[w] = true
	}
	n := 0
	for _, h := range helps {
		if slices.ContainsFunc(wordsOf(h), func(w string) bool { return wanted[w] }) {
			n++
		}
	}
	return n
}

// wordsOf are the folded words that say something: of four letters or more, and
// short ones in capitals, such as PHP.
func wordsOf(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len([]rune(w)) > 3 || len(w) > 1 && strings.ToUpper(w) == w {
			out = append(out, search.Fold(w))
		}
	}
	return out
}

// rawFacts reads an act's facts again, for a delivery that is written later.
func (k *Courier) rawFacts(ctx context.Context, db bun.IDB, act id.Act) (json.RawMessage, error) {
	var raw string
	if err := db.NewSelect().TableExpr("journal_act AS a").Column("facts").Where("a.id = ?", act).Scan(ctx, &raw); err != nil {
		return nil, fmt.Errorf("notify: facts of an act: %w", err)
	}
	return json.RawMessage(raw), nil
}
