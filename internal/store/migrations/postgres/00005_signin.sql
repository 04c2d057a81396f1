-- +goose Up
-- One row a link that a mail or a terminal carries; the token is a seal over the
-- row's id and expiry, so that this table alone opens nothing.
CREATE TABLE signin_link (
  id         uuid PRIMARY KEY,
  purpose    text NOT NULL CHECK (purpose IN ('sign-in', 'address', 'move')),
  person     uuid REFERENCES person (id),  -- NULL: nobody here has that address
  mailbox    text NOT NULL,                -- folded; '' when nobody has it
  address    text NOT NULL,                -- where the letter goes; '' when nowhere
  language   text NOT NULL,                -- of who asked
  ref_kind   text NOT NULL,                -- a move's object
  ref        uuid,
  move       text NOT NULL,
  next       bytea NOT NULL,               -- sealed: the page that one wanted before signing in
  made_at    bigint NOT NULL,
  expires_at bigint NOT NULL,
  used_at    bigint NOT NULL
);
CREATE INDEX signin_link_person ON signin_link (person, purpose, ref) WHERE person IS NOT NULL;
CREATE INDEX signin_link_expires ON signin_link (expires_at);

CREATE TABLE signin_session (
  id       uuid PRIMARY KEY,
  public   text NOT NULL UNIQUE,
  person   uuid NOT NULL REFERENCES person (id),
  device   text NOT NULL,
  made_at  bigint NOT NULL,
  seen_at  bigint NOT NULL,
  ended_at bigint NOT NULL
);
CREATE INDEX signin_session_person ON signin_session (person) WHERE ended_at = 0;
CREATE INDEX signin_session_seen ON signin_session (seen_at);

-- SHA-256 of what a cookie holds. A session has one, or two when the form that
-- opened it was sent twice.
CREATE TABLE signin_cookie (
  hash    bytea PRIMARY KEY,
  session uuid NOT NULL REFERENCES signin_session (id) ON DELETE CASCADE
);
CREATE INDEX signin_cookie_session ON signin_cookie (session);

CREATE TABLE signin_limit (
  who   bytea PRIMARY KEY,                  -- a MAC of an address or of a network
  since bigint NOT NULL,
  count bigint NOT NULL
);
CREATE INDEX signin_limit_since ON signin_limit (since);

-- +goose Down
DROP TABLE signin_limit;
DROP TABLE signin_cookie;
DROP TABLE signin_session;
DROP TABLE signin_link;
