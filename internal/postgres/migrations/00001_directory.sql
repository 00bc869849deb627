-- +goose Up
-- The programmes with their money and rules, the directory, and who may do what.

CREATE TABLE programmes (
    id                text PRIMARY KEY,
    name              text NOT NULL,
    code_prefix       text NOT NULL UNIQUE,                -- DP, DA: the first letters of case codes
    cup               text,                                -- empty until typed; nothing is printed in its place
    starts_on         date,
    ends_on           date,
    rules             jsonb NOT NULL,                      -- discharge.Rules of the cases submitted from now on
    targets           jsonb NOT NULL DEFAULT '{}',         -- {"people": 63, "precarious": 13}
    care_line         text NOT NULL,                       -- the line that pays the care budgets
    sub_districts     int NOT NULL DEFAULT 0 CHECK (sub_districts >= 0), -- the line is split among so many; 0: not split
    set_aside         int NOT NULL DEFAULT 0 CHECK (set_aside >= 0),     -- places kept for housing precarity
    coordinator_phone text,                                -- read by the nurse after an urgent referral
    coordinator_hours text
);

CREATE TABLE budget_lines (
    programme_id  text NOT NULL REFERENCES programmes,
    id            text NOT NULL,
    name          text NOT NULL,
    position      int NOT NULL,
    planned_cents bigint NOT NULL CHECK (planned_cents >= 0),
    PRIMARY KEY (programme_id, id)
);

ALTER TABLE programmes ADD FOREIGN KEY (id, care_line) REFERENCES budget_lines (programme_id, id)
    DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE level_amounts (
    programme_id text NOT NULL REFERENCES programmes,
    level        text NOT NULL CHECK (level IN ('light', 'moderate', 'high')),
    effective_on date NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    decided_by   text NOT NULL,
    PRIMARY KEY (programme_id, level, effective_on)
);

CREATE TABLE municipalities (
    istat           text PRIMARY KEY,
    name            text NOT NULL,
    cadastral       text NOT NULL UNIQUE,
    cap             text NOT NULL,
    population_2011 int NOT NULL CHECK (population_2011 >= 0),
    population_2021 int NOT NULL CHECK (population_2021 >= 0),
    sub_district    int CHECK (sub_district > 0)           -- not public: the coordinator fills it in
);

CREATE TABLE organisations (
    id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    type      text NOT NULL CHECK (type IN ('hospital', 'ward', 'partner', 'municipality', 'public_body',
                  'coordination', 'administrative', 'territorial', 'shelter')),
    name      text NOT NULL,
    parent_id uuid REFERENCES organisations,               -- a ward's hospital
    istat     text,                                        -- a municipality's code
    email     text,
    phone     text,
    active    boolean NOT NULL DEFAULT true
);
CREATE INDEX ON organisations (parent_id);
CREATE INDEX ON organisations (istat) WHERE istat IS NOT NULL;

CREATE TABLE organisation_programmes (
    organisation_id uuid NOT NULL REFERENCES organisations,
    programme_id    text NOT NULL REFERENCES programmes,
    lead            boolean NOT NULL DEFAULT false,        -- the partner that leads the others
    PRIMARY KEY (organisation_id, programme_id)
);

CREATE TABLE physicians (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name        text NOT NULL,
    email       text,
    phone       text,
    verified_at timestamptz                                -- the coordinator has checked the address: mail may go
);

CREATE TABLE users (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email           text NOT NULL CHECK (email = lower(email)),
    name            text NOT NULL,
    phone           text,
    organisation_id uuid NOT NULL REFERENCES organisations,
    password_hash   text NOT NULL,
    active          boolean NOT NULL DEFAULT true,
    failed_logins   int NOT NULL DEFAULT 0,
    locked_until    timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (email)
);
CREATE INDEX ON users (organisation_id);

CREATE TABLE grants (
    user_id      uuid NOT NULL REFERENCES users,
    programme_id text NOT NULL REFERENCES programmes,
    role         text NOT NULL CHECK (role IN ('sender', 'hospital_contact', 'coordinator', 'partner_manager',
                     'case_manager', 'operator', 'municipality', 'steering', 'public_body', 'administrative', 'dpo',
                     'admin')),
    PRIMARY KEY (user_id, programme_id, role)
);
CREATE INDEX ON grants (programme_id, role);

CREATE TABLE tokens (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid NOT NULL REFERENCES users,
    hash       bytea NOT NULL UNIQUE,                      -- SHA-256; the token itself is never stored
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX ON tokens (user_id);
