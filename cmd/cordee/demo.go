package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"cordee/internal/app"
	"cordee/internal/journal"
	"cordee/internal/store"
	"cordee/internal/upkeep"
)

type demoCommand struct{}

// Run fills a throw-away house with two years of life, says how to look around as
// three of its people, and serves it until it is told to stop.
func (demoCommand) Run(ctx context.Context, t *terminal, s *settings) (err error) {
	cfg, err := s.config(t)
	if err != nil {
		return err
	}
	if err := vacant(ctx, s.Postgres); err != nil {
		return err
	}
	if cfg.Data, err = os.MkdirTemp("", "cordee-demo-"); err != nil {
		return fmt.Errorf("no folder can be made for the demonstration: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(cfg.Data)) }()
	clock := upkeep.NewClock(time.Now)
	cfg.Clock, cfg.AllMail, cfg.Volatile = clock.Now, true, true
	house, err := app.Open(ctx, cfg)
	if err != nil {
		return unlessStopped(ctx, err)
	}
	defer func() { err = errors.Join(err, house.Close()) }()
	if err := house.Listen(ctx); err != nil {
		return unlessStopped(ctx, err)
	}
	if err := play(ctx, t, house, clock); err != nil {
		return unlessStopped(ctx, err)
	}
	return serving(ctx, house)
}

// vacant refuses a PostgreSQL database that holds anything: the demonstration
// stays in it.
func vacant(ctx context.Context, postgres string) error {
	if postgres == "" {
		return nil
	}
	free, err := store.Vacant(ctx, postgres)
	if err != nil || free {
		return err
	}
	return errors.New("that PostgreSQL database isn't empty; the demonstration wants one of its own, such as createdb makes")
}

// play lives the two years and says how to look around.
func play(ctx context.Context, t *terminal, house *app.House, clock *upkeep.Clock) error {
	fmt.Fprintln(t.out, "Two dozen people are living two years; a moment …")
	played, err := upkeep.Play(ctx, upkeep.House{
		DB: house.DB, Journal: house.Journal, Server: house.Server, People: house.People,
		Threads: house.Threads, Circles: house.Circles, Exchanges: house.Exchanges,
	}, clock)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, "Look around as one of three people; each link leads to one button that signs you in:")
	for _, d := range played.Doors {
		token, err := house.SignIns.LinkFor(ctx, journal.By{Actor: journal.System(), Door: journal.Demo}, d.Person)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s (%s): %s/sign-in/%s\n", d.Name, strings.Join(d.Circles, ", "), house.Base(), token)
	}
	mails, err := house.ListenMail(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "The mails of the last days, and those of what you do, are written here: %s\n", mails)
	if house.DB.Postgres() {
		fmt.Fprintln(t.out, "Ctrl-C ends it; what the database holds stays there and is of no further use.")
	} else {
		fmt.Fprintln(t.out, "Everything is thrown away when you press Ctrl-C.")
	}
	return nil
}
