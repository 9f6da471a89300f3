-- Encoders that campaigns fine-tune while they run: what was ordered, how far it is, and what came of it.

CREATE TABLE tuning (
  campaign_id text NOT NULL REFERENCES campaign,
  n           integer NOT NULL CHECK (n >= 1),
  ordered     json NOT NULL,
  data_hash   text NOT NULL CHECK (data_hash ~ '^[0-9a-f]{64}$'),
  made        json,
  network     text CHECK (network ~ '^[0-9a-f]{64}$'),
  ended       json,
  began_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (campaign_id, n)
);
COMMENT ON COLUMN tuning.data_hash IS 'Over what is learned from, as it was when it was ordered: from other data nothing is gone on with.';
COMMENT ON COLUMN tuning.made IS 'What training and judging gave, but for the network, which is an artefact.';
COMMENT ON COLUMN tuning.ended IS 'What the campaign is told; null while it is under way.';

CREATE TABLE tuning_state (
  campaign_id text NOT NULL,
  n           integer NOT NULL,
  training    integer NOT NULL,
  state       bytea NOT NULL,
  PRIMARY KEY (campaign_id, n, training),
  FOREIGN KEY (campaign_id, n) REFERENCES tuning ON DELETE CASCADE
);
COMMENT ON TABLE tuning_state IS 'The state of each training after its last chunk, from which any worker goes on; gone once it has ended.';
