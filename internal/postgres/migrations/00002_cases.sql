-- +goose Up
-- The case: its commands, its events (the truth), what people read, and the person's own data apart.

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
-- +goose StatementEnd

CREATE TABLE case_numbers (
    programme_id text NOT NULL REFERENCES programmes,
    year         int NOT NULL,
    last         int NOT NULL CHECK (last > 0),
    PRIMARY KEY (programme_id, year)
);

-- The read model: snapshot is discharge.Case at version, the other columns are for filters and for who may see what.
CREATE TABLE cases (
    id                   uuid PRIMARY KEY,
    code                 text NOT NULL UNIQUE,
    programme_id         text NOT NULL REFERENCES programmes,
    state                text NOT NULL CHECK (state IN ('submitted', 'waitlisted', 'matching', 'proposed', 'planning',
                             'signing', 'ready', 'active', 'suspended', 'closed', 'not_started', 'rejected', 'cancelled')),
    version              int NOT NULL CHECK (version >= 0),
    snapshot             jsonb NOT NULL,
    acknowledged_version int NOT NULL DEFAULT 0,           -- what the workflow has seen
    clock_offset_ms      bigint NOT NULL DEFAULT 0,        -- the case's clock minus the real one; zero outside training
    submitted_at         timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL DEFAULT now(), -- real time
    urgent               boolean NOT NULL DEFAULT false,
    overdue              boolean NOT NULL DEFAULT false,   -- a clock is missed and its fact has not happened
    flags                text[] NOT NULL DEFAULT '{}',
    hospital_id          uuid REFERENCES organisations,
    ward_id              uuid REFERENCES organisations,
    sender_id            uuid REFERENCES users,
    owner_id             uuid REFERENCES users,
    partner_id           uuid REFERENCES organisations,
    proposed_partner_id  uuid REFERENCES organisations,    -- asked, not yet answered
    case_manager_id      uuid REFERENCES users,            -- in charge today
    case_manager_ids     uuid[] NOT NULL DEFAULT '{}',     -- everybody ever appointed
    municipality_istat   text,                             -- where the person goes; any municipality of Italy
    residence_istat      text,
    housing              text CHECK (housing IN ('stable', 'precarious', 'homeless')),
    level                text CHECK (level IN ('light', 'moderate', 'high')), -- decided, or proposed by the ward
    shared_municipality  boolean NOT NULL DEFAULT false,
    already_home         boolean NOT NULL DEFAULT false,
    expected_on          date,                             -- the discharge: expected, or happened
    start_on             date,
    period_end_on        date,
    cap_on               date,
    ended_on             date,
    access_until         date,                             -- who cared may read until then; null: not ended
    next_due_on          date,
    next_due_kind        text,
    next_mail_at         timestamptz
);
CREATE INDEX ON cases (submitted_at DESC, id DESC);
CREATE INDEX ON cases (programme_id, state);
CREATE INDEX ON cases (partner_id);
CREATE INDEX ON cases (proposed_partner_id);
CREATE INDEX ON cases (ward_id);
CREATE INDEX ON cases (hospital_id);
CREATE INDEX ON cases (case_manager_id);
CREATE INDEX ON cases (updated_at) WHERE acknowledged_version < version;
CREATE INDEX ON cases (id) WHERE overdue;

CREATE TABLE patients (
    case_id              uuid PRIMARY KEY REFERENCES cases,
    family_name          text NOT NULL,
    given_name           text NOT NULL,
    sex                  text NOT NULL,
    birth_date           date,
    tax_code             text,
    other_code           text,                             -- STP or ENI
    search               text NOT NULL,                    -- names without accents, lower case
    confidential_address boolean NOT NULL DEFAULT false,   -- indirizzo riservato
    do_not_contact       jsonb NOT NULL DEFAULT '[]'       -- who must hear nothing: recipient kinds or addresses
);
CREATE INDEX ON patients (tax_code) WHERE tax_code IS NOT NULL;
CREATE INDEX ON patients (search text_pattern_ops);

CREATE TABLE referrals (
    case_id uuid PRIMARY KEY REFERENCES cases,
    content jsonb NOT NULL,                                -- referral.Referral
    missing text[] NOT NULL DEFAULT '{}'
);

CREATE TABLE commands (
    id           uuid PRIMARY KEY,
    case_id      uuid REFERENCES cases,                    -- null until the case is born
    actor_id     uuid NOT NULL REFERENCES users,
    route        text NOT NULL,
    key_hash     bytea,
    body_hash    bytea NOT NULL,
    kind         text NOT NULL,
    body         jsonb NOT NULL,                           -- the texts stay here and never go through Temporal
    status       text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'refused')),
    answer       jsonb,
    prefer_async boolean NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL DEFAULT now(),
    answered_at  timestamptz,
    CHECK ((status = 'pending') = (answered_at IS NULL))
);
CREATE UNIQUE INDEX commands_key ON commands (actor_id, route, key_hash) WHERE key_hash IS NOT NULL;
CREATE INDEX ON commands (case_id);
CREATE INDEX ON commands (created_at) WHERE status = 'pending';

-- command_id has no foreign key: the product's own commands have no row.
CREATE TABLE events (
    case_id    uuid NOT NULL REFERENCES cases,
    seq        int NOT NULL CHECK (seq > 0),
    kind       text NOT NULL,
    command_id text,
    actor_user uuid REFERENCES users,
    actor_org  uuid REFERENCES organisations,
    actor_role text NOT NULL,
    on_date    date NOT NULL,                              -- when it happened
    at         timestamptz NOT NULL,                       -- when it was recorded, by the case's clock
    telephone  boolean NOT NULL DEFAULT false,
    facts      jsonb NOT NULL,                             -- discharge.Facts
    PRIMARY KEY (case_id, seq)
);
CREATE INDEX ON events (command_id) WHERE command_id IS NOT NULL;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE plans (
    case_id uuid NOT NULL REFERENCES cases,
    version int NOT NULL CHECK (version > 0),
    seq     int NOT NULL,                                  -- the event that brought it
    status  text NOT NULL CHECK (status IN ('draft', 'pending', 'in_force', 'superseded')),
    content jsonb NOT NULL,                                -- the body of submit-plan
    PRIMARY KEY (case_id, version)
);
CREATE UNIQUE INDEX plans_one_in_force ON plans (case_id) WHERE status = 'in_force';
