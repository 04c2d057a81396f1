package reply_test

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordee/internal/mailtext/reply"
	"cordee/internal/words"
)

var token = regexp.MustCompile(`[\p{L}\p{N}]+`)

// initials are quote marks in some texts ("JD> yes"), so that they may go.
var initials = regexp.MustCompile(`^[A-Z]{2,3}$`)

func tokens(s string) []string {
	all := slices.DeleteFunc(token.FindAllString(s, -1), initials.MatchString)
	sort.Strings(all)
	return all
}

// sameTokens is rule 1: the three texts together hold every word, once.
func sameTokens(t interface{ Errorf(string, ...any) }, body string, got reply.Texts) {
	want := tokens(body)
	have := tokens(got.Words + "\n" + got.Quoted + "\n" + got.Signature + "\n" + got.Footer)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("words got lost or doubled, -body +texts\n%s\nbody:\n%.3000q", clip(diff), body)
	}
}

func clip(s string) string { return s[:min(len(s), 2000)] }

// pieces of which mails are made.
func pieces() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[A-Za-zéñü,.?!'*_<>#&\[\]()-]{1,12}( [A-Za-zéñü,.?!'*_<>#&0-9-]{1,12}){0,14}`),
		rapid.SampledFrom([]string{
			"", "", "-- ", "--", "—", "> ", "> quoted words here", ">> deeper words", "> > deepest", ">>> import x", "JD> supercited", "JD> again",
			"On Tue, 3 Mar 2026 at 10:12, Ana <ana@example.org> wrote:", "Le 3 mars 2026 à 10:12, Ana a écrit :", "wrote:", "Ana Ruiz", "<ana@example.org> wrote:",
			"From: Ana <ana@example.org>", "Sent: Monday 2 March 2026", "To: Bob", "Subject: Re: bread", "De : Ana", "Envoyé : lundi", "Objet : pain",
			"-----Original Message-----", "---------- Forwarded message ---------", "_______________________________________________",
			"Entraide mailing list -- entraide@lists.example.org", "To unsubscribe send an email to x@lists.example.org", "Sent from my iPhone",
			"This message is confidential and intended only for you.", "Bonjour,", "Hello Ana,", "Regards,", "- one", "2. two", "```", "    x = y;", "a   b   c",
			"-----BEGIN PGP SIGNED MESSAGE-----", "Hash: SHA256", "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----", "-------------- next part --------------",
			"A paragraph that some program broke at some seventy signs, as they do, and", "which goes on here.", "> A quoted line long enough to have been broken by somebody's program, and", "slipped",
			">:", "kl. 13:09 skrev Test <test@example.com", "| a | b |", "|---|", "https://example.org/a_b_(c)?d=*e*", "===", "***", "\t\ttabbed",
		}),
	)
}

// TestLossless shares out mails put together at random.
func TestLossless(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := strings.Join(rapid.SliceOfN(pieces(), 0, 40).Draw(t, "lines"), "\n")
		sameTokens(t, body, reply.Share(reply.Plain(body)))
		sameTokens(t, body, reply.Share(reply.Flowed(body, false)))
	})
}

// TestShownAsWritten is rule 3: Markdown made of one line reads as the line did.
func TestShownAsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching("[a-z*_~`<>&;#!|\\[\\]()\\\\=+.0-9:/@-]{1,6}( [a-z*_~`<>&;#!|\\[\\]()\\\\=+.0-9:/@-]{1,6}){0,5}").Draw(t, "line")
		got := reply.Share(reply.Plain("x " + s + " y")).Words
		if strings.Contains(s, "  ") || strings.HasPrefix(got, "```") {
			t.Skip("taken for code")
		}
		plain := unmarked(strings.Join(strings.Fields(words.Plain(got)), " "))
		if want := unmarked("x " + s + " y"); plain != want {
			t.Fatalf("written %q\nmarkdown %q\nreads %q", want, got, plain)
		}
	})
}

// unmarked drops the signs that people use for emphasis, code and links.
func unmarked(s string) string {
	return strings.NewReplacer("*", "", "_", "", "`", "", "<", "", ">", "", " ", "").Replace(s)
}
