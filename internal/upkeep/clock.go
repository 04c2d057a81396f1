package upkeep

import (
	"sync"
	"time"
)

// years is how far back the demonstration begins.
const years = 2

// Clock is the time of a demonstration: it stands two years ago, is moved by what
// is played, and runs like any other once that is over. Give its Now to whatever
// the house is built of.
type Clock struct {
	wall func() time.Time

	mu    sync.Mutex
	stood time.Time // zero: it runs
}

// NewClock makes a clock that stands two years before what wall tells.
func NewClock(wall func() time.Time) *Clock {
	return &Clock{wall: wall, stood: wall().AddDate(-years, 0, -1)}
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stood.IsZero() {
		return c.wall()
	}
	return c.stood
}

// Run lets the clock tell the real time from now on.
func (c *Clock) Run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stood = time.Time{}
}

// move sets a clock that stands; it never goes back.
func (c *Clock) move(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if to.After(c.stood) {
		c.stood = to
	}
}
