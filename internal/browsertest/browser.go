package browsertest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// axe is axe-core 4.14.1; see internal/web/assets/README.md.
//
//go:embed axe/axe.min.js
var axe string

// chromium is the browser of this process: started once, by whoever opens the
// first page. chromedp can't have two first calls at the same time, nor a time-out
// on the context of the first.
type chromium struct {
	once  sync.Once
	first sync.Mutex      // one tab is opened at a time
	ctx   context.Context //nolint:containedctx // chromedp keeps a browser in a context
	close func()
	err   error
}

var shared chromium //nolint:gochecknoglobals // one browser a process: starting it takes a second

// Main runs the tests of a package and takes the browser down afterwards:
//
//	func TestMain(m *testing.M) { os.Exit(browsertest.Main(m)) }
func Main(m *testing.M) int {
	code := m.Run()
	if shared.close != nil {
		shared.close()
	}
	return code
}

func (c *chromium) start() (context.Context, error) {
	c.once.Do(func() {
		path, err := find()
		if err != nil {
			c.err = err
			return
		}
		profile, err := os.MkdirTemp("", "cordee-chromium-")
		if err != nil {
			c.err = err
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path),
			chromedp.UserDataDir(profile),
			chromedp.NoSandbox,
			chromedp.DisableGPU,
			chromedp.Flag("disable-quic", true),
			chromedp.Flag("disable-background-networking", true),
			chromedp.Flag("disable-component-update", true),
			chromedp.Flag("hide-scrollbars", true),
			// A page that comes out of the back-forward cache fires no load event.
			chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,BackForwardCache"),
		)
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, cancel := chromedp.NewContext(allocator)
		c.ctx = ctx
		c.close = func() {
			_ = chromedp.Cancel(ctx) // a browser that is gone already is fine
			cancel()
			stop()
			_ = os.RemoveAll(profile)
		}
		if err := chromedp.Do(ctx); err != nil {
			c.err = fmt.Errorf("browsertest: start %s: %w", path, err)
		}
	})
	return c.ctx, c.err
}

// find looks for the browser where Debian and its relatives put it.
func find() (string, error) {
	if path := os.Getenv("CORDEE_CHROMIUM"); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return filepath.Clean(path), nil
		}
	}
	return "", errors.New("browsertest: no Chromium here; install it (apt-get install chromium) or name one in CORDEE_CHROMIUM")
}
