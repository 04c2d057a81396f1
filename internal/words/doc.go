// Package words turns what people type into what people read: Markdown into safe
// HTML, into plain text for mails and search, into an excerpt, into a title.
//
// Rules:
//
//  1. What somebody typed is never lost: HTML is shown as it was typed, an image
//     becomes a link to it, an unknown sign stays.
//  2. Nothing in the result runs, loads, styles or names anything of the page:
//     no script, no image, no class, no id, no attribute but those that the
//     policy lists.
//  3. Line breaks stay where they were typed, as in a mail. A line of dashes is
//     a rule and never makes a heading of the line above it.
//  4. A link goes to http, https or mailto, by an absolute address, with
//     rel="nofollow noopener noreferrer"; any other stays as text.
//  5. Headings start at h3, under those of the page.
//  6. The writer isn't trusted and neither is the parser: bluemonday reads the
//     HTML again and keeps what the policy names.
//
// What isn't here: the words of Cordée itself (package lang), and quoting or
// stripping mails (package mailtext).
package words
