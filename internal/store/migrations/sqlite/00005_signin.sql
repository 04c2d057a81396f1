-- +goose Up
-- One row a link that a mail or a terminal carries; the token is a seal over the
-- row's id and expiry, so that this table alone opens nothing.
CREATE TABLE signin_link (
  id         BLOB PRIMARY KEY,
  purpose    TEXT NOT NULL CHECK (purpose IN ('sign-in', 'address', 'move')),
  person     BLOB REFERENCES person (id),  -- NULL: nobody here has that address
  mailbox    TEXT NOT NULL,                -- folded; '' when nobody has it
  address    TEXT NOT NULL,                -- where the letter goes; '' when nowhere
  language   TEXT NOT NULL,                -- of who asked
  ref_kind   TEXT NOT NULL,                -- a move's object
  ref        BLOB,
  move       TEXT NOT NULL,
  next       BLOB NOT NULL,                -- sealed: the page that one wanted before signing in
  made_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX signin_link_person ON signin_link (person, purpose, ref) WHERE person IS NOT NULL;
CREATE INDEX signin_link_expires ON signin_link (expires_at);

CREATE TABLE signin_session (
  id       BLOB PRIMARY KEY,
  public   TEXT NOT NULL UNIQUE,
  person   BLOB NOT NULL REFERENCES person (id),
  device   TEXT NOT NULL,
  made_at  INTEGER NOT NULL,
  seen_at  INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT;
CREATE INDEX signin_session_person ON signin_session (person) WHERE ended_at = 0;
CREATE INDEX signin_session_seen ON signin_session (seen_at);

-- SHA-256 of what a cookie holds. A session has one, or two when the form that
-- opened it was sent twice.
CREATE TABLE signin_cookie (
  hash    BLOB PRIMARY KEY,
  session BLOB NOT NULL REFERENCES signin_session (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_cookie_session ON signin_cookie (session);

CREATE TABLE signin_limit (
  who   BLOB PRIMARY KEY,                  -- a MAC of an address or of a network
  since INTEGER NOT NULL,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_limit_since ON signin_limit (since);

-- +goose Down
DROP TABLE signin_limit;
DROP TABLE signin_cookie;
DROP TABLE signin_session;
DROP TABLE signin_link;
