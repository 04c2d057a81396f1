package search

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/store"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

// Doc is one text that can be found.
type Doc struct {
	Ref      journal.Ref // what it is; there is one doc a ref
	In       journal.Ref // what to open: the thread, the ask, the talk; zero is Ref itself
	Title    string
	Text     string // plain text, see words.Plain
	Audience journal.Audience
	Author   id.Person
	At       time.Time
	Past     bool // brought in from before Cordée
}

// docRow is a row of search_doc.
type docRow struct {
	bun.BaseModel `bun:"table:search_doc,alias:d"`

	ID      int64     `bun:"id,pk"`
	RefKind string    `bun:"ref_kind"`
	RefID   id.Any    `bun:"ref_id"`
	InKind  string    `bun:"in_kind"`
	InID    id.Any    `bun:"in_id"`
	Title   string    `bun:"title"`
	Body    string    `bun:"body"`
	Author  id.Person `bun:"author"`
	At      int64     `bun:"at"`
	Past    bool      `bun:"past"`
}

func (r *docRow) ref() journal.Ref { return journal.Ref{Kind: r.RefKind, ID: r.RefID} }

type audienceRow struct {
	bun.BaseModel `bun:"table:search_audience"`

	Doc int64  `bun:"doc,pk"`
	Who id.Any `bun:"who,pk"`
}

// chunk bounds how many docs, and chunkBytes how much text, one statement carries.
const (
	chunk      = 200
	chunkBytes = 1 << 20
)

// Put makes a doc findable, in the place of what its Ref had.
func Put(ctx context.Context, tx *journal.Tx, d Doc) error {
	return PutAll(ctx, tx, []Doc{d})
}

// PutAll is Put for many at once. A ref stands in docs once at most.
func PutAll(ctx context.Context, tx *journal.Tx, docs []Doc) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("search: put %d docs: %w", len(docs), err)
		}
	}()
	for len(docs) > 0 {
		n, size := 0, 0
		for n < len(docs) && n < chunk && size < chunkBytes {
			size += len(docs[n].Text)
			n++
		}
		if err := putChunk(ctx, tx, docs[:n]); err != nil {
			return err
		}
		docs = docs[n:]
	}
	return nil
}

// entry is a doc on its way into the tables.
type entry struct {
	row docRow
	who []id.Any
}

func putChunk(ctx context.Context, tx *journal.Tx, docs []Doc) error {
	refs := make([]journal.Ref, len(docs))
	entries := make([]entry, len(docs))
	for i, d := range docs {
		refs[i], entries[i] = d.Ref, newEntry(d)
	}
	had, err := load(ctx, tx, refs)
	if err != nil {
		return err
	}
	var (
		fresh []entry
		kept  []entry
		gone  []docRow
	)
	for _, e := range entries {
		old, ok := had[e.row.ref()]
		switch {
		case !ok:
			fresh = append(fresh, e)
		case old.Title == e.row.Title && old.Body == e.row.Body && old.At == e.row.At:
			e.row.ID = old.ID
			kept = append(kept, e)
		default:
			gone = append(gone, old)
			fresh = append(fresh, e)
		}
	}
	if err := removeRows(ctx, tx, gone); err != nil {
		return err
	}
	if err := update(ctx, tx, kept); err != nil {
		return err
	}
	return insert(ctx, tx, fresh)
}

func newEntry(d Doc) entry {
	if d.In.IsZero() {
		d.In = d.Ref
	}
	return entry{
		row: docRow{
			ID: key(d.At, d.Ref), RefKind: d.Ref.Kind, RefID: d.Ref.ID, InKind: d.In.Kind, InID: d.In.ID,
			Title: clean(d.Title, maxTitle), Body: clean(d.Text, maxBody), Author: d.Author, At: store.Micros(d.At), Past: d.Past,
		},
		who: audience(d.Audience),
	}
}

// load finds the rows that refs have.
func load(ctx context.Context, tx *journal.Tx, refs []journal.Ref) (map[journal.Ref]docRow, error) {
	ids := make([]id.Any, len(refs))
	asked := make(map[journal.Ref]bool, len(refs))
	for i, r := range refs {
		ids[i], asked[r] = r.ID, true
	}
	var rows []docRow
	if err := tx.NewSelect().Model(&rows).Where("ref_id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, err
	}
	had := make(map[journal.Ref]docRow, len(rows))
	for _, r := range rows {
		if asked[r.ref()] {
			had[r.ref()] = r
		}
	}
	return had, nil
}

