package circle

import (
	"slices"
	"strconv"
	"strings"

	"cordee/internal/search"
)

const (
	minSlug = 3
	maxSlug = 40
)

// reserved are the words that URLs and mail addresses need for themselves.
func reserved() []string {
	return []string{
		"abuse", "account", "admin", "administrator", "all", "api", "archive", "archives", "assets", "circle", "circles", "cordee",
		"dav", "demo", "digest", "edit", "everybody", "everyone", "health", "help", "hosts", "hostmaster", "import", "info",
		"invitation", "invitations", "letters", "list", "lists", "login", "mail", "mailer-daemon", "me", "mirror", "new",
		"news", "noreply", "no-reply", "operator", "owner", "people", "person", "postmaster", "root", "search", "security",
		"settings", "setup", "sign-in", "signin", "static", "support", "system", "test", "today", "unsubscribe", "webmaster", "well-known", "www",
	}
}

// fold makes the signs of a slug out of any text: "L’Été à Ré" is "l-ete-a-re".
func fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range search.Fold(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
			continue
		}
		gap = true
	}
	return b.String()
}

// ParseSlug makes a slug of what a host typed, or says why not.
func ParseSlug(s string) (string, error) {
	slug := fold(s)
	switch {
	case len(slug) < minSlug || len(slug) > maxSlug:
		return "", errSlug()
	case slices.Contains(reserved(), slug):
		return "", errSlugReserved(slug)
	}
	return slug, nil
}

// suggestions are slugs for a name, the likeliest first, when nobody chose one.
func suggestions(name string) []string {
	base := cutSlug(fold(name), maxSlug-4)
	if len(base) < minSlug || slices.Contains(reserved(), base) {
		base = strings.Trim("cercle-"+base, "-")
	}
	all := []string{base}
	for n := 2; n < 100; n++ {
		all = append(all, base+"-"+strconv.Itoa(n))
	}
	return all
}

// cutSlug shortens a slug at the end of a word where one ends late enough.
func cutSlug(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	s = s[:limit]
	if i := strings.LastIndexByte(s, '-'); i > limit/2 {
		s = s[:i]
	}
	return strings.Trim(s, "-")
}
