// Package person knows the human beings of this server: their names, how they
// like to be written to, and what they gladly tell about themselves.
//
// # Words
//
//	person    a human being. There are no robot members and no shared accounts.
//	profile   what a person says about themselves and may change at any time.
//	address   a mail address: waiting (somebody said that it is theirs), verified
//	          (they proved it), or staged (it came with an imported past).
//	state     staged: known from an imported past alone; active; former: has left.
//	means     how much time a person has, in words; and whether they have it now.
//	card      what stands beside a person's words everywhere: name, initials, hue.
//
// # Rules
//
//  1. A name is one clean line of 1 to 80 signs in any script, emoji included;
//     what is invisible or turns the direction of a line is taken out.
//  2. An address is verified for one person at most. A claim that waits blocks
//     nobody: whoever proves the address has it.
//  3. Of a person's verified addresses one is primary: mail goes there. The last
//     verified address can't be removed.
//  4. Every field has a reach: my circles, or only me. The address is for nobody
//     else until its owner says so; the name always goes with what they wrote.
//  5. A person is seen by themselves and by those who share a circle with them.
//     The circles are set here by their owner, the room circle (ShowIn, HideFrom),
//     so that one rule serves pages, lists and search. A stranger gets "not found".
//  6. A staged person is a name in history: never mailed, never signed in, not
//     found by search. Whoever proves the same address is offered that history,
//     and takes it by an act of their own; from then on it shows the one who
//     joined (merged_into, which Cards and Names follow).
//  7. An edit carries the version it was read at. When somebody else was faster,
//     the refusal names what changed and nothing is written.
//
// # What isn't here
//
// Circles and memberships (circle), signing in and proving an address (signin),
// firms and the page of consents (their own issue), what people did together
// (exchange).
package person
