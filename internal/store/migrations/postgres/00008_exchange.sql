-- The room exchange: asks, offers, exchanges, thanks. See internal/exchange/doc.go.

-- +goose Up
CREATE TABLE exchange_ask (
    id          uuid PRIMARY KEY,  -- in the order of posting
    public      text NOT NULL UNIQUE,
    version     bigint NOT NULL,  -- the number of its acts
    want        text NOT NULL CHECK (want IN ('ask', 'offer')),
    author      uuid NOT NULL REFERENCES person (id),
    title       text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('help', 'learning', 'business', 'company')),
    tags        text NOT NULL,     -- JSON
    remote      boolean NOT NULL,
    place       text NOT NULL,
    by_day      text NOT NULL,     -- a local date,
    zone        text NOT NULL,     -- of this IANA zone
    size        text NOT NULL,
    to_person   uuid REFERENCES person (id), -- put to one person, in no circle
    for_whom    text NOT NULL,
    is_first    boolean NOT NULL,
    state       text NOT NULL CHECK (state IN ('open', 'settled', 'withdrawn', 'lapsed')),
    outcome     text NOT NULL,
    thread      uuid NOT NULL REFERENCES thread (id),
    past        boolean NOT NULL,
    at          bigint NOT NULL,
    edited_at   bigint NOT NULL,
    until       bigint NOT NULL,
    reminded_at bigint NOT NULL,
    answered_at bigint NOT NULL,
    ended_at    bigint NOT NULL,
    origin      text NOT NULL,
    uri         text NOT NULL
);
CREATE INDEX exchange_ask_by_state ON exchange_ask (state, id);
CREATE INDEX exchange_ask_by_author ON exchange_ask (author, id);
CREATE INDEX exchange_ask_to ON exchange_ask (to_person, id) WHERE to_person IS NOT NULL;

-- Where an ask was posted.
CREATE TABLE exchange_ask_circle (
    circle  uuid NOT NULL REFERENCES circle (id),
    ask     uuid NOT NULL REFERENCES exchange_ask (id),
    is_open boolean NOT NULL, -- the ask's state, for lists
    PRIMARY KEY (circle, ask)
);
CREATE INDEX exchange_ask_circle_of ON exchange_ask_circle (ask);
CREATE INDEX exchange_ask_circle_open ON exchange_ask_circle (circle, is_open, ask);

CREATE TABLE exchange (
    id       uuid PRIMARY KEY,  -- in the order of proposing
    public   text NOT NULL UNIQUE,
    version  bigint NOT NULL,  -- the number of its acts
    ask      uuid REFERENCES exchange_ask (id),
    origin   text NOT NULL CHECK (origin IN ('ask', 'message', 'elsewhere')),
    message  uuid REFERENCES thread_message (id), -- that was the help
    kind     text NOT NULL CHECK (kind IN ('help', 'learning', 'business', 'company')),
    title    text NOT NULL,
    giver    uuid NOT NULL REFERENCES person (id),
    proposer uuid NOT NULL REFERENCES person (id),
    quiet    boolean NOT NULL, -- told to others once agreed
    state    text NOT NULL CHECK (state IN ('proposed', 'agreed', 'done', 'confirmed', 'declined', 'withdrawn', 'called_off', 'lapsed')), -- of its lines together
    thread   uuid REFERENCES thread (id),
    at       bigint NOT NULL,
    heard_at bigint NOT NULL   -- the last words that the clock has heard
);
CREATE INDEX exchange_of_ask ON exchange (ask, id) WHERE ask IS NOT NULL;
CREATE INDEX exchange_by_giver ON exchange (giver, state, id);
CREATE UNIQUE INDEX exchange_of_message ON exchange (message) WHERE message IS NOT NULL;

-- One line a receiver, each with its own state.
CREATE TABLE exchange_receiver (
    exchange     uuid NOT NULL REFERENCES exchange (id),
    person       uuid NOT NULL REFERENCES person (id),
    place        bigint NOT NULL,
    state        text NOT NULL CHECK (state IN ('proposed', 'agreed', 'done', 'confirmed', 'declined', 'withdrawn', 'called_off', 'lapsed')),
    last         text NOT NULL, -- the last move,
    by_person    uuid REFERENCES person (id), -- who made it, NULL for the clock,
    at           bigint NOT NULL, -- and when
    proposed_at  bigint NOT NULL,
    agreed_at    bigint NOT NULL,
    done_at      bigint NOT NULL,
    confirmed_at bigint NOT NULL,
    asked_at     bigint NOT NULL,
    PRIMARY KEY (exchange, person)
);
CREATE INDEX exchange_receiver_of ON exchange_receiver (person, state, exchange);

-- Where the bare fact of an exchange may be told.
CREATE TABLE exchange_circle (
    circle   uuid NOT NULL REFERENCES circle (id),
    exchange uuid NOT NULL REFERENCES exchange (id),
    PRIMARY KEY (circle, exchange)
);
CREATE INDEX exchange_circle_of ON exchange_circle (exchange);

CREATE TABLE exchange_thanks (
    id          uuid PRIMARY KEY,
    public      text NOT NULL UNIQUE,
    version     bigint NOT NULL,  -- the number of its acts
    giver       uuid NOT NULL REFERENCES person (id),
    thanker     uuid NOT NULL REFERENCES person (id),
    exchange    uuid REFERENCES exchange (id),
    ask         uuid REFERENCES exchange_ask (id),
    kind        text NOT NULL CHECK (kind IN ('help', 'learning', 'business', 'company')),
    words       text NOT NULL,
    elsewhere   boolean NOT NULL,
    state       text NOT NULL CHECK (state IN ('noted', 'welcomed')),
    hidden      boolean NOT NULL,
    at          bigint NOT NULL,
    edited_at   bigint NOT NULL,
    welcomed_at bigint NOT NULL
);
CREATE INDEX exchange_thanks_to ON exchange_thanks (giver, id);
CREATE INDEX exchange_thanks_by ON exchange_thanks (thanker, id);
CREATE INDEX exchange_thanks_for ON exchange_thanks (exchange) WHERE exchange IS NOT NULL;

-- Whom thanks are shared with.
CREATE TABLE exchange_thanks_circle (
    circle uuid NOT NULL REFERENCES circle (id),
    thanks uuid NOT NULL REFERENCES exchange_thanks (id),
    PRIMARY KEY (circle, thanks)
);
CREATE INDEX exchange_thanks_circle_of ON exchange_thanks_circle (thanks);

-- "I'd rather not": for this person's own view alone.
CREATE TABLE exchange_rather_not (
    person uuid NOT NULL REFERENCES person (id),
    other  uuid NOT NULL REFERENCES person (id),
    id     uuid NOT NULL UNIQUE,
    at     bigint NOT NULL,
    PRIMARY KEY (person, other)
);
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
