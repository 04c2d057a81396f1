package importer

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"cordee/internal/id"
	"cordee/internal/refusal"
	"cordee/internal/store"
	"cordee/internal/thread"
)

type runRow struct {
	bun.BaseModel `bun:"table:importer_run,alias:r"`

	ID        id.Of[Run] `bun:"id,pk"`
	Public    id.Public  `bun:"public"`
	Circle    id.Circle  `bun:"circle"`
	Person    id.Person  `bun:"person"`
	Name      string     `bun:"name"`
	File      string     `bun:"file"`
	State     State      `bun:"state"`
	Claim     string     `bun:"claim"`
	Tries     int        `bun:"tries"`
	Total     int        `bun:"total"`
	Mails     int        `bun:"mails"`
	Threads   int        `bun:"threads"`
	People    int        `bun:"people"`
	Skipped   int        `bun:"skipped"`
	Broken    int        `bun:"broken"`
	Lines     string     `bun:"lines"`
	Trouble   string     `bun:"trouble"`
	StartedAt int64      `bun:"started_at"`
	UpdatedAt int64      `bun:"updated_at"`
	EndedAt   int64      `bun:"ended_at"`
}

func (r *runRow) run() (Run, error) {
	out := Run{
		ID: r.ID, Public: r.Public, Circle: r.Circle, Person: r.Person, Name: r.Name, State: r.State, Total: r.Total,
		Report:    Report{Mails: r.Mails, Threads: r.Threads, People: r.People, Skipped: r.Skipped, Broken: r.Broken},
		StartedAt: store.Time(r.StartedAt), UpdatedAt: store.Time(r.UpdatedAt), EndedAt: store.Time(r.EndedAt),
	}
	if r.Lines != "" {
		if err := json.Unmarshal([]byte(r.Lines), &out.Lines); err != nil {
			return out, err
		}
	}
	if r.Trouble != "" {
		out.Trouble = &refusal.Refusal{}
		if err := json.Unmarshal([]byte(r.Trouble), out.Trouble); err != nil {
			return out, err
		}
	}
	return out, nil
}

type mailRow struct {
	bun.BaseModel `bun:"table:importer_mail"`

	Circle  id.Circle  `bun:"circle,pk"`
	Mail    int64      `bun:"mail,pk"`
	Thread  thread.ID  `bun:"thread"`
	Run     id.Of[Run] `bun:"run"`
	Subject int64      `bun:"subject"`
	At      int64      `bun:"at"`
	Refs    string     `bun:"refs"`
}

// refSize is how many signs one Message-ID takes in Refs.
const refSize = 16

func (f *fact) row(c id.Circle, run id.Of[Run], in thread.ID) mailRow {
	var refs strings.Builder
	for _, ref := range f.refs {
		s := strconv.FormatUint(ref, 16)
		refs.WriteString(strings.Repeat("0", refSize-len(s)) + s)
	}
	return mailRow{
		Circle: c, Mail: int64(f.id), Thread: in, Run: run,
		Subject: int64(f.key), At: f.at, Refs: refs.String(),
	}
}

func (r *mailRow) fact() fact {
	f := fact{id: uint64(r.Mail), key: uint64(r.Subject), at: r.At, thread: r.Thread}
	for s := r.Refs; len(s) >= refSize; s = s[refSize:] {
		if ref, err := strconv.ParseUint(s[:refSize], 16, 64); err == nil {
			f.refs = append(f.refs, ref)
		}
	}
	return f
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
