-- What people do to labs stands in the same log as what they decide on campaigns.

ALTER TABLE audit ALTER COLUMN campaign_id DROP NOT NULL;
ALTER TABLE audit ADD COLUMN lab text;
ALTER TABLE audit ADD CONSTRAINT audit_is_about_one CHECK ((campaign_id IS NULL) <> (lab IS NULL));
CREATE UNIQUE INDEX audit_of_lab ON audit (lab, request_id) WHERE campaign_id IS NULL;
COMMENT ON TABLE audit IS 'Every decision of a person, on a campaign or on a lab; request_id makes a repeated delivery one row.';
