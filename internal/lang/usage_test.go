package lang

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// families are keys that code puts together from a code or a name.
func families() []string {
	return []string{"refusal.", "act.", "move.", "state.", "kind.", "date.", "brand"}
}

// use is one place in the code that names a key.
type use struct {
	where  string // file:line
	key    string
	prefix bool     // a family: "state." + x
	call   string   // T, N, …; empty for a literal elsewhere
	args   []string // names of what it fills in
	open   bool     // fills in more than the code shows
}

// TestEveryKeyUsedExists reads the code of the whole module for keys of
// catalogues and checks that they are there, count where they are counted, and
// get all that they fill in. Refusals and acts need words, too.
func TestEveryKeyUsedExists(t *testing.T) {
	t.Parallel()
	for _, u := range usesInModule(t) {
		if u.call == "" {
			continue
		}
		m := catalogueOf(EN).messages[u.key]
		switch {
		case u.prefix:
			if !slices.ContainsFunc(catalogueOf(EN).keys(), func(k string) bool { return strings.HasPrefix(k, u.key) }) {
				t.Errorf("%s: no key begins with %q", u.where, u.key)
			}
		case m == nil:
			t.Errorf("%s: no words for %q", u.where, u.key)
		case u.call == "N" && !m.plural:
			t.Errorf("%s: %q is counted, and has no plural", u.where, u.key)
		case (u.call == "T" || u.call == "Pieces") && m.plural:
			t.Errorf("%s: %q is a plural, and isn't counted (N)", u.where, u.key)
		case u.call == "T" || u.call == "N":
			for _, name := range places(m) {
				if name != "N" && !u.open && !slices.Contains(u.args, name) {
					t.Errorf("%s: %q lacks %s", u.where, u.key, name)
				}
			}
			for _, name := range u.args {
				if !slices.Contains(places(m), name) && name != "N" && name != "NF" {
					t.Errorf("%s: %q says nothing of %s", u.where, u.key, name)
				}
			}
		}
	}
}

// TestEveryKeyIsUsed finds words that nobody says.
func TestEveryKeyIsUsed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	prefixes := families()
	for _, u := range usesInModule(t) {
		if u.prefix {
			prefixes = append(prefixes, u.key)
		}
		used[u.key] = true
	}
	c := catalogueOf(EN)
	for _, key := range c.keys() {
		if !used[key] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("%s: nobody says %q", c.messages[key].area, key)
		}
	}
}

func usesInModule(t *testing.T) []use {
	t.Helper()
	root := "../.."
	var out []use
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "tools" || strings.HasSuffix(name, "test")):
			return filepath.SkipDir
		case strings.HasSuffix(name, "_test.go"), strings.HasSuffix(name, "_templ.go"):
			return nil
		case strings.HasSuffix(name, ".go"), strings.HasSuffix(name, ".templ"):
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			where, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			uses, err := usesIn(where, string(text))
			if err != nil {
				t.Errorf("%s: %v", where, err) // somebody is writing it: the compiler says more
			}
			out = append(out, uses...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(out, func(a, b use) int { return cmp.Compare(a.where, b.where) })
	return out
}

