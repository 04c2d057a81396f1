package circle

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
)

// InviteInput is an invitation to one person.
type InviteInput struct {
	Circle  id.Circle
	Way     Way       // ByCordee, ByMailto or ByLink
	Person  id.Person // somebody with whom the inviter shares a circle; then no address is needed
	Name    string
	Address string // needed when Cordée writes; not read when Person is given
	Words   string // the inviter's own
}

// Sent says which invitation came of it.
type Sent struct {
	Invitation InvitationID `json:"invitation"`
	Public     id.Public    `json:"public"`
}

// Invite holds a way in open for one person.
func (r *Room) Invite(ctx context.Context, by journal.By, key journal.Key, in InviteInput) (_ Sent, err error) {
	defer wrap(&err, "Invite")
	draft, err := in.cleaned()
	if err != nil {
		return Sent{}, err
	}
	return answer[Sent](r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		c, s, err := r.lockAs(ctx, tx, in.Circle)
		if err != nil {
			return err
		}
		i := draft
		if !i.Person.IsZero() {
			if seen, err := r.Shares(ctx, tx, s.Person, i.Person); err != nil || !seen {
				return orNotFound(err)
			}
		}
		group, err := r.addressees(ctx, tx, c, []person.Mailbox{i.mailbox})
		if err != nil {
			return err
		}
		twice, err := invitedAlready(ctx, tx, c, i.Person)
		if err != nil {
			return err
		}
		if i.Person.IsZero() {
			i.Person = group.known[i.mailbox]
		}
		switch inside, err := r.in(ctx, tx, c.ID, i.Person); {
		case err != nil:
			return err
		case inside && in.Person.IsZero():
			return errAddressInCircle()
		case inside:
			return errAlreadyMember()
		case group.invited[i.mailbox]:
			return errAlreadyInvited()
		case twice:
			return errPersonInvited()
		case group.open >= maxOpen:
			return errTooManyOpen()
		case in.Way == ByCordee && group.mailed >= maxMailed:
			return errTooManyMails()
		}
		i = r.fresh(tx, c, i, personalLasts)
		tx.Answer(Sent{Invitation: i.ID, Public: i.Public})
		return r.send(ctx, tx, &c, []Invitation{i})
	}))
}

func (in InviteInput) cleaned() (Invitation, error) {
	i := Invitation{Way: in.Way, Seats: 1, Person: in.Person}
	if err := parseWay(in.Way); err != nil {
		return i, err
	}
	var err error
	if i.Words, err = text("words", in.Words, MaxWords, true); err != nil {
		return i, err
	}
	// To somebody known here Cordée writes where they said that it may: a mail to an
	// address that the inviter named would carry that person's yes (rule 8).
	if in.Person.IsZero() && (in.Address != "" || in.Way == ByCordee) {
		if i.Address, i.mailbox, err = person.ParseAddress(in.Address); err != nil {
			return i, err
		}
	}
	if i.Name = person.Line(in.Name); person.Signs(i.Name) > person.MaxName {
		return i, errTooLong("name", person.MaxName, person.Signs(i.Name))
	}
	return i, nil
}

// GroupInput is an invitation to the people of a group that exists already.
type GroupInput struct {
	Circle    id.Circle
	Addresses string // pasted
	Words     string
}

// InviteGroup invites each of the pasted addresses by a mail of its own, and says
// of each line what became of it. Lines that can't be used stop none of the rest;
// only when not one can be used is the whole refused.
func (r *Room) InviteGroup(ctx context.Context, by journal.By, key journal.Key, in GroupInput) (_ []Line, err error) {
	defer wrap(&err, "InviteGroup")
	words, err := text("words", in.Words, MaxWords, true)
	if err != nil {
		return nil, err
	}
	lines := ParseAddresses(in.Addresses)
	if len(lines) == 0 {
		return nil, errNobodyToInvite()
	}
	outcomes, err := answer[[]Outcome](r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		c, err := r.lockAsHost(ctx, tx, in.Circle)
		if err != nil {
			return err
		}
		outcomes, invitations, err := r.sort(ctx, tx, c, lines, words)
		if err != nil {
			return err
		}
		tx.Answer(outcomes)
		return r.send(ctx, tx, &c, invitations)
	}))
	for n, o := range outcomes {
		lines[n].Outcome = o
	}
	return lines, err
}

