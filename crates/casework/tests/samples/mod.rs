//! A sample of each refusal, noun by noun, in the order in which they are checked.

use casework::Refusal;
use casework::calendar::CalendarRefusal;
use casework::call::{CallRefusal, CallStage, StepKind};
use casework::case::{CaseRefusal, Stage};
use casework::chain::Fingerprint;
use casework::determination::DeterminationRefusal;
use casework::document::{DocumentKind, DocumentRefusal};
use casework::guide::GuideRefusal;
use casework::history::{BadRow, HistoryRefusal, RowFault};
use casework::id::*;
use casework::ledger::{Account, LedgerRefusal};
use casework::matching::{EntryState, ListStage, MatchingRefusal};
use casework::motion::MotionRefusal;
use casework::notice::{NoticeRefusal, ObjectionState};
use casework::organisation::OrganisationRefusal;
use casework::outbox::OutboxRefusal;
use casework::payment::{BatchState, DueState, PaymentRefusal};
use casework::people::{PeopleRefusal, Role};
use casework::performance::{PerformanceRefusal, PerformanceState};
use casework::policy_version::{PolicyRefusal, PolicyStage};
use casework::recognition::RecognitionRefusal;
use casework::recovery::{RecoveryRefusal, RecoveryStage};
use casework::refusal::Named;
use casework::retention::RetentionRefusal;
use policy::diagnostic::{Severity, Text};
use policy::input::InputError;
use values::{CalendarError, CreditCodeError, Date, DateError, Fen};

macro_rules! id {
    ($kind:ident $text:literal) => {
        $kind::parse($text).unwrap()
    };
}

fn day() -> Date {
    Date::parse("2025-06-30").unwrap()
}

fn clause() -> String {
    "1.1".to_owned()
}

/// All of them.
pub fn all() -> Vec<Refusal> {
    let mut out = vec![
        Refusal::Denied,
        Refusal::Unknown { what: "case_file", id: "k1".into() },
        Refusal::Unknown { what: "request for payment", id: "q1".into() },
        Refusal::Exists { what: "organisation", id: "o1".into() },
        Refusal::RequestReused { request: "q1".into() },
        Refusal::Stale { id: "k1".into() },
        Refusal::Input("the sum is too large".into()),
    ];
    out.extend(call().into_iter().map(Refusal::from));
    out.extend(case().into_iter().map(Refusal::from));
    out.extend(ledger().into_iter().map(Refusal::from));
    out.extend(notice().into_iter().map(Refusal::from));
    out.extend(payment().into_iter().map(Refusal::from));
    out.extend(people().into_iter().map(Refusal::from));
    out.extend(organisation().into_iter().map(Refusal::from));
    out.extend(history().into_iter().map(Refusal::from));
    out.extend(matching().into_iter().map(Refusal::from));
    out.push(OutboxRefusal::Empty.into());
    out.extend(determination().into_iter().map(Refusal::from));
    out.extend(performance().into_iter().map(Refusal::from));
    out.extend(recovery().into_iter().map(Refusal::from));
    out.extend(policy().into_iter().map(Refusal::from));
    out.extend(recognition().into_iter().map(Refusal::from));
    out.extend(guide().into_iter().map(Refusal::from));
    out.extend(calendar().into_iter().map(Refusal::from));
    out.extend(motion().into_iter().map(Refusal::from));
    out.extend(document().into_iter().map(Refusal::from));
    out.extend(retention().into_iter().map(Refusal::from));
    out
}

