package mailtext

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
)

// toUTF8 decodes bytes whose label may lie (rule 5).
func toUTF8(b []byte, label string) string {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	label = cleanLabel(label)
	if label == "utf-7" {
		return decodeUTF7(b)
	}
	enc := encodingOf(label)
	switch {
	case isASCII(b) && bytes.IndexByte(b, 0x1b) < 0 && !wide(label):
		return string(b)
	case bytes.Contains(b, []byte("\x1b$")) && (enc == nil || latin(label)):
		enc = japanese.ISO2022JP
	case utf8.Valid(b) && (enc == nil || latin(label)):
		return string(b)
	case enc == nil:
		return mend(b)
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return mend(b)
	}
	return strings.ToValidUTF8(string(out), "\ufffd")
}

// cleanLabel undoes what programs do to charset names: charset="charset=utf-8",
// "utf8", "_iso-8859-1$ESC".
func cleanLabel(s string) string {
	s = strings.ToLower(strings.Trim(s, " \t\"'_;,"))
	s = strings.TrimPrefix(s, "charset=")
	s, _, _ = strings.Cut(s, "$")
	s = strings.Trim(s, "\"' ")
	switch s {
	case "utf8", "utf-8-sig", "unicode-1-1-utf-8", "utf-8;", "utf_8":
		return "utf-8"
	case "unicode-1-1-utf-7", "utf7":
		return "utf-7"
	case "cp-850", "cp850", "ibm850":
		return "ibm850"
	case "cp437", "ibm437":
		return "ibm437"
	}
	return s
}

// encodingOf returns nil for UTF-8 and for all that says nothing.
func encodingOf(label string) encoding.Encoding {
	switch label {
	case "", "utf-8", "us-ascii", "ascii", "ansi_x3.4-1968", "7bit", "8bit", "unknown", "unknown-8bit", "x-unknown", "default", "binary":
		return nil
	case "ibm850":
		return charmap.CodePage850
	case "ibm437":
		return charmap.CodePage437
	}
	if e, _ := charset.Lookup(label); e != nil {
		if e == encoding.Replacement {
			return nil
		}
		return e
	}
	if e, err := ianaindex.MIME.Encoding(label); err == nil && e != nil {
		return e
	}
	return nil
}

// latin tells the labels that programs give without looking at the bytes.
func latin(label string) bool {
	switch label {
	case "iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "iso-8859-15", "iso_8859-1", "l1":
		return true
	}
	return false
}

func wide(label string) bool {
	return strings.HasPrefix(label, "utf-16") || strings.HasPrefix(label, "utf-32") || label == "hz-gb-2312"
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// mend keeps what is UTF-8 and reads stray bytes as Windows-1252.
func mend(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	s.Grow(len(b) + len(b)/8)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			r = charmap.Windows1252.DecodeByte(b[0])
		}
		s.WriteRune(r)
		b = b[n:]
	}
	return s.String()
}

// decodeUTF7 reads RFC 2152, which nobody should send and some once did.
func decodeUTF7(b []byte) string {
	var s strings.Builder
	for len(b) > 0 {
		i := bytes.IndexByte(b, '+')
		if i < 0 {
			break
		}
		s.WriteString(mend(b[:i]))
		b = b[i+1:]
		n := 0
		for n < len(b) && isBase64(b[n]) {
			n++
		}
		if n == 0 {
			s.WriteByte('+')
			b = bytes.TrimPrefix(b, []byte{'-'})
			continue
		}
		raw := make([]byte, base64.RawStdEncoding.DecodedLen(n))
		got, err := base64.RawStdEncoding.Decode(raw, b[:n])
		if err != nil && got == 0 {
			s.WriteByte('+')
			s.Write(b[:n])
		}
		var units []uint16
		for j := 0; j+1 < got; j += 2 {
			units = append(units, uint16(raw[j])<<8|uint16(raw[j+1]))
		}
		s.WriteString(string(utf16.Decode(units)))
		b = bytes.TrimPrefix(b[n:], []byte{'-'})
	}
	s.WriteString(mend(b))
	return s.String()
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}
