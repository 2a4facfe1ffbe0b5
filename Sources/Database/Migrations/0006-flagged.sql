-- The items of a closed round's report that are for discussion, as the report has them: what is not settled yet is counted
-- over a whole portfolio without reading every report.
CREATE TABLE flagged_item (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  item BIGINT NOT NULL,
  PRIMARY KEY (space_id, round_id, item),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id)
);