func usesIn(where, text string) ([]use, error) {
	if strings.HasSuffix(where, ".templ") {
		return usesInTempl(where, text), nil
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, where, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	at := func(n ast.Node) string { return where + ":" + strconv.Itoa(set.Position(n.Pos()).Line) }
	return usesInTree(file, at), nil
}

// shaped tells what can be a key.
var shaped = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\.?$`)

func usesInTree(tree ast.Node, at func(ast.Node) string) []use {
	var out []use
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if s, ok := literal(n); ok && strings.Contains(s, ".") && shaped.MatchString(s) {
				out = append(out, use{where: at(n), key: s, prefix: strings.HasSuffix(s, ".")})
			}
		case *ast.CallExpr:
			if u, ok := called(n); ok {
				u.where = at(n)
				out = append(out, u)
			}
		case *ast.CompositeLit:
			if u, ok := declared(n); ok {
				u.where = at(n)
				out = append(out, u)
			}
		}
		return true
	})
	return out
}

// called reads p.T("key", "Name", v), N, Pieces, TMap, and refusal.New(kind, "code").
func called(n *ast.CallExpr) (use, bool) {
	fun, ok := n.Fun.(*ast.SelectorExpr)
	if !ok || len(n.Args) == 0 {
		return use{}, false
	}
	u := use{call: fun.Sel.Name, open: n.Ellipsis.IsValid()}
	key, first := n.Args[0], 1
	switch u.call {
	case "T", "Pieces":
	case "TMap", "Has":
		u.open = true
	case "N":
		first = 2
	case "New":
		if pkg, ok := fun.X.(*ast.Ident); !ok || pkg.Name != "refusal" || len(n.Args) < 2 {
			return use{}, false
		}
		code, ok := literal(n.Args[1])
		return use{call: "refusal", key: "refusal." + code}, ok
	default:
		return use{}, false
	}
	if sum, ok := key.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		for {
			left, ok := sum.X.(*ast.BinaryExpr)
			if !ok {
				break
			}
			sum = left
		}
		u.key, ok = literal(sum.X)
		u.prefix = true
		return u, ok && shaped.MatchString(u.key)
	}
	u.key, ok = literal(key)
	for i := first; i < len(n.Args); i += 2 {
		if name, ok := literal(n.Args[i]); ok {
			u.args = append(u.args, name)
		} else {
			u.open = true
		}
	}
	return u, ok && shaped.MatchString(u.key)
}

// declared reads journal.Kind{Name: "exchange.agreed", …} and refusal.Refusal{Code: …}.
func declared(n *ast.CompositeLit) (use, bool) {
	family, field := "", ""
	switch typeName(n.Type) {
	case "journal.Kind":
		family, field = "act.", "Name"
	case "refusal.Refusal":
		family, field = "refusal.", "Code"
	case "[]journal.Kind":
		return use{}, false // its elements are read one by one below
	}
	for _, e := range n.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		name, isIdent := kv.Key.(*ast.Ident)
		value, isText := literal(kv.Value)
		if !isIdent || !isText {
			continue
		}
		// Inside []journal.Kind{{Name: …, Object: …}} the type isn't written again.
		if family == "" && n.Type == nil && name.Name == "Name" && hasField(n, "Object") && strings.Contains(value, ".") {
			return use{call: "act", key: "act." + value}, true
		}
		if family != "" && name.Name == field {
			return use{call: "declared", key: family + value}, true
		}
	}
	return use{}, false
}

func hasField(n *ast.CompositeLit, field string) bool {
	return slices.ContainsFunc(n.Elts, func(e ast.Expr) bool {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return false
		}
		name, ok := kv.Key.(*ast.Ident)
		return ok && name.Name == field
	})
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name + "." + e.Sel.Name
		}
	case *ast.ArrayType:
		return "[]" + typeName(e.Elt)
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

var (
	templCall    = regexp.MustCompile(`[\w)]\.(T|N|Pieces|TMap|Has)\(`)
	templLiteral = regexp.MustCompile(`"[a-z][a-z0-9_.]*"`)
)

// usesInTempl finds the Go in a template: whole calls are parsed, and all else
// that has the shape of a key counts as a use.
func usesInTempl(where, text string) []use {
	var out []use
	at := func(i int) string { return fmt.Sprintf("%s:%d", where, 1+strings.Count(text[:i], "\n")) }
	for _, loc := range templLiteral.FindAllStringIndex(text, -1) {
		if s := text[loc[0]+1 : loc[1]-1]; strings.Contains(s, ".") && shaped.MatchString(s) {
			out = append(out, use{where: at(loc[0]), key: s, prefix: strings.HasSuffix(s, ".")})
		}
	}
	for _, loc := range templCall.FindAllStringIndex(text, -1) {
		call := "p" + text[loc[0]+1:closing(text, loc[1])]
		expr, err := parser.ParseExpr(call)
		if err != nil {
			continue
		}
		if n, ok := expr.(*ast.CallExpr); ok {
			if u, ok := called(n); ok {
				u.where = at(loc[0])
				out = append(out, u)
			}
		}
	}
	return out
}

// closing is the place behind the parenthesis that closes a call whose arguments
// begin at i.
func closing(text string, i int) int {
	for depth := 1; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		}
	}
	return i
}

func TestUsesAreFound(t *testing.T) {
	t.Parallel()
	const source = `package x
import "a.b.c"
func f() {
	p.T("a.b", "Who", x, "N", y)
	p.Tu().N("c.d", 3)
	p.T("state." + s + ".x")
	p.T(key)
	refusal.New(refusal.Invalid, "x.empty").On("words")
	z := "e.f"
	_ = journal.Kind{Name: "x.done", Object: "x"}
	_ = []journal.Kind{{Name: "x.gone", Object: "x"}}
	p.T("g", more...)
}`
	got, err := usesIn("x.go", source)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"T a.b Who N", "N c.d", "T state.*", "refusal refusal.x.empty", " e.f", "declared act.x.done", "act act.x.gone", "T g …"}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(u use) bool { return u.brief() == w }) {
			t.Errorf("doesn't find %q in %v", w, briefs(got))
		}
	}
	templ := "templ x() {\n<p class=\"a\">{ p.T(\"a.b\", \"Who\", f(\")\")) }</p>\n@b(\"c.d\")\n{ v.P.N(\"e.f\", len(x)) }"
	got, _ = usesIn("x.templ", templ)
	for _, w := range []string{"T a.b Who", " c.d", "N e.f"} {
		if !slices.ContainsFunc(got, func(u use) bool { return u.brief() == w }) {
			t.Errorf("doesn't find %q in %v", w, briefs(got))
		}
	}
}

func (u use) brief() string {
	s := u.call + " " + u.key
	if u.prefix {
		s += "*"
	}
	for _, a := range u.args {
		s += " " + a
	}
	if u.open {
		s += " …"
	}
	return s
}

func briefs(uses []use) []string {
	var out []string
	for _, u := range uses {
		out = append(out, u.brief())
	}
	return out
}
