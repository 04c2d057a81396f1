package exchange

// Kind is the nature of an ask or an exchange: a closed list.
type Kind string

// The kinds. Their names are words of the catalogue, under "kind.".
const (
	Help     Kind = "help"
	Learning Kind = "learning"
	Business Kind = "business"
	Company  Kind = "company"
)

// Kinds lists them in the order in which a form shows them.
func Kinds() []Kind { return []Kind{Help, Learning, Business, Company} }

// Known tells whether k is one of them.
func (k Kind) Known() bool {
	switch k {
	case Help, Learning, Business, Company:
		return true
	}
	return false
}

// Want tells an ask from an offer.
type Want string

// Something is asked for, or offered.
const (
	ForAsk   Want = "ask"
	ForOffer Want = "offer"
)

// Known tells whether w is one of the two.
func (w Want) Known() bool { return w == ForAsk || w == ForOffer }

// Size is how long it may take, in words; empty when nobody said.
type Size string

// The sizes. Their names are words of the catalogue, under "size.".
const (
	TenMinutes Size = "ten_minutes"
	AnHour     Size = "hour"
	HalfDay    Size = "half_day"
	More       Size = "more"
)

// Sizes lists them from small to large.
func Sizes() []Size { return []Size{TenMinutes, AnHour, HalfDay, More} }

// Known tells whether s is one of them, or nothing.
func (s Size) Known() bool {
	switch s {
	case "", TenMinutes, AnHour, HalfDay, More:
		return true
	}
	return false
}
