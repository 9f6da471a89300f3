-- Pretrained networks that every worker can have: what they are; their files are artefacts.

CREATE TABLE model (
  seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id        text NOT NULL,
  version   text NOT NULL,
  identity  text NOT NULL CHECK (identity ~ '^[0-9a-f]{64}$'),
  manifest  json NOT NULL,
  added_at  timestamptz NOT NULL DEFAULT now(),
  struck_at timestamptz
);
CREATE UNIQUE INDEX model_name ON model (id, version) WHERE struck_at IS NULL;
CREATE INDEX model_identity ON model (identity);
COMMENT ON TABLE model IS 'A row says that all files of the manifest are artefacts of this store, by their sha256.';
COMMENT ON COLUMN model.identity IS 'By which the model is known wherever it was used; the same for the same files and settings.';
COMMENT ON COLUMN model.struck_at IS 'When it was taken off the list. Its files stay, as what was decided with them can be computed again.';
