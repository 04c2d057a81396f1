package server_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/refusal"
	"cordee/internal/seal"
	"cordee/internal/server"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

type house struct {
	*persontest.House

	server *server.Room
	first  id.Person // claims the server
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { f(t, open(t, db)) })
}

func open(t *testing.T, db *store.DB) *house {
	t.Helper()
	keys, err := seal.Open(t.TempDir(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	h := persontest.Open(t, db, server.Acts())
	room := server.New(server.Config{Journal: h.Journal, DB: db, Keys: keys})
	return &house{House: h, server: room, first: persontest.New(t, h, "Inès").ID}
}

func (h *house) token(t *testing.T) string {
	t.Helper()
	token, err := h.server.SetUpToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (h *house) claim(t *testing.T, token string, who id.Person) error {
	t.Helper()
	_, err := h.Journal.Do(t.Context(), persontest.Outside(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		return h.server.Claim(ctx, tx, token, who)
	})
	return err
}

// claimed is a house whose first person is its operator.
func claimed(t *testing.T, h *house) *house {
	t.Helper()
	if err := h.claim(t, h.token(t), h.first); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) get(t *testing.T) server.Server {
	t.Helper()
	s, err := h.server.Get(t.Context(), h.DB.Read)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSetUp(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		if needs, err := h.server.NeedsSetUp(t.Context()); !needs || err != nil {
			t.Errorf("on empty data: %v, %v", needs, err)
		}
		token := h.token(t)
		if again := h.token(t); token == "" || again != token {
			t.Errorf("another start, another link: %q, %q", token, again)
		}
		for range 2 {
			if err := h.server.CheckSetUp(t.Context(), token); err != nil {
				t.Error(err)
			}
		}
		for _, forged := range []string{"", "x", strings.Repeat("a", len(token)), token[1:] + token[:1]} {
			if err := h.server.CheckSetUp(t.Context(), forged); !errors.Is(err, server.ErrSetUpWrong()) {
				t.Errorf("%q: %v", forged, err)
			}
			if err := h.claim(t, forged, h.first); !errors.Is(err, server.ErrSetUpWrong()) {
				t.Errorf("claimed by %q: %v", forged, err)
			}
		}
		if err := h.claim(t, token, h.first); err != nil {
			t.Fatal(err)
		}
		if err := h.claim(t, token, persontest.New(t, h.House, "Ana").ID); !errors.Is(err, server.ErrSetUpUsed()) {
			t.Errorf("claimed twice: %v", err)
		}
		if err := h.server.CheckSetUp(t.Context(), token); !errors.Is(err, server.ErrSetUpUsed()) {
			t.Errorf("a used link: %v", err)
		}
		s := h.get(t)
		if needs, err := h.server.NeedsSetUp(t.Context()); needs || err != nil || !s.Claimed() || !s.ClaimedAt.Equal(h.Clock.Now()) {
			t.Errorf("after set-up: %v, %v, %+v", needs, err, s)
		}
		if h.token(t) != "" {
			t.Error("a claimed server prints a set-up link")
		}
		acts, err := h.Journal.Since(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, a := range acts {
			if a.Ref.Kind == server.Object {
				kinds = append(kinds, a.Kind)
			}
		}
		if d := cmp.Diff([]string{server.ActOpened, server.ActClaimed}, kinds); d != "" {
			t.Error(d)
		}
	})
}

func TestTwoClaimAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		tokens := make([]string, 4)
		var wg sync.WaitGroup
		for i := range tokens { // four processes start on empty data
			wg.Go(func() { tokens[i] = h.token(t) })
		}
		wg.Wait()
		errs := make([]error, len(tokens))
		for i, token := range tokens {
			if token != tokens[0] {
				t.Fatal("two set-up links")
			}
			wg.Go(func() { errs[i] = h.claim(t, token, id.Person{6: 0x70, 15: byte(i)}) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, server.ErrSetUpUsed()) {
				t.Error(err)
			}
		}
		all, err := h.server.Operators(t.Context(), h.DB.Read)
		if won != 1 || len(all) != 1 || err != nil {
			t.Errorf("%d won, operators %v, %v", won, all, err)
		}
	})
}

func TestOperators(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		claimed(t, h)
		ana := persontest.New(t, h.House, "Ana").ID
		as, key := persontest.As(h.first), journal.Key{}
		if err := h.server.AddOperator(t.Context(), persontest.As(ana), key, ana); !errors.Is(err, refusal.ErrNotFound()) {
			t.Errorf("by herself: %v", err)
		}
		if err := h.server.RemoveOperator(t.Context(), as, key, h.first); !errors.Is(err, server.ErrLastOperator()) {
			t.Errorf("the last one: %v", err)
		}
		for range 2 {
			if err := h.server.AddOperator(t.Context(), as, key, ana); err != nil {
				t.Fatal(err)
			}
		}
		var errs [2]error
		var wg sync.WaitGroup
		for i, who := range []id.Person{h.first, ana} { // each takes the other's hands off
			wg.Go(func() { errs[i] = h.server.RemoveOperator(t.Context(), persontest.As(who), key, who) })
		}
		wg.Wait()
		all, err := h.server.Operators(t.Context(), h.DB.Read)
		if len(all) != 1 || err != nil {
			t.Errorf("%v keep the server, %v, %v", all, err, errs)
		}
		if ok, err := h.server.Operator(t.Context(), h.DB.Read, id.Person{}); ok || err != nil {
			t.Errorf("nobody is an operator: %v, %v", ok, err)
		}
		if err := h.server.AddOperator(t.Context(), persontest.Outside(), key, ana); err != nil {
			t.Errorf("from the terminal: %v", err)
		}
	})
}