fn call() -> Vec<CallRefusal> {
    let pool = || "电商专项".to_owned();
    vec![
        CallRefusal::Workflow,
        CallRefusal::StepRole { kind: StepKind::Approval, role: Role::Clerk },
        CallRefusal::Dates,
        CallRefusal::UnknownClause { clause: clause() },
        CallRefusal::RanksNobody { clause: clause() },
        CallRefusal::Others { clause: clause(), wanted: true },
        CallRefusal::Others { clause: clause(), wanted: false },
        CallRefusal::Stage { stage: CallStage::Closed },
        CallRefusal::Determined { case: id!(CaseId "k1") },
        CallRefusal::RankedBefore { clause: clause() },
        CallRefusal::NoSource,
        CallRefusal::RateKnown { name: "美元汇率".into() },
        CallRefusal::CasesOpen { open: 2 },
        CallRefusal::PlaceOpen { clause: clause(), case: id!(CaseId "k1") },
        CallRefusal::NotRanked { clause: clause() },
        CallRefusal::StatementChanged,
        CallRefusal::RowsOpen { open: 2 },
        CallRefusal::NobodyMay { case: id!(CaseId "k1"), why: RecoveryRefusal::Barred { until: day() }.words() },
        CallRefusal::NothingFreed { pool: pool() },
        CallRefusal::Determinations { cases: vec![id!(CaseId "k1"), id!(CaseId "k2")] },
        CallRefusal::NotCarried { pool: pool() },
        CallRefusal::NothingToCarry { pool: pool() },
        CallRefusal::NotNextYear { book: id!(BookId "b1"), wanted: 2026 },
        CallRefusal::CasesNotEnded { open: 2 },
    ]
}

fn case() -> Vec<CaseRefusal> {
    let wrong = InputError {
        field: "facts.年销售额".into(),
        code: "number",
        severity: Severity::Error,
        message: Text::new("不是数字", "not a number"),
        help: Text::new("写作数字", "write a number"),
    };
    vec![
        CaseRefusal::Recused,
        CaseRefusal::RecusedOf { case: id!(CaseId "k1") },
        CaseRefusal::Stage { stage: Stage::Review(StepKind::Summary) },
        CaseRefusal::NotForRole { wanted: Role::Reviewer },
        CaseRefusal::FourEyes { act: "case.screen".into() },
        CaseRefusal::CallNotOpen,
        CaseRefusal::Clauses { clause: clause() },
        CaseRefusal::AboveRules { clause: clause(), set: Fen(123_456_700), assessed: Fen(100_000_000) },
        CaseRefusal::NoReason { clause: clause() },
        CaseRefusal::NotFollowed { clause: clause(), whose: "site_check".into() },
        CaseRefusal::NotFollowed { clause: clause(), whose: "audit".into() },
        CaseRefusal::NotFollowed { clause: clause(), whose: "u1".into() },
        CaseRefusal::Shared,
        CaseRefusal::NotOver { open: 2 },
        CaseRefusal::Ranked { clause: clause() },
        CaseRefusal::NotShared,
        CaseRefusal::Group { clause: clause(), set: Fen(123_456_700), left: Fen(100_000_000) },
        CaseRefusal::Facts(vec![wrong]),
        CaseRefusal::UnknownFact { fact: "年销售额".into() },
        CaseRefusal::UnknownPaper { digest: digest() },
        CaseRefusal::PaperTwice { name: "审计报告".into() },
        CaseRefusal::Empty { what: Named::REASON },
        CaseRefusal::Empty { what: Named::EACH_REDUCTION },
        CaseRefusal::CorrectedOnce,
        CaseRefusal::NotDue { until: Some(day()) },
        CaseRefusal::NotDue { until: None },
        CaseRefusal::NotAsked { unit: id!(UnitId "u1") },
        CaseRefusal::AskedAlready { unit: id!(UnitId "u1") },
        CaseRefusal::OpinionsOpen { open: 2 },
        CaseRefusal::NotBack { to: StepKind::Approval },
        CaseRefusal::AlreadyShared,
        CaseRefusal::Future { date: day() },
        CaseRefusal::CreditUnchecked { on: Some(day()) },
        CaseRefusal::CreditUnchecked { on: None },
        CaseRefusal::CreditBad { found: "列入严重失信主体名单。".into() },
    ]
}

/// A fingerprint.
pub fn digest() -> Fingerprint {
    Fingerprint::of(b"")
}

