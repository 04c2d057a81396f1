package person

import (
	"context"
	"fmt"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/store"
)

// Edit changes one's own profile as a whole, at the version that the page showed.
// When it has changed since, ErrStale tells in which fields it differs from what
// was typed; when it already says the same, that is fine.
func (r *Room) Edit(ctx context.Context, by journal.By, key journal.Key, version int64, want Profile) (Person, error) {
	var saved Person
	receipt, err := r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		p, err := r.active(ctx, tx, tx.By().Person())
		if err != nil {
			return err
		}
		typed, err := want.backFrom(p.Profile, tx.Now()).cleaned(tx.Now())
		if err != nil {
			return err
		}
		saved = p
		changed := Changed(p.Profile, typed)
		switch {
		case len(changed) == 0:
			return nil
		case p.Version != version:
			return ErrStale(p.Version, changed)
		}
		p.Profile = typed
		if saved, err = save(ctx, tx, p); err != nil {
			return err
		}
		tx.Act(ActEdited, Ref(p.ID), editedFacts{Fields: changed})
		return r.index(ctx, tx, saved)
	})
	if err != nil {
		return Person{}, err
	}
	if receipt.Repeat {
		return r.Get(ctx, r.db.Read, by.Person())
	}
	return saved, nil
}

// backFrom makes a person available whose stored days away are over: a form that
// still carries them was only kept open, or filled from what is stored.
func (p Profile) backFrom(stored Profile, now time.Time) Profile {
	if p.Presence == Away && stored.Presence == Away && p.AwayUntil == stored.AwayUntil && !stored.IsAway(now) {
		p.Presence, p.AwayUntil = Available, ""
	}
	return p
}

// AddAddress notes that the person calls an address theirs. It waits until they
// prove it: signin writes there. An address that is theirs already stays as it is.
func (r *Room) AddAddress(ctx context.Context, tx *journal.Tx, who id.Person, typed string) (Address, error) {
	address, mailbox, err := ParseAddress(typed)
	if err != nil {
		return Address{}, err
	}
	if _, err := r.active(ctx, tx, who); err != nil {
		return Address{}, err
	}
	have, err := r.Addresses(ctx, tx, who)
	if err != nil {
		return Address{}, err
	}
	for _, a := range have {
		if a.Mailbox == mailbox {
			return a, nil
		}
	}
	if len(have) >= MaxAddresses {
		return Address{}, ErrTooManyAddresses()
	}
	if err := add(ctx, tx, who, address, mailbox); err != nil {
		return Address{}, err
	}
	tx.Act(ActAddressAdded, Ref(who), nil)
	return Address{Person: who, Mailbox: mailbox, Address: address, Claim: Waiting, AddedAt: tx.Now()}, nil
}

// VerifyAddress notes that the person has proved a waiting address. Whoever
// proves it first has it; proving it twice changes nothing. It becomes the
// primary one when they had none.
func (r *Room) VerifyAddress(ctx context.Context, tx *journal.Tx, who id.Person, mailbox Mailbox) error {
	if _, err := r.active(ctx, tx, who); err != nil {
		return err
	}
	have, err := r.Addresses(ctx, tx, who)
	if err != nil {
		return err
	}
	for _, a := range have {
		switch {
		case a.Mailbox != mailbox:
		case a.Claim == Verified:
			return nil
		default:
			if err := prove(ctx, tx, who, mailbox); err != nil {
				return err
			}
			tx.Act(ActAddressVerified, Ref(who), nil)
			return nil
		}
	}
	return ErrAddressWaits() // they took it away in the meantime
}

