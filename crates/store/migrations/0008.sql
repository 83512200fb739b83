-- Pages of a book show the entries of one account or one clause: each is found by an index in the order of entries, where a book may have millions.

CREATE INDEX entry_fund_kind ON entry (fund_id, kind, number);
CREATE INDEX entry_fund_clause ON entry (fund_id, clause, kind, number);
CREATE INDEX entry_pool_kind ON entry (pool_id, kind, number) WHERE pool_id IS NOT NULL;
CREATE INDEX entry_pool_clause ON entry (pool_id, clause, kind, number) WHERE pool_id IS NOT NULL;