fn ledger() -> Vec<LedgerRefusal> {
    let book = || id!(BookId "b1");
    vec![
        LedgerRefusal::NotPositive,
        LedgerRefusal::WrongBook { wanted: id!(BookId "b2"), book: book() },
        LedgerRefusal::NotEnough { book: book(), account: Account::Available, held: Fen(100), wanted: Fen(123_456_700) },
        LedgerRefusal::TooLarge { book: book() },
    ]
}

fn notice() -> Vec<NoticeRefusal> {
    let received = ObjectionState::Received;
    vec![
        NoticeRefusal::Empty,
        NoticeRefusal::NotOver { until: day() },
        NoticeRefusal::NothingWaits,
        NoticeRefusal::ObjectionState { state: Named::new(received.title(), received.name()) },
        NoticeRefusal::NoResult,
        NoticeRefusal::FourEyes,
        NoticeRefusal::NotLess { clause: clause(), now: Fen(123_456_700) },
    ]
}

fn payment() -> Vec<PaymentRefusal> {
    let due = || id!(DueId "d1");
    let open = DueState::Open;
    vec![
        PaymentRefusal::Empty,
        PaymentRefusal::BatchState { state: BatchState::Sent },
        PaymentRefusal::DueState { due: due(), state: Named::new(open.title(), open.name()) },
        PaymentRefusal::NoNumber,
        PaymentRefusal::FourEyes,
        PaymentRefusal::NoAccount { case: id!(CaseId "k1") },
        PaymentRefusal::NotVerified { case: id!(CaseId "k1") },
        PaymentRefusal::NoLine { due: due() },
        PaymentRefusal::TakenBack { due: due() },
        PaymentRefusal::NoReason,
        PaymentRefusal::NotTested { due: due() },
        PaymentRefusal::NotYet { due: due(), year: 2026 },
        PaymentRefusal::NoEvidence,
        PaymentRefusal::Frozen { fact: "年销售额".into(), year: 2024 },
        PaymentRefusal::ReportMissing { due: due() },
        PaymentRefusal::Undecided { due: due() },
        PaymentRefusal::WrongYear { wanted: 2026, year: 2025 },
    ]
}

fn people() -> Vec<PeopleRefusal> {
    vec![
        PeopleRefusal::Oneself,
        PeopleRefusal::Incompatible { role: Role::Auditor },
        PeopleRefusal::Place,
        PeopleRefusal::NothingProposed,
        PeopleRefusal::FourEyes,
        PeopleRefusal::Stale,
    ]
}

fn organisation() -> Vec<OrganisationRefusal> {
    let code = || "91".to_owned();
    vec![
        OrganisationRefusal::Recused,
        OrganisationRefusal::Code { code: code(), why: CreditCodeError::Length { found: 2 } },
        OrganisationRefusal::Code { code: code(), why: CreditCodeError::Character { position: 2, found: 'O' } },
        OrganisationRefusal::Code { code: code(), why: CreditCodeError::Region { position: 4, found: 'A' } },
        OrganisationRefusal::CheckDigit { code: code(), expected: 'X' },
        OrganisationRefusal::AdmitterRecused { code: code() },
        OrganisationRefusal::NothingToAdmit { code: code() },
        OrganisationRefusal::Account,
        OrganisationRefusal::NoSource,
        OrganisationRefusal::Verified,
        OrganisationRefusal::FourEyes,
        OrganisationRefusal::NotYet { from: day() },
        OrganisationRefusal::OtherShop,
    ]
}

fn history() -> Vec<HistoryRefusal> {
    let faults = [
        RowFault::RowAgain,
        RowFault::UnknownOrganisation("91".into()),
        RowFault::Recused,
        RowFault::UnknownClause(clause()),
        RowFault::Year(1999),
        RowFault::Amount(Fen(0)),
        RowFault::SameAsRow(1),
        RowFault::Loaded(id!(EarlierAwardId "a1")),
        RowFault::Determined("d1".into()),
    ];
    vec![
        HistoryRefusal::Recused,
        HistoryRefusal::Empty,
        HistoryRefusal::NoDocument,
        HistoryRefusal::Rows((1..).zip(faults).map(|(row, fault)| BadRow { row, fault }).collect()),
        HistoryRefusal::NoReason,
        HistoryRefusal::Negative,
        HistoryRefusal::Corrected { by: id!(EarlierAwardId "a2") },
    ]
}

