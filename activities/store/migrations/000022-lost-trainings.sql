-- A training that takes its worker with it each time, as for want of memory, is not begun for ever.

ALTER TABLE tuning ADD COLUMN lost integer NOT NULL DEFAULT 0 CHECK (lost >= 0);
COMMENT ON COLUMN tuning.lost IS 'How often training was begun since it last got on, and neither ended nor was broken off: each time its worker was lost.';
