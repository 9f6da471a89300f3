-- One log of all that happens, written by the tables themselves, so that no writer can forget it; a chain of hashes is laid over it.

CREATE TABLE event (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind        text NOT NULL,
  who         text,
  campaign_id text,
  lab         text,
  subject     text,
  body        json NOT NULL,
  seq         bigint UNIQUE CHECK (seq >= 1),
  sha256      text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  CHECK ((seq IS NULL) = (sha256 IS NULL))
);
CREATE INDEX event_unsealed ON event (id) WHERE seq IS NULL;
CREATE INDEX event_of_campaign ON event (campaign_id, seq);
COMMENT ON TABLE event IS 'What happened, in the order of seq; id is in that of writing, in which transactions overtake one another.';
COMMENT ON COLUMN event.who IS 'The person who did it; null where nobody did.';
COMMENT ON COLUMN event.seq IS 'Without gaps, given when it is sealed: what is read by seq is never followed by something earlier. Null until then.';
COMMENT ON COLUMN event.sha256 IS 'Over the seal before and all of this row: see activities/store/seal.ts.';

CREATE FUNCTION keep_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL
    AND (OLD.id, OLD.at, OLD.kind, OLD.who, OLD.campaign_id, OLD.lab, OLD.subject, OLD.body::text)
      IS NOT DISTINCT FROM (NEW.id, NEW.at, NEW.kind, NEW.who, NEW.campaign_id, NEW.lab, NEW.subject, NEW.body::text)
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'table event is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION keep_event();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Decisions from before the log stand at its beginning.
INSERT INTO event (at, kind, who, campaign_id, lab, subject, body)
  SELECT at, 'act.' || action, who, campaign_id, lab, coalesce(details->>'trial', details->'slot'->>'id', details->>'name'), details
  FROM audit ORDER BY at, id;

CREATE FUNCTION log_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event (at, kind, who, campaign_id, lab, subject, body)
    VALUES (NEW.at, 'act.' || NEW.action, NEW.who, NEW.campaign_id, NEW.lab,
      coalesce(NEW.details->>'trial', NEW.details->'slot'->>'id', NEW.details->>'name'), NEW.details);
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION log_audit();

CREATE FUNCTION log_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO event (kind, campaign_id, body)
      VALUES ('campaign.created', NEW.id, json_build_object('fingerprint', NEW.fingerprint));
    RETURN NULL;
  END IF;
  IF NEW.phase <> OLD.phase THEN
    INSERT INTO event (kind, campaign_id, body)
      VALUES ('campaign.' || NEW.phase, NEW.id, json_build_object('before', OLD.phase, 'stop', NEW.stop));
  END IF;
  IF NEW.problem IS DISTINCT FROM OLD.problem THEN
    INSERT INTO event (kind, campaign_id, body)
      VALUES (CASE WHEN NEW.problem IS NULL THEN 'campaign.goesOn' ELSE 'campaign.standsStill' END, NEW.id,
        json_build_object('problem', NEW.problem));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT OR UPDATE ON campaign FOR EACH ROW EXECUTE FUNCTION log_campaign();

CREATE FUNCTION log_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event (kind, campaign_id, body)
    VALUES ('round.decided', NEW.campaign_id, json_build_object('round', NEW.round, 'count', NEW.count, 'shortfall', NEW.shortfall));
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT ON round FOR EACH ROW EXECUTE FUNCTION log_round();

CREATE FUNCTION log_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO event (kind, campaign_id, subject, body)
      SELECT 'trial.proposed', NEW.campaign_id, NEW.id,
        json_build_object('design', design, 'row', row_id, 'fidelity', fidelity, 'needs', NEW.needs) FROM proposal WHERE id = NEW.id;
    RETURN NULL;
  END IF;
  IF NEW.generation <> OLD.generation THEN
    INSERT INTO event (kind, campaign_id, subject, body)
      VALUES ('trial.reopened', NEW.campaign_id, NEW.id, json_build_object('generation', NEW.generation));
  END IF;
  IF NEW.state <> OLD.state THEN
    INSERT INTO event (kind, campaign_id, subject, body)
      VALUES ('trial.' || NEW.state, NEW.campaign_id, NEW.id, json_build_object('before', OLD.state, 'generation', NEW.generation));
  END IF;
  IF NEW.needs IS DISTINCT FROM OLD.needs THEN
    INSERT INTO event (kind, campaign_id, subject, body)
      VALUES (CASE WHEN NEW.needs IS NULL THEN 'trial.needsNobody' ELSE 'trial.needsPerson' END, NEW.campaign_id, NEW.id,
        json_build_object('needs', NEW.needs, 'before', OLD.needs));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT OR UPDATE ON trial FOR EACH ROW EXECUTE FUNCTION log_trial();

