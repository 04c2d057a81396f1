package main

import (
	"errors"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestWhatIsNoSetting(t *testing.T) {
	t.Parallel()
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tt := range map[string]struct {
		env, args, words []string
	}{
		"a variable":           {[]string{"CORDEE_DATTA=x"}, nil, []string{"CORDEE_DATTA", "CORDEE_DATA"}},
		"a flag":               {nil, []string{"--datta", "x"}, []string{"--datta", "--data"}},
		"a flag of a command":  {nil, []string{"doctor", "--mend"}, []string{"--mend"}},
		"a command":            {nil, []string{"sreve"}, []string{"sreve"}},
		"a key of the file":    {nil, []string{"--config", file("a.toml", "datta = 'x'\n")}, []string{"datta", "a.toml", "listen"}},
		"a file of something":  {nil, []string{"--config=" + file("b.toml", "data = 'x'\nlisten\n")}, []string{"b.toml", "line 2"}},
		"a file that isn't":    {[]string{"CORDEE_CONFIG=/none/c.toml"}, nil, []string{"/none/c.toml"}},
		"a choice":             {nil, []string{"--log-format", "xml"}, []string{"log-format", "json"}},
		"an address to listen": {nil, []string{"--listen", "8420"}, []string{"8420", "HOST:PORT"}},
		"an address for links": {nil, []string{"--url", "cordee.example.org"}, []string{"cordee.example.org", "https://"}},
		"a path in it":         {nil, []string{"--url", "https://example.org/cordee"}, []string{"path"}},
		"links in the clear":   {nil, []string{"--url", "http://example.org"}, []string{"https"}},
		"a proxy":              {nil, []string{"--trusted-proxy", "10.0.0.1"}, []string{"10.0.0.1", "CIDR"}},
		"no PostgreSQL":        {nil, []string{"--postgres", "postgres://me:secret@localhost:1/cordee"}, []string{"localhost:1/cordee", "can't be reached"}},
		"no URL of PostgreSQL": {nil, []string{"--postgres", "postgres://%zz:secret@"}, []string{"PostgreSQL"}},
		"demo, no PostgreSQL":  {nil, []string{"demo", "--postgres", "postgres://me:secret@localhost:1/cordee"}, []string{"can't be reached"}},
		"a port that isn't":    {nil, []string{"--listen", "localhost:99999"}, []string{"localhost:99999"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, tt.env, tt.args, tt.words...)
			if got := ended(t, tt.env, tt.args...); strings.Contains(got.err, "secret") {
				t.Errorf("a password is shown: %s", got.err)
			}
		})
	}
}

func TestPlacesThatAreTaken(t *testing.T) {
	t.Parallel()
	t.Run("the port", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		refused(t, nil, []string{"serve", "--listen", l.Addr().String()}, l.Addr().String(), "--listen")
		refused(t, nil, []string{"demo", "--listen", l.Addr().String()}, l.Addr().String(), "--listen")
	})
	t.Run("the folder is a file", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "data")
		if err := os.WriteFile(file, []byte("a letter"), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, nil, []string{"--data", file}, file)
		refused(t, nil, []string{"--data", filepath.Join(file, "within")}, file)
	})
	t.Run("the folder without rights", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		if os.Getuid() == 0 { // who may write anywhere: be nobody
			asNobody(t)
			return
		}
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		refused(t, nil, []string{"--data", dir}, dir)
	})
	t.Run("the folder is served", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		p, _ := served(t, "--data", dir)
		refused(t, nil, []string{"serve", "--listen", "localhost:0", "--data", dir}, dir, "already served")
		if code := p.stop(t, syscall.SIGINT); code != 0 {
			t.Errorf("exit %d: %s", code, p.log())
		}
	})
}

// asNobody runs the program as a user who may write nowhere near root's folders.
func asNobody(t *testing.T) {
	t.Helper()
	who, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("root may write anywhere, and there is nobody")
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "cordee-test-") //nolint:usetesting // one that others may enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "cordee"), program, 0o755), os.Mkdir(filepath.Join(dir, "data"), 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{filepath.Join(dir, "data"), filepath.Join(dir, "none")} {
		cmd := command(t, nil, "--data", data)
		cmd.Path, cmd.Dir = filepath.Join(dir, "cordee"), dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
		if got := finished(t, cmd); got.code == 0 || strings.Count(got.err, "\n") != 1 || !strings.Contains(got.err, data) {
			t.Errorf("%+v", got)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if got := ended(t, nil, "version"); got.code != 0 || !strings.HasPrefix(got.out, "cordee ") || strings.Count(got.out, "\n") != 1 || got.err != "" {
		t.Errorf("%+v", got)
	}
}

// TestHelp tells every setting and every command, however it is asked.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"help"}, {"--help"}, {"serve", "--help"}, {"help", "demo"}} {
		got := ended(t, nil, args...)
		if got.code != 0 || got.err != "" {
			t.Errorf("%v: %+v", args, got)
		}
		for field := range reflect.TypeFor[settings]().Fields() {
			if env := field.Tag.Get("env"); env == "" || !strings.Contains(got.out, "$"+env) {
				t.Errorf("%v doesn't tell %s", args, field.Name)
			}
		}
		for _, flag := range []string{"--config", "--data", "--listen", "--url", "--postgres", "--trusted-proxy", "--log-format"} {
			if !strings.Contains(got.out, flag) {
				t.Errorf("%v doesn't tell %s", args, flag)
			}
		}
	}
	all := ended(t, nil, "help").out
	for field := range reflect.TypeFor[commandLine]().Fields() {
		name := field.Tag.Get("name")
		if name == "" {
			name = strings.ToLower(field.Name)
		}
		if _, ok := field.Tag.Lookup("cmd"); ok && !strings.Contains(all, "\n  "+name) {
			t.Errorf("help doesn't tell %s", name)
		}
	}
}

// TestServe: the first URL printed is the one to open, alone at the end of its
// line: the set-up link, whose page needs no cookie; once it was used, where to
// sign in.
func TestServe(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cordée data") // made by itself
	p := start(t, command(t, []string{"CORDEE_DATA=" + dir}, "--listen=localhost:0"))
	line := p.line(t, "http")
	first := link.FindString(line)
	if !alone(line) || !strings.Contains(first, "/set-up/") {
		t.Errorf("%q", line)
	}
	if mails := p.line(t, "http"); !alone(mails) {
		t.Errorf("%q", mails)
	}
	v, circle := founded(t, first)
	if !strings.HasPrefix(circle, "/circles/") {
		t.Errorf("founding leads to %s", circle)
	}
	base, _, _ := strings.Cut(first, "/set-up/")
	if got, err := v.get(t.Context(), base+circle); err != nil || got.status != http.StatusOK {
		t.Errorf("the circle: %d, %v", got.status, err)
	}
	if code := p.stop(t, syscall.SIGTERM); code != 0 {
		t.Errorf("exit %d: %s", code, p.log())
	}
	p = start(t, command(t, nil, "--listen=localhost:0", "--data", dir))
	if line := p.line(t, "http"); !alone(line) || !strings.HasSuffix(line, "/sign-in") {
		t.Errorf("%q", line)
	}
	if code := p.stop(t, syscall.SIGINT); code != 0 {
		t.Errorf("exit %d: %s", code, p.log())
	}
}
