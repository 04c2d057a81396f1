// Package mailtext reads a raw mail as the person reads it to whom it was sent.
//
// Out of the bytes of RFC 5322 come who wrote, to whom, when, about what, and
// what was written: the words that this person newly wrote, the quoted past, and
// what habits and machines hang below (signatures, list footers, disclaimers).
//
//	mail, err := mailtext.Read(raw, mailtext.Options{})
//
// # Rules
//
//  1. Nothing of the body gets lost: it is in Words, Quoted, Signature or Footer (package
//     reply says how it is shared out), or in an attachment.
//  2. Signatures made by programs (S/MIME, PGP) are dropped, what they wrap is
//     read. Files that Outlook hides in winmail.dat are unpacked.
//  3. A mail forwarded as a file stays a file, named by its subject.
//  4. Of multipart/alternative the plain text is read, unless it is a stub, or
//     its quotes bear no marks while those of the HTML part do.
//  5. A charset is believed as far as the bytes agree with it; US-ASCII and
//     ISO 8859-1 are read as Windows-1252; what is valid UTF-8 is UTF-8.
//  6. From is the person: what a list rewrote ("Ana via List <list@…>") is undone
//     where another header still tells. FromHeader is what stood there, for those
//     who decide about trust.
//  7. A date that can't be (missing, unreadable, later than the mail's arrival, a
//     month before it was first received) gives way to that of the arrival.
//  8. Whatever the bytes, Read neither panics nor takes more than a fixed
//     multiple of their size: parts, depth, header and text are limited, and
//     what lies beyond a limit is handed on as an attachment.
//
// # What isn't here
//
// No mailbox files and no threads (see importer), no receiving and no deciding
// (see mail), no database: Read is a pure function. No enmime either but for its
// tolerant reading of parameters: it guesses charsets against the label by
// statistics, copies each part once a level, and has no limit on depth.
package mailtext
