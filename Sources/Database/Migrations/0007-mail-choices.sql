-- quiet: wants no mail but what one must know.
ALTER TABLE person ADD COLUMN quiet BIGINT NOT NULL DEFAULT 0;

-- That an owner was told of an action that comes due on that day; stage: soon or overdue. Each is told once.
CREATE TABLE action_notice (
  space_id TEXT NOT NULL,
  action_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  due TEXT NOT NULL,
  stage TEXT NOT NULL,
  PRIMARY KEY (space_id, action_id, person_id, due, stage),
  FOREIGN KEY (space_id, action_id) REFERENCES action (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);
