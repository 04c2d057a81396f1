package seal

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

const header = `# The secret keys of this Cordée. Whoever has them can open every link and sealed
# field; without them those are lost for good. Keep a copy away from the backups.
`

// Open reads the keys: out of env (what CORDEE_KEYS holds) if that isn't empty,
// else from the file DIR/keys, which is made with one fresh key when it doesn't
// exist. rnd nil is the machine's own randomness.
//
// Both are written alike: NUMBER:BASE64 per key, parted by space or new lines.
// The highest number is the newest key.
func Open(dir, env string, rnd io.Reader) (*Keys, error) {
	if strings.TrimSpace(env) != "" {
		k, err := parse(env, random(rnd))
		if err != nil {
			return nil, fmt.Errorf("the keys in the environment: %w", err)
		}
		return k, nil
	}
	path := filepath.Join(dir, "keys")
	text, err := os.ReadFile(path) //nolint:gosec // the operator's own folder
	if errors.Is(err, fs.ErrNotExist) {
		text, err = create(path, random(rnd))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the keys: %w", err)
	}
	if err := private(path); err != nil {
		return nil, err
	}
	k, err := parse(string(text), random(rnd))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	k.path = path
	return k, nil
}

// private refuses a file that others on the machine can read.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("reading the keys: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s can be read by others on this machine: chmod 600 %s", path, path)
	}
	return nil
}

// create writes a first key. When two processes do so at once, one wins and both
// read what it wrote.
func create(path string, rnd io.Reader) ([]byte, error) {
	line, err := fresh(1, rnd)
	if err != nil {
		return nil, err
	}
	tmp, err := write(path, header+line)
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(tmp) }()
	if err := os.Link(tmp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return os.ReadFile(path) //nolint:gosec // the operator's own folder
}

// Rotate adds a fresh key to the file, which from now on seals, and gives the
// keys with it. The old ones stay valid. Other processes see it when they start
// again. Keys that came from the environment can't be rotated here.
func (k *Keys) Rotate() (*Keys, error) {
	if k.path == "" {
		return nil, errors.New("the keys come from the environment: add one there")
	}
	if k.newest == 255 {
		return nil, errors.New("255 keys are the most there can be")
	}
	text, err := os.ReadFile(k.path)
	if err != nil {
		return nil, fmt.Errorf("rotating the keys: %w", err)
	}
	line, err := fresh(k.newest+1, k.rand)
	if err != nil {
		return nil, fmt.Errorf("rotating the keys: %w", err)
	}
	all := strings.TrimRight(string(text), "\n") + "\n" + line
	next, err := parse(all, k.rand)
	if err != nil {
		return nil, fmt.Errorf("rotating the keys: %w", err)
	}
	next.path = k.path
	tmp, err := write(k.path, all)
	if err != nil {
		return nil, fmt.Errorf("rotating the keys: %w", err)
	}
	if err := os.Rename(tmp, k.path); err != nil {
		return nil, fmt.Errorf("rotating the keys: %w", err)
	}
	return next, syncDir(filepath.Dir(k.path))
}

func fresh(number byte, rnd io.Reader) (string, error) {
	var key [keySize]byte
	if _, err := io.ReadFull(rnd, key[:]); err != nil {
		return "", err
	}
	return strconv.Itoa(int(number)) + ":" + base64.RawURLEncoding.EncodeToString(key[:]) + "\n", nil
}

// write puts a text on disk, whole, beside path and under a name of its own.
func write(path, text string) (tmp string, err error) {
	tmp = path + "." + strings.ToLower(rand.Text()[:8])
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // beside the keys, in the operator’s own folder
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(tmp))
	}
	return tmp, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator's own folder
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// parse reads keys. Errors never quote them.
func parse(text string, rnd io.Reader) (*Keys, error) {
	k := &Keys{all: map[byte][keySize]byte{}, rand: rnd}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		for entry := range strings.FieldsSeq(line) {
			name, secret, ok := strings.Cut(entry, ":")
			number, err := strconv.ParseUint(name, 10, 8)
			if !ok || err != nil || number == 0 {
				return nil, errors.New("a key is written NUMBER:SECRET, its number from 1 to 255")
			}
			raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(secret, "="))
			if err != nil || len(raw) != keySize {
				return nil, fmt.Errorf("key %d isn't 32 bytes in base64", number)
			}
			n := byte(number)
			if _, twice := k.all[n]; twice {
				return nil, fmt.Errorf("key %d stands there twice", number)
			}
			k.all[n] = [keySize]byte(raw)
			k.newest = max(k.newest, n)
		}
	}
	if len(k.all) == 0 {
		return nil, errors.New("holds no key")
	}
	return k, nil
}
