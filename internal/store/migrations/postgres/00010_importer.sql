-- The door importer: archives that were brought in. See internal/importer/doc.go.

-- +goose Up
CREATE TABLE importer_run (
    id         uuid PRIMARY KEY,
    public     text NOT NULL UNIQUE,
    circle     uuid NOT NULL REFERENCES circle (id),
    person     uuid REFERENCES person (id), -- who brings it; NULL: the operator, from the terminal
    name       text NOT NULL,    -- of the file, as that person calls it
    file       text NOT NULL,    -- where the upload lies until the run is over; '' from the terminal
    state      text NOT NULL CHECK (state IN ('waiting', 'reading', 'writing', 'done', 'failed', 'stopped')),
    claim      text NOT NULL,    -- which process is at it
    tries      bigint NOT NULL,
    total      bigint NOT NULL, -- mails to bring in
    mails      bigint NOT NULL, -- brought in so far
    threads    bigint NOT NULL,
    people     bigint NOT NULL,
    skipped    bigint NOT NULL,
    broken     bigint NOT NULL,
    lines      text NOT NULL,    -- JSON: the broken mails, the first two hundred
    trouble    text NOT NULL,    -- JSON: the refusal of a run that failed
    started_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    ended_at   bigint NOT NULL
);
CREATE INDEX importer_run_by_circle ON importer_run (circle, started_at, id);
CREATE INDEX importer_run_open ON importer_run (state) WHERE ended_at = 0;

-- What is remembered of each mail, so that later archives find their threads. Texts
-- are the first 64 bits of their SHA-256.
CREATE TABLE importer_mail (
    circle  uuid NOT NULL REFERENCES circle (id),
    mail    bigint NOT NULL, -- its Message-ID
    thread  uuid NOT NULL REFERENCES thread (id),
    run     uuid NOT NULL REFERENCES importer_run (id),
    subject bigint NOT NULL, -- 0: none
    at      bigint NOT NULL,
    refs    text NOT NULL,    -- the Message-IDs that it names, in hexadecimal, one behind the other
    PRIMARY KEY (circle, mail)
);
CREATE INDEX importer_mail_thread ON importer_mail (thread);
CREATE INDEX importer_mail_run ON importer_mail (run);

-- +goose Down
DROP TABLE importer_mail;
DROP TABLE importer_run;
