package store_test

import (
	"context"
	"strings"
	"testing"

	"cordee/internal/store"
	"cordee/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// TestBothDatabasesHaveTheSameTables compares what the migrations of the two
// dialects lead to: tables, columns, what may be missing, and the broad class of
// types. Search is each database's own, and so is River.
func TestBothDatabasesHaveTheSameTables(t *testing.T) {
	t.Parallel()
	lite := columns(t, storetest.SQLite(t), `SELECT m.name, c.name, c.type, CASE WHEN c."notnull" OR c.pk THEN 'set' ELSE 'optional' END
		FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`)
	post := columns(t, storetest.Postgres(t), `SELECT table_name, column_name, data_type, CASE is_nullable WHEN 'NO' THEN 'set' ELSE 'optional' END
		FROM information_schema.columns WHERE table_schema = 'public'`)
	if diff := cmp.Diff(lite, post); diff != "" {
		t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", diff)
	}
	if len(lite) < 5 {
		t.Errorf("only %d tables", len(lite))
	}
}

func columns(t *testing.T, db *store.DB, query string) map[string]map[string]string {
	t.Helper()
	rows, err := db.Read.QueryContext(context.WithoutCancel(t.Context()), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]map[string]string{}
	for rows.Next() {
		var table, column, typ, set string
		if err := rows.Scan(&table, &column, &typ, &set); err != nil {
			t.Fatal(err)
		}
		if ownBusiness(table) {
			continue
		}
		if out[table] == nil {
			out[table] = map[string]string{}
		}
		out[table][column] = class(typ) + ", " + set
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func ownBusiness(table string) bool {
	for _, prefix := range []string{"river_", "goose_", "sqlite_", "search_"} {
		if strings.HasPrefix(table, prefix) {
			return true
		}
	}
	return false
}

// class puts both dialects' names of a type together.
func class(typ string) string {
	switch strings.ToLower(typ) {
	case "integer", "bigint", "boolean":
		return "number"
	case "blob", "uuid", "bytea":
		return "bytes"
	case "text", "character varying":
		return "text"
	case "real", "double precision":
		return "real"
	}
	return typ
}
