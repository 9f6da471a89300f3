-- Where a job lies, trials that are done again, and what people changed of a campaign beside its budget.

CREATE TABLE home (
  id      text PRIMARY KEY,
  name    text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  left_at timestamptz
);
COMMENT ON TABLE home IS 'A folder in which workers keep the jobs of their adapters; seen_at is renewed while one is at work.';

ALTER TABLE submission ADD COLUMN home text;
ALTER TABLE submission ADD COLUMN generation integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN submission.home IS 'Home in which the job lies; null where any can ask for it, and in rows from before there were homes.';

ALTER TABLE campaign ADD COLUMN loop json;
COMMENT ON COLUMN campaign.loop IS 'Mirror of what a person changed beside the budget: parallelism, stop rules that are lifted.';

ALTER TABLE trial ADD COLUMN generation integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN trial.generation IS 'Grows by a person''s decision to do the physics again.';

ALTER TABLE observation RENAME TO attempt;
ALTER TABLE attempt ADD COLUMN generation integer NOT NULL DEFAULT 1 CHECK (generation >= 1);
ALTER TABLE attempt DROP CONSTRAINT observation_pkey;
ALTER TABLE attempt ADD PRIMARY KEY (trial_id, generation);
COMMENT ON TABLE attempt IS 'What each generation of a trial gave: written once, never changed.';

CREATE TABLE reopening (
  trial_id      text NOT NULL REFERENCES trial (id),
  generation    integer NOT NULL CHECK (generation >= 2),
  through_round integer NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (trial_id, generation)
);
COMMENT ON TABLE reopening IS 'A trial begun again. Rounds up to through_round were decided with what the generation before gave.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reopening FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE VIEW observation AS
  SELECT attempt.* FROM attempt JOIN trial ON trial.id = attempt.trial_id AND trial.generation = attempt.generation;
COMMENT ON VIEW observation IS 'What counts of a trial: what its present generation gave.';
