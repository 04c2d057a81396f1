package circle

import (
	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/store"
)

type circleRow struct {
	bun.BaseModel `bun:"table:circle,alias:c"`

	ID        id.Circle `bun:"id,pk"`
	Public    id.Public `bun:"public"`
	Slug      string    `bun:"slug"`
	Name      string    `bun:"name"`
	Purpose   string    `bun:"purpose"`
	Stage     Stage     `bun:"stage"`
	Parent    id.Circle `bun:"parent"`
	Form      Form      `bun:"form"`
	Language  lang.Tag  `bun:"language"`
	Charter   int       `bun:"charter"`
	Members   int       `bun:"members"`
	Claimed   bool      `bun:"claimed"`
	Founder   id.Person `bun:"founder"`
	FoundedAt int64     `bun:"founded_at"`
	ActiveAt  int64     `bun:"active_at"`
	Edition   int       `bun:"edition"`
	Version   int64     `bun:"version"`
	Origin    string    `bun:"origin"`
	URI       string    `bun:"uri"`
}

func (r circleRow) circle() Circle {
	return Circle{
		ID: r.ID, Public: r.Public, Slug: r.Slug, Name: r.Name, Purpose: r.Purpose, Stage: r.Stage, Parent: r.Parent,
		Form: r.Form, Language: r.Language, Charter: r.Charter, Members: r.Members, Claimed: r.Claimed, Founder: r.Founder,
		FoundedAt: store.Time(r.FoundedAt), ActiveAt: store.Time(r.ActiveAt), Edition: r.Edition, Version: r.Version,
	}
}

func rowOf(c Circle) circleRow {
	return circleRow{
		ID: c.ID, Public: c.Public, Slug: c.Slug, Name: c.Name, Purpose: c.Purpose, Stage: c.Stage, Parent: c.Parent,
		Form: c.Form, Language: c.Language, Charter: c.Charter, Members: c.Members, Claimed: c.Claimed, Founder: c.Founder,
		FoundedAt: store.Micros(c.FoundedAt), ActiveAt: store.Micros(c.ActiveAt), Edition: c.Edition, Version: c.Version,
	}
}

type slugRow struct {
	bun.BaseModel `bun:"table:circle_slug,alias:g"`

	Slug   string    `bun:"slug,pk"`
	Circle id.Circle `bun:"circle"`
	At     int64     `bun:"at"`
}

type charterRow struct {
	bun.BaseModel `bun:"table:circle_charter,alias:h"`

	Circle  id.Circle `bun:"circle,pk"`
	Version int       `bun:"version,pk"`
	Edition int       `bun:"edition,pk"`
	Words   string    `bun:"words"`
	Author  id.Person `bun:"author"`
	At      int64     `bun:"at"`
}

func (r charterRow) charter() Charter {
	return Charter{Circle: r.Circle, Version: r.Version, Edition: r.Edition, Words: r.Words, Author: r.Author, At: store.Time(r.At)}
}

type membershipRow struct {
	bun.BaseModel `bun:"table:circle_membership,alias:m"`

	Circle     id.Circle    `bun:"circle,pk"`
	Person     id.Person    `bun:"person,pk"`
	Why        string       `bun:"why"`
	Brings     string       `bun:"brings"`
	Means      person.Means `bun:"means"`
	Sponsor    id.Person    `bun:"sponsor"`
	Invitation InvitationID `bun:"invitation"`
	Role       Role         `bun:"role"`
	Agreed     int          `bun:"agreed"`
	JoinedAt   int64        `bun:"joined_at"`
	LeftAt     int64        `bun:"left_at"`
	Version    int64        `bun:"version"`
}

func (r membershipRow) membership() Membership {
	return Membership{
		Circle: r.Circle, Person: r.Person, Why: r.Why, Brings: r.Brings, Means: r.Means, Sponsor: r.Sponsor,
		Invitation: r.Invitation, Role: r.Role, Agreed: r.Agreed, JoinedAt: store.Time(r.JoinedAt), LeftAt: store.Time(r.LeftAt),
		Version: r.Version,
	}
}

type agreementRow struct {
	bun.BaseModel `bun:"table:circle_agreement,alias:a"`

	Circle  id.Circle `bun:"circle,pk"`
	Person  id.Person `bun:"person,pk"`
	Version int       `bun:"version,pk"`
	Edition int       `bun:"edition"`
	At      int64     `bun:"at"`
}

type invitationRow struct {
	bun.BaseModel `bun:"table:circle_invitation,alias:i"`

	ID         InvitationID   `bun:"id,pk"`
	Public     id.Public      `bun:"public"`
	Circle     id.Circle      `bun:"circle"`
	Inviter    id.Person      `bun:"inviter"`
	Way        Way            `bun:"way"`
	Existing   bool           `bun:"existing"`
	Name       string         `bun:"name"`
	Address    string         `bun:"address"`
	Folded     person.Mailbox `bun:"folded"`
	Person     id.Person      `bun:"person"`
	Words      string         `bun:"words"`
	Seats      int            `bun:"seats"`
	Taken      int            `bun:"taken"`
	CreatedAt  int64          `bun:"created_at"`
	ExpiresAt  int64          `bun:"expires_at"`
	DeclinedAt int64          `bun:"declined_at"`
	RevokedAt  int64          `bun:"revoked_at"`
	LapsedAt   int64          `bun:"lapsed_at"`
	Version    int64          `bun:"version"`
}

func (r invitationRow) invitation() Invitation {
	return Invitation{
		ID: r.ID, Public: r.Public, Circle: r.Circle, Inviter: r.Inviter, Way: r.Way, Existing: r.Existing, Name: r.Name,
		Address: r.Address, mailbox: r.Folded, Person: r.Person, Words: r.Words, Seats: r.Seats, Taken: r.Taken,
		CreatedAt: store.Time(r.CreatedAt), ExpiresAt: store.Time(r.ExpiresAt), DeclinedAt: store.Time(r.DeclinedAt),
		RevokedAt: store.Time(r.RevokedAt), LapsedAt: store.Time(r.LapsedAt), Version: r.Version,
	}
}

func rowOfInvitation(i Invitation) invitationRow {
	return invitationRow{
		ID: i.ID, Public: i.Public, Circle: i.Circle, Inviter: i.Inviter, Way: i.Way, Existing: i.Existing, Name: i.Name,
		Address: i.Address, Folded: i.mailbox, Person: i.Person, Words: i.Words, Seats: i.Seats, Taken: i.Taken,
		CreatedAt: store.Micros(i.CreatedAt), ExpiresAt: store.Micros(i.ExpiresAt), DeclinedAt: store.Micros(i.DeclinedAt),
		RevokedAt: store.Micros(i.RevokedAt), LapsedAt: store.Micros(i.LapsedAt), Version: i.Version,
	}
}
