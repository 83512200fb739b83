//! One of each act, about things that are there (see `ground`). What an act then says beyond access does not matter here.

#[path = "samples/money.rs"]
mod money;
#[path = "samples/recovery.rs"]
mod recovery;
#[path = "samples/review.rs"]
mod review;

use crate::district::{District, day, example, id, user};
use casework::Act;
use casework::budget::BudgetAct;
use casework::call::{CallAct, Period};
use casework::case::{Amount, CaseAct};
use casework::chain::checkpoint::LogAct;
use casework::chain::{Checkpoint, Fingerprint};
use casework::history::{HistoryAct, LedgerRow, Row};
use casework::id::*;
use casework::matching::{CreditCheck, FactSource, Matched, MatchingAct};
use casework::notice::NoticeAct;
use casework::organisation::{Account, Shop};
use casework::outbox::OutboxAct;
use casework::payment::PaymentAct;
use casework::people::{Link, LinkKind, Role, Unit};
use casework::policy_version::PolicyVersion;
use casework::registry::RegistryAct;
use values::{Fen, Moment};

/// An act as it is read from a page.
fn read(json: serde_json::Value) -> Act {
    serde_json::from_value(json.clone()).unwrap_or_else(|why| panic!("{why}: {json}"))
}

pub fn paper() -> Fingerprint {
    Fingerprint::of("一份材料".as_bytes())
}

pub fn account() -> Account {
    Account { holder: "示例电商1号有限公司".into(), number: "62009999".into(), bank: "示例银行".into() }
}

/// Draws up the list of firm 1 in call c2.
pub fn list(name: &str) -> Act {
    list_of(name, "c2", vec![matched("firm1")])
}

/// Draws up a list.
pub fn list_of(name: &str, call: &str, entries: Vec<Matched>) -> Act {
    Act::Matching(MatchingAct::List {
        list: id(MatchListId::parse, name),
        call: id(CallId::parse, call),
        document: "2024年度特色馆认定名单".into(),
        digest: paper(),
        entries,
    })
}

/// A firm matched for clause 1.2, which gives it 246,913.58 yuan.
pub fn matched(firm: &str) -> Matched {
    let application = example(1, "m1");
    let facts = application["facts"].as_object().unwrap().keys().cloned().collect();
    Matched {
        organisation: id(OrganisationId::parse, firm),
        clauses: vec!["1.2".into()],
        application,
        sources: vec![FactSource { facts, source: "市场监管局登记信息".into(), digest: paper() }],
    }
}

/// All of them.
pub fn samples() -> Vec<Act> {
    let mut all = registry();
    all.extend(money());
    all.extend(cases());
    all.extend(history());
    all.extend(matching());
    all.push(Act::Log(LogAct::Checkpoint { checkpoint: unsigned() }));
    all.extend(money::samples());
    all.extend(recovery::samples());
    all.extend(review::samples());
    all.extend(documents());
    all.extend(retention());
    all.push(Act::Outbox(OutboxAct::Deliver { messages: vec![id(MessageId::parse, "m-none")], channel: "短信".into() }));
    all
}

fn documents() -> Vec<Act> {
    let letterhead = serde_json::json!({"unit": "commerce", "organ": "重庆市黔江区商务委员会", "code": "黔江商务", "address": "", "phone": ""});
    [
        serde_json::json!({"issue": {"subject": {"case": "paid"}, "documents": [{"document": "doc2", "kind": "review_form"}]}}),
        serde_json::json!({"void": {"document": "doc1", "reason": "写错了"}}),
        serde_json::json!({"put_letterhead": {"letterhead": letterhead}}),
    ]
    .map(|act| read(serde_json::json!({ "document": act })))
    .into()
}

fn retention() -> Vec<Act> {
    [
        serde_json::json!({"set_periods": {"drafts_days": 90, "contacts_years": 10, "basis": "区档案处置规定"}}),
        serde_json::json!({"empty_draft": {"case": "draft"}}),
        serde_json::json!({"forget_contacts": {"organisation": "firm1", "people": []}}),
    ]
    .map(|act| read(serde_json::json!({ "retention": act })))
    .into()
}

/// A checkpoint that nobody signed.
fn unsigned() -> Checkpoint {
    Checkpoint {
        id: id(CheckpointId::parse, "k1"),
        seq: 1,
        head: paper(),
        at: Moment::start_of(day("2025-03-01")),
        key: String::new(),
        signature: String::new(),
    }
}

fn registry() -> Vec<Act> {
    let firm = || id(OrganisationId::parse, "firm1");
    let version =
        PolicyVersion { id: id(PolicyVersionId::parse, "v9"), scheme_hash: "0".into(), files: vec![("policy.md".into(), String::new())], official: None };
    let link = Link {
        id: id(LinkId::parse, "link1"),
        user: id(UserId::parse, "farms"),
        organisation: firm(),
        kind: LinkKind::Kinship,
        source: "本人申报".into(),
        evidence: None,
        from: day("2025-01-01"),
        until: None,
    };
    let shop =
        Shop {
            id: id(ShopId::parse, "s1"), organisation: firm(), platform: "示例平台".into(), name: "示例店".into(), from: day("2024-01-01"), until: None
        };
    [
        RegistryAct::Found { user: user("newcomer", None, None, Role::Administrator) },
        RegistryAct::PutUnit { unit: Unit { id: id(UnitId::parse, "culture"), name: "区文旅委".into() } },
        RegistryAct::PutUser { user: user("newcomer", None, Some("firm2"), Role::Applicant) },
        RegistryAct::PutOrganisation { organisation: District::firm_for(7).into() },
        RegistryAct::LoadPolicy { version },
        RegistryAct::ConfirmUser { user: id(UserId::parse, "newcomer") },
        RegistryAct::PutLink { link },
        RegistryAct::PutShop { shop },
        RegistryAct::AdmitCode { credit_code: "91500114MA5U00000X".into(), evidence: paper(), reason: "营业执照副本".into() },
        RegistryAct::PutAccount {
            entry: id(AccountId::parse, "a1"),
            organisation: firm(),
            account: account(),
            from: day("2025-03-01"),
            source: "开户许可证".into(),
        },
        RegistryAct::VerifyAccount { entry: id(AccountId::parse, "a1") },
    ]
    .map(Act::Registry)
    .into()
}