// sort decides what becomes of each line.
func (r *Room) sort(ctx context.Context, tx *journal.Tx, c Circle, lines []Line, words string) ([]Outcome, []Invitation, error) {
	var boxes []person.Mailbox
	for _, l := range lines {
		if l.Outcome == Invited {
			boxes = append(boxes, l.mailbox)
		}
	}
	group, err := r.addressees(ctx, tx, c, boxes)
	if err != nil {
		return nil, nil, err
	}
	members, err := r.Members(ctx, tx, c.ID)
	if err != nil {
		return nil, nil, err
	}
	inside := map[id.Person]bool{}
	for _, m := range members {
		inside[m.Person] = true
	}
	outcomes := make([]Outcome, len(lines))
	var invitations []Invitation
	for n, l := range lines {
		known := group.known[l.mailbox]
		switch {
		case l.Outcome != Invited:
		case !known.IsZero() && inside[known]:
			l.Outcome = AlreadyIn
		case group.invited[l.mailbox]:
			l.Outcome = AlreadyOpen
		case group.open+len(invitations) >= maxOpen, group.mailed+len(invitations) >= maxMailed:
			l.Outcome = TooManyAtOnce
		default:
			invitations = append(invitations, r.fresh(tx, c, Invitation{
				Way: ByCordee, Existing: true, Name: l.Name, Address: l.Address, mailbox: l.mailbox, Person: known, Words: words, Seats: 1,
			}, personalLasts))
		}
		outcomes[n] = l.Outcome
	}
	return outcomes, invitations, nil
}

// LinkInput is a link for a group's own chat.
type LinkInput struct {
	Circle id.Circle
	Seats  int
	Words  string
}

// GroupLink makes a link by which as many people of an existing group come in as
// it has seats. Hosts are told of each.
func (r *Room) GroupLink(ctx context.Context, by journal.By, key journal.Key, in LinkInput) (_ Sent, err error) {
	defer wrap(&err, "GroupLink")
	words, err := text("words", in.Words, MaxWords, true)
	if err != nil {
		return Sent{}, err
	}
	if in.Seats < 1 || in.Seats > maxSeats {
		return Sent{}, errSeats()
	}
	return answer[Sent](r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		c, err := r.lockAsHost(ctx, tx, in.Circle)
		if err != nil {
			return err
		}
		i := r.fresh(tx, c, Invitation{Way: ByGroup, Existing: true, Words: words, Seats: in.Seats}, linkLasts)
		tx.Answer(Sent{Invitation: i.ID, Public: i.Public})
		return r.send(ctx, tx, &c, []Invitation{i})
	}))
}

// Revoke takes an open invitation back.
func (r *Room) Revoke(ctx context.Context, by journal.By, key journal.Key, invitation InvitationID) (err error) {
	defer wrap(&err, "Revoke")
	_, err = r.journal.Do(ctx, by, key, func(ctx context.Context, tx *journal.Tx) error {
		i, err := lockInvitation(ctx, tx, invitation)
		if err != nil {
			return err
		}
		s, err := r.Standing(ctx, tx, tx.By().Person())
		if err != nil {
			return err
		}
		if !i.MayRevoke(s) {
			return errNotFound()
		}
		if err := i.usable(tx.Now()); err != nil {
			return err
		}
		i.RevokedAt = tx.Now()
		tx.ActIn(i.Circle, ActInvitationDropped, i.Ref(), nil)
		return saveInvitation(ctx, tx, i)
	})
	return err
}

// Lapse notes the invitations to people known here that have run out, so that
// nobody is awaited any more. It tells how many; run it daily.
func (r *Room) Lapse(ctx context.Context) (lapsed int, err error) {
	defer wrap(&err, "Lapse")
	_, err = r.journal.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		lapsed = 0
		var rows []invitationRow
		if err := tx.Lock(tx.NewSelect().Model(&rows).Where("i.person IS NOT NULL").Where("i.expires_at <= ?", tx.Now().UnixMicro()).
			Where("i.lapsed_at = 0 AND i.revoked_at = 0 AND i.declined_at = 0 AND i.taken < i.seats").
			OrderExpr("i.expires_at").Limit(100)).Scan(ctx); err != nil {
			return err
		}
		for _, row := range rows {
			i := row.invitation()
			i.LapsedAt = tx.Now()
			tx.ActIn(i.Circle, ActLapsed, i.Ref(), nil)
			if err := saveInvitation(ctx, tx, i); err != nil {
				return err
			}
			lapsed++
		}
		return nil
	})
	return lapsed, err
}

// fresh completes an invitation that is about to be sent.
func (r *Room) fresh(tx *journal.Tx, c Circle, i Invitation, lasts time.Duration) Invitation {
	i.ID, i.Public, i.Circle, i.Inviter = id.New[Invitation](tx), id.NewPublic(tx), c.ID, tx.By().Person()
	i.CreatedAt, i.ExpiresAt, i.Version = tx.Now(), tx.Now().Add(lasts), 1
	return i
}

