-- +goose Up
CREATE TABLE person (
  id          BLOB PRIMARY KEY,
  public      TEXT NOT NULL UNIQUE,
  version     INTEGER NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('staged', 'active', 'former')),
  name        TEXT NOT NULL,
  languages   TEXT NOT NULL,               -- JSON, the first is the interface's
  zone        TEXT NOT NULL,
  place       TEXT NOT NULL,
  headline    TEXT NOT NULL,
  helps       TEXT NOT NULL,               -- JSON
  learns      TEXT NOT NULL,               -- JSON
  means       TEXT NOT NULL,
  presence    TEXT NOT NULL CHECK (presence IN ('available', 'limited', 'away')),
  away_until  TEXT NOT NULL,               -- a day at the person's place
  only_me     TEXT NOT NULL,               -- JSON: fields that the circles don't see
  merged_into BLOB REFERENCES person (id), -- whom a staged person's history shows
  origin      TEXT NOT NULL,               -- the server they live on, '' = here
  uri         TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  left_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX person_merged ON person (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE person_address (
  person      BLOB NOT NULL REFERENCES person (id),
  mailbox     TEXT NOT NULL,               -- folded: what is compared
  address     TEXT NOT NULL,               -- as it was written
  state       TEXT NOT NULL CHECK (state IN ('waiting', 'verified', 'staged')),
  is_primary  INTEGER NOT NULL,
  added_at    INTEGER NOT NULL,
  verified_at INTEGER NOT NULL,
  PRIMARY KEY (person, mailbox)
) STRICT;
CREATE UNIQUE INDEX person_address_verified ON person_address (mailbox) WHERE state = 'verified';
CREATE UNIQUE INDEX person_address_staged ON person_address (mailbox) WHERE state = 'staged';
CREATE UNIQUE INDEX person_address_primary ON person_address (person) WHERE is_primary;
CREATE INDEX person_address_mailbox ON person_address (mailbox);

-- The circles in which a person is shown, set by the room circle. No foreign
-- key: its table comes later, and its owner keeps both in step.
CREATE TABLE person_shown (
  person BLOB NOT NULL REFERENCES person (id),
  circle BLOB NOT NULL,
  PRIMARY KEY (person, circle)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_shown_circle ON person_shown (circle);

-- +goose Down
DROP TABLE person_shown;
DROP TABLE person_address;
DROP TABLE person;
