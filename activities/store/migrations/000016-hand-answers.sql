-- What people say of the steps of trials that they do: a step that waits for one goes on once its line is here.

CREATE TABLE hand_answer (
  key        text PRIMARY KEY REFERENCES submission (key),
  trial_id   text NOT NULL REFERENCES trial (id),
  generation integer NOT NULL CHECK (generation >= 1),
  step       text NOT NULL,
  state      text NOT NULL CHECK (state IN ('succeeded', 'failed', 'cancelled')),
  result     json CHECK ((result IS NULL) = (state = 'cancelled')),
  request_id text CHECK ((request_id IS NULL) = (state = 'cancelled')),
  who        text CHECK ((who IS NULL) = (state = 'cancelled')),
  why        text,
  at         timestamptz NOT NULL
);
CREATE INDEX hand_answer_of_trial ON hand_answer (trial_id, generation);
COMMENT ON TABLE hand_answer IS 'What a person did for a job on an instrument of adapter person, of whoever was first; cancelled where nobody is asked any more.';
COMMENT ON COLUMN hand_answer.result IS 'As adapters give results, with files by their sha256; what was reached is by the names and in the units of the step.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON hand_answer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
