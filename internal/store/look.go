package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

// Look opens a database for reading alone, beside whoever serves it: it makes
// nothing, changes no table, and both pools of what it gives refuse to write.
func Look(ctx context.Context, cfg Config) (_ *DB, err error) {
	db, where, err := look(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := upToDate(ctx, db, where); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func look(ctx context.Context, cfg Config) (*DB, string, error) {
	if cfg.Postgres != "" {
		pool, err := newPool(ctx, cfg, true)
		if err != nil {
			return nil, "", err
		}
		db := bun.NewDB(stdlib.OpenDBFromPool(pool), pgdialect.New())
		return &DB{Read: db, Write: db, cfg: cfg, pools: []*pgxpool.Pool{pool}}, postgresName(cfg.Postgres), nil
	}
	path := filepath.Join(cfg.Dir, File)
	if _, err := os.Stat(path); err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return nil, "", &Problem{Kind: ErrNoRights, Where: path, Cause: err}
		}
		return nil, "", &Problem{Kind: ErrNoData, Where: cfg.Dir, Cause: err}
	}
	read, err := sql.Open("sqlite", readerDSN(path))
	if err != nil {
		return nil, "", fmt.Errorf("store: open %s: %w", path, err)
	}
	db := bun.NewDB(read, sqlitedialect.New())
	return &DB{Read: db, Write: db, cfg: cfg}, path, nil
}

// upToDate tells whether this binary's migrations are the ones that the database
// has been through.
func upToDate(ctx context.Context, db *DB, where string) error {
	dialect, exists := "sqlite", "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'goose_db_version')"
	if db.Postgres() {
		dialect, exists = "postgres", "SELECT to_regclass('goose_db_version') IS NOT NULL"
	}
	var ours bool
	if err := db.Read.NewRaw(exists).Scan(ctx, &ours); err != nil {
		return sqliteProblem(where, err)
	}
	if !ours {
		return &Problem{Kind: ErrNoData, Where: where}
	}
	var applied []int64
	if err := db.Read.NewRaw("SELECT version_id FROM goose_db_version WHERE version_id > 0 ORDER BY version_id").Scan(ctx, &applied); err != nil {
		return sqliteProblem(where, err)
	}
	files, err := source(dialect)
	if err != nil {
		return err
	}
	known, err := versions(files)
	if err != nil {
		return err
	}
	for v := range known {
		if !slices.Contains(applied, v) {
			return &Problem{Kind: ErrOlder, Where: where}
		}
	}
	if slices.ContainsFunc(applied, func(v int64) bool { return !known[v] }) {
		return &Problem{Kind: ErrNewer, Where: where}
	}
	return nil
}

func versions(files fs.FS) (map[int64]bool, error) {
	all, err := fs.Glob(files, "*.sql")
	known := map[int64]bool{}
	for _, name := range all {
		v, bad := goose.NumericComponent(name)
		if bad != nil {
			return nil, fmt.Errorf("store: migration %s: %w", name, bad)
		}
		known[v] = true
	}
	return known, err
}

// Vacant tells whether a PostgreSQL database holds no table at all.
func Vacant(ctx context.Context, url string) (vacant bool, err error) {
	db, _, err := look(ctx, Config{Postgres: url, Conns: 1})
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.Read.NewRaw("SELECT NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = ANY (current_schemas(false)))").Scan(ctx, &vacant)
	return vacant, err
}
