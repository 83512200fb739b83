-- Lists are read page by page in the order of ids: where a column has few values and the table many rows, its index is in that
-- order too, or a page would be looked for in all rows, or all rows of a value sorted for one page. The same for the entries
-- of a book, in the order of their numbers. What has fewest rows stands last of a table: where SQLite knows nothing of how
-- many there are, it takes the index that was made last.

DROP INDEX IF EXISTS case_file_stage;
CREATE INDEX case_file_stage ON case_file (stage, id);
DROP INDEX IF EXISTS case_file_call_id;
CREATE INDEX case_file_call_id ON case_file (call_id, id);
DROP INDEX IF EXISTS case_file_organisation_id;
CREATE INDEX case_file_organisation_id ON case_file (organisation_id, id);

DROP INDEX IF EXISTS due_year;
CREATE INDEX due_year ON due (year, id);
DROP INDEX IF EXISTS due_state;
CREATE INDEX due_state ON due (state, id);
DROP INDEX IF EXISTS due_call_id;
CREATE INDEX due_call_id ON due (call_id, id);
DROP INDEX IF EXISTS due_case_id;
CREATE INDEX due_case_id ON due (case_id, id);

DROP INDEX IF EXISTS performance_state;
CREATE INDEX performance_state ON performance (state, id);
DROP INDEX IF EXISTS performance_case_id;
CREATE INDEX performance_case_id ON performance (case_id, id);

DROP INDEX IF EXISTS match_entry_state;
CREATE INDEX match_entry_state ON match_entry (state, id);
DROP INDEX IF EXISTS match_entry_list_id;
CREATE INDEX match_entry_list_id ON match_entry (list_id, id);
DROP INDEX IF EXISTS match_entry_organisation_id;
CREATE INDEX match_entry_organisation_id ON match_entry (organisation_id, id);

DROP INDEX IF EXISTS outbox_state;
CREATE INDEX outbox_state ON outbox (state, id);
DROP INDEX IF EXISTS outbox_about;
CREATE INDEX outbox_about ON outbox (about, id);

DROP INDEX IF EXISTS document_year;
CREATE INDEX document_year ON document (year, id);
DROP INDEX IF EXISTS document_kind;
CREATE INDEX document_kind ON document (kind, id);
DROP INDEX IF EXISTS document_subject_id;
CREATE INDEX document_subject_id ON document (subject_id, id);

DROP INDEX IF EXISTS entry_fund_id;
CREATE INDEX entry_fund_id ON entry (fund_id, number);
-- Most entries count against no pool: SQLite would take them all for one value, and read the table instead.
DROP INDEX IF EXISTS entry_pool_id;
CREATE INDEX entry_pool_id ON entry (pool_id, number) WHERE pool_id IS NOT NULL;
