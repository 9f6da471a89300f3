-- An instrument whose jobs a person has paused is granted to nobody until they are resumed.

ALTER TABLE standstill DROP CONSTRAINT standstill_kind_check;
ALTER TABLE standstill ADD CONSTRAINT standstill_kind_check CHECK (kind IN ('fault', 'latched', 'paused'));
