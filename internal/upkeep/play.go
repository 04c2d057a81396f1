package upkeep

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"cordee/internal/await"
	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/server"
	"cordee/internal/store"
	"cordee/internal/thread"
)

// House is what the demonstration is played in: an empty house whose rooms tell
// the time by the Clock that Play is given.
type House struct {
	DB        *store.DB
	Journal   *journal.Journal
	Server    *server.Room
	People    *person.Room
	Threads   *thread.Room
	Circles   *circle.Room
	Exchanges *exchange.Room
}

// Played tells what came of a demonstration.
type Played struct {
	Doors []Door // by whom to look around, the first one first
	Acts  int64
}

// Door is somebody of the demonstration as whom one may look around.
type Door struct {
	Person  id.Person
	Name    string
	Circles []string // their names
}

// doors are the keys of those people.
func doors() []string { return []string{"solene", "tomas", "ines"} }

// Play lets two dozen people live two years in an empty house: everything goes
// through the use cases, at the hours of their own days, and what lapses
// meanwhile lapses. At its end the clock runs.
func Play(ctx context.Context, h House, clock *Clock) (Played, error) {
	s, err := readScript()
	if err != nil {
		return Played{}, err
	}
	p := &play{House: h, clock: clock, script: s, end: clock.wall(), actors: map[string]*actor{}, places: map[string]*place{}}
	if err := p.cast(); err != nil {
		return Played{}, err
	}
	p.circles()
	p.talks()
	p.stories()
	if err := p.run(ctx); err != nil {
		return Played{}, fmt.Errorf("the demonstration: %w", err)
	}
	clock.Run()
	return p.played(ctx)
}

// play is a demonstration under way.
type play struct {
	House

	clock  *Clock
	script *script
	end    time.Time // the present
	actors map[string]*actor
	places map[string]*place
	deeds  []deed
}

// actor is somebody of the script; their id is known once they have joined.
type actor struct {
	player

	zone *time.Location
	id   id.Person
}

// place is a circle of the script; its id is known once it is founded.
type place struct {
	scene

	id id.Circle
}

// deed is one thing that somebody does.
type deed struct {
	at   time.Time
	what string
	do   func(context.Context) error
}

func (p *play) cast() error {
	for _, who := range p.script.Persons {
		zone, err := time.LoadLocation(who.Zone)
		if err != nil {
			return fmt.Errorf("the zone of %s: %w", who.Name, err)
		}
		p.actors[who.Key] = &actor{player: who, zone: zone}
	}
	return nil
}

// by is somebody of the script who acts.
func (p *play) by(key string) journal.By { return journal.ByPerson(p.actors[key].id, journal.Demo) }

// will notes deeds that follow each other. When the last of them would lie in the
// future, all move back by whole days.
func (p *play) will(sequence ...deed) {
	if len(sequence) == 0 {
		return
	}
	last := sequence[len(sequence)-1].at
	for last.After(p.end.Add(-10 * time.Minute)) {
		last = last.AddDate(0, 0, -1)
		for i := range sequence {
			sequence[i].at = sequence[i].at.AddDate(0, 0, -1)
		}
	}
	p.deeds = append(p.deeds, sequence...)
}

// run does everything in the order of time.
func (p *play) run(ctx context.Context) error {
	slices.SortStableFunc(p.deeds, func(a, b deed) int { return a.at.Compare(b.at) })
	for _, d := range p.deeds {
		if err := p.reach(ctx, d.at); err != nil {
			return err
		}
		if err := d.do(ctx); err != nil {
			return fmt.Errorf("%s, on %s: %w", d.what, d.at.Format(time.DateTime), err)
		}
	}
	return p.reach(ctx, p.end)
}

// reach moves the clock to a time, and on its way does what the clock does by
// itself: remind, ask for news, let lapse.
func (p *play) reach(ctx context.Context, to time.Time) error {
	var last await.Row
	for {
		due, err := await.Due(ctx, p.DB.Read, to, 1)
		if err != nil {
			return err
		}
		if len(due) == 0 || due[0] == last {
			p.clock.move(to)
			return nil
		}
		last = due[0]
		p.clock.move(last.Due)
		if _, err := p.Exchanges.Lapse(ctx); err != nil {
			return err
		}
		if _, err := p.Circles.Lapse(ctx); err != nil {
			return err
		}
	}
}

func (p *play) played(ctx context.Context) (Played, error) {
	head, err := p.Journal.Head(ctx)
	out := Played{Acts: head}
	for _, key := range doors() {
		if err != nil {
			return out, err
		}
		who := p.actors[key]
		var s circle.Standing
		s, err = p.Circles.Standing(ctx, p.DB.Read, who.id)
		d := Door{Person: who.id, Name: who.Name}
		slices.SortStableFunc(s.Circles, func(a, b circle.Place) int { return cmp.Compare(a.Joined, b.Joined) })
		for _, c := range s.Circles {
			d.Circles = append(d.Circles, c.Name)
		}
		out.Doors = append(out.Doors, d)
	}
	return out, err
}

// day is some time of a person's own day, so many days before today.
func (p *play) day(who string, ago int, seed string) time.Time {
	zone := p.actors[who].zone
	y, m, d := p.end.In(zone).Date()
	return time.Date(y, m, d-ago, 8, 0, 0, 0, zone).Add(spread(seed, 11*time.Hour))
}

// later is so many hours after a time, or the morning after when that person
// sleeps by then.
func (p *play) later(t time.Time, who string, hours int, seed string) time.Time {
	t = t.Add(time.Duration(hours)*time.Hour + spread(seed, 50*time.Minute)).In(p.actors[who].zone)
	y, m, d := t.Date()
	switch h := t.Hour(); {
	case h < 7:
	case h >= 23:
		d++
	default:
		return t
	}
	return time.Date(y, m, d, 7, 10, 0, 0, t.Location()).Add(spread(seed, 100*time.Minute))
}

// spread is a length of time up to most that the seed alone decides, so that every
// demonstration is the same.
func spread(seed string, most time.Duration) time.Duration {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(seed)) // a hash never fails
	return time.Duration(sum.Sum64()%uint64(most/time.Second)) * time.Second
}
