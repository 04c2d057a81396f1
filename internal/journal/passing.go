package journal

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errCommit marks an error that came at COMMIT, which may have happened.
var errCommit = errors.New("journal: commit")

// passing tells a failure that a rerun may well get over, and that has left
// nothing behind: another transaction was in the way, or the connection broke
// before COMMIT.
func passing(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "40001", "40P01", "55P03", // serialization, deadlock, lock not available
			"57P01", "57P02", "57P03": // the server goes down, crashed, or starts
			return true
		}
		return len(pg.Code) == 5 && pg.Code[:2] == "08" // the connection's own errors
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code() & 0xff
		return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
	}
	var dial *pgconn.ConnectError
	var network *net.OpError
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &dial) || errors.As(err, &network)
}
