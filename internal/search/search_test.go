package search_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/search"
	"cordee/internal/store"
	"cordee/internal/store/storetest"

	"pgregory.net/rapid"
)

func day() time.Time { return time.Date(2026, 3, 12, 18, 2, 0, 0, time.UTC) }

type house struct {
	db *store.DB
	j  *journal.Journal
}

func open(t *testing.T, db *store.DB) house {
	t.Helper()
	j := journal.Open(journal.Config{DB: db, Clock: day, Rand: rand.NewChaCha8([32]byte{1}), Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return house{db, j}
}

type fataler interface {
	Helper()
	Fatal(args ...any)
	Context() context.Context
}

func (h house) do(t fataler, body func(ctx context.Context, tx *journal.Tx) error) {
	t.Helper()
	if _, err := h.j.Do(t.Context(), journal.BySystem(), journal.Key{}, body); err != nil {
		t.Fatal(err)
	}
}

func (h house) put(t fataler, docs ...search.Doc) {
	t.Helper()
	h.do(t, func(ctx context.Context, tx *journal.Tx) error { return search.PutAll(ctx, tx, docs) })
}

// find asks and gives the names of the docs found, over all pages.
func (h house) find(t fataler, v journal.Viewer, text string) []string {
	t.Helper()
	var (
		names []string
		after search.Cursor
	)
	for {
		hits, next, err := search.Query(t.Context(), h.db, v, text, after)
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range hits {
			names = append(names, hit.Ref.Kind)
		}
		if next == "" {
			return names
		}
		after = next
	}
}

func person(name string) id.Person { return id.Person(id.Derived[any](day(), "person "+name)) }
func circle(name string) id.Circle { return id.Circle(id.Derived[any](day(), "circle "+name)) }

// doc is a text that everybody of the circle "us" sees; its name is its Ref's kind.
func doc(name, title, text string) search.Doc {
	return search.Doc{
		Ref: journal.Ref{Kind: name, ID: id.Derived[any](day(), name)}, Title: title, Text: text,
		Audience: journal.Audience{Circles: []id.Circle{circle("us")}}, At: day(),
	}
}

func (h house) us() journal.Viewer {
	return journal.Viewer{Person: person("me"), Circles: []id.Circle{circle("us")}}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		docs := []search.Doc{
			doc("heart", "Le cœur de l’affaire", "Une question d’argent."),
			doc("munoz", "Bienvenue", "Rafael Muñoz nous rejoint, à Mexico. Le chat est de lui."),
			doc("migrate", "Migration", "Qui a déjà migré un site Drupal 7 sans rien perdre ?"),
			doc("migrate2", "Une question", "Je vais migrer le site, un chateau de cartes."),
			doc("letters", "e\u0301te\u0301", "O’Neill, jean-paul@a.example, C++ et 日本語の本"),
		}
		for i := range docs {
			docs[i].At = day().Add(time.Duration(i) * time.Hour)
		}
		h.put(t, docs...)
		for asked, want := range map[string]string{
			"coeur":                    "heart",
			"CŒUR":                     "heart",
			"Munoz":                    "munoz",
			"mexico munoz":             "munoz",
			"muñoz mexic":              "munoz",
			"migr":                     "migrate migrate2", // in the title first
			"site":                     "migrate2 migrate", // the latest first
			"chat":                     "munoz migrate2",   // whole first
			"question":                 "migrate2 heart",   // title, then text
			"migr -drupal":             "migrate2",
			"site -\"site drupal\"":    "migrate2",
			"\"site drupal\"":          "migrate",
			"\"drupal site\"":          "",
			"« site Drupal »":          "migrate",
			"“sans rien”":              "migrate",
			"\"sans r\"":               "", // a quotation doesn't go on
			"l'affaire":                "heart",
			"affaire":                  "heart",
			"été":                      "letters",
			"o'neill":                  "letters",
			"jean-paul@a.example":      "letters",
			"paul jean":                "letters",
			"paul-jean":                "",
			"日本":                       "letters",
			"本":                        "letters",
			"本日":                       "",
			"7":                        "migrate",
			"-drupal":                  "",
			"":                         "",
			"   ":                      "",
			"\"":                       "",
			"' OR 1=1 --":              "",
			"coeur*":                   "heart",
			"title:coeur":              "",
			"NEAR(coeur affaire)":      "",
			"coeur AND":                "",
			"coeur NOT":                "",
			"a\x00b":                   "",
			"\xff\xfecoeur":            "heart",
			"coeur ^ & | ! ( ) : \\ *": "heart",
		} {
			if got := strings.Join(h.find(t, h.us(), asked), " "); got != want {
				t.Errorf("%q finds %q, want %q", asked, got, want)
			}
		}
	})
}

