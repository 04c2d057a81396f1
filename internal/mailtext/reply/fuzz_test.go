package reply_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"cordee/internal/mailtext/reply"
)

// FuzzShare: no text makes it panic, and none loses a word.
func FuzzShare(f *testing.F) {
	f.Add("Hi\n\nOn 3 March 2026, Ana <a@example.org> wrote:\n> x\n\ny\n-- \nme")
	f.Add("> a\n>> b\nc\n_____\nUnsubscribe: https://x.example")
	f.Add("```\nx\n>>> y\n - 1. z")
	f.Fuzz(func(t *testing.T, body string) {
		if !utf8.ValidString(body) || len(body) > 20_000 || strings.ContainsRune(body, '\r') {
			t.Skip()
		}
		sameTokens(t, body, reply.Share(reply.Plain(body)))
		sameTokens(t, body, reply.Share(reply.Flowed(body, false)))
	})
}

// FuzzHTML: no markup makes it panic.
func FuzzHTML(f *testing.F) {
	f.Add(`<div class="gmail_quote"><div class="gmail_attr">On …, Ana wrote:<br></div><blockquote class="gmail_quote">x</blockquote></div>`)
	f.Add(`<ul><li>a<ol><li>b</ul><table><tr><td>1<td>2</table><pre>x
 y</pre>`)
	f.Fuzz(func(_ *testing.T, s string) {
		if len(s) < 100_000 {
			reply.Share(reply.HTML(s))
		}
	})
}
