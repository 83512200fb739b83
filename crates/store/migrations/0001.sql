-- What SQLite and PostgreSQL have in common. A record has an id, a version that counts its changes, columns to find it by,
-- and a body: the whole record as JSON. Money stands in columns of its own, in fen.

CREATE TABLE unit (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    name TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);

CREATE TABLE user_account (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    unit_id TEXT REFERENCES unit (id),
    body TEXT NOT NULL
);
CREATE INDEX user_account_unit_id ON user_account (unit_id);

CREATE TABLE organisation (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    credit_code TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);

CREATE TABLE policy_version (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    scheme_hash TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);

CREATE TABLE policy_life (
    id TEXT PRIMARY KEY REFERENCES policy_version (id),
    version BIGINT NOT NULL CHECK (version >= 1),
    stage TEXT NOT NULL,
    provisional BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX policy_life_stage ON policy_life (stage);
CREATE INDEX policy_life_provisional ON policy_life (provisional);

CREATE TABLE comment (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    policy_id TEXT NOT NULL REFERENCES policy_version (id),
    body TEXT NOT NULL
);
CREATE INDEX comment_policy_id ON comment (policy_id);

CREATE TABLE guide (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version = 1),
    policy_id TEXT NOT NULL REFERENCES policy_version (id),
    body TEXT NOT NULL
);
CREATE INDEX guide_policy_id ON guide (policy_id);

CREATE TABLE work_calendar (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    last_year BIGINT,
    body TEXT NOT NULL
);