func TestPutReplacesAndRemoveForgets(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		a := doc("a", "un", "avant")
		h.put(t, a, doc("b", "deux", "avant"))
		a.Text, a.At = "après", day().Add(time.Hour)
		h.put(t, a)
		h.put(t, a)
		for asked, want := range map[string]string{"avant": "b", "apres": "a", "un": "a"} {
			if got := strings.Join(h.find(t, h.us(), asked), " "); got != want {
				t.Errorf("%q finds %q, want %q", asked, got, want)
			}
		}
		h.do(t, func(ctx context.Context, tx *journal.Tx) error {
			return search.Remove(ctx, tx, a.Ref, journal.Ref{Kind: "a", ID: id.Derived[any](day(), "b")}, journal.Ref{Kind: "none", ID: id.Derived[any](day(), "none")})
		})
		if got := h.find(t, h.us(), "un"); len(got) != 0 {
			t.Errorf("what is removed is found: %v", got)
		}
		if got := h.find(t, h.us(), "deux"); len(got) != 1 {
			t.Errorf("another one of the same id is gone: %v", got)
		}
		a.Audience = journal.Audience{Persons: []id.Person{person("me")}}
		a.Past, a.Author = true, person("me")
		b := doc("b", "deux", "avant")
		h.put(t, a, b)
		b.Audience = journal.Audience{}
		h.put(t, a, b)
		if got := h.find(t, h.us(), "deux"); len(got) != 0 {
			t.Errorf("found by nobody's audience: %v", got)
		}
		hits, _, err := search.Query(t.Context(), h.db, journal.Viewer{Person: person("me")}, "apres", "")
		if err != nil || len(hits) != 1 || !hits[0].Past || hits[0].Author != person("me") || !hits[0].At.Equal(a.At) || hits[0].In != a.Ref {
			t.Errorf("%+v, %v", hits, err)
		}
		h.do(t, search.Clear)
		for _, table := range []string{"search_doc", "search_audience"} {
			if n, err := db.Read.NewSelect().Table(table).Count(t.Context()); err != nil || n != 0 {
				t.Errorf("%s holds %d rows after Clear, %v", table, n, err)
			}
		}
		h.put(t, a)
		if got := h.find(t, h.us(), "apres"); len(got) != 1 {
			t.Errorf("after a rebuild: %v", got)
		}
	})
}

// What is removed from SQLite's index leaves it: its integrity check holds, and
// no page of the file has the word.
func TestRemovedWordsLeaveTheIndex(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	var docs []search.Doc
	for i := range 100 {
		docs = append(docs, doc(fmt.Sprint("d", i), "titre", fmt.Sprintf("mot%d commun Ünïque%d", i, i)))
	}
	h.put(t, docs...)
	h.do(t, func(ctx context.Context, tx *journal.Tx) error {
		var refs []journal.Ref
		for _, d := range docs[:99] {
			refs = append(refs, d.Ref)
		}
		if err := search.Remove(ctx, tx, refs...); err != nil {
			return err
		}
		_, err := tx.NewRaw("INSERT INTO search_fts (search_fts) VALUES ('integrity-check')").Exec(ctx)
		return err
	})
	var pages [][]byte
	if err := h.db.Read.NewRaw("SELECT block FROM search_fts_data").Scan(t.Context(), &pages); err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if strings.Contains(string(page), "unique1") {
			t.Error("a removed word stays in the index")
		}
	}
	if got := h.find(t, h.us(), "unique99"); len(got) != 1 {
		t.Errorf("what wasn't removed: %v", got)
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		thread := journal.Ref{Kind: "thread", ID: id.Derived[any](day(), "thread")}
		a, b, c := doc("a", "", "mot"), doc("b", "", "mot"), doc("c", "", "mot")
		a.In, b.In = thread, thread
		h.put(t, a, b, c)
		them := journal.Viewer{Person: person("her"), Circles: []id.Circle{circle("them")}}
		if got := h.find(t, them, "mot"); len(got) != 0 {
			t.Fatalf("strangers find %v", got)
		}
		h.do(t, func(ctx context.Context, tx *journal.Tx) error {
			return search.Share(ctx, tx, thread, journal.Audience{Circles: []id.Circle{circle("them"), circle("them")}, Persons: []id.Person{person("me")}})
		})
		if got := h.find(t, them, "mot"); len(got) != 2 {
			t.Errorf("those shared with find %v", got)
		}
		if got := h.find(t, journal.Viewer{Circles: []id.Circle{circle("us")}}, "mot"); !slices.Equal(got, []string{"c"}) {
			t.Errorf("the circle it was taken from finds %v", got)
		}
		if got := h.find(t, h.us(), "mot"); len(got) != 3 {
			t.Errorf("the person named finds %v", got)
		}
	})
}

