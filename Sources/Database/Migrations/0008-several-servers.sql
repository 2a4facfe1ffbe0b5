-- Work that is done once, whichever of several servers does it: who has taken it on, until when.
CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until BIGINT NOT NULL
);

-- A wrong password, for as long as it counts. subject: SHA-256 of the address that was typed, or of the place it came from.
CREATE TABLE guess (
  id TEXT PRIMARY KEY,
  subject BYTEA NOT NULL,
  guessed_at BIGINT NOT NULL
);
CREATE INDEX guess_subject ON guess (subject, guessed_at);

-- Which folder of keys belongs to this database, where several servers share one: its mark. One row.
CREATE TABLE key_folder (
  mark TEXT PRIMARY KEY
);
