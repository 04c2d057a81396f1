package signin

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/store"
)

// Limits of letters asked for, in limitWindow.
const (
	perAddress  = 5
	perNetwork  = 30 // an office or a whole cooperative may stand behind one
	perPerson   = 10
	limitWindow = time.Hour
)

func (r *Room) allowAddress(ctx context.Context, tx *journal.Tx, mailbox person.Mailbox) error {
	return r.allow(ctx, tx, "address:"+string(mailbox), perAddress)
}

func (r *Room) allowPerson(ctx context.Context, tx *journal.Tx, who id.Person) error {
	return r.allow(ctx, tx, "person:"+who.String(), perPerson)
}

func (r *Room) allowNetwork(ctx context.Context, tx *journal.Tx, from netip.Addr) error {
	network, ok := networkOf(from)
	if !ok {
		return nil
	}
	return r.allow(ctx, tx, "network:"+network.String(), perNetwork)
}

// networkOf is the /24 or /64 of an address that tells something.
func networkOf(from netip.Addr) (netip.Prefix, bool) {
	from = from.Unmap().WithZone("")
	if !from.IsValid() || from.IsLoopback() || from.IsUnspecified() {
		return netip.Prefix{}, false
	}
	bits := 64
	if from.Is4() {
		bits = 24
	}
	network, err := from.Prefix(bits)
	return network, err == nil
}

// allow counts one more of what who does, or refuses. What was refused isn't
// counted: the refusal takes the count back with it.
func (r *Room) allow(ctx context.Context, tx *journal.Tx, who string, most int64) error {
	now := store.Micros(tx.Now())
	over := store.Micros(tx.Now().Add(-limitWindow))
	var since, count int64
	err := tx.NewRaw("INSERT INTO signin_limit (who, since, count) VALUES (?0, ?1, 1) ON CONFLICT (who) DO UPDATE SET "+
		"since = CASE WHEN signin_limit.since <= ?2 THEN excluded.since ELSE signin_limit.since END, "+
		"count = CASE WHEN signin_limit.since <= ?2 THEN 1 ELSE signin_limit.count + 1 END "+
		"RETURNING since, count", r.keys.MAC("signin.limit", who), now, over).Scan(ctx, &since, &count)
	if err != nil {
		return fmt.Errorf("signin: limit: %w", err)
	}
	if count > most {
		return ErrTooMany(store.Time(since).Add(limitWindow))
	}
	return nil
}