fn matching() -> Vec<MatchingRefusal> {
    let organisation = || id!(OrganisationId "o1");
    let pushed = EntryState::Pushed;
    vec![
        MatchingRefusal::Call { stage: CallStage::Archived },
        MatchingRefusal::Stage { stage: ListStage::Pushed },
        MatchingRefusal::Empty,
        MatchingRefusal::Entries(vec![
            (organisation(), CallRefusal::UnknownClause { clause: clause() }.words()),
            (id!(OrganisationId "o2"), RecoveryRefusal::Barred { until: day() }.words()),
        ]),
        MatchingRefusal::Unchecked { organisation: organisation() },
        MatchingRefusal::NotAsListed { organisation: organisation() },
        MatchingRefusal::FourEyes,
        MatchingRefusal::State { state: Named::new(pushed.title(), pushed.name()) },
        MatchingRefusal::Recused { organisation: organisation() },
        MatchingRefusal::NothingNow { clause: clause() },
    ]
}

fn determination() -> Vec<DeterminationRefusal> {
    vec![
        DeterminationRefusal::NoReason,
        DeterminationRefusal::Same,
        DeterminationRefusal::Shared { clause: clause() },
        DeterminationRefusal::Paid { state: Named::new(DueState::Paying.title(), DueState::Paying.name()) },
    ]
}

fn performance() -> Vec<PerformanceRefusal> {
    let awaited = PerformanceState::Awaited;
    vec![
        PerformanceRefusal::State { state: Named::new(awaited.title(), awaited.name()) },
        PerformanceRefusal::Goals { goals: 3, given: 2 },
        PerformanceRefusal::NoEvidence,
        PerformanceRefusal::NoReason,
    ]
}

fn recovery() -> Vec<RecoveryRefusal> {
    let (more, less) = (Fen(123_456_700), Fen(100_000_000));
    vec![
        RecoveryRefusal::Stage { stage: RecoveryStage::Notified },
        RecoveryRefusal::Lead { lead: id!(LeadId "l1") },
        RecoveryRefusal::Recused,
        RecoveryRefusal::FourEyes { act: "recovery.note".into() },
        RecoveryRefusal::NothingLeft { case: id!(CaseId "k1") },
        RecoveryRefusal::Incomplete { missing: Named::FINDING_AND_STATEMENT },
        RecoveryRefusal::Parts { clause: clause() },
        RecoveryRefusal::AboveLeft { clause: clause(), asked: more, left: less },
        RecoveryRefusal::NotHeard { clause: clause(), asked: more, told: less },
        RecoveryRefusal::HearingOpen { until: day() },
        RecoveryRefusal::HearingOver { until: day() },
        RecoveryRefusal::Bar { until: day() },
        RecoveryRefusal::Delivery { on: day() },
        RecoveryRefusal::Plan,
        RecoveryRefusal::Amendment { clause: clause() },
        RecoveryRefusal::NotDue { until: day() },
        RecoveryRefusal::AboveOwed { asked: more, owed: less },
        RecoveryRefusal::NotOwed { case: id!(CaseId "k1"), clause: clause() },
        RecoveryRefusal::Barred { until: day() },
        RecoveryRefusal::TooLarge,
    ]
}

fn policy() -> Vec<PolicyRefusal> {
    vec![
        PolicyRefusal::Stage { stage: PolicyStage::Inviting },
        PolicyRefusal::FourEyes { act: "policy.review_legality".into() },
        PolicyRefusal::Incomplete { missing: Named::PERIOD_BASIS },
        PolicyRefusal::NotAsked,
        PolicyRefusal::StillOpen { until: day() },
        PolicyRefusal::NotOpen,
        PolicyRefusal::Anchor { anchor: "9.9".into() },
        PolicyRefusal::Answered { comment: id!(CommentId "c1") },
        PolicyRefusal::Unanswered { comments: 2 },
        PolicyRefusal::NotReviewed { review: Named::COMPETITION_REVIEW },
        PolicyRefusal::Dates,
        PolicyRefusal::UnknownClause { clause: clause() },
        PolicyRefusal::NotDue,
        PolicyRefusal::NotInForce { version: id!(PolicyVersionId "v1"), on: day() },
        PolicyRefusal::ClauseNotInForce { clause: clause(), since: day(), instrument: "黔江府办发〔2025〕1号".into() },
    ]
}

