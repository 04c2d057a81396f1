package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/journal"
	"cordee/internal/post"
	"cordee/internal/server"
	"cordee/internal/store"
)

const (
	// handful is how many mails are claimed at once.
	handful = 8
	// lease is how long a claim holds: who dies with it loses it then. A mail is
	// only begun within begin of the claim, and takes at most sending.
	lease   = 3 * time.Minute
	begin   = time.Minute
	sending = 100 * time.Second
)

// queue sends the mails of some classes, one after the other.
type queue struct {
	courier *Courier
	name    string
	classes []Class

	settings  post.Settings // that the transport was made of
	mailbox   string        // that mails come from
	transport post.Transport
	failures  int       // in a row that concern the server
	rests     time.Time // until when the queue rests after them
}

// run sends what is due, until ctx is done.
func (q *queue) run(ctx context.Context) error {
	k := q.courier
	for ctx.Err() == nil {
		woken := k.woken()
		n, err := q.burst(ctx)
		if err != nil && ctx.Err() == nil {
			k.Log.LogAttrs(ctx, slog.LevelError, "the mail queue stumbled", slog.String("queue", q.name), slog.Any("error", err))
		}
		if n > 0 && err == nil {
			continue
		}
		if err != nil {
			woken = nil
		}
		t := time.NewTimer(k.Poll)
		select {
		case <-ctx.Done():
		case <-woken:
		case <-t.C:
		}
		t.Stop()
	}
	return nil
}

func (q *queue) close() {
	if q.transport != nil {
		_ = q.transport.Close()
		q.transport = nil
	}
}

// burst claims a handful and sends it; it tells how many were claimed.
func (q *queue) burst(ctx context.Context) (int, error) {
	k := q.courier
	if err := q.ready(ctx); err != nil || q.silent() || k.Journal.Now().Before(q.rests) {
		return 0, err
	}
	claimed, err := k.claim(ctx, q.classes)
	if err != nil || len(claimed) == 0 {
		return 0, err
	}
	since := k.Journal.Now()
	for i, d := range claimed {
		if ctx.Err() != nil || k.Journal.Now().Sub(since) > begin {
			return len(claimed), k.giveBack(ctx, claimed[i:], k.Journal.Now())
		}
		failed, err := q.deliver(ctx, d)
		if err != nil {
			return len(claimed), errors.Join(err, k.giveBack(ctx, claimed[i+1:], k.Journal.Now()))
		}
		if failed != nil && failed.Everyone() {
			q.failures++
			q.rests = k.Journal.Now().Add(pause(q.failures))
			q.close()
			return len(claimed), k.giveBack(ctx, claimed[i+1:], q.rests)
		}
		q.failures = 0
	}
	return len(claimed), nil
}

// ready makes the transport of the settings as they are now.
func (q *queue) ready(ctx context.Context) error {
	m, err := q.courier.Server.Mail(ctx)
	if err != nil {
		return fmt.Errorf("notify: mail settings: %w", err)
	}
	settings := Settings(m)
	if settings != q.settings {
		q.close()
		q.settings, q.failures, q.rests = settings, 0, time.Time{}
	}
	if q.transport != nil {
		return nil
	}
	if settings.Set() {
		q.transport, q.mailbox = q.courier.Transport(settings), settings.Mailbox
	} else {
		q.transport, q.mailbox = q.courier.Folder, "cordee@"+host(q.courier.URL)
	}
	return nil
}

// silent tells that no mail server is set and that this queue waits for one (rule 8).
func (q *queue) silent() bool {
	return !q.settings.Set() && !q.courier.All && q.classes[0] != AskedFor
}

// Settings are the operator's settings as the post knows them.
func Settings(m server.MailSettings) post.Settings {
	s := post.Settings{Host: m.Host, Port: m.Port, User: m.Username, Password: m.Password, Mailbox: m.From}
	switch m.Security {
	case server.TLS:
		s.Security = post.TLS
	case server.None:
		s.Security = post.Opportunistic
	case server.StartTLS:
		s.Security = post.StartTLS
	default:
		s.Security = post.StartTLS
	}
	return s
}

// deliver writes one mail and sends it. The error is the house's own; what the
// mail server said is the failure.
func (q *queue) deliver(ctx context.Context, d Delivery) (*post.Failure, error) {
	k := q.courier
	if k.Journal.Now().Sub(d.MadeAt) > patience+time.Hour { // it waited while the server was away
		return nil, k.mark(ctx, d, Failed, "too_late")
	}
	letter, err := k.letter(ctx, d, q.mailbox)
	if errors.Is(err, errMoot) || gone(err) {
		return nil, k.mark(ctx, d, Moot, "")
	}
	if err != nil {
		k.Log.LogAttrs(ctx, slog.LevelError, "can't write a mail", slog.String("kind", d.Kind), slog.String("delivery", d.ID.String()), slog.Any("error", err))
		return nil, k.later(ctx, d, "internal")
	}
	if code, err := k.resting(ctx, d, letter.To.Address); err != nil || code != "" {
		return nil, errors.Join(err, k.mark(ctx, d, Failed, code))
	}
	mail, err := post.Compose(letter)
	if err == nil {
		limit, cancel := context.WithTimeout(ctx, sending)
		err = q.transport.Send(limit, mail)
		cancel()
	}
	if err == nil {
		return nil, k.sent(ctx, d, mail)
	}
	if ctx.Err() != nil { // stopped in the middle: the row waits
		return nil, k.giveBack(ctx, []Delivery{d}, k.Journal.Now())
	}
	failure := post.AsFailure(err)
	k.Log.LogAttrs(ctx, slog.LevelWarn, "a mail wasn't taken", slog.String("delivery", d.ID.String()), slog.String("code", failure.Code),
		slog.String("class", failure.Class.String()), slog.Int("status", failure.Status), slog.Int("attempts", d.Attempts+1))
	return failure, k.failed(ctx, d, letter.To.Address, failure)
}

