package signin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/store"
)

type linkRow struct {
	bun.BaseModel `bun:"table:signin_link,alias:l"`

	ID        LinkID    `bun:"id,pk"`
	Purpose   string    `bun:"purpose"`
	Person    id.Person `bun:"person"`
	Mailbox   string    `bun:"mailbox"`
	Address   string    `bun:"address"`
	Language  string    `bun:"language"`
	RefKind   string    `bun:"ref_kind"`
	Ref       id.Any    `bun:"ref"`
	Move      string    `bun:"move"`
	Next      []byte    `bun:"next"`
	MadeAt    int64     `bun:"made_at"`
	ExpiresAt int64     `bun:"expires_at"`
	UsedAt    int64     `bun:"used_at"`
}

func rowOf(l Link) *linkRow {
	return &linkRow{
		ID: l.ID, Purpose: string(l.Purpose), Person: l.Person, Mailbox: string(l.Mailbox), Address: l.Address,
		Language: string(l.Language), RefKind: l.Ref.Kind, Ref: l.Ref.ID, Move: l.Move, Next: append([]byte{}, l.next...),
		MadeAt: store.Micros(l.MadeAt), ExpiresAt: store.Micros(l.Expires), UsedAt: store.Micros(l.UsedAt),
	}
}

func (r *linkRow) link() Link {
	return Link{
		ID: r.ID, Purpose: Purpose(r.Purpose), Person: r.Person, Mailbox: person.Mailbox(r.Mailbox), Address: r.Address,
		Language: lang.Tag(r.Language), Ref: journal.Ref{Kind: r.RefKind, ID: r.Ref}, Move: r.Move,
		MadeAt: store.Time(r.MadeAt), Expires: store.Time(r.ExpiresAt), UsedAt: store.Time(r.UsedAt),
		next: r.Next,
	}
}

type sessionRow struct {
	bun.BaseModel `bun:"table:signin_session,alias:s"`

	ID      SessionID `bun:"id,pk"`
	Public  string    `bun:"public"`
	Person  id.Person `bun:"person"`
	Device  string    `bun:"device"`
	MadeAt  int64     `bun:"made_at"`
	SeenAt  int64     `bun:"seen_at"`
	EndedAt int64     `bun:"ended_at"`
}

func (r *sessionRow) session() Session {
	return Session{
		ID: r.ID, Public: id.Public(r.Public), Person: r.Person, Device: r.Device,
		MadeAt: store.Time(r.MadeAt), SeenAt: store.Time(r.SeenAt), EndedAt: store.Time(r.EndedAt),
	}
}

type cookieRow struct {
	bun.BaseModel `bun:"table:signin_cookie,alias:c"`

	Hash    []byte    `bun:"hash,pk"`
	Session SessionID `bun:"session"`
}

func loadLink(ctx context.Context, db bun.IDB, link LinkID) (Link, error) {
	var row linkRow
	err := db.NewSelect().Model(&row).Where("l.id = ?", link).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Link{}, ErrLinkWrong() // erased with its person, or pruned
	}
	if err != nil {
		return Link{}, fmt.Errorf("signin: link %s: %w", link, err)
	}
	return row.link(), nil
}

func insertLink(ctx context.Context, tx *journal.Tx, l Link) error {
	if _, err := tx.NewInsert().Model(rowOf(l)).Exec(ctx); err != nil {
		return fmt.Errorf("signin: make a link: %w", err)
	}
	return nil
}
