// Package upkeep looks after the house: the doctor, who examines the data and says
// what is in it, and the demonstration, a throw-away house full of people.
//
// # Words
//
//	doctor         Check: reads the data of one moment, beside whoever serves it.
//	patient        the data that it looks at.
//	finding        one thing that is wrong: a code and a sentence.
//	demonstration  Play: two dozen people live two years in an empty house.
//	story          what they live, told in stories/*.toml so that it can be read and
//	               changed without Go.
//	clock          the time of the demonstration; it stands, is moved, then runs.
//
// # Rules
//
//  1. The doctor reads one snapshot and never mends. It makes no file and takes
//     no lock.
//  2. It trusts nothing that can be recomputed: sums, states, who is awaited, what
//     search finds and for whom. Each rule is a query for what mustn't be, with
//     the sentence about each row of it (check_rooms.go). Where a room can
//     recompute by itself, it does (exchange.Walk, circle.Awaited).
//  3. Whatever use cases did, by whomever and in whatever order, it finds nothing;
//     each rule is broken by some damage of its test.
//  4. What can't be examined is a finding too, and the rest is still examined.
//  5. The demonstration goes through the use cases alone, by the door demo: what a
//     rule refuses ends it with an error, and the story is mended.
//  6. Everybody acts at an hour of their own day, in the order of time, never in
//     the future; on the way the clock lets lapse what nobody answers.
//  7. It is the same each time, to the word; only ids and the present differ.
//
// # Not here
//
// What the commands print (cmd/cordee), opening data beside its server
// (store.Look), backups and rebuilding (their own issue).
package upkeep
