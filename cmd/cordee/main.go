// Command cordee is the whole of Cordée in one binary: the server, a
// demonstration, imports and the tools that look after the data.
//
// It only reads flags, environment and settings file, and speaks to the
// terminal: what a command does lives in internal/app and the rooms behind it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the build; a build from a checkout tells its commit.
var version = ""

// commandLine is all that can be typed behind `cordee`.
type commandLine struct {
	settings

	Serve  serveCommand   `cmd:"" default:"1" help:"Start the server (what cordee does when told nothing else)."`
	Demo   demoCommand    `cmd:"" help:"Show Cordée with invented people, in a throw-away folder."`
	Import importCommand  `cmd:"" help:"Bring in the past that a network already has."`
	Doctor doctorCommand  `cmd:"" help:"Examine the data, beside a running server if need be: say what there is and what is wrong."`
	Ver    versionCommand `cmd:"" name:"version" help:"Say which version this is."`
	Help   helpCommand    `cmd:"" help:"Explain every command and setting."`
}

// terminal is where a command speaks.
type terminal struct {
	out, err io.Writer
	log      *slog.Logger
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr); err != nil {
		var silent exitCode
		if errors.As(err, &silent) {
			stop()
			os.Exit(int(silent)) //nolint:gocritic // stop was called
		}
		fmt.Fprintln(os.Stderr, "cordee:", sentence(err))
		stop()
		os.Exit(1)
	}
}

// exitCode ends the program without a word: what had to be said was said.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit %d", int(e)) }

func run(ctx context.Context, args, environ []string, out, errOut io.Writer) error {
	var cli commandLine
	file, err := readSettings(args, os.Getenv)
	if err != nil {
		return err
	}
	exit := func(int) { panic(exitCode(0)) }
	parser, err := kong.New(&cli,
		kong.Name("cordee"),
		kong.Description("Self-hosted software for people who work in a network.\n\nEach setting is a flag, a variable of the environment and a key of the settings file, in that order of strength."),
		kong.Writers(out, errOut), kong.Exit(exit), kong.Resolvers(file), kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: false}))
	if err != nil {
		return err
	}
	if err := file.Validate(parser.Model); err != nil {
		return err
	}
	if err := checkEnvironment(environ, parser.Model); err != nil {
		return err
	}
	parsed, helped, err := parse(parser, args)
	if helped || err != nil {
		return err
	}
	t := &terminal{out: out, err: errOut, log: newLog(errOut, cli.LogFormat)}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run(t, &cli.settings)
}

// parse turns kong's way of ending after --help into a value.
func parse(parser *kong.Kong, args []string) (parsed *kong.Context, helped bool, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case exitCode:
			helped = true
		default:
			panic(p)
		}
	}()
	parsed, err = parser.Parse(args)
	if err != nil {
		return nil, false, fmt.Errorf("%w (cordee help tells all commands and settings)", err)
	}
	return parsed, false, nil
}

func newLog(w io.Writer, format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// sentence makes one line of an error, for a person at a terminal.
func sentence(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}

type versionCommand struct{}

// Run says the version, the Go that built it and the system.
func (versionCommand) Run(t *terminal) error {
	info, ok := debug.ReadBuildInfo()
	name := version
	if name == "" {
		name = "development"
	}
	if ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) > 12 {
				name += " (" + s.Value[:12] + ")"
			}
		}
		name += ", " + info.GoVersion
	}
	_, err := fmt.Fprintln(t.out, "cordee", name)
	return err
}

type helpCommand struct {
	Command []string `arg:"" optional:"" help:"The command to explain."`
}

// Run prints the help of everything, or of one command.
func (h helpCommand) Run(ctx *kong.Context) error {
	again, _, err := parse(ctx.Kong, append(h.Command, "--help"))
	if err != nil {
		return err
	}
	_ = again
	return nil
}
