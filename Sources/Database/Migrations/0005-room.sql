-- How many minutes a round in the room lasts from its opening; null for one with a written closing time. Until it opens, its
-- closes_at is no more than a proposal.
ALTER TABLE round ADD COLUMN room_minutes BIGINT;
