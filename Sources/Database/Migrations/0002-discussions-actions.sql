-- The meeting about a closed round's report. place: a room, or an address to call. sequence: how often its time was
-- changed, for calendars. held_at: when a lead said that it has been held; null until then.
CREATE TABLE discussion (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  minutes BIGINT NOT NULL,
  place TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  set_by TEXT NOT NULL,
  set_at BIGINT NOT NULL,
  held_at BIGINT,
  PRIMARY KEY (space_id, round_id),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id),
  FOREIGN KEY (space_id, set_by) REFERENCES person (space_id, id)
);

-- What a member wants to talk about, signed; one for each member and round.
CREATE TABLE topic (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  text TEXT NOT NULL,
  written_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, round_id, person_id),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);

-- What was noted about one item of a report: why it is weak, or what makes us good at it. Everybody adds notes of their
-- own; version: counts the changes of one, so that a change of an older version is noticed.
-- helps_item: the weak item that this strength could help. kind: conclusion, or no-action (why nothing is done).
CREATE TABLE conclusion (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  item BIGINT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  helps_item BIGINT,
  version BIGINT NOT NULL,
  written_by TEXT NOT NULL,
  written_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id),
  FOREIGN KEY (space_id, written_by) REFERENCES person (space_id, id)
);
CREATE INDEX conclusion_round ON conclusion (space_id, round_id, item);

-- Who does what by when. round_id and item: the report's item that caused it, if one did. state: open, doing, done or
-- dropped. because: why it was dropped, or what came of it.
CREATE TABLE action (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  partnership_id TEXT NOT NULL,
  round_id TEXT,
  item BIGINT,
  what TEXT NOT NULL,
  due TEXT NOT NULL,
  state TEXT NOT NULL,
  because TEXT,
  version BIGINT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  closed_at BIGINT,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, partnership_id) REFERENCES partnership (space_id, id),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id),
  FOREIGN KEY (space_id, decided_by) REFERENCES person (space_id, id)
);
CREATE INDEX action_partnership ON action (space_id, partnership_id, state);
CREATE INDEX action_round ON action (space_id, round_id, item);

-- One owner on a party's side; person_id is null while one is sought there.
CREATE TABLE action_owner (
  space_id TEXT NOT NULL,
  action_id TEXT NOT NULL,
  party_id TEXT NOT NULL,
  person_id TEXT,
  PRIMARY KEY (space_id, action_id, party_id),
  FOREIGN KEY (space_id, action_id) REFERENCES action (space_id, id),
  FOREIGN KEY (space_id, party_id) REFERENCES party (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);
CREATE INDEX action_owner_person ON action_owner (space_id, person_id);

CREATE TABLE action_comment (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  action_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  text TEXT NOT NULL,
  written_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, action_id) REFERENCES action (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);
CREATE INDEX action_comment_action ON action_comment (space_id, action_id);

-- What the talk about a later report said of an action: outcome is keep, change or drop; effect is helped, none or open.
CREATE TABLE action_review (
  space_id TEXT NOT NULL,
  action_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  effect TEXT NOT NULL,
  person_id TEXT NOT NULL,
  reviewed_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, action_id, round_id),
  FOREIGN KEY (space_id, action_id) REFERENCES action (space_id, id),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);

-- Something that went well and is celebrated: planned for a day, then held. shared_with: in words, whom it was shared with.
CREATE TABLE celebration (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  partnership_id TEXT NOT NULL,
  round_id TEXT,
  item BIGINT,
  what TEXT NOT NULL,
  planned_for TEXT NOT NULL,
  planned_by TEXT NOT NULL,
  planned_at BIGINT NOT NULL,
  held_on TEXT,
  note TEXT,
  shared_with TEXT,
  picture BYTEA,
  picture_says TEXT,
  version BIGINT NOT NULL,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, partnership_id) REFERENCES partnership (space_id, id),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id),
  FOREIGN KEY (space_id, planned_by) REFERENCES person (space_id, id)
);
CREATE INDEX celebration_partnership ON celebration (space_id, partnership_id);

-- "I think we are wrong about this", on one conclusion or one action, and what was answered in the open.
CREATE TABLE challenge (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  partnership_id TEXT NOT NULL,
  conclusion_id TEXT,
  action_id TEXT,
  person_id TEXT NOT NULL,
  text TEXT NOT NULL,
  written_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, partnership_id) REFERENCES partnership (space_id, id),
  FOREIGN KEY (space_id, conclusion_id) REFERENCES conclusion (space_id, id),
  FOREIGN KEY (space_id, action_id) REFERENCES action (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);
CREATE INDEX challenge_partnership ON challenge (space_id, partnership_id);

CREATE TABLE challenge_answer (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  challenge_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  text TEXT NOT NULL,
  written_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, challenge_id) REFERENCES challenge (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);
CREATE INDEX challenge_answer_challenge ON challenge_answer (space_id, challenge_id);
