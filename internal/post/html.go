package post

import (
	"html/template"
	"strings"

	"cordee/internal/words"
)

// The HTML part is one column without tables or pictures. What matters stands
// in style attributes, which every reader honours; the style element adds the
// dark colours for those that know them. Outlook draws with Word's engine: its
// buttons get their height from the mso comments.

func htmlOf(l Letter) (string, error) {
	var b strings.Builder
	page := struct {
		Letter
		Blocks []blockView
		Colon  string
	}{Letter: l, Colon: colon(l.Lang)}
	for _, block := range l.Body {
		page.Blocks = append(page.Blocks, viewOf(block))
	}
	if err := htmlTemplate().Execute(&b, page); err != nil {
		return "", err //nolint:wrapcheck // Compose wraps
	}
	return b.String(), nil
}

// blockView is a block as the template sees it: one of its fields is set.
type blockView struct {
	Para    *Para
	Words   *wordsView
	Quote   *wordsView
	Facts   Facts
	Buttons Buttons
	Title   *Title
	Entry   *Entry
}

type wordsView struct {
	Intro  string
	Thanks bool
	HTML   template.HTML
}

func viewOf(b Block) blockView {
	switch b := b.(type) {
	case Para:
		return blockView{Para: &b}
	case Words:
		return blockView{Words: &wordsView{Thanks: b.Thanks, HTML: words.Render(b.Markdown)}}
	case Quote:
		return blockView{Quote: &wordsView{Intro: b.Intro, HTML: words.Render(b.Markdown)}}
	case Facts:
		return blockView{Facts: b}
	case Buttons:
		return blockView{Buttons: b}
	case Title:
		return blockView{Title: &b}
	case Entry:
		return blockView{Entry: &b}
	}
	return blockView{}
}

// mso is markup that only Word's engine reads: it widens and raises a button,
// since it heeds no padding on a link.
func mso(part string) template.HTML {
	switch part {
	case "left":
		return `<!--[if mso]><i style="mso-font-width:150%;mso-text-raise:22px" hidden>&emsp;</i><span style="mso-text-raise:11px"><![endif]-->`
	case "right":
		return `<!--[if mso]></span><i style="mso-font-width:150%" hidden>&emsp;&#8203;</i><![endif]-->`
	}
	return ""
}

func htmlTemplate() *template.Template { return parsedHTML }

var parsedHTML = template.Must(template.New("mail").Funcs(template.FuncMap{"mso": mso}).Parse(mailHTML)) //nolint:gochecknoglobals // parsed once, immutable

const mailHTML = `<!DOCTYPE html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{.Subject}}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark }
.words p, .words ul, .words ol, .words blockquote { margin: 0 0 12px }
.words > :last-child { margin-bottom: 0 }
.words pre { white-space: pre-wrap }
.words a { color: #2b5c8f }
@media (prefers-color-scheme: dark) {
.sheet { background: #171a1f !important; color: #ece6da !important }
.quiet { color: #a9b0ba !important }
.line { border-color: #343b45 !important }
.link, .words a { color: #8fbcea !important }
.main { background: #7fc7ae !important; border-color: #7fc7ae !important; color: #10241d !important }
.other { border-color: #a9b0ba !important; color: #ece6da !important }
.thanks { border-color: #eb9db0 !important }
}
</style>
</head>
<body class="sheet" style="margin:0;padding:24px 16px;background:#fffdf9;color:#20262e;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:17px;line-height:1.5">
<div style="max-width:580px;margin:0 auto">
{{- range .Blocks}}
{{- with .Para}}
<p dir="auto"{{if .Quiet}} class="quiet" style="margin:0 0 16px;font-size:15px;color:#5b6470"{{else}} style="margin:0 0 16px"{{end}}>{{.Text}}</p>
{{- end}}
{{- with .Words}}
<div dir="auto"{{if .Thanks}} class="words thanks" style="margin:0 0 16px;padding:2px 0 2px 16px;border-left:3px solid #9c3f58;font-family:Georgia,'Times New Roman',serif;font-size:18px"{{else}} class="words" style="margin:0 0 16px"{{end}}>
{{.HTML}}
</div>
{{- end}}
{{- with .Quote}}
{{- if .Intro}}
<p class="quiet" style="margin:0 0 6px;font-size:15px;color:#5b6470">{{.Intro}}</p>
{{- end}}
<blockquote dir="auto" class="words quiet line" style="margin:0 0 16px;padding:0 0 0 14px;border-left:3px solid #e4dccd;color:#5b6470">
{{.HTML}}
</blockquote>
{{- end}}
{{- with .Facts}}
<p style="margin:0 0 16px">
{{- range $i, $f := .}}{{if $i}}<br>{{end}}
<span class="quiet" style="color:#5b6470">{{.Label}}{{$.Colon}}</span> {{.Text}}{{end}}
</p>
{{- end}}
{{- with .Buttons}}
<p style="margin:4px 0 20px">
{{- range .}}
<a href="{{.URL}}" class="{{if .Main}}main{{else}}other{{end}}" style="display:inline-block;margin:0 8px 8px 0;padding:9px 20px;border:1px solid {{if .Main}}#24594a;background:#24594a;color:#ffffff{{else}}#767c85;color:#20262e{{end}};border-radius:24px;font-weight:600;line-height:26px;text-decoration:none">{{mso "left"}}{{.Label}}{{mso "right"}}</a>
{{- end}}
</p>
{{- end}}
{{- with .Title}}
<h2 style="margin:28px 0 12px;font-family:Georgia,'Times New Roman',serif;font-size:20px;font-weight:600;line-height:1.25">{{.Text}}</h2>
{{- end}}
{{- with .Entry}}
<p dir="auto" style="margin:0 0 14px">{{if .URL}}<a href="{{.URL}}" class="link" style="color:#2b5c8f">{{.Text}}</a>{{else}}{{.Text}}{{end}}
{{- if .Note}}<br>
<span class="quiet" style="font-size:15px;color:#5b6470">{{.Note}}</span>{{end}}</p>
{{- end}}
{{- end}}
{{- if or .Footer.Lines .Footer.Links}}
<div class="quiet line" style="margin-top:28px;padding-top:12px;border-top:1px solid #e4dccd;font-size:14px;color:#5b6470">
{{- range .Footer.Lines}}
<p style="margin:0 0 6px">{{.}}</p>
{{- end}}
{{- with .Footer.Links}}
<p style="margin:0">
{{- range $i, $l := .}}{{if $i}} ·{{end}}
<a href="{{.URL}}" class="link" style="color:#2b5c8f">{{.Label}}</a>
{{- end}}
</p>
{{- end}}
</div>
{{- end}}
</div>
</body>
</html>
`
