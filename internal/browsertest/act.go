package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// finder finds what a person means: an element by CSS if the text begins with one
// of # . [ or names a tag in <>; else by the words on it, in this order: a label,
// a button, a link, an aria-label, a summary. Words match whole first, then as a
// part. What can't be seen isn't found.
const finder = `(wanted, kinds) => {
  const norm = s => (s || "").replace(/[\s\u00a0\u202f]+/g, " ").trim();
  const seen = e => e && e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  if (/^[#.\[<]/.test(wanted)) {
    const css = wanted.startsWith("<") ? wanted.slice(1).replace(/>$/, "") : wanted;
    return [...document.querySelectorAll(css)].find(seen) || document.querySelector(css);
  }
  const want = norm(wanted);
  const labels = [...document.querySelectorAll("label, legend")].map(l => {
    const own = l.cloneNode(true);
    own.querySelectorAll(".optional, small").forEach(x => x.remove());
    return [norm(own.textContent), l.control || (l.tagName === "LEGEND" ? l.parentElement : l)];
  });
  const named = sel => [...document.querySelectorAll(sel)].map(e => [norm(e.textContent) || norm(e.value), e]);
  const pools = {
    field: () => [...labels, ...[...document.querySelectorAll("[aria-label]")].map(e => [norm(e.ariaLabel), e])],
    press: () => [...named("button, [role=button]"), ...named("a[href]"), ...named("summary"), ...labels, ...[...document.querySelectorAll("[aria-label]")].map(e => [norm(e.ariaLabel), e])],
  };
  const pool = pools[kinds]().filter(([, e]) => seen(e) || (e && e.type && seen(e.closest("label"))));
  return (pool.find(([n]) => n === want) || pool.find(([n]) => n.includes(want)) || [])[1] || null;
}`

// locate scrolls to what is meant and gives the middle of it.
func (p *Page) locate(wanted, kinds string) (x, y float64) {
	p.t.Helper()
	at := eval[[]float64](p, fmt.Sprintf(`(() => {
  const e = (%s)(%s, %q);
  if (!e) return [];
  e.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
  const r = (e.type === "checkbox" || e.type === "radio" ? e.closest("label") || e : e).getClientRects()[0];
  return r ? [r.x + r.width / 2, r.y + r.height / 2] : [];
})()`, finder, quoted(wanted), kinds))
	if len(at) != 2 {
		p.t.Fatalf("nothing called %q on %s. There is: %s", wanted, p.URL(), p.offers())
	}
	return at[0], at[1]
}

// offers lists what could have been meant, for the message of a failed test.
func (p *Page) offers() string {
	return eval[string](p, `[...document.querySelectorAll("button, a[href], label, summary")]
  .map(e => e.textContent.replace(/\s+/g, " ").trim()).filter(Boolean).slice(0, 80).join(" | ")`)
}

// Click clicks on something that leaves the page where it is: a box, a summary, a
// link within the page.
func (p *Page) Click(wanted string) {
	p.t.Helper()
	x, y := p.locate(wanted, "press")
	must(p, "click", p.within(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.MouseClickXY(x, y)) }))
}

// Press clicks on something that leads to another page, or sends a form, and waits
// until the page that comes is there.
func (p *Page) Press(wanted string) {
	p.t.Helper()
	p.Arrives("press "+wanted, func() { p.Click(wanted) })
}

// Arrives does something and waits for the page that it leads to, loaded by the
// browser or swapped in place.
func (p *Page) Arrives(what string, do func()) {
	p.t.Helper()
	p.drain()
	do()
	select {
	case <-p.arrived:
	case <-time.After(patience):
		p.t.Fatalf("%s: no page came; still on %s", what, p.URL())
	}
	must(p, what, p.within(func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.WaitReady(chromedp.CSS("body")))
	}))
}

// Offline takes the network away, or gives it back.
func (p *Page) Offline(away bool) {
	p.t.Helper()
	must(p, "network", call(p, emulateNetwork(), network.OverrideNetworkStateParams{
		Offline: away, DownloadThroughput: -1, UploadThroughput: -1,
	}))
}

// emulateNetwork is the command that every Chromium knows; the one that replaces
// it is too young for Debian's.
func emulateNetwork() cdp.Command[network.OverrideNetworkStateParams, cdp.Empty] {
	return cdp.Command[network.OverrideNetworkStateParams, cdp.Empty]{Method: "Network.emulateNetworkConditions"}
}

// Wait waits until something is there to be seen.
func (p *Page) Wait(selector string) {
	p.t.Helper()
	must(p, "wait for "+selector, p.within(func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(selector)))
	}))
}

// Fill puts text into the field with this label, in place of what was there.
func (p *Page) Fill(label, text string) {
	p.t.Helper()
	found := eval[bool](p, fmt.Sprintf(`(() => {
  const e = (%s)(%s, "field");
  if (!e || !("value" in e)) return false;
  e.scrollIntoView({block: "center", behavior: "instant"});
  e.focus();
  e.select?.();
  return document.activeElement === e;
})()`, finder, quoted(label)))
	if !found {
		p.t.Fatalf("no field called %q on %s. There is: %s", label, p.URL(), p.offers())
	}
	if text == "" {
		p.Key("\b")
		return
	}
	p.Type(text)
}

// Choose picks an option of a list by its words.
func (p *Page) Choose(label, option string) {
	p.t.Helper()
	found := eval[bool](p, fmt.Sprintf(`(() => {
  const e = (%s)(%s, "field");
  const o = [...(e?.options || [])].find(o => o.text.trim() === %s || o.value === %[3]s);
  if (!o) return false;
  o.selected = true;
  e.dispatchEvent(new Event("change", {bubbles: true}));
  return true;
})()`, finder, quoted(label), quoted(option)))
	if !found {
		p.t.Fatalf("no option %q in %q on %s", option, label, p.URL())
	}
}

