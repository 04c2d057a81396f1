-- +goose Up
CREATE TABLE journal_head (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL
) STRICT;
INSERT INTO journal_head (one, seq) VALUES (1, 0);

CREATE TABLE journal_act (
  seq       INTEGER NOT NULL PRIMARY KEY,
  id        BLOB    NOT NULL UNIQUE,
  kind      TEXT    NOT NULL,
  object    TEXT    NOT NULL,
  object_id BLOB    NOT NULL,
  circle    BLOB,
  actor     TEXT    NOT NULL,
  name      TEXT    NOT NULL,
  person    BLOB,
  door      TEXT    NOT NULL,
  request   TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  facts     TEXT    NOT NULL
) STRICT;
CREATE INDEX journal_act_object ON journal_act (object_id, object, seq);
CREATE INDEX journal_act_circle ON journal_act (circle, seq) WHERE circle IS NOT NULL;
CREATE INDEX journal_act_person ON journal_act (person, seq) WHERE person IS NOT NULL;

CREATE TABLE journal_once (
  actor  TEXT    NOT NULL,
  key    TEXT    NOT NULL,
  digest TEXT    NOT NULL,
  result TEXT    NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_once_at ON journal_once (at);

CREATE TABLE journal_cursor (
  name TEXT    NOT NULL PRIMARY KEY,
  seq  INTEGER NOT NULL,
  at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal_await (
  object    TEXT    NOT NULL,
  object_id BLOB    NOT NULL,
  person    BLOB    NOT NULL,
  move      TEXT    NOT NULL,
  since     INTEGER NOT NULL,
  due       INTEGER NOT NULL,
  PRIMARY KEY (object_id, object, person, move)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_await_person ON journal_await (person, since);
CREATE INDEX journal_await_due ON journal_await (due) WHERE due > 0;

-- +goose Down
DROP TABLE journal_await;
DROP TABLE journal_cursor;
DROP TABLE journal_once;
DROP TABLE journal_act;
DROP TABLE journal_head;
