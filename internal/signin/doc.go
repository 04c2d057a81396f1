// Package signin lets people in: links by mail, the sessions they open, and the
// links that carry a single move.
//
// # Words
//
//	link      one row and its token: for signing in, for proving an address, or for
//	          one move on one object. It is open, then used or expired.
//	token     a seal over the row's id and expiry (package seal). The row alone
//	          opens nothing, the token alone neither.
//	letter    what the courier needs to mail a link: whom, where, in which language.
//	session   a device on which a person is signed in. Its cookie holds 256 random
//	          bits, of which only the SHA-256 is kept.
//
// # Rules
//
//  1. Looking at a link consumes nothing, so a scanner that fetches it does no
//     harm: the page says whose it is and shows one button. The button spends it,
//     once, in the transaction of what it does.
//  2. Asking for a link gets the same answer and takes the same steps whether
//     anybody has that address or not. Nothing in a table or an act tells an
//     unknown address, or a token.
//  3. At most 5 letters an hour to one address, 30 asked from one network (/24,
//     /64); a loopback address says nothing and isn't counted.
//  4. A sign-in link lasts an hour and works for as long as its address is the
//     person's. Somebody who has proved no address yet may come in by the one they
//     joined with: that proves it, and ends whatever sessions there were before. So
//     does the first proof by a letter, but for the session in which it is made.
//  5. A session ends by its owner's word, after 30 days unused, after 180 days in
//     any case, and when the person leaves. Last seen is kept to the hour.
//  6. A form sent twice opens one session; both answers carry a good cookie.
//  7. A move link opens no session. It does one move on one object for one person,
//     expires after 30 days, and is spent with the move (journal.Key.Also).
//  8. Whatever is written to a mailbox is asked for in the transaction by an act
//     (signin.link_asked, signin.proof_asked), which the courier follows: nothing
//     that was promised is lost, and the token is minted when the mail is written.
//
// # What isn't here
//
// The cookie's name and attributes (web), mails' words and sending (notify, post),
// the set-up link (server), invitations (circle); passkeys, OIDC and app passwords
// have their own issue.
package signin
