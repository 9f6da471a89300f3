-- What people decide on single trials: what one waits for, and who took one back before it began.

ALTER TABLE trial ADD COLUMN needs text CHECK (needs IN ('approval', 'result', 'resolution'));
ALTER TABLE trial ADD COLUMN rejected json;
COMMENT ON COLUMN trial.needs IS 'What it needs of a person before it goes on; null where nothing.';
COMMENT ON COLUMN trial.rejected IS 'Who withdrew it before it began, when and why; null where no person did.';
