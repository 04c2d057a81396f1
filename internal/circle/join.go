package circle

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/seal"
)

// What tokens of invitations are made for. Both open the same page; only the one
// that Cordée mails proves whose mailbox it came to, and nobody else ever sees it.
const (
	purposeMail = "circle.invitation.mail"
	purposeLink = "circle.invitation.link"
)

// Arrival is how somebody comes to an invitation: by the token of its link, or,
// known here and signed in, by what Today shows them.
type Arrival struct {
	Token  string
	Public id.Public
}

// Acceptance is what somebody says who joins.
type Acceptance struct {
	Arrival
	Newcomer person.Newcomer // who they are, when nobody is signed in (but see Welcome.Known); Proved is found out here
	Answers  Answers
	Charter  int  // the version that they were shown
	Agreed   bool // their yes to it
}

// Joined says who is in which circle now.
type Joined struct {
	Person id.Person `json:"person"`
	Circle id.Circle `json:"circle"`
	Slug   string    `json:"slug"`
	New    bool      `json:"new"`    // they have a profile since now
	Proved bool      `json:"proved"` // their address needs no more proof
}

// Accept takes somebody in: who is signed in, or somebody new (rules 4, 6 and 7).
func (r *Room) Accept(ctx context.Context, by journal.By, key journal.Key, in Acceptance) (_ Joined, err error) {
	defer wrap(&err, "Accept")
	return answer[Joined](r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		j, err := r.AcceptBy(ctx, tx, in)
		tx.Answer(j)
		return err
	}))
}

// AcceptBy is Accept as a verb: for who gets a session in the same act.
func (r *Room) AcceptBy(ctx context.Context, tx *journal.Tx, in Acceptance) (Joined, error) {
	at, mailed, err := r.arrive(ctx, tx, tx.By().Person(), in.Arrival)
	if err != nil {
		return Joined{}, err
	}
	c, err := r.lock(ctx, tx, at.Circle)
	if err != nil {
		return Joined{}, err
	}
	i, err := lockInvitation(ctx, tx, at.ID) // again, behind the circle's lock
	if err != nil {
		return Joined{}, err
	}
	who := arriving(tx, i, in, mailed)
	answers, err := r.welcome(ctx, tx, c, i, who, in)
	if err != nil {
		return Joined{}, err
	}
	j, err := r.profile(ctx, tx, i, who, in.Newcomer, mailed)
	if err != nil {
		return Joined{}, err
	}
	j.Circle, j.Slug = c.ID, c.Slug
	return j, r.takeIn(ctx, tx, &c, i, j.Person, answers)
}

// arriving is who comes in, when they are known here: who is signed in, or whom
// Cordée's mail was for. The zero person is somebody new.
func arriving(tx *journal.Tx, i Invitation, in Acceptance, mailed bool) id.Person {
	if who := tx.By().Person(); !who.IsZero() {
		return who
	}
	if known(i, mailed) && in.Newcomer.Name == "" && in.Newcomer.Address == "" {
		return i.Person
	}
	return id.Person{}
}

// welcome checks all that can be said before somebody new gets a profile.
func (r *Room) welcome(ctx context.Context, tx *journal.Tx, c Circle, i Invitation, who id.Person, in Acceptance) (Answers, error) {
	if err := i.usable(tx.Now()); err != nil {
		return Answers{}, err
	}
	if inside, err := r.in(ctx, tx, c.ID, who); err != nil {
		return Answers{}, err
	} else if inside {
		return Answers{}, errAlreadyMember()
	}
	answers, err := in.Answers.cleaned(!i.Existing)
	switch {
	case err != nil:
		return Answers{}, err
	case c.Stage == Closed:
		return Answers{}, errClosed()
	case c.Members >= MaxMembers:
		return Answers{}, errFull()
	case !in.Agreed:
		return Answers{}, errAgreeFirst()
	case in.Charter != c.Charter:
		return Answers{}, errCharterChanged()
	}
	return answers, nil
}

// profile makes somebody new a person of this server (rule 7).
func (r *Room) profile(ctx context.Context, tx *journal.Tx, i Invitation, who id.Person, n person.Newcomer, mailed bool) (Joined, error) {
	if !who.IsZero() {
		return Joined{Person: who, Proved: true}, nil
	}
	// All else first: whoever asks whether an address is known here pays with the seat.
	if err := n.Check(tx.Now()); err != nil {
		return Joined{}, err
	}
	_, mailbox, err := person.ParseAddress(n.Address)
	if err != nil {
		return Joined{}, err
	}
	if _, known, err := r.people.ByAddress(ctx, tx, mailbox); err != nil {
		return Joined{}, err
	} else if known {
		return Joined{}, errAddressKnown()
	}
	n.Proved = mailed && mailbox == i.mailbox
	p, err := r.people.Create(ctx, tx, n)
	return Joined{Person: p.ID, New: true, Proved: n.Proved}, err
}

// known tells whether somebody known here came by the mail that Cordée sent to
// them: it carries their yes like any other move by mail, without signing in.
func known(i Invitation, mailed bool) bool { return mailed && !i.Person.IsZero() }

