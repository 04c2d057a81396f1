package journal

import (
	"bytes"
	"context"
	"runtime"
	"strconv"
	"sync"
)

// goroutines are those that run a body now. A body that calls Do with another
// context than its own would wait for itself: on SQLite for the one connection,
// on PostgreSQL for its own locks.
type goroutines struct{ running sync.Map }

type inside struct{}

// enter marks the context and the goroutine, or tells that one of them is inside.
func (g *goroutines) enter(ctx context.Context) (context.Context, func(), error) {
	if ctx.Value(inside{}) == g {
		return nil, nil, ErrNested
	}
	me := goroutine()
	if _, here := g.running.LoadOrStore(me, struct{}{}); here {
		return nil, nil, ErrNested
	}
	return context.WithValue(ctx, inside{}, g), func() { g.running.Delete(me) }, nil
}

// goroutine is the number of the one that calls: the runtime tells it in the
// first line of a stack alone, "goroutine 17 [running]:".
func goroutine() uint64 {
	var b [64]byte
	line := bytes.TrimPrefix(b[:runtime.Stack(b[:], false)], []byte("goroutine "))
	number, _, _ := bytes.Cut(line, []byte(" "))
	n, err := strconv.ParseUint(string(number), 10, 64)
	if err != nil {
		panic("journal: the runtime's stacks have changed: " + string(line))
	}
	return n
}
