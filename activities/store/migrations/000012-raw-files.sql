-- Raw outputs of any size, in pieces, so that nobody has to hold one in memory.

CREATE SEQUENCE artefact_upload;
CREATE TABLE artefact_piece (
  upload bigint NOT NULL,
  place  integer NOT NULL CHECK (place >= 0),
  bytes  bytea NOT NULL,
  PRIMARY KEY (upload, place)
);
COMMENT ON TABLE artefact_piece IS 'Bytes of a large artefact, a megabyte a row, in order of place; written in one transaction with the artefact.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON artefact_piece FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE artefact ALTER COLUMN bytes DROP NOT NULL,
  ADD COLUMN upload bigint UNIQUE,
  ADD COLUMN size bigint,
  ADD CONSTRAINT whole_or_in_pieces CHECK ((bytes IS NULL) = (upload IS NOT NULL) AND (bytes IS NULL) = (size IS NOT NULL));
COMMENT ON COLUMN artefact.upload IS 'Under which its pieces are kept; null where it is kept in one.';
COMMENT ON COLUMN artefact.size IS 'Bytes of all pieces together.';

ALTER TABLE attempt ADD COLUMN media_types json, ADD COLUMN contexts json;
COMMENT ON COLUMN attempt.media_types IS 'By name of the artefact, where its adapter told it; null where it told none.';
COMMENT ON COLUMN attempt.contexts IS 'What was measured of the surroundings: {name: {value, unit}}; null where nothing was.';

CREATE OR REPLACE VIEW counted AS
  SELECT attempt.trial_id, attempt.generation,
    CASE WHEN last.seq IS NULL THEN attempt.outcome ELSE last.counted->>'outcome' END AS outcome,
    CASE WHEN last.seq IS NULL THEN attempt.values ELSE last.counted->'values' END AS values,
    CASE WHEN last.seq IS NULL THEN attempt.noise ELSE last.counted->'noise' END AS noise,
    attempt.cost, attempt.duration_ms,
    CASE WHEN last.seq IS NULL THEN attempt.cause ELSE last.counted->'cause' END AS cause,
    attempt.artefacts,
    CASE WHEN last.seq IS NULL THEN attempt.details ELSE last.counted->'details' END AS details,
    attempt.achieved, attempt.media_types, attempt.contexts
  FROM attempt LEFT JOIN LATERAL (
    SELECT seq, counted FROM ruling
    WHERE ruling.trial_id = attempt.trial_id AND ruling.generation = attempt.generation ORDER BY seq DESC LIMIT 1
  ) AS last ON true
  WHERE last.seq IS NULL OR json_typeof(last.counted) <> 'null';

CREATE OR REPLACE VIEW observation AS
  SELECT counted.trial_id, counted.generation, counted.outcome, counted.values, counted.noise, counted.cost, counted.duration_ms,
    counted.cause, counted.artefacts, counted.details, counted.achieved, counted.media_types, counted.contexts
  FROM counted JOIN trial ON trial.id = counted.trial_id AND trial.generation = counted.generation;
