package upkeep

import (
	"context"

	"github.com/uptrace/bun"
)

// CheckIn is Check inside a transaction, so that damage can be undone.
func CheckIn(ctx context.Context, p Patient, db bun.IDB) (Report, error) { return examine(ctx, p, db) }

// RuleCodes are the codes of all rules.
func RuleCodes() []string {
	var codes []string
	for _, r := range rules(false) {
		codes = append(codes, r.code)
	}
	return codes
}
