// Package reply shares out the body of a mail: what its writer newly wrote, the
// past that is repeated, and what hangs below.
//
//	texts := reply.Share(reply.Plain(body))
//
// # The idea, and how it fails
//
// A body is a column of lines ([Plain], [Flowed] and [HTML] make them). Each line
// is given to exactly one of four readers: words, quoted, signature, footer.
// Nothing else is done with it, so nothing can get lost: the texts together hold
// every word of the body (rule 1). What can fail is the sharing out, in two directions that
// don't weigh the same. Past text left among the words is a blemish; own words
// folded away as "quoted" are a person silenced. So every rule asks for proof
// before it takes a line away from the words:
//
//   - A line is quoted when it bears a quote mark (">", or a blockquote in HTML).
//   - Text without marks is quoted from an attribution ("On … wrote:"), a header
//     block ("From: … Sent: … To: …") or a divider ("Original Message") on, but
//     only if something of the writer's own stands above. An attribution with
//     nothing above it proves nothing, since many write below it.
//   - A signature stands after its delimiter, and is short.
//   - A footer is a block that tells how to leave a list, a legal disclaimer at
//     the very end, a line "Sent from my …" standing alone.
//
// What it gets wrong, knowingly: replies written inside an unmarked Outlook quote
// (only a colour told them apart) stay in the quoted text; a sign-off without a
// delimiter ("Regards, Ana") stays among the words, where it does no harm.
//
// # Rules
//
//  1. Words, Quoted, Signature and Footer hold every word of the body, once.
//  2. An answer between quotes keeps the small quote that it answers, as a
//     blockquote. A long one keeps its last paragraph; the rest of it is in Quoted.
//  3. Words and Quoted are Markdown (as package words reads it) that shows what
//     was written: what would be markup by accident is escaped, lists stay lists,
//     lines that a program broke are joined again, lines that the writer broke
//     stay broken, code and tables stay as they were typed.
//  4. What is handed on without a word of one's own ("Forwarded message") stands
//     with the words, as a blockquote: it is what the reader is meant to read.
//  5. The time is a fixed multiple of the length: patterns are run line by line,
//     on lines of bounded length.
//
// What isn't here: headers, MIME, charsets (package mailtext).
package reply
