-- Which version of a model is used where none is named, and how that came about.

CREATE TABLE model_act (
  seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id      text NOT NULL,
  at      timestamptz NOT NULL,
  act     text NOT NULL CHECK (act IN ('promoted', 'rejected', 'rolled-back')),
  version text NOT NULL,
  before  text NOT NULL,
  who     text NOT NULL,
  why     text NOT NULL,
  UNIQUE (id, at, act, version)
);
COMMENT ON TABLE model_act IS 'Acts on the versions of a model, those of all homes that have this store; append-only.';
COMMENT ON COLUMN model_act.version IS 'ID@VERSION; after promoted and rolled-back it is the one in use.';
