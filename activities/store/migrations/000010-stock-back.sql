-- Stock that was drawn for a job which never began is there again: then there are several moves of one key.

ALTER TABLE stock_move DROP CONSTRAINT stock_move_lab_stock_key_key;
CREATE INDEX stock_move_by_key ON stock_move (lab, key);
COMMENT ON TABLE stock_move IS 'What a job drew, or gave back as it never began, or a person filled up or took out; the stock is the sum.';
