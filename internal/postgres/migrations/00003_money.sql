-- +goose Up
-- The ledger. Balances are sums of its rows, never stored figures.
-- reserved = reserve + release + adjust, spent = spend, residual = planned - reserved - spent.

CREATE TABLE ledger (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme_id       text NOT NULL,
    line_id            text NOT NULL,
    case_id            uuid REFERENCES cases,
    event_seq          int,
    entry              text NOT NULL CHECK (entry IN ('reserve', 'release', 'adjust', 'spend')),
    amount_cents       bigint NOT NULL,                    -- signed: what comes back to the line is negative
    partner_id         uuid REFERENCES organisations,      -- null: whoever serves the case
    municipality_istat text,                               -- its sub-district is joined: it may be filled in later
    at                 timestamptz NOT NULL,
    on_date            date NOT NULL,
    FOREIGN KEY (programme_id, line_id) REFERENCES budget_lines (programme_id, id),
    FOREIGN KEY (case_id, event_seq) REFERENCES events (case_id, seq),
    CHECK (entry <> 'reserve' OR amount_cents >= 0),
    CHECK (entry <> 'release' OR amount_cents <= 0),
    CHECK (event_seq IS NULL OR case_id IS NOT NULL)
);
CREATE UNIQUE INDEX ledger_once ON ledger (case_id, event_seq, entry, partner_id)
    NULLS NOT DISTINCT WHERE event_seq IS NOT NULL;
CREATE INDEX ON ledger (programme_id, line_id);
CREATE INDEX ON ledger (case_id);
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
