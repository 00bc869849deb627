-- +goose Up
-- Wards that announced a readmission see that case in their list; a person of the other district is sent somewhere.

ALTER TABLE cases ADD COLUMN notice_ward_ids uuid[] NOT NULL DEFAULT '{}';  -- from the snapshot, for lists
UPDATE cases SET notice_ward_ids = ARRAY(SELECT jsonb_array_elements_text(snapshot->'notice_wards')::uuid)
WHERE jsonb_typeof(snapshot->'notice_wards') = 'array';
CREATE INDEX ON cases USING gin (notice_ward_ids);

ALTER TABLE programmes
    ADD COLUMN other_district_name  text, -- whom to call for a person of the other district
    ADD COLUMN other_district_phone text,
    ADD COLUMN other_district_email text;
UPDATE programmes SET other_district_name = 'Comune di Cremona, dimissioni protette' WHERE id = 'dp-cremasco';
