-- What people are to approve before it begins: by which gates, until when, and what happens then.

ALTER TABLE trial ADD COLUMN approval json;
ALTER TABLE trial ADD COLUMN approve_until timestamptz;
COMMENT ON COLUMN trial.approval IS 'The gates that want it approved, how long a person is waited for and what happens then; null where it was free to begin.';
COMMENT ON COLUMN trial.approve_until IS 'Until when it waits for that; null where for ever, or before its campaign has heard of it.';
CREATE INDEX trial_by_need ON trial (campaign_id) WHERE needs IS NOT NULL;
