package archtest_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cordee/internal/archtest"
)

const root = "../.."

type pkg struct {
	ImportPath, Dir                    string
	Imports, TestImports, XTestImports []string
	GoFiles                            []string
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,Imports,TestImports,XTestImports,GoFiles"}, args...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func inside(path string) (string, bool) { return strings.CutPrefix(path, "cordee/internal/") }

// helper tells whether a package serves tests alone.
func helper(path string) bool {
	base := filepath.Base(path)
	return strings.HasSuffix(base, "test") || base == "journeys"
}

func TestEveryArrowIsInThePolicy(t *testing.T) {
	t.Parallel()
	policy, err := archtest.Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list(t, "./...") {
		from, ok := inside(p.ImportPath)
		if !ok {
			continue
		}
		if _, known := policy.Place(from); !known {
			t.Errorf("%s stands nowhere in policy.txt", from)
		}
		if helper(p.ImportPath) || strings.HasPrefix(from, "archtest") {
			continue // builders may lean on any room's builders
		}
		for _, imp := range p.Imports {
			if to, ok := inside(imp); ok && !policy.Allows(from, to) {
				t.Errorf("%s imports %s, which the policy doesn't allow", from, to)
			}
		}
	}
}

func TestTheHouseIsBuiltInOnePlace(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "./...") {
		if slices.Contains(p.Imports, "cordee/internal/app") && !strings.HasPrefix(p.ImportPath, "cordee/cmd/") && !helper(p.ImportPath) {
			t.Errorf("%s imports app: only cmd/cordee and the test house may", p.ImportPath)
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "./...") {
		if len(p.GoFiles) > 0 && len(comment(t, p)) < 30 {
			t.Errorf("%s: a package comment of a sentence at least", p.ImportPath)
		}
	}
}

// comment is a package's comment; templ's line above its own doesn't count.
func comment(t *testing.T, p pkg) string {
	t.Helper()
	var all strings.Builder
	for _, f := range p.GoFiles {
		if strings.HasSuffix(f, "_templ.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, f), nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(tree.Doc.Text())
	}
	return all.String()
}

func TestTestCodeStaysOutOfTheBinary(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "-deps", "./cmd/cordee") {
		if p.ImportPath == "testing" || strings.HasPrefix(p.ImportPath, "cordee/") && helper(p.ImportPath) {
			t.Errorf("the binary holds %s", p.ImportPath)
		}
	}
}

var (
	created = regexp.MustCompile(`(?i)CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?"?([a-z_0-9]+)`)
	writes  = regexp.MustCompile(`(?i)\b(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?([a-z]+_[a-z_0-9]+|person|circle|thread|blob|attachment)\b`)
	tagged  = regexp.MustCompile(`\btable:([a-z_0-9]+)`)
)

// owner is the room whose name a table carries: exchange_ask is exchange's.
func owner(table string) string {
	room, _, _ := strings.Cut(table, "_")
	switch {
	case room == "blob" || room == "attachment":
		return "thread"
	case table == "journal_await":
		return "await"
	}
	return room
}

func TestTablesCarryTheirRoomsName(t *testing.T) {
	t.Parallel()
	policy, err := archtest.Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables(t) {
		if _, ok := policy.Place(owner(table)); !ok {
			t.Errorf("table %s: no room has that name", table)
		}
	}
}

func tables(t *testing.T) []string {
	t.Helper()
	var all []string
	files, _ := filepath.Glob(root + "/internal/store/migrations/*/*.sql")
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range created.FindAllStringSubmatch(string(text), -1) {
			all = append(all, m[1])
		}
	}
	if len(all) == 0 {
		t.Fatal("no migration was found")
	}
	return all
}

// Only a room writes its tables: no other package may hold a statement that
// does, nor a bun row of another's table that isn't for reading (alias given by
// the words "read only" in its comment).
func TestOnlyTheRoomWritesItsTables(t *testing.T) {
	t.Parallel()
	known := tables(t)
	for name, text := range sources(t) {
		room, _, _ := strings.Cut(name, "/")
		for _, m := range writes.FindAllStringSubmatch(text, -1) {
			if table := m[1]; slices.Contains(known, table) && owner(table) != room {
				t.Errorf("%s writes %s, which is %s's", name, table, owner(table))
			}
		}
		for _, m := range tagged.FindAllStringSubmatch(text, -1) {
			if table := m[1]; slices.Contains(known, table) && owner(table) != room {
				t.Errorf("%s maps %s, which is %s's: read it by a query, write it by that room's verb", name, table, owner(table))
			}
		}
	}
}

// sources gives the string literals of every non-test file below internal/.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(root+"/internal", func(file string, d fs.DirEntry, err error) error {
		name := strings.TrimPrefix(filepath.ToSlash(file), root+"/internal/")
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") ||
			strings.HasSuffix(file, "_templ.go") || strings.Contains(name, "test/") {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		var b strings.Builder
		ast.Inspect(tree, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					b.WriteString(s + "\n")
				}
			}
			return true
		})
		all[name] = b.String()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// docs/dependencies.md gives each direct dependency its reason.
func TestEveryDependencyHasItsReason(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(root + "/docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-m", "-f", "{{if not (or .Indirect .Main)}}{{.Path}}{{end}}", "all")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for m := range strings.FieldsSeq(string(out)) {
		if !strings.Contains(string(doc), "`"+m+"`") {
			t.Errorf("docs/dependencies.md gives no reason for %s", m)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(string(doc), -1) {
		if !slices.Contains(strings.Fields(string(out)), m[1]) {
			t.Errorf("docs/dependencies.md explains %s, which isn't used", m[1])
		}
	}
}