func TestWhoMayFound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		claimed(t, h)
		ana := persontest.New(t, h.House, "Ana").ID
		for _, c := range []struct {
			choice                          server.Founding
			stranger, member, host, keeping bool
		}{
			{server.Nobody, false, false, false, true},
			{server.Hosts, false, false, true, true},
			{server.Everybody, false, true, true, true},
		} {
			s := h.get(t)
			edit := server.Edit{Name: "Planète", Founding: c.choice}
			if err := h.server.Edit(t.Context(), persontest.As(h.first), journal.Key{}, s.Version, edit); err != nil {
				t.Fatal(err)
			}
			may := func(who id.Person, host bool) bool {
				t.Helper()
				ok, err := h.server.MayFound(t.Context(), h.DB.Read, who, host)
				if err != nil {
					t.Fatal(err)
				}
				return ok
			}
			if may(id.Person{}, false) != c.stranger || may(ana, false) != c.member || may(ana, true) != c.host || may(h.first, false) != c.keeping {
				t.Errorf("%s: the wrong ones may", c.choice)
			}
		}
	})
}

func TestEditing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		claimed(t, h)
		s := h.get(t)
		as := persontest.As(h.first)
		edit := func(version int64, e server.Edit) error {
			return h.server.Edit(t.Context(), as, journal.Key{}, version, e)
		}
		if err := edit(s.Version, server.Edit{Name: " Planète\u202e  Métiers ", Founding: server.Hosts}); err != nil {
			t.Fatal(err)
		}
		now := h.get(t)
		if now.Name != "Planète Métiers" || now.Version != s.Version+1 {
			t.Errorf("kept %+v", now)
		}
		if err := edit(s.Version, server.Edit{Name: "Autre", Founding: server.Hosts}); !errors.Is(err, server.ErrStale(0)) {
			t.Errorf("stale: %v", err)
		}
		for code, e := range map[string]server.Edit{
			"server.name_too_long": {Name: strings.Repeat("é", 81), Founding: server.Hosts},
			"server.choice":        {Founding: "some"},
		} {
			if r, _ := refusal.As(edit(now.Version, e)); r == nil || r.Code != code {
				t.Errorf("want %s, got %v", code, r)
			}
		}
	})
}

