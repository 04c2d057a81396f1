// Package await keeps who is awaited for what: one row for each person, object
// and move. One table serves the page of today, the foot of a mail, digests,
// reminders, lapses and the duty to answer within 48 hours.
//
// # Rules
//
//  1. What is awaited follows from the object's state: each room has a pure
//     Awaited() and hands all of it to journal.Tx.Await with every act. The rows
//     of an object are replaced, never edited; an empty list clears them.
//  2. Since may lie ahead: the row exists, and shows from then on. Left zero, it
//     is the time of the act that wrote it, so a room that keeps somebody waiting
//     over several acts says since when.
//  3. Due is when the house itself does something: a timer takes what Due lists
//     and calls the room's use case, which replaces the rows again.
//  4. The zero Person is the house itself, for timers that concern nobody.
//  5. Rows can be dropped and recomputed; doctor compares them by Diff.
//
// # Not here
//
// What the moves mean and may be (rooms), what is said about them (notify, lang).
package await
