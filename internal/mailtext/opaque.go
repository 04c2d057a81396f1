package mailtext

import (
	"bytes"
	"encoding/asn1"
	"encoding/binary"
)

// opaque reads the mail inside an S/MIME signature of the kind that wraps it
// (RFC 8551 §3.5.2); what is encrypted stays a file.
func (b *body) opaque(p part, depth int) {
	data, _ := p.decoded()
	if inner, ok := signedContent(data, 0); ok {
		h, content := splitPart(bytes.TrimLeft(inner, "\r\n"))
		b.walk(newPart(h, content, "text/plain"), depth+1)
		return
	}
	if p.file == "" {
		p.file = "smime.p7m"
	}
	b.attach(p, "")
}

// signedContent finds id-data's octets in a CMS SignedData (RFC 5652 §5), in DER
// or in the BER with pieces of unknown length that Outlook writes.
func signedContent(b []byte, depth int) ([]byte, bool) {
	idData := []byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1}
	idSigned := []byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2}
	if !bytes.Contains(clip(b, 64), idSigned) || depth > 0 {
		return nil, false
	}
	i := bytes.Index(clip(b, 1024), idData)
	if i < 0 {
		return nil, false
	}
	return octets(b[i+len(idData):], 0)
}

// octets joins the OCTET STRINGs of the value that b starts with.
func octets(b []byte, depth int) ([]byte, bool) {
	tag, value, _, ok := ber(b)
	if !ok || depth > 8 {
		return nil, false
	}
	if tag == asn1.TagOctetString {
		return value, true
	}
	if tag != 0xa0 && tag != 0x24 { // [0] EXPLICIT, OCTET STRING in pieces
		return nil, false
	}
	var out []byte
	for len(value) > 0 {
		_, _, rest, ok := ber(value)
		if !ok {
			break
		}
		if piece, ok := octets(value, depth+1); ok {
			out = append(out, piece...)
		}
		value = rest
	}
	return out, len(out) > 0
}

// ber cuts one value off (X.690 §8.1), of unknown length if need be: such a one
// reaches to the end of what is there.
func ber(b []byte) (tag byte, value, rest []byte, ok bool) {
	if len(b) < 2 || b[0] == 0 {
		return 0, nil, nil, false
	}
	tag, n := b[0], int(b[1])
	b = b[2:]
	switch {
	case n == 0x80:
		return tag, b, nil, true
	case n > 0x80:
		k := n & 0x7f
		if k > 4 || k > len(b) {
			return 0, nil, nil, false
		}
		n = 0
		for _, c := range b[:k] {
			n = n<<8 | int(c)
		}
		b = b[k:]
	}
	n = min(n, len(b))
	return tag, b[:n], b[n:], true
}

// tnef unpacks winmail.dat, in which Outlook hides files from other programs
// (MS-OXTNEF §2.1): records of level, id, length, data, checksum.
func (b *body) tnef(p part) {
	const (
		signature  = 0x223e9f78
		attachOpen = 0x00069002
		title      = 0x00018010
		fileData   = 0x0006800f
		textBody   = 0x0002800c
	)
	data, _ := p.decoded()
	if len(data) < 6 || binary.LittleEndian.Uint32(data) != signature {
		b.attach(p, "")
		return
	}
	name, found := "", 0
	for rest := data[6:]; len(rest) >= 11; {
		id := binary.LittleEndian.Uint32(rest[1:])
		n := int(binary.LittleEndian.Uint32(rest[5:]))
		if n < 0 || n > len(rest)-9 {
			break
		}
		value := rest[9 : 9+n]
		rest = rest[min(len(rest), 9+n+2):]
		switch id {
		case attachOpen:
			name = ""
		case title:
			name = fileName(toUTF8(bytes.TrimRight(value, "\x00"), ""))
		case fileData:
			if len(value) > 0 && found < maxParts {
				found++
				b.keep(Attachment{Name: firstOf(name, "file.bin"), Type: "application/octet-stream"}, value)
			}
		case textBody:
			if len(b.lines) == 0 {
				found++
				b.add(b.read(part{kind: "text/plain", content: bytes.TrimRight(value, "\x00")}))
			}
		}
	}
	if found == 0 {
		b.attach(p, "")
	}
}

// uudecode reads what mails bore before MIME; ok is false when there is none.
func uudecode(b []byte) (data []byte, ok bool) {
	i := bytes.Index(b, []byte("begin "))
	if i < 0 || i > 0 && b[i-1] != '\n' {
		return nil, false
	}
	_, rest := cutLine(b[i:])
	for len(rest) > 0 {
		ln, after := cutLine(rest)
		rest = after
		if len(ln) == 0 || bytes.Equal(ln, []byte("end")) || ln[0] == '`' || ln[0] == ' ' {
			break
		}
		want := int(ln[0]-' ') & 0x3f
		var out []byte
		for ln = ln[1:]; len(ln) >= 4; ln = ln[4:] {
			a, b, c, d := (ln[0]-' ')&0x3f, (ln[1]-' ')&0x3f, (ln[2]-' ')&0x3f, (ln[3]-' ')&0x3f
			out = append(out, a<<2|b>>4, b<<4|c>>2, c<<6|d)
		}
		data = append(data, clip(out, want)...)
	}
	return data, len(data) > 0
}
