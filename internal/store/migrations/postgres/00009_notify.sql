-- The courier notify: who is to hear what, and what became of it. See internal/notify/doc.go.

-- +goose Up
-- One row for each act and person who hears of it, written before anything is sent.
CREATE TABLE notify_delivery (
    id         uuid PRIMARY KEY,    -- derived from the act and the person: a repeat changes nothing
    act        uuid,                -- NULL: a digest
    kind       text NOT NULL,       -- of the act, or "digest"
    object     text NOT NULL,
    object_id  uuid,
    circle     uuid REFERENCES circle (id),
    person     uuid REFERENCES person (id), -- NULL: somebody who isn't here yet
    actor      uuid REFERENCES person (id), -- who did it
    topic      text NOT NULL,
    channel    text NOT NULL CHECK (channel IN ('mail', 'digest')),
    class      bigint NOT NULL,    -- 0 asked for, 1 at once, 2 digest
    state      text NOT NULL CHECK (state IN ('waiting', 'sent', 'moot', 'failed')),
    message_id text NOT NULL,
    made_at    bigint NOT NULL,
    next_at    bigint NOT NULL,    -- when to try; a claim moves it on
    claimed    boolean NOT NULL, -- somebody is at it
    attempts   bigint NOT NULL,
    done_at    bigint NOT NULL,
    reason     text NOT NULL,       -- the last failure's code
    bundle     uuid REFERENCES notify_delivery (id) -- the digest that told it
);
CREATE INDEX notify_delivery_due ON notify_delivery (class, next_at, id) WHERE state = 'waiting' AND channel = 'mail';
CREATE INDEX notify_delivery_items ON notify_delivery (person, made_at) WHERE state = 'waiting' AND channel = 'digest';
CREATE INDEX notify_delivery_object ON notify_delivery (object_id, object);
CREATE INDEX notify_delivery_person ON notify_delivery (person, kind, made_at);
CREATE INDEX notify_delivery_bundle ON notify_delivery (bundle) WHERE bundle IS NOT NULL;
CREATE INDEX notify_delivery_done ON notify_delivery (done_at, state);

CREATE TABLE notify_preference (
    person uuid NOT NULL REFERENCES person (id),
    circle uuid NOT NULL REFERENCES circle (id),
    topic  text NOT NULL,
    choice text NOT NULL CHECK (choice IN ('at_once', 'daily', 'never')),
    PRIMARY KEY (person, circle, topic)
);
CREATE INDEX notify_preference_circle ON notify_preference (circle, topic);

-- Who reads digests, and when the next is due: 0 while nothing waits for it.
CREATE TABLE notify_reader (
    person uuid PRIMARY KEY REFERENCES person (id),
    digest boolean NOT NULL,
    due_at bigint NOT NULL
);
CREATE INDEX notify_reader_due ON notify_reader (due_at) WHERE due_at > 0;

-- Addresses that mail doesn't reach, until their owner has looked or a mail arrives.
CREATE TABLE notify_address_trouble (
    person  uuid NOT NULL REFERENCES person (id),
    mailbox text NOT NULL,
    code    text NOT NULL,
    at      bigint NOT NULL,
    times   bigint NOT NULL,
    PRIMARY KEY (person, mailbox)
);

-- +goose Down
DROP TABLE notify_address_trouble;
DROP TABLE notify_reader;
DROP TABLE notify_preference;
DROP TABLE notify_delivery;
