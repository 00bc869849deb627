-- +goose Up
-- What lists ask of every case, without opening the snapshots of those that they do not show. docs/performance.md

ALTER TABLE cases
    ADD COLUMN former_partner_ids jsonb NOT NULL GENERATED ALWAYS AS
        (jsonb_path_query_array(snapshot, '$.former_partners[*].partner_id')) STORED, -- they may read for a while
    ADD COLUMN screened_by text GENERATED ALWAYS AS (snapshot->'rules'->>'screened_by') STORED;

-- Lists are in the order of submission. What few cases have, and who has few cases, needs a way of its own; the rest is
-- found soon enough along that order.
CREATE INDEX ON cases (state, submitted_at DESC, id DESC);
DROP INDEX cases_programme_id_state_idx;
CREATE INDEX ON cases (submitted_at DESC, id DESC) WHERE overdue;
DROP INDEX cases_id_idx;
CREATE INDEX ON cases (submitted_at DESC, id DESC) WHERE urgent;
CREATE INDEX ON cases (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX ON cases (sender_id);
CREATE INDEX ON cases (municipality_istat);
CREATE INDEX ON cases (residence_istat);
CREATE INDEX ON cases USING gin (case_manager_ids);

-- Words of names by their beginnings.
CREATE INDEX ON patients USING gin (to_tsvector('simple', search));

-- Money is summed under the line's lock: from the index alone.
CREATE INDEX ON ledger (programme_id, line_id, municipality_istat) INCLUDE (amount_cents);
DROP INDEX ledger_programme_id_line_id_idx;

-- Whether a person has a live case is asked at every referral.
CREATE INDEX ON patients (other_code) WHERE other_code IS NOT NULL;
