package upkeep_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"cordee/internal/circle"
	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/signin"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
	"cordee/internal/upkeep"
)

// damage is something that no use case does: statements, and the code of what the
// doctor must find. A question mark is an id that nothing has.
type damage struct{ code, sql string }

func damages() []damage {
	return []damage{
		{"journal.head", "UPDATE journal_head SET seq = seq + 1"},
		{"journal.head", "DELETE FROM journal_head"},
		{"journal.gap", "DELETE FROM journal_act WHERE seq = 200"},
		{"journal.gap", "UPDATE journal_act SET seq = -1 WHERE seq = 1"},
		{"journal.kind", "UPDATE journal_act SET kind = 'exchange.forgotten' WHERE seq = 200"},
		{"journal.kind", "UPDATE journal_act SET object = 'thanks' WHERE kind = 'exchange.agreed'"},
		{"journal.cursor", "INSERT INTO journal_cursor (name, seq, at) VALUES ('notify', 99999, 0)"},
		{"journal.person", "UPDATE journal_act SET person = ? WHERE seq = 200"},
		{"journal.circle", "UPDATE journal_act SET circle = ? WHERE seq = 200"},
		{"journal.object", "UPDATE journal_act SET object_id = ? WHERE kind = 'circle.founded'"},
		{"journal.object", "UPDATE journal_act SET object_id = ? WHERE seq = (SELECT min(seq) FROM journal_act WHERE kind = 'exchange.agreed')"},

		{"exchange.version", "UPDATE exchange SET version = version + 1"},
		{"exchange.version", "UPDATE exchange_ask SET version = 1 WHERE state = 'settled'"},
		{"exchange.version", "UPDATE exchange_thanks SET version = 0"},
		{"await", "DELETE FROM journal_await WHERE move = 'exchange.agree'"},
		{"await", "UPDATE journal_await SET due = due + 1 WHERE due > 0"},
		{"await", "INSERT INTO journal_await (object, object_id, person, move, since, due) SELECT 'exchange', ?, id, 'exchange.agree', 1, 0 FROM person"},
		{"await", "UPDATE circle_membership SET agreed = 0"},

		{"reference", "DELETE FROM person WHERE name = 'Malik Benali'"},
		{"reference", "UPDATE exchange_receiver SET person = ? WHERE state = 'done'"},
		{"reference", "INSERT INTO server_operator (person, since) VALUES (?, 1)"},
		{"reference", "UPDATE person_shown SET circle = ? WHERE person = (SELECT id FROM person WHERE name = 'Paul Hamelin')"},
		{"reference", "UPDATE thread SET circle = ? WHERE subject_kind = 'talk'"},
		{"reference", "UPDATE thread_audience SET circle = ? WHERE circle IS NOT NULL"},
		{"reference", "UPDATE circle_membership SET invitation = ? WHERE invitation IS NOT NULL"},

		{"server.operator", "DELETE FROM server_operator"},
		{"person.address", "UPDATE person_address SET state = 'waiting'"},
		{"person.address", "UPDATE person_address SET is_primary = (1 = 0)"},
		{"person.address", "UPDATE person SET state = 'former' WHERE name = 'Rosa Beltrán'"},
		{"person.merged", "UPDATE person SET merged_into = id WHERE name = 'Rosa Beltrán'"},
		{"signin.session", "UPDATE person SET state = 'former' WHERE name = 'Solène Le Goff'"},
		{"signin.session", "UPDATE signin_session SET seen_at = 1"},
		{"signin.session", "UPDATE signin_session SET ended_at = 1"},
		{"signin.session", "DELETE FROM signin_cookie"},
		{"signin.link", "UPDATE signin_link SET used_at = 1"},
		{"signin.link", "UPDATE signin_link SET expires_at = 1"},
		{"signin.link", "UPDATE signin_link SET purpose = 'move'"},
		{"notify.delivery", "INSERT INTO notify_delivery (id, act, kind, object, topic, channel, class, state, message_id, made_at, next_at, claimed, attempts, done_at, reason)" +
			" SELECT id, id, 'exchange.agreed', 'exchange', 'mine', 'mail', 1, 'sent', 'x', 1, 1, (1 = 0), 1, 1, '' FROM circle"},

		{"circle.members", "UPDATE circle SET members = members + 1"},
		{"circle.members", "UPDATE circle_membership SET left_at = joined_at WHERE role = 'member'"},
		{"circle.host", "UPDATE circle_membership SET role = 'member'"},
		{"circle.charter", "DELETE FROM circle_charter"},
		{"circle.slug", "UPDATE circle SET slug = slug || '-2'"},
		{"circle.stage", "DELETE FROM circle_agreement"},
		{"circle.stage", "UPDATE circle SET stage = 'gestation'"},
		{"circle.stage", "UPDATE circle SET stage = 'active'"},
		{"circle.stage", "UPDATE circle SET stage = 'gestation', active_at = 0"},
		{"circle.stage", "UPDATE journal_act SET kind = 'circle.activated' WHERE kind = 'circle.joined'"},
		{"circle.agreed", "UPDATE circle_membership SET agreed = 3"},
		{"circle.agreed", "UPDATE circle_membership SET agreed = 0"},
		{"circle.shown", "DELETE FROM person_shown"},
		{"circle.shown", "INSERT INTO person_shown (person, circle) SELECT p.id, c.id FROM person AS p CROSS JOIN circle AS c WHERE p.name = 'Rosa Beltrán' AND c.slug = 'atelier-ouest'"},
		{"circle.invitation", "UPDATE circle_invitation SET taken = 2"},
		{"circle.invitation", "UPDATE circle_invitation SET way = 'group', taken = 0"},

		{"thread.messages", "UPDATE thread SET messages = messages + 1"},
		{"thread.messages", "UPDATE thread_message SET number = number + 10"},
		{"thread.last", "UPDATE thread SET last_at = last_at + 1"},
		{"thread.last", "UPDATE thread SET last_author = (SELECT id FROM person WHERE name = 'Rosa Beltrán')"},
		{"thread.audience", "DELETE FROM thread_audience"},
		{"thread.deleted", "UPDATE thread_message SET deleted_at = 1"},
		{"thread.answers", "UPDATE thread_message SET answers = (SELECT id FROM thread_message ORDER BY id LIMIT 1)"},
		{"thread.circle", "UPDATE thread_message SET circle = ?"},
		{"thread.subject", "UPDATE thread SET subject_id = ? WHERE id = (SELECT thread FROM exchange_ask LIMIT 1)"},
		{"thread.subject", "UPDATE thread SET subject_id = ? WHERE id = (SELECT thread FROM exchange WHERE thread IS NOT NULL LIMIT 1)"},

		{"ask.open", "UPDATE exchange_ask_circle SET is_open = NOT is_open"},
		{"ask.open", "UPDATE exchange_ask SET ended_at = 0"},
		{"ask.to", "DELETE FROM exchange_ask_circle"},
		{"ask.to", "UPDATE exchange_ask SET to_person = (SELECT id FROM person WHERE name = 'Rosa Beltrán')"},
		{"exchange.state", "UPDATE exchange SET state = 'agreed' WHERE state = 'confirmed'"},
		{"exchange.state", "DELETE FROM exchange_receiver"},
		{"exchange.people", "UPDATE exchange_receiver SET person = (SELECT x.giver FROM exchange AS x WHERE x.id = exchange_receiver.exchange)"},
		{"exchange.confirmed", "UPDATE exchange_receiver SET confirmed_at = 0"},
		{"exchange.confirmed", "UPDATE journal_act SET person = (SELECT x.giver FROM exchange AS x WHERE x.id = journal_act.object_id) WHERE kind = 'exchange.confirmed'"},
		{"thanks.state", "UPDATE exchange_thanks SET exchange = NULL"},
		{"thanks.state", "UPDATE exchange_thanks SET state = 'noted'"},

		{"search.message", "DELETE FROM search_doc WHERE ref_kind = 'message'"},
		{"search.message", "UPDATE thread_message SET deleted_at = 1, words = '', quoted = ''"},
		{"search.person", "DELETE FROM search_doc WHERE ref_kind = 'person'"},
		{"search.person", "UPDATE person SET state = 'former' WHERE name = 'Rosa Beltrán'"},
		{"search.thanks", "DELETE FROM search_doc WHERE ref_kind = 'thanks'"},
		{"search.thanks", "UPDATE exchange_thanks SET words = ''"},
		{"search.gone", "UPDATE search_doc SET ref_id = ? WHERE id = (SELECT min(id) FROM search_doc WHERE ref_kind = 'message')"},
		{"search.gone", "UPDATE search_doc SET ref_kind = 'secret'"},
		{"search.place", "UPDATE search_doc SET in_id = ref_id"},
		{"search.words", "UPDATE search_doc SET id = id + 1 WHERE id = (SELECT max(id) FROM search_doc)"},
		{"search.audience", "UPDATE search_audience SET who = (SELECT id FROM circle WHERE slug = 'atelier-ouest') WHERE who = (SELECT id FROM circle WHERE slug = 'taller-de-datos')"},
		{"search.audience", "DELETE FROM search_audience WHERE who = (SELECT id FROM circle WHERE slug = 'planete-metiers')"},
		{"search.audience", "UPDATE exchange_thanks SET hidden = (1 = 1)"},
	}
}

