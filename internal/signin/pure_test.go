package signin

import (
	"bytes"
	"encoding/base64"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestDevices(t *testing.T) {
	t.Parallel()
	for ua, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0":                                                                     "Firefox · Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0":              "Edge · Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36":                            "Chrome · Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                      "Safari · macOS",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1":    "Safari · iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/130.0 Mobile/15E148 Safari/604.1":     "Firefox · iPhone",
		"Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36": "Samsung Internet · Android",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/150.0.0.0 Safari/537.36":                              "Chrome · Linux",
		"curl/8.14.1": "curl",
		"Linux":       "Linux",
		"<script>":    "",
		"":            "",
	} {
		if got := Device(ua); got != want {
			t.Errorf("Device(%.60q) = %q, want %q", ua, got, want)
		}
	}
	if got := Device(strings.Repeat("x", 2000) + "Firefox/1"); got != "" {
		t.Errorf("read %q at the end of a long one", got)
	}
}

func TestNetworks(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"192.0.2.77":           "192.0.2.0/24",
		"::ffff:192.0.2.77":    "192.0.2.0/24",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"fe80::1%eth0":         "fe80::/64",
		"127.0.0.1":            "",
		"::1":                  "",
		"0.0.0.0":              "",
		"":                     "",
	} {
		addr, _ := netip.ParseAddr(from)
		network, ok := networkOf(addr)
		if got := network.String(); ok && got != want || ok != (want != "") {
			t.Errorf("networkOf(%s) = %s, %v, want %q", from, got, ok, want)
		}
	}
}

// The states of a link and of a session, at their edges.
func TestEdges(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	l := Link{MadeAt: at, Expires: at.Add(time.Hour)}
	for _, c := range []struct {
		after time.Duration
		used  bool
		want  State
	}{{0, false, Open}, {time.Hour - 1, false, Open}, {time.Hour, false, Expired}, {0, true, Used}, {48 * time.Hour, true, Used}} {
		l.UsedAt = time.Time{}
		if c.used {
			l.UsedAt = at
		}
		if got := l.State(at.Add(c.after)); got != c.want {
			t.Errorf("after %v, used %v: %s, want %s", c.after, c.used, got, c.want)
		}
	}
	for _, c := range []struct {
		seen, after time.Duration
		want        bool
	}{
		{0, 0, true},
		{0, IdleLife - 1, true},
		{0, IdleLife, false},
		{IdleLife, 2*IdleLife - 1, true},
		{SessionLife - 1, SessionLife - 1, true},
		{SessionLife - 1, SessionLife, false},
	} {
		s := Session{MadeAt: at, SeenAt: at.Add(c.seen)}
		if got := s.Alive(at.Add(c.after)); got != c.want {
			t.Errorf("seen after %v, asked after %v: %v", c.seen, c.after, got)
		}
		s.EndedAt = at
		if s.Alive(at.Add(c.after)) {
			t.Error("an ended session is alive")
		}
	}
}

func FuzzCookie(f *testing.F) {
	cookie, _, err := newSecret(bytes.NewReader(bytes.Repeat([]byte{0xfb}, secretSize)))
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{cookie, cookie + "=", cookie[:42], "", strings.ToUpper(cookie), cookie + cookie} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		hash, ok := readCookie(s)
		if !ok {
			return
		}
		secret, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil || len(secret) != secretSize || len(hash) != 32 || bytes.Contains(hash, secret) {
			t.Fatalf("took %q", s)
		}
		// One session has one spelling: "\n" inside and loose last bits are no cookie.
		if again := base64.RawURLEncoding.EncodeToString(secret); again != s {
			t.Fatalf("took %q for %q", s, again)
		}
	})
}
