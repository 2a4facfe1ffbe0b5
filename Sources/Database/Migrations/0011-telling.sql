-- Rounds that are over, whose people are still to be told: noted by the transaction that ends the round, worked off some people at a
-- time, so that the answers of other rounds come between. told_up_to: the last person that has the message, in the order of their ids.
CREATE TABLE round_to_tell (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  told_up_to TEXT NOT NULL,
  PRIMARY KEY (space_id, round_id, kind),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id)
);

-- Which parties had people on a roll, without looking at all of them.
CREATE INDEX roll_entry_party ON roll_entry (space_id, round_id, party_id);
