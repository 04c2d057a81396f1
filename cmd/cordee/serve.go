package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"

	"cordee/internal/app"
)

// config makes of the settings what a house is opened with.
func (s *settings) config(t *terminal) (app.Config, error) {
	c := app.Config{
		Data: s.Data, Listen: s.Listen, URL: s.URL, Postgres: s.Postgres,
		Keys: os.Getenv("CORDEE_KEYS"), Log: t.log,
	}
	for _, text := range s.TrustedProxy {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return c, fmt.Errorf("%q is no network of a trusted proxy; write it as a CIDR, such as 10.0.0.0/8", text)
		}
		c.Proxies = append(c.Proxies, p)
	}
	return c, nil
}

type serveCommand struct{}

// Run starts the server and says where it is; the first URL is the one to open.
func (serveCommand) Run(ctx context.Context, t *terminal, s *settings) error {
	cfg, err := s.config(t)
	if err != nil {
		return err
	}
	house, err := app.Open(ctx, cfg)
	if err != nil {
		return unlessStopped(ctx, err)
	}
	defer func() { _ = house.Close() }() // Run has told what went wrong
	if err := house.Listen(ctx); err != nil {
		return unlessStopped(ctx, err)
	}
	if err := announce(ctx, t, house); err != nil {
		return unlessStopped(ctx, err)
	}
	return serving(ctx, house)
}

// serving runs the house until it is told to stop, however early that is.
func serving(ctx context.Context, house *app.House) error {
	if err := house.Run(ctx); ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// unlessStopped forgets what went wrong because Ctrl-C came while the house was
// being opened: that is a clean end like any other.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil //nolint:nilerr // told to stop
	}
	return err
}

func announce(ctx context.Context, t *terminal, house *app.House) error {
	token, err := house.Server.SetUpToken(ctx)
	if err != nil {
		return err
	}
	base := house.Base().String()
	if token != "" {
		fmt.Fprintf(t.out, "Cordée is ready. Open this link to found your first circle: %s/set-up/%s\n", base, token)
	} else {
		fmt.Fprintf(t.out, "Cordée is ready. Sign in here: %s/sign-in\n", base)
	}
	on, err := house.MailOn(ctx)
	if err != nil || on {
		return err
	}
	link, err := house.ListenMail(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "No mail server is set yet; the letters that Cordée writes can be read here, once: %s\n", link)
	return nil
}
