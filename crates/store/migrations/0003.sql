-- How long what is kept; and how much an enterprise has sent.

CREATE TABLE retention (
    id TEXT PRIMARY KEY CHECK (id = 'office'),
    version BIGINT NOT NULL CHECK (version >= 1),
    body TEXT NOT NULL
);

CREATE INDEX upload_organisation_id ON upload (organisation_id);