// RemoveAddress takes away one of my addresses: one that waits, or a proved one
// that isn't where my mail goes.
func (r *Room) RemoveAddress(ctx context.Context, by journal.By, key journal.Key, mailbox Mailbox) error {
	_, err := r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		a, err := r.own(ctx, tx, mailbox)
		if err != nil {
			return err
		}
		if a.Primary {
			return ErrAddressLast()
		}
		if _, err := tx.NewDelete().Model((*addressRow)(nil)).Where("person = ? AND mailbox = ?", a.Person, mailbox).Exec(ctx); err != nil {
			return fmt.Errorf("person: remove an address of %s: %w", a.Person, err)
		}
		tx.Act(ActAddressRemoved, Ref(a.Person), nil)
		return nil
	})
	return err
}

// MakePrimary makes my mail go to another of my proved addresses.
func (r *Room) MakePrimary(ctx context.Context, by journal.By, key journal.Key, mailbox Mailbox) error {
	_, err := r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		a, err := r.own(ctx, tx, mailbox)
		switch {
		case err != nil:
			return err
		case a.Primary:
			return nil
		case a.Claim != Verified:
			return ErrAddressWaits()
		}
		if err := unprimary(ctx, tx, a.Person); err != nil {
			return err
		}
		_, err = tx.NewUpdate().Model((*addressRow)(nil)).Set("is_primary = ?", true).
			Where("person = ? AND mailbox = ?", a.Person, mailbox).Exec(ctx)
		if err != nil {
			return fmt.Errorf("person: primary address of %s: %w", a.Person, err)
		}
		tx.Act(ActPrimaryChanged, Ref(a.Person), nil)
		return nil
	})
	return err
}

// own finds one of the actor's addresses.
func (r *Room) own(ctx context.Context, tx *journal.Tx, mailbox Mailbox) (Address, error) {
	who := tx.By().Person()
	if _, err := r.active(ctx, tx, who); err != nil {
		return Address{}, err
	}
	have, err := r.Addresses(ctx, tx, who)
	if err != nil {
		return Address{}, err
	}
	for _, a := range have {
		if a.Mailbox == mailbox {
			return a, nil
		}
	}
	return Address{}, errNotFound()
}

func add(ctx context.Context, tx *journal.Tx, who id.Person, address string, mailbox Mailbox) error {
	row := addressRow{Person: who, Mailbox: string(mailbox), Address: address, State: string(Waiting), AddedAt: store.Micros(tx.Now())}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("person: add an address of %s: %w", who, err)
	}
	return nil
}

// prove turns a waiting address into a proved one. It goes by way of DELETE and
// INSERT … ON CONFLICT DO NOTHING, because an UPDATE that meets somebody else's
// proved row would fail the whole transaction instead of telling so.
func prove(ctx context.Context, tx *journal.Tx, who id.Person, mailbox Mailbox) error {
	var was addressRow
	if err := tx.NewSelect().Model(&was).Where("a.person = ? AND a.mailbox = ?", who, mailbox).Scan(ctx); err != nil {
		return fmt.Errorf("person: prove an address of %s: %w", who, err)
	}
	primaries, err := tx.NewSelect().Model((*addressRow)(nil)).Where("a.person = ? AND a.is_primary", who).Count(ctx)
	if err != nil {
		return fmt.Errorf("person: prove an address of %s: %w", who, err)
	}
	if _, err := tx.NewDelete().Model(&was).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("person: prove an address of %s: %w", who, err)
	}
	was.State, was.VerifiedAt, was.IsPrimary = string(Verified), store.Micros(tx.Now()), primaries == 0
	res, err := tx.NewInsert().Model(&was).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return fmt.Errorf("person: prove an address of %s: %w", who, err)
	}
	if n, err := res.RowsAffected(); err != nil {
		return fmt.Errorf("person: prove an address of %s: %w", who, err)
	} else if n == 0 {
		return ErrAddressTaken()
	}
	return nil
}

func unprimary(ctx context.Context, tx *journal.Tx, who id.Person) error {
	_, err := tx.NewUpdate().Model((*addressRow)(nil)).Set("is_primary = ?", false).
		Where("person = ? AND is_primary", who).Exec(ctx)
	if err != nil {
		return fmt.Errorf("person: primary address of %s: %w", who, err)
	}
	return nil
}
