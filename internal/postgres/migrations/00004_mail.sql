-- +goose Up
-- Who must be told of what, once, and what became of it.

CREATE TABLE notifications (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    case_id         uuid NOT NULL REFERENCES cases,
    about_case_id   uuid REFERENCES cases,                 -- funds_released: the case that is next
    moment          text NOT NULL,
    round           int NOT NULL,                          -- the seq of the event that caused it
    recipient_kind  text NOT NULL,                         -- discharge.RecipientKind
    recipient_role  text NOT NULL,                         -- what people read: gp, coordinator, …
    recipient_key   text NOT NULL,                         -- stable: user id, organisation id, gp:<id>, person:patient
    name            text NOT NULL,
    address         text NOT NULL,
    payload         jsonb NOT NULL,                        -- clocks, meeting, dates: no personal data
    status          text NOT NULL DEFAULT 'queued'
                        CHECK (status IN ('queued', 'sent', 'failed', 'cancelled', 'settled')),
    attempts        int NOT NULL DEFAULT 0,
    not_before      timestamptz NOT NULL,                  -- by the case's clock
    created_at      timestamptz NOT NULL,
    sent_at         timestamptz,
    last_error_kind text,
    message_id      text NOT NULL,
    UNIQUE (case_id, moment, round, recipient_key)
);
CREATE INDEX ON notifications (case_id, not_before) WHERE status = 'queued';
CREATE INDEX ON notifications (status);

-- One digest a day to a person, whatever happens.
CREATE TABLE digests (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id         uuid NOT NULL REFERENCES users,
    day             date NOT NULL,
    payload         jsonb NOT NULL,                        -- cases and missed clocks: codes and dates only
    status          text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'failed')),
    attempts        int NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    sent_at         timestamptz,
    last_error_kind text,
    message_id      text NOT NULL,
    UNIQUE (user_id, day)
);
CREATE INDEX ON digests (created_at) WHERE status = 'queued';
