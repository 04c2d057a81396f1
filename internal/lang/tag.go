package lang

import (
	"strings"

	"golang.org/x/text/language"
)

// Tag is a language that Cordée speaks, as BCP 47 writes it.
type Tag string

// The languages of Cordée.
const (
	FR Tag = "fr"
	EN Tag = "en"
	ES Tag = "es"
)

// All lists the languages, in the order that choices show them.
func All() []Tag { return []Tag{FR, EN, ES} }

// matcher falls back to its first language.
var matcher = language.NewMatcher([]language.Tag{language.English, language.French, language.Spanish}) //nolint:gochecknoglobals // immutable

// Match picks the language for a visitor out of an Accept-Language header (RFC
// 9110 §12.5.4); English if nothing there is close to any of ours.
func Match(acceptLanguage string) Tag {
	if len(acceptLanguage) > 1000 {
		return EN
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return EN
	}
	_, i, _ := matcher.Match(wanted...)
	return [...]Tag{EN, FR, ES}[i]
}

// Parse reads a tag that someone chose: "fr", "fr-CA", "ES".
func Parse(s string) (Tag, bool) {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), "_", "-"), "-")
	switch t := Tag(base); t {
	case FR, EN, ES:
		return t, true
	}
	return "", false
}

// Name is what the language calls itself.
func (t Tag) Name() string {
	switch t {
	case FR:
		return "français"
	case ES:
		return "español"
	case EN:
	}
	return "English"
}

// number tells the place of the language's words in tables; English for a tag
// that was never one of ours.
func (t Tag) number() int {
	switch t {
	case FR:
		return 0
	case ES:
		return 2
	case EN:
	}
	return 1
}

func (t Tag) xtext() language.Tag {
	switch t {
	case FR:
		return language.French
	case ES:
		return language.Spanish
	case EN:
	}
	return language.English
}
