package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestRightsAreToldApart asks the translation itself: root may write anywhere.
func TestRightsAreToldApart(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ err, want error }{
		"a file of somebody else": {fileProblem("x", &fs.PathError{Err: syscall.EACCES}), ErrNoRights},
		"a read-only disk":        {fileProblem("x", &fs.PathError{Err: syscall.EROFS}), ErrNoRights},
		"a wrong password":        {postgresProblem("postgres://a:b@c/d", &pgconn.PgError{Code: "28P01"}), ErrNoRights},
		"no rights on the schema": {postgresProblem("postgres://a:b@c/d", &pgconn.PgError{Code: "42501"}), ErrNoRights},
	} {
		if !errors.Is(tt.err, tt.want) {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
	if err := fileProblem("x", os.ErrClosed); errors.As(err, new(*Problem)) {
		t.Errorf("a fault of ours is called the person's: %v", err)
	}
	if _, err := sqliteFile(filepath.Join(t.TempDir(), "none")); !errors.Is(err, ErrNoFolder) {
		t.Errorf("got %v", err)
	}
}
