package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cordee/internal/store"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// conns bounds each pool of a test: many tests share one server.
const conns = 6

// lockClass is the first half of our advisory locks: the schema's number is the
// second half, shared by all who use it; a copy's lock is (schema, N).
const lockClass = 0x636f7264 // "cord"

// copies are this process's databases on the PostgreSQL server.
type copies struct {
	mu    sync.Mutex
	admin *pgx.Conn // holds the locks for as long as the process lives
	base  *url.URL
	name  string // of the template
	sum   int32
	next  int
	free  []*copied
	built error
	once  sync.Once
}

// copied is one copy of the template, held by this process.
type copied struct {
	url string
	db  *store.DB
}

var own copies //nolint:gochecknoglobals // the databases that this process holds

// Postgres gives an empty, migrated PostgreSQL database. It is lent: the test
// may close it, and needn't.
func Postgres(tb testing.TB) *store.DB {
	tb.Helper()
	c := claim(tb)
	if c.db != nil && c.db.Write.PingContext(tb.Context()) == nil && c.db.Read.PingContext(tb.Context()) == nil {
		return c.db
	}
	db, err := store.Open(tb.Context(), store.Config{Postgres: c.url, Conns: conns})
	if err != nil {
		tb.Fatalf("storetest: %v", err)
	}
	c.db = db
	return db
}

// claim lends a copy, emptied, until the test ends.
func claim(tb testing.TB) *copied {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	own.once.Do(func() { own.built = own.prepare(ctx) })
	if own.built != nil {
		tb.Fatalf("storetest: PostgreSQL: %v", own.built)
	}
	c, err := own.take(ctx)
	if err != nil {
		tb.Fatalf("storetest: PostgreSQL: %v", err)
	}
	tb.Cleanup(func() { own.give(c) })
	if err := c.empty(ctx); err != nil {
		tb.Fatalf("storetest: empty %s: %v", c.url, err)
	}
	return c
}

func (o *copies) give(c *copied) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.free = append(o.free, c)
}

// take hands out a free copy, or makes the next one.
func (o *copies) take(ctx context.Context) (*copied, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n := len(o.free); n > 0 {
		c := o.free[n-1]
		o.free = o.free[:n-1]
		return c, nil
	}
	for {
		o.next++
		var mine bool
		if err := o.admin.QueryRow(ctx, "SELECT pg_try_advisory_lock($1, $2)", o.sum, int32(o.next)).Scan(&mine); err != nil {
			return nil, err
		}
		if !mine {
			continue
		}
		name := fmt.Sprintf("%s_%d", o.name, o.next)
		_, err := o.admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+o.name)
		if err != nil && !isCode(err, "42P04") { // it is there, of a process before us
			return nil, err
		}
		return &copied{url: o.at(name)}, nil
	}
}

func (o *copies) at(database string) string {
	u := *o.base
	u.Path = "/" + database
	return u.String()
}

func isCode(err error, code string) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && pe.Code == code
}

// prepare finds or starts the server, and finds or makes the template.
func (o *copies) prepare(ctx context.Context) error {
	where, err := server(ctx)
	if err != nil {
		return err
	}
	if o.base, err = url.Parse(where); err != nil {
		return err
	}
	if o.admin, err = pgx.Connect(ctx, where); err != nil {
		return err
	}
	sum, err := store.Schema()
	if err != nil {
		return err
	}
	o.sum = int32(sum)
	o.name = fmt.Sprintf("cordee_test_%08x", sum)
	if _, err := o.admin.Exec(ctx, "SELECT pg_advisory_lock_shared($1, $2)", int32(lockClass), o.sum); err != nil {
		return err
	}
	// One process makes the template, the others wait for it.
	if _, err := o.admin.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(lockClass)); err != nil {
		return err
	}
	err = o.template(ctx)
	_, unlock := o.admin.Exec(ctx, "SELECT pg_advisory_unlock($1)", int64(lockClass))
	return errors.Join(err, unlock)
}

