package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/pelletier/go-toml/v2"
)

// settings are what every command shares: each is a flag, a variable of the
// environment and a key of the settings file, in that order of strength.
type settings struct {
	Config       string   `help:"Settings file (TOML): the same names as these flags, e.g. listen = \"localhost:8420\"." type:"path" placeholder:"FILE" env:"CORDEE_CONFIG"`
	Data         string   `help:"Folder for all data: database, keys, attachments." default:"data" type:"path" placeholder:"DIR" env:"CORDEE_DATA"`
	Listen       string   `help:"Address and port to listen on." default:"localhost:8420" placeholder:"ADDR" env:"CORDEE_LISTEN"`
	URL          string   `help:"Address under which people reach Cordée, e.g. https://cordee.example.org; links and mails are made of it. Without it: http://localhost and the port." placeholder:"URL" env:"CORDEE_URL"`
	Postgres     string   `help:"Keep the data in this PostgreSQL instead of SQLite." placeholder:"URL" env:"CORDEE_POSTGRES"`
	TrustedProxy []string `help:"Network (CIDR) of a proxy in front, whose X-Forwarded-For is believed. Repeatable." placeholder:"CIDR" env:"CORDEE_TRUSTED_PROXY"`
	LogFormat    string   `help:"How the log is written: text or json." enum:"text,json" default:"text" env:"CORDEE_LOG_FORMAT"`
}

// fileResolver hands the settings file to kong, and refuses what no flag is named.
type fileResolver struct {
	path   string
	values map[string]any
}

// readSettings looks for --config FILE or $CORDEE_CONFIG before kong parses, so
// that the file's values can stand under flags and environment.
func readSettings(args []string, env func(string) string) (*fileResolver, error) {
	path := env("CORDEE_CONFIG")
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			path = v
		} else if a == "--config" && i+1 < len(args) {
			path = args[i+1]
		}
	}
	if path == "" {
		return &fileResolver{}, nil
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the settings file %s doesn't exist", path)
	} else if err != nil {
		return nil, fmt.Errorf("the settings file %s can't be read: %w", path, err)
	}
	r := &fileResolver{path: path}
	if err := toml.Unmarshal(text, &r.values); err != nil {
		var at *toml.DecodeError
		if errors.As(err, &at) {
			row, _ := at.Position()
			return nil, fmt.Errorf("the settings file %s can't be understood at line %d: %s", path, row, at.Error())
		}
		return nil, fmt.Errorf("the settings file %s can't be understood: %w", path, err)
	}
	return r, nil
}

// Validate refuses a key that is no setting, and says which there are.
func (r *fileResolver) Validate(app *kong.Application) error {
	var known []string
	for _, f := range app.Flags {
		if f.Name != "help" && f.Name != "config" {
			known = append(known, f.Name)
		}
	}
	for key := range r.values {
		if !slices.Contains(known, strings.ReplaceAll(key, "_", "-")) {
			return fmt.Errorf("the settings file %s has an unknown setting %q; there are: %s", r.path, key, strings.Join(known, ", "))
		}
	}
	return nil
}

// Resolve gives a flag its value from the file.
func (r *fileResolver) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range []string{flag.Name, strings.ReplaceAll(flag.Name, "-", "_")} {
		if v, ok := r.values[name]; ok {
			if list, ok := v.([]any); ok {
				texts := make([]string, len(list))
				for i, e := range list {
					texts[i] = fmt.Sprint(e)
				}
				return strings.Join(texts, ","), nil
			}
			return fmt.Sprint(v), nil
		}
	}
	return nil, nil //nolint:nilnil // kong's way of saying that the file doesn't speak of it
}

// checkEnvironment refuses a CORDEE_ variable that no setting reads: a typing
// error there would else go unnoticed for years.
func checkEnvironment(environ []string, app *kong.Application) error {
	known := []string{"CORDEE_KEYS"}
	for _, f := range app.Flags {
		known = append(known, f.Envs...)
	}
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "CORDEE_") && !strings.HasPrefix(name, "CORDEE_TEST_") && name != "CORDEE_SCREENSHOTS" && !slices.Contains(known, name) {
			return fmt.Errorf("the environment has %s, which is no setting; there are: %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}
