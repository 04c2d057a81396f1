-- The room thread: messages on anything. See internal/thread/doc.go.

-- +goose Up
CREATE TABLE thread (
    id           BLOB PRIMARY KEY,
    public       TEXT NOT NULL UNIQUE,
    subject_kind TEXT NOT NULL,
    subject_id   BLOB NOT NULL,
    circle       BLOB,              -- the circle it lives in: within it, a Message-ID comes once
    title        TEXT NOT NULL,
    past         INTEGER NOT NULL CHECK (past IN (0, 1)),
    closed       INTEGER NOT NULL CHECK (closed IN (0, 1)),
    messages     INTEGER NOT NULL,  -- places, those of deleted messages too
    created_at   INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    last_author  BLOB REFERENCES person (id),
    version      INTEGER NOT NULL,
    origin       TEXT NOT NULL,
    uri          TEXT NOT NULL,
    UNIQUE (subject_kind, subject_id)
) STRICT;
CREATE INDEX thread_by_circle ON thread (circle, subject_kind, last_at, public);

-- Who may see a thread: anybody who is one of the persons or in one of the circles.
CREATE TABLE thread_audience (
    thread BLOB NOT NULL REFERENCES thread (id),
    circle BLOB,
    person BLOB REFERENCES person (id),
    CHECK ((circle IS NULL) <> (person IS NULL))
) STRICT;
CREATE INDEX thread_audience_of ON thread_audience (thread);
CREATE INDEX thread_audience_circle ON thread_audience (circle, thread);
CREATE INDEX thread_audience_person ON thread_audience (person, thread);

CREATE TABLE thread_message (
    id         BLOB PRIMARY KEY,
    public     TEXT NOT NULL UNIQUE,
    thread     BLOB NOT NULL REFERENCES thread (id),
    number     INTEGER NOT NULL,    -- counts up within the thread
    circle     BLOB,                -- the thread's
    author     BLOB NOT NULL REFERENCES person (id),
    words      TEXT NOT NULL,
    quoted     TEXT NOT NULL,       -- the folded past of a mail
    door       TEXT NOT NULL,
    mail_id    TEXT NOT NULL,       -- Message-ID without its brackets
    answers    BLOB REFERENCES thread_message (id),
    past       INTEGER NOT NULL CHECK (past IN (0, 1)),
    at         INTEGER NOT NULL,
    edited_at  INTEGER NOT NULL,
    deleted_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    origin     TEXT NOT NULL,
    uri        TEXT NOT NULL,
    UNIQUE (thread, number)
) STRICT;
CREATE INDEX thread_message_in_order ON thread_message (thread, at, number);
CREATE INDEX thread_message_by_author ON thread_message (author, at);
CREATE INDEX thread_message_answered ON thread_message (answers);
CREATE UNIQUE INDEX thread_message_mail ON thread_message (circle, mail_id) WHERE mail_id <> '';

CREATE TABLE thread_mute (
    thread BLOB NOT NULL REFERENCES thread (id),
    person BLOB NOT NULL REFERENCES person (id),
    at     INTEGER NOT NULL,
    PRIMARY KEY (thread, person)
) STRICT;
CREATE INDEX thread_mute_by_person ON thread_mute (person);

-- Files lie under DATA/blobs by the SHA-256 of what they hold.
CREATE TABLE blob (
    hash TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    at   INTEGER NOT NULL
) STRICT;

CREATE TABLE attachment (
    id     BLOB PRIMARY KEY,
    public TEXT NOT NULL UNIQUE,
    owner  BLOB NOT NULL REFERENCES thread_message (id),
    place  INTEGER NOT NULL,        -- in the order in which they were added
    blob   TEXT NOT NULL REFERENCES blob (hash),
    name   TEXT NOT NULL,
    type   TEXT NOT NULL,
    UNIQUE (owner, place)
) STRICT;
CREATE INDEX attachment_of_blob ON attachment (blob);

-- +goose Down
DROP TABLE attachment;
DROP TABLE blob;
DROP TABLE thread_mute;
DROP TABLE thread_message;
DROP TABLE thread_audience;
DROP TABLE thread;
