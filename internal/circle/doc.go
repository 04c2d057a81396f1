// Package circle knows the circles of this server: who is in them, what they
// agreed to, how one comes in, and what people say there.
//
// # Words
//
//	circle      a network of people with a purpose and a charter.
//	stage       gestation, active, dormant, closed. Gestation restricts nothing.
//	charter     what members agree to. A change of meaning makes a new version;
//	            a change of wording is a new edition of the same version.
//	membership  a person in a circle: why they came, what they bring, the time
//	            they set aside (means), their sponsor, their role.
//	host        a member who looks after the circle. The founder is the first.
//	invitation  a way in that somebody of the circle holds open for a while: to one
//	            person, or to the people of a group that exists already.
//	talk        a thread for the whole circle that awaits nothing.
//	letter      a thread between two members.
//	standing    all that decides what one person may see and do.
//	claimed     a circle that an archive founded waits for somebody to claim it.
//
// # Rules
//
//  1. Who may found is the server's setting (room server). A circle born of
//     another is founded by somebody who may found and is a member of the parent.
//  2. A circle becomes active by itself when three people who are in it have
//     agreed to the same version of its charter, now or earlier. Once.
//  3. Only hosts change a charter, and say whether its meaning changes. Then all
//     are asked again; silence keeps the version agreed to, and every right. An
//     agreement stays on record with the very edition that was read.
//  4. A circle has at most 150 people.
//  5. Any member invites one person at a time; hosts invite a group. An invitation
//     to one person lasts 30 days and works once; a group's link lasts 14 days and
//     has a number of seats. Who made it, or a host, may revoke it. A circle has
//     300 open at a time, and has Cordée mail as many a day.
//  6. Joining is a decision: yes to the charter as it stands, and, except for the
//     people of an existing group, why, what one brings and how much time.
//  7. Who came by the link in a mail from Cordée has proved the address that it
//     went to; any other address waits to be verified. An address that somebody
//     here has proved isn't given to another: they sign in, then accept.
//  8. Nobody is taken in on their own behalf by another: only Accept joins.
//  9. The last host can't step down. A host is named by a host; nobody but
//     themselves takes it back (removing takes two, and comes later).
//  10. Talk is for all members. A letter goes to somebody with whom one shares a
//     circle. Without a title it goes on where the two left off; with one it is a
//     thread of its own. Its words reach only the two.
//  11. A circle, its members and its charter are seen by its members alone; who
//     holds an invitation sees what they are invited to. To anybody else it
//     doesn't exist (visible.go).
//  12. Slugs are ASCII, 3 to 40 signs, unique; those a circle had before lead to it
//     for ever.
//  13. Rules that read several rows (2, 4, 9, the last seat) lock the circle's row
//     first and save it under its version.
//
// # What isn't here
//
// Requests to join, leaving, objections, away, removing, closing, alliances (their
// own issue); asks and thanks (exchange); sending the mail of an invitation
// (notify, which reads InvitationMail).
package circle
