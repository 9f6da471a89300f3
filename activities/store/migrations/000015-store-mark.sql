-- What tells this database from an older state of itself that was restored.

CREATE TABLE store_mark (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  id       text,
  life     integer NOT NULL DEFAULT 1,
  beats    bigint NOT NULL DEFAULT 0
);
INSERT INTO store_mark DEFAULT VALUES;
COMMENT ON TABLE store_mark IS 'beats grows while workers are at work, and their homes remember it: one that is lower than before is that of a restored dump. id is given by the first worker; life grows when a person says that work is to go on from a restored dump.';