CREATE TABLE recognition (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    number TEXT NOT NULL,
    fact TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX recognition_organisation_id ON recognition (organisation_id);
CREATE INDEX recognition_number ON recognition (number);
CREATE INDEX recognition_fact ON recognition (fact);

CREATE TABLE call (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    year BIGINT NOT NULL,
    stage TEXT NOT NULL,
    version_id TEXT NOT NULL REFERENCES policy_version (id),
    body TEXT NOT NULL
);
CREATE INDEX call_year ON call (year);
CREATE INDEX call_stage ON call (stage);
CREATE INDEX call_version_id ON call (version_id);

CREATE TABLE notice (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    call_id TEXT NOT NULL REFERENCES call (id),
    provisional BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX notice_call_id ON notice (call_id);
CREATE INDEX notice_provisional ON notice (provisional);

CREATE TABLE case_file (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    call_id TEXT NOT NULL REFERENCES call (id),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    stage TEXT NOT NULL,
    notice_id TEXT,
    due TEXT,
    provisional BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX case_file_provisional ON case_file (provisional);
CREATE INDEX case_file_due ON case_file (due);
CREATE INDEX case_file_call_id ON case_file (call_id);
CREATE INDEX case_file_organisation_id ON case_file (organisation_id);
CREATE INDEX case_file_stage ON case_file (stage);
CREATE INDEX case_file_notice_id ON case_file (notice_id);

CREATE TABLE determination (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    case_id TEXT NOT NULL REFERENCES case_file (id),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    year BIGINT NOT NULL,
    scheme_hash TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX determination_case_id ON determination (case_id);
CREATE INDEX determination_organisation_id ON determination (organisation_id);

CREATE TABLE payment_batch (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    call_id TEXT NOT NULL REFERENCES call (id),
    request_number TEXT UNIQUE,
    body TEXT NOT NULL
);
CREATE INDEX payment_batch_call_id ON payment_batch (call_id);

CREATE TABLE objection (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    notice_id TEXT NOT NULL REFERENCES notice (id),
    case_id TEXT NOT NULL REFERENCES case_file (id),
    state TEXT NOT NULL,
    provisional BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX objection_provisional ON objection (provisional);
CREATE INDEX objection_notice_id ON objection (notice_id);
CREATE INDEX objection_case_id ON objection (case_id);
CREATE INDEX objection_state ON objection (state);

CREATE TABLE due (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    case_id TEXT NOT NULL REFERENCES case_file (id),
    call_id TEXT NOT NULL REFERENCES call (id),
    state TEXT NOT NULL,
    year BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    body TEXT NOT NULL
);
CREATE INDEX due_case_id ON due (case_id);
CREATE INDEX due_call_id ON due (call_id);
CREATE INDEX due_state ON due (state);
CREATE INDEX due_year ON due (year);

CREATE TABLE bank_receipt (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    batch_id TEXT NOT NULL REFERENCES payment_batch (id),
    body TEXT NOT NULL
);
CREATE INDEX bank_receipt_batch_id ON bank_receipt (batch_id);

CREATE TABLE performance (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    case_id TEXT NOT NULL REFERENCES case_file (id),
    state TEXT NOT NULL,
    until TEXT NOT NULL,
    provisional BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX performance_provisional ON performance (provisional);
CREATE INDEX performance_case_id ON performance (case_id);
CREATE INDEX performance_state ON performance (state);
CREATE INDEX performance_until ON performance (until);

-- What one person asks for and another confirms.

CREATE TABLE motion (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    case_id TEXT REFERENCES case_file (id),
    proposed_by TEXT NOT NULL REFERENCES user_account (id),
    open BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX motion_case_id ON motion (case_id);
CREATE INDEX motion_proposed_by ON motion (proposed_by);

-- Rights and the register.

CREATE TABLE rights_proposal (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    proposed_by TEXT NOT NULL REFERENCES user_account (id),
    body TEXT NOT NULL
);
CREATE INDEX rights_proposal_proposed_by ON rights_proposal (proposed_by);

CREATE TABLE founding (
    id TEXT PRIMARY KEY CHECK (id = 'office'),
    version BIGINT NOT NULL CHECK (version = 1),
    body TEXT NOT NULL
);

CREATE TABLE recusal_link (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version = 1),
    user_id TEXT NOT NULL REFERENCES user_account (id),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    body TEXT NOT NULL
);
CREATE INDEX recusal_link_user_id ON recusal_link (user_id);
CREATE INDEX recusal_link_organisation_id ON recusal_link (organisation_id);

CREATE TABLE shop (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    body TEXT NOT NULL
);
CREATE INDEX shop_organisation_id ON shop (organisation_id);

CREATE TABLE account_entry (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    body TEXT NOT NULL
);
CREATE INDEX account_entry_organisation_id ON account_entry (organisation_id);

CREATE TABLE former_name (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version = 1),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    body TEXT NOT NULL
);
CREATE INDEX former_name_organisation_id ON former_name (organisation_id);

CREATE TABLE code_exception (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version = 1),
    body TEXT NOT NULL
);

-- The register as it was at a determination, under the id of the determination.
CREATE TABLE registry_snapshot (
    id TEXT PRIMARY KEY REFERENCES determination (id),
    version BIGINT NOT NULL CHECK (version = 1),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    body TEXT NOT NULL
);
CREATE INDEX registry_snapshot_organisation_id ON registry_snapshot (organisation_id);

CREATE TABLE earlier_award (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version = 1),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    year BIGINT NOT NULL,
    corrects_id TEXT UNIQUE REFERENCES earlier_award (id),
    counted_as TEXT UNIQUE,
    body TEXT NOT NULL,
    -- A row as loaded is counted; a correction takes the place of one that is.
    CHECK ((corrects_id IS NULL) <> (counted_as IS NULL))
);
CREATE INDEX earlier_award_organisation_id ON earlier_award (organisation_id);
CREATE INDEX earlier_award_year ON earlier_award (year);

CREATE TABLE match_list (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    call_id TEXT NOT NULL REFERENCES call (id),
    stage TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX match_list_call_id ON match_list (call_id);
CREATE INDEX match_list_stage ON match_list (stage);

CREATE TABLE match_entry (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    list_id TEXT NOT NULL REFERENCES match_list (id),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    state TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX match_entry_list_id ON match_entry (list_id);
CREATE INDEX match_entry_organisation_id ON match_entry (organisation_id);
CREATE INDEX match_entry_state ON match_entry (state);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered')),
    about TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX outbox_state ON outbox (state);
CREATE INDEX outbox_about ON outbox (about);

CREATE TABLE recovery_lead (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    state TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX recovery_lead_organisation_id ON recovery_lead (organisation_id);
CREATE INDEX recovery_lead_state ON recovery_lead (state);

CREATE TABLE recovery (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    case_id TEXT NOT NULL REFERENCES case_file (id),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    stage TEXT NOT NULL,
    provisional BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX recovery_case_id ON recovery (case_id);
CREATE INDEX recovery_organisation_id ON recovery (organisation_id);
CREATE INDEX recovery_stage ON recovery (stage);
CREATE INDEX recovery_provisional ON recovery (provisional);

-- Documents: what was issued, how far each series of numbers is, head and foot of a unit's documents.

CREATE TABLE document (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    register TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    year BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX document_kind ON document (kind);
CREATE INDEX document_subject_id ON document (subject_id);
CREATE INDEX document_year ON document (year);

CREATE TABLE document_sequence (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    last_number BIGINT NOT NULL CHECK (last_number >= 1),
    body TEXT NOT NULL
);
CREATE INDEX document_sequence_last_number ON document_sequence (last_number);

CREATE TABLE letterhead (
    id TEXT PRIMARY KEY REFERENCES unit (id),
    version BIGINT NOT NULL CHECK (version >= 1),
    body TEXT NOT NULL
);

CREATE TABLE book (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('fund', 'pool')),
    year BIGINT NOT NULL,
    name TEXT NOT NULL,
    outside_fen BIGINT NOT NULL CHECK (outside_fen <= 0),
    available_fen BIGINT NOT NULL CHECK (available_fen >= 0),
    reserved_fen BIGINT NOT NULL CHECK (reserved_fen >= 0),
    committed_fen BIGINT NOT NULL CHECK (committed_fen >= 0),
    paid_fen BIGINT NOT NULL CHECK (paid_fen >= 0),
    returned_fen BIGINT NOT NULL CHECK (returned_fen >= 0),
    recovered_fen BIGINT NOT NULL CHECK (recovered_fen >= 0),
    -- Nothing is made or lost.
    CHECK (outside_fen + available_fen + reserved_fen + committed_fen + paid_fen + returned_fen + recovered_fen = 0)
);
-- A pool has one book a year: two would hold its amount twice.
CREATE UNIQUE INDEX book_pool_year ON book (year, name) WHERE kind = 'pool';

CREATE TABLE checkpoint (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version >= 1),
    seq BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX checkpoint_seq ON checkpoint (seq);

CREATE TABLE log_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    fingerprint TEXT NOT NULL
);
INSERT INTO log_head (id, seq, fingerprint) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TABLE event (
    seq BIGINT PRIMARY KEY,
    at TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    act TEXT NOT NULL,
    request_id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    input TEXT NOT NULL,
    outcome TEXT NOT NULL,
    effects TEXT NOT NULL,
    before TEXT NOT NULL,
    fingerprint TEXT NOT NULL
);
CREATE INDEX event_subject ON event (subject);
