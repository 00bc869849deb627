-- +goose Up
-- Browsers that have signed in. A session that has been closed keeps its row until it would have expired, so that a
-- request which was under way cannot bring it back.

CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    token      text NOT NULL UNIQUE,                       -- SHA-256; the token itself is never stored
    user_id    uuid NOT NULL REFERENCES users,
    device     text NOT NULL,                              -- "Chrome su Android"
    data       jsonb NOT NULL,                             -- no personal data
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX ON sessions (user_id);
CREATE INDEX ON sessions (expires_at);
