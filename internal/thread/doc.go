// Package thread keeps messages on anything: on a talk, a letter, an ask, an
// exchange, and what an archive brought in.
//
// # Words
//
//	thread    messages about one subject. The subject is an opaque journal.Ref
//	          that belongs to another room; the thread knows its title alone.
//	circle    the circle a thread lives in, if it lives in one. Within it a
//	          Message-ID comes once, so that importing twice changes nothing.
//	audience  who may see a thread: anybody who is one of its persons or a member
//	          of one of its circles. Set by the owner of the subject.
//	message   the words of one author, with their place in the thread. Its number
//	          counts up within the thread and never changes.
//	quoted    what a mail repeats of the past: kept, and folded away.
//	past      brought in from an archive. Its author may be a staged person.
//	file      an attachment: a name and a type that lead to a blob, which lies
//	          under DATA/blobs by the SHA-256 of what it holds.
//
// # Rules
//
//  1. Who sees a thread may write in it, until its owner closes it. Both are
//     decided from the audience and the journal.Viewer alone (visible.go); to
//     anybody else the thread doesn't exist.
//  2. The words of people are Markdown, 1 to 20,000 signs, with at most ten files
//     of at most 10 MB each. Words may be empty where there is a file.
//  3. An author may edit and delete their own message. For the first fifteen
//     minutes an edit is silent; then the message is marked as edited.
//  4. An edit carries the version it was read at. If the message has changed
//     since, the refusal holds the words as they are now, and nothing is written.
//  5. Deleting takes the words, what was quoted and the files, and leaves the
//     place: number, author and time.
//  6. A person may mute a thread for themselves. Writing in it changes nothing
//     about that.
//  7. Threads are listed by their last message, newest first; messages by their
//     time. Both 50 a page, by cursors that tell nothing of the keys.
//  8. Verbs (Open, Post, SetAudience …) are for the room that owns the subject.
//     They check no rights and tell no act, since the owner does: an ask is one
//     act, with its first message. Only PostMany tells one: archives come in
//     through it. The use cases (Reply, Edit …) tell their own.
//  9. A blob is written before the transaction that mentions it. One that nothing
//     mentions for a day is let go by Sweep; so are the files of what was deleted.
//
// # What isn't here
//
// What a subject is and what else may be done with it (circle for talk and
// letters, exchange for asks), who hears of a message (notify), hiding a message
// as a host and blocking a person (circle, its own issue).
package thread
