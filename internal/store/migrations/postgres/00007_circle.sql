-- The room circle: circles, charters, memberships, invitations. See internal/circle/doc.go.

-- +goose Up
CREATE TABLE circle (
    id         uuid PRIMARY KEY,
    public     text NOT NULL UNIQUE,
    slug       text NOT NULL,
    name       text NOT NULL,
    purpose    text NOT NULL,
    stage      text NOT NULL,     -- gestation, active, dormant, closed
    parent     uuid REFERENCES circle (id),
    form       text NOT NULL,     -- tu, vous
    language   text NOT NULL,
    charter    bigint NOT NULL,  -- the charter's version in force
    members    bigint NOT NULL,
    claimed    boolean NOT NULL, -- false: it waits for somebody to take it up
    founder    uuid REFERENCES person (id),
    founded_at bigint NOT NULL,
    active_at  bigint NOT NULL,
    edition    bigint NOT NULL,  -- counts the edits of name, slug, purpose, form, language
    version    bigint NOT NULL,
    origin     text NOT NULL,
    uri        text NOT NULL
);
CREATE INDEX circle_by_parent ON circle (parent);

-- Each slug that a circle ever had leads to it for ever.
CREATE TABLE circle_slug (
    slug   text PRIMARY KEY,
    circle uuid NOT NULL REFERENCES circle (id),
    at     bigint NOT NULL
);
CREATE INDEX circle_slug_of ON circle_slug (circle);

-- Every text that a charter ever had: a change of wording is a new edition of
-- the same version.
CREATE TABLE circle_charter (
    circle  uuid NOT NULL REFERENCES circle (id),
    version bigint NOT NULL,
    edition bigint NOT NULL,
    words   text NOT NULL,
    author  uuid REFERENCES person (id),
    at      bigint NOT NULL,
    PRIMARY KEY (circle, version, edition)
);

CREATE TABLE circle_membership (
    circle    uuid NOT NULL REFERENCES circle (id),
    person    uuid NOT NULL REFERENCES person (id),
    role      text NOT NULL,      -- member, host
    why       text NOT NULL,
    brings    text NOT NULL,
    means     text NOT NULL,      -- hour, hours, day, depends; empty: not said yet
    sponsor   uuid REFERENCES person (id),
    invitation uuid,              -- by which they came
    agreed    bigint NOT NULL,   -- the latest charter version that they agreed to
    joined_at bigint NOT NULL,
    left_at   bigint NOT NULL,   -- 0 while they are in
    version   bigint NOT NULL,
    PRIMARY KEY (circle, person)
);
CREATE INDEX circle_membership_by_person ON circle_membership (person, left_at);

-- Agreements stay on record, whatever comes after.
CREATE TABLE circle_agreement (
    circle  uuid NOT NULL REFERENCES circle (id),
    person  uuid NOT NULL REFERENCES person (id),
    version bigint NOT NULL,
    edition bigint NOT NULL,
    at      bigint NOT NULL,
    PRIMARY KEY (circle, person, version)
);
CREATE INDEX circle_agreement_by_person ON circle_agreement (person);

CREATE TABLE circle_invitation (
    id          uuid PRIMARY KEY,
    public      text NOT NULL UNIQUE,
    circle      uuid NOT NULL REFERENCES circle (id),
    inviter     uuid NOT NULL REFERENCES person (id),
    way         text NOT NULL,     -- cordee, mailto, link, group
    existing    boolean NOT NULL, -- to somebody of an existing group
    name        text NOT NULL,     -- as the inviter calls them
    address     text NOT NULL,
    folded      text NOT NULL,     -- the address as it is compared
    person      uuid REFERENCES person (id), -- known to this server when invited
    words       text NOT NULL,
    seats       bigint NOT NULL,
    taken       bigint NOT NULL,
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL,
    declined_at bigint NOT NULL,
    revoked_at  bigint NOT NULL,
    lapsed_at   bigint NOT NULL,
    version     bigint NOT NULL
);
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