// TestDoctorFinds each kind of damage, on both databases, and each rule is broken
// by some of it.
func TestDoctorFinds(t *testing.T) {
	t.Parallel()
	unbroken := upkeep.RuleCodes()
	for _, d := range damages() {
		unbroken = slices.DeleteFunc(unbroken, func(code string) bool { return code == d.code })
	}
	if len(unbroken) > 0 {
		t.Errorf("no damage breaks %v", unbroken)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := &house{}
		if db.Postgres() {
			h, _ = played(t, db, monday())
		} else {
			h = lived(t)
		}
		db = h.DB
		signedIn(t, h)
		p := upkeep.Patient{DB: db, Blobs: h.Blobs}
		healthy(t, p)
		for _, d := range damages() {
			report := damaged(t, p, d)
			if !slices.ContainsFunc(report.Findings, func(f upkeep.Finding) bool { return f.Code == d.code }) {
				t.Errorf("%s: found %v\n%s", d.code, report.Findings, d.sql)
			}
			for _, f := range report.Findings {
				if strings.Contains(f.Words, "%!") || !strings.HasSuffix(f.Words, ".") || strings.Contains(f.Words, "\n") {
					t.Errorf("no sentence: %q", f.Words)
				}
			}
		}
		healthy(t, p)
	})
}

