// Package server knows the server itself: whether it has been set up, who keeps
// it, who may found circles on it, and by which mailbox it sends.
//
// # Words
//
//	set-up link  printed in the terminal until somebody used it: who has it founds
//	             the server and becomes its first operator.
//	operator     keeps the machine: settings, mail, who may found. Reads no thread.
//	founding     who may found a circle: nobody else, hosts, everybody.
//	mail         the mailbox by which Cordée sends. None: only sign-in, set-up and
//	             invitation letters are written, to a folder.
//
// # Rules
//
//  1. The set-up link works once, opens no session by being looked at, and is the
//     same at every start until then.
//  2. An operator may always found. There is always at least one operator once
//     the server is claimed.
//  3. The mailbox's password is sealed in the database and never shown again: a
//     form that leaves it empty keeps it, as long as host and user stay the same.
//  4. Settings are edited at the version that the page showed.
//
// # What isn't here
//
// Circles that an import made and that wait to be claimed (circle), the session
// that set-up ends with (signin), sending (post), flags of the command line (app).
package server
