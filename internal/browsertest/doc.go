// Package browsertest drives a real Chromium through the pages of Cordée, as a
// person would: by what is written on links, buttons and fields.
//
//	func TestMain(m *testing.M) { os.Exit(browsertest.Main(m)) }
//
//	p := browsertest.Open(t, server.URL, browsertest.Options{Lang: "fr", Phone: true})
//	p.Goto("/sign-in")
//	p.Fill("Votre adresse", "aurore@example.org")
//	p.Press("Recevoir le lien")   // waits for the page that comes
//	p.See("On vous a écrit")
//	p.Axe()                       // no violation of any rule of axe-core
//	p.Screenshot("sign-in-sent")  // only where CORDEE_SCREENSHOTS names a folder
//
// One Chromium serves a test process; each Open is a context of its own, with its
// own cookies. What a page must never do fails its test by itself, when the test
// ends: a message of an error on the console, an exception, anything that the
// content security policy refused, a request to another server, a page that
// answers 500. What is expected is said by Allow.
//
// With Options.NoJS the page's scripts never run; axe-core is then run in the same
// document once it has loaded.
//
// Chromium comes from Debian's package; CORDEE_CHROMIUM names another one. Where
// there is none the test fails and says what to install. It is never skipped.
package browsertest
