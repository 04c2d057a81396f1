package words

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

func TestRender(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, md, want string }{
		{"nothing", "", ""},
		{"paragraphs and breaks", "Bonjour,\nça va ?\n\nOui.", "<p>Bonjour,<br>\nça va ?</p>\n<p>Oui.</p>\n"},
		{"heading", "# Un\n### Trois\n###### Six", "<h3>Un</h3>\n<h5>Trois</h5>\n<h6>Six</h6>\n"},
		{"dashes make no heading", "Malik\n-----\nsuite", "<p>Malik</p>\n<hr>\n<p>suite</p>\n"},
		{"emphasis", "*un* **deux** ~~trois~~ `quatre`", "<p><em>un</em> <strong>deux</strong> <del>trois</del> <code>quatre</code></p>\n"},
		{"list", "3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"},
		{"quote", "> a\n> b", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>\n"},
		{"fence", "```js\nif (a < b) {}\n```", "<pre><code>if (a &lt; b) {}\n</code></pre>\n"},
		{"table", "| a | b |\n|:-:|---|\n| 1 | 2 |", "<table>\n<thead>\n<tr>\n<th align=\"center\">a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"center\">1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n"},
		{"link", "[ici](https://a.example/x?y=1&z=2 \"titre\")", `<p><a href="https://a.example/x?y=1&amp;z=2" rel="nofollow noopener noreferrer">ici</a></p>` + "\n"},
		{"bare link", "voir https://a.example/x.", `<p>voir <a href="https://a.example/x" rel="nofollow noopener noreferrer">https://a.example/x</a>.</p>` + "\n"},
		{"address", "malik@a.example", `<p><a href="mailto:malik@a.example" rel="nofollow noopener noreferrer">malik@a.example</a></p>` + "\n"},
		{"image", "![un plan](https://a.example/p.png)", `<p><a href="https://a.example/p.png" rel="nofollow noopener noreferrer">un plan</a></p>` + "\n"},
		{"image without words", "![](https://a.example/p.png)", `<p><a href="https://a.example/p.png" rel="nofollow noopener noreferrer">https://a.example/p.png</a></p>` + "\n"},
		{"image in a link", "[![un](https://a.example/p.png)](https://b.example)", `<p><a href="https://b.example" rel="nofollow noopener noreferrer">un</a></p>` + "\n"},
		{"relative link stays text", "[ici](/signout) [là](//a.example)", "<p>ici là</p>\n"},
		{"reference as typed", "[1]: https://a.example", `<p>[1]: <a href="https://a.example" rel="nofollow noopener noreferrer">https://a.example</a></p>` + "\n"},
		{"too deep", strings.Repeat("> ", 40) + "<a>\nb\n\n\n\nc", "<p>" + strings.Repeat("&gt; ", 40) + "&lt;a&gt;<br>\nb</p>\n<p>c</p>\n"},
		{"a long rule", strings.Repeat("-", 70), "<hr>\n"},
		{"stars", strings.Repeat("* ", 70), "<hr>\n"},
		{"dots", strings.Repeat(".", 70), "<p>" + strings.Repeat(".", 70) + "</p>\n"},
		{"HTML as typed", "<b>gras</b> et a < b > c", "<p>&lt;b&gt;gras&lt;/b&gt; et a &lt; b &gt; c</p>\n"},
		{"HTML block as typed", "<div onclick=x>\nun\n</div>", "<p>&lt;div onclick=x&gt;<br>\nun<br>\n&lt;/div&gt;</p>\n"},
	} {
		if got := string(Render(c.md)); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func attacks() []string {
	return []string{
		"<script>alert(1)</script>", "<SCRIPT SRC=//x.example></SCRIPT>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
		"<iframe src=javascript:alert(1)>", "<style>*{display:none}</style>", "<base href=//x.example>", "<meta http-equiv=refresh content=0>",
		"<form action=//x.example><input name=key>", "<a href=javascript:alert(1)>x</a>", "<!-- --><script>x</script>", "<![CDATA[<script>x</script>]]>", "<?php x ?>",
		"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\nscript:alert(1))", "[x](&#106;avascript:alert(1))", "[x](\x01javascript:alert(1))",
		"[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)", "[x](file:///etc/passwd)", "[x](//x.example)", "[x](/circles)", "[x](?key=1)", "[x](#top)",
		"<javascript:alert(1)>", "<data:text/html,x>", "[x]: javascript:alert(1)\n\n[x]", "![x](javascript:alert(1))", "![x](data:image/svg+xml,<svg onload=alert(1)>)",
		"![\"onerror=alert(1) x=\"](https://a.example)", "[x](https://a.example \"onmouseover=alert(1)\")", "[x](https://a.example/\"onmouseover=alert(1))",
		"[x](https://a.example/'%22><script>x</script>)", "<https://a.example/\"onmouseover=x>", "https://a.example/\"onmouseover=x", "`<script>x</script>`", "```\n<script>x</script>\n```",
		"```\"><script>\nx\n```", "    <script>x</script>", "| <script> |\n|---|\n| <img src=x> |", "# <script>x</script>", "&lt;script&gt;x&lt;/script&gt;", "\\<script>x\\</script>",
		"[<img src=x onerror=x>](https://a.example)", "<x\x00script>", "\xff\xfe<script>", "[a](<javascript:alert(1)>)", "[a](https:javascript)", "[a](https://)", "[a](mailto:)",
		"[a](mailto:x@a.example?body=<script>)", "<div style='position:fixed'>", "<p id=x class=y>", "[a]( https://a.example)", "<a\thref='javascript:x'>", "javascript:alert(1)", "www.a.example/<script>",
	}
}

// checkHTML parses a result as a browser would and complains about whatever the
// policy doesn't name.
func checkHTML(t *testing.T, md, result string) {
	t.Helper()
	tags := map[string]bool{}
	for tag := range strings.FieldsSeq("p br hr em strong del code pre blockquote ul ol li h3 h4 h5 h6 table thead tbody tr th td a") {
		tags[tag] = true
	}
	z := html.NewTokenizer(strings.NewReader(result))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.CommentToken, html.DoctypeToken:
			t.Fatalf("%q makes a comment: %q", md, result)
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			token := z.Token()
			if !tags[token.Data] {
				t.Fatalf("%q makes <%s>: %q", md, token.Data, result)
			}
			for _, a := range token.Attr {
				ok := false
				switch token.Data + " " + a.Key {
				case "a href":
					low := strings.ToLower(a.Val)
					ok = strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "mailto:")
				case "a rel":
					ok = a.Val == rel
				case "ol start", "th align", "td align":
					ok = true
				}
				if !ok {
					t.Fatalf("%q makes %s=%q: %q", md, a.Key, a.Val, result)
				}
			}
		case html.TextToken:
		}
	}
}

