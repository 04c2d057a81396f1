// Package signintest lets people in for tests, through the front door.
package signintest

import (
	"context"
	"strconv"
	"sync/atomic"
	"testing"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/seal"
	"cordee/internal/signin"
	"cordee/internal/store"
)

// House is persontest's with the room signin in it.
type House struct {
	*persontest.House

	Keys   *seal.Keys
	SignIn *signin.Room

	forms atomic.Int64
}

// Open builds a house on a database. kinds are the acts of other rooms that the
// test writes.
func Open(tb testing.TB, db *store.DB, kinds ...[]journal.Kind) *House {
	tb.Helper()
	keys, err := seal.Open(tb.TempDir(), "", nil)
	if err != nil {
		tb.Fatal(err)
	}
	h := persontest.Open(tb, db, append(kinds, signin.Acts())...)
	return &House{House: h, Keys: keys, SignIn: signin.New(signin.Config{Journal: h.Journal, DB: db, Keys: keys, People: h.People})}
}

// Form is the key of a form that was just rendered.
func (h *House) Form() journal.Key {
	return journal.Key{Name: "form:" + strconv.FormatInt(h.forms.Add(1), 10), Digest: "values"}
}

// Guest is somebody whom nobody knows.
func Guest() journal.By { return journal.By{Actor: journal.Guest("visitor"), Door: journal.Test} }

// Enter signs a person in, by a link of the operator's terminal.
func Enter(tb testing.TB, h *House, who id.Person) signin.Entered {
	tb.Helper()
	token, err := h.SignIn.LinkFor(tb.Context(), persontest.Outside(), who)
	if err != nil {
		tb.Fatal(err)
	}
	in, err := h.SignIn.SignIn(tb.Context(), Guest(), h.Form(), token, "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0")
	if err != nil {
		tb.Fatal(err)
	}
	return in
}

// Move makes a link that does one move.
func Move(tb testing.TB, h *House, who id.Person, ref journal.Ref, move string) string {
	tb.Helper()
	var token string
	h.Do(tb, func(ctx context.Context, tx *journal.Tx) (err error) {
		token, err = h.SignIn.NewMove(ctx, tx, who, ref, move, tx.Now().Add(signin.MoveLife))
		return err
	})
	return token
}