func TestMail(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		claimed(t, h)
		as := persontest.As(h.first)
		save := func(m server.MailSettings) error {
			return h.server.SaveMail(t.Context(), as, journal.Key{}, m)
		}
		get := func() server.MailSettings {
			t.Helper()
			m, err := h.server.Mail(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		if m := get(); m.On() || m.Security != server.StartTLS {
			t.Errorf("on empty data: %+v", m)
		}
		m := server.MailSettings{Host: " SMTP.Exämple.org ", Security: server.TLS, Username: "cordee", Password: "s3cret «é»", From: "Cordée <cordee@example.org>"}
		if err := save(m); err != nil {
			t.Fatal(err)
		}
		want := server.MailSettings{
			Version: 1, Host: "smtp.xn--exmple-cua.org", Port: 465, Security: server.TLS, Username: "cordee",
			Password: "s3cret «é»", From: "cordee@example.org",
		}
		if d := cmp.Diff(want, get()); d != "" {
			t.Error(d)
		}
		var stored []byte
		if err := h.DB.Read.NewSelect().Table("server_mail").Column("password").Scan(t.Context(), &stored); err != nil || strings.Contains(string(stored), "s3cret") {
			t.Errorf("the password lies open: %q, %v", stored, err)
		}
		if err := save(m); !errors.Is(err, server.ErrStale(0)) {
			t.Errorf("stale: %v", err)
		}
		if err := h.server.MailTested(t.Context(), 1); err != nil || get().TestedAt != h.Clock.Now() {
			t.Errorf("tested: %v", err)
		}
		// The form leaves the password empty: kept, but not for another host or user.
		m.Version, m.Password, m.Port, m.Security = 1, "", 587, server.StartTLS
		if err := save(m); err != nil {
			t.Fatal(err)
		}
		if got := get(); got.Password != "s3cret «é»" || got.Port != 587 || !got.TestedAt.IsZero() {
			t.Errorf("kept %+v", got)
		}
		m.Version, m.Host = 2, "smtp.elsewhere.org"
		if r, _ := refusal.As(save(m)); r == nil || r.Code != "server.mail_password_again" {
			t.Errorf("the password goes elsewhere: %v", r)
		}
		if err := h.server.SaveMail(t.Context(), persontest.As(id.Person{9}), journal.Key{}, m); !errors.Is(err, refusal.ErrNotFound()) {
			t.Errorf("by a stranger: %v", err)
		}
		if err := save(server.MailSettings{Version: 2}); err != nil || get().On() || get().Password != "" {
			t.Errorf("turned off: %+v, %v", get(), err)
		}
	})
}

func TestWhatMailRefuses(t *testing.T) {
	t.Parallel()
	h := claimed(t, open(t, storetest.SQLite(t)))
	good := server.MailSettings{Host: "smtp.example.org", Port: 587, Security: server.StartTLS, From: "cordee@example.org"}
	for _, c := range []struct {
		code, field string
		change      func(*server.MailSettings)
	}{
		{"server.mail_host", "host", func(m *server.MailSettings) { m.Host = "smtp.example.org:587" }},
		{"server.mail_host", "host", func(m *server.MailSettings) { m.Host = "https://example.org/" }},
		{"server.mail_host", "host", func(m *server.MailSettings) { m.Host = "two words" }},
		{"server.mail_port", "port", func(m *server.MailSettings) { m.Port = 70000 }},
		{"server.mail_port", "port", func(m *server.MailSettings) { m.Port = -1 }},
		{"server.choice", "security", func(m *server.MailSettings) { m.Security = "ssl" }},
		{"server.mail_user", "username", func(m *server.MailSettings) { m.Username = "a\x00b" }},
		{"server.mail_password", "password", func(m *server.MailSettings) { m.Password = strings.Repeat("x", 2000) }},
		{"server.mail_from", "from", func(m *server.MailSettings) { m.From = "nobody" }},
		{"server.mail_from", "from", func(m *server.MailSettings) { m.From = "" }},
	} {
		m := good
		c.change(&m)
		r, _ := refusal.As(h.server.SaveMail(t.Context(), persontest.As(h.first), journal.Key{}, m))
		if r == nil || r.Code != c.code || r.Field != c.field {
			t.Errorf("%+v: got %v, want %s on %s", m, r, c.code, c.field)
		}
	}
	for _, host := range []string{"127.0.0.1", "[::1]", "localhost"} {
		m := good
		m.Host = host
		was, err := h.server.Mail(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		m.Version = was.Version
		if err := h.server.SaveMail(t.Context(), persontest.As(h.first), journal.Key{}, m); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}
