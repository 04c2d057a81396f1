package notify

import (
	"cordee/internal/circle"
	"cordee/internal/exchange"
	"cordee/internal/id"
	"cordee/internal/thread"
)

// Where mails lead. The routes are web's.

func signInPath(token string) string        { return "/sign-in/" + token }
func proofPath(token string) string         { return "/addresses/" + token }
func invitationPath(token string) string    { return "/invitations/" + token }
func movePath(token string) string          { return "/moves/" + token }
func unsubscribePath(token string) string   { return "/unsubscribe/" + token }
func settingsPath() string                  { return "/settings/mail" }
func todayPath() string                     { return "/" }
func askPath(a exchange.Ask) string         { return "/asks/" + string(a.Public) }
func exchangePath(p id.Public) string       { return "/exchanges/" + string(p) }
func thanksPath(t exchange.Thanks) string   { return "/thanks/" + string(t.Public) }
func circlePath(c circle.Circle) string     { return "/circles/" + c.Slug }
func letterPath(t thread.Thread) string     { return "/letters/" + string(t.Public) }
func talkPath(t thread.Thread) string       { return "/talk/" + string(t.Public) }
func messageAnchor(m thread.Message) string { return "#m-" + string(m.Public) }
