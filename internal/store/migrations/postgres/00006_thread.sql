-- The room thread: messages on anything. See internal/thread/doc.go.

-- +goose Up
CREATE TABLE thread (
    id           uuid PRIMARY KEY,
    public       text NOT NULL UNIQUE,
    subject_kind text NOT NULL,
    subject_id   uuid NOT NULL,
    circle       uuid,              -- the circle it lives in: within it, a Message-ID comes once
    title        text NOT NULL,
    past         boolean NOT NULL,
    closed       boolean NOT NULL,
    messages     bigint NOT NULL,  -- places, those of deleted messages too
    created_at   bigint NOT NULL,
    last_at      bigint NOT NULL,
    last_author  uuid REFERENCES person (id),
    version      bigint NOT NULL,
    origin       text NOT NULL,
    uri          text NOT NULL,
    UNIQUE (subject_kind, subject_id)
);
CREATE INDEX thread_by_circle ON thread (circle, subject_kind, last_at, public);

-- Who may see a thread: anybody who is one of the persons or in one of the circles.
CREATE TABLE thread_audience (
    thread uuid NOT NULL REFERENCES thread (id),
    circle uuid,
    person uuid REFERENCES person (id),
    CHECK ((circle IS NULL) <> (person IS NULL))
);
CREATE INDEX thread_audience_of ON thread_audience (thread);
CREATE INDEX thread_audience_circle ON thread_audience (circle, thread);
CREATE INDEX thread_audience_person ON thread_audience (person, thread);

CREATE TABLE thread_message (
    id         uuid PRIMARY KEY,
    public     text NOT NULL UNIQUE,
    thread     uuid NOT NULL REFERENCES thread (id),
    number     bigint NOT NULL,    -- counts up within the thread
    circle     uuid,                -- the thread's
    author     uuid NOT NULL REFERENCES person (id),
    words      text NOT NULL,
    quoted     text NOT NULL,       -- the folded past of a mail
    door       text NOT NULL,
    mail_id    text NOT NULL,       -- Message-ID without its brackets
    answers    uuid REFERENCES thread_message (id),
    past       boolean NOT NULL,
    at         bigint NOT NULL,
    edited_at  bigint NOT NULL,
    deleted_at bigint NOT NULL,
    version    bigint NOT NULL,
    origin     text NOT NULL,
    uri        text NOT NULL,
    UNIQUE (thread, number)
);
CREATE INDEX thread_message_in_order ON thread_message (thread, at, number);
CREATE INDEX thread_message_by_author ON thread_message (author, at);
CREATE INDEX thread_message_answered ON thread_message (answers);
CREATE UNIQUE INDEX thread_message_mail ON thread_message (circle, mail_id) WHERE mail_id <> '';

CREATE TABLE thread_mute (
    thread uuid NOT NULL REFERENCES thread (id),
    person uuid NOT NULL REFERENCES person (id),
    at     bigint NOT NULL,
    PRIMARY KEY (thread, person)
);
CREATE INDEX thread_mute_by_person ON thread_mute (person);

-- Files lie under DATA/blobs by the SHA-256 of what they hold.
CREATE TABLE blob (
    hash text PRIMARY KEY,
    size bigint NOT NULL,
    at   bigint NOT NULL
);

CREATE TABLE attachment (
    id     uuid PRIMARY KEY,
    public text NOT NULL UNIQUE,
    owner  uuid NOT NULL REFERENCES thread_message (id),
    place  bigint NOT NULL,        -- in the order in which they were added
    blob   text NOT NULL REFERENCES blob (hash),
    name   text NOT NULL,
    type   text NOT NULL,
    UNIQUE (owner, place)
);
CREATE INDEX attachment_of_blob ON attachment (blob);

-- +goose Down
DROP TABLE attachment;
DROP TABLE blob;
DROP TABLE thread_mute;
DROP TABLE thread_message;
DROP TABLE thread_audience;
DROP TABLE thread;
