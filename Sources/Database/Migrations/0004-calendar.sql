-- The secret address of a person's calendar. token: SHA-256 of the address's secret; made_at: when it was made or renewed.
CREATE TABLE calendar_feed (
  space_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  token BYTEA NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, person_id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);
CREATE UNIQUE INDEX calendar_feed_token ON calendar_feed (token);
