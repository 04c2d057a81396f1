package browsertest

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to come; a test machine may be busy.
const patience = 30 * time.Second

// Options say whose browser it is.
type Options struct {
	Lang  string // of Accept-Language; "" is "en"
	Dark  bool
	Phone bool // 390 by 844, touch; else 1280 by 900
	NoJS  bool
	Zone  string // IANA; "" is "Europe/Paris"
}

// Name tells options apart, for subtests and pictures: "fr-phone-dark-nojs".
func (o Options) Name() string {
	name := o.lang()
	if o.Phone {
		name += "-phone"
	} else {
		name += "-wide"
	}
	if o.Dark {
		name += "-dark"
	} else {
		name += "-light"
	}
	if o.NoJS {
		name += "-nojs"
	}
	return name
}

func (o Options) lang() string {
	if o.Lang == "" {
		return "en"
	}
	return o.Lang
}

func (o Options) size() (width, height int64) {
	if o.Phone {
		return 390, 844
	}
	return 1280, 900
}

// Page is one tab of a person's browser.
type Page struct {
	t       testing.TB
	ctx     context.Context //nolint:containedctx // chromedp keeps a tab in a context
	base    *url.URL
	options Options
	arrived chan struct{} // a page was loaded, or swapped in place

	mu      sync.Mutex
	wrong   []string
	allowed []string
	status  int
}

// Open opens a tab in a browser of its own: no cookies, nothing cached.
func Open(tb testing.TB, baseURL string, o Options) *Page {
	tb.Helper()
	base, err := url.Parse(baseURL)
	if err != nil {
		tb.Fatal(err)
	}
	browser, err := shared.start()
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	p := &Page{t: tb, ctx: ctx, base: base, options: o, arrived: make(chan struct{}, 100)}
	shared.first.Lock()
	err = chromedp.Do(ctx)
	shared.first.Unlock()
	tb.Cleanup(func() {
		cancel()
		p.complain()
	})
	if err != nil {
		tb.Fatalf("browsertest: open a tab: %v", err)
	}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		tb.Fatal(err)
	}
	p.dress()
	return p
}

// dress makes the tab that of the options.
func (p *Page) dress() {
	p.t.Helper()
	zone := p.options.Zone
	if zone == "" {
		zone = "Europe/Paris"
	}
	width, height := p.options.size()
	swapped := `document.addEventListener("htmx:after:settle", () => window.cordeeArrived?.("swap"))`
	must(p, "network", call(p, network.Enable, network.EnableParams{}))
	must(p, "log", call(p, log.Enable, struct{}{}))
	must(p, "runtime", call(p, runtime.Enable, struct{}{}))
	must(p, "binding", call(p, runtime.AddBinding, runtime.AddBindingParams{Name: "cordeeArrived"}))
	must(p, "script", call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: swapped}))
	must(p, "headers", call(p, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
		Headers: network.Headers{"Accept-Language": json.RawMessage(`"` + p.options.lang() + `"`)},
	}))
	must(p, "zone", call(p, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: zone}))
	p.resize(width, height)
	p.light()
	if p.options.NoJS {
		must(p, "scripts", call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	}
}

// light tells the page whether it is night; nothing moves, so that pictures and
// contrasts are those of a page at rest.
func (p *Page) light() {
	p.t.Helper()
	scheme := "light"
	if p.options.Dark {
		scheme = "dark"
	}
	must(p, "media", call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}))
}

func (p *Page) resize(width, height int64) {
	p.t.Helper()
	must(p, "size", call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1, Mobile: p.options.Phone,
	}))
}

// Goto opens a path of the server, or a whole URL of it, and waits until it is there.
func (p *Page) Goto(path string) {
	p.t.Helper()
	target, err := p.base.Parse(path)
	if err != nil {
		p.t.Fatal(err)
	}
	p.drain()
	err = p.within(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Navigate(target.String())) })
	if err != nil {
		p.t.Fatalf("go to %s: %v", path, err)
	}
}

// Back is the browser's button.
func (p *Page) Back() {
	p.t.Helper()
	must(p, "back", p.within(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.NavigateBack()) }))
}

// URL is the path and query that the browser shows.
func (p *Page) URL() string {
	p.t.Helper()
	return eval[string](p, `location.pathname + location.search`)
}

// Status is that of the last document.
func (p *Page) Status() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// HTML is the document as it stands.
func (p *Page) HTML() string {
	p.t.Helper()
	return eval[string](p, `document.documentElement.outerHTML`)
}

// SetCookie gives the browser a cookie of the server.
func (p *Page) SetCookie(name, value string) {
	p.t.Helper()
	must(p, "cookie", call(p, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: p.base.String()}))
}

// Cookies are the names of those that the server set.
func (p *Page) Cookies() []string {
	p.t.Helper()
	got, err := chromedp.Call(p.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{p.base.String()}})
	must(p, "cookies", err)
	var names []string
	for _, c := range got.Cookies {
		names = append(names, c.Name)
	}
	return names
}

// Type types into the field that has the focus.
func (p *Page) Type(text string) {
	p.t.Helper()
	must(p, "type", call(p, input.InsertText, input.InsertTextParams{Text: text}))
}

// Key presses a key such as "\t" or "\r".
func (p *Page) Key(keys string) {
	p.t.Helper()
	must(p, "key", p.within(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.KeyEvent(keys)) }))
}

// Screenshot saves the whole page as NAME-OPTIONS.png in the folder that
// CORDEE_SCREENSHOTS names, and does nothing where it names none.
func (p *Page) Screenshot(name string) {
	p.t.Helper()
	folder := os.Getenv("CORDEE_SCREENSHOTS")
	if folder == "" {
		return
	}
	width, height := p.options.size()
	p.resize(width, max(height, eval[int64](p, `document.documentElement.scrollHeight`)))
	defer p.resize(width, height)
	var picture []byte
	must(p, "picture", p.within(func(ctx context.Context) error {
		var err error
		picture, err = chromedp.Run(ctx, chromedp.FullScreenshot(100))
		return err
	}))
	must(p, "picture", os.MkdirAll(folder, 0o755))
	must(p, "picture", os.WriteFile(filepath.Join(folder, name+"-"+p.options.Name()+".png"), picture, 0o644))
}

// within runs one step with a time-out of its own.
func (p *Page) within(step func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return step(ctx)
}

func must(p *Page, what string, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("browsertest: %s: %v", what, err)
	}
}

// eval runs an expression in the page; it works with scripts switched off too.
func eval[T any](p *Page, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("browsertest: in the page: %v\n%s", err, short(expression))
	}
	return v
}

func short(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}

// quoted is a Go string as a JavaScript one.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return strings.ReplaceAll(string(b), "\u2028", `\u2028`)
}
