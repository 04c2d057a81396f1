package server

import (
	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/store"
)

type serverRow struct {
	bun.BaseModel `bun:"table:server,alias:s"`

	One       int64  `bun:"one,pk"`
	Version   int64  `bun:"version"`
	Name      string `bun:"name"`
	Founding  string `bun:"founding"`
	Setup     id.Any `bun:"setup"`
	OpenedAt  int64  `bun:"opened_at"`
	ClaimedAt int64  `bun:"claimed_at"`
}

func (r *serverRow) server() Server {
	return Server{
		Version: r.Version, Name: r.Name, Founding: Founding(r.Founding),
		OpenedAt: store.Time(r.OpenedAt), ClaimedAt: store.Time(r.ClaimedAt),
	}
}

type operatorRow struct {
	bun.BaseModel `bun:"table:server_operator,alias:o"`

	Person id.Person `bun:"person,pk"`
	Since  int64     `bun:"since"`
}

type mailRow struct {
	bun.BaseModel `bun:"table:server_mail,alias:m"`

	One       int64  `bun:"one,pk"`
	Version   int64  `bun:"version"`
	Host      string `bun:"host"`
	Port      int    `bun:"port"`
	Security  string `bun:"security"`
	Username  string `bun:"username"`
	Password  []byte `bun:"password"`
	Sender    string `bun:"sender"`
	ChangedAt int64  `bun:"changed_at"`
	TestedAt  int64  `bun:"tested_at"`
}
