package imports

import (
	"strconv"

	"github.com/a-h/templ"

	"cordee/internal/importer"
	"cordee/internal/web/page"
)

func number(n int) string { return strconv.Itoa(n) }

// again makes a browser that runs scripts look again by itself while an import is
// under way; without scripts the page is loaded again (see run).
func again(in *inside, t told) templ.Attributes {
	if !t.under() {
		return templ.Attributes{}
	}
	return templ.Attributes{
		"hx-get": in.v.Link(in.path() + "/import"), "hx-trigger": "every 2s", "hx-target": "#import", "hx-select": "#import", "hx-swap": "outerHTML",
	}
}

// standing says where a run is.
func standing(v *page.View, r importer.Run) string {
	switch r.State {
	case importer.Waiting:
		return v.T("import.waiting", "Name", r.Name)
	case importer.Reading:
		return v.T("import.reading", "Name", r.Name)
	case importer.Writing:
		if r.Total == 0 {
			return v.T("import.reading", "Name", r.Name)
		}
		return v.T("import.writing", "Done", v.N("import.mails", r.Mails), "Total", v.Number(r.Total))
	case importer.Done:
		return v.T("import.done", "Name", r.Name) + " " + outcome(v, r)
	case importer.Failed, importer.Stopped:
	}
	return outcome(v, r)
}

// outcome says what came of a run.
func outcome(v *page.View, r importer.Run) string {
	switch {
	case r.State == importer.Done && r.Mails == 0:
		return v.T("import.nothing")
	case r.State == importer.Done:
		return v.T("import.came", "Mails", v.N("import.mails", r.Mails), "Threads", v.N("import.threads", r.Threads), "People", v.N("import.people", r.People))
	case r.Trouble != nil:
		return v.Refusal(r.Trouble)
	}
	return v.T("import.stopped")
}
