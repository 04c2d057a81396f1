package person

import (
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/lang"
	"cordee/internal/store"
)

type personRow struct {
	bun.BaseModel `bun:"table:person,alias:p"`

	ID         id.Person `bun:"id,pk"`
	Public     string    `bun:"public"`
	Version    int64     `bun:"version"`
	State      string    `bun:"state"`
	Name       string    `bun:"name"`
	Languages  string    `bun:"languages"`
	Zone       string    `bun:"zone"`
	Place      string    `bun:"place"`
	Headline   string    `bun:"headline"`
	Helps      string    `bun:"helps"`
	Learns     string    `bun:"learns"`
	Means      string    `bun:"means"`
	Presence   string    `bun:"presence"`
	AwayUntil  string    `bun:"away_until"`
	OnlyMe     string    `bun:"only_me"`
	MergedInto id.Person `bun:"merged_into"`
	Origin     string    `bun:"origin"`
	URI        string    `bun:"uri"`
	CreatedAt  int64     `bun:"created_at"`
	LeftAt     int64     `bun:"left_at"`
}

func rowOf(p Person) (*personRow, error) {
	r := &personRow{
		ID: p.ID, Public: string(p.Public), Version: p.Version, State: string(p.State), Name: p.Name,
		Zone: p.Zone, Place: p.Place, Headline: p.Headline, Means: string(p.Means), Presence: string(p.Presence),
		AwayUntil: p.AwayUntil, MergedInto: p.MergedInto, Origin: p.Origin, URI: p.URI,
		CreatedAt: store.Micros(p.CreatedAt), LeftAt: store.Micros(p.LeftAt),
	}
	for _, list := range []struct {
		to   *string
		from any
		n    int
	}{{&r.Languages, p.Languages, len(p.Languages)}, {&r.Helps, p.Helps, len(p.Helps)}, {&r.Learns, p.Learns, len(p.Learns)}, {&r.OnlyMe, p.OnlyMe, len(p.OnlyMe)}} {
		if *list.to = "[]"; list.n > 0 {
			text, err := json.Marshal(list.from)
			if err != nil {
				return nil, fmt.Errorf("person: write %s: %w", p.ID, err)
			}
			*list.to = string(text)
		}
	}
	return r, nil
}

func (r *personRow) person() (Person, error) {
	p := Person{
		ID: r.ID, Public: id.Public(r.Public), Version: r.Version, State: State(r.State), MergedInto: r.MergedInto,
		Origin: r.Origin, URI: r.URI, CreatedAt: store.Time(r.CreatedAt), LeftAt: store.Time(r.LeftAt),
		Profile: Profile{
			Name: r.Name, Zone: r.Zone, Place: r.Place, Headline: r.Headline, Means: Means(r.Means),
			Presence: Presence(r.Presence), AwayUntil: r.AwayUntil,
		},
	}
	var tongues []lang.Tag
	for _, list := range []struct {
		from string
		to   any
	}{{r.Languages, &tongues}, {r.Helps, &p.Helps}, {r.Learns, &p.Learns}, {r.OnlyMe, &p.OnlyMe}} {
		if err := json.Unmarshal([]byte(list.from), list.to); err != nil {
			return Person{}, fmt.Errorf("person: read %s: %w", r.ID, err)
		}
	}
	p.Languages = tongues
	return p, nil
}

type addressRow struct {
	bun.BaseModel `bun:"table:person_address,alias:a"`

	Person     id.Person `bun:"person,pk"`
	Mailbox    string    `bun:"mailbox,pk"`
	Address    string    `bun:"address"`
	State      string    `bun:"state"`
	IsPrimary  bool      `bun:"is_primary"`
	AddedAt    int64     `bun:"added_at"`
	VerifiedAt int64     `bun:"verified_at"`
}

func (r addressRow) address() Address {
	return Address{
		Person: r.Person, Mailbox: Mailbox(r.Mailbox), Address: r.Address, Claim: Claim(r.State), Primary: r.IsPrimary,
		AddedAt: store.Time(r.AddedAt), VerifiedAt: store.Time(r.VerifiedAt),
	}
}

type shownRow struct {
	bun.BaseModel `bun:"table:person_shown,alias:s"`

	Person id.Person `bun:"person,pk"`
	Circle id.Circle `bun:"circle,pk"`
}