// update changes docs whose words stay, and with them the index.
func update(ctx context.Context, tx *journal.Tx, entries []entry) error {
	if len(entries) == 0 {
		return nil
	}
	ids := make([]int64, len(entries))
	for i, e := range entries {
		ids[i] = e.row.ID
		if _, err := tx.NewUpdate().Model(&e.row).Column("in_kind", "in_id", "author", "past").WherePK().Exec(ctx); err != nil {
			return err
		}
	}
	if _, err := tx.NewDelete().Model((*audienceRow)(nil)).Where("doc IN (?)", bun.List(ids)).Exec(ctx); err != nil {
		return err
	}
	return show(ctx, tx, entries)
}

func insert(ctx context.Context, tx *journal.Tx, entries []entry) error {
	if len(entries) == 0 {
		return nil
	}
	if err := findRoom(ctx, tx, entries); err != nil {
		return err
	}
	// In the order of their keys: FTS5 writes its index out whenever one is lower
	// than the last.
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.row.ID, b.row.ID) })
	rows := make([]docRow, len(entries))
	for i, e := range entries {
		rows[i] = e.row
	}
	// Somebody else may have taken a key or put the same ref since (PostgreSQL
	// alone): then the body is run again and finds it.
	res, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n != int64(len(rows)) {
		return journal.ErrVersion
	}
	if err := show(ctx, tx, entries); err != nil {
		return err
	}
	return index(ctx, tx, rows)
}

// show writes down who may find docs.
func show(ctx context.Context, tx *journal.Tx, entries []entry) error {
	var rows []audienceRow
	for _, e := range entries {
		for _, who := range e.who {
			rows = append(rows, audienceRow{Doc: e.row.ID, Who: who})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// What is kept of a text, to be found and shown in hits.
const (
	maxTitle = 1_000   // bytes
	maxBody  = 100_000 // bytes; a message written here has 20,000 runes at most
)

// clean takes out what PostgreSQL refuses in a text, and bounds it.
func clean(s string, limit int) string {
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "")
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// audience is everyone of an Audience once; ids of people and circles differ.
func audience(a journal.Audience) []id.Any {
	out := make([]id.Any, 0, len(a.Circles)+len(a.Persons))
	seen := map[id.Any]bool{{}: true}
	for _, c := range a.Circles {
		if v := id.Any(c); !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	for _, p := range a.Persons {
		if v := id.Any(p); !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// Remove makes docs unfindable; refs without one are ignored. On SQLite their
// words leave the file too.
func Remove(ctx context.Context, tx *journal.Tx, refs ...journal.Ref) (err error) {
	if len(refs) == 0 {
		return nil
	}
	had, err := load(ctx, tx, refs)
	if err == nil {
		err = removeRows(ctx, tx, slices.Collect(maps.Values(had)))
	}
	if err != nil {
		return fmt.Errorf("search: remove: %w", err)
	}
	return nil
}

func removeRows(ctx context.Context, tx *journal.Tx, rows []docRow) error {
	if len(rows) == 0 {
		return nil
	}
	slices.SortFunc(rows, func(a, b docRow) int { return cmp.Compare(a.ID, b.ID) })
	if sqlite(tx) {
		if err := unindex(ctx, tx, rows); err != nil {
			return err
		}
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	_, err := tx.NewDelete().Model((*docRow)(nil)).Where("id IN (?)", bun.List(ids)).Exec(ctx) // audience and words go with it
	return err
}

// Share changes who may find all that opens in, as when a thread is opened to
// another circle.
func Share(ctx context.Context, tx *journal.Tx, in journal.Ref, a journal.Audience) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("search: share %s: %w", in, err)
		}
	}()
	docs := tx.NewSelect().Model((*docRow)(nil)).Column("id").Where("in_id = ? AND in_kind = ?", in.ID, in.Kind)
	if _, err := tx.NewDelete().Model((*audienceRow)(nil)).Where("doc IN (?)", docs).Exec(ctx); err != nil {
		return err
	}
	for _, who := range audience(a) {
		q := tx.NewSelect().Model((*docRow)(nil)).ColumnExpr("id, ?", who).Where("in_id = ? AND in_kind = ?", in.ID, in.Kind)
		if _, err := tx.NewRaw("INSERT INTO search_audience (doc, who) ?", q).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Clear forgets everything, before a rebuild.
func Clear(ctx context.Context, tx *journal.Tx) error {
	if sqlite(tx) {
		if _, err := tx.NewRaw("INSERT INTO search_fts (search_fts) VALUES ('delete-all')").Exec(ctx); err != nil {
			return fmt.Errorf("search: clear: %w", err)
		}
	}
	if _, err := tx.NewDelete().Model((*docRow)(nil)).Where("TRUE").Exec(ctx); err != nil {
		return fmt.Errorf("search: clear: %w", err)
	}
	return nil
}

func sqlite(db bun.IDB) bool { return db.Dialect().Name() == dialect.SQLite }
