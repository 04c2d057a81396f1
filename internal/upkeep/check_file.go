package upkeep

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cordee/internal/thread"
)

// file asks SQLite whether its file is whole. PostgreSQL looks after its own.
func (e *examination) file(ctx context.Context) error {
	if e.DB.Postgres() {
		return nil
	}
	// FTS5's part of the check trusts what this connection last knew of the index;
	// only a search makes it look again.
	var none []int64
	if err := e.db.NewRaw("SELECT rowid FROM search_fts WHERE search_fts MATCH 'a' LIMIT 1").Scan(ctx, &none); err != nil {
		return err
	}
	var said []string
	if err := e.db.NewRaw("PRAGMA integrity_check(20)").Scan(ctx, &said); err != nil {
		return err
	}
	for _, line := range said {
		if line != "ok" {
			e.find("file", "The file is damaged: %s.", line)
		}
	}
	return nil
}

// references looks for rows that point at what isn't there. The databases refuse
// to make such rows, unless somebody wrote past them.
func (e *examination) references(ctx context.Context) error {
	if e.DB.Postgres() {
		return e.postgresReferences(ctx)
	}
	var rows []struct {
		Table  string `bun:"table"`
		Rowid  *int64 `bun:"rowid"`
		Parent string `bun:"parent"`
		Fkid   int64  `bun:"fkid"`
	}
	if err := e.db.NewRaw("PRAGMA foreign_key_check").Scan(ctx, &rows); err != nil {
		return fmt.Errorf("foreign keys: %w", err)
	}
	type pair struct{ table, parent string }
	n := map[pair]int{}
	var order []pair
	for _, r := range rows {
		p := pair{r.Table, r.Parent}
		if n[p] == 0 {
			order = append(order, p)
		}
		n[p]++
	}
	for _, p := range order {
		e.orphans(p.table, p.parent, n[p])
	}
	return nil
}

func (e *examination) orphans(table, parent string, n int) {
	rows, point := "rows", "point"
	if n == 1 {
		rows, point = "row", "points"
	}
	e.find("reference", "%d %s of %s %s at a %s that isn't there.", n, rows, table, point, parent)
}

// postgresReferences asks of each foreign key what PostgreSQL asks at each write.
func (e *examination) postgresReferences(ctx context.Context) error {
	var keys []struct {
		Child  string `bun:"child"`
		Column string `bun:"child_column"`
		Parent string `bun:"parent"`
		Key    string `bun:"parent_column"`
		Valid  bool   `bun:"valid"`
	}
	if err := e.db.NewRaw(`SELECT k.conrelid::regclass::text AS child, quote_ident(c.attname) AS child_column, k.confrelid::regclass::text AS parent,
		quote_ident(p.attname) AS parent_column, k.convalidated AS valid
		FROM pg_constraint AS k
		JOIN pg_attribute AS c ON c.attrelid = k.conrelid AND c.attnum = k.conkey[1]
		JOIN pg_attribute AS p ON p.attrelid = k.confrelid AND p.attnum = k.confkey[1]
		WHERE k.contype = 'f' AND cardinality(k.conkey) = 1 AND k.connamespace = ANY (current_schemas(false)::regnamespace[])
		ORDER BY 1, 2`).Scan(ctx, &keys); err != nil {
		return fmt.Errorf("foreign keys: %w", err)
	}
	for _, k := range keys {
		if !k.Valid {
			e.find("reference", "The foreign key from %s to %s isn't enforced.", k.Child, k.Parent)
		}
		var n int
		if err := e.db.NewRaw(fmt.Sprintf("SELECT count(*) FROM %s AS c WHERE c.%s IS NOT NULL AND NOT EXISTS (SELECT 1 FROM %s AS p WHERE p.%s = c.%s)",
			k.Child, k.Column, k.Parent, k.Key, k.Column)).Scan(ctx, &n); err != nil {
			return fmt.Errorf("foreign key from %s to %s: %w", k.Child, k.Parent, err)
		}
		if n > 0 {
			e.orphans(k.Child, k.Parent, n)
		}
	}
	return nil
}

// blobs reads every attached file and compares it with its name, which is the
// SHA-256 of what it holds.
func (e *examination) blobs(ctx context.Context) error {
	if e.Blobs == "" {
		return nil
	}
	var rows []struct {
		Hash thread.Hash `bun:"hash"`
		Size int64       `bun:"size"`
	}
	if err := e.db.NewRaw("SELECT hash, size FROM blob WHERE EXISTS (SELECT 1 FROM attachment AS a WHERE a.blob = blob.hash) ORDER BY hash").Scan(ctx, &rows); err != nil {
		return fmt.Errorf("blobs: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Join(e.Blobs, "new")); err != nil { // opening it would make it
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the folder of attached files: %w", err)
		}
		e.find("blob", "The folder of attached files %s isn't there, and %d files are missing.", e.Blobs, len(rows))
		return nil
	}
	all, err := thread.OpenBlobs(e.Blobs)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		hash, size, err := sum(all, row.Hash)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			// Swept since our snapshot, perhaps.
			if still, err := e.attached(ctx, row.Hash); err != nil || !still {
				if err != nil {
					return err
				}
				continue
			}
			e.find("blob", "The attached file %s is missing.", row.Hash)
		case err != nil:
			e.find("blob", "The attached file %s can't be read: %s.", row.Hash, err)
		case size != row.Size:
			e.find("blob", "The attached file %s has %d bytes and should have %d.", row.Hash, size, row.Size)
		case hash != row.Hash:
			e.find("blob", "The attached file %s holds something else than was put there.", row.Hash)
		}
	}
	return nil
}

func (e *examination) attached(ctx context.Context, hash thread.Hash) (still bool, err error) {
	err = e.DB.Read.NewRaw("SELECT EXISTS (SELECT 1 FROM attachment WHERE blob = ?)", hash).Scan(ctx, &still)
	return still, err
}

func sum(all *thread.Blobs, hash thread.Hash) (_ thread.Hash, size int64, err error) {
	f, err := all.Open(hash)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return thread.Hash(hex.EncodeToString(h.Sum(nil))), size, err
}
