// Package assets holds what a browser fetches beside the pages: the stylesheet,
// the scripts, the fonts and the icon, all inside the binary.
//
// Every file has one URL that names its content, /static/NAME.HASH.EXT, so a
// browser may keep it for ever and a new version of Cordée is a new URL. What
// compresses well is compressed once, when first asked for; fonts already are.
//
// The stylesheet is written in parts (style/10-tokens.css …) and served as one.
// Inside it url(NAME) is replaced by the file's URL.
//
// What isn't written here is named in README.md, with its version and licence.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Prefix is the folder of all URLs given here.
const Prefix = "/static/"

// manifest is the one static file that names another.
const manifest = ".webmanifest"

//go:embed static style
var files embed.FS

// shelf is built once; it depends on nothing but the embedded files.
var shelf = sync.OnceValue(build) //nolint:gochecknoglobals // immutable, computed from embedded files

type file struct {
	name, mime, etag string
	plain, zipped    []byte
}

type table struct {
	byName map[string]string // "style.css" → "/static/style.4f3a….css"
	byURL  map[string]*file
}

// URL is where the file called name is served. Unknown names panic: they are
// spelled in the code.
func URL(name string) string {
	url, ok := shelf().byName[name]
	if !ok {
		panic(fmt.Sprintf("assets: no file called %q", name))
	}
	return url
}

// Has tells whether url is one that Serve answers.
func Has(url string) bool { return shelf().byURL[url] != nil }

// Text is the content of the file called name.
func Text(name string) string { return string(shelf().byURL[URL(name)].plain) }

// Size is what the file called name weighs on the wire.
func Size(name string) int {
	f := shelf().byURL[URL(name)]
	if f.zipped != nil {
		return len(f.zipped)
	}
	return len(f.plain)
}

// Serve answers a GET or HEAD of one of the URLs; it tells false, and writes
// nothing, when the path isn't one.
func Serve(w http.ResponseWriter, r *http.Request) bool {
	f := shelf().byURL[r.URL.Path]
	if f == nil {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", f.etag)
	body := f.plain
	if f.zipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if AcceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body = f.zipped
		}
	}
	if r.Header.Get("If-None-Match") == f.etag {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader who left is nobody's error
	}
	return true
}

// AcceptsGzip tells whether the browser takes gzip (RFC 9110 §12.5.3); whoever
// refuses it by q=0 gets the plain file.
func AcceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name != "gzip" && name != "*" {
			continue
		}
		weight = strings.TrimPrefix(strings.TrimSpace(weight), "q=")
		return strings.Trim(weight, "0.") != "" || weight == ""
	}
	return false
}

func build() *table {
	t := &table{byName: map[string]string{}, byURL: map[string]*file{}}
	static, err := fs.Sub(files, "static")
	must(err)
	names, err := fs.Glob(static, "*")
	must(err)
	for _, name := range names {
		b, err := fs.ReadFile(static, name)
		must(err)
		if path.Ext(name) != manifest {
			t.add(name, b)
		}
	}
	b, err := fs.ReadFile(static, "manifest"+manifest)
	must(err)
	t.add("manifest"+manifest, bytes.ReplaceAll(b, []byte(`"icon.svg"`), []byte(`"`+t.byName["icon.svg"]+`"`)))
	t.add("style.css", t.stylesheet())
	return t
}

// stylesheet joins the parts; it comes last because it names the fonts' URLs.
func (t *table) stylesheet() []byte {
	parts, err := fs.Glob(files, "style/*.css")
	must(err)
	var all bytes.Buffer
	for _, part := range parts {
		b, err := fs.ReadFile(files, part)
		must(err)
		all.Write(b)
	}
	named := regexp.MustCompile(`url\(([^):]+)\)`).ReplaceAllStringFunc(all.String(), func(s string) string {
		name := s[len("url(") : len(s)-1]
		url, ok := t.byName[name]
		if !ok {
			panic("assets: the stylesheet names no file: " + name)
		}
		return "url(" + url + ")"
	})
	return []byte(squeeze(named))
}

// squeeze takes comments and indentation out of a stylesheet; gzip does the rest.
func squeeze(css string) string {
	css = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(css, "")
	var b strings.Builder
	for line := range strings.Lines(css) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func (t *table) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	tag := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:12])
	ext := path.Ext(name)
	f := &file{name: name, mime: mimeOf(ext), etag: `"` + tag + `"`, plain: content}
	if ext != ".woff2" && ext != ".png" {
		f.zipped = zip(content)
	}
	url := Prefix + strings.TrimSuffix(name, ext) + "." + tag + ext
	t.byName[name], t.byURL[url] = url, f
}

func mimeOf(ext string) string {
	switch ext {
	case ".woff2":
		return "font/woff2"
	case manifest:
		return "application/manifest+json"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return mime.TypeByExtension(ext)
}

func zip(b []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	must(err)
	_, err = w.Write(b)
	must(err)
	must(w.Close())
	return out.Bytes()
}

// must stands where only an embedded file that isn't there could fail.
func must(err error) {
	if err != nil {
		panic(fmt.Errorf("assets: %w", err))
	}
}
