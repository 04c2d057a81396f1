-- +goose Up
CREATE TABLE server (
  one        INTEGER PRIMARY KEY CHECK (one = 1),
  version    INTEGER NOT NULL,
  name       TEXT NOT NULL,
  founding   TEXT NOT NULL CHECK (founding IN ('nobody', 'hosts', 'everybody')),
  setup      BLOB NOT NULL,                -- what the set-up link names
  opened_at  INTEGER NOT NULL,
  claimed_at INTEGER NOT NULL              -- 0 until the set-up link was used
) STRICT;

-- No foreign key to person: its table comes later.
CREATE TABLE server_operator (
  person BLOB PRIMARY KEY,
  since  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE server_mail (
  one        INTEGER PRIMARY KEY CHECK (one = 1),
  version    INTEGER NOT NULL,
  host       TEXT NOT NULL,                -- '' = no mail is sent
  port       INTEGER NOT NULL,
  security   TEXT NOT NULL CHECK (security IN ('tls', 'starttls', 'none')),
  username   TEXT NOT NULL,
  password   BLOB NOT NULL,                -- sealed
  sender     TEXT NOT NULL,                -- the address mails come from
  changed_at INTEGER NOT NULL,
  tested_at  INTEGER NOT NULL              -- when a test mail last went out with these settings
) STRICT;

-- +goose Down
DROP TABLE server_mail;
DROP TABLE server_operator;
DROP TABLE server;
