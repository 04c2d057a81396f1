package imports_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cordee/internal/circle/circletest"
	"cordee/internal/id"
	"cordee/internal/importer"
	"cordee/internal/job"
	"cordee/internal/journal"
	"cordee/internal/person"
	"cordee/internal/person/persontest"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/web/exchanges/housetest"
	"cordee/internal/web/imports"
	"cordee/internal/web/page"
)

// door is housetest's with an importer, whose jobs wait until the test does them.
type door struct {
	*housetest.Door
	Importer *importer.Importer
	host     person.Person
	circle   id.Circle
}

func open(t *testing.T, db *store.DB) *door {
	t.Helper()
	d := &door{Door: housetest.Open(t, db)}
	jobs, err := job.New(db, nil)
	if err != nil {
		t.Fatal(err)
	}
	j := journal.Open(journal.Config{DB: db, Clock: d.Clock.Now, Rand: rand.Reader, Kinds: d.Journal.Kinds(), Jobs: jobs})
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	d.Importer = importer.New(importer.Config{
		Journal: j, DB: db, People: d.People, Circles: d.Circles, Threads: d.Threads, Exchanges: d.Exchanges, Folder: t.TempDir(),
	})
	job.Register(jobs, importer.Policy(), d.Importer.Work)
	d.Serve(t, (&imports.Handlers{DB: db, Circles: d.Circles, Exchanges: d.Exchanges, Importer: d.Importer}).Routes())
	d.host = persontest.New(t, d.House.House.House.House, "Inès")
	d.circle = circletest.Founded(t, d.House.House, d.host, "Radio").ID
	return d
}

const path = "/circles/radio/import"

// send posts a file as a browser does.
func (d *door) send(t *testing.T, who id.Person, name string, content []byte, key string) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("key", key); err != nil {
		t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept-Language", "fr")
	r.AddCookie(&http.Cookie{Name: page.CookieName(false), Value: who.String()})
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

const archive = "From a@b.org Tue Feb 18 19:16:56 2020\nFrom: Ana <a@b.org>\nMessage-ID: <1@x>\nDate: Tue, 18 Feb 2020 19:16:56 +0000\nSubject: Hello\n\nHello\n\n" +
	"From a@b.org Tue Feb 18 19:16:56 2020\n\nbroken\n"

func TestTheHostsPage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		p := d.As(d.host.ID).Get(t, path)
		p.Must(t, "input[type=file][name=file]", "")
		p.Must(t, "button", "L’apporter")
		member := persontest.New(t, d.House.House.House.House, "Malik")
		c := circletest.Again(t, d.House.House, d.circle)
		circletest.Member(t, d.House.House, c, member)
		d.As(member.ID).Get(t, path).Is(t, http.StatusNotFound)
		if w := d.send(t, member.ID, "a.mbox", []byte(archive), "k0"); w.Code != http.StatusNotFound {
			t.Errorf("a member who doesn't host: %d", w.Code)
		}
		for name, wrong := range map[string]struct{ content, words string }{
			"x.txt":  {"hello", "n’est pas un mbox"},
			"x.mbox": {"", "est vide"},
			"":       {"", "Aucun fichier"},
		} {
			if w := d.send(t, d.host.ID, name, []byte(wrong.content), "k"+name); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), wrong.words) {
				t.Errorf("%q: %d %s", name, w.Code, w.Body)
			}
		}
		for range 2 {
			if w := d.send(t, d.host.ID, "list.mbox", []byte(archive), "k1"); w.Code != http.StatusSeeOther {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		}
		p = d.As(d.host.ID).Get(t, path)
		p.Must(t, "#import[hx-get="+path+"]", "« list.mbox » est bien arrivé")
		p.Must(t, "noscript", "")
		p.MustNot(t, "input[type=file]", "")

		runs, err := d.Importer.Runs(t.Context(), db.Read, d.circle, 9)
		if err != nil || len(runs) != 1 {
			t.Fatal(runs, err)
		}
		if err := d.Importer.Work(t.Context(), importer.Work{Run: runs[0].ID}); err != nil {
			t.Fatal(err)
		}
		p = d.As(d.host.ID).Get(t, path)
		p.Must(t, "#import", "Sont arrivés : un courriel, en un fil, d’une personne.")
		p.Must(t, "#import", "Courriel 2, à l’octet 137 : il n’a pas d’en-tête.")
		p.Must(t, "a.btn", "Lire les causeries")
		p.Must(t, "input[type=file]", "")
		p.MustNot(t, "#import[hx-get]", "")
	})
}

func TestWhatFailsLater(t *testing.T) {
	t.Parallel()
	d := open(t, storetest.SQLite(t))
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(archive + strings.Repeat("x\n", 10_000))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if w := d.send(t, d.host.ID, "list.gz", b.Bytes()[:b.Len()-6], "k1"); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	runs, err := d.Importer.Runs(t.Context(), d.DB.Read, d.circle, 9)
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	if err := d.Importer.Work(t.Context(), importer.Work{Run: runs[0].ID}); err != nil {
		t.Fatal(err)
	}
	p := d.As(d.host.ID).Get(t, path)
	p.Must(t, "#import", "est un gzip abîmé")
	p.Must(t, "input[type=file]", "")
}
