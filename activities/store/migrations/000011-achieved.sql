-- What was set in truth in place of what was proposed, where somebody said so.

ALTER TABLE attempt ADD COLUMN achieved json;
COMMENT ON COLUMN attempt.achieved IS 'Values by parameter that differ from the design of the proposal; null where nobody said so. Surrogates learn from them.';

CREATE OR REPLACE VIEW counted AS
  SELECT attempt.trial_id, attempt.generation,
    CASE WHEN last.seq IS NULL THEN attempt.outcome ELSE last.counted->>'outcome' END AS outcome,
    CASE WHEN last.seq IS NULL THEN attempt.values ELSE last.counted->'values' END AS values,
    CASE WHEN last.seq IS NULL THEN attempt.noise ELSE last.counted->'noise' END AS noise,
    attempt.cost, attempt.duration_ms,
    CASE WHEN last.seq IS NULL THEN attempt.cause ELSE last.counted->'cause' END AS cause,
    attempt.artefacts,
    CASE WHEN last.seq IS NULL THEN attempt.details ELSE last.counted->'details' END AS details,
    attempt.achieved
  FROM attempt LEFT JOIN LATERAL (
    SELECT seq, counted FROM ruling
    WHERE ruling.trial_id = attempt.trial_id AND ruling.generation = attempt.generation ORDER BY seq DESC LIMIT 1
  ) AS last ON true
  WHERE last.seq IS NULL OR json_typeof(last.counted) <> 'null';

CREATE OR REPLACE VIEW observation AS
  SELECT counted.* FROM counted JOIN trial ON trial.id = counted.trial_id AND trial.generation = counted.generation;
