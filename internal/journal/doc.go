// Package journal is the one way to write. Whatever happens in Cordée happens in
// a body that Do runs; what it did is kept wholly or not at all, and written down
// in one order that every follower shares.
//
// # The words
//
//   - An act is one thing that happened: a kind that a room has declared, the
//     thing it happened to (Ref), who did it by which door (By), when, and small
//     facts: ids, numbers, codes; never words, client details or tokens.
//   - A body is a room's use case between loading and saving. It gets a Tx: a
//     bun.IDB with one Now, one By and a source of randomness.
//   - A key makes an act happen once: a double click, a redelivered mail and a
//     retried job get the first answer.
//   - seq is the order of commits, without gaps. A follower keeps the seq up to
//     which it has come under a name, never a time or an id.
//   - Awaited says who is to do what next; see package await.
//
// # How a use case looks
//
//	receipt, err := r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
//		x, err := load(ctx, tx, exchange)                   // SELECT … with tx.Lock
//		next, err := x.Apply(move, by, tx.Now())            // a pure rule, or a refusal
//		res, err := tx.NewUpdate()….Where("version = ?", x.Version).Exec(ctx)
//		if err := tx.Saved(res, err); err != nil {          // nobody was faster
//			return err
//		}
//		tx.ActIn(x.Circle, "exchange.agreed", x.Ref(), nil)
//		tx.Await(x.Ref(), next.Awaited()...)
//		tx.Answer(next.Public)
//		return nil
//	})
//
// # Rules
//
//  1. A body may run up to six times: after a version conflict (ErrVersion, by
//     Saved), a deadlock or a lost connection it runs again on fresh rows. So it
//     touches the world through tx alone, and sets variables outside afresh.
//  2. Statements ignore their contexts. The caller's cancel counts until the
//     transaction has begun; then only its own deadline of five seconds does.
//  3. After one failed statement the Tx refuses all others, and the body fails,
//     whatever it returns, a refusal included. Finding no row is no failure.
//     Expected duplicates go through ON CONFLICT.
//  4. A refusal undoes everything and leaves no key, so that the person can
//     correct and send again; with Key.KeepRefusal it becomes the key's result.
//  5. The same key with another digest is refused ("journal.key_reused"); six
//     version conflicts in a row too ("journal.busy").
//  6. A COMMIT that fails may have happened. With a key Do finds out by itself;
//     without one the caller gets ErrOutcome. So every act of a door has a key.
//  7. Do inside Do fails at once, found by context and by goroutine. What rooms
//     call of each other are verbs that take tx.
//  8. An act of a kind that Config.Kinds doesn't declare, or on another kind of
//     object, fails the body: docs/acts.md and the couriers stay complete.
//  9. Written in this order: the key first; Key.Also; the body; the answer; the
//     awaits; the counter; the acts; NOTIFY; COMMIT. The counter holds all others
//     up, so nothing may follow it.
//  10. Followers may get acts again after a crash, up to a second's worth.
//     Wake and NOTIFY are hints; Follow also polls.
//
// # How it is done
//
// One transaction an act. On SQLite the writers queue in their order for the one
// connection; on PostgreSQL each has its own, and the counter's row lock makes
// commits line up. A body runs on its caller's goroutine, so a panic or Goexit is
// the caller's; one that overruns the deadline loses its connection to the next.
// Tests break every statement in every way, COMMIT included, on both databases.
//
// # Not here
//
// What kinds of acts there are (each room's acts.go), who hears of them (notify),
// work that no act describes (job), and the sealing of cursors that leave the
// house (seal).
package journal
