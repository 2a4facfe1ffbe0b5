-- An answer and a slip know a round by its id alone.
CREATE UNIQUE INDEX round_id ON round (id);
