// Package job does the work that no act describes, beside the requests: imports,
// exports, images, timers. What an act describes is a courier's work, which
// follows the journal; it needs no job.
//
// # How it is used
//
//	jobs, err := job.New(db, log)
//	j := journal.Open(journal.Config{Jobs: jobs, …})
//	job.Register(jobs, job.Policy{Timeout: 5 * time.Minute}, imports.Work) // func(ctx, ImportArgs) error
//	jobs.Every(time.Hour, false, SweepArgs{})
//	err = jobs.Start(ctx)
//	…
//	err = jobs.Stop(ctx)
//
// and inside a body of the journal: tx.Job(ImportArgs{…}).
//
// # Rules
//
//  1. A job is kept with the transaction that made it, or not at all, and starts
//     after the commit, within some 50 milliseconds.
//  2. A job may run twice: when the process died while it was at work, or after
//     an error. Workers act through the journal with a key made of the args.
//  3. Args are small and hold ids; they and the worker's errors are stored, the
//     errors logged. Neither holds words, addresses or tokens.
//  4. An error is tried again, later each time, until the policy's attempts are
//     used up; GiveUp ends it, Later puts it off.
//  5. A worker heeds its context: it ends at the policy's timeout and when the
//     house stops.
//  6. Periodic jobs have gaps when nobody serves and repeat when somebody starts.
//
// # How it is done
//
// By River, of which nothing shows. On SQLite it shares the writers' one
// connection, with its listener; a pool of its own would starve. On PostgreSQL it
// is lent the journal's transaction on its connection (within.go).
package job