// takeIn spends a seat and makes the member.
func (r *Room) takeIn(ctx context.Context, tx *journal.Tx, c *Circle, i Invitation, who id.Person, a Answers) error {
	i.Taken++
	if err := saveInvitation(ctx, tx, i); err != nil {
		return err
	}
	sponsor := i.Inviter
	if still, err := r.in(ctx, tx, c.ID, sponsor); err != nil {
		return err
	} else if !still {
		sponsor = id.Person{}
	}
	if err := r.enter(ctx, tx, *c, Membership{
		Person: who, Why: a.Why, Brings: a.Brings, Means: a.Means, Sponsor: sponsor, Invitation: i.ID, Role: Member,
	}); err != nil {
		return err
	}
	if err := r.closeOthers(ctx, tx, *c, who); err != nil {
		return err
	}
	tx.ActIn(c.ID, ActJoined, c.Ref(), JoinedFacts{Person: who, Sponsor: sponsor, Invitation: i.ID, Way: i.Way})
	return r.settle(ctx, tx, c)
}

// closeOthers uses up what other invitations to the same person are still open.
func (r *Room) closeOthers(ctx context.Context, tx *journal.Tx, c Circle, who id.Person) error {
	var rows []invitationRow
	if err := tx.Lock(tx.NewSelect().Model(&rows).Where("i.circle = ?", c.ID).Where("i.person = ?", who).
		Where("i.taken < i.seats AND i.revoked_at = 0 AND i.declined_at = 0")).Scan(ctx); err != nil {
		return err
	}
	for _, row := range rows {
		i := row.invitation()
		i.Taken = i.Seats
		if err := saveInvitation(ctx, tx, i); err != nil {
			return err
		}
	}
	return nil
}

// Decline is a no to an invitation of one's own. A group's link has nobody who could.
func (r *Room) Decline(ctx context.Context, by journal.By, key journal.Key, at Arrival) (err error) {
	defer wrap(&err, "Decline")
	_, err = r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		i, _, err := r.arrive(ctx, tx, tx.By().Person(), at)
		if err != nil {
			return err
		}
		if i, err = lockInvitation(ctx, tx, i.ID); err != nil {
			return err
		}
		if i.Way == ByGroup {
			return errNotFound()
		}
		if err := i.usable(tx.Now()); err != nil {
			return err
		}
		i.DeclinedAt = tx.Now()
		tx.ActIn(i.Circle, ActDeclined, i.Ref(), nil)
		return saveInvitation(ctx, tx, i)
	})
	return err
}

// arrive finds the invitation that somebody holds, and tells whether they came by
// the link in a mail from Cordée. One that is used up or has expired is found too.
func (r *Room) arrive(ctx context.Context, db bun.IDB, who id.Person, at Arrival) (_ Invitation, mailed bool, err error) {
	if at.Token == "" {
		if who.IsZero() {
			return Invitation{}, false, errNotFound()
		}
		i, err := oneInvitation(ctx, db.NewSelect().Where("i.public = ?", at.Public).Where("i.person = ?", who))
		return i, false, err
	}
	for _, purpose := range []string{purposeMail, purposeLink} {
		row, err := r.keys.Check(purpose, at.Token, r.journal.Now())
		if err == nil || errors.Is(err, seal.ErrExpired) {
			i, err := oneInvitation(ctx, db.NewSelect().Where("i.id = ?", row))
			if err != nil || purpose != purposeMail {
				return i, false, err
			}
			mailed, err := r.reached(ctx, db, i)
			return i, mailed, err
		}
	}
	return Invitation{}, false, errNotFound()
}

// reached tells whether Cordée's mail came to a mailbox of whom it is for: one
// that somebody known here has given up since belongs to nobody known.
func (r *Room) reached(ctx context.Context, db bun.IDB, i Invitation) (bool, error) {
	if i.Person.IsZero() || i.mailbox == "" {
		return true, nil
	}
	holder, held, err := r.people.ByAddress(ctx, db, i.mailbox)
	return held && holder.ID == i.Person, err
}

// LinkToken is the token of the link that the inviter hands over themselves. Who
// asks has got the invitation from Invitations.
func (r *Room) LinkToken(i Invitation) string {
	return r.keys.Token(purposeLink, id.As[any](i.ID), i.ExpiresAt)
}

// InvitationMail is what the mail of an invitation says. It leaves the house in
// that mail alone: its token proves whose mailbox it came to.
type InvitationMail struct {
	Invitation Invitation
	Circle     Circle
	Token      string
}

// InvitationMail loads what notify writes for an act circle.invited. It is not
// found when no mail is to be written (any more).
func (r *Room) InvitationMail(ctx context.Context, db bun.IDB, invitation InvitationID) (_ InvitationMail, err error) {
	defer wrap(&err, "InvitationMail")
	i, err := oneInvitation(ctx, db.NewSelect().Where("i.id = ?", invitation).Where("i.way = ?", ByCordee))
	if err != nil {
		return InvitationMail{}, err
	}
	if i.State(r.journal.Now()) != Open {
		return InvitationMail{}, errNotFound()
	}
	c, err := r.Get(ctx, db, i.Circle)
	return InvitationMail{Invitation: i, Circle: c, Token: r.keys.Token(purposeMail, id.As[any](i.ID), i.ExpiresAt)}, err
}