fn recognition() -> Vec<RecognitionRefusal> {
    vec![
        RecognitionRefusal::Recused,
        RecognitionRefusal::Incomplete { missing: Named::DOCUMENT_NUMBER },
        RecognitionRefusal::Dates,
        RecognitionRefusal::Unknown { name: "品牌特色馆".into() },
        RecognitionRefusal::NotInCharge { unit: id!(UnitId "u1") },
        RecognitionRefusal::Promise,
        RecognitionRefusal::Book { book: id!(BookId "b1"), wanted: Named::POOL_OF_CLAUSE },
        RecognitionRefusal::Revoked { on: day() },
        RecognitionRefusal::StillKept { until: day() },
        RecognitionRefusal::NothingKept,
        RecognitionRefusal::Unproven { facts: vec!["电商企业".into(), "孵化基地".into()] },
    ]
}

fn guide() -> Vec<GuideRefusal> {
    vec![
        GuideRefusal::Incomplete { missing: Named::TEXT },
        GuideRefusal::Dates,
        GuideRefusal::Digest { found: digest() },
        GuideRefusal::Definition { term: "本地企业".into() },
        GuideRefusal::NotUsable { guide: id!(GuideId "g1") },
    ]
}

fn calendar() -> Vec<CalendarRefusal> {
    let date = |source| CalendarError::Date { line: 2, source };
    let days = [
        CalendarError::Header,
        CalendarError::Form { line: 2 },
        date(DateError::Empty),
        date(DateError::Form),
        date(DateError::NoSuchDay { year: 2025, month: 2, day: 30 }),
        CalendarError::Kind { line: 2, kind: "Sunday".into() },
        CalendarError::Twice { line: 2, date: day() },
        CalendarError::NoDayOf { year: 2026 },
        CalendarError::OtherYear { date: day() },
        CalendarError::Changes { days: vec![day()] },
        CalendarError::WorkOnWeekday { line: 2, date: day() },
    ];
    let mut out = vec![CalendarRefusal::Incomplete { missing: Named::NOTICE_NUMBER }, CalendarRefusal::Date { on: day() }];
    out.extend(days.into_iter().map(CalendarRefusal::Days));
    out
}

fn motion() -> Vec<MotionRefusal> {
    let motion = || id!(MotionId "m1");
    vec![
        MotionRefusal::Other { motion: motion(), act: "history.load" },
        MotionRefusal::Confirmed { motion: motion() },
        MotionRefusal::FourEyes,
        MotionRefusal::Stale { motion: motion() },
    ]
}

fn document() -> Vec<DocumentRefusal> {
    let kind = DocumentKind::AcceptanceNotice;
    vec![
        DocumentRefusal::Wanted,
        DocumentRefusal::Subject { kind },
        DocumentRefusal::Recused,
        DocumentRefusal::NotYet { kind, missing: "案件尚未受理".into() },
        DocumentRefusal::Void,
        DocumentRefusal::Incomplete { missing: Named::ORGAN_CODE },
    ]
}

fn retention() -> Vec<RetentionRefusal> {
    let user = || id!(UserId "u1");
    vec![
        RetentionRefusal::Incomplete { missing: Named::BASIS },
        RetentionRefusal::NoPeriods,
        RetentionRefusal::HandedIn { case: id!(CaseId "k1") },
        RetentionRefusal::Running { what: "recovery", id: "r1".into() },
        RetentionRefusal::TooEarly { until: day() },
        RetentionRefusal::NotTheirs { user: user() },
        RetentionRefusal::Active { user: user() },
        RetentionRefusal::NothingLeft,
    ]
}
