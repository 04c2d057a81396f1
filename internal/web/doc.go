// Package web is the door for browsers: one handler that knows the routes, the
// visitor's session and language, and what every answer has to carry. It decides
// nothing about circles or exchanges; that is the use cases' work, called from the
// folders of pages beside it.
//
// # How a request goes through
//
//  1. A reference for it is made; a panic from here on is a page with that
//     reference and a line in the log.
//  2. A file of web/assets is answered at once, /livez too.
//  3. A POST from another site is refused (http.CrossOriginProtection, by
//     Sec-Fetch-Site or Origin). There are no tokens against forgery.
//  4. The cookie becomes a page.Session, the headers a page.View: language by
//     ?lang=, then the person's, then Accept-Language.
//  5. The mux finds the route. Whoever isn't signed in is led to the sign-in page
//     where the route asks for a session, and back afterwards.
//  6. The handler answers, or gives back an error: a refusal becomes a problem
//     page (page.Status), anything else a 500 with the reference.
//  7. One line in the log: the route's pattern, never its path, which may hold a
//     token; ids, no names.
//
// # Rules
//
//   - Pages are private, no-cache and compressed; assets are immutable.
//   - The content security policy allows nothing but this server's own files: no
//     inline script, no style attribute, no frame around.
//   - One cookie, HttpOnly and SameSite=Lax; under https it is __Host-cordee.
//   - Behind a proxy the client's address is that which the nearest proxy that
//     isn't trusted gives; without trusted proxies the headers are ignored.
//
// # What isn't here
//
// What pages are made of (web/page), their files (web/assets), the pages (the
// folders beside), and what a session is (signin).
package web
