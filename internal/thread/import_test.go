package thread_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"cordee/internal/id"
	"cordee/internal/journal"
	"cordee/internal/person/persontest"
	"cordee/internal/store"
	"cordee/internal/store/storetest"
	"cordee/internal/thread"
	"cordee/internal/thread/threadtest"
)

func TestImportingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		staged := persontest.Staged(t, k.House.House, "Zoé", "zoe@example.org", k.circle).ID
		at := time.Date(2019, 3, 12, 8, 0, 0, 0, time.UTC)
		past := threadtest.Opened(t, k.House, thread.Opening{
			Subject: journal.Ref{Kind: "talk"}, Circle: k.circle, Title: "Un vieux fil", Past: true, At: at,
			Audience: journal.Audience{Circles: []id.Circle{k.circle}},
		})
		drafts := []thread.Draft{
			{Author: staged, Words: "Qui connaît un relieur ?", At: at, MailID: "1@x", Door: journal.Importer},
			{Author: staged, Words: "Moi.", Quoted: "> Qui connaît", At: at.Add(2 * time.Hour), MailID: "2@x", AnswersMail: "1@x"},
			{Author: staged, Words: "Le même courriel", At: at, MailID: "1@x"},
			{Author: staged, At: at, MailID: "empty@x"},
			{Author: staged, Words: "Merci.", At: at.Add(time.Hour), AnswersMail: "2@x"},
			{Author: staged, Words: "Sans parent connu", At: at.Add(3 * time.Hour), MailID: "3@x", AnswersMail: "lost@x"},
		}
		post := func(drafts []thread.Draft) (n int) {
			k.Do(t, func(ctx context.Context, tx *journal.Tx) (err error) {
				n, err = k.Threads.PostMany(ctx, tx, past.ID, drafts)
				return err
			})
			return n
		}
		seq := threadtest.Seq(t, k.House)
		if n := post(drafts); n != 4 {
			t.Errorf("added %d", n)
		}
		if kinds := threadtest.Kinds(t, k.House, seq); !slices.Equal(kinds, []string{thread.ActImported}) {
			t.Errorf("acts: %v", kinds)
		}
		all, _, err := k.Threads.Messages(t.Context(), db.Read, k.ines, past.ID, "")
		if err != nil || len(all) != 4 {
			t.Fatal(all, err)
		}
		if all[0].MailID != "1@x" || all[1].Words != "Merci." || all[2].Answers != all[0].ID || all[1].Answers != all[2].ID || !all[3].Answers.IsZero() {
			t.Errorf("in the order of their times, each to its parent: %+v", all)
		}
		if !all[0].Past || all[0].Door != journal.Importer || all[2].Quoted == "" {
			t.Errorf("%+v", all[0])
		}
		got, err := k.Threads.Get(t.Context(), db.Read, past.ID)
		if err != nil || !got.LastAt.Equal(at.Add(3*time.Hour)) || !got.CreatedAt.Equal(at) || got.Messages != 4 {
			t.Errorf("%+v, %v", got, err)
		}
		again := slices.DeleteFunc(slices.Clone(drafts), func(d thread.Draft) bool { return d.MailID == "" })
		if n := post(again); n != 0 {
			t.Errorf("the second time added %d", n)
		}
		there, err := k.Threads.ByMailIDs(t.Context(), db.Read, k.circle, []string{"1@x", "3@x", "nowhere@x"})
		if err != nil || len(there) != 2 || there["1@x"].Thread != past.ID {
			t.Errorf("%+v, %v", there, err)
		}
		if there, err := k.Threads.ByMailIDs(t.Context(), db.Read, threadtest.Circle(k.House), []string{"1@x"}); err != nil || len(there) != 0 {
			t.Errorf("another circle's: %+v, %v", there, err)
		}
		late := []thread.Draft{{Author: staged, Words: "Un courriel retrouvé", At: at.Add(30 * time.Minute), MailID: "late@x", AnswersMail: "1@x"}}
		if n := post(late); n != 1 {
			t.Errorf("a late one: %d", n)
		}
	})
}

func TestAnArchiveOfManyMails(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		k := newTalk(t, db)
		var drafts []thread.Draft
		at := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range 333 {
			drafts = append(drafts, thread.Draft{
				Author: k.ines.Person, Words: "mot", At: at.Add(time.Duration(i) * time.Minute), MailID: time.Duration(i).String(),
			})
		}
		past := threadtest.Opened(t, k.House, thread.Opening{
			Subject: journal.Ref{Kind: "talk"}, Circle: k.circle, Past: true, Audience: journal.Audience{Circles: []id.Circle{k.circle}},
		})
		k.Do(t, func(ctx context.Context, tx *journal.Tx) error {
			n, err := k.Threads.PostMany(ctx, tx, past.ID, drafts)
			if n != 333 {
				t.Errorf("added %d", n)
			}
			return err
		})
	})
}
