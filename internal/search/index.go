package search

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"cordee/internal/journal"

	"github.com/uptrace/bun"
)

// key is a doc's place in time: milliseconds, then 20 bits that tell docs of one
// millisecond apart, which are many in archives that know seconds alone.
func key(at time.Time, ref journal.Ref) int64 {
	ms := min(max(0, at.UnixMilli()), 1<<43-1) // the year 2248
	sum := sha256.Sum256(append([]byte(ref.Kind), ref.ID[:]...))
	return ms<<20 | int64(binary.BigEndian.Uint32(sum[:])>>12)
}

// findRoom moves keys that are taken to the next free ones.
func findRoom(ctx context.Context, tx *journal.Tx, entries []entry) error {
	for {
		ids := make([]int64, 0, len(entries))
		mine := make(map[int64]bool, len(entries))
		for i := range entries {
			for mine[entries[i].row.ID] {
				entries[i].row.ID++
			}
			mine[entries[i].row.ID] = true
			ids = append(ids, entries[i].row.ID)
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
		for i := range entries {
			if full[entries[i].row.ID] {
				entries[i].row.ID++
			}
		}
	}
}

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