// claim takes what is due for a while, so that no other process sends it too.
func (k *Courier) claim(ctx context.Context, classes []Class) ([]Delivery, error) {
	now := store.Micros(k.Journal.Now())
	waiting := func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("d.state = ?", Waiting).Where("d.channel = ?", byMail).Where("d.class IN (?)", bun.List(classes)).
			Where("d.next_at <= ?", now).OrderExpr("d.class, d.next_at, d.id").Limit(handful)
	}
	// Looking costs nothing; a transaction is only begun when there is something.
	if some, err := waiting(k.DB.Read.NewSelect().Model((*deliveryRow)(nil))).Exists(ctx); err != nil || !some {
		return nil, err
	}
	var rows []deliveryRow
	_, err := k.Journal.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		rows = nil
		if err := tx.Lock(waiting(tx.NewSelect().Model(&rows))).Scan(ctx); err != nil || len(rows) == 0 {
			return err
		}
		ids := make([]DeliveryID, len(rows))
		for i, row := range rows {
			ids[i] = row.ID
		}
		_, err := tx.NewUpdate().Model((*deliveryRow)(nil)).Set("next_at = ?", store.Micros(k.Journal.Now().Add(lease))).
			Set("claimed = ?", true).Where("id IN (?)", bun.List(ids)).Exec(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("notify: claim: %w", err)
	}
	return deliveries(rows), nil
}

// release lets go of what a process that died had claimed. On SQLite there is
// one process, so every claim at the start is such a one; on PostgreSQL claims
// run out by themselves.
func (k *Courier) release(ctx context.Context) error {
	if k.DB.Postgres() {
		return nil
	}
	return k.update(ctx, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("next_at = ?", store.Micros(k.Journal.Now())).Set("claimed = ?", false).Where("claimed").Where("state = ?", Waiting)
	})
}

// hurry lets everything that waits be tried now: the settings have changed.
func (k *Courier) hurry(ctx context.Context) error {
	err := k.update(ctx, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("next_at = ?", store.Micros(k.Journal.Now())).Where("NOT claimed").Where("state = ?", Waiting).Where("channel = ?", byMail)
	})
	k.rouse()
	return err
}

// giveBack ends a claim without having tried.
func (k *Courier) giveBack(ctx context.Context, some []Delivery, next time.Time) error {
	if len(some) == 0 {
		return nil
	}
	ids := make([]DeliveryID, len(some))
	for i, d := range some {
		ids[i] = d.ID
	}
	return k.update(ctx, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("next_at = ?", store.Micros(next)).Set("claimed = ?", false).Where("id IN (?)", bun.List(ids)).Where("state = ?", Waiting)
	})
}

// later puts a mail off that has failed for a passing reason, or gives it up.
func (k *Courier) later(ctx context.Context, d Delivery, reason string) error {
	next, ok := again(d.Attempts+1, d.MadeAt, k.Journal.Now())
	if !ok {
		return k.mark(ctx, d, Failed, reason)
	}
	return k.update(ctx, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("next_at = ?", store.Micros(next)).Set("claimed = ?", false).Set("attempts = attempts + 1").Set("reason = ?", reason).
			Where("id = ?", d.ID).Where("state = ?", Waiting)
	})
}

// mark ends a delivery.
func (k *Courier) mark(ctx context.Context, d Delivery, state State, reason string) error {
	return k.update(ctx, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return ended(q, d, state, reason, k.Journal.Now())
	})
}

func ended(q *bun.UpdateQuery, d Delivery, state State, reason string, at time.Time) *bun.UpdateQuery {
	return q.Set("state = ?", state).Set("done_at = ?", store.Micros(at)).Set("claimed = ?", false).Set("attempts = attempts + 1").
		Set("reason = ?", reason).Where("id = ?", d.ID).Where("state = ?", Waiting)
}

// update changes deliveries in a transaction of its own. It doesn't stop with
// ctx: what has been sent must be marked.
func (k *Courier) update(ctx context.Context, f func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	return k.surely(ctx, func(ctx context.Context, tx *journal.Tx) error {
		_, err := f(tx.NewUpdate().Model((*deliveryRow)(nil))).Exec(ctx)
		return err
	})
}

// surely runs a body until it is kept: a mail that went out and isn't marked
// would go out again. Each body changes nothing when it runs twice.
func (k *Courier) surely(ctx context.Context, body func(context.Context, *journal.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		_, err := k.Journal.Do(ctx, journal.BySystem(), journal.Key{}, body)
		if err == nil {
			return nil
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return fmt.Errorf("notify: keep what became of a mail: %w", err)
		case <-t.C:
		}
	}
}
