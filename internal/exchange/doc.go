// Package exchange is the heart of Cordée: what people ask, offer, do for each
// other and say thanks for.
//
// # Words
//
//   - An [Ask] is something wanted (an ask) or given (an offer), in words. All
//     else about it, its [Facts], is guessed from the words and can be corrected.
//   - An [Exchange] is what a giver does for one or several receivers. For
//     company nobody gives: Giver is who proposed it, and all are companions.
//   - A [Receiver] is one receiver's own line in an exchange, with its own state:
//     each says yes, and confirms, for themselves.
//   - [Thanks] are the receiver's words, shared with circles or kept between two.
//
// # Rules
//
//  1. Only the moves of the one table in moves.go exist. Pages ask
//     [Exchange.Moves] for their buttons, mails for their links, tests for their
//     rows; docs/states.md is drawn from it ([StatesMarkdown]).
//  2. Nothing binds without both words: who proposes has said theirs, the other
//     agrees. A receiver who marks done what a giver proposed thereby agrees.
//  3. Only a receiver's word confirms. Thanks for something done elsewhere are
//     the receiver's word; they count once the giver says "with pleasure".
//  4. A move that isn't in the table is refused with the reason: who did what
//     when someone else moved first.
//  5. Every change of an ask, an exchange or a thanks is exactly one act on it,
//     so that its version is the number of its acts.
//  6. Who is awaited is a pure function of the state ([Exchange.Awaited],
//     [Ask.Awaited], [Thanks.Awaited]), written in the same transaction.
//  7. The clock is a mover like any other: what is silent lapses ([Room.Lapse]).
//     All figures are in clock.go.
//  8. The people of an exchange see it whole. Others see the bare fact, where its
//     ask was posted, and never a no: what was declined, withdrawn, called off or
//     lapsed is between its people, and so is what the author of an ask quietly
//     proposed to somebody until they agree (visible.go).
//  9. "I'd rather not" is mine alone: no page, list or act shows it to others.
//
// # What isn't here
//
// Messages (an ask and an exchange each have a thread), who hears of what
// (notify), introductions and referrals, and what practice is worth (bond, care).
// There is no balance, score or rating anywhere, and there must never be.
package exchange
