package server

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"cordee/internal/journal"
	"cordee/internal/store"

	"github.com/uptrace/bun"
)

// Mail gives the settings that mail is sent with, the password opened. Pages
// show all but the password.
func (r *Room) Mail(ctx context.Context) (MailSettings, error) {
	row, err := loadMail(ctx, r.db.Read.NewSelect())
	if err != nil {
		return MailSettings{}, err
	}
	m := MailSettings{
		Version: row.Version, Host: row.Host, Port: row.Port, Security: Security(row.Security),
		Username: row.Username, From: row.Sender, TestedAt: store.Time(row.TestedAt),
	}
	if len(row.Password) > 0 {
		password, err := r.keys.Unseal(passwordPurpose, row.Password)
		if err != nil {
			return m, fmt.Errorf("server: the mailbox's password: %w", err)
		}
		m.Password = string(password)
	}
	return m, nil
}

func loadMail(ctx context.Context, q *bun.SelectQuery) (*mailRow, error) {
	var row mailRow
	err := q.Model(&row).Where("m.one = 1").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return &mailRow{One: 1, Security: string(StartTLS)}, nil
	}
	if err != nil {
		return &row, fmt.Errorf("server: mail settings: %w", err)
	}
	return &row, nil
}

// SaveMail changes the mailbox that Cordée sends by, at the version that the page
// showed; without a host no mail is sent any more.
func (r *Room) SaveMail(ctx context.Context, by journal.By, key journal.Key, want MailSettings) error {
	want, err := want.cleaned()
	if err != nil {
		return err
	}
	return r.asOperator(ctx, by, key, func(ctx context.Context, tx *journal.Tx, server *serverRow) error {
		row, err := loadMail(ctx, tx.Lock(tx.NewSelect()))
		switch {
		case err != nil:
			return err
		case row.Version != want.Version:
			return ErrStale(row.Version)
		}
		sealed, err := r.password(row, want)
		if err != nil {
			return err
		}
		*row = mailRow{
			One: 1, Version: row.Version + 1, Host: want.Host, Port: want.Port, Security: string(want.Security),
			Username: want.Username, Password: sealed, Sender: want.From, ChangedAt: store.Micros(tx.Now()),
		}
		_, err = tx.NewInsert().Model(row).On("CONFLICT (one) DO UPDATE").
			Set("version = EXCLUDED.version, host = EXCLUDED.host, port = EXCLUDED.port, security = EXCLUDED.security, " +
				"username = EXCLUDED.username, password = EXCLUDED.password, sender = EXCLUDED.sender, " +
				"changed_at = EXCLUDED.changed_at, tested_at = EXCLUDED.tested_at").Exec(ctx)
		if err != nil {
			return fmt.Errorf("server: save mail settings: %w", err)
		}
		tx.Act(ActMailChanged, ref(server), mailFacts{On: want.On()})
		return nil
	})
}

// password is what is stored: the new one, or the old one where the form left it
// empty and it goes to the same host and user.
func (r *Room) password(row *mailRow, want MailSettings) ([]byte, error) {
	switch {
	case !want.On() || want.Username == "":
		return []byte{}, nil
	case want.Password != "":
		return r.keys.Seal(passwordPurpose, []byte(want.Password)), nil
	case len(row.Password) > 0 && (row.Host != want.Host || row.Username != want.Username):
		return nil, errPasswordAgain()
	}
	return append([]byte{}, row.Password...), nil
}

// MailTested notes that a test mail went out with the settings of that version.
func (r *Room) MailTested(ctx context.Context, version int64) error {
	_, err := r.j.Do(ctx, journal.BySystem(), journal.Key{}, func(ctx context.Context, tx *journal.Tx) error {
		_, err := tx.NewUpdate().Model((*mailRow)(nil)).Set("tested_at = ?", store.Micros(tx.Now())).
			Where("one = 1 AND version = ?", version).Exec(ctx)
		if err != nil {
			return fmt.Errorf("server: mail tested: %w", err)
		}
		return nil
	})
	return err
}
