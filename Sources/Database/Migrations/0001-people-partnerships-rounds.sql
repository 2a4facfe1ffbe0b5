-- Keys begin with the tenant, so that no row can point across spaces.
-- Times are UTC milliseconds (BIGINT), days are ISO dates (TEXT), truths are 0 or 1 (BIGINT).

CREATE TABLE space (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  demonstration BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE organisation (
  space_id TEXT NOT NULL REFERENCES space (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, id)
);

-- A person without a password answers surveys by the personal link of a round.
-- manager: may invite people into the organisation and start partnerships; head: head of alliances.
CREATE TABLE person (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  organisation_id TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  password TEXT,
  language TEXT,
  manager BIGINT NOT NULL,
  head BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  erased_at BIGINT,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, organisation_id) REFERENCES organisation (space_id, id)
);
CREATE UNIQUE INDEX person_email ON person (email);
CREATE INDEX person_organisation ON person (space_id, organisation_id);

-- token: SHA-256 of the cookie's value. round_id: signed in by a round's personal link, until its close.
CREATE TABLE session (
  token BYTEA PRIMARY KEY,
  space_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  round_id TEXT,
  created_day TEXT NOT NULL,
  expires_day TEXT NOT NULL,
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);
CREATE INDEX session_person ON session (space_id, person_id);

-- A link that was shown or sent: kind is setup, invitation, password or round.
-- token: SHA-256 of the link's last part. Setup links belong to no space. message_id: whose text it stands in.
CREATE TABLE link (
  token BYTEA PRIMARY KEY,
  kind TEXT NOT NULL,
  space_id TEXT,
  person_id TEXT,
  round_id TEXT,
  message_id TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);
CREATE INDEX link_person ON link (space_id, person_id);

-- On which days a round's personal link was used; nothing finer than a day.
CREATE TABLE link_use (
  space_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (space_id, person_id, round_id, day),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);

-- A message to one person. It holds no link: the token is made when the message is shown or sent.
-- kind is invitation, opening, extension, withdrawal, interruption or results.
CREATE TABLE message (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  partnership_id TEXT,
  round_id TEXT,
  invited_by TEXT,
  created_at BIGINT NOT NULL,
  shown_at BIGINT,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);
CREATE INDEX message_person ON message (space_id, person_id);

-- kind: one of the eleven. team: a single party. cadence: months between rounds.
CREATE TABLE partnership (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  purpose TEXT NOT NULL,
  team BIGINT NOT NULL,
  cadence_months BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  active_at BIGINT,
  ended_at BIGINT,
  ended_because TEXT,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id) REFERENCES space (id)
);

-- joined_at: when a lead of the party accepted the purpose, named benefits and committed to building trust.
CREATE TABLE party (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  partnership_id TEXT NOT NULL,
  organisation_id TEXT NOT NULL,
  name TEXT NOT NULL,
  place BIGINT NOT NULL,
  joined_at BIGINT,
  joined_by TEXT,
  PRIMARY KEY (space_id, id),
  UNIQUE (space_id, partnership_id, name),
  FOREIGN KEY (space_id, partnership_id) REFERENCES partnership (space_id, id),
  FOREIGN KEY (space_id, organisation_id) REFERENCES organisation (space_id, id)
);
CREATE INDEX party_partnership ON party (space_id, partnership_id);
CREATE INDEX party_organisation ON party (space_id, organisation_id);

CREATE TABLE hoped_benefit (
  space_id TEXT NOT NULL,
  party_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  benefit TEXT NOT NULL,
  PRIMARY KEY (space_id, party_id, place),
  FOREIGN KEY (space_id, party_id) REFERENCES party (space_id, id)
);

-- role: lead, sponsor, contributor, observer or facilitator (a facilitator may have no party).
-- accepted_at: in a team, each member accepts the purpose.
CREATE TABLE member (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  partnership_id TEXT NOT NULL,
  party_id TEXT,
  person_id TEXT NOT NULL,
  role TEXT NOT NULL,
  joined_at BIGINT NOT NULL,
  accepted_at BIGINT,
  left_at BIGINT,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, partnership_id) REFERENCES partnership (space_id, id),
  FOREIGN KEY (space_id, party_id) REFERENCES party (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);
CREATE INDEX member_partnership ON member (space_id, partnership_id);
CREATE INDEX member_person ON member (space_id, person_id);

-- A change of what is joint, in force once a lead of every party has agreed; one is open at a time.
-- A null value stays as it is. outcome: agreed or withdrawn, null while open.
CREATE TABLE proposal (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  partnership_id TEXT NOT NULL,
  name TEXT,
  purpose TEXT,
  cadence_months BIGINT,
  proposed_by TEXT NOT NULL,
  proposed_at BIGINT NOT NULL,
  outcome TEXT,
  settled_at BIGINT,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, partnership_id) REFERENCES partnership (space_id, id),
  FOREIGN KEY (space_id, proposed_by) REFERENCES person (space_id, id)
);
CREATE INDEX proposal_partnership ON proposal (space_id, partnership_id);