func (o *copies) template(ctx context.Context) error {
	databases, err := o.databases(ctx)
	if err != nil || slices.Contains(databases, o.name) {
		return err
	}
	if err := o.sweep(ctx, databases); err != nil {
		return err
	}
	fresh := o.name + "_fresh" // renamed when whole
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + fresh + " WITH (FORCE)", "CREATE DATABASE " + fresh} {
		if _, err := o.admin.Exec(ctx, statement); err != nil {
			return err
		}
	}
	db, err := store.Open(ctx, store.Config{Postgres: o.at(fresh), Conns: conns})
	if err != nil {
		return err
	}
	if err := errors.Join(seeds(ctx, db), db.Close()); err != nil {
		return err
	}
	_, err = o.admin.Exec(ctx, "ALTER DATABASE "+fresh+" RENAME TO "+o.name)
	return err
}

func (o *copies) databases(ctx context.Context) ([]string, error) {
	rows, err := o.admin.Query(ctx, `SELECT datname FROM pg_database WHERE datname LIKE 'cordee\_test\_%'`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// sweep drops what belongs to schemas that no process uses any more.
func (o *copies) sweep(ctx context.Context, databases []string) error {
	for _, name := range databases {
		sum, _, _ := strings.Cut(strings.TrimPrefix(name, "cordee_test_"), "_")
		var n uint32
		if _, err := fmt.Sscanf(sum, "%08x", &n); err != nil || int32(n) == o.sum {
			continue
		}
		var unused bool
		if err := o.admin.QueryRow(ctx, "SELECT pg_try_advisory_lock($1, $2)", int32(lockClass), int32(n)).Scan(&unused); err != nil {
			return err
		}
		if !unused {
			continue
		}
		_, drop := o.admin.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		_, unlock := o.admin.Exec(ctx, "SELECT pg_advisory_unlock($1, $2)", int32(lockClass), int32(n))
		if err := errors.Join(drop, unlock); err != nil {
			return err
		}
	}
	return nil
}

// seeds keeps the rows that migrations write, and the statement that brings a
// copy back to them, in the template itself.
func seeds(ctx context.Context, db *store.DB) error {
	conn, err := db.Pool().Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	rows, err := conn.Query(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "CREATE SCHEMA storetest"); err != nil {
		return err
	}
	var reset strings.Builder
	for _, table := range tables {
		if strings.Contains(table, "goose") || table == "river_migration" {
			continue
		}
		name := pgx.Identifier{table}.Sanitize()
		fmt.Fprintf(&reset, "DELETE FROM public.%s;", name)
		var seeded bool
		if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+name+")").Scan(&seeded); err != nil {
			return err
		}
		if !seeded {
			continue
		}
		if _, err := conn.Exec(ctx, "CREATE TABLE storetest."+name+" AS TABLE public."+name); err != nil {
			return err
		}
		fmt.Fprintf(&reset, "INSERT INTO public.%s SELECT * FROM storetest.%s;", name, name)
	}
	_, err = conn.Exec(ctx, "CREATE TABLE storetest.reset AS SELECT $1::text AS statements", reset.String())
	return err
}

// empty brings a copy back to what the template is. A connection that a test
// before left in a transaction is ended.
func (c *copied) empty(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	var statements string
	if err := conn.QueryRow(ctx, "SELECT statements FROM storetest.reset").Scan(&statements); err != nil {
		return err
	}
	// Foreign keys are triggers, which a replica doesn't fire.
	all := "SET session_replication_role = replica; SET lock_timeout = '1s'; BEGIN; " + statements + " COMMIT"
	if _, err = conn.Exec(ctx, all); !isCode(err, "55P03") {
		return err
	}
	_, _ = conn.Exec(ctx, "ROLLBACK")
	if _, err := conn.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, all)
	return err
}

// Empty gives the URL of a PostgreSQL database without any table, which is
// dropped when the test ends.
func Empty(tb testing.TB) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	own.once.Do(func() { own.built = own.prepare(ctx) })
	if own.built != nil {
		tb.Fatalf("storetest: PostgreSQL: %v", own.built)
	}
	own.mu.Lock()
	defer own.mu.Unlock()
	own.next++
	name := fmt.Sprintf("%s_empty_%d_%d", own.name, os.Getpid(), own.next)
	if _, err := own.admin.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		own.mu.Lock()
		defer own.mu.Unlock()
		if _, err := own.admin.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Error(err)
		}
	})
	return own.at(name)
}
