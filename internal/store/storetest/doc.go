// Package storetest gives each test a database of its own, once on SQLite and
// once on PostgreSQL, so that every test of what is stored holds for both.
//
//   - Each(t, f) for most tests; SQLite, Postgres and Durable for one of them;
//     EachConfig for those that open the database themselves.
//   - SQLite is a copy of a migrated file, made once a process.
//   - PostgreSQL is a server that the first test process of a machine starts
//     and leaves running for the next ones, in memory where there is /dev/shm,
//     without fsync. $CORDEE_TEST_POSTGRES names another one: the URL of a role
//     that may CREATE DATABASE. It is never skipped: where PostgreSQL is
//     missing, the test says what to install.
//   - On it, "cordee_test_SCHEMA" is the migrated template and
//     "cordee_test_SCHEMA_N" its copies. A process holds N by an advisory lock
//     for as long as it lives, gives it to one test at a time, and empties it
//     before each. Copies of schemas that no process uses are dropped.
//
// Nothing here is reached by the program; internal/archtest checks that.
package storetest
