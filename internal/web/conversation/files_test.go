package conversation_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cordee/internal/circle"
	"cordee/internal/exchange/exchangetest"
	"cordee/internal/id"
	"cordee/internal/person/persontest"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
	"cordee/internal/thread/threadtest"
	"cordee/internal/web/exchanges/housetest"
	"cordee/internal/web/page"
)

// A file is asked for each time, so that it is gone for whoever may not see it
// any more, and it is never something to run.
func TestAFileGoesWithItsMessage(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	d := housetest.Open(t, db)
	d.Serve(t)
	people := exchangetest.People(t, d.House, "Aurore", "Malik", "Bo")
	c := exchangetest.Circle(t, d.House, "Atelier Ouest", people[0], people[1])
	hash, size, err := d.Threads.Blobs().Put(t.Context(), strings.NewReader("<script>alert(1)</script>"))
	if err != nil {
		t.Fatal(err)
	}
	wrote, err := d.Circles.Talk(t.Context(), persontest.As(people[0]), threadtest.Key(), circle.TalkInput{
		Circle: c, Words: "Voici.", Attachments: []thread.Attachment{{Name: "page.html", Type: "text/html", Blob: hash, Size: size}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := d.Threads.Message(t.Context(), db.Read, wrote.Message)
	if err != nil {
		t.Fatal(err)
	}
	get := func(who id.Person, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/files/"+string(m.Attachments[0].Public)+"/page.html", nil)
		r.AddCookie(&http.Cookie{Name: page.CookieName(false), Value: who.String()})
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		return w
	}
	first := get(people[1], "")
	for name, want := range map[string]string{
		"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename*=UTF-8''page.html",
		"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache",
	} {
		if got := first.Header().Get(name); first.Code != http.StatusOK || got != want {
			t.Errorf("%d: %s is %q, want %q", first.Code, name, got, want)
		}
	}
	tag := first.Header().Get("ETag")
	if got := get(people[1], tag).Code; got != http.StatusNotModified {
		t.Errorf("unchanged: %d", got)
	}
	if got := get(people[2], tag).Code; got != http.StatusNotFound {
		t.Errorf("somebody else: %d", got)
	}
	if err := d.Threads.Delete(t.Context(), persontest.As(people[0]), threadtest.Key(), exchangetest.Viewer(t, d.House, people[0]), m.ID); err != nil {
		t.Fatal(err)
	}
	if got := get(people[1], tag).Code; got != http.StatusNotFound {
		t.Errorf("taken back: %d", got)
	}
}
