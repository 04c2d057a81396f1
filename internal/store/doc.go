// Package store opens Cordée's database, SQLite or PostgreSQL, and brings its
// tables up to date. It knows no table.
package store
