package main

import (
	"context"
	"fmt"
	"path/filepath"

	"cordee/internal/store"
	"cordee/internal/upkeep"
)

type doctorCommand struct{}

// Run examines the data, beside whoever serves it, and says what there is and
// what is wrong.
func (doctorCommand) Run(ctx context.Context, t *terminal, s *settings) error {
	db, err := store.Look(ctx, store.Config{Dir: s.Data, Postgres: s.Postgres})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it was only read
	report, err := upkeep.Check(ctx, upkeep.Patient{DB: db, Blobs: filepath.Join(s.Data, "blobs")})
	if err != nil {
		return err
	}
	for _, line := range report.Lines() {
		fmt.Fprintln(t.out, line)
	}
	if !report.Healthy() {
		return exitCode(1)
	}
	return nil
}
