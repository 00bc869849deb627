-- +goose Up
-- The links in mails: what their holders may do without an account, what they did, and what reached the wrong person.

-- Token and codes are derived from a key of the ring and never stored; times are real time, not the case's.
CREATE TABLE links (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash      bytea NOT NULL UNIQUE,                 -- SHA-256
    key_id          text NOT NULL,                         -- of the ring: the key they are derived from
    case_id         uuid NOT NULL REFERENCES cases,
    notification_id uuid NOT NULL UNIQUE REFERENCES notifications,
    action          text NOT NULL CHECK (action IN ('answer_proposal', 'sign', 'acknowledge', 'attend')),
    subject         jsonb NOT NULL,                        -- discharge.Link: which proposal, plan, meeting; who signs
    user_id         uuid REFERENCES users,                 -- the holder's account, for who has one
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz,
    revoked_at      timestamptz,
    revoked_reason  text CHECK (revoked_reason IN ('wrong_recipient')),
    code_attempts   int NOT NULL DEFAULT 0 CHECK (code_attempts BETWEEN 0 AND 5), -- wrong codes in a row; at 5 it is locked
    code_round      int NOT NULL DEFAULT 0,                -- codes used so far: each counts once
    code_sends      int NOT NULL DEFAULT 0,                -- by SMS
    code_sent_at    timestamptz,
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);
CREATE INDEX ON links (case_id);

-- Presa visione: who was told has read what it is about.
CREATE TABLE acknowledgements (
    link_id uuid PRIMARY KEY REFERENCES links,
    case_id uuid NOT NULL REFERENCES cases,
    note    text NOT NULL DEFAULT '',
    at      timestamptz NOT NULL
);
CREATE INDEX ON acknowledgements (case_id);

-- Who of those without an account comes to an équipe.
CREATE TABLE attendance (
    link_id     uuid PRIMARY KEY REFERENCES links,
    case_id     uuid NOT NULL REFERENCES cases,
    meeting_uid int NOT NULL,
    sequence    int NOT NULL,
    coming      boolean NOT NULL,
    note        text NOT NULL DEFAULT '',                  -- also a written opinion
    at          timestamptz NOT NULL
);
CREATE INDEX ON attendance (case_id);

-- The register of wrong deliveries, for the DPO.
CREATE TABLE wrong_deliveries (
    notification_id uuid PRIMARY KEY REFERENCES notifications,
    case_id         uuid NOT NULL,
    event_seq       int NOT NULL,
    reported_by     uuid NOT NULL REFERENCES users,
    note            text NOT NULL DEFAULT '',
    at              timestamptz NOT NULL DEFAULT now(),    -- real time: the law counts hours
    FOREIGN KEY (case_id, event_seq) REFERENCES events (case_id, seq)
);
CREATE INDEX ON wrong_deliveries (at);

-- A command comes from an account, from a link, or from a link whose holder has an account; from a link only once.
ALTER TABLE commands ALTER COLUMN actor_id DROP NOT NULL;
ALTER TABLE commands ADD COLUMN link_id uuid REFERENCES links;
ALTER TABLE commands ADD CHECK (actor_id IS NOT NULL OR link_id IS NOT NULL);
CREATE UNIQUE INDEX commands_link ON commands (link_id) WHERE link_id IS NOT NULL AND status <> 'refused';

-- So does a look at a case.
ALTER TABLE accesses ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE accesses ALTER COLUMN organisation_id DROP NOT NULL;
ALTER TABLE accesses ADD COLUMN link_id uuid REFERENCES links;
ALTER TABLE accesses ADD CHECK (link_id IS NOT NULL OR user_id IS NOT NULL AND organisation_id IS NOT NULL);
