-- +goose Up
-- Who may enter, how slowly they may guess, and what an administrator does for them.

ALTER TABLE users DROP COLUMN failed_logins, DROP COLUMN locked_until;

-- Wrong passwords and codes, counted for an account (whether it exists or not), for an address, and for the two
-- together where that account has come in from that address before. Keys are SHA-256.
CREATE TABLE login_failures (
    kind          text NOT NULL CHECK (kind IN ('account', 'address', 'pair')),
    key           bytea NOT NULL,
    user_id       uuid REFERENCES users,                   -- the account, when there is one: an administrator unlocks by it
    failures      int NOT NULL CHECK (failures > 0),
    last_at       timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL,
    PRIMARY KEY (kind, key)
);
CREATE INDEX ON login_failures (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX ON login_failures (last_at);

-- Where an account has come in from: there it is not kept out by what others do elsewhere.
CREATE TABLE login_addresses (
    user_id uuid NOT NULL REFERENCES users,
    address bytea NOT NULL,                                -- SHA-256
    last_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, address)
);

ALTER TABLE tokens ADD COLUMN label text NOT NULL DEFAULT '';     -- which program or browser asked for it

-- The second factor (TOTP): the secret is sealed with a key of the ring. A pending one waits for its first code.
CREATE TABLE second_factors (
    user_id    uuid NOT NULL REFERENCES users,
    pending    boolean NOT NULL,
    key_id     text NOT NULL,
    secret     bytea NOT NULL,
    last_step  bigint NOT NULL DEFAULT 0,                  -- of the last code used: it and those before it are spent
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, pending)
);

CREATE TABLE recovery_codes (
    user_id uuid NOT NULL REFERENCES users,
    hash    bytea NOT NULL,                                -- SHA-256 of 80 random bits
    used_at timestamptz,
    PRIMARY KEY (user_id, hash)
);

-- Links with which somebody sets a password: forgotten, reset by an administrator, or the first one. The token is
-- derived, as those of the other links.
CREATE TABLE password_links (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users,
    reason     text NOT NULL CHECK (reason IN ('forgotten', 'reset', 'invitation')),
    token_hash bytea NOT NULL UNIQUE,
    key_id     text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    revoked_at timestamptz,
    sent_at    timestamptz,                                -- its mail
    message_id text NOT NULL
);
CREATE INDEX ON password_links (user_id);

CREATE INDEX ON audit (action, id);
