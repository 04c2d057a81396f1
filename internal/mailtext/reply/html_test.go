package reply_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/mailtext/reply"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ html, words, quoted, signature string }{
		"gmail": {
			html: `<div dir="ltr">Yes, <b>gladly</b>.<div><br></div><div>Ana</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, 3 Mar 2026, Bob &lt;<a href="mailto:bob@example.org">bob@example.org</a>&gt; wrote:<br></div>
				<blockquote class="gmail_quote" style="margin:0"><div>Can you come?</div></blockquote></div>`,
			words: "Yes, gladly.\n\nAna", quoted: "On Tue, 3 Mar 2026, Bob <bob@example.org> wrote:\n\n> Can you come?",
		},
		"gmail, inline": {
			html: `<div class="gmail_quote"><div class="gmail_attr">On Tue, Bob wrote:<br></div><blockquote class="gmail_quote"><div>One?</div></blockquote><div>Yes.</div>
				<blockquote class="gmail_quote"><div>Two?</div></blockquote><div>No.</div></div>`,
			words: "> One?\n\nYes.\n\n> Two?\n\nNo.", quoted: "On Tue, Bob wrote:",
		},
		"thunderbird": {
			html: `<html><head><title>x</title><style>p{color:red}</style></head><body><p>Merci.</p><div class="moz-cite-prefix">Le 03/03/2026 à 10:00, Bob a écrit&nbsp;:<br></div>
				<blockquote type="cite" cite="mid:x"><p>Voilà.</p></blockquote><pre class="moz-signature" cols="72">-- 
Ana</pre></body></html>`,
			words: "Merci.", quoted: "Le 03/03/2026 à 10:00, Bob a écrit :\n\n> Voilà.", signature: "--\nAna",
		},
		"outlook": {
			html:  `<div class="WordSection1"><p class="MsoNormal">See below.<o:p></o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Bob &lt;bob@example.org&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Ana<br><b>Subject:</b> Bread</p></div><p class="MsoNormal">Two loaves.</p></div>`,
			words: "See below.", quoted: "From: Bob <bob@example.org>\nSent: Monday\nTo: Ana\nSubject: Bread\n\nTwo loaves.",
		},
		"outlook on the web": {
			html:  `<div>Fine.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr">Bob wrote something</div><div>Two loaves.</div>`,
			words: "Fine.", quoted: "---\n\nBob wrote something\nTwo loaves.",
		},
		"indented, not quoted": {
			html:  `<div>Look:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>my own words</div></blockquote>`,
			words: "Look:\n\nmy own words",
		},
		"lists and links": {
			html:  `<p>To do:</p><ul><li>one<ul><li>deeper</li></ul></li><li><a href="https://example.org/x">read this</a></li></ul><ol start="3"><li>three</li><li>four</li></ol><p><a href="https://example.org">https://example.org</a>, <a href="mailto:a@example.org">write</a>, <code>make run</code></p>`,
			words: "To do:\n\n- one\n   - deeper\n- read this <https://example.org/x>\n\n3. three\n4. four\n\nhttps://example.org, write, `make run`",
		},
		"tables": {
			html:  `<table><tr><th>Day</th><th>Price</th></tr><tr><td>Monday</td><td>450</td></tr></table>`,
			words: "Day | Price\nMonday | 450",
		},
		"hidden": {
			html:  `<div style="display:none">preview</div><p>Shown<img src="x" alt="🎉"><img src="t.gif" alt="tracker image"></p><script>x()</script>`,
			words: "Shown🎉",
		},
		"signature": {
			html:  `<div>Done.</div><div class="gmail_signature"><div>Ana Ruiz</div><div>Port</div></div>`,
			words: "Done.", signature: "Ana Ruiz\nPort",
		},
		"words typed into the signature alone": {
			html:  `<div id="Signature"><div>I can come.</div></div>`,
			words: "I can come.",
		},
		"forwarded alone": {
			html:  `<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Bob &lt;b@example.org&gt;<br>Date: Mon<br>Subject: x<br></div><p>The programme.</p></div>`,
			words: "> ---------- Forwarded message ---------\n> From: Bob <b@example.org>\n> Date: Mon\n> Subject: x\n>\n> The programme.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := reply.Share(reply.HTML(c.html))
			if diff := cmp.Diff(reply.Texts{Words: c.words, Quoted: c.quoted, Signature: c.signature}, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestHTMLWithoutEnd: nesting and size cost no more than their length.
func TestHTMLWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"divs":   strings.Repeat("<div>", 20_000) + "x",
		"quotes": strings.Repeat("<blockquote>", 20_000) + "x",
		"bold":   strings.Repeat("<b>", 20_000) + "x",
		"tables": strings.Repeat("<table><tr><td>", 5_000) + "x",
		"a line": "<p>" + strings.Repeat("word ", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := reply.Share(reply.HTML(s)); !strings.HasSuffix(got.Words, "x") && !strings.HasSuffix(got.Words, "word") {
				t.Errorf("the words are gone: %.60q", got.Words)
			}
		})
	}
}

func TestPreferRich(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("<p>Words that somebody wrote with care.</p>", 10)
	for name, c := range map[string]struct {
		plain, html string
		want        bool
	}{
		"a stub":             {"Your program can't show HTML.", long, true},
		"nothing":            {" ", long, true},
		"the same":           {"Hello Bob", "<p>Hello Bob</p>", false},
		"escaped":            {"Hello Bob\n\n\\-Ana", "<p>Hello Bob</p><p>-Ana</p>", true},
		"quotes bear marks":  {"Yes\n\nOn 3 March 2026, Bob <b@example.org> wrote:\n> x", "<p>Yes</p><blockquote type=cite>x</blockquote>", false},
		"quotes bear no one": {"Yes\n\nOn 3 March 2026, Bob <b@example.org> wrote:\n\nx", "<p>Yes</p>On 3 March 2026, Bob wrote:<blockquote type=cite>x</blockquote>", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := reply.PreferRich(reply.Plain(c.plain), reply.HTML(c.html)); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestLongTexts: a long text of whatever the rules look for takes a fixed multiple
// of its length. A rule that looks back over all would show here as minutes.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"delimiters":   "--\nx\n",
		"quotes":       "> q\nown\n",
		"attributions": "On 3 March 2026, Ana <a@example.org> wrote:\n",
		"both":         "On 3 March 2026, Ana <a@example.org> wrote:\n> q\nown\n\n",
		"footers":      "\n_____________________\nUnsubscribe: x@lists.example.org\n",
		"headers":      "From: a\nSent: b\n",
		"fences":       "```go\n",
		"armor":        "-----BEGIN PGP SIGNATURE-----\n",
		"code":         "\tx = 1;\n\n",
		"stars":        "*a ** b_ `c ~ [d](e <f &g",
		"marks":        ">>>> ",
		"items":        " - 1. a\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply.Share(reply.Plain(strings.Repeat(s, (32<<10)/len(s))))
			reply.Share(reply.Flowed(strings.Repeat(s, (32<<10)/len(s)), true))
		})
	}
}
