-- What becomes of a message when it is mailed. mail_state: waiting, sent or bounced. next_try_at: null until the first try.
-- mail_id: the Message-ID, the same at every try. lease: who is sending it now, until when.
-- trouble: why the last try failed, a word of the program; answer: the mail server's own sentence about it.
ALTER TABLE message ADD COLUMN mail_state TEXT NOT NULL DEFAULT 'waiting';
ALTER TABLE message ADD COLUMN mail_id TEXT;
ALTER TABLE message ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN next_try_at BIGINT;
ALTER TABLE message ADD COLUMN tried_at BIGINT;
ALTER TABLE message ADD COLUMN lease TEXT;
ALTER TABLE message ADD COLUMN leased_until BIGINT;
ALTER TABLE message ADD COLUMN trouble TEXT;
ALTER TABLE message ADD COLUMN answer TEXT;
CREATE INDEX message_mail ON message (mail_state, next_try_at);
