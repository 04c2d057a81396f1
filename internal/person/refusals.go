package person

import (
	"cordee/internal/refusal"
)

func errNameMissing() error {
	return refusal.New(refusal.Invalid, "person.name_missing").On("name")
}

func errTooLong(field string, most, got int) error {
	return refusal.New(refusal.Invalid, "person.too_long", "Max", most, "Got", got).On(field)
}

func errTooMany(field string, most int) error {
	return refusal.New(refusal.Invalid, "person.too_many", "Max", most).On(field)
}

func errChoice(field string) error {
	return refusal.New(refusal.Invalid, "person.choice").On(field)
}

func errDay(field string) error {
	return refusal.New(refusal.Invalid, "person.day").On(field)
}

func errZone() error {
	return refusal.New(refusal.Invalid, "person.zone").On("zone")
}

func errLanguage() error {
	return refusal.New(refusal.Invalid, "person.language").On("languages")
}

// ErrAddress says that a text is no mail address.
func ErrAddress() *refusal.Refusal {
	return refusal.New(refusal.Invalid, "person.address").On("address")
}

// ErrAddressTaken says that somebody else has proved the address.
func ErrAddressTaken() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "person.address_taken").On("address")
}

// ErrAddressWaits says that an address has to be proved first.
func ErrAddressWaits() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "person.address_waits").On("address")
}

// ErrAddressLast says that somebody's last proved address, or the one that their
// mail goes to, has to stay.
func ErrAddressLast() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "person.address_last").On("address")
}

// ErrTooManyAddresses says that a person has as many addresses as one may have.
func ErrTooManyAddresses() *refusal.Refusal {
	return refusal.New(refusal.TooMany, "person.too_many_addresses", "Max", MaxAddresses).On("address")
}

// ErrStale says that the profile was changed since it was read: Fields names
// what differs now from what was typed, Version is the one to go on from. The
// page loads the person again and shows both.
func ErrStale(version int64, fields []string) *refusal.Refusal {
	return refusal.New(refusal.Conflict, "person.stale", "Version", version, "Fields", fields)
}

// ErrNotStaged says that a history can't be taken: it was, or never was anybody's.
func ErrNotStaged() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "person.not_staged")
}

// ErrNotActive says that the person has left, or never came.
func ErrNotActive() *refusal.Refusal {
	return refusal.New(refusal.Forbidden, "person.not_active")
}
