// Package search finds words in all that a person may see.
//
// The words:
//
//   - A doc is one text that can be found: a message, an ask, a thanks. It is
//     derived data: it says what it is (Ref), what to open (In) and who may find it.
//   - Folding makes texts comparable: cœur, Cœur and COEUR are coeur; Muñoz is munoz.
//   - A word is a run of letters and digits after folding; a Chinese or Japanese
//     character is a word by itself.
//
// How one asks: every word must occur, and may go on ("migr" finds migration).
// Words in quotation marks must stand together as they are; a word or a quotation
// behind a minus sign must not occur. Any text is a question; none is an error.
//
// Rules:
//
//  1. Folding and cutting into words are done here, in Go. Both databases keep
//     the same words and give the same answers; neither's own rules are used.
//  2. Who may find a doc is part of the query. A Viewer narrowed to one circle
//     searches that circle.
//  3. Whatever has the words in its title comes first, then whatever has the
//     words whole, then the rest; within each the latest first.
//  4. A doc's key grows with its time, so the index itself delivers the latest
//     first and a page costs what a page holds.
//  5. SQLite's index keeps no text: removing a doc means folding its text again.
//     Whoever changes Fold or the cutting adds a migration that empties the
//     tables, and "cordee rebuild" fills them.
//
// What isn't here: what rooms put in, and finding people by skill.
package search
