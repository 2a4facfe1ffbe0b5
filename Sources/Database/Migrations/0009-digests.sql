-- SHA-256 of what a closed round keeps for good, compared whenever it is read: no database notices a bit that a disk flipped
-- in stored text, and a wrong figure looks like any other. part: report, comments, receipts, or figures (those of the portfolio).
CREATE TABLE kept_digest (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  part TEXT NOT NULL,
  digest BYTEA NOT NULL,
  PRIMARY KEY (space_id, round_id, part),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id)
);

-- Rounds that closed before there were digests: worked off at the next start.
CREATE TABLE round_to_digest (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  PRIMARY KEY (space_id, round_id),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id)
);
INSERT INTO round_to_digest (space_id, round_id) SELECT space_id, id FROM round WHERE state = 'closed';
