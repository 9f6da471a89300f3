-- Jobs of trials of several steps, the right to move one slot of an instrument, and jobs that a person says are a trial's.

ALTER TABLE submission ADD COLUMN step text NOT NULL DEFAULT 'run';
ALTER TABLE submission ADD COLUMN slot text REFERENCES instrument (id);
ALTER TABLE submission ADD COLUMN adopted text;
COMMENT ON COLUMN submission.step IS 'Step of the trial''s recipe; run where there is none. The key is trial, generation and step.';
COMMENT ON COLUMN submission.slot IS 'Slot of the instrument that was leased for it, whose fence counts then; null where none was.';
COMMENT ON COLUMN submission.adopted IS 'The device''s own name of a job that a person says is this one; null where the job was submitted.';
COMMENT ON TABLE instrument IS 'Whatever trials run on, whichever campaigns and levels use it, and the slots of those that are leased.';
COMMENT ON COLUMN instrument.fence IS 'Grows with each call that may move it: the last number that was given out.';
