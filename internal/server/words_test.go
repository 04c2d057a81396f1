package server_test

import (
	"testing"
	"time"

	"cordee/internal/lang"
	"cordee/internal/refusal"
	"cordee/internal/server"
)

// Whatever this room may say has words in three languages.
func TestWords(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, k := range server.Acts() {
		keys = append(keys, "act."+k.Name)
	}
	for _, f := range server.AllFoundings() {
		keys = append(keys, "server.founding."+string(f))
	}
	for _, s := range server.AllSecurities() {
		keys = append(keys, "server.security."+string(s))
	}
	for _, r := range []*refusal.Refusal{
		server.ErrSetUpUsed(), server.ErrSetUpWrong(), server.ErrLastOperator(), server.ErrStale(1), server.ErrFoundingClosed(),
	} {
		keys = append(keys, "refusal."+r.Code)
	}
	for _, code := range []string{
		"choice", "name_too_long", "mail_host", "mail_port", "mail_user", "mail_from", "mail_password", "mail_password_again",
	} {
		keys = append(keys, "refusal.server."+code)
	}
	for _, tag := range lang.All() {
		p := lang.For(tag, time.UTC, time.Time{})
		for _, key := range keys {
			if !p.Has(key) {
				t.Errorf("%s: no words for %s", tag, key)
			}
		}
	}
}
