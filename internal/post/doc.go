// Package post composes mails and hands them on. It knows no room: whoever
// calls it says who writes to whom, in which words, with which buttons.
//
// The words:
//
//   - A Letter is what is to be said: names, a subject, blocks, a footer.
//   - Compose turns a Letter into a Mail: the bytes of RFC 5322 and the two
//     addresses of the envelope. The same Letter gives the same bytes, always.
//   - A Transport takes one Mail at a time: SMTP to a server that the operator
//     named, or Maildir to a folder, which Page shows while there is no server.
//   - A Failure says why a Mail wasn't taken, and which of three it is: try
//     again later, never to this person, or the settings are wrong.
//
// The rules:
//
//  1. A mail looks like a mail: the text part and the HTML part hold the same
//     words in the same order; neither holds a picture, a script or a tracker.
//  2. From is the server's own mailbox under the person's name. The person's
//     address stands nowhere.
//  3. Nothing that a person typed reaches a header before Clean took out what
//     could break it: line ends, controls, overrides of the writing direction.
//  4. The Message-ID is the caller's, derived from what the mail is about, so
//     that the same mail sent again after a crash is the same mail.
//  5. A password travels under a verified certificate or not at all; the one
//     exception is a server on this very machine.
//  6. What went wrong after DATA may have gone right. It counts as temporary,
//     and the repeat carries the same Message-ID.
//
// Not here: who hears what and when, queues, repeats and back-off (notify),
// mail that comes in (mail), and the words of each mail (notify's catalogues).
// There is no Feedback-ID and no List-Unsubscribe over plain http: the one
// helps to count people, the other is refused by those who act on it (RFC 8058
// §3.1 wants https).
package post
