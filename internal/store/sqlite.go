package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// File is the name of SQLite's file in the data folder.
const File = "cordee.db"

// sqliteFile is the path of the database in dir, made with rights for its
// owner alone when it isn't there yet.
func sqliteFile(dir string) (string, error) {
	path := filepath.Join(dir, File)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		if errors.Is(err, fs.ErrPermission) {
			return "", &Problem{Kind: ErrNoRights, Where: dir, Cause: err}
		}
		return "", &Problem{Kind: ErrNoFolder, Where: dir, Cause: err}
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator's own folder
	if err != nil {
		return "", fileProblem(path, err)
	}
	return path, f.Close()
}

func fileProblem(path string, err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return &Problem{Kind: ErrNoRights, Where: path, Cause: err}
	}
	if errors.Is(err, syscall.EISDIR) {
		return &Problem{Kind: ErrNotDatabase, Where: path, Cause: err}
	}
	return fmt.Errorf("store: open %s: %w", path, err)
}

func writerDSN(path string, volatile bool) string {
	sync := "synchronous(FULL)"
	if volatile {
		sync = "synchronous(OFF)"
	}
	return dsn(path, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", sync, "foreign_keys(ON)", "secure_delete(ON)", "temp_store(MEMORY)"},
	})
}

func readerDSN(path string) string {
	return dsn(path, url.Values{
		"mode":    {"ro"},
		"_pragma": {"busy_timeout(5000)", "query_only(ON)", "temp_store(MEMORY)"},
	})
}

func dsn(path string, q url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// sqliteProblem tells what a person can mend from SQLite's own codes.
func sqliteProblem(path string, err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			return &Problem{Kind: ErrNotDatabase, Where: path, Cause: err}
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
			return &Problem{Kind: ErrNoRights, Where: path, Cause: err}
		case sqlite3.SQLITE_BUSY:
			return &Problem{Kind: ErrServed, Where: path, Cause: err}
		}
	}
	return err
}

// Truncate folds SQLite's write-ahead log into the file and empties it, so that
// erased words are gone from the disk. Nothing to do on PostgreSQL.
func (db *DB) Truncate(ctx context.Context) error {
	if db.Postgres() {
		return nil
	}
	_, err := db.Write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}
