package upkeep

import (
	"context"
	"fmt"
	"strings"

	"cordee/internal/circle"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/search"
	"cordee/internal/server"
)

// circles notes how the circles came to be and who joined when.
func (p *play) circles() {
	for i := range p.script.Circles {
		c := &place{scene: p.script.Circles[i]}
		p.places[c.Key] = c
		began := p.day(c.Founder, c.Ago, c.Name)
		founding := deed{began, c.Founder + " founds " + c.Name, func(ctx context.Context) error { return p.found(ctx, c) }}
		if i == 0 {
			founding = deed{began, c.Founder + " sets up", func(ctx context.Context) error { return p.setUp(ctx, c) }}
			p.will(founding,
				deed{p.later(began, c.Founder, 0, "profile"), c.Founder + " tells of themselves", func(ctx context.Context) error { return p.profile(ctx, c.Founder) }},
				deed{p.later(began, c.Founder, 1, "server"), c.Founder + " lets everybody found", p.open})
		} else {
			p.will(founding)
		}
		for _, m := range c.Members {
			p.join(c, m)
		}
	}
}

func (p *play) founding(c *place) circle.Founding {
	return circle.Founding{
		Name: c.Name, Slug: c.Slug, Purpose: c.Purpose, Charter: c.Charter, Language: lang.Tag(c.Lang), Form: circle.Form(c.Form),
		Answers: circle.Answers{Why: c.Why, Brings: c.Brings, Means: person.Means(p.actors[c.Founder].Means)},
	}
}

func (p *play) setUp(ctx context.Context, c *place) error {
	token, err := p.Server.SetUpToken(ctx)
	if err != nil {
		return err
	}
	made, err := p.Circles.SetUp(ctx, guest("set-up"), journal.Key{}, circle.SetUp{Token: token, Newcomer: p.newcomer(c.Founder), Founding: p.founding(c)})
	p.actors[c.Founder].id, c.id = made.Person, made.Circle
	return err
}

// open lets everybody found circles, as the story of the third wants it.
func (p *play) open(ctx context.Context) error {
	s, err := p.Server.Get(ctx, p.DB.Read)
	if err != nil {
		return err
	}
	return p.Server.Edit(ctx, p.by(p.script.Circles[0].Founder), journal.Key{}, s.Version, server.Edit{Name: s.Name, Founding: server.Everybody})
}

func (p *play) found(ctx context.Context, c *place) error {
	f := p.founding(c)
	if c.Parent != "" {
		f.Parent = p.places[c.Parent].id
	}
	made, err := p.Circles.Found(ctx, p.by(c.Founder), journal.Key{}, f)
	c.id = made.Circle
	return err
}

// join notes an invitation in the inviter's words, and the yes.
func (p *play) join(c *place, m entry) {
	var sent circle.Sent
	invited := p.day(m.By, m.Ago, m.Words)
	accepted := p.later(invited, m.Person, 2, m.Why)
	all := []deed{
		{invited, m.By + " invites " + m.Person, func(ctx context.Context) (err error) {
			sent, err = p.Circles.Invite(ctx, p.by(m.By), journal.Key{}, circle.InviteInput{
				Circle: c.id, Way: circle.ByCordee, Name: p.actors[m.Person].Name, Address: address(p.actors[m.Person].Name), Words: m.Words,
			})
			return err
		}},
		{accepted, m.Person + " joins " + c.Name, func(ctx context.Context) error { return p.accept(ctx, m, sent) }},
	}
	if _, known := p.first(m.Person, c.Key); !known {
		all = append(all, deed{
			p.later(accepted, m.Person, 0, m.Brings), m.Person + " tells of themselves",
			func(ctx context.Context) error { return p.profile(ctx, m.Person) },
		})
	}
	p.will(all...)
}

// first is the circle by which somebody came, when it isn't this one.
func (p *play) first(who, here string) (string, bool) {
	for _, c := range p.script.Circles {
		if c.Key == here {
			break
		}
		if c.Founder == who {
			return c.Key, true
		}
		for _, m := range c.Members {
			if m.Person == who {
				return c.Key, true
			}
		}
	}
	return "", false
}

// accept is the yes by the link in Cordée's mail.
func (p *play) accept(ctx context.Context, m entry, sent circle.Sent) error {
	mail, err := p.Circles.InvitationMail(ctx, p.DB.Read, sent.Invitation)
	if err != nil {
		return err
	}
	who := p.actors[m.Person]
	in := circle.Acceptance{
		Arrival: circle.Arrival{Token: mail.Token}, Charter: mail.Circle.Charter, Agreed: true,
		Answers: circle.Answers{Why: m.Why, Brings: m.Brings, Means: person.Means(who.Means)},
	}
	by := guest("invitation")
	if who.id.IsZero() {
		in.Newcomer = p.newcomer(m.Person)
	} else {
		by = p.by(m.Person)
	}
	joined, err := p.Circles.Accept(ctx, by, journal.Key{}, in)
	if err == nil {
		who.id = joined.Person
	}
	return err
}

func guest(name string) journal.By { return journal.By{Actor: journal.Guest(name), Door: journal.Demo} }

func (p *play) newcomer(key string) person.Newcomer {
	who := p.actors[key]
	return person.Newcomer{Name: who.Name, Languages: person.ParseLanguages(who.Lang...)[:1], Zone: who.Zone, Address: address(who.Name)}
}

// profile is somebody telling of themselves.
func (p *play) profile(ctx context.Context, key string) error {
	who := p.actors[key]
	now, err := p.People.Get(ctx, p.DB.Read, who.id)
	if err != nil {
		return err
	}
	want := now.Profile
	want.Languages, want.Place, want.Headline = person.ParseLanguages(who.Lang...), who.Place, who.Headline
	want.Helps, want.Learns, want.Means = who.Helps, who.Learns, person.Means(who.Means)
	if _, err := p.People.Edit(ctx, p.by(key), journal.Key{}, now.Version, want); err != nil {
		return fmt.Errorf("the profile of %s: %w", who.Name, err)
	}
	return nil
}

// address is an address that nobody has: RFC 2606 keeps the domain free.
func address(name string) string {
	return strings.Join(strings.Fields(search.Fold(name)), ".") + "@example.org"
}
