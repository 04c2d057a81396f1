-- The door importer: archives that were brought in. See internal/importer/doc.go.

-- +goose Up
CREATE TABLE importer_run (
    id         BLOB PRIMARY KEY,
    public     TEXT NOT NULL UNIQUE,
    circle     BLOB NOT NULL REFERENCES circle (id),
    person     BLOB REFERENCES person (id), -- who brings it; NULL: the operator, from the terminal
    name       TEXT NOT NULL,    -- of the file, as that person calls it
    file       TEXT NOT NULL,    -- where the upload lies until the run is over; '' from the terminal
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'reading', 'writing', 'done', 'failed', 'stopped')),
    claim      TEXT NOT NULL,    -- which process is at it
    tries      INTEGER NOT NULL,
    total      INTEGER NOT NULL, -- mails to bring in
    mails      INTEGER NOT NULL, -- brought in so far
    threads    INTEGER NOT NULL,
    people     INTEGER NOT NULL,
    skipped    INTEGER NOT NULL,
    broken     INTEGER NOT NULL,
    lines      TEXT NOT NULL,    -- JSON: the broken mails, the first two hundred
    trouble    TEXT NOT NULL,    -- JSON: the refusal of a run that failed
    started_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX importer_run_by_circle ON importer_run (circle, started_at, id);
CREATE INDEX importer_run_open ON importer_run (state) WHERE ended_at = 0;

-- What is remembered of each mail, so that later archives find their threads. Texts
-- are the first 64 bits of their SHA-256.
CREATE TABLE importer_mail (
    circle  BLOB NOT NULL REFERENCES circle (id),
    mail    INTEGER NOT NULL, -- its Message-ID
    thread  BLOB NOT NULL REFERENCES thread (id),
    run     BLOB NOT NULL REFERENCES importer_run (id),
    subject INTEGER NOT NULL, -- 0: none
    at      INTEGER NOT NULL,
    refs    TEXT NOT NULL,    -- the Message-IDs that it names, in hexadecimal, one behind the other
    PRIMARY KEY (circle, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX importer_mail_thread ON importer_mail (thread);
CREATE INDEX importer_mail_run ON importer_mail (run);

-- +goose Down
DROP TABLE importer_mail;
DROP TABLE importer_run;