// damaged examines data with a damage in it, which is undone after.
func damaged(t *testing.T, p upkeep.Patient, d damage) upkeep.Report {
	t.Helper()
	tx, err := p.DB.Write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	past := "PRAGMA defer_foreign_keys = ON"
	if p.DB.Postgres() {
		past = "SET LOCAL session_replication_role = replica"
	}
	if _, err := tx.ExecContext(t.Context(), past); err != nil {
		t.Fatal(err)
	}
	spoil(t, tx, d.sql)
	report, err := upkeep.CheckIn(t.Context(), p, tx, d.code)
	if err != nil {
		t.Fatalf("%s: %v", d.sql, err)
	}
	return report
}

func spoil(t *testing.T, tx bun.Tx, statement string) {
	t.Helper()
	nothing := id.Derived[any](time.UnixMilli(1), "nothing has this id")
	var args []any
	for range strings.Count(statement, "?") {
		args = append(args, nothing)
	}
	res, err := tx.NewRaw(statement, args...).Exec(t.Context())
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s: %d rows, %v", statement, n, err)
	}
}

// signedIn signs Solène in, so that there are links and sessions to look at.
func signedIn(t *testing.T, h *house) {
	t.Helper()
	solene, _, err := h.People.ByAddress(t.Context(), h.DB.Read, "solene.le.goff@example.org")
	if err != nil {
		t.Fatal(err)
	}
	who := solene.ID
	by := journal.By{Actor: journal.System(), Door: journal.Test}
	token, err := h.SignIn.LinkFor(t.Context(), by, who)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignIn.SignIn(t.Context(), journal.By{Actor: journal.Guest("visitor"), Door: journal.Test}, journal.Key{}, token, ""); err != nil {
		t.Fatal(err)
	}
	ask := signin.Ask{Address: "solene.le.goff@example.org", From: netip.MustParseAddr("192.0.2.1")}
	if err := h.SignIn.AskLink(t.Context(), by, journal.Key{}, ask); err != nil {
		t.Fatal(err)
	}
}

