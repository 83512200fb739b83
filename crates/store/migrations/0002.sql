-- What the service keeps beside the office: how people sign in, who is signed in, programs with a token, files on their way,
-- and other systems that want to hear of what happens. None of it is in the log. Of cookies and tokens digests stand here, never what they are of.

CREATE TABLE sign_in (
    user_id TEXT PRIMARY KEY REFERENCES user_account (id),
    password TEXT NOT NULL,
    totp TEXT,
    totp_step BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    must_change BIGINT NOT NULL
);

CREATE TABLE session (
    digest TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account (id),
    role TEXT NOT NULL,
    csrf TEXT NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX session_user_id ON session (user_id);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE api_token (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES user_account (id),
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    revoked BIGINT NOT NULL
);
CREATE INDEX api_token_user_id ON api_token (user_id);

CREATE TABLE upload (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account (id),
    organisation_id TEXT,
    case_id TEXT,
    name TEXT NOT NULL,
    size BIGINT NOT NULL CHECK (size > 0),
    received BIGINT NOT NULL CHECK (received >= 0 AND received <= size),
    kind TEXT,
    digest TEXT,
    created BIGINT NOT NULL
);
CREATE INDEX upload_digest ON upload (digest);
CREATE INDEX upload_user_id ON upload (user_id);

CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account (id),
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    acts TEXT NOT NULL,
    delivered BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    next_try BIGINT NOT NULL,
    active BIGINT NOT NULL,
    trouble TEXT NOT NULL
);

-- Which invoices were handed in, so that the same one is found across applications and years.
CREATE TABLE invoice_use (
    upload_id TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    digest TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES user_account (id),
    organisation_id TEXT,
    at TEXT NOT NULL
);
CREATE INDEX invoice_use_fingerprint ON invoice_use (fingerprint);

-- Which lists left the office as files.
CREATE TABLE export_note (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account (id),
    role TEXT NOT NULL,
    collection TEXT NOT NULL,
    filter TEXT NOT NULL,
    format TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX export_note_user_id ON export_note (user_id);
