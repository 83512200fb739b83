CREATE TRIGGER entry_summed AFTER INSERT ON entry BEGIN
    INSERT INTO entry_sum (book_id, clause, kind, entries, amount_fen) VALUES (NEW.fund_id, COALESCE(NEW.clause, ''), NEW.kind, 1, NEW.amount_fen)
        ON CONFLICT (book_id, clause, kind) DO UPDATE SET entries = entries + 1, amount_fen = amount_fen + excluded.amount_fen;
    INSERT INTO entry_sum (book_id, clause, kind, entries, amount_fen)
        SELECT NEW.pool_id, COALESCE(NEW.clause, ''), NEW.kind, 1, NEW.amount_fen WHERE NEW.pool_id IS NOT NULL
        ON CONFLICT (book_id, clause, kind) DO UPDATE SET entries = entries + 1, amount_fen = amount_fen + excluded.amount_fen;
END;
