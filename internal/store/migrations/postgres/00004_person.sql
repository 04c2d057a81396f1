-- +goose Up
CREATE TABLE person (
  id          uuid PRIMARY KEY,
  public      text NOT NULL UNIQUE,
  version     bigint NOT NULL,
  state       text NOT NULL CHECK (state IN ('staged', 'active', 'former')),
  name        text NOT NULL,
  languages   text NOT NULL,               -- JSON, the first is the interface's
  zone        text NOT NULL,
  place       text NOT NULL,
  headline    text NOT NULL,
  helps       text NOT NULL,               -- JSON
  learns      text NOT NULL,               -- JSON
  means       text NOT NULL,
  presence    text NOT NULL CHECK (presence IN ('available', 'limited', 'away')),
  away_until  text NOT NULL,               -- a day at the person's place
  only_me     text NOT NULL,               -- JSON: fields that the circles don't see
  merged_into uuid REFERENCES person (id), -- whom a staged person's history shows
  origin      text NOT NULL,               -- the server they live on, '' = here
  uri         text NOT NULL,
  created_at  bigint NOT NULL,
  left_at     bigint NOT NULL
);
CREATE INDEX person_merged ON person (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE person_address (
  person      uuid NOT NULL REFERENCES person (id),
  mailbox     text NOT NULL,               -- folded: what is compared
  address     text NOT NULL,               -- as it was written
  state       text NOT NULL CHECK (state IN ('waiting', 'verified', 'staged')),
  is_primary  boolean NOT NULL,
  added_at    bigint NOT NULL,
  verified_at bigint NOT NULL,
  PRIMARY KEY (person, mailbox)
);
CREATE UNIQUE INDEX person_address_verified ON person_address (mailbox) WHERE state = 'verified';
CREATE UNIQUE INDEX person_address_staged ON person_address (mailbox) WHERE state = 'staged';
CREATE UNIQUE INDEX person_address_primary ON person_address (person) WHERE is_primary;
CREATE INDEX person_address_mailbox ON person_address (mailbox);

-- The circles in which a person is shown, set by the room circle. No foreign
-- key: its table comes later, and its owner keeps both in step.
CREATE TABLE person_shown (
  person uuid NOT NULL REFERENCES person (id),
  circle uuid NOT NULL,
  PRIMARY KEY (person, circle)
);
CREATE INDEX person_shown_circle ON person_shown (circle);

-- +goose Down
DROP TABLE person_shown;
DROP TABLE person_address;
DROP TABLE person;
