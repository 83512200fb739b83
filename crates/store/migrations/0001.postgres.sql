-- What only PostgreSQL says so: how rows are numbered, and what must never change.

CREATE TABLE entry (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    from_account TEXT NOT NULL,
    to_account TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    fund_id TEXT NOT NULL REFERENCES book (id) DEFERRABLE INITIALLY DEFERRED,
    pool_id TEXT REFERENCES book (id) DEFERRABLE INITIALLY DEFERRED,
    case_id TEXT REFERENCES case_file (id),
    clause TEXT,
    determination_id TEXT REFERENCES determination (id),
    reason TEXT NOT NULL,
    -- A budget is not its own pool.
    CHECK (fund_id <> pool_id),
    CHECK (
        (kind = 'appropriate' AND from_account = 'outside' AND to_account = 'available') OR
        (kind = 'reduce' AND from_account = 'available' AND to_account = 'outside') OR
        (kind = 'reserve' AND from_account = 'available' AND to_account = 'reserved') OR
        (kind = 'release' AND from_account = 'reserved' AND to_account = 'available') OR
        (kind = 'commit' AND from_account = 'reserved' AND to_account = 'committed') OR
        (kind = 'free' AND from_account = 'committed' AND to_account = 'available') OR
        (kind = 'pay' AND from_account = 'committed' AND to_account = 'paid') OR
        (kind = 'return' AND from_account = 'paid' AND to_account = 'returned') OR
        (kind = 'repay' AND from_account = 'returned' AND to_account = 'paid') OR
        (kind = 'drop' AND from_account = 'returned' AND to_account = 'available') OR
        (kind = 'recover' AND from_account = 'paid' AND to_account = 'recovered') OR
        (kind = 'reuse' AND from_account = 'recovered' AND to_account = 'available')
    )
);
CREATE INDEX entry_fund_id ON entry (fund_id);
CREATE INDEX entry_pool_id ON entry (pool_id);
CREATE INDEX entry_case_id ON entry (case_id);

CREATE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%: never changed', TG_TABLE_NAME; END $$;
CREATE TRIGGER entry_never_changed BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER determination_never_changed BEFORE UPDATE OR DELETE ON determination FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER checkpoint_never_changed BEFORE UPDATE OR DELETE ON checkpoint FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER founding_never_changed BEFORE UPDATE OR DELETE ON founding FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER guide_never_changed BEFORE UPDATE OR DELETE ON guide FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER event_never_changed BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER recusal_link_never_changed BEFORE UPDATE OR DELETE ON recusal_link FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER former_name_never_changed BEFORE UPDATE OR DELETE ON former_name FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER code_exception_never_changed BEFORE UPDATE OR DELETE ON code_exception FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER registry_snapshot_never_changed BEFORE UPDATE OR DELETE ON registry_snapshot FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER earlier_award_never_changed BEFORE UPDATE OR DELETE ON earlier_award FOR EACH ROW EXECUTE FUNCTION never_changed();
CREATE TRIGGER bank_receipt_never_changed BEFORE UPDATE OR DELETE ON bank_receipt FOR EACH ROW EXECUTE FUNCTION never_changed();
