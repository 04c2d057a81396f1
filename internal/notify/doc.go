// Package notify is the courier that tells people by mail what happened: at
// once, in a daily digest, or not at all.
//
// # Words
//
//	decision    of each kind of act: who hears of it, and how soon. One table
//	            (decisions.go); a kind that it doesn't name is a bug that a test finds.
//	delivery    one act for one person: a row before anything is sent, marked once
//	            it is. Waiting, then sent, moot (there was nothing left to say) or
//	            failed.
//	class       asked for (sign-in, proof of an address, invitation), at once,
//	            digest. Each class has its own queue; nothing delays the first.
//	topic       what a member chooses about, circle by circle: what is meant for me,
//	            answers where I wrote, new asks, all else.
//	digest      one mail a day, at eight in the reader's own morning, about all
//	            circles. Without news there is none.
//	trouble     an address that mail doesn't reach.
//
// # Rules
//
//  1. An act makes deliveries once: the row's key is derived from act and person,
//     and so is the Message-ID. A crash between sending and marking sends the same
//     mail again, never another one.
//  2. What is asked for has a follower, a queue and a connection of its own.
//  3. Nobody hears of their own acts, of what an archive brought, of what they may
//     not see, of a thread that they muted, or of what is older than three days.
//  4. Circles of up to 30: a new ask goes out at once to everybody. In larger ones
//     at once to ten people at most, those likeliest to help and two seldom asked
//     (choose.go); to everybody when it is due within three days; else it stands
//     in the digest. Who is away hears of asks in the digest alone.
//  5. What awaits my word, what is written to me and answers where I wrote come at
//     once; all else stands in the digest. Each member may change each (topic).
//  6. A mail is written when it is sent, from what is true then. If by then there
//     is nothing left to do or to say, it is moot and isn't sent.
//  7. A failure that concerns the server (settings, network) stops the burst and
//     costs the mails nothing but time; one that concerns a mail is tried again by
//     the table of backoff.go, for three days. A refusal for good is noted, on the
//     delivery and, where it is the address that is bad, on the address.
//  8. Without a mail server only what is asked for is written, to the folder. In
//     demo everything is.
//  9. Mails of one thread, ask or exchange share a root that they refer to; the
//     subject stays. The circle is their List-Id.
//  10. Buttons are links for one move (signin.NewMove). A mail never promises that
//     an answer by reply arrives.
//
// # What isn't here
//
// The form of mails and how they travel (post), what pages show (web), mail that
// comes in (mail), push and chat (their own issue).
package notify
