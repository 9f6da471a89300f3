-- Numbers that models gave of values, so that another home, or another campaign, need not have them made again.

CREATE TABLE coder (
  seq      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity text NOT NULL CHECK (identity ~ '^[0-9a-f]{64}$'),
  output   text NOT NULL,
  program  text NOT NULL,
  UNIQUE (identity, output, program)
);
COMMENT ON TABLE coder IS 'An output of a model, and the version of Athanor that reads values for it.';

CREATE TABLE code (
  coder  integer NOT NULL REFERENCES coder ON DELETE CASCADE,
  input  bytea NOT NULL CHECK (length(input) = 16),
  record bytea NOT NULL,
  PRIMARY KEY (coder, input)
);
COMMENT ON TABLE code IS 'A cache: campaigns keep the codes of their spaces themselves, and what is deleted here is made again.';
COMMENT ON COLUMN code.input IS 'The first half of the sha256 of what the model was given.';
COMMENT ON COLUMN code.record IS 'Numbers as homes keep them, with a sum to check them by.';
