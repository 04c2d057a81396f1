package reply_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cordee/internal/mailtext/reply"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden reads each text of testdata as its recipient would. The golden files
// were read by a person: when one changes, read it again.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			got := shown(reply.Share(reply.Plain(string(body))))
			golden := strings.TrimSuffix(f, ".txt") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func shown(t reply.Texts) string {
	return "== words\n" + t.Words + "\n== quoted\n" + t.Quoted + "\n== signature\n" + t.Signature + "\n== footer\n" + t.Footer + "\n"
}
