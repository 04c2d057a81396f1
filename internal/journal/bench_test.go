package journal_test

import (
	"fmt"
	"sync"
	"testing"

	"cordee/internal/journal"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
)

// BenchmarkDo measures whole moves (some seven statements and a job each).
func BenchmarkDo(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.Durable, "postgres": storetest.Postgres} {
		for _, callers := range []int{1, 16} {
			b.Run(fmt.Sprintf("db=%s/callers=%d", name, callers), func(b *testing.B) {
				h := newHouse(b, open(b))
				keys := make(chan int, 1024)
				var wg sync.WaitGroup
				for range callers {
					wg.Go(func() {
						for k := range keys {
							if _, err := h.Do(b.Context(), h.by(), journal.Key{Name: fmt.Sprint(k)}, h.move); err != nil {
								b.Error(err)
							}
						}
					})
				}
				for k := 0; b.Loop(); k++ {
					keys <- k
				}
				close(keys)
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
			})
		}
	}
}