func TestAttacks(t *testing.T) {
	t.Parallel()
	for _, md := range attacks() {
		checkHTML(t, md, string(Render(md)))
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, md, want string }{
		{"nothing", " \n ", ""},
		{"paragraphs", "Un\ndeux\n\ntrois", "Un\ndeux\n\ntrois"},
		{"marks go", "# Titre\n\n**gras** et *léger*, `code`", "Titre\n\ngras et léger, code"},
		{"lists", "- a\n- b\n  - c\n\nfin", "– a\n– b\n  – c\n\nfin"},
		{"numbers", "2. a\n3. b", "2. a\n3. b"},
		{"quote", "> a\n> b\n\nc", "> a\n> b\n\nc"},
		{"quote in a quote", "> a\n>\n> > b", "> a\n>\n> > b"},
		{"link", "[ici](https://a.example) et https://b.example", "ici (https://a.example) et https://b.example"},
		{"address", "[malik@a.example](mailto:malik@a.example)", "malik@a.example"},
		{"code", "```\na\n  b\n```", "a\n  b"},
		{"table", "| a | b |\n|---|---|\n| 1 | 2 |", "a · b\n1 · 2"},
		{"escapes", `\*a\* &amp; b &eacute; \&amp;`, "*a* & b é &amp;"},
		{"HTML", "<b>x</b>", "<b>x</b>"},
		{"signature", "Malik\n---\nsuite", "Malik\n\n———\n\nsuite"},
	} {
		if got := Plain(c.md); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		md   string
		n    int
		want string
	}{
		{"Bonjour,\n\nj’ai besoin\nd’aide.", 100, "Bonjour, j’ai besoin d’aide."},
		{"Une migration de Drupal, urgente", 25, "Une migration de Drupal…"},
		{"Une migration de Drupal", 23, "Une migration de Drupal"},
		{"anticonstitutionnellement", 10, "anticonst…"},
		{"> cité\n\nma réponse", 100, "ma réponse"},
		{"> cité seulement", 100, "> cité seulement"},
		{"[ici](https://a.example)", 100, "ici"},
		{"", 10, ""},
	} {
		got := Excerpt(c.md, c.n)
		if got != c.want || utf8.RuneCountInString(got) > c.n {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", c.md, c.n, got, c.want)
		}
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()
	for md, want := range map[string]string{
		"Bonjour à toutes et à tous,\n\nQui connaît un comptable ?\nMerci": "Qui connaît un comptable ?",
		"Bonjour": "Bonjour",
		"Bonjour, je cherche quelqu’un pour relire un devis de dix pages":                               "Bonjour, je cherche quelqu’un pour relire un devis de dix pages",
		"# Relire un devis\n\ntexte":                                                                    "Relire un devis",
		"Je cherche un atelier à Nantes. C’est pour y travailler deux jours la semaine, et rencontrer.": "Je cherche un atelier à Nantes",
		"- un\n- deux":     "un",
		"Hola,\n¿Quién?":   "¿Quién?",
		"":                 "",
		"> cité":           "> cité",
		"Hi all\n\nA word": "A word",
		"Migrer un site Drupal 7 vers une version qui tienne la route sans perdre son historique": "Migrer un site Drupal 7 vers une version qui tienne la route…",
	} {
		if got := Title(md, 64); got != want {
			t.Errorf("Title(%q) = %q, want %q", md, got, want)
		}
	}
}

// Texts made to be slow take no longer than long ones.
func TestPathological(t *testing.T) {
	t.Parallel()
	const n = 20_000
	for _, md := range []string{
		strings.Repeat(">", n), strings.Repeat("[", n), strings.Repeat("*a ", n), strings.Repeat("- ", n), strings.Repeat("![", n), strings.Repeat("`", n) + "a",
		strings.Repeat("a`", n), strings.Repeat("[a](", n), strings.Repeat("<", n), strings.Repeat("|", n) + "\n" + strings.Repeat("|-", n), strings.Repeat("a**b", n),
		strings.Repeat("~~a ", n), strings.Repeat("http://", n), strings.Repeat("a@", n), strings.Repeat("[a]: b\n", n), strings.Repeat("&#", n), strings.Repeat("_*", n) + strings.Repeat("*_", n),
		strings.Repeat("1. ", n), strings.Repeat("\\", n), strings.Repeat("> - ", n), strings.Repeat("[a](", 990), strings.Repeat(">", 30) + strings.Repeat("\n"+strings.Repeat(">", 30)+"a", 600),
		strings.Repeat("1. ", 2500), strings.Repeat("\n- - - - - - - - - - a", 900),
	} {
		checkHTML(t, md[:20], string(Render(md)))
		_ = Plain(md)
	}
}

// The parser pairs each mark with all before it: a message of the longest that one
// may write took it a quarter of a second, and a page shows fifty.
func TestMoreMarksThanAnybodyWritesAreShownAsTyped(t *testing.T) {
	t.Parallel()
	for md, read := range map[string]bool{
		strings.Repeat("*a_", 6_600): false, strings.Repeat("*a* ", 900): true, strings.Repeat(strings.Repeat("_", 70)+"\n\n*a*\n\n", 200): true,
	} {
		if tangled(md) == read {
			t.Errorf("%.20q…: read as Markdown %v, want %v", md, !read, read)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, md := range attacks() {
		f.Add(md)
	}
	f.Add("| a |\n|---|\n| b |\n\n1. x\n   > y\n\n~~z~~ www.a.example")
	f.Add("Bonjour \"vous\",\n  l'été, ça va ?  \n\n\n\n Oui :\n un. w www")
	f.Fuzz(func(t *testing.T, md string) {
		checkHTML(t, md, string(Render(md)))
		if unmarked(md) {
			if got, want := Render(md), parsed(md); got != want {
				t.Errorf("%q unread is %q, read %q", md, got, want)
			}
			if got, want := Plain(md), plainParsed(md, false); got != want {
				t.Errorf("%q in plain unread is %q, read %q", md, got, want)
			}
		}
		_ = Plain(md)
		if got := Excerpt(md, 40); utf8.RuneCountInString(got) > 40 {
			t.Errorf("an excerpt of %d runes: %q", utf8.RuneCountInString(got), got)
		}
		if got := Title(md, 40); utf8.RuneCountInString(got) > 40 {
			t.Errorf("a title of %d runes: %q", utf8.RuneCountInString(got), got)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	for name, md := range map[string]string{"plain": strings.Repeat("Bonjour,\nje cherche quelqu’un qui ait déjà migré un site.\n\n", 6), "marked": marked} {
		b.Run("text="+name, func(b *testing.B) {
			for b.Loop() {
				_ = Render(md)
			}
		})
	}
}

const marked = "Bonjour,\n\nJe cherche **quelqu’un** qui ait déjà migré un site, voir https://a.example/x :\n\n- un\n- deux\n\nMerci à vous,\nMalik"