CREATE FUNCTION log_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event (kind, campaign_id, subject, body)
    SELECT 'observation.' || NEW.outcome, campaign_id, NEW.trial_id,
      json_build_object('generation', NEW.generation, 'values', NEW.values, 'cause', NEW.cause, 'cost', NEW.cost) FROM trial WHERE id = NEW.trial_id;
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT ON attempt FOR EACH ROW EXECUTE FUNCTION log_attempt();

CREATE FUNCTION log_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event (kind, campaign_id, subject, body)
    SELECT 'step.ended', campaign_id, NEW.trial_id,
      json_build_object('generation', NEW.generation, 'step', NEW.step, 'how', NEW.how, 'carried', NEW.carried) FROM trial WHERE id = NEW.trial_id;
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT ON step_answer FOR EACH ROW EXECUTE FUNCTION log_step();

CREATE FUNCTION log_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN RETURN NULL; END IF;
  INSERT INTO event (kind, campaign_id, subject, body)
    SELECT 'job.' || NEW.state, campaign_id, NEW.trial_id,
      json_build_object('key', NEW.key, 'instrument', NEW.instrument, 'step', NEW.step, 'job', NEW.job) FROM trial WHERE id = NEW.trial_id;
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT OR UPDATE ON submission FOR EACH ROW EXECUTE FUNCTION log_job();

CREATE FUNCTION log_lease() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  what text := CASE
    WHEN TG_OP = 'INSERT' THEN 'lease.granted'
    WHEN OLD.released_at IS NULL AND NEW.released_at IS NOT NULL THEN 'lease.released'
    WHEN OLD.held_at IS NULL AND NEW.held_at IS NOT NULL THEN 'lease.held'
  END;
BEGIN
  IF what IS NOT NULL THEN
    INSERT INTO event (kind, campaign_id, lab, subject, body)
      VALUES (what, NEW.campaign_id, NEW.lab, NEW.resource, json_build_object('place', NEW.place, 'key', NEW.key));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT OR UPDATE ON lease FOR EACH ROW EXECUTE FUNCTION log_lease();

CREATE FUNCTION log_standstill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO event (kind, who, lab, subject, body)
      VALUES ('standstill.' || NEW.kind, NEW.who, NEW.lab, NEW.resource, json_build_object('why', NEW.why));
  ELSIF OLD.cleared_at IS NULL AND NEW.cleared_at IS NOT NULL THEN
    INSERT INTO event (kind, who, lab, subject, body)
      VALUES ('standstill.cleared', NEW.cleared_by, NEW.lab, NEW.resource, json_build_object('kind', NEW.kind, 'why', NEW.cleared_why));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT OR UPDATE ON standstill FOR EACH ROW EXECUTE FUNCTION log_standstill();

CREATE FUNCTION log_stock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event (kind, who, lab, subject, body)
    VALUES ('stock.moved', NEW.who, NEW.lab, NEW.stock, json_build_object('amount', NEW.amount, 'key', NEW.key, 'why', NEW.why));
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT ON stock_move FOR EACH ROW EXECUTE FUNCTION log_stock();

CREATE FUNCTION log_lab() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event (kind, who, lab, body) VALUES ('lab.registered', NEW.who, NEW.name, json_build_object('version', NEW.version));
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT ON lab FOR EACH ROW EXECUTE FUNCTION log_lab();

CREATE FUNCTION log_tuning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO event (kind, campaign_id, body) VALUES ('tuning.began', NEW.campaign_id, json_build_object('n', NEW.n));
  ELSIF OLD.ended IS NULL AND NEW.ended IS NOT NULL THEN
    INSERT INTO event (kind, campaign_id, body) VALUES ('tuning.ended', NEW.campaign_id, json_build_object('n', NEW.n, 'ended', NEW.ended));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT OR UPDATE ON tuning FOR EACH ROW EXECUTE FUNCTION log_tuning();

CREATE FUNCTION log_model_act() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO event (at, kind, who, subject, body)
    VALUES (NEW.at, 'model.' || NEW.act, NEW.who, NEW.id, json_build_object('version', NEW.version, 'before', NEW.before, 'why', NEW.why));
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT ON model_act FOR EACH ROW EXECUTE FUNCTION log_model_act();
