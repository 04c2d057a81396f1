package search

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
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

func putChunk(ctx context.Context, tx *journal.Tx, docs []Doc) error {
	refs := make([]journal.Ref, len(docs))
	rows := make([]docRow, len(docs))
	for i, d := range docs {
		refs[i] = d.Ref
		if d.In.IsZero() {
			d.In = d.Ref
		}
		rows[i] = docRow{
			ID: key(d.At, d.Ref), RefKind: d.Ref.Kind, RefID: d.Ref.ID, InKind: d.In.Kind, InID: d.In.ID,
			Title: clean(d.Title, maxTitle), Body: clean(d.Text, maxBody), Author: d.Author, At: store.Micros(d.At), Past: d.Past,
		}
	}
	if err := Remove(ctx, tx, refs...); err != nil {
		return err
	}
	if err := findRoom(ctx, tx, rows); err != nil {
		return err
	}
	// In the order of their keys: FTS5 writes its index out whenever one is lower
	// than the last.
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(rows[a].ID, rows[b].ID) })
	sorted := make([]docRow, len(rows))
	var seen []audienceRow
	for i, from := range order {
		sorted[i] = rows[from]
		for _, who := range audience(docs[from].Audience) {
			seen = append(seen, audienceRow{Doc: sorted[i].ID, Who: who})
		}
	}
	// Somebody else may have taken a key or put the same ref since (PostgreSQL
	// alone): then the body is run again and finds it.
	res, err := tx.NewInsert().Model(&sorted).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil {
		return err
	} else if n != int64(len(rows)) {
		return journal.ErrVersion
	}
	if len(seen) > 0 {
		if _, err := tx.NewInsert().Model(&seen).Exec(ctx); err != nil {
			return err
		}
	}
	return index(ctx, tx, sorted)
}

// key is a doc's place in time: milliseconds, then 20 bits that tell docs of one
// millisecond apart, which are many in archives that know seconds alone.
func key(at time.Time, ref journal.Ref) int64 {
	ms := min(max(0, at.UnixMilli()), 1<<43-1) // the year 2248
	sum := sha256.Sum256(append([]byte(ref.Kind), ref.ID[:]...))
	return ms<<20 | int64(binary.BigEndian.Uint32(sum[:])>>12)
}

// findRoom moves keys that are taken to the next free ones.
func findRoom(ctx context.Context, tx *journal.Tx, rows []docRow) error {
	for {
		ids := make([]int64, 0, len(rows))
		mine := make(map[int64]bool, len(rows))
		for i := range rows {
			for mine[rows[i].ID] {
				rows[i].ID++
			}
			mine[rows[i].ID] = true
			ids = append(ids, rows[i].ID)
		}
		var taken []int64
		err := tx.NewSelect().Model((*docRow)(nil)).Column("id").Where("id IN (?)", bun.List(ids)).Scan(ctx, &taken)
		if err != nil {
			return err
		}
		if len(taken) == 0 {
			return nil
		}
		full := make(map[int64]bool, len(taken))
		for _, v := range taken {
			full[v] = true
		}
		for i := range rows {
			if full[rows[i].ID] {
				rows[i].ID++
			}
		}
	}
}

// What is kept of a text, to be found and shown in hits.
const (
	maxTitle = 1_000   // bytes
	maxBody  = 200_000 // bytes
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
func Remove(ctx context.Context, tx *journal.Tx, refs ...journal.Ref) error {
	if len(refs) == 0 {
		return nil
	}
	ids := make([]id.Any, len(refs))
	for i, r := range refs {
		ids[i] = r.ID
	}
	var found []docRow
	q := tx.NewSelect().Model(&found).Where("ref_id IN (?)", bun.List(ids))
	if !sqlite(tx) {
		q = q.ExcludeColumn("title", "body")
	}
	if err := q.Scan(ctx); err != nil {
		return fmt.Errorf("search: remove: %w", err)
	}
	asked := make(map[journal.Ref]bool, len(refs))
	for _, r := range refs {
		asked[r] = true
	}
	rows := found[:0]
	for i := range found {
		if asked[found[i].ref()] {
			rows = append(rows, found[i])
		}
	}
	if err := removeRows(ctx, tx, rows); err != nil {
		return fmt.Errorf("search: remove: %w", err)
	}
	return nil
}

func removeRows(ctx context.Context, tx *journal.Tx, rows []docRow) error {
	if len(rows) == 0 {
		return nil
	}
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

// index writes the words of rows.
func index(ctx context.Context, tx *journal.Tx, rows []docRow) error {
	values := make([]string, len(rows))
	args := make([]any, 0, 3*len(rows))
	for i := range rows {
		if sqlite(tx) {
			values[i] = "(?, ?, ?)"
			args = append(args, rows[i].ID, spaced(rows[i].Title), spaced(rows[i].Body))
		} else {
			values[i] = "(?, ?::tsvector)"
			args = append(args, rows[i].ID, vector(rows[i].Title, rows[i].Body))
		}
	}
	into := "search_fts (doc, words)"
	if sqlite(tx) {
		into = "search_fts (rowid, title, body)"
	}
	_, err := tx.NewRaw("INSERT INTO "+into+" VALUES "+strings.Join(values, ", "), args...).Exec(ctx)
	return err
}

// unindex takes the words of rows out of SQLite's index, which has to be told them.
func unindex(ctx context.Context, tx *journal.Tx, rows []docRow) error {
	values := make([]string, len(rows))
	args := make([]any, 0, 3*len(rows))
	for i := range rows {
		values[i] = "('delete', ?, ?, ?)"
		args = append(args, rows[i].ID, spaced(rows[i].Title), spaced(rows[i].Body))
	}
	_, err := tx.NewRaw("INSERT INTO search_fts (search_fts, rowid, title, body) VALUES "+strings.Join(values, ", "), args...).Exec(ctx)
	return err
}

// spaced is the words of a text, parted by spaces: what FTS5's "ascii" tokenizer
// takes apart at the same places.
func spaced(s string) string {
	var b strings.Builder
	for i, w := range cutWords(s, maxWords) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
	}
	return b.String()
}

// vector is the words of a doc as PostgreSQL reads a tsvector: those of the title
// also behind "=", and a gap before the text that no quotation spans.
func vector(title, body string) string {
	var b strings.Builder
	position := 1
	for _, w := range cutWords(title, 200) {
		at := "':" + strconv.Itoa(position) + " "
		b.WriteString("'" + w.text + at + "'=" + w.text + at)
		position++
	}
	position += 2
	for _, w := range cutWords(body, maxWords) {
		b.WriteString("'" + w.text + "':" + strconv.Itoa(position) + " ")
		position++
	}
	return b.String()
}
