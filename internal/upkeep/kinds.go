package upkeep

import (
	"slices"

	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/server"
	"cordee/internal/signin"
	"cordee/internal/thread"
)

// Kinds are the acts of every room.
func Kinds() []journal.Kind {
	return slices.Concat(server.Acts(), person.Acts(), signin.Acts(), circle.Acts(), thread.Acts(), exchange.Acts())
}
