-- What people were told of, by which destination, and what is still to be told.

CREATE TABLE destination (
  name        text PRIMARY KEY,
  fingerprint text NOT NULL,
  since       timestamptz NOT NULL DEFAULT now(),
  told_at     timestamptz,
  trouble     text,
  trouble_at  timestamptz,
  gone_at     timestamptz
);
COMMENT ON TABLE destination IS 'Where people are told, as a worker''s notify.yaml names it: how that goes.';
COMMENT ON COLUMN destination.since IS 'What ended before is not told.';
COMMENT ON COLUMN destination.gone_at IS 'When it said that it wants nothing more; until its settings are others.';

CREATE TABLE notice (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  destination text NOT NULL REFERENCES destination (name),
  subject     text NOT NULL,
  matter      json NOT NULL,
  opened_at   timestamptz NOT NULL DEFAULT now(),
  told_at     timestamptz,
  reminded_at timestamptz,
  closed_at   timestamptz
);
CREATE UNIQUE INDEX notice_of ON notice (destination, subject) WHERE closed_at IS NULL;
COMMENT ON TABLE notice IS 'Something that waits or stands still, and one destination: a row decides that it is told once.';

CREATE TABLE message (
  id            text PRIMARY KEY,
  destination   text NOT NULL REFERENCES destination (name),
  occasion      text NOT NULL CHECK (occasion IN ('begun', 'lasting', 'over')),
  notices       bigint[] NOT NULL,
  at            timestamptz NOT NULL DEFAULT now(),
  next_at       timestamptz NOT NULL DEFAULT now(),
  attempts      integer NOT NULL DEFAULT 0,
  claimed_until timestamptz,
  sent_at       timestamptz,
  dropped_at    timestamptz,
  trouble       text
);
CREATE INDEX message_due ON message (destination, next_at) WHERE sent_at IS NULL AND dropped_at IS NULL;
COMMENT ON TABLE message IS 'What is sent to a destination: written before, with the id that every attempt has.';
COMMENT ON COLUMN message.dropped_at IS 'When it was given up, or was about something that was over before anybody was told.';
