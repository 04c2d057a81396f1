// Package seal holds the house's secret keys and what is made with them: tokens
// that nobody can forge, digests that nobody can guess, and sealed bytes that
// nobody can read without the keys.
//
// The words:
//
//   - A key is 32 random bytes with a number from 1 to 255. The newest seals; all
//     of them open, so rotating invalidates nothing.
//   - A purpose is a word that keeps uses apart ("signin.link", "mail.reply").
//     Each purpose has subkeys of its own (HKDF, RFC 5869): a token made for one
//     means nothing to another.
//   - A token names a row and a time of expiry, with a MAC over both. It is 60
//     signs of the same alphabet as id.Public, in one case only, so that it
//     survives mail programs and fits the local part of an address (64 octets,
//     RFC 5321 §4.5.3.1.1).
//
// Rules:
//
//  1. Keys live in DIR/keys, mode 0600, made when first opened, or in the
//     environment. Never in a database, an export, a backup or a log.
//  2. A token opens nothing by itself: it is valid only while its row exists, is
//     unused and unrevoked, which is for the caller to check.
//  3. Every token and every sealed text names its key in its first byte.
//  4. MAC changes with the newest key: who looks up what was stored asks for
//     MACs, one per key.
//
// What isn't here: secrets that are only compared (sessions, app passwords);
// those are random and stored as a hash by package signin.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"cordee/internal/id"
)

// The ways in which a token or a sealed text is no good.
var (
	// ErrForged: it wasn't made here, or not for this purpose, or was changed.
	ErrForged = errors.New("seal: not made with these keys")
	// ErrExpired: it was made here and its time is over.
	ErrExpired = errors.New("seal: expired")
)

const (
	keySize  = 32
	macSize  = 16 // 128 bits: forging one takes 2^127 tries on average
	bodySize = 1 + len(id.Any{}) + 4
	// TokenLen is how many signs a token has.
	TokenLen = 60
)

// Keys are the house's keys. They are immutable, safe for concurrent use, and
// never print themselves.
type Keys struct {
	newest byte
	all    map[byte][keySize]byte
	rand   io.Reader
	path   string // where they came from, if from a file
}

// String keeps keys out of texts.
func (k *Keys) String() string { return "seal.Keys" }

// GoString keeps keys out of %#v.
func (k *Keys) GoString() string { return "seal.Keys" }

// LogValue keeps keys out of logs.
func (k *Keys) LogValue() slog.Value { return slog.StringValue("seal.Keys") }

// Count tells how many keys there are.
func (k *Keys) Count() int { return len(k.all) }

// subkey derives the key of one use and purpose.
func (k *Keys) subkey(number byte, use, purpose string) ([]byte, bool) {
	root, ok := k.all[number]
	if !ok {
		return nil, false
	}
	sub, err := hkdf.Key(sha256.New, root[:], nil, "cordee "+use+" "+purpose, keySize)
	return sub, err == nil
}

func (k *Keys) mac(number byte, use, purpose string, message []byte) ([]byte, bool) {
	sub, ok := k.subkey(number, use, purpose)
	if !ok {
		return nil, false
	}
	h := hmac.New(sha256.New, sub)
	h.Write(message)
	return h.Sum(nil), true
}

var encoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding) //nolint:gochecknoglobals // an immutable alphabet without l, o, 0 and 1

// Token names a row for a purpose until a time; a zero time is never over. Times
// are kept to the second.
func (k *Keys) Token(purpose string, row id.Any, expires time.Time) string {
	b := make([]byte, 0, bodySize+macSize)
	b = append(b, k.newest)
	b = append(b, row[:]...)
	var until uint32
	if !expires.IsZero() {
		until = uint32(min(max(1, expires.Unix()), 1<<32-1)) // bounded: until 2106
	}
	b = binary.BigEndian.AppendUint32(b, until)
	sum, _ := k.mac(k.newest, "token", purpose, b)
	return encoding.EncodeToString(append(b, sum[:macSize]...))
}

// Check gives the row that a token names. Upper case is forgiven. With ErrExpired
// comes the row all the same, so that a page can say what has expired.
func (k *Keys) Check(purpose, token string, now time.Time) (id.Any, error) {
	if len(token) != TokenLen {
		return id.Any{}, ErrForged
	}
	token = strings.ToLower(token)
	b, err := encoding.DecodeString(token)
	if err != nil || len(b) != bodySize+macSize || encoding.EncodeToString(b) != token {
		return id.Any{}, ErrForged
	}
	body, sum := b[:bodySize], b[bodySize:]
	want, ok := k.mac(body[0], "token", purpose, body)
	if !ok || !hmac.Equal(sum, want[:macSize]) {
		return id.Any{}, ErrForged
	}
	row := id.Any(body[1 : 1+len(id.Any{})])
	if until := binary.BigEndian.Uint32(body[bodySize-4:]); until != 0 && now.Unix() >= int64(until) {
		return row, ErrExpired
	}
	return row, nil
}

// MAC is a digest of a text that only this house can make: 32 bytes, by the
// newest key.
func (k *Keys) MAC(purpose, text string) []byte {
	sum, _ := k.mac(k.newest, "mac", purpose, []byte(text))
	return sum
}

// MACs are the digests of a text by every key, the newest first: what may stand
// in a column filled by MAC over the years.
func (k *Keys) MACs(purpose, text string) [][]byte {
	out := [][]byte{k.MAC(purpose, text)}
	for n := 255; n > 0; n-- {
		if byte(n) == k.newest {
			continue
		}
		if sum, ok := k.mac(byte(n), "mac", purpose, []byte(text)); ok {
			out = append(out, sum)
		}
	}
	return out
}

// Seal makes bytes unreadable without the keys (AES-256-GCM with a random
// nonce). The purpose is bound in: put the row's id into it where sealed bytes
// must not be moved between rows.
func (k *Keys) Seal(purpose string, plain []byte) []byte {
	aead, ok := k.aead(k.newest, purpose)
	if !ok {
		panic("seal: no newest key") // Open never makes such Keys
	}
	out := make([]byte, 1+aead.NonceSize(), 1+aead.NonceSize()+len(plain)+aead.Overhead())
	out[0] = k.newest
	if _, err := io.ReadFull(k.rand, out[1:]); err != nil {
		panic(fmt.Errorf("seal: no randomness: %w", err)) // there is no safe way on
	}
	return aead.Seal(out, out[1:], plain, out[:1]) //nolint:gosec // the nonce was filled with randomness above
}

// Unseal reads what Seal made for the same purpose, or fails with ErrForged.
func (k *Keys) Unseal(purpose string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, ErrForged
	}
	aead, ok := k.aead(sealed[0], purpose)
	if !ok || len(sealed) < 1+aead.NonceSize() {
		return nil, ErrForged
	}
	nonce, text := sealed[1:1+aead.NonceSize()], sealed[1+aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, text, sealed[:1])
	if err != nil {
		return nil, ErrForged
	}
	return plain, nil
}

func (k *Keys) aead(number byte, purpose string) (cipher.AEAD, bool) {
	sub, ok := k.subkey(number, "seal", purpose)
	if !ok {
		return nil, false
	}
	block, err := aes.NewCipher(sub)
	if err != nil {
		return nil, false
	}
	aead, err := cipher.NewGCM(block)
	return aead, err == nil
}

// random is the source of randomness given, or the machine's own.
func random(r io.Reader) io.Reader {
	if r == nil {
		return rand.Reader
	}
	return r
}
