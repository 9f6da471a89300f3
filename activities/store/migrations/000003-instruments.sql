-- What trials run on, as a thing of its own, and which call was the later one.

CREATE TABLE instrument (
  id         text PRIMARY KEY,
  adapter    text NOT NULL,
  fence      bigint NOT NULL DEFAULT 0 CHECK (fence >= 0),
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE instrument IS 'Whatever trials run on, whichever campaigns and levels use it.';
COMMENT ON COLUMN instrument.fence IS 'Grows with each call that may begin a job on it: the last number that was given out.';

-- Rows from before there were instruments know the type of the adapter only.
INSERT INTO instrument (id, adapter) SELECT DISTINCT adapter, adapter FROM submission;
ALTER TABLE submission ADD COLUMN instrument text REFERENCES instrument (id);
ALTER TABLE submission ADD COLUMN fence bigint NOT NULL DEFAULT 0;
UPDATE submission SET instrument = adapter;
ALTER TABLE submission ALTER COLUMN instrument SET NOT NULL;
COMMENT ON COLUMN submission.fence IS 'Of the last call that may have begun the job; 0 in rows from before there were fences.';
