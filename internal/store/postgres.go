package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// newPool opens one of PostgreSQL's two pools. bun writes its arguments into
// the statement, so there is nothing to prepare: each goes in one round trip.
// A URL that sets default_query_exec_mode itself speaks to a pooler in
// transaction mode, where a session may not be told to be read-only.
func newPool(ctx context.Context, cfg Config, readOnly bool) (*pgxpool.Pool, error) {
	pc, err := pgxpool.ParseConfig(cfg.Postgres)
	if err != nil {
		return nil, &Problem{Kind: ErrUnreachable, Where: "the PostgreSQL database", Cause: err}
	}
	pc.MaxConns = 16
	if cfg.Conns > 0 {
		pc.MaxConns = int32(cfg.Conns)
	}
	if !strings.Contains(cfg.Postgres, "default_query_exec_mode") {
		pc.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
		if readOnly {
			pc.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("store: open PostgreSQL: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, postgresProblem(cfg.Postgres, err)
	}
	return pool, nil
}

// postgresProblem tells what a person can mend, and never shows a password.
func postgresProblem(raw string, err error) error {
	where := postgresName(raw)
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch pe.Code {
		case "28000", "28P01", "42501": // invalid authorization, wrong password, insufficient privilege
			return &Problem{Kind: ErrNoRights, Where: where, Cause: err}
		}
	}
	return &Problem{Kind: ErrUnreachable, Where: where, Cause: err}
}

// postgresName names a database without user and password.
func postgresName(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.Scheme != "" { // else the password may stand anywhere in it
		return "the PostgreSQL database " + u.Host + u.Path
	}
	return "the PostgreSQL database"
}

// Listen calls f with the payload of each notification on channel, and once
// with "" after each (re)connection, since notifications sent meanwhile are
// lost. It returns when ctx is done. On SQLite there is nothing to hear: it
// waits for ctx.
func (db *DB) Listen(ctx context.Context, channel string, f func(payload string)) error {
	if !db.Postgres() {
		<-ctx.Done()
		return ctx.Err()
	}
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		heard, err := db.listen(ctx, channel, f)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if heard {
			wait = 50 * time.Millisecond
		}
		_ = err // reconnecting is the answer to all of them
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

func (db *DB) listen(ctx context.Context, channel string, f func(payload string)) (heard bool, err error) {
	conn, err := pgx.Connect(ctx, db.cfg.Postgres)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return false, err
	}
	f("")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return true, err
		}
		f(n.Payload)
	}
}
