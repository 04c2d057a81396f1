package person_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/refusal"
)

// Whatever this room may say has words in three languages.
func TestWords(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, k := range person.Acts() {
		keys = append(keys, "act."+k.Name)
	}
	for _, m := range person.AllMeans() {
		keys = append(keys, "person.means."+string(m))
	}
	for _, p := range person.AllPresences() {
		keys = append(keys, "person.presence."+string(p))
	}
	for _, f := range person.AllFields() {
		keys = append(keys, "person."+string(f))
	}
	for _, c := range []person.Claim{person.Waiting, person.Verified} {
		keys = append(keys, "person.claim."+string(c))
	}
	for _, r := range []*refusal.Refusal{
		person.ErrAddress(), person.ErrAddressTaken(), person.ErrAddressWaits(), person.ErrAddressLast(),
		person.ErrTooManyAddresses(), person.ErrStale(1, nil), person.ErrNotStaged(), person.ErrNotActive(),
	} {
		keys = append(keys, "refusal."+r.Code)
	}
	for _, code := range []string{"name_missing", "too_long", "too_many", "choice", "day", "zone", "language"} {
		keys = append(keys, "refusal.person."+code)
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

func TestSplitThings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                               {},
		"devis":                          {"devis"},
		"devis, relire; l’espagnol":      {"devis", " relire", " l’espagnol"},
		"devis, factures\r\nrelire\n\n ": {"devis, factures", "relire"},
	} {
		if d := cmp.Diff(want, person.SplitThings(text)); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
}
