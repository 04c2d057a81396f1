package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// settings of the server that we start: nothing on it outlives a test.
const settings = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off " +
	"-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=256MB -c max_connections=400 -c jit=off " +
	"-c shared_buffers=64MB -c unix_socket_permissions=0700"

// server is the URL of a PostgreSQL server for tests; its database is "postgres"
// unless CORDEE_TEST_POSTGRES says otherwise.
func server(ctx context.Context) (string, error) {
	if given := os.Getenv("CORDEE_TEST_POSTGRES"); given != "" {
		return given, nil
	}
	home := filepath.Join(ground(), fmt.Sprintf("cordee-test-postgres-%d", os.Getuid()))
	if err := os.MkdirAll(home, 0o755); err != nil {
		return "", err
	}
	lock, err := os.OpenFile(filepath.Join(home, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	where := (&url.URL{Scheme: "postgres", User: url.User("cordee"), Path: "/postgres", RawQuery: url.Values{"host": {home}}.Encode()}).String()
	if answers(ctx, where) {
		return where, nil
	}
	return where, start(ctx, home)
}

func answers(ctx context.Context, where string) bool {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, where)
	if err != nil {
		return false
	}
	return conn.Close(ctx) == nil
}

// start makes the cluster if there is none yet, and starts it. The server goes
// on when this process ends.
func start(ctx context.Context, home string) error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	as, err := owner()
	if err != nil {
		return err
	}
	if as != nil {
		if err := os.Chown(home, int(as.Uid), int(as.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(home, "data")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); errors.Is(err, os.ErrNotExist) {
		fresh := filepath.Join(home, "fresh") // renamed when whole
		if err := os.RemoveAll(fresh); err != nil {
			return err
		}
		err := run(ctx, as, home, filepath.Join(bin, "initdb"), "-D", fresh, "-U", "cordee", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
		if err != nil {
			return err
		}
		if err := os.Rename(fresh, data); err != nil {
			return err
		}
	}
	return run(ctx, as, home, filepath.Join(bin, "pg_ctl"), "-D", data, "-l", filepath.Join(home, "log"), "-w", "-t", "60",
		"-o", settings+" -k "+home, "start")
}

// run runs one of PostgreSQL's programs. Its output goes to a file, since a
// server that held our pipe would keep the test from ending.
func run(ctx context.Context, as *syscall.Credential, home, program string, args ...string) error {
	out, err := os.CreateTemp("", "cordee-postgres-")
	if err != nil {
		return err
	}
	defer func() {
		_ = out.Close()
		_ = os.Remove(out.Name())
	}()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = home
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: as}
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w\n%s", filepath.Base(program), err, bytes.TrimSpace(said))
	}
	return nil
}

// binaries is the folder of PostgreSQL's programs, of the newest version.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		version := func(path string) int {
			n, _ := strconv.Atoi(strings.Split(path, "/")[4])
			return n
		}
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("the tests need PostgreSQL: install it (Debian: apt-get install postgresql; others: initdb in PATH), or set CORDEE_TEST_POSTGRES to the URL of a role that may CREATE DATABASE")
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return filepath.Dir(path), nil
}

// owner is whom the server runs as when we are root, which PostgreSQL refuses.
func owner() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil //nolint:nilnil // as ourselves
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL doesn't run as root, and there is neither a user postgres nor nobody")
}
