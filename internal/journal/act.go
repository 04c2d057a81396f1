package journal

import (
	"context"
	"encoding/json"
	"time"

	"cordee/internal/id"
	"cordee/internal/store"

	"github.com/uptrace/bun"
)

// Act is one thing that happened.
type Act struct {
	Seq     int64
	ID      id.Act
	Kind    string
	Ref     Ref
	Circle  id.Circle // zero when it concerns no circle
	Actor   Actor
	Person  id.Person // who did it, zero when it wasn't a person
	Door    Door
	Request string
	At      time.Time
	Facts   json.RawMessage // "{}" for none
}

type actRow struct {
	bun.BaseModel `bun:"table:journal_act,alias:a"`

	Seq      int64     `bun:"seq,pk"`
	ID       id.Act    `bun:"id"`
	Kind     string    `bun:"kind"`
	Object   string    `bun:"object"`
	ObjectID id.Any    `bun:"object_id"`
	Circle   id.Circle `bun:"circle"`
	Actor    ActorKind `bun:"actor"`
	Name     string    `bun:"name"`
	Person   id.Person `bun:"person"`
	Door     Door      `bun:"door"`
	Request  string    `bun:"request"`
	At       int64     `bun:"at"`
	Facts    string    `bun:"facts"`
}

func (r actRow) act() Act {
	return Act{
		Seq: r.Seq, ID: r.ID, Kind: r.Kind, Ref: Ref{Kind: r.Object, ID: r.ObjectID}, Circle: r.Circle,
		Actor: Actor{Kind: r.Actor, Person: r.Person, Name: r.Name}, Person: r.Person,
		Door: r.Door, Request: r.Request, At: store.Time(r.At), Facts: json.RawMessage(r.Facts),
	}
}

// Since lists the acts after seq, in order.
func (j *Journal) Since(ctx context.Context, seq int64, limit int) ([]Act, error) {
	return acts(ctx, j.cfg.DB.Read.NewSelect().
		Where("a.seq > ?", seq).OrderExpr("a.seq").Limit(int64(limit)))
}

// ActsOn lists all acts on one object, in order.
func (j *Journal) ActsOn(ctx context.Context, ref Ref) ([]Act, error) {
	return acts(ctx, j.cfg.DB.Read.NewSelect().
		Where("a.object_id = ?", ref.ID).Where("a.object = ?", ref.Kind).OrderExpr("a.seq"))
}

// ActsIn lists a circle's acts before seq (0 for the latest), the latest first.
func (j *Journal) ActsIn(ctx context.Context, circle id.Circle, before int64, limit int) ([]Act, error) {
	q := j.cfg.DB.Read.NewSelect().Where("a.circle = ?", circle).OrderExpr("a.seq DESC").Limit(int64(limit))
	if before > 0 {
		q = q.Where("a.seq < ?", before)
	}
	return acts(ctx, q)
}

// Head is the seq of the last act, 0 before the first.
func (j *Journal) Head(ctx context.Context) (int64, error) {
	var seq int64
	err := j.cfg.DB.Read.NewSelect().Table("journal_head").Column("seq").Scan(ctx, &seq)
	return seq, err
}

func acts(ctx context.Context, q *bun.SelectQuery) ([]Act, error) {
	var rows []actRow
	if err := q.Model(&rows).Scan(ctx); err != nil {
		return nil, err
	}
	out := make([]Act, len(rows))
	for i, r := range rows {
		out[i] = r.act()
	}
	return out, nil
}
