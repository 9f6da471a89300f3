-- Labs: instruments that campaigns share, who had them when, what was used up, and what stood still.

CREATE TABLE lab (
  name       text NOT NULL,
  version    integer NOT NULL CHECK (version >= 1),
  definition json NOT NULL,
  who        text NOT NULL,
  at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (name, version)
);
COMMENT ON TABLE lab IS 'A lab file as it was registered; the highest version is in force.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lab FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE lease (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lab         text NOT NULL,
  resource    text NOT NULL,
  place       integer NOT NULL CHECK (place >= 1),
  slot        text NOT NULL,
  fence       bigint NOT NULL,
  key         text NOT NULL,
  holder      text NOT NULL,
  campaign_id text NOT NULL,
  asked_at    timestamptz NOT NULL,
  granted_at  timestamptz NOT NULL,
  held_at     timestamptz,
  released_at timestamptz
);
CREATE UNIQUE INDEX lease_of_slot ON lease (slot) WHERE released_at IS NULL;
CREATE UNIQUE INDEX lease_of_key ON lease (key, lab, resource) WHERE released_at IS NULL;
CREATE INDEX lease_by_resource ON lease (lab, resource);
COMMENT ON TABLE lease IS 'Who had a slot of an instrument or position, from when to when: the right to move it.';
COMMENT ON COLUMN lease.slot IS 'LAB/RESOURCE#PLACE, as calls name it; its last fence stands with the instrument of that id.';
COMMENT ON COLUMN lease.held_at IS 'Since when nobody knows what its job does; null where that is known.';

CREATE TABLE stock_move (
  id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lab    text NOT NULL,
  stock  text NOT NULL,
  amount numeric NOT NULL,
  key    text,
  who    text,
  why    text,
  at     timestamptz NOT NULL DEFAULT now(),
  CHECK ((key IS NULL) <> (who IS NULL))
);
CREATE INDEX stock_move_by_key ON stock_move (lab, key);
COMMENT ON TABLE stock_move IS 'What a job drew, or gave back as it never began, or a person filled up or took out; the stock is the sum.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_move FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE standstill (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lab         text NOT NULL,
  resource    text NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('fault', 'latched')),
  who         text NOT NULL,
  why         text NOT NULL,
  at          timestamptz NOT NULL DEFAULT now(),
  cleared_at  timestamptz,
  cleared_by  text,
  cleared_why text
);
CREATE UNIQUE INDEX standstill_of ON standstill (lab, resource, kind) WHERE cleared_at IS NULL;
COMMENT ON TABLE standstill IS 'An instrument that is granted to nobody until a person clears it.';
