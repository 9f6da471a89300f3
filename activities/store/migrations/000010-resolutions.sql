-- What became of jobs of which nobody could tell, as a person says.

CREATE TABLE resolution (
  trial_id   text NOT NULL,
  generation integer NOT NULL,
  verdict    text NOT NULL CHECK (verdict IN ('started', 'notStarted', 'failed')),
  job        text CHECK ((job IS NOT NULL) = (verdict = 'started')),
  cause      text CHECK ((cause IS NOT NULL) = (verdict = 'failed')),
  who        text NOT NULL,
  why        text NOT NULL,
  at         timestamptz NOT NULL,
  PRIMARY KEY (trial_id, generation),
  FOREIGN KEY (trial_id, generation) REFERENCES attempt (trial_id, generation)
);
COMMENT ON TABLE resolution IS 'A person''s word on the job of a generation that ended as unknown: one a generation, of whoever was first.';
COMMENT ON COLUMN resolution.job IS 'What the device calls the job that runs, or ran; the next generation goes on with it and submits nothing.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON resolution FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE reopening ADD COLUMN uncharged boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN reopening.uncharged IS 'The generation before costs nothing: it never ran, or its job is that of this one.';
