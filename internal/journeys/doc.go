// Package journeys holds no code, only tests: of the whole house, from outside,
// as people come to it. The house is built by app.Open, listens on a real port
// and writes its mails to a real SMTP server.
//
// # Words
//
//	House     a running house with its URL, its Clock and the Mailbox that its
//	          mails go to. Start(t, Options{}) opens one; when the test ends it is
//	          closed, and nothing may have gone wrong in its log.
//	Filled    a house in which people have lived: two circles, asks, exchanges,
//	          thanks, talk, letters. It is made once a process through the rooms'
//	          own use cases, and copied for each test (Furnished).
//	Visitor   somebody with a browser's cookies and no browser: reads pages,
//	          fills forms as they stand in the page, sends them.
//	Secret    a text that only members of the first circle of a Filled may read.
//
// # The tests
//
//	visitors   every route × seven visitors, against testdata/visitors.txt
//	badinput   every form × everything that people and machines type into forms
//	pages      every page × language × light × width, by axe-core in Chromium
//	journey    from the set-up link to the first thanks, in three languages, on a
//	           phone, with scripts and without
//
// A new route needs a line in testdata/visitors.txt: the test says which. Its page
// is then looked at by pages, its form by badinput, with nothing else to write.
//
// CORDEE_SCREENSHOTS names a folder in which every page leaves its picture.
//
// # What isn't here
//
// Tests of one room, one page or one mail: those are beside their code.
package journeys
