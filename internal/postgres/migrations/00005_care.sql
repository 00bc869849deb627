-- +goose Up
-- Facts that api inserts: allowed by the case's state, never deciding it. And who looked at what.

CREATE TABLE assignments (
    case_id     uuid NOT NULL REFERENCES cases,
    user_id     uuid NOT NULL REFERENCES users,            -- the operator
    from_date   date NOT NULL,
    to_date     date CHECK (to_date >= from_date),
    assigned_by uuid NOT NULL REFERENCES users,
    at          timestamptz NOT NULL,
    PRIMARY KEY (case_id, user_id, from_date)
);
CREATE INDEX ON assignments (user_id);

CREATE TABLE visits (
    id           uuid PRIMARY KEY,
    case_id      uuid NOT NULL REFERENCES cases,
    user_id      uuid REFERENCES users,                    -- the operator; null: planned, nobody yet
    partner_id   uuid REFERENCES organisations,
    figure       text NOT NULL,
    service      text,
    status       text NOT NULL CHECK (status IN ('planned', 'done', 'missed')),
    on_date      date NOT NULL,
    starts_at    text CHECK (starts_at ~ '^[0-2][0-9]:[0-5][0-9]$'),
    minutes      int NOT NULL CHECK (minutes BETWEEN 0 AND 1440),
    reason_code  text,                                     -- missed: why
    note         text,
    by_telephone boolean NOT NULL DEFAULT false,
    recorded_by  uuid NOT NULL REFERENCES users,
    recorded_at  timestamptz NOT NULL,
    CHECK (status <> 'missed' OR reason_code IS NOT NULL)
);
CREATE INDEX ON visits (case_id, on_date);

CREATE TABLE diary (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES cases,
    on_date     date NOT NULL,
    body        text NOT NULL,
    recorded_by uuid NOT NULL REFERENCES users,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX ON diary (case_id);

CREATE TABLE assessments (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES cases,
    phase       text NOT NULL CHECK (phase IN ('entry', 'review', 'exit')),
    scale       text NOT NULL,
    on_date     date NOT NULL,
    content     jsonb NOT NULL,
    recorded_by uuid NOT NULL REFERENCES users,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX ON assessments (case_id);

CREATE TABLE accesses (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id         uuid NOT NULL REFERENCES cases,
    user_id         uuid NOT NULL REFERENCES users,
    organisation_id uuid NOT NULL REFERENCES organisations,
    role            text NOT NULL,
    at              timestamptz NOT NULL DEFAULT now(),
    what            text NOT NULL
);
CREATE INDEX ON accesses (case_id, at);

CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    user_id uuid REFERENCES users,
    action  text NOT NULL,
    target  text NOT NULL,
    detail  jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX ON audit (at);
