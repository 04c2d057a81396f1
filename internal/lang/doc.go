// Package lang speaks to people: it holds the words of every page and mail in
// French, English and Spanish, and says dates, numbers, lists and names as each
// of these languages does.
//
// The words:
//
//   - A Tag is one of the three languages.
//   - A catalogue is all the words of one language. It is put together from the
//     files words/AREA.TAG.toml, one area per part of Cordée.
//   - A key names one sentence: "exchange.agree.done". Beside a key there may be
//     KEY.tu, the same sentence for somebody one says tu to (tú in Spanish).
//   - A Printer speaks one language to one reader at one moment: it knows their
//     time zone, what time it is, and whether to say tu.
//
// How a file is written:
//
//	"thanks.button" = "Dire merci"
//	"thanks.told"   = "{{.Who}} vous dit merci."
//	"thanks.told.tu" = "{{.Who}} te dit merci."
//
//	["circle.members"]                 # plurals stand at the end of the file
//	zero  = "Personne encore"          # exactly none; may be left out
//	one   = "{{cap .NF}} personne"
//	other = "{{cap .NF}} personnes"    # many = … too, if millions read otherwise
//
// Rules:
//
//  1. A sentence holds words and {{.Name}}, nothing cleverer: no conditions. If
//     two cases read differently they are two keys.
//  2. {{.N}} is the number of a plural, in words up to ten, masculine; {{.NF}} is
//     the same, feminine; {{digits .N}} shows figures. A time is told by When, an
//     int with the reader's separators, a []string as a list.
//  3. These helpers stand before a name: cap (capital first letter), quote,
//     count and countf (a number in words), digits; in French de, que, le, la
//     ("d’Aurore", "qu’Aurore"); in Spanish y, o ("e Inés", "u Octavio").
//  4. A key that is missing in French or Spanish is told in English; one that is
//     missing there too shows as ⟦key⟧. Nothing panics for want of words: tests
//     are what is strict.
//  5. Wherever a sentence addresses the reader, French and Spanish have both the
//     base (vous, usted) and .tu. English has the base alone.
//  6. Typography is part of the words and tested: ’ and never ', U+202F before
//     ; and ?, U+00A0 before : and inside « », ¿ where a Spanish question
//     begins, and no exclamation marks.
//  7. Nothing is escaped here: templates do that. Whoever puts markup inside a
//     sentence takes it apart with Pieces.
//
// What isn't here: Markdown (package words), and any knowledge of rooms.
package lang
