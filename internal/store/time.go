package store

import "time"

// Micros is how every table keeps an instant: microseconds since 1970, UTC. The
// zero time is kept as 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is the instant that Micros kept.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
