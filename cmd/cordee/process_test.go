package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// asCordee in the environment makes the test binary be the program itself, so
// that each test runs real processes without building another binary.
const asCordee = "CORDEE_TEST_AS_CORDEE"

func TestMain(m *testing.M) {
	if os.Getenv(asCordee) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// patience is how long a test waits for what should come at once.
const patience = 30 * time.Second

// command is `cordee args`, in an empty folder and an environment of its own.
func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Dir = dir
	cmd.Env = append([]string{asCordee + "=1", "TMPDIR=" + dir, "HOME=" + dir, "PATH=" + os.Getenv("PATH")}, env...)
	return cmd
}

// ran is what a command that ended by itself left.
type ran struct {
	out, err string
	code     int
}

// ended lets a command end by itself.
func ended(t *testing.T, env []string, args ...string) ran {
	t.Helper()
	return finished(t, command(t, env, args...))
}

func finished(t *testing.T, cmd *exec.Cmd) ran {
	t.Helper()
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ran{out.String(), said.String(), cmd.ProcessState.ExitCode()}
}

// refused checks that a command ended with one sentence, which holds the words,
// and a code that tells.
func refused(t *testing.T, env []string, args []string, words ...string) {
	t.Helper()
	got := ended(t, env, args...)
	if got.code == 0 || got.out != "" || strings.Count(got.err, "\n") != 1 || !strings.HasPrefix(got.err, "cordee: ") {
		t.Errorf("%v: code %d, out %q, want one sentence: %q", args, got.code, got.out, got.err)
	}
	for _, w := range words {
		if !strings.Contains(got.err, w) {
			t.Errorf("%v: %q isn't in %q", args, w, got.err)
		}
	}
}

// process is a cordee that goes on until it is told to stop.
type process struct {
	cmd   *exec.Cmd
	lines chan string
	over  chan error

	mu   sync.Mutex
	said bytes.Buffer // on the error output
}

// Write takes the error output.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(b)
}

func (p *process) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// start begins a command. When the test ends it is killed, if it hasn't ended.
func start(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, lines: make(chan string, 64), over: make(chan error, 1)}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = p
	cmd.Cancel = func() error { return cmd.Process.Kill() }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		scan := bufio.NewScanner(out)
		for scan.Scan() {
			p.lines <- scan.Text()
		}
		close(p.lines)
		p.over <- cmd.Wait()
	}()
	return p
}

// line gives the next line that holds the words.
func (p *process) line(t *testing.T, words string) string {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case line, open := <-p.lines:
			if !open {
				t.Fatalf("it ended before it said %q: %s", words, p.log())
			}
			if strings.Contains(line, words) {
				return line
			}
		case <-late:
			t.Fatalf("it doesn't say %q: %s", words, p.log())
		}
	}
}

// stop sends a signal and gives the code with which the process ends.
func (p *process) stop(t *testing.T, sig syscall.Signal) int {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Error(err)
	}
	go func() {
		for range p.lines { // what nobody reads any more
		}
	}()
	select {
	case <-p.over:
	case <-time.After(patience):
		t.Fatalf("it doesn't end: %s", p.log())
	}
	return p.cmd.ProcessState.ExitCode()
}

var link = regexp.MustCompile(`https?://\S+`)

// served starts `cordee serve` on a free port and gives it with the first URL
// that it prints.
func served(t *testing.T, args ...string) (*process, string) {
	t.Helper()
	p := start(t, command(t, nil, append([]string{"serve", "--listen", "localhost:0"}, args...)...))
	return p, link.FindString(p.line(t, "http"))
}

// visitor is a browser as far as these tests need one.
type visitor struct {
	client http.Client
	cookie *http.Cookie
}

func newVisitor() *visitor {
	v := &visitor{}
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	v.client.Transport = &http.Transport{}
	return v
}

// answer is a page, read whole.
type answer struct {
	status   int
	location string
	body     string
}

func (v *visitor) do(r *http.Request) (answer, error) {
	if v.cookie != nil {
		r.AddCookie(v.cookie)
	}
	res, err := v.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	for _, c := range res.Cookies() {
		if c.Value != "" {
			v.cookie = &http.Cookie{Name: c.Name, Value: c.Value}
		}
	}
	return answer{res.StatusCode, res.Header.Get("Location"), string(body)}, err
}

func (v *visitor) get(ctx context.Context, where string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return answer{}, err
	}
	return v.do(r)
}

func (v *visitor) post(ctx context.Context, where string, values url.Values) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, where, strings.NewReader(values.Encode()))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

var (
	forms  = regexp.MustCompile(`(?s)<form[^>]* method="post"[^>]*>.*?</form>`)
	action = regexp.MustCompile(`action="([^"]*)"`)
	hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	button = regexp.MustCompile(`<button[^>]*type="submit"`)
)

// send fills in the first form of a page, as it stands in the page, and posts it.
func (v *visitor) send(t *testing.T, page string, typed url.Values) answer {
	t.Helper()
	shown, err := v.get(t.Context(), page)
	if err != nil || shown.status != http.StatusOK {
		t.Fatalf("%s: %d, %v", page, shown.status, err)
	}
	form := forms.FindString(shown.body)
	where := action.FindStringSubmatch(form)
	if where == nil {
		t.Fatalf("%s has no form: %s", page, shown.body)
	}
	for _, in := range hidden.FindAllStringSubmatch(form, -1) {
		typed.Set(in[1], in[2])
	}
	to, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	to.Path = where[1]
	got, err := v.post(t.Context(), to.String(), typed)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// founded sets a fresh server up by its link and gives who did, and the circle's
// path.
func founded(t *testing.T, setUp string) (*visitor, string) {
	t.Helper()
	v := newVisitor()
	got := v.send(t, setUp, url.Values{
		"name": {"Solène Le Goff"}, "address": {"solene@example.org"}, "language": {"fr"}, "zone": {"Europe/Paris"},
		"circle": {"Atelier Ouest"}, "purpose": {"Se relire."}, "charter": {"On donne sans compter."}, "form": {"vous"}, "circle_language": {"fr"},
	})
	if got.status != http.StatusSeeOther || v.cookie == nil {
		t.Fatalf("set-up: %d %s", got.status, got.body)
	}
	path, _, _ := strings.Cut(got.location, "?")
	return v, path
}

// alone tells whether a URL stands alone at the end of its line.
func alone(line string) bool {
	all := link.FindAllString(line, -1)
	return len(all) == 1 && strings.HasSuffix(line, " "+all[0])
}
