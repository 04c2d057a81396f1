// Package importer brings in the past that a network already has: the archive of
// a mailing list becomes past talk, asks where somebody plainly asked, and people
// who are known as names in history until they come themselves.
//
// # Words
//
//	archive   an mbox: what mail programs, Mailman, public-inbox and Gmail export.
//	          Plain or gzip, a file or a stream.
//	fact      what a first reading keeps of a mail: whose it is, when, what it
//	          answers, what it is about. Numbers, no words.
//	run       one import into one circle, with how far it has come.
//	broken    a mail that can't be read: told with its number, place and reason.
//	skipped   a mail that isn't brought in on purpose: it is here already, it comes
//	          twice, or a machine wrote it (an auto-reply, a bounce, a receipt).
//
// # How it goes
//
// The file is read twice. The first reading looks at all of it, writes nothing, and
// keeps facts; whatever is wrong with the file as a whole (not an mbox, a damaged
// gzip) shows here. Then the mails are put in threads (threads.go). The second
// reading takes the words and files of one thread after the other and writes them
// through journal.Do: some mails to a body, so that each takes far less than the
// five seconds that a body has, and one act on each thread (thread.imported).
//
// # Rules
//
//  1. Importing again changes nothing: a mail is known by its Message-ID within the
//     circle, or, where it has none, by one made of its date, sender, subject and
//     words.
//  2. Whatever order the mails come in, and in however many archives, they end in
//     the same threads. So the facts are kept (importer_mail), and threads that a
//     later mail ties together become one.
//  3. Two mails are of one thread when one names the other (In-Reply-To,
//     References), when both name the same third and have one subject, or when
//     they have one subject and at most thirty days lie between them. Tags, "Re:"
//     and case don't count. What a mail answers is the first that is there of its
//     In-Reply-To and then its References from the right.
//  4. An import that was broken off is run again: it takes up what is missing.
//  5. A broken mail stops none of the rest. A broken file writes nothing.
//  6. People are staged, one for each address, under the best name that the archive
//     gives them. Nobody is written to, and nothing awaits anybody.
//  7. A thread becomes an ask only when its first mail plainly asks (asks.go).
//  8. What a mail repeats of the past is folded away; so is its signature. What
//     machines wrote below it (the list's footer, a disclaimer) is left out.
//  9. Memory holds the facts (some two hundred bytes a mail) and the mails of one
//     body.
//
// # What isn't here
//
// Reading a single mail (mailtext), what a thread, an ask or a person is (their
// rooms), the page (web/imports), the command (cmd/cordee).
package importer
