package notify

import "time"

const (
	// patience is how long a mail is tried.
	patience = 3 * 24 * time.Hour
	// stale is how old news may be when it is first heard of.
	stale = 3 * 24 * time.Hour
)

// steps are how long to wait after the first, second … failure of one mail; the
// last one repeats. Greylisting wants a few minutes (RFC 6647 §5), an outage
// hours (RFC 5321 §4.5.4.1).
func steps() []time.Duration {
	return []time.Duration{
		time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour,
		6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	}
}

// again is when to try a mail that has failed so many times, and whether at all.
func again(attempts int, made, now time.Time) (time.Time, bool) {
	all := steps()
	next := now.Add(all[min(max(attempts, 1), len(all))-1])
	if last := made.Add(patience); next.After(last) {
		if !now.Before(last) {
			return time.Time{}, false
		}
		next = last
	}
	return next, true
}

// pauses are how long a whole queue rests after its first, second … failure in a
// row that concerns the server.
func pauses() []time.Duration {
	return []time.Duration{15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute}
}

func pause(failures int) time.Duration {
	all := pauses()
	return all[min(max(failures, 1), len(all))-1]
}

// digestHour is when a digest comes, by the reader's own clock.
const digestHour = 8

// nextDigest is the next morning, in the reader's zone, after now.
func nextDigest(now time.Time, loc *time.Location) time.Time {
	here := now.In(loc)
	y, m, d := here.Date()
	at := time.Date(y, m, d, digestHour, 0, 0, 0, loc)
	if !at.After(here) {
		at = time.Date(y, m, d+1, digestHour, 0, 0, 0, loc)
	}
	return at
}