-- A lead's yes to a proposal, for the party.
CREATE TABLE proposal_consent (
  space_id TEXT NOT NULL,
  proposal_id TEXT NOT NULL,
  party_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  consented_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, proposal_id, party_id, person_id),
  FOREIGN KEY (space_id, proposal_id) REFERENCES proposal (space_id, id),
  FOREIGN KEY (space_id, party_id) REFERENCES party (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);

-- state: draft, opening, open, interrupted, withdrawn or closed.
-- opening_document: its exact bytes; digest: SHA-256 of them. report, receipts, comments: JSON, from the close on.
-- attempt: 1, and one more at each restart. health_thousandths, trust_thousandths and to_discuss repeat the
-- report's figures for the portfolio (cut off, not rounded, so that tenths agree); null until the close, and where the report hides them.
CREATE TABLE round (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  partnership_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  state TEXT NOT NULL,
  instrument_id TEXT NOT NULL,
  instrument_version TEXT NOT NULL,
  minimum_group BIGINT NOT NULL,
  comment_threshold BIGINT NOT NULL,
  closes_at BIGINT NOT NULL,
  latest_close_at BIGINT NOT NULL,
  drafted_by TEXT NOT NULL,
  drafted_at BIGINT NOT NULL,
  attempt BIGINT NOT NULL,
  opened_at BIGINT,
  extended_at BIGINT,
  interrupted_at BIGINT,
  closed_at BIGINT,
  withdrawn_at BIGINT,
  withdrawn_because TEXT,
  opening_document BYTEA,
  digest BYTEA,
  report TEXT,
  receipts TEXT,
  comments TEXT,
  health_thousandths BIGINT,
  trust_thousandths BIGINT,
  to_discuss BIGINT,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, partnership_id) REFERENCES partnership (space_id, id)
);
CREATE INDEX round_partnership ON round (space_id, partnership_id);
CREATE INDEX round_state ON round (state, closes_at);

-- Who may answer; paper: will use a slip. Frozen when the round opens. name: erased with the person.
CREATE TABLE roll_entry (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  party_id TEXT NOT NULL,
  paper BIGINT NOT NULL,
  PRIMARY KEY (space_id, round_id, person_id),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id),
  FOREIGN KEY (space_id, party_id) REFERENCES party (space_id, id)
);
CREATE INDEX roll_entry_person ON roll_entry (space_id, person_id);

-- A lead's yes for one party; kind: opening or withdrawal. terms: digest of what was
-- confirmed, so that a change of the numbers or the roll asks again.
CREATE TABLE round_consent (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  party_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  person_id TEXT NOT NULL,
  terms TEXT NOT NULL,
  because TEXT,
  consented_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, round_id, party_id, kind),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id),
  FOREIGN KEY (space_id, party_id) REFERENCES party (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);

-- The open round's secrets, each encrypted under the round's sealing key, which is not in the database.
CREATE TABLE sealed_value (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  segment BIGINT NOT NULL,
  bucket BIGINT NOT NULL,
  page BIGINT NOT NULL,
  value BYTEA NOT NULL,
  PRIMARY KEY (space_id, round_id, kind, segment, bucket, page),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id)
);

-- How many ballots an open round had at the last midnight (UTC), by segment: the only counts of it that there are.
CREATE TABLE midnight_count (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  segment BIGINT NOT NULL,
  day TEXT NOT NULL,
  ballots BIGINT NOT NULL,
  PRIMARY KEY (space_id, round_id, segment),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id)
);

-- Who has looked at a round's report, so that it no longer waits on the person's home page; nobody else is told.
CREATE TABLE report_seen (
  space_id TEXT NOT NULL,
  round_id TEXT NOT NULL,
  person_id TEXT NOT NULL,
  PRIMARY KEY (space_id, round_id, person_id),
  FOREIGN KEY (space_id, round_id) REFERENCES round (space_id, id),
  FOREIGN KEY (space_id, person_id) REFERENCES person (space_id, id)
);

-- What happened in a partnership, for "what changed": kind is a word of the capability that wrote it.
CREATE TABLE event (
  space_id TEXT NOT NULL,
  id TEXT NOT NULL,
  partnership_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  person_id TEXT,
  party_id TEXT,
  round_id TEXT,
  note TEXT,
  happened_at BIGINT NOT NULL,
  PRIMARY KEY (space_id, id),
  FOREIGN KEY (space_id, partnership_id) REFERENCES partnership (space_id, id)
);
CREATE INDEX event_partnership ON event (space_id, partnership_id, happened_at);
