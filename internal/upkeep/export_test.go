package upkeep

import (
	"context"
	"errors"
	"strings"

	"github.com/uptrace/bun"
)

// CheckIn is what Check does under one code, inside a transaction, so that damage
// can be undone.
func CheckIn(ctx context.Context, p Patient, db bun.IDB, code string) (Report, error) {
	e := &examination{Patient: p, db: db}
	e.Kinds = Kinds()
	var err error
	for _, r := range rules(p.DB.Postgres()) {
		if r.code == code {
			err = errors.Join(err, e.apply(ctx, r))
		}
	}
	switch {
	case strings.HasPrefix(code, "journal."):
		err = errors.Join(err, e.journal(ctx))
	case code == "reference":
		err = errors.Join(err, e.references(ctx))
	case code == "exchange.version":
		err = errors.Join(err, e.exchanges(ctx))
	case code == "await":
		err = errors.Join(err, e.awaited(ctx))
	}
	return e.report, err
}

// RuleCodes are the codes of all rules.
func RuleCodes() []string {
	var codes []string
	for _, r := range rules(false) {
		codes = append(codes, r.code)
	}
	return codes
}