// Many docs of one instant are all kept, in pages without gaps or repeats.
func TestPages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		var docs []search.Doc
		for i := range 3*search.PageSize + 7 {
			title := ""
			if i%2 == 0 {
				title = "mot"
			}
			docs = append(docs, doc(fmt.Sprintf("d%03d", i), title, "mot"))
		}
		h.put(t, docs...)
		got := h.find(t, h.us(), "mot")
		if len(got) != len(docs) {
			t.Errorf("%d found of %d", len(got), len(docs))
		}
		slices.Sort(got)
		if n := len(slices.Compact(got)); n != len(docs) {
			t.Errorf("%d different ones found of %d", n, len(docs))
		}
		for _, bad := range []search.Cursor{"x", "-1.z", "99.z", "0.!", "0.zzzzzzzzzzzzzzzzzzz", "1"} {
			if _, _, err := search.Query(t.Context(), h.db, h.us(), "mot", bad); err != nil {
				t.Errorf("a cursor %q: %v", bad, err)
			}
		}
	})
}

// At the edges of what can be stored.
func TestOddDocs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		words := make([]string, 3_000)
		for i := range words {
			words[i] = fmt.Sprintf("%s%d", strings.Repeat("é", 40), i)
		}
		old, far, none, huge, odd := doc("old", "", "mot"), doc("far", "", "mot"), doc("none", "", ""), doc("huge", strings.Repeat("mot ", 5000), strings.Join(words, " ")), doc("odd", "mot", "\x00\xff'\\:*&|!<->")
		old.At, far.At, none.Audience = time.Date(1903, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), journal.Audience{}
		for range 2 {
			h.put(t, old, far, none, odd)
			h.put(t, huge)
		}
		if got := strings.Join(h.find(t, h.us(), "mot"), " "); got != "huge odd far old" && got != "odd huge far old" {
			t.Errorf("found %q", got)
		}
	})
}

// Whoever may not see a doc never finds it, and all others do.
func TestVisible(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		rapid.Check(t, func(t *rapid.T) {
			h.do(t, search.Clear)
			circles := []id.Circle{circle("a"), circle("b"), circle("c")}
			people := []id.Person{person("a"), person("b"), person("c"), {}}
			vocabulary := []string{"cœur", "Muñoz", "migration", "migrer", "l’été", "日本"}
			someOf := func(label string, n int) []int {
				return rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, n, rapid.ID[int]).Draw(t, label)
			}
			docs := make([]search.Doc, rapid.IntRange(0, 12).Draw(t, "docs"))
			for i := range docs {
				docs[i] = doc(fmt.Sprint("d", i), "", "")
				docs[i].Audience = journal.Audience{}
				for _, c := range someOf("circles", 3) {
					docs[i].Audience.Circles = append(docs[i].Audience.Circles, circles[c])
				}
				for _, p := range someOf("people", 3) {
					docs[i].Audience.Persons = append(docs[i].Audience.Persons, people[p])
				}
				for _, w := range someOf("words", len(vocabulary)) {
					docs[i].Text += vocabulary[w] + " "
				}
				docs[i].At = day().Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "at")) * time.Hour)
			}
			h.put(t, docs...)
			v := journal.Viewer{Person: people[rapid.IntRange(0, 3).Draw(t, "viewer")]}
			for _, c := range someOf("in", 3) {
				v.Circles = append(v.Circles, circles[c])
			}
			asked := rapid.SampledFrom([]string{"coeur", "munoz", "migr", "été", "日本", "coeur munoz", "migr -coeur", "\"l'été\""}).Draw(t, "asked")
			var want []string
			for _, d := range docs {
				if d.Audience.Sees(v) && naive(d.Text, asked) {
					want = append(want, d.Ref.Kind)
				}
			}
			got := h.find(t, v, asked)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("%q finds %v, want %v", asked, got, want)
			}
		})
	})
}

// naive is what TestVisible's questions mean, without an index.
func naive(text, asked string) bool {
	text = " " + strings.ReplaceAll(search.Fold(text), "'", " ")
	for w := range strings.FieldsSeq(asked) {
		w = search.Fold(w)
		if not, ok := strings.CutPrefix(w, "-"); ok {
			if strings.Contains(text, " "+not) {
				return false
			}
			continue
		}
		if !strings.Contains(text, " "+strings.ReplaceAll(strings.Trim(w, "\""), "'", " ")) {
			return false
		}
	}
	return true
}

// Any text is a question on both databases.
func TestAnyQuestion(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		h.put(t, doc("a", "Un mot", "AND OR NOT NEAR title cœur 日本"))
		rapid.Check(t, func(t *rapid.T) {
			asked := rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-z"'*:()^&|!<>«»-]| |AND|OR|NOT|NEAR|title|本|œ){0,40}`)).Draw(t, "asked")
			if _, _, err := search.Query(t.Context(), h.db, h.us(), asked, ""); err != nil {
				t.Fatalf("%q: %v", asked, err)
			}
		})
	})
}
