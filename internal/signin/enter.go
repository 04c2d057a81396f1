package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/refusal"
	"cordee/internal/store"
)

// opened is what a receipt keeps of a session that was opened: its id alone.
type opened struct {
	Session SessionID `json:"session"`
}

// SignIn spends a sign-in link and opens a session on the device that the
// User-Agent names.
func (r *Room) SignIn(ctx context.Context, by journal.By, key journal.Key, token, userAgent string) (Entered, error) {
	l, err := r.find(ctx, r.db.Read, ToSignIn, token, r.j.Now())
	if err != nil {
		return Entered{}, err
	}
	by.Actor = journal.PersonActor(l.Person)
	in, err := r.Enter(ctx, by, key, userAgent, func(ctx context.Context, tx *journal.Tx) (id.Person, error) {
		if err := r.spend(ctx, tx, l); err != nil {
			return id.Person{}, err
		}
		return l.Person, r.arrived(ctx, tx, l)
	})
	if next, wrong := r.keys.Unseal(nextPurpose, l.next); err == nil && wrong == nil {
		in.Next = string(next)
	}
	return in, err
}

// arrived checks that the address by which somebody came is still theirs. One
// that waited is proved by it; sessions from before that are ended, because who
// opened them hadn't proved anything.
func (r *Room) arrived(ctx context.Context, tx *journal.Tx, l Link) error {
	if l.Mailbox == "" {
		return nil // from the operator's terminal
	}
	all, err := r.people.Addresses(ctx, tx, l.Person)
	if err != nil {
		return err
	}
	for _, a := range all {
		switch {
		case a.Mailbox != l.Mailbox:
		case a.Claim == person.Verified:
			return nil
		default:
			if err := r.people.VerifyAddress(ctx, tx, l.Person, l.Mailbox); err != nil {
				return err
			}
			return endWhere(ctx, tx, "person = ?", l.Person)
		}
	}
	return ErrLinkExpired()
}

// Enter opens a session for the person whom join brings in, in the transaction of
// what join does: founding the server, accepting an invitation. A form sent twice
// gets a cookie of the same session for two minutes, then ErrLinkUsed. The answer
// of the transaction is this room's (journal.Tx.Answer).
func (r *Room) Enter(ctx context.Context, by journal.By, key journal.Key, userAgent string,
	join func(ctx context.Context, tx *journal.Tx) (id.Person, error),
) (Entered, error) {
	var in Entered
	receipt, err := r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		who, err := join(ctx, tx)
		if err != nil {
			return err
		}
		in, err = r.open(ctx, tx, who, Device(userAgent))
		tx.Answer(opened{Session: in.Session.ID})
		return err
	})
	if err != nil {
		return Entered{}, err
	}
	if receipt.Repeat {
		return r.again(ctx, by, receipt.Result)
	}
	return in, nil
}

func (r *Room) open(ctx context.Context, tx *journal.Tx, who id.Person, device string) (Entered, error) {
	p, err := r.people.Get(ctx, tx, who)
	switch {
	case err != nil:
		return Entered{}, err
	case p.State != person.Active:
		return Entered{}, person.ErrNotActive()
	}
	row := sessionRow{
		ID: id.New[Session](tx), Public: string(id.NewPublic(tx)), Person: who, Device: device,
		MadeAt: store.Micros(tx.Now()), SeenAt: store.Micros(tx.Now()),
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return Entered{}, fmt.Errorf("signin: open a session: %w", err)
	}
	cookie, err := addCookie(ctx, tx, row.ID)
	if err != nil {
		return Entered{}, err
	}
	tx.Act(ActSignedIn, sessionRef(row.ID), nil)
	return Entered{Session: row.session(), Cookie: cookie, Person: p}, nil
}

func addCookie(ctx context.Context, tx *journal.Tx, s SessionID) (string, error) {
	cookie, hash, err := newSecret(tx.Rand())
	if err != nil {
		return "", err
	}
	if _, err := tx.NewInsert().Model(&cookieRow{Hash: hash, Session: s}).Exec(ctx); err != nil {
		return "", fmt.Errorf("signin: open a session: %w", err)
	}
	return cookie, nil
}

// again gives another cookie of the session that the first sending opened: the
// first answer may have got lost, and its cookie is known to nobody here.
func (r *Room) again(ctx context.Context, by journal.By, result json.RawMessage) (Entered, error) {
	var first opened
	if err := json.Unmarshal(result, &first); err != nil || first.Session.IsZero() {
		return Entered{}, ErrLinkUsed()
	}
	var in Entered
	_, err := r.j.Do(ctx, by, journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		var row sessionRow
		err := tx.Lock(tx.NewSelect().Model(&row).Where("s.id = ?", first.Session)).Scan(ctx)
		if err != nil {
			return fmt.Errorf("signin: session %s: %w", first.Session, err)
		}
		s := row.session()
		if !s.Alive(tx.Now()) || tx.Now().After(s.MadeAt.Add(againFor)) {
			return ErrLinkUsed()
		}
		p, err := r.people.Get(ctx, tx, s.Person)
		if err != nil {
			return err
		}
		cookie, err := addCookie(ctx, tx, s.ID)
		in = Entered{Session: s, Cookie: cookie, Person: p}
		return err
	})
	return in, err
}

