-- Everything a campaign is made of. Documents are `json`, not `jsonb`: the text is kept as written, so numbers come
-- back bit for bit and keys in their order. A comment on each table says what a row is.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'table % is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TABLE artefact (
  sha256     text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  bytes      bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE artefact IS 'A blob under the sha256 of its bytes: search spaces, raw outputs of trials.';

CREATE TABLE campaign (
  id          text PRIMARY KEY,
  spec        json NOT NULL,
  space       text NOT NULL REFERENCES artefact (sha256),
  fingerprint text NOT NULL,
  phase       text NOT NULL DEFAULT 'running' CHECK (phase IN ('running', 'paused', 'draining', 'aborting', 'stopped')),
  stop        json,
  budget      json,
  problem     text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  ended_at    timestamptz
);
COMMENT ON COLUMN campaign.fingerprint IS 'sha256 over the specification and the space: the same campaign, or another under the same id.';
COMMENT ON COLUMN campaign.phase IS 'Mirror of the workflow''s state, for reading; the workflow decides.';
COMMENT ON COLUMN campaign.budget IS 'Mirror of the budget in force, where a person has changed that of the specification.';

COMMENT ON COLUMN campaign.problem IS 'What stands in the way until a person resumes; null if nothing does.';

CREATE TABLE round (
  campaign_id    text NOT NULL REFERENCES campaign (id),
  round          integer NOT NULL CHECK (round >= 1),
  count          integer NOT NULL,
  pending        json NOT NULL,
  remaining_cost double precision,
  shortfall      text CHECK (shortfall IN ('space', 'budget')),
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (campaign_id, round)
);
COMMENT ON TABLE round IS 'A decision that was made; its presence means that the round is never decided again.';

CREATE TABLE proposal (
  id             text PRIMARY KEY,
  campaign_id    text NOT NULL,
  round          integer NOT NULL,
  place          integer NOT NULL CHECK (place >= 1),
  design         json NOT NULL,
  row_id         text,
  fidelity       text NOT NULL,
  estimated_cost double precision NOT NULL,
  reason         json NOT NULL,
  basis          json NOT NULL,
  UNIQUE (campaign_id, round, place),
  FOREIGN KEY (campaign_id, round) REFERENCES round (campaign_id, round)
);
COMMENT ON TABLE proposal IS 'A design at a fidelity, why, and all it was made from.';

CREATE TABLE trial (
  id          text PRIMARY KEY REFERENCES proposal (id),
  campaign_id text NOT NULL REFERENCES campaign (id),
  state       text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'running', 'ended', 'withdrawn')),
  started_at  timestamptz,
  ended_at    timestamptz
);
CREATE INDEX trial_by_campaign ON trial (campaign_id);
COMMENT ON TABLE trial IS 'What became of a proposal.';

CREATE TABLE submission (
  key         text PRIMARY KEY,
  trial_id    text NOT NULL REFERENCES trial (id),
  adapter     text NOT NULL,
  fidelity    text NOT NULL,
  request_sha text NOT NULL,
  state       text NOT NULL DEFAULT 'called' CHECK (state IN ('called', 'accepted', 'ended', 'unknown')),
  job         text,
  called_at   timestamptz NOT NULL DEFAULT now(),
  accepted_at timestamptz,
  ended_at    timestamptz
);
CREATE INDEX submission_by_trial ON submission (trial_id);
COMMENT ON TABLE submission IS 'Ledger: a row is written before the device is called, so that a crash cannot hide a start.';

CREATE TABLE observation (
  trial_id    text PRIMARY KEY REFERENCES trial (id),
  outcome     text NOT NULL CHECK (outcome IN ('measured', 'failed', 'quarantined', 'cancelled')),
  values      json NOT NULL,
  noise       json NOT NULL,
  cost        double precision NOT NULL CHECK (cost >= 0),
  duration_ms double precision NOT NULL CHECK (duration_ms >= 0),
  cause       json,
  artefacts   json NOT NULL,
  details     json NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE observation IS 'What a trial gave: written once, never changed.';

CREATE TABLE audit (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  campaign_id text NOT NULL REFERENCES campaign (id),
  request_id  text NOT NULL,
  at          timestamptz NOT NULL DEFAULT now(),
  who         text NOT NULL,
  action      text NOT NULL,
  details     json NOT NULL,
  UNIQUE (campaign_id, request_id)
);
COMMENT ON TABLE audit IS 'Every decision of a person; request_id makes a repeated delivery one row.';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON artefact FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON round FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON proposal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON observation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
