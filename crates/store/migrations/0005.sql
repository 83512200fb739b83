-- What an applicant typed into the form of an application, wrong values and all, before it is handed in: one row for each
-- enterprise and call. The draft itself – what of it can be used – is a record.

CREATE TABLE draft_form (
    id TEXT PRIMARY KEY,
    organisation_id TEXT NOT NULL,
    call_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES user_account (id),
    fields TEXT NOT NULL,
    version BIGINT NOT NULL,
    request TEXT NOT NULL,
    saved BIGINT NOT NULL
);
CREATE INDEX draft_form_case_id ON draft_form (case_id);