// Prove spends a link that proves an address. It opens no session: whose address
// it is, and which, the page has said. Where it is the first that they prove, the
// sessions from before end but for the one it is proved in, here, if it is theirs:
// who joined with somebody else's address doesn't stay in once that somebody comes.
func (r *Room) Prove(ctx context.Context, by journal.By, key journal.Key, token string, here SessionID) error {
	l, err := r.find(ctx, r.db.Read, ToProve, token, r.j.Now())
	if err != nil {
		return err
	}
	by.Actor = journal.PersonActor(l.Person)
	_, err = r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		if err := r.spend(ctx, tx, l); err != nil {
			return err
		}
		known, err := r.hasProved(ctx, tx, l.Person)
		if err != nil {
			return err
		}
		if err := r.people.VerifyAddress(ctx, tx, l.Person, l.Mailbox); err != nil || known {
			return err
		}
		if here.IsZero() { // nothing is unequal to NULL
			return endWhere(ctx, tx, "person = ?", l.Person)
		}
		return endWhere(ctx, tx, "person = ? AND id <> ?", l.Person, here)
	})
	return err
}

// hasProved tells whether any of a person's addresses is proved.
func (r *Room) hasProved(ctx context.Context, tx *journal.Tx, who id.Person) (bool, error) {
	all, err := r.people.Addresses(ctx, tx, who)
	return slices.ContainsFunc(all, func(a person.Address) bool { return a.Claim == person.Verified }), err
}

// NewMove makes a link that does one move on one object for one person, and gives
// its token. Asked again while such a link is open and has a week to go, it gives
// the same: a mail that is written twice carries the same buttons.
func (r *Room) NewMove(ctx context.Context, tx *journal.Tx, who id.Person, ref journal.Ref, move string, expires time.Time) (string, error) {
	var rows []linkRow
	err := tx.NewSelect().Model(&rows).
		Where("l.person = ? AND l.purpose = ? AND l.ref = ?", who, ToMove, ref.ID).
		Where("l.ref_kind = ? AND l.move = ? AND l.used_at = 0", ref.Kind, move).
		Where("l.expires_at > ?", store.Micros(earlier(expires, tx.Now().Add(MoveLife)).Add(-moveReuse))).
		Where("l.expires_at > ?", store.Micros(tx.Now())).
		OrderExpr("l.expires_at DESC, l.id").Limit(1).Scan(ctx)
	if err != nil {
		return "", fmt.Errorf("signin: new move: %w", err)
	}
	if len(rows) > 0 {
		return r.token(rows[0].link()), nil
	}
	l := Link{
		ID: id.New[Link](tx), Purpose: ToMove, Person: who, Ref: ref, Move: move,
		MadeAt: tx.Now(), Expires: earlier(expires, tx.Now().Add(MoveLife)),
	}
	return r.token(l), insertLink(ctx, tx, l)
}

// moveReuse is by how much less than asked a link may last to be given again.
const moveReuse = 23 * 24 * time.Hour

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// PeekMove tells what a move link would do. It consumes nothing. Of a link that is
// used or expired it tells so beside the refusal, for the page to say what became
// of it.
func (r *Room) PeekMove(ctx context.Context, token string) (MoveLink, error) {
	now := r.j.Now()
	l, err := r.find(ctx, r.db.Read, ToMove, token, now)
	if err != nil {
		return MoveLink{}, err
	}
	return MoveLink{ID: l.ID, Person: l.Person, Ref: l.Ref, Move: l.Move, Expires: l.Expires, UsedAt: l.UsedAt}, l.usable(now)
}

// SpendMove is for journal.Key.Also of the use case that the link leads to: it
// spends the link in that transaction, which acts as the link's person.
func (r *Room) SpendMove(token string) func(ctx context.Context, tx *journal.Tx) error {
	return func(ctx context.Context, tx *journal.Tx) error {
		l, err := r.find(ctx, tx, ToMove, token, tx.Now())
		if err != nil {
			return err
		}
		p, err := r.people.Get(ctx, tx, l.Person)
		if _, gone := refusal.As(err); gone || p.State != person.Active || tx.By().Person() != l.Person {
			return ErrLinkWrong()
		}
		if err != nil {
			return err
		}
		return r.spend(ctx, tx, l)
	}
}
