-- The room exchange: asks, offers, exchanges, thanks. See internal/exchange/doc.go.

-- +goose Up
CREATE TABLE exchange_ask (
    id          BLOB PRIMARY KEY,  -- in the order of posting
    public      TEXT NOT NULL UNIQUE,
    version     INTEGER NOT NULL,  -- the number of its acts
    want        TEXT NOT NULL CHECK (want IN ('ask', 'offer')),
    author      BLOB NOT NULL REFERENCES person (id),
    title       TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('help', 'learning', 'business', 'company')),
    tags        TEXT NOT NULL,     -- JSON
    remote      INTEGER NOT NULL CHECK (remote IN (0, 1)),
    place       TEXT NOT NULL,
    by_day      TEXT NOT NULL,     -- a local date,
    zone        TEXT NOT NULL,     -- of this IANA zone
    size        TEXT NOT NULL,
    to_person   BLOB REFERENCES person (id), -- put to one person, in no circle
    for_whom    TEXT NOT NULL,
    is_first    INTEGER NOT NULL CHECK (is_first IN (0, 1)),
    state       TEXT NOT NULL CHECK (state IN ('open', 'settled', 'withdrawn', 'lapsed')),
    outcome     TEXT NOT NULL,
    thread      BLOB NOT NULL REFERENCES thread (id),
    past        INTEGER NOT NULL CHECK (past IN (0, 1)),
    at          INTEGER NOT NULL,
    edited_at   INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    reminded_at INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    origin      TEXT NOT NULL,
    uri         TEXT NOT NULL
) STRICT;
CREATE INDEX exchange_ask_by_state ON exchange_ask (state, id);
CREATE INDEX exchange_ask_by_author ON exchange_ask (author, id);
CREATE INDEX exchange_ask_to ON exchange_ask (to_person, id) WHERE to_person IS NOT NULL;

-- Where an ask was posted.
CREATE TABLE exchange_ask_circle (
    circle  BLOB NOT NULL REFERENCES circle (id),
    ask     BLOB NOT NULL REFERENCES exchange_ask (id),
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)), -- the ask's state, for lists
    PRIMARY KEY (circle, ask)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_ask_circle_of ON exchange_ask_circle (ask);
CREATE INDEX exchange_ask_circle_open ON exchange_ask_circle (circle, is_open, ask);

CREATE TABLE exchange (
    id       BLOB PRIMARY KEY,  -- in the order of proposing
    public   TEXT NOT NULL UNIQUE,
    version  INTEGER NOT NULL,  -- the number of its acts
    ask      BLOB REFERENCES exchange_ask (id),
    origin   TEXT NOT NULL CHECK (origin IN ('ask', 'message', 'elsewhere')),
    message  BLOB REFERENCES thread_message (id), -- that was the help
    kind     TEXT NOT NULL CHECK (kind IN ('help', 'learning', 'business', 'company')),
    title    TEXT NOT NULL,
    giver    BLOB NOT NULL REFERENCES person (id),
    proposer BLOB NOT NULL REFERENCES person (id),
    quiet    INTEGER NOT NULL CHECK (quiet IN (0, 1)), -- told to others once agreed
    state    TEXT NOT NULL CHECK (state IN ('proposed', 'agreed', 'done', 'confirmed', 'declined', 'withdrawn', 'called_off', 'lapsed')), -- of its lines together
    thread   BLOB REFERENCES thread (id),
    at       INTEGER NOT NULL,
    heard_at INTEGER NOT NULL   -- the last words that the clock has heard
) STRICT;
CREATE INDEX exchange_of_ask ON exchange (ask, id) WHERE ask IS NOT NULL;
CREATE INDEX exchange_by_giver ON exchange (giver, state, id);
CREATE UNIQUE INDEX exchange_of_message ON exchange (message) WHERE message IS NOT NULL;

-- One line a receiver, each with its own state.
CREATE TABLE exchange_receiver (
    exchange     BLOB NOT NULL REFERENCES exchange (id),
    person       BLOB NOT NULL REFERENCES person (id),
    place        INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('proposed', 'agreed', 'done', 'confirmed', 'declined', 'withdrawn', 'called_off', 'lapsed')),
    last         TEXT NOT NULL, -- the last move,
    by_person    BLOB REFERENCES person (id), -- who made it, NULL for the clock,
    at           INTEGER NOT NULL, -- and when
    proposed_at  INTEGER NOT NULL,
    agreed_at    INTEGER NOT NULL,
    done_at      INTEGER NOT NULL,
    confirmed_at INTEGER NOT NULL,
    asked_at     INTEGER NOT NULL,
    PRIMARY KEY (exchange, person)
) STRICT;
CREATE INDEX exchange_receiver_of ON exchange_receiver (person, state, exchange);

-- Where the bare fact of an exchange may be told.
CREATE TABLE exchange_circle (
    circle   BLOB NOT NULL REFERENCES circle (id),
    exchange BLOB NOT NULL REFERENCES exchange (id),
    PRIMARY KEY (circle, exchange)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_circle_of ON exchange_circle (exchange);

CREATE TABLE exchange_thanks (
    id          BLOB PRIMARY KEY,
    public      TEXT NOT NULL UNIQUE,
    version     INTEGER NOT NULL,  -- the number of its acts
    giver       BLOB NOT NULL REFERENCES person (id),
    thanker     BLOB NOT NULL REFERENCES person (id),
    exchange    BLOB REFERENCES exchange (id),
    ask         BLOB REFERENCES exchange_ask (id),
    kind        TEXT NOT NULL CHECK (kind IN ('help', 'learning', 'business', 'company')),
    words       TEXT NOT NULL,
    elsewhere   INTEGER NOT NULL CHECK (elsewhere IN (0, 1)),
    state       TEXT NOT NULL CHECK (state IN ('noted', 'welcomed')),
    hidden      INTEGER NOT NULL CHECK (hidden IN (0, 1)),
    at          INTEGER NOT NULL,
    edited_at   INTEGER NOT NULL,
    welcomed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX exchange_thanks_to ON exchange_thanks (giver, id);
CREATE INDEX exchange_thanks_by ON exchange_thanks (thanker, id);
CREATE INDEX exchange_thanks_for ON exchange_thanks (exchange) WHERE exchange IS NOT NULL;

-- Whom thanks are shared with.
CREATE TABLE exchange_thanks_circle (
    circle BLOB NOT NULL REFERENCES circle (id),
    thanks BLOB NOT NULL REFERENCES exchange_thanks (id),
    PRIMARY KEY (circle, thanks)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_thanks_circle_of ON exchange_thanks_circle (thanks);

-- "I'd rather not": for this person's own view alone.
CREATE TABLE exchange_rather_not (
    person BLOB NOT NULL REFERENCES person (id),
    other  BLOB NOT NULL REFERENCES person (id),
    id     BLOB NOT NULL UNIQUE,
    at     INTEGER NOT NULL,
    PRIMARY KEY (person, other)
) STRICT;
CREATE INDEX exchange_rather_not_other ON exchange_rather_not (other);

-- +goose Down
DROP TABLE exchange_rather_not;
DROP TABLE exchange_thanks_circle;
DROP TABLE exchange_thanks;
DROP TABLE exchange_circle;
DROP TABLE exchange_receiver;
DROP TABLE exchange;
DROP TABLE exchange_ask_circle;
DROP TABLE exchange_ask;