// TestDoctorReadsFiles: attached files that are missing, shortened or changed.
func TestDoctorReadsFiles(t *testing.T) {
	t.Parallel()
	h := empty(t, storetest.SQLite(t), monday)
	token, err := h.Server.SetUpToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	guest := journal.By{Actor: journal.Guest("set-up"), Door: journal.Test}
	made, err := h.Circles.SetUp(t.Context(), guest, journal.Key{}, circle.SetUp{
		Token: token, Newcomer: person.Newcomer{Name: "Solène", Languages: person.ParseLanguages("fr"), Zone: "Europe/Paris", Address: "solene@example.org"},
		Founding: circle.Founding{Name: "Atelier", Purpose: "Se relire.", Charter: "On donne.", Language: "fr", Form: circle.Tu},
	})
	if err != nil {
		t.Fatal(err)
	}
	hash, size, err := h.Threads.Blobs().Put(t.Context(), strings.NewReader("Trente pages."))
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Circles.Talk(t.Context(), journal.ByPerson(made.Person, journal.Test), journal.Key{}, circle.TalkInput{
		Circle: made.Circle, Words: "Voici.", Attachments: []thread.Attachment{{Blob: hash, Size: size, Name: "memoire.txt", Type: "text/plain"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := upkeep.Patient{DB: h.DB, Blobs: h.Blobs}
	healthy(t, p)
	file := filepath.Join(h.Blobs, string(hash[:2]), string(hash))
	finds := func(words string) {
		t.Helper()
		r, err := upkeep.Check(t.Context(), p)
		if err != nil || len(r.Findings) != 1 || r.Findings[0].Code != "blob" || !strings.Contains(r.Findings[0].Words, words) {
			t.Errorf("%+v, %v", r.Findings, err)
		}
	}
	for content, words := range map[string]string{"Trente pages?": "something else", "Trente": "6 bytes"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		finds(words)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	finds("is missing")
	p.Blobs = filepath.Join(h.Blobs, "elsewhere")
	finds("isn't there")
	if _, err := os.Stat(p.Blobs); err == nil {
		t.Error("the doctor made a folder")
	}
}

// TestDoctorGoesOn where data is so wrong that a room can't read it.
func TestDoctorGoesOn(t *testing.T) {
	t.Parallel()
	db := lived(t).DB
	if _, err := db.Write.ExecContext(t.Context(), "UPDATE circle SET charter = 2, members = 7"); err != nil {
		t.Fatal(err)
	}
	r, err := upkeep.Check(t.Context(), upkeep.Patient{DB: db})
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"await", "circle.members", "circle.charter"} {
		if !slices.ContainsFunc(r.Findings, func(f upkeep.Finding) bool { return f.Code == code }) {
			t.Errorf("%s isn't in %v", code, r.Findings)
		}
	}
}

// TestDoctorReadsTheFile: bytes of the database that were overwritten.
func TestDoctorReadsTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, content := filepath.Join(dir, store.File), slices.Clone(template(t))
	copy(content[len(content)/2:], make([]byte, 16<<10))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	looked, err := store.Look(t.Context(), store.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = looked.Close() })
	r, err := upkeep.Check(t.Context(), upkeep.Patient{DB: looked})
	if err != nil || !slices.ContainsFunc(r.Findings, func(f upkeep.Finding) bool { return f.Code == "file" }) {
		t.Errorf("%v, %v", r.Findings, err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !slices.Equal(after, content) {
		t.Errorf("the doctor changed the file, %v", err)
	}
}
