-- +goose Up
CREATE TABLE journal_head (
  one bigint NOT NULL PRIMARY KEY CHECK (one = 1),
  seq bigint NOT NULL
);
INSERT INTO journal_head (one, seq) VALUES (1, 0);

CREATE TABLE journal_act (
  seq       bigint NOT NULL PRIMARY KEY,
  id        uuid    NOT NULL UNIQUE,
  kind      text    NOT NULL,
  object    text    NOT NULL,
  object_id uuid    NOT NULL,
  circle    uuid,
  actor     text    NOT NULL,
  name      text    NOT NULL,
  person    uuid,
  door      text    NOT NULL,
  request   text    NOT NULL,
  at        bigint NOT NULL,
  facts     text    NOT NULL
);
CREATE INDEX journal_act_object ON journal_act (object_id, object, seq);
CREATE INDEX journal_act_circle ON journal_act (circle, seq) WHERE circle IS NOT NULL;
CREATE INDEX journal_act_person ON journal_act (person, seq) WHERE person IS NOT NULL;

CREATE TABLE journal_once (
  actor  text    NOT NULL,
  key    text    NOT NULL,
  digest text    NOT NULL,
  result text    NOT NULL,
  at     bigint NOT NULL,
  PRIMARY KEY (actor, key)
);
CREATE INDEX journal_once_at ON journal_once (at);

CREATE TABLE journal_cursor (
  name text    NOT NULL PRIMARY KEY,
  seq  bigint NOT NULL,
  at   bigint NOT NULL
);

CREATE TABLE journal_await (
  object    text    NOT NULL,
  object_id uuid    NOT NULL,
  person    uuid    NOT NULL,
  move      text    NOT NULL,
  since     bigint NOT NULL,
  due       bigint NOT NULL,
  PRIMARY KEY (object_id, object, person, move)
);
CREATE INDEX journal_await_person ON journal_await (person, since);
CREATE INDEX journal_await_due ON journal_await (due) WHERE due > 0;

-- +goose Down
DROP TABLE journal_await;
DROP TABLE journal_cursor;
DROP TABLE journal_once;
DROP TABLE journal_act;
DROP TABLE journal_head;
