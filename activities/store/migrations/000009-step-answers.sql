-- What the steps of trials gave, each as it ended, so that a trial of several steps goes on where it was whatever crashes.

CREATE TABLE step_answer (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  trial_id    text NOT NULL REFERENCES trial (id),
  generation  integer NOT NULL CHECK (generation >= 1),
  step        text NOT NULL,
  key         text NOT NULL,
  how         text NOT NULL CHECK (how IN ('done', 'failed', 'cancelled', 'unknown')),
  begun       boolean NOT NULL,
  carried     boolean NOT NULL DEFAULT false,
  observation json NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (trial_id, generation, step)
);
COMMENT ON TABLE step_answer IS 'What one step of a generation of a trial gave, or the taking back of one (STEP~undo): written once, never changed.';
COMMENT ON COLUMN step_answer.key IS 'Of the job that gave it: of an earlier generation where it was carried over.';
COMMENT ON COLUMN step_answer.carried IS 'Done in a generation before, where its cost counts; it counts in this one too.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON step_answer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
