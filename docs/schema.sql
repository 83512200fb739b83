-- What the office keeps, as both databases have it. Written by a test from the migrated databases; not read by any program.
-- Who may see what of it stands in crates/store/privacy.toml.

-- 账户登记
CREATE TABLE account_entry (
    id              TEXT   PRIMARY KEY,                                -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- whose it is
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX account_entry_organisation_id ON account_entry (organisation_id);

-- 令牌: a key of a program
CREATE TABLE api_token (
    id      TEXT   PRIMARY KEY,                                        -- its id
    digest  TEXT   NOT NULL UNIQUE,                                    -- digest of the key
    user_id TEXT   NOT NULL REFERENCES user_account (id),              -- for whom it acts
    role    TEXT   NOT NULL,                                           -- as what
    name    TEXT   NOT NULL,                                           -- what it is called
    created BIGINT NOT NULL,                                           -- since when
    expires BIGINT NOT NULL,                                           -- when it ends
    revoked BIGINT NOT NULL,                                           -- when it was revoked; 0: it holds
);
CREATE INDEX api_token_user_id ON api_token (user_id);

-- 银行回单; DELETE and UPDATE refused
CREATE TABLE bank_receipt (
    id       TEXT   PRIMARY KEY,                                       -- its id
    version  BIGINT NOT NULL,                                          -- how often it was written
    batch_id TEXT   NOT NULL REFERENCES payment_batch (id),            -- batch
    body     TEXT   NOT NULL,                                          -- the record as JSON
);
CREATE INDEX bank_receipt_batch_id ON bank_receipt (batch_id);

-- 账本: a budget or a pool with its balances, in fen
CREATE TABLE book (
    id            TEXT   PRIMARY KEY,                                  -- its id
    version       BIGINT NOT NULL,                                     -- how often it was written
    kind          TEXT   NOT NULL,                                     -- fund or pool
    year          BIGINT NOT NULL,                                     -- year of the budget
    name          TEXT   NOT NULL,                                     -- source of the money, or scheme and pool
    outside_fen   BIGINT NOT NULL,                                     -- 外部: minus what the book holds in all
    available_fen BIGINT NOT NULL,                                     -- 可用
    reserved_fen  BIGINT NOT NULL,                                     -- 预留
    committed_fen BIGINT NOT NULL,                                     -- 占用
    paid_fen      BIGINT NOT NULL,                                     -- 支付
    returned_fen  BIGINT NOT NULL,                                     -- 退回
    recovered_fen BIGINT NOT NULL,                                     -- 追回
    UNIQUE (year, name),
);
-- always: kind IN ('fund', 'pool')
-- always: outside_fen <= 0
-- always: available_fen >= 0
-- always: reserved_fen >= 0
-- always: committed_fen >= 0
-- always: paid_fen >= 0
-- always: returned_fen >= 0
-- always: recovered_fen >= 0
-- always: outside_fen + available_fen + reserved_fen + committed_fen + paid_fen + returned_fen + recovered_fen = 0

-- 批量办理: what came of an act that was done to many cases at once
CREATE TABLE bulk_run (
    id      TEXT   PRIMARY KEY,                                        -- its id
    user_id TEXT   NOT NULL REFERENCES user_account (id),              -- who asked
    role    TEXT   NOT NULL,                                           -- as what
    act     TEXT   NOT NULL,                                           -- act
    results TEXT   NOT NULL,                                           -- cases and what came of each, as JSON
    at      TEXT   NOT NULL,                                           -- when
);
CREATE INDEX bulk_run_user_id ON bulk_run (user_id);

-- 申报批次
CREATE TABLE call (
    id         TEXT   PRIMARY KEY,                                     -- its id
    version    BIGINT NOT NULL,                                        -- how often it was written
    year       BIGINT NOT NULL,                                        -- award year
    stage      TEXT   NOT NULL,                                        -- how far it has come
    version_id TEXT   NOT NULL REFERENCES policy_version (id),         -- policy version
    body       TEXT   NOT NULL,                                        -- the record as JSON
);
CREATE INDEX call_stage ON call (stage);
CREATE INDEX call_version_id ON call (version_id);
CREATE INDEX call_year ON call (year);

-- 案件
CREATE TABLE case_file (
    id              TEXT   PRIMARY KEY,                                -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    call_id         TEXT   NOT NULL REFERENCES call (id),              -- call it answers
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- who applies
    stage           TEXT   NOT NULL,                                   -- how far it has come
    notice_id       TEXT,                                              -- notice it stands in
    due             TEXT,                                              -- last day of what is waited for
    provisional     BIGINT NOT NULL,                                   -- 1 while a deadline of it rests on a year without a notice
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX case_file_call_id ON case_file (call_id, id);
CREATE INDEX case_file_due ON case_file (due);
CREATE INDEX case_file_notice_id ON case_file (notice_id);
CREATE INDEX case_file_organisation_id ON case_file (organisation_id, id);
CREATE INDEX case_file_provisional ON case_file (provisional);
CREATE INDEX case_file_stage ON case_file (stage, id);

-- 经办人: that a case changed hands within a unit; the highest number of a case and unit holds, at its step alone
CREATE TABLE case_handler (
    id      TEXT   PRIMARY KEY,                                        -- its id
    case_id TEXT   NOT NULL,                                           -- case
    unit_id TEXT   NOT NULL,                                           -- unit
    step    TEXT   NOT NULL,                                           -- step at which it was taken
    number  BIGINT NOT NULL,                                           -- how manieth time
    user_id TEXT   REFERENCES user_account (id),                       -- who has it; none: it was given back
    by_user TEXT   NOT NULL REFERENCES user_account (id),              -- who took it, gave it on or gave it back
    at      TEXT   NOT NULL,                                           -- when
);
CREATE INDEX case_handler_case_id ON case_handler (case_id);
CREATE INDEX case_handler_unit_id ON case_handler (unit_id, at);

-- 检查点; DELETE and UPDATE refused
CREATE TABLE checkpoint (
    id      TEXT   PRIMARY KEY,                                        -- its id
    version BIGINT NOT NULL,                                           -- how often it was written
    seq     BIGINT NOT NULL,                                           -- position of the last record it covers
    body    TEXT   NOT NULL,                                           -- the record as JSON
);
CREATE INDEX checkpoint_seq ON checkpoint (seq);

-- 信用代码校验例外; DELETE and UPDATE refused
CREATE TABLE code_exception (
    id      TEXT   PRIMARY KEY,                                        -- its id
    version BIGINT NOT NULL,                                           -- how often it was written
    body    TEXT   NOT NULL,                                           -- the record as JSON
);
-- always: version = 1

-- 征求意见
CREATE TABLE comment (
    id        TEXT   PRIMARY KEY,                                      -- its id
    version   BIGINT NOT NULL,                                         -- how often it was written
    policy_id TEXT   NOT NULL REFERENCES policy_version (id),          -- policy version
    body      TEXT   NOT NULL,                                         -- the record as JSON
);
CREATE INDEX comment_policy_id ON comment (policy_id);

-- 审定; DELETE and UPDATE refused
CREATE TABLE determination (
    id              TEXT   PRIMARY KEY,                                -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    case_id         TEXT   NOT NULL REFERENCES case_file (id),         -- case
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- who is paid
    year            BIGINT NOT NULL,                                   -- award year
    scheme_hash     TEXT   NOT NULL,                                   -- hash of the scheme that was applied
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX determination_case_id ON determination (case_id);
CREATE INDEX determination_organisation_id ON determination (organisation_id);

-- 公文
CREATE TABLE document (
    id         TEXT   PRIMARY KEY,                                     -- its id
    version    BIGINT NOT NULL,                                        -- how often it was written
    register   TEXT   NOT NULL UNIQUE,                                 -- unit, kind, year and number
    kind       TEXT   NOT NULL,                                        -- kind of document
    subject_id TEXT   NOT NULL,                                        -- what it is about
    year       BIGINT NOT NULL,                                        -- year of its number
    body       TEXT   NOT NULL,                                        -- the record as JSON
);
CREATE INDEX document_kind ON document (kind, id);
CREATE INDEX document_subject_id ON document (subject_id, id);
CREATE INDEX document_year ON document (year, id);

-- 公文编号
CREATE TABLE document_sequence (
    id          TEXT   PRIMARY KEY,                                    -- its id
    version     BIGINT NOT NULL,                                       -- how often it was written
    last_number BIGINT NOT NULL,                                       -- last number given
    body        TEXT   NOT NULL,                                       -- the record as JSON
);
CREATE INDEX document_sequence_last_number ON document_sequence (last_number);
-- always: last_number >= 1

-- 填报内容: what was typed into the form of an application, wrong values and all, until it is handed in
CREATE TABLE draft_form (
    id              TEXT   PRIMARY KEY,                                -- its id
    organisation_id TEXT   NOT NULL,                                   -- whose
    call_id         TEXT   NOT NULL,                                   -- of which call
    case_id         TEXT   NOT NULL,                                   -- draft that holds what of it can be used
    user_id         TEXT   NOT NULL REFERENCES user_account (id),      -- who saved it last
    fields          TEXT   NOT NULL,                                   -- names and values, as a form sends them
    version         BIGINT NOT NULL,                                   -- how often it was saved
    request         TEXT   NOT NULL,                                   -- request that saved it last
    saved           BIGINT NOT NULL,                                   -- when
);
CREATE INDEX draft_form_case_id ON draft_form (case_id);

-- 应付款
CREATE TABLE due (
    id         TEXT   PRIMARY KEY,                                     -- its id
    version    BIGINT NOT NULL,                                        -- how often it was written
    case_id    TEXT   NOT NULL REFERENCES case_file (id),              -- case
    call_id    TEXT   NOT NULL REFERENCES call (id),                   -- call
    state      TEXT   NOT NULL,                                        -- how far it is
    year       BIGINT NOT NULL,                                        -- year whose budget pays
    amount_fen BIGINT NOT NULL,                                        -- how much, in fen
    body       TEXT   NOT NULL,                                        -- the record as JSON
);
CREATE INDEX due_call_id ON due (call_id, id);
CREATE INDEX due_case_id ON due (case_id, id);
CREATE INDEX due_state ON due (state, id);
CREATE INDEX due_year ON due (year, id);
-- always: amount_fen > 0

-- 历史兑付; DELETE and UPDATE refused
CREATE TABLE earlier_award (
    id              TEXT   PRIMARY KEY,                                -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- who was paid
    year            BIGINT NOT NULL,                                   -- award year
    corrects_id     TEXT   UNIQUE REFERENCES earlier_award (id),       -- record whose place it takes
    counted_as      TEXT   UNIQUE,                                     -- what a row as loaded is counted as: organisation, clause, year, key
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX earlier_award_organisation_id ON earlier_award (organisation_id);
CREATE INDEX earlier_award_year ON earlier_award (year);
-- always: version = 1
-- always: (corrects_id IS NULL) <> (counted_as IS NULL)

-- 分录: one movement of money, never changed; DELETE and UPDATE refused
CREATE TABLE entry (
    number           BIGINT PRIMARY KEY,                               -- order of posting
    id               TEXT   NOT NULL UNIQUE,                           -- its id
    at               TEXT   NOT NULL,                                  -- when
    kind             TEXT   NOT NULL,                                  -- what it does
    from_account     TEXT   NOT NULL,                                  -- account that gives
    to_account       TEXT   NOT NULL,                                  -- account that takes
    amount_fen       BIGINT NOT NULL,                                  -- how much
    fund_id          TEXT   NOT NULL REFERENCES book (id) DEFERRED,    -- budget it belongs to
    pool_id          TEXT   REFERENCES book (id) DEFERRED,             -- pool it counts against
    case_id          TEXT   REFERENCES case_file (id),                 -- case it is about
    clause           TEXT,                                             -- clause it is about
    determination_id TEXT   REFERENCES determination (id),             -- determination it rests on
    reason           TEXT   NOT NULL,                                  -- why, in words or as the number of a document
);
CREATE INDEX entry_case_id ON entry (case_id);
CREATE INDEX entry_fund_clause ON entry (fund_id, clause, kind, number);
CREATE INDEX entry_fund_id ON entry (fund_id, number);
CREATE INDEX entry_fund_kind ON entry (fund_id, kind, number);
CREATE INDEX entry_pool_clause ON entry (pool_id, clause, kind, number);
CREATE INDEX entry_pool_id ON entry (pool_id, number);
CREATE INDEX entry_pool_kind ON entry (pool_id, kind, number);
-- always: amount_fen > 0
-- always: fund_id <> pool_id
-- always: (kind = 'appropriate' AND from_account = 'outside' AND to_account = 'available') OR (kind = 'reduce' AND from_account = 'available' AND to_account = 'outside') OR (kind = 'reserve' AND from_account = 'available' AND to_account = 'reserved') OR (kind = 'release' AND from_account = 'reserved' AND to_account = 'available') OR (kind = 'commit' AND from_account = 'reserved' AND to_account = 'committed') OR (kind = 'free' AND from_account = 'committed' AND to_account = 'available') OR (kind = 'pay' AND from_account = 'committed' AND to_account = 'paid') OR (kind = 'return' AND from_account = 'paid' AND to_account = 'returned') OR (kind = 'repay' AND from_account = 'returned' AND to_account = 'paid') OR (kind = 'drop' AND from_account = 'returned' AND to_account = 'available') OR (kind = 'recover' AND from_account = 'paid' AND to_account = 'recovered') OR (kind = 'reuse' AND from_account = 'recovered' AND to_account = 'available')

-- 分录汇总: what the entries of a book come to by clause and kind, kept by the database as they are written
CREATE TABLE entry_sum (
    book_id    TEXT   NOT NULL REFERENCES book (id) DEFERRED,          -- the book
    clause     TEXT   NOT NULL,                                        -- clause they are about; empty: none
    kind       TEXT   NOT NULL,                                        -- what they do
    entries    BIGINT NOT NULL,                                        -- how many
    amount_fen BIGINT NOT NULL,                                        -- how much, together
);
-- always: entries > 0
-- always: amount_fen > 0

-- 事件: one act that was done, never changed; DELETE and UPDATE refused
CREATE TABLE event (
    seq         BIGINT PRIMARY KEY,                                    -- position in the chain
    at          TEXT   NOT NULL,                                       -- when
    user_id     TEXT   NOT NULL,                                       -- who
    role        TEXT   NOT NULL,                                       -- as what
    act         TEXT   NOT NULL,                                       -- which act
    request_id  TEXT   NOT NULL UNIQUE,                                -- request it answers
    subject     TEXT   NOT NULL,                                       -- what it was done to
    input       TEXT   NOT NULL,                                       -- what was asked for, as JSON
    outcome     TEXT   NOT NULL,                                       -- what was answered, as JSON
    effects     TEXT   NOT NULL,                                       -- what it changed: tables, ids, versions, fingerprints, as JSON
    before      TEXT   NOT NULL,                                       -- fingerprint of the event before
    fingerprint TEXT   NOT NULL,                                       -- fingerprint of this event
);
CREATE INDEX event_subject ON event (subject);

-- 导出记录: that a list left as a file
CREATE TABLE export_note (
    id         TEXT   PRIMARY KEY,                                     -- its id
    user_id    TEXT   NOT NULL REFERENCES user_account (id),           -- who took it
    role       TEXT   NOT NULL,                                        -- as what
    collection TEXT   NOT NULL,                                        -- which list
    filter     TEXT   NOT NULL,                                        -- filter, as JSON
    format     TEXT   NOT NULL,                                        -- xlsx or csv
    row_count  BIGINT NOT NULL,                                        -- how many rows
    at         TEXT   NOT NULL,                                        -- when
);
CREATE INDEX export_note_user_id ON export_note (user_id);

-- 曾用名; DELETE and UPDATE refused
CREATE TABLE former_name (
    id              TEXT   PRIMARY KEY,                                -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- whose it is
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX former_name_organisation_id ON former_name (organisation_id);
-- always: version = 1

-- 初始化完成; DELETE and UPDATE refused
CREATE TABLE founding (
    id      TEXT   PRIMARY KEY,                                        -- its id
    version BIGINT NOT NULL,                                           -- how often it was written
    body    TEXT   NOT NULL,                                           -- the record as JSON
);
-- always: id = 'office'
-- always: version = 1

-- 申报指南; DELETE and UPDATE refused
CREATE TABLE guide (
    id        TEXT   PRIMARY KEY,                                      -- its id
    version   BIGINT NOT NULL,                                         -- how often it was written
    policy_id TEXT   NOT NULL REFERENCES policy_version (id),          -- policy version
    body      TEXT   NOT NULL,                                         -- the record as JSON
);
CREATE INDEX guide_policy_id ON guide (policy_id);
-- always: version = 1

-- 发票使用: that an invoice was handed in
CREATE TABLE invoice_use (
    upload_id       TEXT   PRIMARY KEY,                                -- the upload it came with
    fingerprint     TEXT   NOT NULL,                                   -- which invoice
    digest          TEXT   NOT NULL,                                   -- digest of the file
    user_id         TEXT   NOT NULL REFERENCES user_account (id),      -- who handed it in
    organisation_id TEXT,                                              -- for which enterprise
    at              TEXT   NOT NULL,                                   -- when
);
CREATE INDEX invoice_use_fingerprint ON invoice_use (fingerprint);

-- 版头
CREATE TABLE letterhead (
    id      TEXT   PRIMARY KEY REFERENCES unit (id),                   -- its id
    version BIGINT NOT NULL,                                           -- how often it was written
    body    TEXT   NOT NULL,                                           -- the record as JSON
);

-- 列表视图: a filter of a list with its columns that somebody keeps under a name
CREATE TABLE list_view (
    id      TEXT   PRIMARY KEY,                                        -- its id
    user_id TEXT   NOT NULL REFERENCES user_account (id),              -- whose
    list    TEXT   NOT NULL,                                           -- which list
    name    TEXT   NOT NULL,                                           -- what it is called
    filter  TEXT   NOT NULL,                                           -- filter, as it stands behind the question mark
    columns TEXT   NOT NULL,                                           -- columns shown, separated by ~
    saved   BIGINT NOT NULL,                                           -- when
);
CREATE INDEX list_view_user_id ON list_view (user_id);

-- the end of the log: who writes an event holds this row
CREATE TABLE log_head (
    id          BIGINT PRIMARY KEY,                                    -- its id
    seq         BIGINT NOT NULL,                                       -- position of the last event
    fingerprint TEXT   NOT NULL,                                       -- its fingerprint
);
-- always: id = 1

-- 比对名单条目
CREATE TABLE match_entry (
    id              TEXT   PRIMARY KEY,                                -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    list_id         TEXT   NOT NULL REFERENCES match_list (id),        -- list
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- who
    state           TEXT   NOT NULL,                                   -- how far it has come
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX match_entry_list_id ON match_entry (list_id, id);
CREATE INDEX match_entry_organisation_id ON match_entry (organisation_id, id);
CREATE INDEX match_entry_state ON match_entry (state, id);

-- 比对名单
CREATE TABLE match_list (
    id      TEXT   PRIMARY KEY,                                        -- its id
    version BIGINT NOT NULL,                                           -- how often it was written
    call_id TEXT   NOT NULL REFERENCES call (id),                      -- call it is for
    stage   TEXT   NOT NULL,                                           -- how far it has come
    body    TEXT   NOT NULL,                                           -- the record as JSON
);
CREATE INDEX match_list_call_id ON match_list (call_id);
CREATE INDEX match_list_stage ON match_list (stage);

-- 提请
CREATE TABLE motion (
    id          TEXT   PRIMARY KEY,                                    -- its id
    version     BIGINT NOT NULL,                                       -- how often it was written
    case_id     TEXT   REFERENCES case_file (id),                      -- case it is about
    proposed_by TEXT   NOT NULL REFERENCES user_account (id),          -- who asked
    open        BIGINT NOT NULL,                                       -- 1 until it is confirmed
    body        TEXT   NOT NULL,                                       -- the record as JSON
);
CREATE INDEX motion_case_id ON motion (case_id);
CREATE INDEX motion_proposed_by ON motion (proposed_by);

-- 公示
CREATE TABLE notice (
    id          TEXT   PRIMARY KEY,                                    -- its id
    version     BIGINT NOT NULL,                                       -- how often it was written
    call_id     TEXT   NOT NULL REFERENCES call (id),                  -- call
    provisional BIGINT NOT NULL,                                       -- whether its last day is provisional
    body        TEXT   NOT NULL,                                       -- the record as JSON
);
CREATE INDEX notice_call_id ON notice (call_id);
CREATE INDEX notice_provisional ON notice (provisional);

-- 异议
CREATE TABLE objection (
    id          TEXT   PRIMARY KEY,                                    -- its id
    version     BIGINT NOT NULL,                                       -- how often it was written
    notice_id   TEXT   NOT NULL REFERENCES notice (id),                -- notice
    case_id     TEXT   NOT NULL REFERENCES case_file (id),             -- row
    state       TEXT   NOT NULL,                                       -- how far it is
    provisional BIGINT NOT NULL,                                       -- whether the day of the answer is provisional
    body        TEXT   NOT NULL,                                       -- the record as JSON
);
CREATE INDEX objection_case_id ON objection (case_id);
CREATE INDEX objection_notice_id ON objection (notice_id);
CREATE INDEX objection_provisional ON objection (provisional);
CREATE INDEX objection_state ON objection (state);

-- 申报主体
CREATE TABLE organisation (
    id          TEXT   PRIMARY KEY,                                    -- its id
    version     BIGINT NOT NULL,                                       -- how often it was written
    credit_code TEXT   NOT NULL UNIQUE,                                -- unified social credit code
    body        TEXT   NOT NULL,                                       -- the record as JSON
);

-- 待发消息
CREATE TABLE outbox (
    id      TEXT   PRIMARY KEY,                                        -- its id
    version BIGINT NOT NULL,                                           -- how often it was written
    state   TEXT   NOT NULL,                                           -- waiting or delivered
    about   TEXT   NOT NULL,                                           -- id of the thing it is about
    body    TEXT   NOT NULL,                                           -- the record as JSON
);
CREATE INDEX outbox_about ON outbox (about, id);
CREATE INDEX outbox_state ON outbox (state, id);
-- always: state IN ('waiting', 'delivered')

-- 拨付批次
CREATE TABLE payment_batch (
    id             TEXT   PRIMARY KEY,                                 -- its id
    version        BIGINT NOT NULL,                                    -- how often it was written
    call_id        TEXT   NOT NULL REFERENCES call (id),               -- call
    request_number TEXT   UNIQUE,                                      -- number of the request for payment
    body           TEXT   NOT NULL,                                    -- the record as JSON
);
CREATE INDEX payment_batch_call_id ON payment_batch (call_id);

-- 绩效报告
CREATE TABLE performance (
    id          TEXT   PRIMARY KEY,                                    -- its id
    version     BIGINT NOT NULL,                                       -- how often it was written
    case_id     TEXT   NOT NULL REFERENCES case_file (id),             -- case
    state       TEXT   NOT NULL,                                       -- how far it is
    until       TEXT   NOT NULL,                                       -- last day for the report
    provisional BIGINT NOT NULL,                                       -- whether that day is provisional
    body        TEXT   NOT NULL,                                       -- the record as JSON
);
CREATE INDEX performance_case_id ON performance (case_id, id);
CREATE INDEX performance_provisional ON performance (provisional);
CREATE INDEX performance_state ON performance (state, id);
CREATE INDEX performance_until ON performance (until);

-- 政策版本的生命周期
CREATE TABLE policy_life (
    id          TEXT   PRIMARY KEY REFERENCES policy_version (id),     -- its id
    version     BIGINT NOT NULL,                                       -- how often it was written
    stage       TEXT   NOT NULL,                                       -- how far it has come
    provisional BIGINT NOT NULL,                                       -- 1 where a term meets a year without a calendar
    body        TEXT   NOT NULL,                                       -- the record as JSON
);
CREATE INDEX policy_life_provisional ON policy_life (provisional);
CREATE INDEX policy_life_stage ON policy_life (stage);

-- 政策版本
CREATE TABLE policy_version (
    id          TEXT   PRIMARY KEY,                                    -- its id
    version     BIGINT NOT NULL,                                       -- how often it was written
    scheme_hash TEXT   NOT NULL UNIQUE,                                -- hash of the compiled scheme
    body        TEXT   NOT NULL,                                       -- the record as JSON
);

-- 认定、指定、同意、活动审批
CREATE TABLE recognition (
    id              TEXT   PRIMARY KEY,                                -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- whom it is about
    number          TEXT   NOT NULL,                                   -- number of the document
    fact            TEXT   NOT NULL,                                   -- fact it proves
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX recognition_fact ON recognition (fact);
CREATE INDEX recognition_number ON recognition (number);
CREATE INDEX recognition_organisation_id ON recognition (organisation_id);

-- 追回案件
CREATE TABLE recovery (
    id              TEXT   PRIMARY KEY,                                -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    case_id         TEXT   NOT NULL REFERENCES case_file (id),         -- case whose award it is about
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- who has to pay back
    stage           TEXT   NOT NULL,                                   -- how far it has come
    provisional     BIGINT NOT NULL,                                   -- 1 where a term meets a year without a calendar
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX recovery_case_id ON recovery (case_id);
CREATE INDEX recovery_organisation_id ON recovery (organisation_id);
CREATE INDEX recovery_provisional ON recovery (provisional);
CREATE INDEX recovery_stage ON recovery (stage);

-- 追回线索
CREATE TABLE recovery_lead (
    id              TEXT   PRIMARY KEY,                                -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- whom it is about
    state           TEXT   NOT NULL,                                   -- what became of it
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX recovery_lead_organisation_id ON recovery_lead (organisation_id);
CREATE INDEX recovery_lead_state ON recovery_lead (state);

-- 回避关系; DELETE and UPDATE refused
CREATE TABLE recusal_link (
    id              TEXT   PRIMARY KEY,                                -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    user_id         TEXT   NOT NULL REFERENCES user_account (id),      -- the person
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- the enterprise
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX recusal_link_organisation_id ON recusal_link (organisation_id);
CREATE INDEX recusal_link_user_id ON recusal_link (user_id);
-- always: version = 1

-- 登记快照; DELETE and UPDATE refused
CREATE TABLE registry_snapshot (
    id              TEXT   PRIMARY KEY REFERENCES determination (id),  -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- whose it is
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX registry_snapshot_organisation_id ON registry_snapshot (organisation_id);
-- always: version = 1

-- 保存期限
CREATE TABLE retention (
    id      TEXT   PRIMARY KEY,                                        -- its id
    version BIGINT NOT NULL,                                           -- how often it was written
    body    TEXT   NOT NULL,                                           -- the record as JSON
);
-- always: id = 'office'

-- 权限变更
CREATE TABLE rights_proposal (
    id          TEXT   PRIMARY KEY,                                    -- its id
    version     BIGINT NOT NULL,                                       -- how often it was written
    proposed_by TEXT   NOT NULL REFERENCES user_account (id),          -- who proposed it
    body        TEXT   NOT NULL,                                       -- the record as JSON
);
CREATE INDEX rights_proposal_proposed_by ON rights_proposal (proposed_by);

-- which migrations were done
CREATE TABLE schema_version (
    version BIGINT PRIMARY KEY,                                        -- number of a migration
);

-- 会话: somebody signed in
CREATE TABLE session (
    digest  TEXT   PRIMARY KEY,                                        -- digest of the cookie
    user_id TEXT   NOT NULL REFERENCES user_account (id),              -- who
    role    TEXT   NOT NULL,                                           -- as what
    csrf    TEXT   NOT NULL,                                           -- what a form must repeat
    created BIGINT NOT NULL,                                           -- since when
    seen    BIGINT NOT NULL,                                           -- last request
    expires BIGINT NOT NULL,                                           -- when it ends
);
CREATE INDEX session_expires ON session (expires);
CREATE INDEX session_user_id ON session (user_id);

-- 网店
CREATE TABLE shop (
    id              TEXT   PRIMARY KEY,                                -- its id
    version         BIGINT NOT NULL,                                   -- how often it was written
    organisation_id TEXT   NOT NULL REFERENCES organisation (id),      -- whose it is
    body            TEXT   NOT NULL,                                   -- the record as JSON
);
CREATE INDEX shop_organisation_id ON shop (organisation_id);

-- 登录: how a person signs in; a row of the service, not of the log
CREATE TABLE sign_in (
    user_id      TEXT   PRIMARY KEY REFERENCES user_account (id),      -- the person
    password     TEXT   NOT NULL,                                      -- hash of the password, with salt and cost
    totp         TEXT,                                                 -- secret of the second factor
    totp_step    BIGINT NOT NULL,                                      -- last step of the second factor that was used
    failures     BIGINT NOT NULL,                                      -- failures in a row
    locked_until BIGINT NOT NULL,                                      -- until when no password is tried
    must_change  BIGINT NOT NULL,                                      -- 1: a password that others know
);

-- 单位
CREATE TABLE unit (
    id      TEXT   PRIMARY KEY,                                        -- its id
    version BIGINT NOT NULL,                                           -- how often it was written
    name    TEXT   NOT NULL UNIQUE,                                    -- name in policy texts
    body    TEXT   NOT NULL,                                           -- the record as JSON
);

-- 上传: a file on its way, or arrived
CREATE TABLE upload (
    id              TEXT   PRIMARY KEY,                                -- its id
    user_id         TEXT   NOT NULL REFERENCES user_account (id),      -- who sends it
    organisation_id TEXT,                                              -- for which enterprise
    case_id         TEXT,                                              -- case it is about
    name            TEXT   NOT NULL,                                   -- its name, cleaned
    size            BIGINT NOT NULL,                                   -- bytes in all
    received        BIGINT NOT NULL,                                   -- bytes on the disk
    kind            TEXT,                                              -- what it is by its content
    digest          TEXT,                                              -- SM3 of its content
    created         BIGINT NOT NULL,                                   -- since when
);
CREATE INDEX upload_digest ON upload (digest);
CREATE INDEX upload_organisation_id ON upload (organisation_id);
CREATE INDEX upload_user_id ON upload (user_id);
-- always: size > 0
-- always: received >= 0 AND received <= size

-- 用户
CREATE TABLE user_account (
    id      TEXT   PRIMARY KEY,                                        -- its id
    version BIGINT NOT NULL,                                           -- how often it was written
    unit_id TEXT   REFERENCES unit (id),                               -- unit the person works for
    body    TEXT   NOT NULL,                                           -- the record as JSON
);
CREATE INDEX user_account_unit_id ON user_account (unit_id);

-- 推送: another system that is told of acts
CREATE TABLE webhook (
    id        TEXT   PRIMARY KEY,                                      -- its id
    user_id   TEXT   NOT NULL REFERENCES user_account (id),            -- who set it up
    url       TEXT   NOT NULL,                                         -- where to
    secret    TEXT   NOT NULL,                                         -- key of the signature
    acts      TEXT   NOT NULL,                                         -- names of acts; empty: all
    delivered BIGINT NOT NULL,                                         -- position of the last event that arrived
    failures  BIGINT NOT NULL,                                         -- failures in a row
    next_try  BIGINT NOT NULL,                                         -- not before
    active    BIGINT NOT NULL,                                         -- 1: on
    trouble   TEXT   NOT NULL,                                         -- what went wrong last
);

-- 工作日历
CREATE TABLE work_calendar (
    id        TEXT   PRIMARY KEY,                                      -- its id
    version   BIGINT NOT NULL,                                         -- how often it was written
    last_year BIGINT,                                                  -- last year that was loaded
    body      TEXT   NOT NULL,                                         -- the record as JSON
);

CREATE VIEW book_replay (book_id, account, kept_fen, posted_fen);

CREATE VIEW log_replay (seq, events, astray);

CREATE VIEW posting (book_id, account, fen);
