-- Who may use the API: logins that are used once, sessions of browsers, tokens of programs; and answers that are given again.

CREATE TABLE access (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind       text NOT NULL CHECK (kind IN ('login', 'session', 'token')),
  secret_sha text NOT NULL UNIQUE CHECK (secret_sha ~ '^[0-9a-f]{64}$'),
  who        text NOT NULL,
  role       text NOT NULL CHECK (role IN ('viewer', 'operator', 'scientist', 'admin')),
  name       text CHECK ((name IS NOT NULL) = (kind = 'token')),
  made_by    text NOT NULL,
  made_at    timestamptz NOT NULL DEFAULT now(),
  until      timestamptz NOT NULL,
  used_at    timestamptz,
  ended_at   timestamptz,
  ended_by   text
);
CREATE UNIQUE INDEX access_name ON access (name) WHERE ended_at IS NULL;
COMMENT ON TABLE access IS 'A secret by which somebody is known, by its sha256 only; ended and expired ones stay, for who wants to know.';
COMMENT ON COLUMN access.used_at IS 'Of a login when it was spent, of others about when they were used last.';

CREATE FUNCTION log_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO event (kind, who, subject, body)
      VALUES ('access.given', NEW.made_by, NEW.who, json_build_object('kind', NEW.kind, 'role', NEW.role, 'name', NEW.name, 'until', NEW.until));
  ELSIF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.ended_by IS NOT NULL THEN
    INSERT INTO event (kind, who, subject, body)
      VALUES ('access.ended', NEW.ended_by, NEW.who, json_build_object('kind', NEW.kind, 'name', NEW.name));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER logged AFTER INSERT OR UPDATE ON access FOR EACH ROW EXECUTE FUNCTION log_access();

CREATE TABLE kept_answer (
  who         text NOT NULL,
  key         text NOT NULL,
  request_sha text NOT NULL CHECK (request_sha ~ '^[0-9a-f]{64}$'),
  begun_at    timestamptz NOT NULL DEFAULT now(),
  status      integer,
  body        text,
  PRIMARY KEY (who, key),
  CHECK ((status IS NULL) = (body IS NULL))
);
COMMENT ON TABLE kept_answer IS 'What was answered to a request with an Idempotency-Key, for a day: whoever sends it again is told the same. No status while it is at work.';
