-- The room circle: circles, charters, memberships, invitations. See internal/circle/doc.go.

-- +goose Up
CREATE TABLE circle (
    id         BLOB PRIMARY KEY,
    public     TEXT NOT NULL UNIQUE,
    slug       TEXT NOT NULL,
    name       TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    stage      TEXT NOT NULL,     -- gestation, active, dormant, closed
    parent     BLOB REFERENCES circle (id),
    form       TEXT NOT NULL,     -- tu, vous
    language   TEXT NOT NULL,
    charter    INTEGER NOT NULL,  -- the charter's version in force
    members    INTEGER NOT NULL,
    claimed    INTEGER NOT NULL CHECK (claimed IN (0, 1)), -- false: it waits for somebody to take it up
    founder    BLOB REFERENCES person (id),
    founded_at INTEGER NOT NULL,
    active_at  INTEGER NOT NULL,
    edition    INTEGER NOT NULL,  -- counts the edits of name, slug, purpose, form, language
    version    INTEGER NOT NULL,
    origin     TEXT NOT NULL,
    uri        TEXT NOT NULL
) STRICT;
CREATE INDEX circle_by_parent ON circle (parent);

-- Each slug that a circle ever had leads to it for ever.
CREATE TABLE circle_slug (
    slug   TEXT PRIMARY KEY,
    circle BLOB NOT NULL REFERENCES circle (id),
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX circle_slug_of ON circle_slug (circle);

-- Every text that a charter ever had: a change of wording is a new edition of
-- the same version.
CREATE TABLE circle_charter (
    circle  BLOB NOT NULL REFERENCES circle (id),
    version INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    words   TEXT NOT NULL,
    author  BLOB REFERENCES person (id),
    at      INTEGER NOT NULL,
    PRIMARY KEY (circle, version, edition)
) STRICT;

CREATE TABLE circle_membership (
    circle    BLOB NOT NULL REFERENCES circle (id),
    person    BLOB NOT NULL REFERENCES person (id),
    role      TEXT NOT NULL,      -- member, host
    why       TEXT NOT NULL,
    brings    TEXT NOT NULL,
    means     TEXT NOT NULL,      -- hour, hours, day, depends; empty: not said yet
    sponsor   BLOB REFERENCES person (id),
    invitation BLOB,              -- by which they came
    agreed    INTEGER NOT NULL,   -- the latest charter version that they agreed to
    joined_at INTEGER NOT NULL,
    left_at   INTEGER NOT NULL,   -- 0 while they are in
    version   INTEGER NOT NULL,
    PRIMARY KEY (circle, person)
) STRICT;
CREATE INDEX circle_membership_by_person ON circle_membership (person, left_at);

-- Agreements stay on record, whatever comes after.
CREATE TABLE circle_agreement (
    circle  BLOB NOT NULL REFERENCES circle (id),
    person  BLOB NOT NULL REFERENCES person (id),
    version INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (circle, person, version)
) STRICT;
CREATE INDEX circle_agreement_by_person ON circle_agreement (person);

CREATE TABLE circle_invitation (
    id          BLOB PRIMARY KEY,
    public      TEXT NOT NULL UNIQUE,
    circle      BLOB NOT NULL REFERENCES circle (id),
    inviter     BLOB NOT NULL REFERENCES person (id),
    way         TEXT NOT NULL,     -- cordee, mailto, link, group
    existing    INTEGER NOT NULL CHECK (existing IN (0, 1)), -- to somebody of an existing group
    name        TEXT NOT NULL,     -- as the inviter calls them
    address     TEXT NOT NULL,
    folded      TEXT NOT NULL,     -- the address as it is compared
    person      BLOB REFERENCES person (id), -- known to this server when invited
    words       TEXT NOT NULL,
    seats       INTEGER NOT NULL,
    taken       INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    declined_at INTEGER NOT NULL,
    revoked_at  INTEGER NOT NULL,
    lapsed_at   INTEGER NOT NULL,
    version     INTEGER NOT NULL
) STRICT;
CREATE INDEX circle_invitation_of ON circle_invitation (circle, created_at, public);
CREATE INDEX circle_invitation_to ON circle_invitation (circle, folded);
CREATE INDEX circle_invitation_person ON circle_invitation (person);
CREATE INDEX circle_invitation_inviter ON circle_invitation (inviter);

-- +goose Down
DROP TABLE circle_invitation;
DROP TABLE circle_agreement;
DROP TABLE circle_membership;
DROP TABLE circle_charter;
DROP TABLE circle_slug;
DROP TABLE circle;
