package signin

import "strings"

// Device names a device by its User-Agent in a few plain words, "Firefox · Linux":
// enough for its owner to recognise it, too little to tell anybody apart. Names of
// products are the same in every language. Unknown parts are left out.
func Device(userAgent string) string {
	if len(userAgent) > 1000 {
		userAgent = userAgent[:1000]
	}
	browser, system := first(userAgent, browsers()), first(userAgent, systems())
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + " · " + system
}

// sign is a word of a User-Agent and what it means. Order matters: Edge says that
// it is Chrome, Chrome that it is Safari, Android that it is Linux.
type sign struct{ word, name string }

func browsers() []sign {
	return []sign{
		{"Edg/", "Edge"},
		{"EdgA/", "Edge"},
		{"EdgiOS/", "Edge"},
		{"OPR/", "Opera"},
		{"Vivaldi/", "Vivaldi"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"DuckDuckGo/", "DuckDuckGo"},
		{"FxiOS/", "Firefox"},
		{"Firefox/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chromium/", "Chromium"},
		{"HeadlessChrome/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Epiphany/", "Web"},
		{"Safari/", "Safari"},
		{"curl/", "curl"},
	}
}

func systems() []sign {
	return []sign{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"CrOS", "ChromeOS"},
		{"Windows", "Windows"},
		{"Macintosh", "macOS"},
		{"FreeBSD", "FreeBSD"},
		{"OpenBSD", "OpenBSD"},
		{"Linux", "Linux"},
		{"X11", "Unix"},
	}
}

func first(userAgent string, signs []sign) string {
	for _, s := range signs {
		if strings.Contains(userAgent, s.word) {
			return s.name
		}
	}
	return ""
}