// send writes invitations, with their acts and who is awaited, and bumps the
// circle, so that two who invite at once see each other's.
func (r *Room) send(ctx context.Context, tx *journal.Tx, c *Circle, all []Invitation) error {
	if len(all) == 0 {
		return nil
	}
	rows := make([]invitationRow, 0, len(all))
	for _, i := range all {
		rows = append(rows, rowOfInvitation(i))
		tx.ActIn(c.ID, ActInvited, i.Ref(), InvitedFacts{Way: i.Way, Person: i.Person})
		tx.Await(i.Ref(), i.awaited(tx.Now())...)
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return err
	}
	return save(ctx, tx, c)
}

// addressees is what is known of the mailboxes that somebody wants to invite.
type addressees struct {
	known   map[person.Mailbox]id.Person // who has proved it
	invited map[person.Mailbox]bool      // an invitation to it is open
	open    int                          // invitations of the circle
	mailed  int                          // by Cordée in the last day, whatever became of them
}

func (r *Room) addressees(ctx context.Context, tx *journal.Tx, c Circle, boxes []person.Mailbox) (addressees, error) {
	a := addressees{known: map[person.Mailbox]id.Person{}, invited: map[person.Mailbox]bool{}}
	n, err := openIn(tx.NewSelect(), c, tx.Now()).Count(ctx)
	if err != nil {
		return a, err
	}
	a.open = int(n)
	n, err = tx.NewSelect().Model((*invitationRow)(nil)).Where("i.circle = ?", c.ID).Where("i.way = ?", ByCordee).
		Where("i.created_at > ?", tx.Now().Add(-24*time.Hour).UnixMicro()).Count(ctx)
	if err != nil {
		return a, err
	}
	a.mailed = int(n)
	for start := 0; start < len(boxes); start += 200 {
		some := boxes[start:min(start+200, len(boxes))]
		var known []struct {
			Mailbox person.Mailbox
			Person  id.Person
		}
		if err := tx.NewSelect().TableExpr("person_address AS a").ColumnExpr("a.mailbox, a.person").
			Where("a.state = ?", person.Verified).Where("a.mailbox IN (?)", bun.List(some)).Scan(ctx, &known); err != nil {
			return a, err
		}
		for _, k := range known {
			a.known[k.Mailbox] = k.Person
		}
		var invited []person.Mailbox
		if err := openIn(tx.NewSelect(), c, tx.Now()).Column("folded").Where("i.folded IN (?)", bun.List(some)).Where("i.folded <> ''").
			Scan(ctx, &invited); err != nil {
			return a, err
		}
		for _, box := range invited {
			a.invited[box] = true
		}
	}
	return a, nil
}

// invitedAlready tells whether an invitation to somebody known here is open. It is
// asked about whom the inviter named, never about whose an address is.
func invitedAlready(ctx context.Context, tx *journal.Tx, c Circle, who id.Person) (bool, error) {
	if who.IsZero() {
		return false, nil
	}
	return openIn(tx.NewSelect(), c, tx.Now()).Where("i.person = ?", who).Exists(ctx)
}

// openIn narrows a query to the invitations of a circle that are open.
func openIn(q *bun.SelectQuery, c Circle, now time.Time) *bun.SelectQuery {
	return q.Model((*invitationRow)(nil)).Where("i.circle = ?", c.ID).Where("i.expires_at > ?", now.UnixMicro()).
		Where("i.revoked_at = 0 AND i.declined_at = 0 AND i.taken < i.seats")
}

func lockInvitation(ctx context.Context, tx *journal.Tx, i InvitationID) (Invitation, error) {
	return oneInvitation(ctx, tx.Lock(tx.NewSelect().Where("i.id = ?", i)))
}

func oneInvitation(ctx context.Context, q *bun.SelectQuery) (Invitation, error) {
	var row invitationRow
	if err := q.Model(&row).Scan(ctx); err != nil {
		return Invitation{}, missing(err)
	}
	return row.invitation(), nil
}

// saveInvitation writes an invitation under the version it was read at, and who
// is awaited now.
func saveInvitation(ctx context.Context, tx *journal.Tx, i Invitation) error {
	tx.Await(i.Ref(), i.awaited(tx.Now())...)
	row := rowOfInvitation(i)
	row.Version++
	return tx.Saved(tx.NewUpdate().Model(&row).Column("taken", "declined_at", "revoked_at", "lapsed_at", "version").
		Where("i.id = ?", i.ID).Where("i.version = ?", i.Version).Exec(ctx))
}