// Value is what a field holds.
func (p *Page) Value(label string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf(`((%s)(%s, "field") || {}).value ?? ""`, finder, quoted(label)))
}

// Text is the text of the first element of a selector; "" if there is none.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf(`(document.querySelector(%s)?.innerText ?? "").replace(/[\s\u00a0\u202f]+/g, " ").trim()`, quoted(selector)))
}

// Count is how many elements a selector finds.
func (p *Page) Count(selector string) int {
	p.t.Helper()
	return eval[int](p, fmt.Sprintf(`document.querySelectorAll(%s).length`, quoted(selector)))
}

// Has tells whether the page shows the text; every kind of space is one space.
func (p *Page) Has(text string) bool {
	p.t.Helper()
	return eval[bool](p, fmt.Sprintf(`document.body.innerText.replace(/[\s\u00a0\u202f]+/g, " ").includes(%s)`, quoted(plainSpaces(text))))
}

// See fails the test unless the page shows the text.
func (p *Page) See(text string) {
	p.t.Helper()
	if !p.Has(text) {
		p.t.Fatalf("%q isn't on %s, which says:\n%s", text, p.URL(), p.Text("body"))
	}
}

// SeeNot fails the test if the page shows the text.
func (p *Page) SeeNot(text string) {
	p.t.Helper()
	if p.Has(text) {
		p.t.Fatalf("%q is on %s and shouldn't be", text, p.URL())
	}
}

func plainSpaces(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)), " ")
}

// InView tells whether the first element of a selector is within the window.
func (p *Page) InView(selector string) bool {
	p.t.Helper()
	return eval[bool](p, fmt.Sprintf(`(() => {
  const r = document.querySelector(%s)?.getBoundingClientRect();
  return !!r && r.height > 0 && r.top >= 0 && r.bottom <= innerHeight;
})()`, quoted(selector)))
}

// Overflow fails the test if the page is wider than the window.
func (p *Page) Overflow() {
	p.t.Helper()
	wide := eval[string](p, `(() => {
  const d = document.documentElement;
  if (d.scrollWidth <= d.clientWidth) return "";
  const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > d.clientWidth + 1);
  return d.scrollWidth + " > " + d.clientWidth + ": " + out.slice(0, 5).map(e => e.tagName + "." + e.className).join(", ");
})()`)
	if wide != "" {
		p.t.Errorf("%s (%s) is too wide: %s", p.URL(), p.options.Name(), wide)
	}
}

// Targets fails the test for what people press and is smaller than least pixels
// either way. A link inside a sentence is as high as its line, and is left out.
func (p *Page) Targets(least int) {
	p.t.Helper()
	small := eval[[]string](p, fmt.Sprintf(`[...document.querySelectorAll("button, a[href], select, summary, label.chip, label.tick, input:not([type=hidden],[type=checkbox],[type=radio]), textarea")]
  .filter(e => !e.closest(".skip, .unseen, p, h1, h2, h3, li > a:not([class]), .prose, .say header, figcaption, .wrongs, .row > a:not([class]), dd, .over, .who") || e.matches("p > .btn"))
  .map(e => [e, e.getBoundingClientRect()]).filter(([, r]) => r.width > 0 && (r.height < %d - .5 || r.width < %[1]d - .5))
  .map(([e, r]) => e.tagName + "." + e.className + " “" + e.textContent.trim().slice(0, 30) + "” " + Math.round(r.width) + "×" + Math.round(r.height))`, least))
	for _, s := range small {
		p.t.Errorf("%s (%s): too small to touch: %s", p.URL(), p.options.Name(), s)
	}
}

// Night makes the system dark, or light again, on the page as it stands. Chromium
// at times keeps the colour of a text from before (seen with 156: light-dark() in
// an inherited property); taking the page out of the flow for a moment makes it
// compute them all.
func (p *Page) Night(dark bool) {
	p.t.Helper()
	p.options.Dark = dark
	p.light()
	eval[int](p, `(() => {
  const root = document.documentElement, y = scrollY;
  root.style.display = "none";
  const n = root.offsetHeight;
  root.style.display = "";
  scrollTo(0, y);
  return n + root.offsetHeight;
})()`)
}

// Both runs axe-core by day and by night. What differs by night is contrast alone,
// so only that is asked again; afterwards the page is as light as it was.
func (p *Page) Both() {
	p.t.Helper()
	was := p.options.Dark
	p.Axe()
	p.Night(!was)
	p.Axe("color-contrast")
	p.Night(was)
}

// Axe fails the test for each violation that axe-core finds on the page, of any
// rule or of those named.
func (p *Page) Axe(rules ...string) {
	p.t.Helper()
	only := ""
	if len(rules) > 0 {
		only = `, runOnly: ["` + strings.Join(rules, `", "`) + `"]`
	}
	if p.options.NoJS {
		must(p, "scripts", call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{}))
		defer func() {
			must(p, "scripts", call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
		}()
	}
	found := eval[string](p, `(async () => {
  if (!window.axe) { `+axe+` }
  await document.fonts.ready;
  const r = await axe.run(document, {resultTypes: ["violations"]`+only+`});
  return JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 6).map(n => n.target.join(" ") + " — " + n.failureSummary)})));
})()`)
	var violations []struct {
		ID, Help string
		Nodes    []string
	}
	must(p, "axe", json.Unmarshal([]byte(found), &violations))
	for _, v := range violations {
		p.t.Errorf("axe on %s (%s): %s: %s\n\t%s", p.URL(), p.options.Name(), v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
	}
}
