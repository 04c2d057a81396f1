package post

import (
	"cordee/internal/lang"
)

// TestLetter is the mail that the operator sends to see whether mail works; id
// and date are the caller's.
func TestLetter(p *lang.Printer, s Settings, to, id string) Letter {
	return Letter{
		ID: id, Date: p.Now(), Lang: p.Lang(),
		From: Mailbox{Name: "Cordée", Address: s.Mailbox}, To: Mailbox{Address: to},
		Subject: p.T("post.test.subject"),
		Body:    []Block{Para{Text: p.T("post.test.words", "Host", s.Host)}},
		Footer:  Footer{Lines: []string{"Cordée"}},
	}
}

// Say puts a failure into words for whoever may see the settings: what went
// wrong and, where the server gave a reason, its own words.
func (f *Failure) Say(p *lang.Printer, s Settings) []string {
	said := []string{p.T("post.failure."+f.Code, "Host", s.Host, "Mailbox", s.Mailbox)}
	if f.Reply != "" {
		said = append(said, p.T("post.failure.said", "Reply", f.Reply))
	}
	return said
}
