package circle

import "cordee/internal/refusal"

func errMissing(field string) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "circle.missing."+field).On(field)
}

func errTooLong(field string, limit, have int) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "circle.too_long", "Max", limit, "Have", have).On(field)
}

func errChoice(field string) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "circle.choice").On(field)
}

func errSlug() *refusal.Refusal {
	return refusal.New(refusal.Invalid, "circle.slug", "Min", minSlug, "Max", maxSlug).On("slug")
}

func errSlugReserved(slug string) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "circle.slug_reserved", "Slug", slug).On("slug")
}

func errSlugTaken(slug string) *refusal.Refusal {
	return refusal.New(refusal.Invalid, "circle.slug_taken", "Slug", slug).On("slug")
}

func errMayNotFound() *refusal.Refusal {
	return refusal.New(refusal.Forbidden, "circle.may_not_found")
}

func errHostsOnly() *refusal.Refusal { return refusal.New(refusal.Forbidden, "circle.hosts_only") }

func errClosed() *refusal.Refusal { return refusal.New(refusal.Conflict, "circle.closed") }

func errClaimed() *refusal.Refusal { return refusal.New(refusal.Conflict, "circle.claimed") }

// errStale holds what stands there now.
func errStale(field, now string, version int64) *refusal.Refusal {
	return refusal.New(refusal.Conflict, "circle.stale", "Words", now, "Version", version).On(field)
}

// errCharterChanged: the charter is another one than the one shown.
func errCharterChanged() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "circle.charter_changed").On("agreed")
}

func errAgreeFirst() *refusal.Refusal {
	return refusal.New(refusal.Invalid, "circle.agree_first").On("agreed")
}

func errFull() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "circle.full", "Max", MaxMembers)
}

func errAlreadyMember() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "circle.already_member")
}

func errAddressInCircle() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "circle.address_in_circle").On("address")
}

func errAlreadyInvited() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "circle.already_invited").On("address")
}

func errPersonInvited() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "circle.person_invited")
}

func errTooManyOpen() *refusal.Refusal {
	return refusal.New(refusal.TooMany, "circle.too_many_open", "Max", maxOpen)
}

func errTooManyMails() *refusal.Refusal {
	return refusal.New(refusal.TooMany, "circle.too_many_mails", "Max", maxMailed)
}

func errNobodyToInvite() *refusal.Refusal {
	return refusal.New(refusal.Invalid, "circle.nobody_to_invite").On("addresses")
}

func errSeats() *refusal.Refusal {
	return refusal.New(refusal.Invalid, "circle.seats", "Max", maxSeats).On("seats")
}

func errUsed() *refusal.Refusal { return refusal.New(refusal.Expired, "circle.invitation_used") }

func errNoSeat() *refusal.Refusal { return refusal.New(refusal.Expired, "circle.invitation_full") }

func errRevoked() *refusal.Refusal {
	return refusal.New(refusal.Expired, "circle.invitation_revoked")
}

func errDeclined() *refusal.Refusal {
	return refusal.New(refusal.Expired, "circle.invitation_declined")
}

func errExpired() *refusal.Refusal {
	return refusal.New(refusal.Expired, "circle.invitation_expired")
}

// errAddressKnown: somebody here has proved the address; they sign in first.
func errAddressKnown() *refusal.Refusal {
	return refusal.New(refusal.Conflict, "circle.address_known").On("address")
}

func errLastHost() *refusal.Refusal { return refusal.New(refusal.Conflict, "circle.last_host") }

func errAlreadyHost(name string) *refusal.Refusal {
	return refusal.New(refusal.Conflict, "circle.already_host", "Name", name)
}

func errOneself() *refusal.Refusal { return refusal.New(refusal.Invalid, "circle.oneself").On("to") }

func errSignIn() *refusal.Refusal { return refusal.New(refusal.SignIn, "sign_in") }
