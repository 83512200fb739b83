-- What the entries of a book come to, by clause and kind. Kept by the database itself as entries are written, in the same
-- transaction, so that no page adds up millions of them. It follows from the entries and can be computed again from them.

CREATE TABLE entry_sum (
    book_id TEXT NOT NULL REFERENCES book (id) DEFERRABLE INITIALLY DEFERRED,
    -- Empty where the entries are about no clause.
    clause TEXT NOT NULL,
    kind TEXT NOT NULL,
    entries BIGINT NOT NULL CHECK (entries > 0),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    PRIMARY KEY (book_id, clause, kind)
);

INSERT INTO entry_sum (book_id, clause, kind, entries, amount_fen)
SELECT moved.book_id, moved.clause, moved.kind, COUNT(*), CAST(SUM(moved.amount_fen) AS BIGINT)
FROM (
    SELECT fund_id AS book_id, COALESCE(clause, '') AS clause, kind, amount_fen FROM entry
    UNION ALL SELECT pool_id, COALESCE(clause, ''), kind, amount_fen FROM entry WHERE pool_id IS NOT NULL
) AS moved
GROUP BY moved.book_id, moved.clause, moved.kind;
