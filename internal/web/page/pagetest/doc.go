// Package pagetest holds what tests of pages need: people to show, and a gallery,
// every part of web/page on a few pages, with easy and with hard data. Only tests
// import it.
package pagetest
