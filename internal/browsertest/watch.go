package browsertest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Allow says that a message holding text is expected: it doesn't fail the test.
func (p *Page) Allow(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, text)
}

// complain fails the test for what its pages did and must not.
func (p *Page) complain() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, wrong := range p.wrong {
		if !p.expected(wrong) {
			p.t.Errorf("browser (%s): %s", p.options.Name(), wrong)
		}
	}
}

func (p *Page) expected(wrong string) bool {
	for _, text := range p.allowed {
		if strings.Contains(wrong, text) {
			return true
		}
	}
	return false
}

// hear is called on the goroutine that reads the browser: it only notes.
func (p *Page) hear(event any) {
	switch e := event.(type) {
	case *page.EventLoadEventFired:
		p.arrive()
	case *runtime.EventBindingCalled:
		if e.Name == "cordeeArrived" {
			p.arrive()
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			p.note("console: " + spoken(e.Args))
		}
	case *runtime.EventExceptionThrown:
		p.note("exception: " + thrown(e.ExceptionDetails))
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !isAnswer(e.Entry) {
			p.note(fmt.Sprintf("log: %s %s", e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		p.request(e)
	case *network.EventResponseReceived:
		p.response(e)
	case *network.EventLoadingFailed:
		if !e.Canceled && e.ErrorText != "net::ERR_ABORTED" {
			p.note("request failed: " + e.ErrorText + " " + string(e.BlockedReason))
		}
	}
}

func (p *Page) note(wrong string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrong = append(p.wrong, wrong)
}

// arrive never blocks: whoever waits takes one, nobody counts them.
func (p *Page) arrive() {
	select {
	case p.arrived <- struct{}{}:
	default:
	}
}

func (p *Page) drain() {
	for {
		select {
		case <-p.arrived:
		default:
			return
		}
	}
}

// isAnswer tells that an entry only repeats a refusal's status, which pages are
// there to explain; files that are missing are noted by response.
func isAnswer(e *log.Entry) bool {
	return e.Source == log.EntrySourceNetwork && strings.Contains(e.Text, "the server responded with a status of")
}

func (p *Page) request(e *network.EventRequestWillBeSent) {
	u, err := url.Parse(e.Request.URL)
	if err != nil || u.Scheme == "data" || u.Scheme == "blob" || u.Scheme == "about" {
		return
	}
	if u.Host != p.base.Host {
		p.note("request to another server: " + e.Request.URL)
	}
}

func (p *Page) response(e *network.EventResponseReceived) {
	status := int(e.Response.Status)
	if e.Type == network.ResourceTypeDocument || e.Type == network.ResourceTypeFetch {
		p.mu.Lock()
		p.status = status
		p.mu.Unlock()
		if status < http.StatusInternalServerError {
			return
		}
	}
	if status >= http.StatusBadRequest {
		p.note(fmt.Sprintf("answer %d: %s", status, e.Response.URL))
	}
}

func spoken(args []*runtime.RemoteObject) string {
	var out []string
	for _, a := range args {
		if a.Description != "" {
			out = append(out, a.Description)
			continue
		}
		out = append(out, string(a.Value))
	}
	return strings.Join(out, " ")
}

func thrown(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text
}

// call sends one command of the protocol.
func call[P, R any](p *Page, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(p.ctx, command, params)
	return err
}
