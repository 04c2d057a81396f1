package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

// Config says where the data lives.
type Config struct {
	// Dir is the data folder; SQLite's file in it is cordee.db. It must exist.
	Dir string
	// Postgres is the URL of a PostgreSQL database. Empty means SQLite.
	Postgres string
	// Volatile lets SQLite answer before the disk has the data. For tests and
	// throw-away houses alone: a power cut loses what was answered.
	Volatile bool
	// Conns bounds the connections of each PostgreSQL pool; zero means 16.
	Conns int
}

// DB is an open, migrated database.
type DB struct {
	// Read refuses every write. Loaders take it, or a *journal.Tx, as bun.IDB.
	Read *bun.DB
	// Write belongs to the journal and to the jobs; nobody else writes.
	Write *bun.DB

	cfg   Config
	pools []*pgxpool.Pool // of PostgreSQL: the writers' and the readers'
}

// Open opens the database that cfg names and brings its tables up to date, the
// jobs' own included. Whatever a person could mend comes back as a *Problem.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if cfg.Postgres != "" {
		return openPostgres(ctx, cfg)
	}
	return openSQLite(ctx, cfg)
}

// Postgres tells whether the database is PostgreSQL; otherwise it is SQLite.
func (db *DB) Postgres() bool { return len(db.pools) > 0 }

// Pool is the pool beneath Write on PostgreSQL, nil on SQLite. For the jobs.
func (db *DB) Pool() *pgxpool.Pool {
	if !db.Postgres() {
		return nil
	}
	return db.pools[0]
}

// Close gives everything back. It is safe to call twice.
func (db *DB) Close() error {
	err := errors.Join(db.Read.Close(), db.Write.Close())
	for _, p := range db.pools {
		p.Close()
	}
	return err
}

func openSQLite(ctx context.Context, cfg Config) (*DB, error) {
	path, err := sqliteFile(cfg.Dir)
	if err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", writerDSN(path, cfg.Volatile))
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := migrateSQLite(ctx, write, path); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := sql.Open("sqlite", readerDSN(path))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", path, err), write.Close())
	}
	readers := max(4, 2*runtime.NumCPU())
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &DB{
		Read:  bun.NewDB(read, sqlitedialect.New()),
		Write: bun.NewDB(write, sqlitedialect.New()),
		cfg:   cfg,
	}, nil
}

func openPostgres(ctx context.Context, cfg Config) (*DB, error) {
	write, err := newPool(ctx, cfg, false)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDBFromPool(write)
	if err := migratePostgres(ctx, db, write); err != nil {
		var pe *pgconn.PgError
		if errors.As(err, &pe) && pe.Code == "42501" {
			err = postgresProblem(cfg.Postgres, err)
		}
		err = errors.Join(err, db.Close())
		write.Close()
		return nil, err
	}
	read, err := newPool(ctx, cfg, true)
	if err != nil {
		err = errors.Join(err, db.Close())
		write.Close()
		return nil, err
	}
	return &DB{
		Read:  bun.NewDB(stdlib.OpenDBFromPool(read), pgdialect.New()),
		Write: bun.NewDB(db, pgdialect.New()),
		cfg:   cfg,
		pools: []*pgxpool.Pool{write, read},
	}, nil
}
