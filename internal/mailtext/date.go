package mailtext

import (
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// dateOf decides when a mail was written (rule 7).
func dateOf(h header, envelope time.Time) time.Time {
	written := ParseDate(h.get("date"))
	if written.IsZero() {
		written = ParseDate(h.get("resent-date"))
	}
	arrived := received(h)
	switch {
	case written.IsZero():
		return firstTime(arrived, envelope)
	case !arrived.IsZero() && (written.After(arrived.Add(2*day)) || written.Before(arrived.Add(-31*day))):
		return arrived
	case arrived.IsZero() && !envelope.IsZero() && written.After(envelope.Add(2*day)):
		return envelope.UTC()
	}
	return written
}

func firstTime(ts ...time.Time) time.Time {
	for _, t := range ts {
		if !t.IsZero() {
			return t.UTC()
		}
	}
	return time.Time{}
}

// received is the oldest arrival that the trace tells (RFC 5321 §4.4): the date
// stands behind the last semicolon, the first hop at the bottom.
func received(h header) time.Time {
	var first time.Time
	for _, v := range append(h.all("received"), h.all("delivery-date")...) {
		if i := strings.LastIndexByte(v, ';'); i >= 0 {
			v = v[i+1:]
		}
		if t := ParseDate(v); !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

var (
	comment   = regexp.MustCompile(`\([^()]*\)`)
	numeric   = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(.*))?$`)
	clock     = regexp.MustCompile(`^(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?$`)
	offset    = regexp.MustCompile(`^(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})$`)
	dateWords = regexp.MustCompile(`[\s,]+`)
)

// ParseDate reads a date as mails bear them, RFC 5322 §3.3 and what it isn't:
// names of days that are wrong or foreign, years of two digits, zones by name or
// missing, ctime and ISO forms. It returns the zero time for what it can't read
// and for what no mail can bear.
func ParseDate(s string) time.Time {
	s = strings.TrimSpace(clip(s, 200))
	if s == "" {
		return time.Time{}
	}
	s = strings.TrimSpace(comment.ReplaceAllString(s, " "))
	if t, err := mail.ParseDate(s); err == nil && !namedZone(s) {
		return sane(t)
	}
	if m := numeric.FindStringSubmatch(s); m != nil {
		var b dateParts
		b.year, b.month, b.day = atoi(m[1]), atoi(m[2]), atoi(m[3])
		b.rest(dateWords.Split(spaceZone(m[4]), -1))
		return b.time()
	}
	var b dateParts
	b.rest(dateWords.Split(s, -1))
	return b.time()
}

// spaceZone parts "10:00:00Z" and "10:00:00+02:00" from their zones.
func spaceZone(s string) string {
	if i := strings.LastIndexAny(s, "+-Z"); i > 4 {
		return s[:i] + " " + s[i:]
	}
	return s
}

// namedZone tells whether a zone is given by name, which net/mail reads as UTC
// unless it is the machine's own.
func namedZone(s string) bool {
	i := strings.LastIndexByte(s, ' ')
	z := s[i+1:]
	return z != "" && (z[0] >= 'A' && z[0] <= 'Z')
}

type dateParts struct {
	year, month, day int
	hour, min, sec   int
	zone             int // seconds east
	clock, pm, am    bool
}

// rest reads the words of a date in whatever order they come.
func (d *dateParts) rest(words []string) {
	for _, w := range words {
		switch {
		case w == "":
		case clock.MatchString(w) && !d.clock:
			m := clock.FindStringSubmatch(w)
			d.hour, d.min, d.sec, d.clock = atoi(m[1]), atoi(m[2]), atoi(m[3]), true
		case offset.MatchString(w):
			m := offset.FindStringSubmatch(w)
			d.zone = atoi(m[2])*3600 + atoi(m[3])*60
			if m[1] == "-" {
				d.zone = -d.zone
			}
		case strings.EqualFold(w, "pm"):
			d.pm = true
		case strings.EqualFold(w, "am"):
			d.am = true
		case d.month == 0 && monthOf(w) > 0:
			d.month = monthOf(w)
		case strings.Count(w, "-") == 2:
			d.rest(strings.Split(w, "-"))
		default:
			d.number(w)
		}
	}
}

func (d *dateParts) number(w string) {
	n, err := strconv.Atoi(strings.TrimRight(w, ".,"))
	switch {
	case err != nil:
		if z, ok := zoneOf(w); ok {
			d.zone = z
		}
	case d.day == 0 && n >= 1 && n <= 31 && len(w) <= 3:
		d.day = n
	case d.year == 0 && n >= 1000:
		d.year = n
	case d.year == 0 && n < 50: // RFC 5322 §4.3
		d.year = 2000 + n
	case d.year == 0 && n < 1000:
		d.year = 1900 + n
	}
}

func (d *dateParts) time() time.Time {
	if d.pm && d.hour < 12 {
		d.hour += 12
	}
	if d.am && d.hour == 12 {
		d.hour = 0
	}
	if d.year == 0 || d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || d.hour > 24 || d.min > 59 || d.sec > 60 {
		return time.Time{}
	}
	if d.zone > 18*3600 || d.zone < -18*3600 {
		d.zone = 0
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, d.sec, 0, time.UTC)
	return sane(t.Add(-time.Duration(d.zone) * time.Second))
}

// sane refuses years in which nobody wrote a mail that is read here.
func sane(t time.Time) time.Time {
	if y := t.Year(); y < 1971 || y > 2200 {
		return time.Time{}
	}
	return t.UTC()
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // digits, or empty for what wasn't there
	return n
}

// monthOf knows the months that mail programs write, which should be English.
func monthOf(w string) int {
	w = strings.ToLower(strings.TrimRight(w, "."))
	if len(w) < 3 {
		return 0
	}
	for i, names := range [...]string{
		"jan janv gen ene januar january janvier enero", "feb févr fév fevr februar february février febrero",
		"mar mars mär märz mrz march marzo", "apr avr abr april avril abril", "may mai mag mayo maj mei",
		"jun juin giu june junio juni", "jul juil lug july juillet julio juli", "aug août aou aout ago august agosto",
		"sep sept set september septembre septiembre settembre", "oct okt ott october octobre octubre oktober",
		"nov november novembre noviembre", "dec déc dez dic december décembre diciembre dezember",
	} {
		for _, n := range strings.Fields(names) {
			if n == w {
				return i + 1
			}
		}
	}
	return 0
}

// zoneOf knows the zones of RFC 5322 §4.3 and a few that are met all the same.
func zoneOf(w string) (int, bool) {
	const h = 3600
	switch strings.ToUpper(w) {
	case "Z", "GMT", "UT", "UTC", "WET":
		return 0, true
	case "CET", "MET", "BST", "WEST", "MEZ":
		return h, true
	case "CEST", "MEST", "EET", "MESZ", "SAST":
		return 2 * h, true
	case "EEST", "MSK":
		return 3 * h, true
	case "IST":
		return 5*h + h/2, true
	case "JST", "KST":
		return 9 * h, true
	case "AEST":
		return 10 * h, true
	case "EST", "CDT":
		return -5 * h, true
	case "EDT":
		return -4 * h, true
	case "CST", "MDT":
		return -6 * h, true
	case "MST", "PDT":
		return -7 * h, true
	case "PST":
		return -8 * h, true
	}
	return 0, false
}
