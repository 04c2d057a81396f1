package search

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/store"

	"github.com/uptrace/bun"
)

// PageSize is how many hits Query gives at once.
const PageSize = 50

// snippetRunes is how much of a text a hit shows.
const snippetRunes = 220

// Hit is a doc that was found.
type Hit struct {
	Ref     journal.Ref
	In      journal.Ref
	Title   Marked
	Snippet Marked
	Author  id.Person // zero when nobody here wrote it
	At      time.Time
	Past    bool
}

// Cursor is where a page of hits ended. Empty is the beginning, and the end. It
// may be shown and come back changed: it only says where to go on.
type Cursor string

func newCursor(rank int, doc int64) Cursor {
	return Cursor(strconv.Itoa(rank) + "." + strconv.FormatInt(doc, 36))
}

func (c Cursor) read() (rank int, before int64) {
	first, second, _ := strings.Cut(string(c), ".")
	rank, err := strconv.Atoi(first)
	before, err2 := strconv.ParseInt(second, 36, 64)
	if err != nil || err2 != nil || rank < 0 {
		return 0, math.MaxInt64
	}
	return rank, before
}

// Query finds what text asks for among all that v may see, PageSize hits at a
// time. The cursor it gives goes on from there; it is empty at the end.
func Query(ctx context.Context, db *store.DB, v journal.Viewer, text string, after Cursor) ([]Hit, Cursor, error) {
	who := audience(journal.Audience{Circles: v.Circles, Persons: []id.Person{v.Person}})
	q := parse(text)
	if len(who) == 0 || len(q.want) == 0 {
		return nil, "", nil
	}
	lang := fts5()
	if db.Postgres() {
		lang = tsquery()
	}
	rank, before := after.read()
	ranks := q.ranks(lang)
	var (
		hits []Hit
		next Cursor
	)
	for ; rank < len(ranks) && len(hits) <= PageSize; rank, before = rank+1, math.MaxInt64 {
		rows, err := match(ctx, db, ranks[rank], who, before, PageSize+1-len(hits))
		if err != nil {
			return nil, "", fmt.Errorf("search: query: %w", err)
		}
		for i := range rows {
			hits = append(hits, q.hit(&rows[i]))
			if len(hits) == PageSize {
				next = newCursor(rank, rows[i].ID)
			}
		}
	}
	if len(hits) <= PageSize {
		return hits, "", nil
	}
	return hits[:PageSize], next, nil
}

func match(ctx context.Context, db *store.DB, expr string, who []id.Any, before int64, limit int) ([]docRow, error) {
	var rows []docRow
	q := db.Read.NewSelect().Model(&rows).
		Where("EXISTS (SELECT 1 FROM search_audience AS a WHERE a.doc = d.id AND a.who IN (?))", bun.List(who))
	if db.Postgres() {
		q = q.Join("JOIN search_fts AS f ON f.doc = d.id").Where("f.words @@ ?::tsquery", expr).Where("f.doc < ?", before).OrderExpr("f.doc DESC")
	} else {
		// The index leads: it gives the latest first and stops at the limit.
		q = q.ModelTableExpr("search_fts AS f CROSS JOIN search_doc AS d").Where("d.id = f.rowid").
			Where("f.search_fts MATCH ?", expr).Where("f.rowid < ?", before).OrderExpr("f.rowid DESC")
	}
	err := q.Limit(int64(limit)).Scan(ctx)
	return rows, err
}

func (q question) hit(r *docRow) Hit {
	return Hit{
		Ref: r.ref(), In: journal.Ref{Kind: r.InKind, ID: r.InID},
		Title: q.mark(r.Title), Snippet: q.snippet(r.Body, snippetRunes),
		Author: r.Author, At: store.Time(r.At), Past: r.Past,
	}
}
