-- Alarms: what a person has to do something about, one for each cause, with what became of it.

CREATE TABLE alarm (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind          text NOT NULL,
  cause         text NOT NULL,
  priority      text NOT NULL CHECK (priority IN ('now', 'soon', 'today')),
  lab           text,
  home          text,
  body          json NOT NULL,
  seen_at       timestamptz NOT NULL,
  times         integer NOT NULL DEFAULT 0,
  raised_at     timestamptz,
  gone_at       timestamptz,
  cleared_at    timestamptz,
  acked_at      timestamptz,
  acked_by      text,
  ack_note      text,
  shelved_until timestamptz,
  shelved_by    text,
  shelved_why   text,
  returned_by   text,
  closed_at     timestamptz,
  CHECK ((acked_at IS NULL) = (acked_by IS NULL)),
  CHECK ((shelved_until IS NULL) = (shelved_by IS NULL))
);
CREATE UNIQUE INDEX alarm_of_cause ON alarm (cause) WHERE closed_at IS NULL;
COMMENT ON TABLE alarm IS 'A cause that needs a person, from when it was seen until it is over and somebody knew of it.';
COMMENT ON COLUMN alarm.home IS 'The only home from which it can be told whether it is over; null where the store tells.';
COMMENT ON COLUMN alarm.times IS 'How often it was raised.';
COMMENT ON COLUMN alarm.raised_at IS 'Null until it has been so for as long as its kind says.';
COMMENT ON COLUMN alarm.gone_at IS 'Since when it is not so; it is cleared once that lasts.';

CREATE FUNCTION log_alarm() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  what text[] := '{}';
  campaigns json := NEW.body->'campaigns';
  campaign text := CASE WHEN json_array_length(campaigns) = 1 THEN campaigns->>0 END;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.raised_at IS NOT NULL THEN what := what || 'raised'::text; END IF;
  ELSE
    IF NEW.times <> OLD.times AND (NEW.shelved_until IS NOT NULL OR OLD.shelved_until IS NULL) THEN what := what || 'raised'::text; END IF;
    IF NEW.acked_at IS NOT NULL AND OLD.acked_at IS NULL THEN what := what || 'acknowledged'::text; END IF;
    IF NEW.shelved_until IS NOT NULL AND OLD.shelved_until IS DISTINCT FROM NEW.shelved_until THEN what := what || 'shelved'::text; END IF;
    IF NEW.shelved_until IS NULL AND OLD.shelved_until IS NOT NULL THEN what := what || 'returned'::text; END IF;
    IF NEW.cleared_at IS NOT NULL AND OLD.cleared_at IS NULL THEN what := what || 'cleared'::text; END IF;
  END IF;
  FOR i IN 1 .. cardinality(what) LOOP
    INSERT INTO event (kind, who, campaign_id, lab, subject, body) VALUES ('alarm.' || what[i],
      CASE what[i] WHEN 'acknowledged' THEN NEW.acked_by WHEN 'shelved' THEN NEW.shelved_by WHEN 'returned' THEN NEW.returned_by END,
      campaign, NEW.lab, NEW.cause,
      json_build_object('id', NEW.id, 'kind', NEW.kind, 'priority', NEW.priority, 'text', NEW.body->>'text',
        'note', CASE what[i] WHEN 'acknowledged' THEN NEW.ack_note WHEN 'shelved' THEN NEW.shelved_why END, 'until', NEW.shelved_until));
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT OR UPDATE ON alarm FOR EACH ROW EXECUTE FUNCTION log_alarm();
