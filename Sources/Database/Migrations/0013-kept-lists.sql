-- The long lists of closed rounds, each in a row of its own: what stands behind them in the same row is read by going through them.
-- part: comments or receipts; content: JSON, an array of texts. A round whose comments nobody may see has none.
CREATE TABLE kept_list (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  part TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (space_id, round_id, part),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id)
);
INSERT INTO kept_list (space_id, round_id, part, content)
  SELECT space_id, id, 'receipts', receipts FROM round WHERE receipts IS NOT NULL;
INSERT INTO kept_list (space_id, round_id, part, content)
  SELECT space_id, id, 'comments', comments FROM round WHERE comments IS NOT NULL;
ALTER TABLE round DROP COLUMN receipts;
ALTER TABLE round DROP COLUMN comments;
