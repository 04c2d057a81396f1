// Package store opens Cordée's database, SQLite or PostgreSQL, and brings its
// tables up to date. It knows no table: each belongs to the room whose name it
// carries, and only that room's SQL names it.
//
// # The two pools
//
//   - Read serves pages and couriers. The database itself refuses to write there.
//   - Write belongs to the journal and to the jobs. On SQLite it is one
//     connection, since SQLite has one writer anyway, and begins IMMEDIATE so
//     that it never has to upgrade a lock.
//
// SQLite runs in WAL with synchronous=FULL: what was answered survives a power
// cut. secure_delete overwrites what is erased; Truncate empties the log after an
// erasure. PostgreSQL gets one round trip a statement, as bun writes arguments
// into it; behind a pooler in transaction mode set default_query_exec_mode in the
// URL, which also leaves off the session setting that makes Read refuse to write.
//
// # Tables
//
//  1. migrations/{sqlite,postgres}/NNNNN_room.sql, embedded, applied by goose, in
//     one step with River's own, on PostgreSQL under one advisory lock: of several
//     processes that start at once one migrates. Gaps in the numbers are fine.
//  2. Both dialects have the same tables and columns; a test compares them.
//  3. Instants are int64 microseconds, UTC, by Micros and Time; 0 is none. Ids are
//     BLOB or uuid, a missing one NULL. Texts are never NULL. Tables are STRICT on
//     SQLite, and foreign keys are on.
//  4. A database that a newer binary has changed isn't opened (ErrNewer).
//
// What a person can mend comes back as a *Problem, a sentence for the terminal.
//
// # Not here
//
// Transactions (journal), queries (rooms), backups (upkeep), databases for tests
// (storetest).
package store
