-- What people hold of observations: a later row each, and what counts since. The observation itself stays as it is.

CREATE TABLE ruling (
  trial_id    text NOT NULL,
  generation  integer NOT NULL,
  seq         integer NOT NULL CHECK (seq >= 1),
  verdict     text NOT NULL CHECK (verdict IN ('release', 'amend', 'discard', 'failed', 'notStarted')),
  values      json NOT NULL,
  cause       text CHECK (cause IN ('chemistry', 'device', 'operator', 'unknown')),
  who         text NOT NULL,
  why         text NOT NULL,
  since_round integer NOT NULL CHECK (since_round >= 1),
  at          timestamptz NOT NULL,
  request_id  text NOT NULL,
  counted     json,
  PRIMARY KEY (trial_id, generation, seq),
  UNIQUE (trial_id, request_id),
  FOREIGN KEY (trial_id, generation) REFERENCES attempt (trial_id, generation)
);
COMMENT ON TABLE ruling IS 'A person''s word on what a generation of a trial gave; request_id makes a repeated delivery one row.';
COMMENT ON COLUMN ruling.since_round IS 'The first round that is decided with it.';
COMMENT ON COLUMN ruling.counted IS 'What counts since: outcome, values, noise, cause and details; null where it counts as never run.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ruling FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE VIEW counted AS
  SELECT attempt.trial_id, attempt.generation,
    CASE WHEN last.seq IS NULL THEN attempt.outcome ELSE last.counted->>'outcome' END AS outcome,
    CASE WHEN last.seq IS NULL THEN attempt.values ELSE last.counted->'values' END AS values,
    CASE WHEN last.seq IS NULL THEN attempt.noise ELSE last.counted->'noise' END AS noise,
    attempt.cost, attempt.duration_ms,
    CASE WHEN last.seq IS NULL THEN attempt.cause ELSE last.counted->'cause' END AS cause,
    attempt.artefacts,
    CASE WHEN last.seq IS NULL THEN attempt.details ELSE last.counted->'details' END AS details
  FROM attempt LEFT JOIN LATERAL (
    SELECT seq, counted FROM ruling
    WHERE ruling.trial_id = attempt.trial_id AND ruling.generation = attempt.generation ORDER BY seq DESC LIMIT 1
  ) AS last ON true
  WHERE last.seq IS NULL OR last.counted IS NOT NULL;
COMMENT ON VIEW counted IS 'What counts of each generation of a trial; none where it counts as never run.';

DROP VIEW observation;
CREATE VIEW observation AS
  SELECT counted.* FROM counted JOIN trial ON trial.id = counted.trial_id AND trial.generation = counted.generation;
COMMENT ON VIEW observation IS 'What counts of a trial: what its present generation gave, as people ruled on it.';
