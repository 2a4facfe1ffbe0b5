-- The opening documents, each in a row of its own: that of a large round names everybody on its roll.
-- content: JSON, as it is published while the round is open. [anonymity, Open]
CREATE TABLE opening_document (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  content BYTEA NOT NULL,
  PRIMARY KEY (space_id, round_id),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id)
);
INSERT INTO opening_document (space_id, round_id, content)
  SELECT space_id, id, opening_document FROM round WHERE opening_document IS NOT NULL;
ALTER TABLE round DROP COLUMN opening_document;
