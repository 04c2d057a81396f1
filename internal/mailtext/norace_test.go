//go:build !race

package mailtext_test

// every mail of the year is read.
const every = 1
