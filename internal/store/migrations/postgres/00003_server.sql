-- +goose Up
CREATE TABLE server (
  one        bigint PRIMARY KEY CHECK (one = 1),
  version    bigint NOT NULL,
  name       text NOT NULL,
  founding   text NOT NULL CHECK (founding IN ('nobody', 'hosts', 'everybody')),
  setup      uuid NOT NULL,                -- what the set-up link names
  opened_at  bigint NOT NULL,
  claimed_at bigint NOT NULL              -- 0 until the set-up link was used
);

-- No foreign key to person: its table comes later.
CREATE TABLE server_operator (
  person uuid PRIMARY KEY,
  since  bigint NOT NULL
);

CREATE TABLE server_mail (
  one        bigint PRIMARY KEY CHECK (one = 1),
  version    bigint NOT NULL,
  host       text NOT NULL,                -- '' = no mail is sent
  port       bigint NOT NULL,
  security   text NOT NULL CHECK (security IN ('tls', 'starttls', 'none')),
  username   text NOT NULL,
  password   bytea NOT NULL,                -- sealed
  sender     text NOT NULL,                -- the address mails come from
  changed_at bigint NOT NULL,
  tested_at  bigint NOT NULL              -- when a test mail last went out with these settings
);

-- +goose Down
DROP TABLE server_mail;
DROP TABLE server_operator;
DROP TABLE server;
