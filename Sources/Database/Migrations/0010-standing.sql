-- Where a partnership stands in the portfolio of each organisation with a party in it, as of a day: what sorts it, smallest first, so
-- that a page of thousands is read in its order. It repeats what the other tables say, and is made anew of them.
CREATE TABLE standing (
  space_id TEXT NOT NULL,
  organisation_id TEXT NOT NULL,
  partnership_id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  attention BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  unsettled BIGINT NOT NULL,
  overdue_actions BIGINT NOT NULL,
  overdue_days BIGINT NOT NULL,
  trust_fall BIGINT NOT NULL,
  health BIGINT NOT NULL,
  to_discuss BIGINT NOT NULL,
  due BIGINT NOT NULL,
  PRIMARY KEY (space_id, organisation_id, partnership_id),
  FOREIGN KEY (space_id, organisation_id) REFERENCES organisation (space_id, id),
  FOREIGN KEY (space_id, partnership_id) REFERENCES partnership (space_id, id)
);
CREATE INDEX standing_attention ON standing (
  space_id, organisation_id, attention, amount, unsettled, overdue_actions, overdue_days, trust_fall, name, partnership_id);
CREATE INDEX standing_name ON standing (space_id, organisation_id, name, partnership_id);
CREATE INDEX standing_health ON standing (space_id, organisation_id, health, name, partnership_id);
CREATE INDEX standing_discuss ON standing (space_id, organisation_id, unsettled, to_discuss, name, partnership_id);
CREATE INDEX standing_actions ON standing (space_id, organisation_id, overdue_actions, name, partnership_id);
CREATE INDEX standing_due ON standing (space_id, organisation_id, due, name, partnership_id);
CREATE INDEX standing_partnership ON standing (space_id, partnership_id);

-- The partnerships that something happened to since. marks: how often, so that what happens meanwhile is not missed.
CREATE TABLE stale_standing (
  space_id TEXT NOT NULL,
  partnership_id TEXT NOT NULL,
  marks BIGINT NOT NULL,
  PRIMARY KEY (space_id, partnership_id),
  FOREIGN KEY (space_id, partnership_id) REFERENCES partnership (space_id, id)
);
INSERT INTO stale_standing (space_id, partnership_id, marks) SELECT space_id, id, 1 FROM partnership;

-- For which day the standings of a space are.
CREATE TABLE standing_day (
  space_id TEXT NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (space_id),
  FOREIGN KEY (space_id) REFERENCES space (id)
);

-- All that a portfolio reads of a round, without its report and receipts, which may be large.
CREATE INDEX round_figures ON round (
  space_id, partnership_id, state, number, closed_at, health_thousandths, trust_thousandths, to_discuss);
