package page

import "net/http"

// Who is the least that a visitor has to be for a route to be worth asking. It
// is coarse on purpose: what one person may see or do is decided by the use case,
// which says "not found" to a stranger. The list is walked by the test that sends
// every kind of visitor to every route.
type Who int

// Kinds of visitors, each with what the server itself demands of them.
const (
	// Anyone: no session asked for.
	Anyone Who = iota
	// Invited: no session asked for; the link's token is what counts.
	Invited
	// SignedIn: any person with a session.
	SignedIn
	// Member: signed in; the use case demands that they share the circle.
	Member
	// Host: signed in; the use case demands that they host the circle.
	Host
	// Operator: signed in; the use case demands that they run the server.
	Operator
)

// String is the word for it in lists and test names.
func (w Who) String() string {
	switch w {
	case Anyone:
		return "anyone"
	case Invited:
		return "invited"
	case SignedIn:
		return "signed in"
	case Member:
		return "member"
	case Host:
		return "host"
	case Operator:
		return "operator"
	}
	return "?"
}

// NeedsSession tells whether the server turns away whoever isn't signed in.
func (w Who) NeedsSession() bool { return w > Invited }

// Handler answers one route: decode, call, render. A refusal that it returns
// becomes a problem page, any other error a page with a reference and a line in
// the log; nothing may have been written to w then.
type Handler func(w http.ResponseWriter, r *http.Request, v *View) error

// Route is one line of the table of routes.
type Route struct {
	Method  string // "GET" (which answers HEAD too) or "POST"
	Pattern string // of http.ServeMux, without the method: "/asks/{id}"
	Who     Who
	Handler Handler
	Body    int64 // the largest body taken, in bytes; 0 means 1 MiB
}

// Get is a route that shows something; it writes nothing.
func Get(pattern string, who Who, h Handler) Route {
	return Route{Method: http.MethodGet, Pattern: pattern, Who: who, Handler: h}
}

// Post is a route that does something.
func Post(pattern string, who Who, h Handler) Route {
	return Route{Method: http.MethodPost, Pattern: pattern, Who: who, Handler: h}
}

// Takes sets the largest body, for routes that take files.
func (r Route) Takes(bytes int64) Route {
	r.Body = bytes
	return r
}
