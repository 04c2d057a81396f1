// Package await keeps who is awaited for what: one row for each person, object
// and move.
package await
