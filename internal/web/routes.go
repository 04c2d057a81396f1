package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"cordee/internal/refusal"
	"cordee/internal/web/page"
)

// maxBody is the largest body of a form that doesn't say otherwise.
const maxBody = 1 << 20

// mount puts the table into the mux. A route that can't be is told as an error,
// where the mux would panic.
func (s *Server) mount(routes []page.Route) (err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = fmt.Errorf("web: routes: %v", trouble)
		}
	}()
	for _, route := range routes {
		if route.Method != http.MethodGet && route.Method != http.MethodPost {
			return fmt.Errorf("web: %s %s: pages know GET and POST alone", route.Method, route.Pattern)
		}
		if route.Handler == nil || !strings.HasPrefix(route.Pattern, "/") {
			return fmt.Errorf("web: %s %s: no handler or no path", route.Method, route.Pattern)
		}
		pattern := route.Pattern
		if pattern == "/" {
			pattern = "/{$}"
		}
		s.mux.HandleFunc(route.Method+" "+pattern, s.serve(route))
	}
	return nil
}

// serve is one route as the mux wants it.
func (s *Server) serve(route page.Route) http.HandlerFunc {
	limit := route.Body
	if limit == 0 {
		limit = maxBody
	}
	return func(w http.ResponseWriter, r *http.Request) {
		a, visit := w.(*answer), visitOf(r)
		v := visit.view
		if route.Who.NeedsSession() && !v.SignedIn() {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			_ = r.ParseForm() // so that the page can give back what was written
			s.fail(a, r, v, refusal.New(refusal.SignIn, "sign_in"))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		if err := route.Handler(w, r, v); err != nil {
			s.fail(a, r, v, err)
		}
		if r.MultipartForm != nil {
			_ = r.MultipartForm.RemoveAll() // what is left over goes with the temporary folder
		}
	}
}

func visitOf(r *http.Request) *visit {
	v, _ := r.Context().Value(visitKey{}).(*visit)
	return v
}

// places are those of the navigation that have a page.
func places(routes []page.Route) []string {
	var out []string
	for _, place := range page.AllPlaces() {
		if slices.ContainsFunc(routes, func(r page.Route) bool {
			return r.Method == http.MethodGet && r.Pattern == place
		}) {
			out = append(out, place)
		}
	}
	return out
}
