package signin

import (
	"context"
	"net/netip"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/lang"
	"cordee/internal/person"
	"cordee/internal/refusal"
)

// Ask is what somebody types who wants to sign in.
type Ask struct {
	Address  string
	Language lang.Tag   // of the page, for who isn't known
	From     netip.Addr // where the request came from; its network is counted
	Next     string     // the page that they wanted; one too long is forgotten
}

const (
	// MaxNext bounds the path of the page that somebody wanted.
	MaxNext     = 500
	nextPurpose = "signin.next"
)

// AskLink asks for a sign-in link by mail. Nil says that a letter is on its way if
// somebody here has that address, and nothing about whether somebody has.
func (r *Room) AskLink(ctx context.Context, by journal.By, key journal.Key, ask Ask) error {
	_, mailbox, err := person.ParseAddress(ask.Address)
	if err != nil {
		return err
	}
	_, err = r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		if err := r.allowNetwork(ctx, tx, ask.From); err != nil {
			return err
		}
		if err := r.allowAddress(ctx, tx, mailbox); err != nil {
			return err
		}
		l, err := r.askedFor(ctx, tx, mailbox, ask.Language)
		if err != nil {
			return err
		}
		if len(ask.Next) <= MaxNext { // it may hold a token, such as an invitation's
			l.next = r.keys.Seal(nextPurpose, []byte(ask.Next))
		}
		if err := insertLink(ctx, tx, l); err != nil {
			return err
		}
		tx.Act(ActLinkAsked, linkRef(l.ID), nil)
		return nil
	})
	return err
}

// askedFor is the link for whoever has the mailbox, or one that leads nowhere.
// Both searches are made in either case, so that it takes the same steps.
func (r *Room) askedFor(ctx context.Context, tx *journal.Tx, mailbox person.Mailbox, language lang.Tag) (Link, error) {
	l := Link{
		ID: id.New[Link](tx), Purpose: ToSignIn, Language: language, MadeAt: tx.Now(), Expires: tx.Now().Add(SignInLife),
	}
	holder, proved, err := r.people.ByAddress(ctx, tx, mailbox)
	if err != nil {
		return Link{}, err
	}
	claimer, claimed, err := r.people.ByClaim(ctx, tx, mailbox)
	if err != nil {
		return Link{}, err
	}
	who := holder
	if !proved {
		who = claimer
	}
	all, err := r.people.Addresses(ctx, tx, who.ID)
	if err != nil || !proved && !claimed {
		return l, err
	}
	for _, a := range all {
		if a.Mailbox == mailbox {
			l.Person, l.Mailbox, l.Address, l.Language = who.ID, mailbox, a.Address, who.Lang()
		}
	}
	return l, nil
}

// LinkFor makes a sign-in link for a person that no mail carries: for the
// operator's terminal and the demonstration. It gives the token.
func (r *Room) LinkFor(ctx context.Context, by journal.By, who id.Person) (string, error) {
	var l Link
	_, err := r.j.Do(ctx, by, journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		p, err := r.people.Get(ctx, tx, who)
		switch {
		case err != nil:
			return err
		case p.State != person.Active:
			return person.ErrNotActive()
		}
		l = Link{
			ID: id.New[Link](tx), Purpose: ToSignIn, Person: who, Language: p.Lang(),
			MadeAt: tx.Now(), Expires: tx.Now().Add(TerminalLife),
		}
		if err := insertLink(ctx, tx, l); err != nil {
			return err
		}
		tx.Act(ActLinkPrinted, linkRef(l.ID), nil)
		return nil
	})
	if err != nil {
		return "", err
	}
	return r.token(l), nil
}

// AddAddress notes an address that I say is mine and asks me, there, to prove it.
func (r *Room) AddAddress(ctx context.Context, by journal.By, key journal.Key, typed string) error {
	_, err := r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		a, err := r.people.AddAddress(ctx, tx, tx.By().Person(), typed)
		if err != nil || a.Claim == person.Verified {
			return err
		}
		return r.askProof(ctx, tx, a)
	})
	return err
}