fn money() -> Vec<Act> {
    let book = || id(BookId::parse, "fund-2024");
    let entry = |name: &str| id(EntryId::parse, name);
    vec![
        Act::Budget(BudgetAct::OpenFund { book: id(BookId::parse, "fund-2025"), year: 2025, source: "另一笔资金".into() }),
        Act::Budget(BudgetAct::OpenPool {
            book: id(BookId::parse, "pool-2025"),
            year: 2025,
            version: id(PolicyVersionId::parse, "qianjiang-2023"),
            pool: "年度总额".into(),
            entry: entry("e-pool-2025"),
        }),
        Act::Budget(BudgetAct::Appropriate { entry: entry("e-more"), book: book(), amount: Fen(100), reason: "预算〔2025〕2号".into() }),
        Act::Budget(BudgetAct::Reduce { entry: entry("e-less"), book: book(), amount: Fen(100), reason: "预算〔2025〕3号".into() }),
        Act::Payment(PaymentAct::Pay { batch: id(BatchId::parse, "b1"), entry: entry("e-b2") }),
    ]
}

fn cases() -> Vec<Act> {
    let call = || id(CallId::parse, "c2");
    let case = || id(CaseId::parse, "case1");
    let start = CaseAct::Start {
        case: id(CaseId::parse, "new-case"),
        call: call(),
        organisation: id(OrganisationId::parse, "firm1"),
        clauses: vec!["1.1".into()],
        application: example(5, "new-case"),
        evidence: Vec::new(),
    };
    let amounts = vec![Amount { clause: "1.1".into(), amount: Fen(0), reason: Some("不符合".into()) }];
    vec![
        Act::Call(CallAct::Prepare { call: District::call_for("c3", &["1.1"]) }),
        Act::Call(CallAct::Open { call: call() }),
        Act::Call(CallAct::Close { call: call() }),
        Act::Call(CallAct::Share { call: call(), entry: id(EntryId::parse, "e-s2") }),
        Act::Case(start),
        Act::Case(CaseAct::Submit { case: id(CaseId::parse, "draft"), declaration: None }),
        Act::Case(CaseAct::Accept { case: case() }),
        Act::Case(CaseAct::Screen { case: case() }),
        Act::Case(CaseAct::Summarise { case: case(), amounts }),
        Act::Case(CaseAct::Approve { case: case(), determination: id(DeterminationId::parse, "d2"), entry: id(EntryId::parse, "e-d2") }),
        Act::Notice(NoticeAct::Publish { notice: id(NoticeId::parse, "n2"), call: call() }),
        Act::Notice(NoticeAct::Conclude { notice: id(NoticeId::parse, "n1"), entry: id(EntryId::parse, "e-n2") }),
    ]
}

fn history() -> Vec<Act> {
    let row = Row { row: 1, credit_code: District::firm_for(1).credit_code, clause: "1.1".into(), year: 2023, amount: Fen(100), key: None };
    vec![
        Act::History(HistoryAct::Load {
            motion: id(MotionId::parse, "mo4"),
            load: id(LoadId::parse, "old"),
            document: "2023年度兑付台账".into(),
            digest: paper(),
            version: id(PolicyVersionId::parse, "qianjiang-2023"),
            rows: vec![row],
        }),
        Act::History(HistoryAct::Confirm { motion: id(MotionId::parse, "mo4") }),
        Act::History(HistoryAct::Correct {
            motion: id(MotionId::parse, "mo5"),
            award: id(EarlierAwardId::parse, "old-fix"),
            corrects: id(EarlierAwardId::parse, "old:1"),
            year: 2023,
            amount: Fen(200),
            key: None,
            source: LedgerRow { document: "2023年度兑付台账".into(), digest: paper(), row: 1 },
            reason: "金额录错".into(),
        }),
    ]
}

fn matching() -> Vec<Act> {
    let firm = || id(OrganisationId::parse, "firm1");
    let l1 = || id(MatchListId::parse, "l1");
    let check = CreditCheck { source: "信用中国".into(), clear: true, result: "无失信记录".into(), digest: paper() };
    vec![
        list("l2"),
        Act::Matching(MatchingAct::Check { list: l1(), organisation: firm(), check }),
        Act::Matching(MatchingAct::Approve { list: l1() }),
        Act::Matching(MatchingAct::Push { list: l1(), period: Period::WorkingDays(5) }),
        Act::Matching(MatchingAct::Confirm { list: l1(), organisation: firm(), case: id(CaseId::parse, "m1"), account: account(), commitment: paper() }),
        Act::Matching(MatchingAct::Refuse { list: l1(), organisation: firm(), reason: "不需要".into() }),
    ]
}
