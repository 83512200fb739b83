-- What only SQLite says so: how rows are numbered, and what must never change.

CREATE TABLE entry (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
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

CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry: never changed'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry: never changed'); END;
CREATE TRIGGER determination_no_update BEFORE UPDATE ON determination BEGIN SELECT RAISE(ABORT, 'determination: never changed'); END;
CREATE TRIGGER determination_no_delete BEFORE DELETE ON determination BEGIN SELECT RAISE(ABORT, 'determination: never changed'); END;
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoint: never changed'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoint: never changed'); END;
CREATE TRIGGER founding_no_update BEFORE UPDATE ON founding BEGIN SELECT RAISE(ABORT, 'founding: never changed'); END;
CREATE TRIGGER founding_no_delete BEFORE DELETE ON founding BEGIN SELECT RAISE(ABORT, 'founding: never changed'); END;
CREATE TRIGGER guide_no_update BEFORE UPDATE ON guide BEGIN SELECT RAISE(ABORT, 'guide: never changed'); END;
CREATE TRIGGER guide_no_delete BEFORE DELETE ON guide BEGIN SELECT RAISE(ABORT, 'guide: never changed'); END;
CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event: never changed'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event: never changed'); END;
CREATE TRIGGER recusal_link_no_update BEFORE UPDATE ON recusal_link BEGIN SELECT RAISE(ABORT, 'recusal_link: never changed'); END;
CREATE TRIGGER recusal_link_no_delete BEFORE DELETE ON recusal_link BEGIN SELECT RAISE(ABORT, 'recusal_link: never changed'); END;
CREATE TRIGGER former_name_no_update BEFORE UPDATE ON former_name BEGIN SELECT RAISE(ABORT, 'former_name: never changed'); END;
CREATE TRIGGER former_name_no_delete BEFORE DELETE ON former_name BEGIN SELECT RAISE(ABORT, 'former_name: never changed'); END;
CREATE TRIGGER code_exception_no_update BEFORE UPDATE ON code_exception BEGIN SELECT RAISE(ABORT, 'code_exception: never changed'); END;
CREATE TRIGGER code_exception_no_delete BEFORE DELETE ON code_exception BEGIN SELECT RAISE(ABORT, 'code_exception: never changed'); END;
CREATE TRIGGER registry_snapshot_no_update BEFORE UPDATE ON registry_snapshot BEGIN SELECT RAISE(ABORT, 'registry_snapshot: never changed'); END;
CREATE TRIGGER registry_snapshot_no_delete BEFORE DELETE ON registry_snapshot BEGIN SELECT RAISE(ABORT, 'registry_snapshot: never changed'); END;
CREATE TRIGGER earlier_award_no_update BEFORE UPDATE ON earlier_award BEGIN SELECT RAISE(ABORT, 'earlier_award: never changed'); END;
CREATE TRIGGER earlier_award_no_delete BEFORE DELETE ON earlier_award BEGIN SELECT RAISE(ABORT, 'earlier_award: never changed'); END;
CREATE TRIGGER bank_receipt_no_update BEFORE UPDATE ON bank_receipt BEGIN SELECT RAISE(ABORT, 'bank_receipt: never changed'); END;
CREATE TRIGGER bank_receipt_no_delete BEFORE DELETE ON bank_receipt BEGIN SELECT RAISE(ABORT, 'bank_receipt: never changed'); END;
