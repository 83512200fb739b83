-- What makes work at the desk easier and decides nothing: who of a unit has taken a case at a step, what came of acts that were
-- done to many cases at once, and the filters and columns of lists that somebody keeps under a name.

-- One row for each time a case changed hands within a unit, never changed; the one with the highest number holds.
CREATE TABLE case_handler (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    step TEXT NOT NULL,
    number BIGINT NOT NULL,
    user_id TEXT REFERENCES user_account (id),
    by_user TEXT NOT NULL REFERENCES user_account (id),
    at TEXT NOT NULL
);
CREATE INDEX case_handler_case_id ON case_handler (case_id);
CREATE INDEX case_handler_unit_id ON case_handler (unit_id, at);

CREATE TABLE bulk_run (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account (id),
    role TEXT NOT NULL,
    act TEXT NOT NULL,
    results TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX bulk_run_user_id ON bulk_run (user_id);

CREATE TABLE list_view (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user_account (id),
    list TEXT NOT NULL,
    name TEXT NOT NULL,
    filter TEXT NOT NULL,
    columns TEXT NOT NULL,
    saved BIGINT NOT NULL
);
CREATE INDEX list_view_user_id ON list_view (user_id);
