-- The courier notify: who is to hear what, and what became of it. See internal/notify/doc.go.

-- +goose Up
-- One row for each act and person who hears of it, written before anything is sent.
CREATE TABLE notify_delivery (
    id         BLOB PRIMARY KEY,    -- derived from the act and the person: a repeat changes nothing
    act        BLOB,                -- NULL: a digest
    kind       TEXT NOT NULL,       -- of the act, or "digest"
    object     TEXT NOT NULL,
    object_id  BLOB,
    circle     BLOB REFERENCES circle (id),
    person     BLOB REFERENCES person (id), -- NULL: somebody who isn't here yet
    actor      BLOB REFERENCES person (id), -- who did it
    topic      TEXT NOT NULL,
    channel    TEXT NOT NULL CHECK (channel IN ('mail', 'digest')),
    class      INTEGER NOT NULL,    -- 0 asked for, 1 at once, 2 digest
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'moot', 'failed')),
    message_id TEXT NOT NULL,
    made_at    INTEGER NOT NULL,
    next_at    INTEGER NOT NULL,    -- when to try; a claim moves it on
    claimed    INTEGER NOT NULL CHECK (claimed IN (0, 1)), -- somebody is at it
    attempts   INTEGER NOT NULL,
    done_at    INTEGER NOT NULL,
    reason     TEXT NOT NULL,       -- the last failure's code
    bundle     BLOB REFERENCES notify_delivery (id) -- the digest that told it
) STRICT;
CREATE INDEX notify_delivery_due ON notify_delivery (class, next_at, id) WHERE state = 'waiting' AND channel = 'mail';
CREATE INDEX notify_delivery_items ON notify_delivery (person, made_at) WHERE state = 'waiting' AND channel = 'digest';
CREATE INDEX notify_delivery_object ON notify_delivery (object_id, object);
CREATE INDEX notify_delivery_person ON notify_delivery (person, kind, made_at);
CREATE INDEX notify_delivery_bundle ON notify_delivery (bundle) WHERE bundle IS NOT NULL;
CREATE INDEX notify_delivery_done ON notify_delivery (done_at, state);

CREATE TABLE notify_preference (
    person BLOB NOT NULL REFERENCES person (id),
    circle BLOB NOT NULL REFERENCES circle (id),
    topic  TEXT NOT NULL,
    choice TEXT NOT NULL CHECK (choice IN ('at_once', 'daily', 'never')),
    PRIMARY KEY (person, circle, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX notify_preference_circle ON notify_preference (circle, topic);

-- Who reads digests, and when the next is due: 0 while nothing waits for it.
CREATE TABLE notify_reader (
    person BLOB PRIMARY KEY REFERENCES person (id),
    digest INTEGER NOT NULL CHECK (digest IN (0, 1)),
    due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notify_reader_due ON notify_reader (due_at) WHERE due_at > 0;

-- Addresses that mail doesn't reach, until their owner has looked or a mail arrives.
CREATE TABLE notify_address_trouble (
    person  BLOB NOT NULL REFERENCES person (id),
    mailbox TEXT NOT NULL,
    code    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    times   INTEGER NOT NULL,
    PRIMARY KEY (person, mailbox)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE notify_address_trouble;
DROP TABLE notify_reader;
DROP TABLE notify_preference;
DROP TABLE notify_delivery;
