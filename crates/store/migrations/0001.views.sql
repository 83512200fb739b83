-- What is computed from what is kept: the same in SQLite and PostgreSQL, and what both must show empty.

-- Each entry once for each account of each of its books.
CREATE VIEW posting AS
    SELECT fund_id AS book_id, to_account AS account, amount_fen AS fen FROM entry
    UNION ALL SELECT fund_id, from_account, -amount_fen FROM entry
    UNION ALL SELECT pool_id, to_account, amount_fen FROM entry WHERE pool_id IS NOT NULL
    UNION ALL SELECT pool_id, from_account, -amount_fen FROM entry WHERE pool_id IS NOT NULL;

-- Each balance as it is kept, and as its entries make it. `SELECT * FROM book_replay WHERE kept_fen <> posted_fen` is empty.
CREATE VIEW book_replay AS
    SELECT balance.book_id, balance.account, balance.kept_fen, CAST(COALESCE(SUM(posting.fen), 0) AS BIGINT) AS posted_fen
    FROM (
        SELECT id AS book_id, 'outside' AS account, outside_fen AS kept_fen FROM book
        UNION ALL SELECT id, 'available', available_fen FROM book
        UNION ALL SELECT id, 'reserved', reserved_fen FROM book
        UNION ALL SELECT id, 'committed', committed_fen FROM book
        UNION ALL SELECT id, 'paid', paid_fen FROM book
        UNION ALL SELECT id, 'returned', returned_fen FROM book
        UNION ALL SELECT id, 'recovered', recovered_fen FROM book
    ) AS balance
    LEFT JOIN posting ON posting.book_id = balance.book_id AND posting.account = balance.account
    GROUP BY balance.book_id, balance.account, balance.kept_fen;

-- The head of the log and the events it stands on. One row, with 0 in `astray`.
CREATE VIEW log_replay AS
    SELECT log_head.seq, (SELECT COUNT(*) FROM event) AS events,
        CASE
            WHEN log_head.seq <> (SELECT COUNT(*) FROM event) THEN 1
            WHEN log_head.seq <> (SELECT COALESCE(MAX(seq), 0) FROM event) THEN 1
            WHEN log_head.seq > 0 AND log_head.fingerprint <> (SELECT fingerprint FROM event WHERE event.seq = log_head.seq) THEN 1
            ELSE 0
        END AS astray
    FROM log_head;