// AskProof sends the letter once more that asks me to prove one of my addresses.
func (r *Room) AskProof(ctx context.Context, by journal.By, key journal.Key, mailbox person.Mailbox) error {
	_, err := r.j.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		return r.ProofFor(ctx, tx, tx.By().Person(), mailbox)
	})
	return err
}

// ProofFor asks a person to prove an address that they gave, for who joins by a
// link that was sent to nobody in particular. A verb; nothing happens when it is
// proved already.
func (r *Room) ProofFor(ctx context.Context, tx *journal.Tx, who id.Person, mailbox person.Mailbox) error {
	all, err := r.people.Addresses(ctx, tx, who)
	if err != nil {
		return err
	}
	for _, a := range all {
		switch {
		case a.Mailbox != mailbox:
		case a.Claim == person.Waiting:
			return r.askProof(ctx, tx, a)
		default:
			return nil
		}
	}
	return refusal.ErrNotFound()
}

func (r *Room) askProof(ctx context.Context, tx *journal.Tx, a person.Address) error {
	if err := r.allowPerson(ctx, tx, a.Person); err != nil {
		return err
	}
	if err := r.allowAddress(ctx, tx, a.Mailbox); err != nil {
		return err
	}
	p, err := r.people.Get(ctx, tx, a.Person)
	if err != nil {
		return err
	}
	l := Link{
		ID: id.New[Link](tx), Purpose: ToProve, Person: a.Person, Mailbox: a.Mailbox, Address: a.Address, Language: p.Lang(),
		MadeAt: tx.Now(), Expires: tx.Now().Add(ProofLife),
	}
	if err := insertLink(ctx, tx, l); err != nil {
		return err
	}
	tx.Act(ActProofAsked, linkRef(l.ID), nil)
	return nil
}

// Letter gives the courier what it needs to mail a link that an act asked for, or
// ErrNoLetter when there is nothing to send.
func (r *Room) Letter(ctx context.Context, link LinkID) (Letter, error) {
	l, err := loadLink(ctx, r.db.Read, link)
	if _, gone := refusal.As(err); gone {
		return Letter{}, ErrNoLetter
	}
	if err != nil {
		return Letter{}, err
	}
	if l.Address == "" || l.Person.IsZero() || l.State(r.j.Now()) != Open {
		return Letter{}, ErrNoLetter
	}
	p, err := r.people.Get(ctx, r.db.Read, l.Person)
	switch {
	case err != nil:
		return Letter{}, err
	case p.State != person.Active:
		return Letter{}, ErrNoLetter
	}
	return Letter{
		Link: l.ID, Purpose: l.Purpose, To: p.ID, Name: p.Name, Address: l.Address, Lang: p.Lang(), Zone: p.Location(),
		Token: r.token(l), Expires: l.Expires,
	}, nil
}

// ShowSignIn tells what the page behind a sign-in link says. It consumes nothing.
// Of a link that is used or expired it tells whose it was, beside the refusal.
func (r *Room) ShowSignIn(ctx context.Context, token string) (Shown, error) {
	return r.show(ctx, ToSignIn, token)
}

// ShowProof tells what the page behind a link says that proves an address.
func (r *Room) ShowProof(ctx context.Context, token string) (Shown, error) {
	return r.show(ctx, ToProve, token)
}

func (r *Room) show(ctx context.Context, purpose Purpose, token string) (Shown, error) {
	now := r.j.Now()
	l, err := r.find(ctx, r.db.Read, purpose, token, now)
	if err != nil {
		return Shown{}, err
	}
	p, err := r.people.Get(ctx, r.db.Read, l.Person)
	if err != nil {
		return Shown{}, err
	}
	return Shown{Person: p.Card(), Lang: p.Lang(), Address: l.Address, Expires: l.Expires}, l.usable(now)
}

// Prune forgets what is long over: links 60 days after their end, sessions 30
// days after theirs, counts of the last hours. For a daily timer.
func (r *Room) Prune(ctx context.Context) error {
	_, err := r.j.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		day := 24 * time.Hour
		return prune(ctx, tx, tx.Now().Add(-60*day), tx.Now().Add(-30*day), tx.Now().Add(-limitWindow))
	})
	return err
}
