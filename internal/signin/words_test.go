package signin_test

import (
	"testing"
	"time"

	"cordee/internal/lang"
	"cordee/internal/refusal"
	"cordee/internal/signin"
)

// Whatever this room may say has words in three languages.
func TestWords(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, k := range signin.Acts() {
		keys = append(keys, "act."+k.Name)
	}
	for _, r := range []*refusal.Refusal{
		signin.ErrSignIn(), signin.ErrLinkWrong(), signin.ErrLinkUsed(), signin.ErrLinkExpired(), signin.ErrTooMany(time.Time{}),
	} {
		keys = append(keys, "refusal."+r.Code)
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
