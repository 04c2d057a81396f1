// Package id holds the identifiers of everything that Cordée knows.
//
// Two kinds exist side by side:
//
//   - Of[K] is the key in the database: a UUIDv7 (RFC 9562 §5.7), typed by what
//     it identifies, so that a circle's id can't be handed where a person's is
//     wanted. It tells its time of creation, so it never leaves the house.
//   - Public is what URLs show: 96 random bits in base32, which tell nothing.
//
// Rooms name their own: type ID = id.Of[Exchange]. Only those that the ground
// floor itself speaks of, Person, Circle and Act, are named here.
package id

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/uptrace/bun/dialect"
	"github.com/uptrace/bun/schema"
)

// Of is the UUIDv7 of one K. Its zero value identifies nothing and is stored as NULL.
type Of[K any] [16]byte

type (
	personKind struct{}
	circleKind struct{}
	actKind    struct{}
)

// The ids that the ground floor itself speaks of.
type (
	// Person identifies a human being.
	Person = Of[personKind]
	// Circle identifies a circle.
	Circle = Of[circleKind]
	// Act identifies a line of the journal.
	Act = Of[actKind]
)

// Any is an id whose kind is told elsewhere, beside it (see journal.Ref).
type Any = Of[any]

// Source gives the time and the randomness that new ids are made of. A
// *journal.Tx is one.
type Source interface {
	Now() time.Time
	Rand() io.Reader
}

// New makes a fresh id: 48 bits of src's time in milliseconds, 74 random bits.
// It panics only when the source of randomness fails, which leaves no safe way on.
func New[K any](src Source) Of[K] {
	var v Of[K]
	read(src, v[6:])
	stamp(&v, src.Now())
	return v
}

// Derived makes an id that depends on time and seed alone: the same mail
// imported twice gets the same id.
func Derived[K any](at time.Time, seed string) Of[K] {
	var v Of[K]
	sum := sha256.Sum256([]byte(seed))
	copy(v[6:], sum[:10])
	stamp(&v, at)
	return v
}

func stamp[K any](v *Of[K], at time.Time) {
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(max(0, at.UnixMilli())))
	copy(v[:6], ms[2:])
	v[6] = v[6]&0x0f | 0x70
	v[8] = v[8]&0x3f | 0x80
}

func read(src Source, b []byte) {
	if _, err := io.ReadFull(src.Rand(), b); err != nil {
		panic(fmt.Errorf("id: no randomness: %w", err))
	}
}

// ErrMalformed tells that a text is no id.
var ErrMalformed = errors.New("id: malformed")

// Parse reads the 36-sign form of an id.
func Parse[K any](s string) (Of[K], error) {
	var v Of[K]
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return v, ErrMalformed
	}
	if _, err := hex.Decode(v[:], []byte(s[:8]+s[9:13]+s[14:18]+s[19:23]+s[24:])); err != nil {
		return Of[K]{}, ErrMalformed
	}
	return v, nil
}

// As gives the same id another kind, where the kind is told beside it.
func As[To, From any](v Of[From]) Of[To] { return Of[To](v) }

// IsZero tells whether the id identifies nothing.
func (v Of[K]) IsZero() bool { return v == Of[K]{} }

// Time is when the id was made, to the millisecond.
func (v Of[K]) Time() time.Time {
	var ms [8]byte
	copy(ms[2:], v[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(ms[:]))).UTC()
}

// String is the 36-sign form.
func (v Of[K]) String() string {
	var b [36]byte
	hex.Encode(b[:8], v[:4])
	b[8] = '-'
	hex.Encode(b[9:13], v[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], v[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], v[8:10])
	b[23] = '-'
	hex.Encode(b[24:], v[10:])
	return string(b[:])
}

// MarshalText writes the 36-sign form, or nothing for the zero id.
func (v Of[K]) MarshalText() ([]byte, error) {
	if v.IsZero() {
		return nil, nil
	}
	return []byte(v.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (v *Of[K]) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*v = Of[K]{}
		return nil
	}
	got, err := Parse[K](string(b))
	*v = got
	return err
}

// AppendQuery writes the id into a statement: a BLOB on SQLite, a uuid on PostgreSQL.
func (v Of[K]) AppendQuery(gen schema.QueryGen, b []byte) ([]byte, error) {
	if v.IsZero() {
		return append(b, "NULL"...), nil
	}
	if gen.Dialect().Name() == dialect.SQLite {
		b = append(b, 'X', '\'')
		b = hex.AppendEncode(b, v[:])
		return append(b, '\''), nil
	}
	b = append(b, '\'')
	b = append(b, v.String()...)
	return append(b, "'::uuid"...), nil
}

// Value hands the id to a driver outside bun's statements.
func (v Of[K]) Value() (driver.Value, error) {
	if v.IsZero() {
		return nil, nil //nolint:nilnil // SQL's NULL is what the zero id means
	}
	return v[:], nil
}

// Scan reads a column: 16 bytes on SQLite, the text form on PostgreSQL, NULL as zero.
func (v *Of[K]) Scan(src any) error {
	switch s := src.(type) {
	case nil:
		*v = Of[K]{}
		return nil
	case [16]byte:
		*v = s
		return nil
	case []byte:
		if len(s) == 16 {
			copy(v[:], s)
			return nil
		}
		return v.UnmarshalText(s)
	case string:
		if len(s) == 16 {
			copy(v[:], s)
			return nil
		}
		return v.UnmarshalText([]byte(s))
	}
	return fmt.Errorf("id: can't read a %T: %w", src, ErrMalformed)
}

// Public is what a URL shows of a thing: 20 signs of lower-case base32.
type Public string

var publicEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding) //nolint:gochecknoglobals // an immutable alphabet without l, o, 0 and 1

// NewPublic makes a fresh one out of 96 random bits.
func NewPublic(src Source) Public {
	var b [12]byte
	read(src, b[:])
	return Public(publicEncoding.EncodeToString(b[:]))
}

// ParsePublic accepts what NewPublic can have made, in either case, and refuses
// all else, so that a forged URL never reaches a query.
func ParsePublic(s string) (Public, error) {
	s = strings.ToLower(s)
	if len(s) != 20 {
		return "", ErrMalformed
	}
	if _, err := publicEncoding.DecodeString(s); err != nil {
		return "", ErrMalformed
	}
	return Public(s), nil
}
