package main

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"cordee/internal/store/storetest"
)

var door = regexp.MustCompile(`^(\S[^()]*) \(([^()]+)\): (http://localhost:\d+/sign-in/\S+)$`)

func TestDemo(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"sqlite":   nil,
		"postgres": {"--postgres", storetest.Empty(t)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, nil, append([]string{"demo", "--listen", "localhost:0"}, args...)...)
			p := start(t, cmd)
			for _, want := range []struct{ name, circles string }{
				{"Solène Le Goff", "Atelier Ouest, Planète Métiers"},
				{"Tomás Ibarra", "Planète Métiers, Taller de Datos"},
				{"Inès Abadie", "Planète Métiers"},
			} {
				line := p.line(t, "http") // the very next URL
				m := door.FindStringSubmatch(line)
				if m == nil || m[1] != want.name || m[2] != want.circles {
					t.Fatalf("want %s (%s), got %q", want.name, want.circles, line)
				}
				lookAround(t, m[3], want.name)
			}
			if mails := p.line(t, "http"); !alone(mails) {
				t.Errorf("%q", mails)
			}
			if name == "postgres" {
				refused(t, nil, append([]string{"demo", "--listen", "localhost:0"}, args...), "isn't empty")
			}
			if code := p.stop(t, syscall.SIGINT); code != 0 {
				t.Errorf("exit %d: %s", code, p.log())
			}
			if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) != 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// lookAround signs in by a link, whose page's first form is its one button.
func lookAround(t *testing.T, where, name string) {
	t.Helper()
	v := newVisitor()
	shown, err := v.get(t.Context(), where)
	if err != nil || shown.status != http.StatusOK || v.cookie != nil {
		t.Fatalf("%d, %v, cookie %v", shown.status, err, v.cookie)
	}
	if first := forms.FindString(shown.body); len(button.FindAllString(first, -1)) != 1 || !strings.Contains(shown.body, name) {
		t.Errorf("the first form isn't one button: %s", first)
	}
	if got := v.send(t, where, url.Values{}); got.status != http.StatusSeeOther || v.cookie == nil {
		t.Fatalf("signing in: %d %s", got.status, got.body)
	}
	base, _, _ := strings.Cut(where, "/sign-in/")
	if got, err := v.get(t.Context(), base+"/"); err != nil || got.status != http.StatusOK {
		t.Errorf("today: %d, %v", got.status, err)
	}
}

// TestDemoToldToStop: Ctrl-C in the middle of the play ends it like any other.
func TestDemoToldToStop(t *testing.T) {
	t.Parallel()
	cmd := command(t, nil, "demo", "--listen", "localhost:0")
	p := start(t, cmd)
	p.line(t, "living")
	if code := p.stop(t, syscall.SIGINT); code != 0 {
		t.Errorf("exit %d: %s", code, p.log())
	}
	if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
