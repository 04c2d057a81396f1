//go:build race

package mailtext_test

// every is how many mails of the year are passed over, since the race detector
// makes reading twenty times slower.
const every = 20
