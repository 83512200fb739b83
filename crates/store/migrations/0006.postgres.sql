-- Who posts to a book holds its row, so that nobody waits here who did not wait there.
CREATE FUNCTION entry_summed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO entry_sum AS kept (book_id, clause, kind, entries, amount_fen)
    SELECT moved.book_id, moved.clause, moved.kind, COUNT(*), CAST(SUM(moved.amount_fen) AS BIGINT)
    FROM (
        SELECT fund_id AS book_id, COALESCE(clause, '') AS clause, kind, amount_fen FROM posted
        UNION ALL SELECT pool_id, COALESCE(clause, ''), kind, amount_fen FROM posted WHERE pool_id IS NOT NULL
    ) AS moved
    GROUP BY moved.book_id, moved.clause, moved.kind
    ORDER BY moved.book_id, moved.clause, moved.kind
    ON CONFLICT (book_id, clause, kind) DO UPDATE SET entries = kept.entries + excluded.entries, amount_fen = kept.amount_fen + excluded.amount_fen;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_summed AFTER INSERT ON entry REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION entry_summed();
